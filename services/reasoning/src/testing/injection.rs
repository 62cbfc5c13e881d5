//! Instructions hidden in what users, conversations and documents say, and what a model that obeys them would propose.

use paigong_core::Language;
use serde::Deserialize;
use serde_json::Value;

use crate::Purpose;

/// One of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Injection {
    /// What it tries, in a few words; unique.
    pub name: String,
    /// Of the text.
    pub language: Language,
    /// What is being asked when it strikes: `fallback`, `value`, `plan` or `answer`.
    pub purpose: String,
    /// Where it is hidden.
    pub place: Place,
    /// The words.
    pub text: String,
    /// The decision of a model that obeys.
    pub obeys: Value,
    /// Words that no proposal may hold after it.
    #[serde(default)]
    pub never: Vec<String>,
}

/// Where an instruction is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In what the user says now.
    Message,
    /// In what was said before.
    History,
    /// In a document.
    Passage,
}

impl Injection {
    /// What is being asked when it strikes.
    ///
    /// # Panics
    /// When the file names another purpose than there are.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        let found = Purpose::ALL.into_iter().find(|purpose| purpose.name() == self.purpose);
        found.unwrap_or_else(|| panic!("{}: no purpose {}", self.name, self.purpose))
    }
}

/// All of `tests/injections.yaml`.
///
/// # Panics
/// When the file cannot be read.
#[must_use]
pub fn injections() -> Vec<Injection> {
    serde_saphyr::from_str(include_str!("../../tests/injections.yaml")).expect("tests/injections.yaml")
}
