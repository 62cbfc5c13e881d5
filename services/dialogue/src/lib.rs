//! (state, meaning) → (state, decision). Pure and sync: no I/O, no clock but the one passed in.
//!
//! [`step`] is total: every state and every meaning has an answer. It keeps a stack of [`Frame`]s, one for each request
//! under way; the top one is what the conversation is about. What needs the database is a decision like any other
//! ([`Decision::Look`], [`Decision::LookUp`], [`Decision::Run`]): the caller does it and comes back with [`with_facts`],
//! [`with_choices`] or [`after_run`]. Where a message is beyond it, [`need`] says what a reasoner could help with, and
//! [`with_reasoned`] takes its proposal. A run that does not end with its turn is remembered by [`begun`], until [`ended`].
//!
//! The way of a message: [`act`] (is it yes, no, cancel …?) → `turn` (what does it mean here?) → [`fill`] (which
//! slots does it fill?) → `evaluate` (what is the next thing to do for this frame?).
//!
//! Beside it: [`lookup`] finds the rows of a query that a message mentions, [`parts`] where a message may be cut into
//! several requests.

pub mod act;
mod batch;
mod choices;
mod convert;
pub mod decision;
mod evaluate;
pub mod fill;
mod later;
pub mod lookup;
pub mod meaning;
mod memory;
pub mod parts;
pub mod proposal;
pub mod question;
pub mod reasoned;
mod running;
pub mod state;
mod turn;

pub use act::Act;
pub use choices::with_choices;
pub use decision::{Decision, Note, Payload, Reason, Say, Step};
pub use evaluate::{after_run, go_on, with_facts};
pub use meaning::{Band, Candidate, Meaning, Part, Sentence, Stance, Tag};
pub use proposal::{Proposal, Put, Told, tell};
pub use reasoned::{Need, Reasoned, may_be_answered, need, needs_plan, planned, request, with_reasoned};
pub use running::{Ended, Running, begun, ended, stopped};
pub use state::{By, Filled, Frame, Phase, State};
pub use turn::step;

use std::sync::Arc;

use chrono::NaiveDateTime;
use serde_json::{Map, Value};
use skills::Skill;

/// Where skills are found.
pub trait Catalogue {
    /// The skill that is live under this name.
    fn live(&self, name: &str) -> Option<Arc<Skill>>;
    /// The names of all live skills, where they can be listed.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
    /// A particular version, which may no longer be live.
    fn version(&self, name: &str, version: u32) -> Option<Arc<Skill>>;
}

/// What a step may know besides state and meaning.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The skills of the app.
    pub catalogue: &'a dyn Catalogue,
    /// The tenant's business calendar.
    pub calendar: &'a Arc<values::Calendar>,
    /// What ambiguous dates mean for this tenant.
    pub policy: values::Policy,
    /// The conversation's wall clock.
    pub now: NaiveDateTime,
    /// Who is asking: bound by the caller's identity, never by what was said.
    pub context: &'a Map<String, Value>,
}

impl World<'_> {
    /// The local date as `YYYY-MM-DD`.
    #[must_use]
    pub fn today(&self) -> String {
        self.now.date().to_string()
    }

    /// What messages are read against.
    #[must_use]
    pub fn reading(&self) -> values::Context<'_> {
        values::Context::new(self.now, self.calendar).with_policy(self.policy)
    }

    /// The live skill of this name, if this user may know of it.
    #[must_use]
    pub fn permitted(&self, name: &str) -> Option<Arc<Skill>> {
        self.catalogue.live(name).filter(|skill| skill.is_permitted(self.context))
    }

    /// The skill of a frame, in the version that the frame began with, if it is still there and permitted.
    #[must_use]
    pub fn of(&self, frame: &Frame) -> Option<Arc<Skill>> {
        self.catalogue.version(&frame.skill, frame.version).filter(|skill| skill.is_permitted(self.context))
    }
}
