//! In scope or not: a small logistic regression over how sure the classifier is and how near the examples are.
//!
//! It separates held-out examples that were classified right from stand-ins for out-of-scope traffic: examples of skills
//! that were left out of training, and the general utterances of `background`. What share of the traffic is out of
//! scope enters as a prior, so that the cut is where both mistakes are equally likely. The idea of judging confidence
//! by a second model on held-out predictions is Platt's (1999); distance to examples beside probability follows
//! Larson et al., *An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction* (2019), and the
//! findings in this project's guide.

use serde::{Deserialize, Serialize};

/// What is known about an utterance and its first candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// Calibrated probability of the candidate.
    pub(super) p: f32,
    /// Probability of the best other class.
    pub(super) second: f32,
    /// Similarity of the nearest example of any class.
    pub(super) nearest: f32,
    /// Similarity of the candidate's nearest example.
    pub(super) own: f32,
    /// Mean similarity of the candidate's three nearest examples.
    pub(super) own_three: f32,
    /// How similar the candidate's examples typically are to each other.
    pub(super) typical: f32,
    /// Mean similarity of the five nearest background utterances.
    pub(super) background: f32,
}

const FEATURES: usize = 6;
type Features = [f64; FEATURES];
/// Weights of the features, then the bias.
type Weights = [f64; FEATURES + 1];

impl Evidence {
    /// Roughly centred and scaled by fixed numbers, so that one app's weights mean the same in another.
    fn features(&self) -> Features {
        let logit = |p: f32| {
            let p = f64::from(p).clamp(0.001, 0.999);
            (p / (1.0 - p)).ln()
        };
        let log_odds = (f64::from(self.p.max(1e-4)) / f64::from(self.second.max(1e-4))).ln();
        [
            (logit(self.p) - 2.0) / 2.5,
            (log_odds - 3.0) / 2.5,
            (f64::from(self.nearest) - 0.7) / 0.15,
            (f64::from(self.own_three) - 0.65) / 0.15,
            (f64::from(self.own - self.typical) + 0.05) / 0.1,
            (f64::from(self.own_three - self.background) - 0.25) / 0.2,
        ]
    }
}

/// A stand-in or a held-out example, for fitting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) evidence: Evidence,
    pub(super) origin: Origin,
}

/// Where a sample is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Held out, its first candidate right or wrong.
    InScope { right: bool },
    /// An example of a skill that was left out of training.
    LeftOutSkill,
    /// A general utterance.
    Background,
}

/// The fitted judge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Scope {
    weights: Weights,
    /// Expected share of out-of-scope utterances.
    share: f64,
}

/// Mean of the weights fitted (towards zero) on eleven apps drawn from CLINC150, BANKING77 and MASSIVE (zh, en), with 5 to
/// 30 examples a skill and 20 to 150 skills; what an app with few examples stays near to.
const USUAL: Weights = [0.1, 0.5, -0.3, 1.0, 0.85, 0.8, 0.6];
/// How many examples it takes to move away from `USUAL`: 1 / variance of a weight around it.
const PRECISION: f64 = 50.0;

impl Scope {
    /// The usual weights with a share of out-of-scope traffic.
    pub(super) fn usual(share: f64) -> Self {
        Self { weights: USUAL, share }
    }

    /// The same judge for another share of out-of-scope traffic.
    #[must_use]
    pub(super) fn with_share(self, share: f64) -> Self {
        Self { share, ..self }
    }

    /// Probability of being in scope and right, against out of scope.
    pub(super) fn in_scope(&self, evidence: &Evidence) -> f32 {
        let balanced = score(&self.weights, &evidence.features());
        let share = self.share.clamp(0.001, 0.999);
        sigmoid(balanced + ((1.0 - share) / share).ln()) as f32
    }

