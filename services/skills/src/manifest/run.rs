//! The ways in which a skill is carried out, as an author writes them under `run`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SkillName;

/// How a skill is carried out: exactly one of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub enum Run {
    /// One statement with `:slot` parameters.
    Sql {
        /// The statement.
        sql: String,
        /// The tenant's database that it runs on; `None`: the product's.
        connection: Option<String>,
    },
    /// One HTTP request.
    Http(Box<Http>),
    /// A person does it.
    Handoff(Handoff),
    /// Other skills, in this order.
    Steps {
        /// The skills.
        steps: Vec<Step>,
        /// Whether what was done stays when a later step fails; otherwise it is taken back.
        keep: bool,
    },
    /// What the tenant's documents say about the message.
    Knowledge(Knowledge),
}

impl Run {
    /// One statement on the product's database.
    #[must_use]
    pub fn sql(statement: impl Into<String>) -> Self {
        Self::Sql { sql: statement.into(), connection: None }
    }
}

/// The keys as written, before it is known that they fit together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sql: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    http: Option<Box<Http>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handoff: Option<Handoff>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Step>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    keep: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    knowledge: Option<Knowledge>,
}

impl TryFrom<Keys> for Run {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, Self::Error> {
        let Keys { sql, connection, http, handoff, steps, keep, knowledge } = keys;
        if connection.is_some() && sql.is_none() {
            return Err("run: connection goes with sql; a request names its connection under http".into());
        }
        if keep && steps.is_none() {
            return Err("run: keep goes with steps: what was done stays when a later step fails".into());
        }
        let given = [
            sql.map(|sql| ("sql", Self::Sql { sql, connection })),
            http.map(|http| ("http", Self::Http(http))),
            handoff.map(|handoff| ("handoff", Self::Handoff(handoff))),
            steps.map(|steps| ("steps", Self::Steps { steps, keep })),
            knowledge.map(|knowledge| ("knowledge", Self::Knowledge(knowledge))),
        ];
        let mut given = given.into_iter().flatten();
        let Some((first, run)) = given.next() else {
            return Err("run: nothing says how it is done; write one of sql, http, handoff, steps or knowledge".into());
        };
        match given.next() {
            Some((second, _)) => Err(format!(
                "run: {first} and {second} are both there; write only one of sql, http, handoff, steps and knowledge"
            )),
            None => Ok(run),
        }
    }
}

impl From<Run> for Keys {
    fn from(run: Run) -> Self {
        match run {
            Run::Sql { sql, connection } => Self { sql: Some(sql), connection, ..Self::default() },
            Run::Http(http) => Self { http: Some(http), ..Self::default() },
            Run::Handoff(handoff) => Self { handoff: Some(handoff), ..Self::default() },
            Run::Steps { steps, keep } => Self { steps: Some(steps), keep, ..Self::default() },
            Run::Knowledge(knowledge) => Self { knowledge: Some(knowledge), ..Self::default() },
        }
    }
}

/// One HTTP request and how its answer is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The name under which the tenant registered address and secrets.
    pub connection: String,
    /// `GET` when the effect is read, otherwise `POST`, where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The path under the connection's address, with `{{ slot }}`.
    pub path: String,
    /// The parameters after `?`: texts with `{{ slot }}`, numbers or booleans.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, Value>,
    /// Further headers: texts with `{{ slot }}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// The JSON that is sent, with `{{ slot }}` in its texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether the receiver does a repeated `Idempotency-Key` only once; read: true, otherwise false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<bool>,
    /// How long an answer may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// JSON Pointer to the array whose items are the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// The columns of a row: a JSON Pointer into the item, or CEL after `=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<IndexMap<String, String>>,
    /// Statuses that mean that nothing was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nothing: Vec<u16>,
}

/// The methods that a request can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or does.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// As it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who does what no program does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// The queue that it is put in.
    pub queue: String,
}

/// Where an answer is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// The names of the app's sources.
    pub sources: Vec<String>,
    /// Whether a language model may write the answer from what was found, where one is configured. Otherwise, and whenever
    /// it can't, the answer is the passage itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compose: bool,
}

/// One of several skills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The skill.
    pub skill: SkillName,
    /// Its slots: CEL over `slots`, `context`, `today` and `steps`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<String, String>,
}
