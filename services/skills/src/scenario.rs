//! Conversation tests (`*.test.yaml`): what a user says, turn by turn, and what must come of it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file of conversation tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// The conversations, each on freshly seeded data.
    pub tests: Vec<Scenario>,
}

/// One conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// A sentence that says what must hold.
    pub name: String,
    /// The end user, as the integrator would name them.
    pub user: String,
    /// More about the user's identity, for `context.NAME`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub context: IndexMap<String, Value>,
    /// The wall clock, with offset. Default: Monday 2026-11-23 10:00 in Shanghai.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<chrono::DateTime<chrono::FixedOffset>>,
    /// The turns in order.
    pub turns: Vec<Turn>,
    /// Rows that must be in the database at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
}

/// One message and what is expected of its answer. What is left out is not checked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The message.
    pub user: String,
    /// The type of `dialog_action`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The skill that the action is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// The slot that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// Values that must be held now; `null` says that the slot must be empty.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub slots: IndexMap<String, Value>,
    /// The status of the execution: `succeeded`, `failed`, or `none` when nothing may have run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// Texts that the answer must contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reply: Vec<String>,
}

/// A query with one value, and what it must be.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// One SELECT of one column; it sees the test's tenant only.
    pub sql: String,
    /// The value expected in the first row (text, number or null).
    pub equals: Value,
}
