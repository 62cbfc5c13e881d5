//! Runs: the only place where skills have effects and where the ledger is written.
//!
//! * [`sql`]: executes a skill's statement inside the turn's transaction, as the pack's role, within limits
//! * [`ledger`]: the run key and the row of the ledger
//! * [`rows`]: Postgres' binary values as JSON
//!
//! A SQL skill's effect, its ledger row and the turn are one transaction: they happen together, once, or not at all.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use paigong_core::{ConversationId, Language, RunId, TurnId};
use serde::Serialize;
use serde_json::{Map, Value};
use skills::{Execution, Skill};
use store::TenantTx;

pub mod ledger;
pub mod rows;
pub mod sql;

pub use sql::Limits;

/// Rows of a lookup that are read; a longer list should be narrowed by its query.
pub const MAX_CHOICES: usize = 2_000;

/// One row as the statement named its columns, in that order.
pub type Row = Map<String, Value>;

/// What a skill runs with. The tenant is the transaction's.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn; a run is done once for a turn and the same slots.
    pub turn: TurnId,
    /// The end user, as the integrator names them.
    pub user: &'a str,
    /// The local time of the turn; its date is `:today`.
    pub now: NaiveDateTime,
    /// The language of the answer, `:lang`.
    pub language: Language,
    /// The tenant's time zone: what a `timestamptz` is shown in, and what `now()` in a default becomes in a `timestamp`.
    pub time_zone: Tz,
    /// The slots' values; one that is absent or null is NULL.
    pub slots: &'a Map<String, Value>,
    /// How much a statement may take.
    pub limits: Limits,
}

/// How a run ended. Runs that take longer than a turn come with HTTP skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was done.
    Succeeded,
    /// Nothing was done.
    Failed,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Its id in the ledger.
    pub run_id: RunId,
    /// How it ended.
    pub status: Status,
    /// The rows that came back, within the limits.
    pub rows: Vec<Row>,
    /// Whether there were more rows than the limits allow.
    pub truncated: bool,
    /// Why it failed.
    pub error: Option<Failure>,
}

/// Why a statement failed, for the ledger, the log and the skill's owner. The user is told by the skill's texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The kind.
    pub reason: Reason,
    /// Postgres' error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// The constraint that was violated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// In words, for the skill's owner; may contain values.
    pub message: String,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A write came back without a row: nothing fitted its conditions. The skill's `empty` is the answer.
    NothingChanged,
    /// The data would have broken a constraint.
    Constraint,
    /// A value did not fit its type.
    Value,
    /// It took longer than the statement or lock timeout.
    Timeout,
    /// The statement reaches for something that the pack's role may not have, or writes in a read skill.
    Permission,
    /// The result can't be shown: a column of an unknown type, or a row larger than the limit.
    Result,
    /// Anything else, such as a table that is not there.
    Other,
}

/// Why a run could not be carried out or recorded; the turn's transaction is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The same run is in the ledger already: this turn has been executed before.
    #[error("the run was executed before")]
    AlreadyRun,
    /// The facts query or a slot's lookup failed; the transaction lives on.
    #[error("the facts of {skill} could not be looked up")]
    Facts {
        /// The skill.
        skill: String,
        /// Why.
        #[source]
        failure: Failure,
    },
}

/// Executes `skill` and writes the ledger, in the turn's transaction. A statement that fails leaves no effect, only its
/// ledger row, and the transaction lives on.
///
/// # Errors
/// When the transaction can't go on: the connection is lost, it must be done again ([`store::Error::Retry`]), or it was
/// done before.
pub async fn run(tx: &mut TenantTx, skill: &Skill, request: &Request<'_>) -> Result<Outcome, Error> {
    let access = if skill.manifest.effect.needs_confirmation() { sql::Access::Write } else { sql::Access::Read };
    let result = match &skill.run {
        Execution::Sql(statement) => sql::execute(tx, &skill.pack, statement, access, request).await?,
        other => Err(Failure {
            reason: Reason::Other,
            sqlstate: None,
            constraint: None,
            message: format!("a run of the kind {} is not on this path yet", other.kind()),
        }),
    };
    ledger::record(tx, skill, request, result).await
}

/// The rows among which the value of `slot` must be, at most [`MAX_CHOICES`]; read-only and not in the ledger. Empty for a
/// slot without a lookup.
///
/// # Errors
/// As for [`facts`].
pub async fn choices(tx: &mut TenantTx, skill: &Skill, slot: &str, request: &Request<'_>) -> Result<Vec<Row>, Error> {
    let Some(statement) = skill.lookup(slot) else {
        return Ok(Vec::new());
    };
    let request = Request { limits: Limits { rows: MAX_CHOICES, ..request.limits }, ..*request };
    match sql::execute(tx, &skill.pack, statement, sql::Access::Read, &request).await? {
        Ok(found) => Ok(found.rows),
        Err(failure) => Err(Error::Facts { skill: skill.name().to_owned(), failure }),
    }
}

/// Looks up the facts of `skill`: the first row of its query, read-only and not in the ledger. `None`: there is no row, or
/// the skill has no such query.
///
/// # Errors
/// [`Error::Facts`] when the query failed (the transaction lives on), otherwise as for [`run`].
pub async fn facts(tx: &mut TenantTx, skill: &Skill, request: &Request<'_>) -> Result<Option<Row>, Error> {
    let Some(statement) = &skill.facts else {
        return Ok(None);
    };
    match sql::execute(tx, &skill.pack, statement, sql::Access::Read, request).await? {
        Ok(found) => Ok(found.rows.into_iter().next()),
        Err(failure) => Err(Error::Facts { skill: skill.name().to_owned(), failure }),
    }
}
