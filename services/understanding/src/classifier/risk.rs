//! From confidence to what may be done: how often decisions at or above a confidence were wrong in cross-validation.

use serde::{Deserialize, Serialize};

use super::verdict::{Band, Budget};

/// One held-out decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decision {
    pub(super) confidence: f32,
    pub(super) right: bool,
    /// How much of the expected traffic it stands for.
    pub(super) weight: f64,
}

/// Confidence → share of wrong decisions among those at least as confident, by falling confidence.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Risk {
    points: Vec<(f32, f32)>,
}

/// Points kept; the curve is smooth between them.
const POINTS: usize = 100;
/// Below this probability of being in scope an utterance is more likely out of it.
const EVEN: f32 = 0.5;

impl Risk {
    pub(super) fn measure(mut decisions: Vec<Decision>) -> Self {
        decisions.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let step = decisions.len().div_ceil(POINTS).max(1);
        let mean = decisions.iter().map(|d| d.weight).sum::<f64>() / decisions.len().max(1) as f64;
        // One wrong decision is always possible: with few examples the budget is then hard to meet, as it should be.
        let (mut all, mut wrong) = (mean, mean * 0.5);
        let mut points = Vec::new();
        for (index, decision) in decisions.iter().enumerate() {
            all += decision.weight;
            wrong += if decision.right { 0.0 } else { decision.weight };
            if index % step == step - 1 {
                points.push((decision.confidence, (wrong / all) as f32));
            }
        }
        Self { points }
    }

    /// The lowest confidence at which the share of wrong decisions still is within `budget`.
    fn least_confidence(&self, budget: f32) -> f32 {
        if self.points.is_empty() {
            return 1.0 - budget;
        }
        self.points
            .iter()
            .rev()
            .find(|(_, error)| *error <= budget)
            .map_or(f32::INFINITY, |(confidence, _)| *confidence)
    }

    pub(super) fn band(&self, in_scope: f32, confidence: f32, budget: Budget) -> Band {
        if in_scope < EVEN {
            Band::Refuse
        } else if confidence >= self.least_confidence(budget.act) {
            Band::Act
        } else if confidence >= self.least_confidence(budget.confirm) {
            Band::Confirm
        } else {
            Band::Ask
        }
    }
}
