//! How a skill is carried out: the key `run`, in one of five ways.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SkillName;

/// The key `run`. Exactly one of `sql`, `http`, `handoff` and `steps` is there.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// One statement with `:slot` parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The database that the statement is for, by the name under which the tenant registered it; without it, the product's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// A call to another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Http>,
    /// Work for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Handoff>,
    /// Other skills, one after another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

impl Run {
    /// A statement on the product's database.
    #[must_use]
    pub fn sql(sql: &str) -> Self {
        Self { sql: Some(sql.to_owned()), ..Self::default() }
    }
}

/// A call to another system. All texts are templates in which slots are named as in `{{ order }}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The system, by the name under which the tenant registered its address and its secrets.
    pub connection: String,
    /// GET, POST, PUT, PATCH or DELETE; without it GET for a skill that reads and POST for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What follows the registered address, such as `/orders/{{ order }}/refunds`.
    pub path: String,
    /// What stands after the `?`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, String>,
    /// Headers besides those that the registration carries.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// The body as JSON. A text that is only `{{ amount }}` keeps the value's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether the other system does a request once that comes twice with the same `Idempotency-Key`; without it only for
    /// a skill that reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<bool>,
    /// Seconds that an answer may take, 1 to 60; 10 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Where in the answer the rows are, as a JSON pointer to an array; without it the whole answer is the one row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// The columns of a row: a JSON pointer into it, or CEL after `=`; without it the row is taken as it is.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub result: IndexMap<String, String>,
    /// Statuses that mean that there is no such thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nothing: Vec<u16>,
}

/// Work for a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// Whose work it is: lower case letters, digits, _.
    pub queue: String,
}

/// One of several skills.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The skill.
    pub skill: SkillName,
    /// Its slots: CEL over `slots`, `context`, `today` and `steps`, the first rows of the steps before.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<String, String>,
}
