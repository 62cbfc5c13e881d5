//! Multinomial logistic regression with an L2 penalty on the weights (not on the biases): objective, gradient, fit.
//! Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.3.4.

use ndarray::{Array2, ArrayView2, Axis, s};

use super::lbfgs::{self, Stop};

/// What is minimised: the weighted cross-entropy of `labels` given the rows of `x`, plus `penalty / 2 · ‖W‖²`, divided by
/// the number of rows.
#[derive(Clone, Copy)]
pub(crate) struct Problem<'a> {
    /// Row per example.
    pub(crate) x: ArrayView2<'a, f32>,
    /// Class of each row, below `classes`.
    pub(crate) labels: &'a [usize],
    /// How much each row counts.
    pub(crate) weights: &'a [f32],
    /// Number of classes.
    pub(crate) classes: usize,
    /// Strength of the penalty (1 / C in scikit-learn's terms).
    pub(crate) penalty: f32,
    /// Threads to use.
    pub(crate) threads: usize,
    /// Whether to even out directions by the inverse curvature. It costs the cube of the width, once.
    pub(crate) even_out: bool,
}

/// Row per class: the weights, then the bias.
pub(crate) type Coefficients = Array2<f32>;

/// Fits from `start` (zeros, or the live model's rows). Returns the iterations it took.
pub(crate) fn fit(problem: Problem<'_>, start: Coefficients, stop: Stop) -> (Coefficients, usize) {
    let shape = start.raw_dim();
    let mut point = start.into_iter().collect();
    let guess = InverseCurvature::of(problem);
    let precondition = |gradient: &[f32]| guess.times(gradient);
    let iterations = lbfgs::minimise(&mut point, stop, |at, gradient| evaluate(problem, at, gradient), precondition);
    let coefficients =
        Array2::from_shape_vec(shape, point).unwrap_or_else(|_| unreachable!("minimise keeps the length"));
    (coefficients, iterations)
}

/// A guess at the inverse Hessian: what its block of one class is at the start, where all classes are equally likely,
/// `(XᵀX / classes + penalty · I) / rows` with a column of ones in X. Embeddings vary far more in some directions than in
/// others, which this evens out (compare the fixed bound of Böhning, *Multinomial logistic regression algorithm*, 1992).
enum InverseCurvature {
    Full(Array2<f32>),
    /// The mean of the diagonal only: for few rows inverting the matrix costs more than it saves.
    Scale(f32),
}

impl InverseCurvature {
    fn of(problem: Problem<'_>) -> Self {
        let (rows, width) = problem.x.dim();
        let scale = rows as f32;
        // Rows have length 1, so that the diagonal of XᵀX adds up to their number.
        let mean = 2.0 * scale / (width + 1) as f32 / problem.classes as f32 + problem.penalty;
        if rows < 4 * width || !problem.even_out {
            return Self::Scale(scale / mean);
        }
        let mut curvature = Array2::zeros((width + 1, width + 1));
        let sums = problem.x.sum_axis(Axis(0));
        curvature.slice_mut(s![..width, ..width]).assign(&problem.x.t().dot(&problem.x));
        curvature.slice_mut(s![width, ..width]).assign(&sums);
        curvature.slice_mut(s![..width, width]).assign(&sums);
        curvature[[width, width]] = scale;
        curvature /= problem.classes as f32;
        for index in 0..=width {
            curvature[[index, index]] += problem.penalty;
        }
        invert(curvature).map_or(Self::Scale(scale / mean), |inverse| Self::Full(inverse * scale))
    }

    fn times(&self, gradient: &[f32]) -> Vec<f32> {
        match self {
            Self::Scale(scale) => gradient.iter().map(|value| scale * value).collect(),
            Self::Full(inverse) => {
                let width = inverse.nrows();
                match ArrayView2::from_shape((gradient.len() / width, width), gradient) {
                    Ok(gradient) => gradient.dot(inverse).into_iter().collect(),
                    Err(_) => unreachable!("the gradient has a row per class"),
                }
            }
        }
    }
}

