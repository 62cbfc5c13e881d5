//! What the classifier says about one utterance.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The reading of one utterance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The likeliest allowed skills, best first, at most five. Probabilities are calibrated over all skills of the app
    /// and assume that the utterance is in scope; those of skills that are not allowed are not handed to the others.
    pub candidates: Vec<Candidate>,
    /// Probability that the utterance is in scope and the first candidate is what was meant, against out of scope.
    pub in_scope: f32,
    /// Probability that acting on the first candidate is right: `in_scope` times its `p`.
    pub confidence: f32,
    /// What may be done, by the app's error budget.
    pub band: Band,
    /// The first candidate's most similar example.
    pub nearest: Option<Neighbour>,
    /// The most similar example of anything else: another skill's, or a counterexample.
    pub rival: Option<Neighbour>,
}

/// A skill and its calibrated probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The skill's name.
    pub skill: Arc<str>,
    /// Between 0 and 1.
    pub p: f32,
}

/// An example near the utterance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbour {
    /// The skill that it is an example, or a counterexample, of.
    pub skill: Arc<str>,
    /// Its text.
    pub example: Arc<str>,
    /// Cosine similarity.
    pub similarity: f32,
    /// Example or counterexample.
    pub kind: Kind,
}

/// Which side of a skill's border an example lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The skill should answer this.
    Positive,
    /// It looks like the skill, but the skill should not answer this.
    Counter,
}

/// What may be done with a verdict, from the most to the least certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Go ahead with the first candidate.
    Act,
    /// Say what was understood and ask whether it is right.
    Confirm,
    /// Offer the candidates to choose from.
    Ask,
    /// Out of scope, or nothing allowed is meant.
    Refuse,
}

/// The share of wrong decisions that the owner accepts in a band. Expected, over traffic like the app's examples with
/// its share of out-of-scope utterances; measured by cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Among utterances acted on at once.
    pub act: f32,
    /// Among utterances acted on or put up for confirmation.
    pub confirm: f32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { act: 0.05, confirm: 0.15 }
    }
}
