//! Which skill is meant, how sure that is, and whether any is: one small model per app on frozen sentence embeddings,
//! fitted in process in well under a second to a few seconds. Where embeddings come from is `encoder`'s business.
//!
//! [`Model::fit`] learns from [`Example`]s; [`Model::classify`] gives a [`Verdict`]; [`SkillClassifier`] holds the live
//! model of an app and replaces it atomically. Inside: `regression` (logistic regression, by `lbfgs`) and `neighbours`
//! give their opinions (`core`), `blend` makes calibrated probabilities of them, `scope` decides in or out of scope,
//! `risk` derives bands; the last three are fitted by `crossval`.

pub mod background;
mod blend;
mod core;
mod crossval;
pub(crate) mod lbfgs;
mod model;
mod neighbours;
pub(crate) mod regression;
mod risk;
mod scope;
mod verdict;

use std::sync::Arc;

use arc_swap::ArcSwap;

pub use self::{
    background::Background,
    model::{Model, Parameters},
    verdict::{Band, Budget, Candidate, Kind, Neighbour, Verdict},
};

/// An utterance that a skill should, or should not, answer.
#[derive(Debug, Clone)]
pub struct Example {
    /// The skill's name.
    pub skill: Arc<str>,
    /// The utterance.
    pub text: Arc<str>,
    /// Its embedding, of length 1.
    pub vector: Arc<[f32]>,
    /// Which of the two.
    pub kind: Kind,
}

/// How to fit.
#[derive(Debug, Clone)]
pub struct Options {
    /// L2 penalty of the regression, 1 / C in scikit-learn's terms. Measured best for up to 50 examples a skill; it grows
    /// with more.
    pub penalty: f32,
    /// Iterations at most.
    pub iterations: usize,
    /// Converged when a further step promises a smaller decrease than this share of the objective.
    pub decrease: f64,
    /// Threads for fitting.
    pub threads: usize,
    /// Whether to calibrate in this call.
    pub calibrate: Calibrate,
    /// Expected share of out-of-scope traffic. `None`: from the number of skills, until real traffic tells.
    pub out_of_scope_share: Option<f64>,
    /// Which share of wrong decisions each band may have.
    pub budget: Budget,
    /// Seed of the cross-validation's folds.
    pub seed: u64,
}

/// When to calibrate. Cross-validation costs about as much as the fit itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calibrate {
    /// In this call.
    Now,
    /// Keep the live model's calibration: right for an edit, to be followed by a fit with `Now` in the background.
    Later,
}

impl Options {
    /// For an edit that should be live at once: starts from the live model (give it to [`Model::fit`]), stops early, keeps
    /// the calibration. Follow it with a fit by the default options in the background.
    #[must_use]
    pub fn edit() -> Self {
        Self { calibrate: Calibrate::Later, decrease: 1e-2, ..Self::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            penalty: 1.0 / 30.0,
            iterations: 100,
            decrease: 1e-3,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            calibrate: Calibrate::Now,
            out_of_scope_share: None,
            budget: Budget::default(),
            seed: 1,
        }
    }
}

/// Why a model could not be fitted or restored.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An embedding is of another encoder.
    #[error(
        "an embedding has {found} dimensions where {expected} are expected: embed all examples with the same encoder"
    )]
    Dimensions {
        /// The encoder's.
        expected: usize,
        /// The example's.
        found: usize,
    },
    /// Stored parameters belong to other examples.
    #[error("the stored model was fitted on other examples: fit it again")]
    OtherExamples,
}

/// The live model of one app. Readers never wait; a new model is seen by the next utterance.
#[derive(Debug)]
pub struct SkillClassifier {
    live: ArcSwap<Model>,
}

impl SkillClassifier {
    /// Starts with `model`.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self { live: ArcSwap::from_pointee(model) }
    }

    /// The live model; keep it for one utterance, so that all its parts are judged by the same model.
    #[must_use]
    pub fn model(&self) -> Arc<Model> {
        self.live.load_full()
    }

    /// Replaces the live model.
    pub fn publish(&self, model: Model) {
        self.live.store(Arc::new(model));
    }
}
