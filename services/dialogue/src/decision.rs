//! What is to be done next: the outcome of a step.

use chrono::NaiveDateTime;
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
    /// What else the answer should mention, before the decision.
    pub notes: Vec<Note>,
}

impl Step {
    pub(crate) fn new(state: State, decision: Decision) -> Self {
        Self { state, decision, resumable: None, notes: Vec::new() }
    }

    pub(crate) fn noting(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }
}

/// What an answer mentions besides what it decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The request on top is taken up again after a while: its skill, and when it was left.
    Resumed {
        /// The skill.
        skill: String,
        /// When the last message before came.
        left: NaiveDateTime,
    },
    /// A value of a batch was left out, since it can't be done.
    LeftOut {
        /// What the value is called.
        label: String,
        /// Why.
        reason: Reason,
    },
    /// What is asked next is about another request of the same message: its skill.
    Next(String),
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
    /// Read the rows of a slot's lookup for the top frame, then call [`crate::with_choices`].
    LookUp {
        /// The slot.
        slot: String,
    },
    /// Ask whether the top frame may run.
    Confirm {
        /// 1 the first time; from 3 on the answer offers a way out.
        attempt: u8,
    },
    /// Ask what is to be changed in the top frame.
    AskChange,
    /// Run the top frame, then call [`crate::after_run`], or [`crate::begun`] when it does not end with this turn.
    Run,
    /// Stop a run that was begun, then call [`crate::stopped`].
    Stop {
        /// The run.
        run: paigong_core::RunId,
    },
    /// Only say something.
    Say(Say),
    /// Nothing but what was done already: the last run ended, and nothing waits.
    Done,
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
    /// Several choices fit what was said; they are shown.
    Several,
    /// No choice fits what was said.
    NotAChoice {
        /// What was said, if it was a value.
        said: Option<String>,
    },
    /// The lookup has no rows at all.
    NoChoices {
        /// The slot.
        slot: String,
    },
    /// The user wants to see it asked again.
    Back,
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
    /// All requests were dropped: their skills.
    CancelledAll(Vec<String>),
    /// There was nothing to cancel, confirm or undo.
    NothingPending,
    /// The last run can't be taken back (any more): its skill.
    NotUndoable {
        /// The skill.
        skill: String,
        /// Whether it could have been in time.
        too_late: bool,
    },
    /// A run that was begun can't be stopped any more: its skill.
    NotStoppable {
        /// The skill.
        skill: String,
    },
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
    /// A reasoner's question about what was meant, in its words.
    AskBack(String),
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
    /// Go on without the detail that was asked for.
    Skip {},
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