/// The inverse of a symmetric positive definite matrix, by Gauss–Jordan elimination without pivoting; `None` if it is not
/// positive definite at this precision.
fn invert(matrix: Array2<f32>) -> Option<Array2<f32>> {
    let n = matrix.nrows();
    let mut work = matrix.mapv(f64::from);
    for pivot in 0..n {
        let diagonal = work[[pivot, pivot]];
        if diagonal <= 0.0 || !diagonal.is_finite() {
            return None;
        }
        let mut pivot_row = work.row(pivot).to_owned();
        pivot_row /= diagonal;
        pivot_row[pivot] = 1.0 / diagonal;
        for (index, mut row) in work.axis_iter_mut(Axis(0)).enumerate() {
            if index != pivot {
                let factor = row[pivot];
                row[pivot] = 0.0;
                row.scaled_add(-factor, &pivot_row);
            }
        }
        work.row_mut(pivot).assign(&pivot_row);
    }
    Some(work.mapv(|value| value as f32))
}

/// The objective at `at`; its gradient is written to `gradient`. Rows are divided among threads.
fn evaluate(problem: Problem<'_>, at: &[f32], gradient: &mut [f32]) -> f64 {
    let rows = problem.x.nrows();
    let width = problem.x.ncols() + 1;
    let chunk = rows.div_ceil(problem.threads.max(1)).max(256);
    let parts: Vec<(f64, Array2<f32>)> = if rows <= chunk {
        vec![evaluate_rows(problem, at, 0, rows)]
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..rows)
                .step_by(chunk)
                .map(|from| scope.spawn(move || evaluate_rows(problem, at, from, rows.min(from + chunk))))
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    let scale = 1.0 / rows.max(1) as f32;
    let mut loss = 0.0;
    gradient.fill(0.0);
    for (part_loss, part) in &parts {
        loss += part_loss;
        for (g, p) in gradient.iter_mut().zip(part) {
            *g += p;
        }
    }
    for (index, (g, w)) in gradient.iter_mut().zip(at).enumerate() {
        let is_bias = index % width == width - 1;
        if !is_bias {
            loss += 0.5 * f64::from(problem.penalty) * f64::from(*w) * f64::from(*w);
            *g += problem.penalty * w;
        }
        *g *= scale;
    }
    loss * f64::from(scale)
}

/// Rows worked on at once: their probabilities stay in the second-level cache.
const BLOCK: usize = 512;

fn evaluate_rows(problem: Problem<'_>, at: &[f32], from: usize, to: usize) -> (f64, Array2<f32>) {
    let width = problem.x.ncols() + 1;
    let Ok(coefficients) = ArrayView2::from_shape((problem.classes, width), at) else {
        unreachable!("the coefficients are classes × (width + 1)")
    };
    let mut gradient = Array2::zeros((problem.classes, width));
    let mut loss = 0.0;
    for start in (from..to).step_by(BLOCK) {
        let end = to.min(start + BLOCK);
        let x = problem.x.slice(s![start..end, ..]);
        let mut z = logits(coefficients, x);
        for ((mut row, &label), &weight) in
            z.axis_iter_mut(Axis(0)).zip(&problem.labels[start..end]).zip(&problem.weights[start..end])
        {
            let own = row[label];
            let log_sum = softmax_in_place(row.as_slice_mut().unwrap_or_default());
            loss += f64::from(weight) * f64::from(log_sum - own);
            row[label] -= 1.0;
            row *= weight;
        }
        let (mut weights, mut biases) = gradient.view_mut().split_at(Axis(1), width - 1);
        ndarray::linalg::general_mat_mul(1.0, &z.t(), &x, 1.0, &mut weights);
        biases.column_mut(0).scaled_add(1.0, &z.sum_axis(Axis(0)));
    }
    (loss, gradient)
}

/// Row per row of `x`, column per class.
pub(crate) fn logits(coefficients: ArrayView2<'_, f32>, x: ArrayView2<'_, f32>) -> Array2<f32> {
    let (weights, biases) = coefficients.split_at(Axis(1), coefficients.ncols() - 1);
    let mut z = Array2::zeros((x.nrows(), coefficients.nrows()));
    z += &biases.column(0);
    ndarray::linalg::general_mat_mul(1.0, &x, &weights.t(), 1.0, &mut z);
    z
}

