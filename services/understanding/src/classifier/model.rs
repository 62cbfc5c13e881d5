//! A fitted classifier of one app: fit, classify, store and restore.

use std::sync::Arc;

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Background, Calibrate, Error, Example, Options,
    core::{Class, Core, Fitting, Near},
    crossval::{self, Calibration, Material},
    lbfgs::Stop,
    verdict::{Band, Budget, Candidate, Kind, Neighbour, Verdict},
};

/// What one app's skills look like. Immutable; edits make a new one.
#[derive(Debug, Clone)]
pub struct Model {
    core: Core,
    calibration: Calibration,
    budget: Budget,
    texts: Vec<Arc<str>>,
    dimensions: usize,
    fingerprint: String,
    iterations: usize,
}

/// The fitted numbers of a model, without its examples: what is stored, so that another process can
/// [`Model::restore`] the model instead of fitting it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    classes: Vec<Class>,
    dimensions: usize,
    /// Row per class: the weights, then the bias.
    coefficients: Vec<f32>,
    calibration: Calibration,
    budget: Budget,
    fingerprint: String,
}

/// Candidates handed out.
const SHOWN: usize = 5;
/// Examples a class, on average, up to which `Options::penalty` holds as it is; with more it grows in proportion, up to
/// `MOST_PENALTY` times. Beside the examples' word it gains MASSIVE half a point and costs SNIPS, which no encoder of ours
/// has seen, nothing.
const PENALTY_HOLDS: f32 = 50.0;
const MOST_PENALTY: f32 = 3.0;

impl Model {
    /// Fits the examples; see [`Options`] for what it costs. An app without examples gets a model that refuses.
    pub fn fit(
        examples: &[Example],
        background: &Background,
        options: &Options,
        warm: Option<&Self>,
    ) -> Result<Self, Error> {
        let dimensions = background.rows.ncols();
        let x = matrix(examples, dimensions)?;
        let (classes, labels) = classes_of(examples);
        let each = labels.len() as f32 / classes.len().max(1) as f32;
        let fitting = Fitting {
            penalty: options.penalty * (each / PENALTY_HOLDS).clamp(1.0, MOST_PENALTY),
            stop: Stop { iterations: options.iterations, decrease: options.decrease },
            threads: options.threads,
        };
        let start = warm.and_then(|live| live.coefficients_for(&classes, dimensions));
        let (core, iterations) =
            Core::fit(classes.clone(), x.view(), &labels, Array2::zeros((0, dimensions)), start, fitting);
        let mut model = Self {
            core,
            calibration: Calibration::usual(0.5),
            budget: options.budget,
            texts: examples.iter().map(|example| Arc::clone(&example.text)).collect(),
            dimensions,
            fingerprint: fingerprint(examples),
            iterations,
        };
        model.core.background = model.outside(background);
        let share = options.out_of_scope_share.unwrap_or_else(|| usual_share(model.skills().count()));
        model.calibration = match (options.calibrate, warm) {
            (Calibrate::Later, Some(live)) => {
                let live = live.calibration.clone();
                Calibration { scope: live.scope.with_share(share), ..live }
            }
            (Calibrate::Later, None) => Calibration::usual(share),
            (Calibrate::Now, _) => crossval::calibrate(Material {
                classes: &classes,
                x: x.view(),
                labels: &labels,
                background: &model.core.background,
                fitting,
                share,
                seed: options.seed,
            }),
        };
        Ok(model)
    }

    /// Reads an utterance's embedding. Only skills that `allowed` lets through can be candidates.
    #[must_use]
    pub fn classify(&self, vector: &[f32], allowed: &dyn Fn(&str) -> bool) -> Verdict {
        if vector.len() != self.dimensions {
            tracing::error!(
                expected = self.dimensions,
                found = vector.len(),
                "an embedding of another model was classified"
            );
            return refused();
        }
        let reading = self.core.read(vector, allowed);
        let probabilities = reading.probabilities(self.calibration.blend);
        let Some((first, evidence)) = self.core.evidence(&reading, &probabilities, allowed) else { return refused() };

        let in_scope = self.calibration.scope.in_scope(&evidence);
        let confidence = in_scope * probabilities[first];
        let mut candidates: Vec<Candidate> = reading
            .near
            .iter()
            .zip(&probabilities)
            .filter_map(|(near, &p)| {
                let Class { skill, kind } = &self.core.classes[near.class];
                let may = *kind == Kind::Positive && allowed(skill);
                may.then(|| Candidate { skill: Arc::clone(skill), p })
            })
            .collect();
        candidates.sort_by(|a, b| b.p.total_cmp(&a.p));
        candidates.truncate(SHOWN);
        let others = reading.near.iter().enumerate().filter(|(index, _)| *index != first).map(|(_, near)| near);
        Verdict {
            candidates,
            in_scope,
            confidence,
            band: self.calibration.risk.band(in_scope, confidence, self.budget),
            nearest: self.neighbour(&reading.near[first]),
            rival: others.filter_map(|near| self.neighbour(near)).max_by(|a, b| a.similarity.total_cmp(&b.similarity)),
        }
    }

    /// The band of a verdict under another error budget, for example a stricter one for skills that move money.
    #[must_use]
    pub fn band(&self, verdict: &Verdict, budget: Budget) -> Band {
        if verdict.candidates.is_empty() {
            return Band::Refuse;
        }
        self.calibration.risk.band(verdict.in_scope, verdict.confidence, budget)
    }

