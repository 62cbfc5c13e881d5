//! The app's examples grouped by class, and how near an utterance is to each class. Cosine similarity throughout:
//! vectors have length 1.

use ndarray::{Array2, ArrayView2, Axis, s};

/// Examples of all classes, class after class.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    rows: Array2<f32>,
    /// Class `c` owns the rows `bounds[c]..bounds[c + 1]`.
    bounds: Vec<usize>,
    /// Where each row was in the caller's list.
    sources: Vec<usize>,
    /// How similar an example of the class typically is to the nearest other one.
    typical: Vec<f32>,
}

/// How near an utterance is to one class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearness {
    /// Index of the nearest example in the caller's list.
    pub(super) source: usize,
    /// Its similarity.
    pub(super) first: f32,
    /// Mean of the two most similar examples.
    pub(super) two: f32,
    /// Mean of the three most similar examples.
    pub(super) three: f32,
}

/// Typical similarity where no class has two examples to measure it by.
const TYPICAL: f32 = 0.75;
/// Examples of a class that `typical` is measured on.
const SAMPLED: usize = 64;

impl Neighbours {
    /// Groups the rows of `x`, of which row `i` is in class `labels[i]`.
    pub(super) fn new(x: ArrayView2<'_, f32>, labels: &[usize], classes: usize) -> Self {
        let mut sources: Vec<usize> = (0..labels.len()).collect();
        sources.sort_by_key(|&row| labels[row]);
        let rows = x.select(Axis(0), &sources);
        let bounds = (0..=classes).map(|class| sources.partition_point(|&row| labels[row] < class)).collect();
        let mut neighbours = Self { rows, bounds, sources, typical: Vec::new() };
        neighbours.typical = neighbours.measure_typical();
        neighbours
    }

    /// The nearest examples of a class; `None` if it has none.
    pub(super) fn nearness(&self, vector: &[f32], class: usize) -> Option<Nearness> {
        let (from, to) = (self.bounds[class], self.bounds[class + 1]);
        let mut best = [f32::NEG_INFINITY; 3];
        let mut nearest = from;
        for row in from..to {
            let similarity = dot(vector, self.rows.row(row).as_slice().unwrap_or_default());
            if similarity > best[0] {
                best = [similarity, best[0], best[1]];
                nearest = row;
            } else if similarity > best[1] {
                best = [best[0], similarity, best[1]];
            } else if similarity > best[2] {
                best[2] = similarity;
            }
        }
        // With fewer examples the means are over what is there.
        let mean = |count: usize| {
            let count = count.min(to - from);
            best[..count].iter().sum::<f32>() / count as f32
        };
        (to > from).then(|| Nearness { source: self.sources[nearest], first: best[0], two: mean(2), three: mean(3) })
    }

    pub(super) fn typical(&self, class: usize) -> f32 {
        self.typical[class]
    }

    fn measure_typical(&self) -> Vec<f32> {
        let measured: Vec<Option<f32>> = self
            .bounds
            .windows(2)
            .map(|bound| {
                let own = self.rows.slice(s![bound[0]..bound[1], ..]);
                let count = own.nrows();
                if count < 2 {
                    return None;
                }
                let step = count.div_ceil(SAMPLED);
                let similarities = own.slice(s![..;step, ..]).dot(&own.t());
                let total: f32 = similarities
                    .axis_iter(Axis(0))
                    .enumerate()
                    .map(|(sample, row)| {
                        let others = row.iter().enumerate().filter(|&(other, _)| other != sample * step);
                        others.map(|(_, &similarity)| similarity).fold(f32::NEG_INFINITY, f32::max)
                    })
                    .sum();
                Some(total / similarities.nrows() as f32)
            })
            .collect();
        let known: Vec<f32> = measured.iter().copied().flatten().collect();
        let usual = if known.is_empty() { TYPICAL } else { known.iter().sum::<f32>() / known.len() as f32 };
        measured.into_iter().map(|similarity| similarity.unwrap_or(usual)).collect()
    }
}

/// Sixteen running sums, so that the compiler uses vector instructions.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (a_blocks, b_blocks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Mean similarity of the five rows nearest to `vector`; −1 without rows.
pub(super) fn mean_of_five(vector: &[f32], rows: &Array2<f32>) -> f32 {
    let mut best = [f32::NEG_INFINITY; 5];
    for row in rows.axis_iter(Axis(0)) {
        let similarity = dot(vector, row.as_slice().unwrap_or_default());
        if similarity > best[4] {
            best[4] = similarity;
            best.sort_unstable_by(|a, b| b.total_cmp(a));
        }
    }
    let count = rows.nrows().min(5);
    if count == 0 { -1.0 } else { best[..count].iter().sum::<f32>() / count as f32 }
}
