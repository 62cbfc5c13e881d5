//! What comes back.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

/// A proposal that is among what was offered. Its `Debug` shows no texts and no values.
#[derive(Clone, PartialEq)]
pub enum Proposal {
    /// To run one of the candidates.
    Skill {
        /// Its name.
        skill: String,
        /// Values of its settable slots, each valid by itself.
        slots: Map<String, Value>,
    },
    /// To run several, in this order.
    Plan {
        /// One to five.
        steps: Vec<PlannedStep>,
    },
    /// The slot's value, valid by its schema.
    Value(Value),
    /// An answer that has its numbers, dates and addresses from the passages.
    Answer {
        /// Plain text.
        text: String,
        /// The passages' ids, one at least.
        citations: Vec<String>,
    },
    /// To ask the user this; plain text without links.
    Ask(String),
    /// To hand over to a person.
    HandOff,
    /// It does not know either.
    Nothing,
}

/// A step of a plan.
#[derive(Clone, PartialEq)]
pub struct PlannedStep {
    /// One of the candidates.
    pub skill: String,
    /// Where the values of its settable slots come from.
    pub slots: BTreeMap<String, Source>,
    /// Once for each row of this earlier step's result; counted from 0. Sources of that step are then its current row.
    pub over: Option<usize>,
}

/// Where the value of a planned step's slot comes from.
#[derive(Clone, PartialEq)]
pub enum Source {
    /// It is this.
    Value(Value),
    /// An earlier step finds it.
    Result {
        /// Which, counted from 0.
        step: usize,
        /// The field of its result.
        field: String,
    },
}

/// Something that was proposed and is not passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// What it was about: a skill, `skill.slot` or `text`; cut after 80 characters. Made up by the model, so not to be shown.
    pub what: String,
    /// Why.
    pub reason: Reason,
}

/// Why something was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The skill is not a candidate.
    UnknownSkill,
    /// The slot is not one that may be set.
    UnknownSlot,
    /// The value is not valid.
    BadValue,
    /// Made of something that nobody said, or a masked value that was never sent.
    Invented,
    /// Markup, a link or an invisible character in a text.
    Unsafe,
}

impl Reason {
    /// As it is logged and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownSkill => "unknown_skill",
            Self::UnknownSlot => "unknown_slot",
            Self::BadValue => "bad_value",
            Self::Invented => "invented",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A proposal, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasoned {
    /// The proposal.
    pub proposal: Proposal,
    /// Who made it.
    pub provider: String,
    /// With which model.
    pub model: String,
    /// Of the instructions and the schema.
    pub prompt_version: String,
    /// Sent, over all calls.
    pub tokens_in: u64,
    /// That came, over all calls.
    pub tokens_out: u64,
    /// Over all calls.
    pub cost_micros: u64,
    /// How many calls it took, other providers' and the repair included.
    pub calls: u32,
    /// From the question to here.
    pub elapsed: Duration,
    /// What was proposed besides and is not passed on.
    pub dropped: Vec<Dropped>,
}

/// Why there is no proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// There is no provider.
    #[error("no language model is configured")]
    NotConfigured,
    /// The tenant's or the app's budget of the day does not suffice for another call.
    #[error("the budget of the day is spent")]
    BudgetSpent,
    /// Every provider has failed too often lately.
    #[error("no provider is being asked for the time being")]
    BreakerOpen,
    /// Too many questions at once.
    #[error("too many questions at once")]
    Overloaded,
    /// It took too long.
    #[error("it took too long")]
    Deadline,
    /// No provider answered.
    #[error("no provider answered")]
    Failed,
    /// What was answered cannot be used, after the repair either.
    #[error("the answer cannot be used")]
    Invalid,
}

impl Unavailable {
    /// A name that stays.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::BudgetSpent => "budget_spent",
            Self::BreakerOpen => "breaker_open",
            Self::Overloaded => "overloaded",
            Self::Deadline => "deadline",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skill { skill, slots } => {
                let names: Vec<_> = slots.keys().collect();
                f.debug_struct("Skill").field("skill", skill).field("slots", &names).finish()
            }
            Self::Plan { steps } => f.debug_struct("Plan").field("steps", steps).finish(),
            Self::Value(_) => f.write_str("Value(…)"),
            Self::Answer { citations, .. } => {
                f.debug_struct("Answer").field("citations", citations).finish_non_exhaustive()
            }
            Self::Ask(_) => f.write_str("Ask(…)"),
            Self::HandOff => f.write_str("HandOff"),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

impl fmt::Debug for PlannedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedStep")
            .field("skill", &self.skill)
            .field("slots", &self.slots)
            .field("over", &self.over)
            .finish()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(_) => f.write_str("Value(…)"),
            Self::Result { step, field } => f.debug_struct("Result").field("step", step).field("field", field).finish(),
        }
    }
}
