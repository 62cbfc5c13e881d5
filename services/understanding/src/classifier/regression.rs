//! Multinomial logistic regression with an L2 penalty on the weights (not on the biases): objective, gradient, fit.
//! Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.3.4.

use ndarray::{Array2, ArrayView2, Axis, s};

use super::lbfgs::{self, Stop};

/// What is minimised: the weighted cross-entropy of `labels` given the rows of `x`, plus `penalty / 2 · ‖W‖²`, divided by
/// the number of rows.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    /// Row per example.
    pub(super) x: ArrayView2<'a, f32>,
    /// Class of each row, below `classes`.
    pub(super) labels: &'a [usize],
    /// How much each row counts.
    pub(super) weights: &'a [f32],
    /// Number of classes.
    pub(super) classes: usize,
    /// Strength of the penalty (1 / C in scikit-learn's terms).
    pub(super) penalty: f32,
    /// Threads to use.
    pub(super) threads: usize,
}

/// Row per class: the weights, then the bias.
pub(super) type Coefficients = Array2<f32>;

/// Fits from `start` (zeros, or the live model's rows). Returns the iterations it took.
pub(super) fn fit(problem: Problem<'_>, start: Coefficients, stop: Stop) -> (Coefficients, usize) {
    let shape = start.raw_dim();
    let mut point = start.into_iter().collect();
    let iterations = lbfgs::minimise(&mut point, stop, |at, gradient| evaluate(problem, at, gradient));
    let coefficients = Array2::from_shape_vec(shape, point).unwrap_or_else(|_| unreachable!("minimise keeps the length"));
    (coefficients, iterations)
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
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
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
pub(super) fn logits(coefficients: ArrayView2<'_, f32>, x: ArrayView2<'_, f32>) -> Array2<f32> {
    let (weights, biases) = coefficients.split_at(Axis(1), coefficients.ncols() - 1);
    let mut z = Array2::zeros((x.nrows(), coefficients.nrows()));
    z += &biases.column(0);
    ndarray::linalg::general_mat_mul(1.0, &x, &weights.t(), 1.0, &mut z);
    z
}

/// Turns logits into probabilities and returns their log-sum-exp.
pub(super) fn softmax_in_place(row: &mut [f32]) -> f32 {
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for value in row.iter_mut() {
        *value = (*value - top).exp();
        sum += *value;
    }
    row.iter_mut().for_each(|value| *value /= sum);
    top + sum.ln()
}
