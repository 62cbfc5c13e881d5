//! What is to be done next: the outcome of a step.

use paigong_core::Bilingual;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::State;

/// A step's outcome: the new state and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The state after the step.
    pub state: State,
    /// What to do about the request on top of its stack.
    pub decision: Decision,
    /// A request that was left for this one and may be taken up again: its skill.
    pub resumable: Option<String>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Ask for a slot of the top frame.
    Ask {
        /// The slot.
        slot: String,
        /// Why it is asked (again).
        reason: Option<Reason>,
        /// 1 the first time; from 3 on the answer offers a way out.
        attempt: u8,
    },
    /// Ask which skill was meant.
    Choose {
        /// The skills, likeliest first.
        skills: Vec<String>,
        /// 1 the first time.
        attempt: u8,
    },
    /// Read the facts of the top frame, then call [`crate::with_facts`].
    Look,
    /// Ask whether the top frame may run.
    Confirm {
        /// 1 the first time; from 3 on the answer offers a way out.
        attempt: u8,
    },
    /// Ask what is to be changed in the top frame.
    AskChange,
    /// Run the top frame, then call [`crate::after_run`].
    Run,
    /// Only say something.
    Say(Say),
    /// Hand the conversation to a person.
    HandOff,
}

/// Why a slot is asked again.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The value violates the slot's schema; the schema's words.
    Invalid(Bilingual),
    /// The rule of this index does not hold for the values in `with`.
    Rule {
        /// Index into the manifest's rules.
        index: usize,
        /// The values for which it was checked.
        with: serde_json::Map<String, Value>,
        /// The facts for which it was checked.
        facts: serde_json::Map<String, Value>,
    },
    /// The facts query found nothing for the values in `with`.
    Missing {
        /// The values for which it was asked.
        with: serde_json::Map<String, Value>,
    },
    /// The day is known, its time is not.
    TimeMissing,
    /// Nothing in the answer could be read as a value.
    NotRead,
    /// The user wants to skip what can't be skipped.
    Required,
}

/// Things that are only said.
#[derive(Debug, Clone, PartialEq)]
pub enum Say {
    /// An answer to a greeting.
    Greeting,
    /// An answer to thanks.
    Welcome,
    /// What the app can do.
    Help,
    /// The request was dropped: its skill.
    Cancelled(String),
    /// There was nothing to cancel, confirm or undo.
    NothingPending,
    /// This is not something the app can do.
    OutOfScope,
    /// A rule without a slot ended the request.
    Refused {
        /// The skill.
        skill: String,
        /// Its version.
        version: u32,
        /// Why.
        reason: Reason,
    },
    /// The skill was withdrawn while its request was under way.
    Withdrawn,
    /// An apology to a complaint.
    Sorry,
}

/// What a button returns. It is sent back verbatim and bypasses the classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Payload {
    /// Yes to the confirmation of this skill with these values, so that an old button can't confirm a new request.
    Confirm {
        /// The skill.
        skill: String,
        /// The values that were shown.
        slots: serde_json::Map<String, Value>,
    },
    /// Something is to be changed.
    Change {},
    /// Drop the request.
    Cancel {},
    /// This skill is meant.
    Skill {
        /// Its name.
        name: String,
    },
    /// None of the skills is meant.
    NoneOfThese {},
    /// A slot's value.
    Slot {
        /// Its name.
        name: String,
        /// The value.
        value: Value,
    },
    /// Go on with the request that was left.
    Resume {},
    /// Hand over to a person.
    HandOff {},
}