    /// Fits by penalised maximum likelihood (Newton's method). The three origins count half, a quarter and a quarter,
    /// however many samples each has; the share of out-of-scope traffic shifts the result afterwards.
    pub(super) fn fit(samples: &[Sample], share: f64) -> Self {
        let mass = |wanted: fn(Origin) -> bool| samples.iter().filter(|s| wanted(s.origin)).count() as f64;
        let right = mass(|o| o == Origin::InScope { right: true });
        let left_out = mass(|o| o == Origin::LeftOutSkill);
        let background = mass(|o| o == Origin::Background);
        if right == 0.0 || left_out + background == 0.0 {
            return Self::usual(share);
        }
        let total = right + left_out + background;
        let parts = if left_out > 0.0 && background > 0.0 { 0.25 } else { 0.5 };
        let rows: Vec<Row> = samples
            .iter()
            .filter_map(|sample| {
                let (target, weight) = match sample.origin {
                    Origin::InScope { right: true } => (1.0, 0.5 / right),
                    Origin::InScope { right: false } => return None,
                    Origin::LeftOutSkill => (0.0, parts / left_out),
                    Origin::Background => (0.0, parts / background),
                };
                Some((sample.evidence.features(), target, weight * total))
            })
            .collect();
        let mut weights = USUAL;
        for _ in 0..50 {
            let mut gradient = [0.0; FEATURES + 1];
            let mut hessian = [[0.0; FEATURES + 1]; FEATURES + 1];
            for index in 0..=FEATURES {
                gradient[index] = PRECISION * (weights[index] - USUAL[index]);
                hessian[index][index] = PRECISION;
            }
            for (features, target, weight) in &rows {
                let p = sigmoid(score(&weights, features));
                // The bias is the weight of a feature that is always 1.
                let x: Weights = std::array::from_fn(|index| features.get(index).copied().unwrap_or(1.0));
                for ((slope, row), x_i) in gradient.iter_mut().zip(&mut hessian).zip(x) {
                    *slope += weight * (p - target) * x_i;
                    for (curvature, x_j) in row.iter_mut().zip(x) {
                        *curvature += weight * p * (1.0 - p) * x_i * x_j;
                    }
                }
            }
            let Some(step) = solve(hessian, gradient) else { break };
            // Newton's step overshoots where the judge starts out sure and wrong: halve it until it helps.
            let before = objective(&weights, &rows);
            let moved = |factor: f64| std::array::from_fn(|index| weights[index] - factor * step[index]);
            let factors = std::iter::successors(Some(1.0), |factor| Some(factor / 2.0)).take(20);
            let Some(next) = factors.map(moved).find(|next| objective(next, &rows) < before) else { break };
            let change = next.iter().zip(&weights).map(|(a, b): (&f64, &f64)| (a - b).abs()).fold(0.0, f64::max);
            weights = next;
            if change < 1e-5 {
                break;
            }
        }
        Self { weights, share }
    }
}

/// Features, target, weight.
type Row = (Features, f64, f64);

/// Weighted cross-entropy and the penalty for leaving `USUAL`.
fn objective(weights: &Weights, rows: &[Row]) -> f64 {
    let loss = |(features, target, weight): &Row| {
        let z = score(weights, features);
        // ln(1 + e^z) without overflow
        weight * (z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z)
    };
    let away = weights.iter().zip(USUAL).map(|(w, usual)| (w - usual).powi(2)).sum::<f64>();
    rows.iter().map(loss).sum::<f64>() + 0.5 * PRECISION * away
}

fn score(weights: &Weights, features: &Features) -> f64 {
    weights[FEATURES] + features.iter().zip(weights).map(|(f, w)| f * w).sum::<f64>()
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Solves `a · x = b` for a symmetric positive definite `a` (lower triangle given) by Cholesky factorisation.
fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> Option<[f64; N]> {
    for i in 0..N {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - known;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                a[i][i] = rest.sqrt();
            } else {
                a[i][j] = rest / a[j][j];
            }
        }
    }
    for i in 0..N {
        let known: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(p: f32, similarity: f32) -> Evidence {
        Evidence {
            p,
            second: (1.0 - p) / 2.0,
            nearest: similarity,
            own: similarity,
            own_three: similarity - 0.05,
            typical: 0.75,
            background: 0.4,
        }
    }

    #[test]
    fn sure_and_near_is_in_scope_and_unsure_and_far_is_not() {
        let scope = Scope::usual(0.3);
        assert!(scope.in_scope(&evidence(0.97, 0.9)) > 0.9);
        assert!(scope.in_scope(&evidence(0.3, 0.4)) < 0.1);
    }

    #[test]
    fn more_out_of_scope_traffic_makes_every_utterance_less_likely_in_scope() {
        let scope = Scope::usual(0.1);
        let unclear = evidence(0.6, 0.65);
        assert!(scope.with_share(0.6).in_scope(&unclear) < scope.in_scope(&unclear));
    }

    #[test]
    fn the_fit_follows_an_app_whose_examples_lie_far_apart() {
        let sample = |p: f32, similarity: f32, origin| Sample { evidence: evidence(p, similarity), origin };
        let spread = |n: usize| (n % 10) as f32 * 0.01;
        let mut samples = Vec::new();
        for n in 0..400 {
            samples.push(sample(0.5, 0.45 + spread(n), Origin::InScope { right: true }));
            samples.push(sample(0.4, 0.25 + spread(n), Origin::Background));
        }
        let far = evidence(0.5, 0.45);
        let (usual, fitted) = (Scope::usual(0.5).in_scope(&far), Scope::fit(&samples, 0.5).in_scope(&far));
        assert!(usual < 0.1 && fitted > 0.3, "{usual} before, {fitted} after");
    }

    #[test]
    fn cholesky_solves_a_positive_definite_system_and_refuses_another() {
        let x = solve([[4.0, 0.0], [2.0, 3.0]], [8.0, 7.0]).expect("positive definite");
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        assert_eq!(solve([[1.0, 0.0], [2.0, 1.0]], [1.0, 1.0]), None);
    }
}
