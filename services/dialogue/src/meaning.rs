//! What understanding makes of one message, before it is known what it means here.

use paigong_core::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::act::ActReading;
use crate::decision::Payload;

/// A skill that the message may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The skill's name.
    pub skill: String,
    /// The calibrated probability, 0 to 1.
    pub p: f32,
}

/// How sure the reading is, derived from the error budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Nothing the app can do.
    Refuse,
    /// Several skills are possible: ask which.
    Ask,
    /// Likely enough when a confirmation follows.
    Confirm,
    /// Sure.
    Act,
}

/// One message as understood without its conversation.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// What the user wrote.
    pub text: String,
    /// The language, `None` for text that is neutral, such as "SO-20318".
    pub language: Option<Language>,
    /// The dialogue act and what remains of the text beside it.
    pub act: ActReading,
    /// Skills that this user may run, likeliest first.
    pub candidates: Vec<Candidate>,
    /// How sure the first candidate is.
    pub band: Band,
    /// Similarity of the nearest example, 0 to 1.
    pub similarity: f32,
    /// Typed values with their places.
    pub values: Vec<values::Reading>,
    /// A button that was pressed; it bypasses everything read from text.
    pub payload: Option<Payload>,
    /// Values sent as a form.
    pub inputs: Map<String, Value>,
    /// Further requests in the same message, in their order; the fields above are about the first one then.
    pub more: Vec<Part>,
}

/// A further request in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The skill that it asks for.
    pub skill: String,
    /// What it says.
    pub text: String,
}

impl Meaning {
    /// The likeliest skill, if the reading is at least as sure as `band`.
    #[must_use]
    pub fn top(&self, band: Band) -> Option<&Candidate> {
        self.candidates.first().filter(|_| self.band >= band)
    }
}
