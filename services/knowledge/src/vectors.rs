//! The passages' vectors, one after the other, and the dot product with all of them.

use std::ops::Range;

use understanding::similarity::Scale;

/// Vectors of one width; a passage has one or more of them, or none that can be used.
#[derive(Debug, Default)]
pub(crate) struct Vectors {
    width: usize,
    values: Vec<f32>,
    /// Per passage the first of its vectors, and the end.
    starts: Vec<usize>,
}

impl Vectors {
    pub(crate) fn new(width: usize, passages: usize) -> Self {
        let mut starts = Vec::with_capacity(passages + 1);
        starts.push(0);
        Self { width, values: Vec::new(), starts }
    }

    /// The vectors of the next passage, as they are stored.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let (numbers, _) = bytes.as_chunks::<4>();
        if self.width > 0 && numbers.len() % self.width == 0 {
            self.values.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
        }
        self.starts.push(self.values.len() / self.width.max(1));
    }

    /// Per passage the largest cosine of its vectors with `query`, on the common scale; 0 where there is none.
    pub(crate) fn cosines(&self, query: &[f32], scale: Scale) -> Vec<f32> {
        if query.len() != self.width {
            return vec![0.0; self.starts.len().saturating_sub(1)];
        }
        let best = |range: Range<usize>| {
            let rows = self.values[range.start * self.width..range.end * self.width].chunks_exact(self.width);
            let best = rows.map(|row| dot(row, query)).reduce(f32::max);
            best.map_or(0.0, |cosine| scale.of(cosine).max(0.0))
        };
        self.starts.windows(2).map(|pair| best(pair[0]..pair[1])).collect()
    }
}

/// In sixteen lanes, which the compiler makes vector instructions of.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (left, left_rest) = a.as_chunks::<16>();
    let (right, right_rest) = b.as_chunks::<16>();
    let mut lanes = [0.0_f32; 16];
    for (x, y) in left.iter().zip(right) {
        for lane in 0..16 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + left_rest.iter().zip(right_rest).map(|(x, y)| x * y).sum::<f32>()
}

/// Vectors as they are stored.
pub(crate) fn bytes<'a>(vectors: impl IntoIterator<Item = &'a [f32]>) -> Vec<u8> {
    vectors.into_iter().flatten().flat_map(|value| value.to_le_bytes()).collect()
}
