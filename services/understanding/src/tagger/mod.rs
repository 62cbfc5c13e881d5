//! Which words of a message are a slot's value: learnt for each app from the marked examples of its skills, on the
//! encoder's token vectors. What a value means, and whether a slot may take it, is decided elsewhere.
//!
//! Two stages, both regularised multinomial logistic regression:
//! 1. [`spans`](self) finds where values begin and end (labels B, I, O on words; Ramshaw & Marcus, *Text chunking using
//!    transformation-based learning*, 1995). All marks of all skills teach it, so that a skill with few examples profits.
//! 2. A small classifier for each skill says which of its slots a found part belongs to, if any, by its words and its
//!    neighbours. Marks of the same slot name in other skills count too.

mod decode;
mod fit;
mod units;

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::encoder::TokenEmbeddings;

/// A marked example with the vectors of its tokens.
#[derive(Debug, Clone)]
pub struct Example {
    /// The skill's name.
    pub skill: Arc<str>,
    /// The text without its marks.
    pub text: Arc<str>,
    /// Slot names and the characters that are their values.
    pub marks: Vec<(Arc<str>, Range<usize>)>,
    /// The vectors of `text`.
    pub tokens: TokenEmbeddings,
}

/// How to fit.
#[derive(Debug, Clone)]
pub struct Options {
    /// L2 penalty of the first stage.
    pub span_penalty: f32,
    /// L2 penalty of the second stage.
    pub slot_penalty: f32,
    /// Iterations at most, for each fit.
    pub iterations: usize,
    /// Threads for fitting.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            span_penalty: 0.1,
            slot_penalty: 0.1,
            iterations: 60,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// A part of a message that may be a slot's value. Several may overlap: other boundaries, other slots.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// The skill whose slot it is.
    pub skill: Arc<str>,
    /// The slot.
    pub slot: Arc<str>,
    /// Its characters (not bytes) in the message, half-open; whole words.
    pub span: Range<usize>,
    /// Probability that these words are a value and that it is this slot's, given the skill.
    pub p: f32,
}

/// What an app's slots look like in messages. Immutable; edits make a new one. Can be stored: learning it takes seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tagger {
    dimensions: usize,
    spans: Array2<f32>,
    skills: Vec<SkillSlots>,
}

/// The second stage of one skill.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SkillSlots {
    skill: Arc<str>,
    /// The slots, in the order of the coefficients' rows; a last row stands for none of them.
    slots: Vec<Arc<str>>,
    coefficients: Array2<f32>,
}

/// A tag less likely than this is not handed out.
const FLOOR: f32 = 0.05;

impl Tagger {
    /// Learns from `examples`; those without marks are left out, since authors do not mark every value. `None` if
    /// nothing is marked.
    #[must_use]
    pub fn fit(examples: &[Example], options: &Options) -> Option<Self> {
        fit::fit(examples, options)
    }

    /// The skills that have marks.
    pub fn skills(&self) -> impl Iterator<Item = &Arc<str>> {
        self.skills.iter().map(|slots| &slots.skill)
    }

    /// The possible values in `text` for the slots of the skills that `allowed` lets through, likeliest first.
    #[must_use]
    pub fn tag(&self, text: &str, tokens: &TokenEmbeddings, allowed: &dyn Fn(&str) -> bool) -> Vec<Tag> {
        if tokens.dimensions != self.dimensions {
            tracing::error!(
                expected = self.dimensions,
                found = tokens.dimensions,
                "tokens of another model were tagged"
            );
            return Vec::new();
        }
        let units = units::units(text);
        let vectors = units::vectors(&units, tokens);
        let mut tags = Vec::new();
        for part in decode::parts(&self.spans, &units, &vectors, self.dimensions) {
            let features = fit::span_features(&vectors, self.dimensions, units.len(), part.units.clone());
            for skill in self.skills.iter().filter(|skill| allowed(&skill.skill)) {
                let probabilities = skill.probabilities(&features);
                for (slot, p) in skill.slots.iter().zip(probabilities) {
                    let p = p * part.p;
                    if p >= FLOOR {
                        let span = units[part.units.start].span.start..units[part.units.end - 1].span.end;
                        tags.push(Tag { skill: Arc::clone(&skill.skill), slot: Arc::clone(slot), span, p });
                    }
                }
            }
        }
        tags.sort_by(|a, b| b.p.total_cmp(&a.p).then_with(|| a.span.start.cmp(&b.span.start)));
        tags
    }
}

impl SkillSlots {
    fn probabilities(&self, features: &[f32]) -> Vec<f32> {
        let mut row: Vec<f32> = self
            .coefficients
            .outer_iter()
            .map(|weights| {
                let bias = weights.last().copied().unwrap_or_default();
                weights.iter().zip(features).map(|(w, x)| w * x).sum::<f32>() + bias
            })
            .collect();
        crate::classifier::regression::softmax_in_place(&mut row);
        row
    }
}
