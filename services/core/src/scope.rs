//! What an app key may be used for.

use serde::{Deserialize, Serialize};

/// A part of the interface that a key opens. Every endpoint that takes a key asks for exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Talk, understand messages, read conversations.
    Chat,
    /// Read and decide about runs, and what people are to do.
    Runs,
    /// Documents.
    Knowledge,
    /// Who is told of events.
    Webhooks,
    /// Suggestions, and what the language model costs.
    Learning,
    /// Stand in a web page: talk for the visitor of one of the key's origins. Goes with no other scope.
    Widget,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [Self::Chat, Self::Runs, Self::Knowledge, Self::Webhooks, Self::Learning, Self::Widget];
    /// What a key may be used for when nothing else is said: everything that a backend does.
    pub const USUAL: [Self; 5] = [Self::Chat, Self::Runs, Self::Knowledge, Self::Webhooks, Self::Learning];

    /// The name in the API and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Runs => "runs",
            Self::Knowledge => "knowledge",
            Self::Webhooks => "webhooks",
            Self::Learning => "learning",
            Self::Widget => "widget",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scope| scope.name() == name).ok_or_else(|| UnknownScope(name.to_owned()))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no scope's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of chat, runs, knowledge, webhooks, learning, widget")]
pub struct UnknownScope(pub String);