    /// The skills that have examples, in alphabetical order.
    pub fn skills(&self) -> impl Iterator<Item = &Arc<str>> {
        self.core.classes.iter().filter(|class| class.kind == Kind::Positive).map(|class| &class.skill)
    }

    /// Iterations that the last fit took, for metrics.
    #[must_use]
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// The fitted numbers, to store.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        Parameters {
            classes: self.core.classes.clone(),
            dimensions: self.dimensions,
            coefficients: self.core.coefficients.iter().copied().collect(),
            calibration: self.calibration.clone(),
            budget: self.budget,
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// The model that `parameters` were taken from, given the same examples in the same order.
    pub fn restore(parameters: Parameters, examples: &[Example], background: &Background) -> Result<Self, Error> {
        let dimensions = background.rows.ncols();
        if parameters.dimensions != dimensions {
            return Err(Error::Dimensions { expected: dimensions, found: parameters.dimensions });
        }
        let x = matrix(examples, dimensions)?;
        let (classes, labels) = classes_of(examples);
        let shape = (classes.len(), dimensions + 1);
        if classes != parameters.classes || fingerprint(examples) != parameters.fingerprint {
            return Err(Error::OtherExamples);
        }
        let coefficients = Array2::from_shape_vec(shape, parameters.coefficients).map_err(|_| Error::OtherExamples)?;
        let neighbours = super::neighbours::Neighbours::new(x.view(), &labels, classes.len());
        let core = Core { classes, coefficients, neighbours, background: Array2::zeros((0, dimensions)) };
        let mut model = Self {
            core,
            calibration: parameters.calibration,
            budget: parameters.budget,
            texts: examples.iter().map(|example| Arc::clone(&example.text)).collect(),
            dimensions,
            fingerprint: parameters.fingerprint,
            iterations: 0,
        };
        model.core.background = model.outside(background);
        Ok(model)
    }

    fn neighbour(&self, near: &Near) -> Option<Neighbour> {
        let Class { skill, kind } = &self.core.classes[near.class];
        let nearness = near.nearness?;
        Some(Neighbour {
            skill: Arc::clone(skill),
            example: Arc::clone(self.texts.get(nearness.source)?),
            similarity: nearness.first,
            kind: *kind,
        })
    }

    /// The background utterances that really are outside of this app: one that is nearer to a skill than the skill's
    /// own examples are to each other is inside ("tell me a joke" in an app that tells jokes).
    fn outside(&self, background: &Background) -> Array2<f32> {
        let kept: Vec<usize> = background
            .rows
            .axis_iter(Axis(0))
            .enumerate()
            .filter(|(_, row)| {
                let reading = self.core.read(row.to_slice().unwrap_or_default(), &|_| true);
                !reading.near.iter().any(|near| {
                    near.nearness.is_some_and(|nearness| nearness.first > self.core.neighbours.typical(near.class))
                })
            })
            .map(|(index, _)| index)
            .collect();
        background.rows.select(Axis(0), &kept)
    }

    /// This model's rows for another list of classes, where it has them.
    fn coefficients_for(&self, classes: &[Class], dimensions: usize) -> Option<Array2<f32>> {
        if self.dimensions != dimensions {
            return None;
        }
        let mut start = Array2::zeros((classes.len(), dimensions + 1));
        for (mut row, class) in start.axis_iter_mut(Axis(0)).zip(classes) {
            if let Ok(own) = self.core.classes.binary_search(class) {
                row.assign(&self.core.coefficients.row(own));
            }
        }
        Some(start)
    }
}

fn refused() -> Verdict {
    Verdict { candidates: Vec::new(), in_scope: 0.0, confidence: 0.0, band: Band::Refuse, nearest: None, rival: None }
}

/// Share of out-of-scope traffic to expect before any was seen: the fewer things an app can do, the more requests fall
/// outside. A third to two thirds in the published logs of assistants with 21 to 59 skills, less than a fifth in
/// CLINC150. This curve stays at the lower end, because a refused request costs its user more than a question: 0.5 up to
/// 15 skills, 0.27 at 40, 0.09 at 150.
fn usual_share(skills: usize) -> f64 {
    (15.0 / (15.0 + skills as f64)).min(0.5)
}

fn matrix(examples: &[Example], dimensions: usize) -> Result<Array2<f32>, Error> {
    let mut x = Array2::zeros((examples.len(), dimensions));
    for (mut row, example) in x.axis_iter_mut(Axis(0)).zip(examples) {
        if example.vector.len() != dimensions {
            return Err(Error::Dimensions { expected: dimensions, found: example.vector.len() });
        }
        row.as_slice_mut().unwrap_or_default().copy_from_slice(&example.vector);
    }
    Ok(x)
}

/// The classes in order, and the class of each example. Counterexamples of a skill without examples are kept: they mark
/// what no skill should answer.
fn classes_of(examples: &[Example]) -> (Vec<Class>, Vec<usize>) {
    let class = |example: &Example| Class { skill: Arc::clone(&example.skill), kind: example.kind };
    let mut classes: Vec<Class> = examples.iter().map(class).collect();
    classes.sort();
    classes.dedup();
    let labels = examples.iter().filter_map(|example| classes.binary_search(&class(example)).ok()).collect();
    (classes, labels)
}

fn fingerprint(examples: &[Example]) -> String {
    let mut hash = Sha256::new();
    for example in examples {
        for part in [example.skill.as_bytes(), example.text.as_bytes(), &[example.kind as u8]] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
