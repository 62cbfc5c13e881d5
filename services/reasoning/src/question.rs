//! What is asked.

use std::fmt;

use chrono::NaiveDate;
use paigong_core::{AppId, ConversationId, Language, TenantId, TurnId};
use serde_json::Value;

/// On whose behalf, and at whose expense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Whose budget it is.
    pub tenant: TenantId,
    /// Whose budget it is, too.
    pub app: AppId,
    /// Where it is asked.
    pub conversation: ConversationId,
    /// In which turn.
    pub turn: TurnId,
    /// The tenant's local day, which the budget is of.
    pub day: NaiveDate,
}

/// What kind of help is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Nothing fits: a skill with its slots, a question, a person, or nothing.
    Fallback,
    /// A slot's value could not be read.
    Value,
    /// It takes several skills in order.
    Plan,
    /// An answer is to be written from passages.
    Answer,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fallback, Self::Value, Self::Plan, Self::Answer];

    /// As it is stored and reported.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::Value => "value",
            Self::Plan => "plan",
            Self::Answer => "answer",
        }
    }
}

/// A question. Its `Debug` shows none of its texts.
#[derive(Clone)]
pub struct Question {
    /// What for.
    pub purpose: Purpose,
    /// In which language to answer.
    pub language: Language,
    /// What the user said.
    pub message: String,
    /// What was said before, the oldest first.
    pub history: Vec<Said>,
    /// The skills that the user may run, and nothing else.
    pub candidates: Vec<Candidate>,
    /// The skill and its slot whose value is to be read, with [`Purpose::Value`]; the skill is one of the candidates.
    pub slot: Option<(String, String)>,
    /// What was found, with [`Purpose::Answer`].
    pub passages: Vec<Passage>,
    /// People's names that must not leave the house.
    pub names: Vec<String>,
    /// The tenant's date.
    pub today: NaiveDate,
}

/// Something that was said.
#[derive(Clone)]
pub struct Said {
    /// By whom.
    pub by: By,
    /// What.
    pub text: String,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The end user.
    User,
    /// Us.
    Assistant,
}

/// A skill that may be proposed.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name, such as `leave.request`.
    pub skill: String,
    /// As users see it.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// `read`, `write` or `money`.
    pub effect: String,
    /// JSON Schema of an object with the slots that may be set; identity and secrets are not among them.
    pub schema: Value,
    /// The names of the fields of its result, which later steps of a plan may use.
    pub results: Vec<String>,
}

impl Candidate {
    /// The schemas of the slots that may be set.
    pub(crate) fn slot(&self, name: &str) -> Option<&Value> {
        self.schema.get("properties")?.get(name)
    }
}

/// A passage of the knowledge.
#[derive(Clone)]
pub struct Passage {
    /// What it is cited by.
    pub id: String,
    /// Of the document.
    pub title: String,
    /// Above it.
    pub heading: String,
    /// Itself.
    pub text: String,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("purpose", &self.purpose)
            .field("language", &self.language)
            .field("history", &self.history.len())
            .field("candidates", &self.candidates.len())
            .field("slot", &self.slot)
            .field("passages", &self.passages.len())
            .finish_non_exhaustive()
    }
}
