//! From label probabilities to whole parts of a message: the best labelling in which no part begins in its middle.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::fit::{BEGIN, INSIDE, OUTSIDE, unit_features};
use super::units::Unit;
use crate::classifier::regression::{logits, softmax_in_place};

/// A part that may be a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Its units.
    pub(super) units: Range<usize>,
    /// Mean probability of its labels, by the geometric mean.
    pub(super) p: f32,
}

/// How much likelier values are made, in log odds, to find those that are likely only where one is waited for.
const BIASES: [f32; 3] = [0.0, 1.5, 3.0];

/// The parts of a message: those of the best labelling, then those of labellings that favour values.
pub(super) fn parts(coefficients: &Array2<f32>, units: &[Unit], vectors: &[f32], dimensions: usize) -> Vec<Part> {
    if units.is_empty() {
        return Vec::new();
    }
    let width = coefficients.ncols() - 1;
    let mut flat = Vec::with_capacity(units.len() * width);
    for at in 0..units.len() {
        unit_features(vectors, dimensions, units, at, &mut flat);
    }
    let Ok(x) = ArrayView2::from_shape((units.len(), width), &flat) else { return Vec::new() };
    let mut rows = logits(coefficients.view(), x);
    for mut row in rows.outer_iter_mut() {
        softmax_in_place(row.as_slice_mut().unwrap_or_default());
    }
    let mut parts: Vec<Part> = Vec::new();
    for bias in BIASES {
        for part in best(&rows, units, bias) {
            if !parts.iter().any(|known| known.units == part.units) {
                parts.push(part);
            }
        }
    }
    parts
}

/// Viterbi over B, I, O: I only after B or I, and no mark at either end of a part.
fn best(rows: &Array2<f32>, units: &[Unit], bias: f32) -> Vec<Part> {
    let log = |at: usize, label: usize| {
        let p = rows[[at, label]].max(1e-9).ln();
        if label == OUTSIDE { p } else { p + bias }
    };
    let mut score = [0.0f32, f32::NEG_INFINITY, f32::NEG_INFINITY];
    let mut back: Vec<[usize; 3]> = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        let mut next = [f32::NEG_INFINITY; 3];
        let mut from = [OUTSIDE; 3];
        for label in [OUTSIDE, BEGIN, INSIDE] {
            if label == BEGIN && unit.is_mark {
                continue;
            }
            for before in [OUTSIDE, BEGIN, INSIDE] {
                if label == INSIDE && before == OUTSIDE {
                    continue;
                }
                let total = score[before] + log(at, label);
                if total > next[label] {
                    next[label] = total;
                    from[label] = before;
                }
            }
        }
        score = next;
        back.push(from);
    }
    let mut label = if score[INSIDE] > score[BEGIN] { INSIDE } else { BEGIN };
    if score[OUTSIDE] >= score[label] {
        label = OUTSIDE;
    }
    let mut labels = vec![OUTSIDE; units.len()];
    for at in (0..units.len()).rev() {
        labels[at] = label;
        label = back[at][label];
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < labels.len() {
        if labels[at] != BEGIN {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < labels.len() && labels[at] == INSIDE {
            at += 1;
        }
        let mut end = at;
        while end > start + 1 && units[end - 1].is_mark {
            end -= 1;
        }
        let logs = (start..end).map(|at| (1.0 - rows[[at, OUTSIDE]]).max(1e-9).ln());
        let p = (logs.sum::<f32>() / (end - start) as f32).exp();
        parts.push(Part { units: start..end, p });
    }
    parts
}
