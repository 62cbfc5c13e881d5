//! The state of a conversation, stored as JSON between turns.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use indexmap::IndexMap;
use paigong_core::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Requests that may be under way at once; a further one drops the oldest.
pub const MAX_FRAMES: usize = 5;

/// Everything a conversation remembers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Requests under way, the current one last.
    pub frames: Vec<Frame>,
    /// Skills between which the user was asked to choose.
    pub choosing: Option<Choosing>,
    /// Whether the last answer offered to go on with the request on top.
    pub offered: bool,
    /// The language of the last message that had one.
    pub language: Option<Language>,
    /// The last run, for undo.
    pub last: Option<Done>,
    /// What was put to the user and may be taken with a yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<crate::Proposal>,
    /// Messages in a row that were not understood.
    pub misses: u8,
    /// The number of the current turn, from 1.
    pub turn: u32,
}

/// A question which skill was meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choosing {
    /// The skills offered, in the order shown.
    pub skills: Vec<String>,
    /// The message that was not clear; it fills the slots of what is chosen.
    pub text: String,
    /// How often it was asked.
    pub attempts: u8,
}

/// A finished run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The skill.
    pub skill: String,
    /// Its version.
    pub version: u32,
    /// What it ran with.
    pub slots: Map<String, Value>,
    /// The first row it returned.
    pub row: Map<String, Value>,
    /// The turn in which it ran.
    pub turn: u32,
}

/// One request under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The skill.
    pub skill: String,
    /// The version it began with and stays on.
    pub version: u32,
    /// What is known.
    pub slots: IndexMap<String, Filled>,
    /// What is being waited for.
    pub phase: Phase,
    /// How often each slot was asked for; the confirmation counts under [`CONFIRMATION`].
    #[serde(default)]
    pub attempts: BTreeMap<String, u8>,
    /// Days of date-and-time slots whose time is still missing.
    #[serde(default)]
    pub days: BTreeMap<String, NaiveDate>,
    /// The message that began it.
    pub utterance: String,
    /// The facts row and the slots that it was read for.
    #[serde(default)]
    pub facts: Option<Facts>,
}

/// The key under which a confirmation's attempts are counted; no slot can be called so.
pub const CONFIRMATION: &str = "(confirmation)";

/// A facts row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The row; empty when there was none and the skill does not mind.
    pub row: Map<String, Value>,
    /// The slot values that it belongs to.
    pub of: Map<String, Value>,
}

/// What a frame waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A slot, once one was asked for.
    Filling(Option<String>),
    /// Yes or no.
    Confirming,
    /// After a plain no: what is to be changed.
    Changing,
}

/// A slot's value and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// The value as JSON, valid under the slot's schema.
    pub value: Value,
    /// The words that it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Their place in the message, in characters, half-open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// How it was read.
    pub by: By,
    /// The turn in which it was said.
    pub turn: u32,
}

/// How a slot was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The date grammar.
    Date,
    /// A duration added to a start.
    Duration,
    /// The number grammar.
    Number,
    /// A word for an allowed value.
    Enum,
    /// The tagger, from the marked examples.
    Tagged,
    /// What was put to the user and taken.
    Accepted,
    /// A pattern of the skill.
    Pattern,
    /// An address or telephone number.
    Contact,
    /// Yes or no.
    Boolean,
    /// The whole answer.
    Answer,
    /// The message that began the request.
    Utterance,
    /// The skill's default.
    Default,
    /// The caller's identity.
    Context,
    /// A form or a button.
    Form,
    /// A former request in this conversation.
    Carried,
}

impl Frame {
    /// A request for `skill` of which nothing is known yet.
    #[must_use]
    pub fn new(skill: &skills::Skill, utterance: &str) -> Self {
        Self {
            skill: skill.name().to_owned(),
            version: skill.version,
            slots: IndexMap::new(),
            phase: Phase::Filling(None),
            attempts: BTreeMap::new(),
            days: BTreeMap::new(),
            utterance: utterance.to_owned(),
            facts: None,
        }
    }

    /// The values alone.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        self.slots.iter().map(|(name, filled)| (name.clone(), filled.value.clone())).collect()
    }

    /// The facts row that belongs to the present values, if it was read.
    #[must_use]
    pub fn facts_row(&self) -> Option<&Map<String, Value>> {
        self.facts.as_ref().filter(|facts| facts.of == self.values()).map(|facts| &facts.row)
    }

    /// The slot that was asked for.
    #[must_use]
    pub fn asked(&self) -> Option<&str> {
        match &self.phase {
            Phase::Filling(asked) => asked.as_deref(),
            Phase::Confirming | Phase::Changing => None,
        }
    }
}

impl State {
    /// The request that the conversation is about.
    #[must_use]
    pub fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    /// Begins a request; the oldest one gives way when there are too many.
    pub(crate) fn push(&mut self, frame: Frame) {
        if self.frames.len() >= MAX_FRAMES {
            self.frames.remove(0);
        }
        self.frames.push(frame);
    }

    /// The language to answer in, `Zh` before anything was said.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_default()
    }
}
