//! The state of a conversation, stored as JSON between turns.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use indexmap::IndexMap;
use paigong_core::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Requests that may be under way at once; a further one drops the oldest.
pub const MAX_FRAMES: usize = 5;
/// Requests that may wait for the one under way.
pub const MAX_QUEUE: usize = 4;
/// Rows of a result that are remembered, for "the second one".
pub const MAX_ROWS: usize = 20;
/// Answers to "which skill did you mean?" that are remembered.
const MAX_CHOSEN: usize = 20;

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
    /// The language of the conversation.
    pub language: Option<Language>,
    /// The other language, if the last message was in it without making up for a change.
    pub leaning: Option<Language>,
    /// The last run, for undo, "the same again" and "the second one".
    pub last: Option<Done>,
    /// Requests that wait for the one under way, the next one first.
    pub queue: Vec<Queued>,
    /// Which of several close skills the user meant, by the list that was offered.
    pub chosen: BTreeMap<String, String>,
    /// When the last message came.
    pub at: Option<NaiveDateTime>,
    /// What the last message says besides its act; choices are looked for in it.
    pub heard: String,
    /// What was put to the user and may be taken with a yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<crate::Proposal>,
    /// Runs that were begun and whose outcome is not known yet, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<crate::Running>,
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
    /// The first rows it returned.
    #[serde(default)]
    pub rows: Vec<Map<String, Value>>,
    /// The turn in which it ran.
    pub turn: u32,
    /// When.
    #[serde(default)]
    pub at: Option<NaiveDateTime>,
}

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The skill.
    pub skill: String,
    /// What was said about it.
    pub text: String,
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
    /// Values that were found among the rows of their lookup.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub looked: BTreeMap<String, Looked>,
    /// Optional slots that were looked for among their choices already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sought: Vec<String>,
    /// The choices that were shown with the last question, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<Shown>,
    /// A slot that the user wants to change and that only its lookup can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changing: Option<String>,
    /// The same request for several values of one slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// When it is to be run, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<NaiveDateTime>,
    /// Whether a reasoner proposed the skill, since the message alone did not say it clearly enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reasoned: bool,
}

/// A value that is among the rows of its slot's lookup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// The value.
    pub value: Value,
    /// What it is called.
    pub label: String,
    /// The other slots for which the rows were read.
    pub of: Map<String, Value>,
}

/// A choice that was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The value.
    pub value: Value,
    /// What it is called.
    pub label: String,
}

/// Several values of one slot, each of which is a run of its own; they are confirmed together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The slot in which they differ.
    pub slot: String,
    /// The values.
    pub items: Vec<Item>,
    /// The item that the frame's slots are about now.
    pub at: usize,
}

/// One value of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The value.
    pub filled: Filled,
    /// What it is called.
    pub label: String,
    /// Where it stands among the rows of its lookup, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Looked>,
    /// All slots and facts, once they are checked and only the confirmation is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Ready>,
}

/// An item of which everything is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// The slots.
    pub slots: IndexMap<String, Filled>,
    /// The facts.
    pub facts: Option<Facts>,
}

/// The key under which a confirmation's attempts are counted; no slot can be called so.
pub const CONFIRMATION: &str = "(confirmation)";

/// The key under which the time of a run that was put off is confirmed; no slot can be called so.
pub const LATER: &str = "(later)";

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
    /// From other slots.
    Computed,
    /// The caller's identity.
    Context,
    /// A row of its lookup.
    Lookup,
    /// A row of the last result.
    Result,
    /// A form or a button.
    Form,
    /// A former request in this conversation.
    Carried,
    /// A reasoner's proposal, valid under the slot's schema.
    Reasoned,
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
            looked: BTreeMap::new(),
            sought: Vec::new(),
            shown: Vec::new(),
            changing: None,
            batch: None,
            later: None,
            reasoned: false,
        }
    }

    /// The values alone.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        self.slots.iter().map(|(name, filled)| (name.clone(), filled.value.clone())).collect()
    }

    /// The values as they are confirmed: of a batch all values of its slot.
    #[must_use]
    pub fn to_confirm(&self) -> Map<String, Value> {
        let mut values = self.values();
        if let Some(batch) = &self.batch {
            let all = batch.items.iter().map(|item| item.filled.value.clone()).collect();
            values.insert(batch.slot.clone(), Value::Array(all));
        }
        if let Some(at) = self.later {
            values.insert(LATER.to_owned(), at.to_string().into());
        }
        values
    }

    /// What looked-up values are called, by slot.
    #[must_use]
    pub fn labels(&self) -> BTreeMap<String, String> {
        let current =
            |name: &str, looked: &Looked| self.slots.get(name).is_some_and(|filled| filled.value == looked.value);
        let looked = self.looked.iter().filter(|(name, looked)| current(name, looked));
        looked.map(|(name, looked)| (name.clone(), looked.label.clone())).collect()
    }

    /// Takes a slot's value out.
    pub(crate) fn clear(&mut self, slot: &str) -> bool {
        self.looked.remove(slot);
        self.days.remove(slot);
        if self.batch.as_ref().is_some_and(|batch| batch.slot == slot) {
            self.batch = None;
        }
        self.slots.shift_remove(slot).is_some()
    }

    /// Puts a value in.
    pub(crate) fn put(&mut self, slot: &str, filled: Filled) {
        self.days.remove(slot);
        match &mut self.batch {
            Some(batch) if batch.slot == slot => self.batch = None,
            // What was complete is so no more.
            Some(batch) => batch.items.iter_mut().for_each(|item| item.ready = None),
            None => {}
        }
        self.slots.insert(slot.to_owned(), filled);
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

    /// Remembers which of the skills in `offered` was meant.
    pub(crate) fn remember(&mut self, offered: &[String], skill: &str) {
        if self.chosen.len() >= MAX_CHOSEN {
            self.chosen.pop_first();
        }
        self.chosen.insert(key(offered), skill.to_owned());
    }

    /// Which of the skills in `offered` the user said before that they mean.
    pub(crate) fn remembered(&self, offered: &[String]) -> Option<&str> {
        self.chosen.get(&key(offered)).map(String::as_str)
    }

    /// The language to answer in, `Zh` before anything was said.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_default()
    }
}

/// A list of skills, whatever its order.
fn key(skills: &[String]) -> String {
    let mut skills: Vec<&str> = skills.iter().map(String::as_str).collect();
    skills.sort_unstable();
    skills.join(" ")
}
