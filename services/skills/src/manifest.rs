//! The manifest of a skill, key by key, as an author writes it. Unknown keys are refused.

use indexmap::IndexMap;
use paigong_core::Bilingual;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Slot, example};

mod run;

pub use run::{Handoff, Http, Knowledge, Method, Run, Step};

/// A skill's name: `domain.verb`, lower case, dots between the parts, such as `leave.request`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SkillName(String);

impl SkillName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SkillName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let part_is_fine = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if text.len() <= 64 && text.split('.').count() >= 2 && text.split('.').all(part_is_fine) {
            Ok(Self(text))
        } else {
            Err(format!(
                "{text:?} is not a skill name; write two or more parts in lower case with dots between them, such as leave.request"
            ))
        }
    }
}

impl From<SkillName> for String {
    fn from(name: SkillName) -> Self {
        name.0
    }
}

impl std::fmt::Display for SkillName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for SkillName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What a run may change, which decides how it is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Only reads; runs as soon as its slots are filled.
    Read,
    /// Changes data; always confirmed first.
    Write,
    /// Moves money; always confirmed first, with the smallest error budget.
    Money,
}

impl Effect {
    /// Whether the user must confirm before the run.
    #[must_use]
    pub fn needs_confirmation(self) -> bool {
        self != Self::Read
    }
}

/// A skill as written by its owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The name, unique in an app.
    pub skill: SkillName,
    /// What it is called in menus and questions.
    pub title: Bilingual,
    /// One sentence for people choosing between skills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Bilingual>,
    /// What must be so for it to be the right one among similar skills, put so that a question can be made of it:
    /// `{zh: 忘记密码需要重置, en: you forgot it and need a new one}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Bilingual>,
    /// What a run may change.
    pub effect: Effect,
    /// Utterances that ask for it, slots marked as `[三天](days)`.
    pub examples: Vec<String>,
    /// Utterances that look like it and are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counterexamples: Vec<String>,
    /// CEL conditions on `context`; while one is false the skill does not exist for this user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// What must be known before it can run.
    #[serde(default)]
    pub slots: Slots,
    /// A query that runs when the slots are filled, before rules, confirmation and run; its row is `facts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// Conditions over `slots`, `facts` and `context`, checked in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// The question before a write, with the resolved values echoed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Bilingual>,
    /// What is done.
    pub run: Run,
    /// A JSON Schema (2020-12) that every row of the run must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Value>,
    /// Whether the statement is tried and rolled back before the confirmation, which can then say what it would touch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    /// Whether the user may have it done at a later time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub later: bool,
    /// The answer after a run that returned rows.
    pub reply: Bilingual,
    /// The answer when no row came back: nothing found, or nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<Bilingual>,
    /// The skill that takes this one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

impl Manifest {
    /// How many examples there are in Chinese and in English: one with a Chinese character is Chinese.
    #[must_use]
    pub fn example_counts(&self) -> [usize; 2] {
        let is_chinese = |text: &&String| example::parse(text).text.chars().any(is_han);
        let chinese = self.examples.iter().filter(is_chinese).count();
        [chinese, self.examples.len() - chinese]
    }
}

/// Whether a character is a Chinese one.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// How a run is taken back: the name of a skill, or that with a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Undo {
    /// By this skill, as long as that skill itself allows it.
    By(SkillName),
    /// By a skill, within a time.
    Within(UndoWithin),
}

/// A skill and how long after the run it may take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoWithin {
    /// The skill.
    pub skill: SkillName,
    /// How many minutes after the run.
    pub minutes: u32,
}

impl Undo {
    /// The skill that takes it back.
    #[must_use]
    pub fn skill(&self) -> &str {
        match self {
            Self::By(skill) | Self::Within(UndoWithin { skill, .. }) => skill.as_str(),
        }
    }

    /// For how many minutes; `None`: for ever.
    #[must_use]
    pub fn minutes(&self) -> Option<u32> {
        match self {
            Self::By(_) => None,
            Self::Within(within) => Some(within.minutes),
        }
    }
}

/// The slots as a JSON Schema object.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// Always `object`.
    #[serde(rename = "type", default)]
    pub kind: ObjectType,
    /// Slots that must be filled; they are asked for in this order.
    #[serde(default)]
    pub required: Vec<String>,
    /// The slots by name.
    #[serde(default)]
    pub properties: IndexMap<String, Slot>,
}

/// The only JSON Schema type that the slots as a whole can have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectType {
    /// `type: object`.
    #[default]
    Object,
}

/// What is looked up before the rules are checked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// One SELECT; the first row's columns become `facts`.
    pub sql: String,
    /// What to say, and which slot to ask again, when there is no row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
}

/// What happens when the facts query finds nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The slot whose value can't be right.
    pub slot: String,
    /// The reason, as a template.
    pub say: Bilingual,
}

/// One condition that must hold before the run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A CEL expression that must be true.
    pub check: String,
    /// The reason when it is not, as a template.
    pub say: Bilingual,
    /// The slot to ask again; without it the request ends with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
}