/// Turns logits into probabilities and returns their log-sum-exp.
pub(crate) fn softmax_in_place(row: &mut [f32]) -> f32 {
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for value in row.iter_mut() {
        *value = (*value - top).exp();
        sum += *value;
    }
    row.iter_mut().for_each(|value| *value /= sum);
    top + sum.ln()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;

    /// `rows` points around one corner of the unit cube per class.
    fn cloud(rows: usize, width: usize, classes: usize) -> (Array2<f32>, Vec<usize>) {
        let mut rng = StdRng::seed_from_u64(5);
        let labels: Vec<usize> = (0..rows).map(|row| row % classes).collect();
        let x = Array2::from_shape_fn((rows, width), |(row, column)| {
            let centre = if column == labels[row] { 1.0 } else { 0.0 };
            centre + rng.random_range(-0.4..0.4)
        });
        (x, labels)
    }

    fn problem<'a>(x: &'a Array2<f32>, labels: &'a [usize], weights: &'a [f32], classes: usize) -> Problem<'a> {
        Problem { x: x.view(), labels, weights, classes, penalty: 0.1, threads: 2, even_out: true }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_objective() {
        let (x, labels) = cloud(700, 6, 4);
        let weights: Vec<f32> = (0..700).map(|row| 1.0 + (row % 3) as f32).collect();
        let problem = problem(&x, &labels, &weights, 4);
        let mut rng = StdRng::seed_from_u64(6);
        let at: Vec<f32> = (0..4 * 7).map(|_| rng.random_range(-0.5..0.5)).collect();
        let mut gradient = vec![0.0; at.len()];
        evaluate(problem, &at, &mut gradient);
        let mut ignored = gradient.clone();
        for index in 0..at.len() {
            let mut value = |step: f32| {
                let mut moved = at.clone();
                moved[index] += step;
                evaluate(problem, &moved, &mut ignored)
            };
            let slope = (value(1e-2) - value(-1e-2)) / 2e-2;
            assert!((slope - f64::from(gradient[index])).abs() < 2e-3, "{index}: {slope} against {}", gradient[index]);
        }
    }

    #[test]
    fn the_fit_tells_separate_clouds_apart_and_ends_where_the_gradient_vanishes() {
        let (x, labels) = cloud(400, 6, 4);
        let weights = vec![1.0; 400];
        let problem = problem(&x, &labels, &weights, 4);
        let stop = Stop { iterations: 200, decrease: 1e-7 };
        let (coefficients, iterations) = fit(problem, Array2::zeros((4, 7)), stop);
        assert!(iterations < 100, "{iterations} iterations");
        let mut gradient = vec![0.0; 28];
        evaluate(problem, &coefficients.iter().copied().collect::<Vec<_>>(), &mut gradient);
        assert!(gradient.iter().all(|g| g.abs() < 1e-3), "{gradient:?}");
        let z = logits(coefficients.view(), x.view());
        let best = |row: ndarray::ArrayView1<'_, f32>| (0..4).max_by(|&a, &b| row[a].total_cmp(&row[b]));
        assert!(z.axis_iter(Axis(0)).zip(&labels).all(|(row, &label)| best(row) == Some(label)));
    }

    #[test]
    fn a_warm_start_at_the_optimum_takes_no_iterations() {
        let (x, labels) = cloud(400, 6, 4);
        let weights = vec![1.0; 400];
        let stop = Stop { iterations: 200, decrease: 1e-5 };
        let (optimum, cold) = fit(problem(&x, &labels, &weights, 4), Array2::zeros((4, 7)), stop);
        let (_, warm) = fit(problem(&x, &labels, &weights, 4), optimum, Stop { decrease: 1e-4, ..stop });
        assert!(cold > 3 && warm <= 1, "{cold} cold, {warm} warm");
    }

    #[test]
    fn the_inverse_times_the_matrix_is_one() {
        let (x, _) = cloud(50, 8, 2);
        let matrix = x.t().dot(&x) + Array2::<f32>::eye(8);
        let product = invert(matrix.clone()).expect("positive definite").dot(&matrix);
        assert!((product - Array2::<f32>::eye(8)).iter().all(|value| value.abs() < 1e-4));
    }
}
