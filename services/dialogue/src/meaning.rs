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

/// A part of a message that looks like a slot's value, by the examples of its skill.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// The skill.
    pub skill: String,
    /// The slot.
    pub slot: String,
    /// Its place in `act.rest`, in characters.
    pub span: values::Span,
    /// How likely it is the slot's value, 0 to 1.
    pub p: f32,
}

/// How a message takes what was last said to the user, beyond the fixed phrases of [`crate::Act`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It is fine: "that works for me".
    Accept,
    /// It is not wanted: "not right now".
    Decline,
    /// Something else of the kind is wanted: "what else is there?".
    Others,
    /// Nothing more is wanted: "that's all I needed".
    Finish,
    /// Something is asked about it: "how much is it?".
    Question,
    /// Something is said, or another thing asked for.
    Inform,
}

/// A sentence of a message and how it takes what was last said.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// As written.
    pub text: String,
    /// How it takes what was last said, if that is clear.
    pub stance: Option<Stance>,
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
    /// Parts of `act.rest` that may be values of slots, likeliest first; they may overlap.
    pub tags: Vec<Tag>,
    /// Whether tags were looked for.
    pub is_tagged: bool,
    /// The sentences of `act.rest`.
    pub sentences: Vec<Sentence>,
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
    /// How the message begins to take what was last said.
    #[must_use]
    pub fn stance(&self) -> Option<Stance> {
        self.sentences.first()?.stance
    }

    /// Whether one of its sentences takes it like this.
    #[must_use]
    pub fn has(&self, stance: Stance) -> bool {
        self.sentences.iter().any(|sentence| sentence.stance == Some(stance))
    }

    /// The likeliest skill, if the reading is at least as sure as `band`.
    #[must_use]
    pub fn top(&self, band: Band) -> Option<&Candidate> {
        self.candidates.first().filter(|_| self.band >= band)
    }
}
