//! Limited-memory BFGS for smooth convex functions: Nocedal & Wright, *Numerical Optimization* (2006), algorithms 7.4
//! and 7.5, preconditioned, with a backtracking (Armijo) line search. Parameters are f32, the objective and inner
//! products f64.

use std::collections::VecDeque;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    /// Iterations at most.
    pub(crate) iterations: usize,
    /// Converged when the quadratic model promises a smaller decrease than this share of the objective.
    pub(crate) decrease: f64,
}

/// Correction pairs kept.
const MEMORY: usize = 10;
/// Armijo's sufficient-decrease constant.
const SUFFICIENT: f64 = 1e-4;

struct Correction {
    step: Vec<f32>,
    change: Vec<f32>,
    /// 1 / (step · change)
    rho: f64,
    /// How much the preconditioner must be scaled to fit this pair.
    scale: f64,
}

/// Minimises in place and returns the number of iterations. `evaluate` gives the objective at a point and writes the
/// gradient there; `precondition` multiplies by a guess at the inverse Hessian.
pub(crate) fn minimise(
    point: &mut Vec<f32>,
    stop: Stop,
    mut evaluate: impl FnMut(&[f32], &mut [f32]) -> f64,
    precondition: impl Fn(&[f32]) -> Vec<f32>,
) -> usize {
    let mut gradient = vec![0.0; point.len()];
    let mut value = evaluate(point, &mut gradient);
    let mut history: VecDeque<Correction> = VecDeque::with_capacity(MEMORY);
    let mut trial = point.clone();
    let mut trial_gradient = gradient.clone();
    for iteration in 0..stop.iterations {
        let mut direction = descent_direction(&gradient, &history, &precondition);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            // Rounding spoilt the curvature information: start again from steepest descent.
            history.clear();
            direction = descent_direction(&gradient, &history, &precondition);
            slope = dot(&direction, &gradient);
        }
        // A full step along the direction promises half the slope.
        if -0.5 * slope <= stop.decrease * value.abs() {
            return iteration;
        }
        let mut length = 1.0;
        let next = loop {
            for ((t, p), d) in trial.iter_mut().zip(point.iter()).zip(&direction) {
                *t = p + (length as f32) * d;
            }
            let next = evaluate(&trial, &mut trial_gradient);
            if next.is_finite() && next <= value + SUFFICIENT * length * slope {
                break Some(next);
            }
            length *= 0.5;
            if length < 1e-10 {
                break None;
            }
        };
        // No step helps any more at this precision.
        let Some(next) = next else { return iteration };
        let step: Vec<f32> = trial.iter().zip(point.iter()).map(|(t, p)| t - p).collect();
        let change: Vec<f32> = trial_gradient.iter().zip(&gradient).map(|(t, g)| t - g).collect();
        let curvature = dot(&step, &change);
        if curvature > 1e-12 {
            if history.len() == MEMORY {
                history.pop_front();
            }
            let scale = curvature / dot(&change, &precondition(&change));
            history.push_back(Correction { step, change, rho: 1.0 / curvature, scale });
        }
        std::mem::swap(point, &mut trial);
        std::mem::swap(&mut gradient, &mut trial_gradient);
        value = next;
    }
    stop.iterations
}

/// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
fn descent_direction(
    gradient: &[f32],
    history: &VecDeque<Correction>,
    precondition: impl Fn(&[f32]) -> Vec<f32>,
) -> Vec<f32> {
    let mut q: Vec<f32> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(history.len());
    for pair in history.iter().rev() {
        let alpha = pair.rho * dot(&pair.step, &q);
        add(&mut q, -alpha, &pair.change);
        alphas.push(alpha);
    }
    q = precondition(&q);
    if let Some(last) = history.back() {
        q.iter_mut().for_each(|value| *value *= last.scale as f32);
    }
    for (pair, alpha) in history.iter().zip(alphas.into_iter().rev()) {
        let beta = pair.rho * dot(&pair.change, &q);
        add(&mut q, alpha - beta, &pair.step);
    }
    q
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}

fn add(target: &mut [f32], factor: f64, other: &[f32]) {
    let factor = factor as f32;
    for (t, o) in target.iter_mut().zip(other) {
        *t += factor * o;
    }
}
