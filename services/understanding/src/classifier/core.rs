//! The uncalibrated half of a model: regression weights and grouped examples of a set of classes, and the opinions that
//! both have on an utterance. Cross-validation builds one per round, the live model owns one.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis};

use super::{
    blend::{Blend, Opinion},
    lbfgs::Stop,
    neighbours::{Nearness, Neighbours, dot, mean_of_five},
    regression::{self, Coefficients, Problem},
    scope::Evidence,
    verdict::Kind,
};

/// One column of the regression: the examples of a skill, or its counterexamples.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(super) struct Class {
    pub(super) skill: Arc<str>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) struct Core {
    pub(super) classes: Vec<Class>,
    pub(super) coefficients: Coefficients,
    pub(super) neighbours: Neighbours,
    pub(super) background: Array2<f32>,
}

/// How to fit the regression.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitting {
    pub(super) penalty: f32,
    pub(super) stop: Stop,
    pub(super) threads: usize,
}

/// The opinions on one of the likeliest classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub(super) class: usize,
    pub(super) opinion: Opinion,
    /// `None` only for a class without examples, which a left-out fold can make.
    pub(super) nearness: Option<Nearness>,
}

/// All opinions on one utterance.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) near: Vec<Near>,
    /// Mean similarity of the five nearest background utterances.
    pub(super) background: f32,
}

/// Classes looked at more closely: their examples are compared one by one, the rest only by the regression.
const CANDIDATES: usize = 8;
/// Allowed classes looked at, whatever else is likelier.
const ALLOWED: usize = 5;

impl Core {
    /// Fits the regression from `start` and groups the rows of `x`. Returns the iterations it took.
    pub(super) fn fit(
        classes: Vec<Class>,
        x: ArrayView2<'_, f32>,
        labels: &[usize],
        background: Array2<f32>,
        start: Option<Coefficients>,
        fitting: Fitting,
    ) -> (Self, usize) {
        let neighbours = Neighbours::new(x, labels, classes.len());
        let start = start.unwrap_or_else(|| Array2::zeros((classes.len(), x.ncols() + 1)));
        let weights = vec![1.0; labels.len()];
        // One class needs no telling apart.
        let (coefficients, iterations) = if classes.len() < 2 {
            (start, 0)
        } else {
            let problem = Problem {
                x,
                labels,
                weights: &weights,
                classes: classes.len(),
                penalty: fitting.penalty,
                threads: fitting.threads,
                even_out: true,
            };
            regression::fit(problem, start, fitting.stop)
        };
        (Self { classes, coefficients, neighbours, background }, iterations)
    }

    /// Opinions on the likeliest classes, likeliest by the regression first.
    pub(super) fn read(&self, vector: &[f32], allowed: &dyn Fn(&str) -> bool) -> Reading {
        let width = vector.len();
        let mut ranked: Vec<(usize, f32)> = self
            .coefficients
            .axis_iter(Axis(0))
            .map(|row| {
                let row = row.to_slice().unwrap_or_default();
                dot(vector, &row[..width]) + row[width]
            })
            .enumerate()
            .collect();
        ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut seen = 0;
        let mut near: Vec<Near> = ranked
            .into_iter()
            .enumerate()
            .filter(|&(rank, (class, _))| {
                let Class { skill, kind } = &self.classes[class];
                let may = *kind == Kind::Positive && seen < ALLOWED && allowed(skill);
                seen += usize::from(may);
                may || rank < CANDIDATES
            })
            .map(|(_, (class, logit))| {
                let nearness = self.neighbours.nearness(vector, class);
                Near {
                    class,
                    opinion: Opinion { regression: logit, similarity: nearness.map_or(f32::NAN, |n| n.two) },
                    nearness,
                }
            })
            .collect();
        // A class without examples is as far as the farthest of the others.
        let farthest = near.iter().filter_map(|n| Some(n.nearness?.two)).fold(1.0, f32::min);
        for n in near.iter_mut().filter(|n| n.nearness.is_none()) {
            n.opinion.similarity = farthest;
        }
        Reading { near, background: mean_of_five(vector, &self.background) }
    }

    /// Which of the reading's classes is the first candidate, and the evidence for it. `None` if nothing is allowed.
    pub(super) fn evidence(
        &self,
        reading: &Reading,
        probabilities: &[f32],
        allowed: &dyn Fn(&str) -> bool,
    ) -> Option<(usize, Evidence)> {
        let may = |near: &Near| {
            let class = &self.classes[near.class];
            class.kind == Kind::Positive && allowed(&class.skill)
        };
        let (first, near) = reading
            .near
            .iter()
            .enumerate()
            .filter(|(_, near)| may(near))
            .max_by(|(a, _), (b, _)| probabilities[*a].total_cmp(&probabilities[*b]))?;
        let others = |index: &usize| *index != first;
        let second = (0..probabilities.len()).filter(others).map(|i| probabilities[i]).fold(0.0, f32::max);
        let nearest = reading.near.iter().filter_map(|n| Some(n.nearness?.first)).fold(-1.0, f32::max);
        let own = near.nearness;
        let evidence = Evidence {
            p: probabilities[first],
            second,
            nearest,
            own: own.map_or(-1.0, |n| n.first),
            own_three: own.map_or(-1.0, |n| n.three),
            typical: self.neighbours.typical(near.class),
            background: reading.background,
        };
        Some((first, evidence))
    }
}

impl Reading {
    pub(super) fn opinions(&self) -> Vec<Opinion> {
        self.near.iter().map(|near| near.opinion).collect()
    }

    pub(super) fn probabilities(&self, blend: Blend) -> Vec<f32> {
        blend.probabilities(&self.opinions())
    }
}
