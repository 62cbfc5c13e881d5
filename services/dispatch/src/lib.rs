//! Runs: the only place where skills have effects and where the ledger is written.
//!
//! * [`sql`]: executes a skill's statement inside the turn's transaction, as the pack's role, within limits
//! * [`ledger`]: the run key and the row of a run that a turn did itself
//! * [`job`]: the queue of all other runs: leases, fences, endings; [`reap`]: what becomes of those whose worker is gone
//! * [`worker`]: takes jobs from the queue, and has them done by [`executor`]
//! * [`review`]: what people decide about runs; [`events`]: what happened, [`webhooks`]: who is told of it
//! * [`rows`]: Postgres' binary values as JSON
//!
//! The effect of SQL on the product's database, its ledger row, its event and the turn are one transaction: they happen
//! together, once, or not at all. Everything else is queued with the turn and done by a worker under a lease.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use paigong_core::{AppId, ConversationId, Language, RunId, TurnId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skills::{Execution, Skill};
use store::TenantTx;

pub mod connections;
pub mod events;
pub mod executor;
pub mod job;
pub mod ledger;
pub mod library;
pub mod reap;
pub mod retry;
pub mod review;
pub mod rows;
pub mod sql;
pub mod webhooks;
pub mod worker;

pub use sql::Limits;
pub use worker::Worker;

/// Rows of a lookup that are read; a longer list should be narrowed by its query.
pub const MAX_CHOICES: usize = 2_000;

/// One row as the statement named its columns, in that order.
pub type Row = Map<String, Value>;

/// What a skill runs with. The tenant is the transaction's.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The app.
    pub app: AppId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn; a run is done once for a turn and the same slots.
    pub turn: TurnId,
    /// The end user, as the integrator names them.
    pub user: &'a str,
    /// What else is known of the user.
    pub context: &'a Map<String, Value>,
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

/// How a run in the turn's transaction ended.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The kind.
    pub reason: Reason,
    /// Postgres' error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// The constraint that was violated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// In words, for the skill's owner; may contain values.
    pub message: String,
}

impl Failure {
    /// A failure that no database reported.
    #[must_use]
    pub fn new(reason: Reason, message: String) -> Self {
        // Postgres stores no NUL, and other systems answer with what they like.
        Self { reason, sqlstate: None, constraint: None, message: message.replace('\0', "\u{fffd}") }
    }
}

impl Reason {
    /// The stable word for it, as in answers and in the ledger.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
    }
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A write came back without a row: nothing fitted its conditions. The skill's `empty` is the answer.
    NothingChanged,
    /// The data would have broken a constraint.
    Constraint,
    /// A value did not fit its type.
    Value,
    /// A rule of the skill does not hold (any more), named as the constraint: `rule.0`, or `missing`.
    Rule,
    /// It took longer than the statement or lock timeout.
    Timeout,
    /// The statement reaches for something that the pack's role may not have, or writes in a read skill.
    Permission,
    /// The result can't be shown: a column of an unknown type, or a row larger than the limit.
    Result,
    /// The other system could not be reached: nothing was sent.
    Unreachable,
    /// Whether the other system got the request can't be known: the connection broke, or its answer can't be read.
    Lost,
    /// The other system answered that it will not do it, or reported that it failed.
    Answer,
    /// The installation does not allow this address.
    Forbidden,
    /// The system that the skill names is not registered, or its secrets can't be opened.
    Unregistered,
    /// The time in which it was to be begun is over.
    Deadline,
    /// The person whose work it was has rejected it.
    Rejected,
    /// A person has found that it was not done.
    NotDone,
    /// One of its steps failed; what could be taken back was.
    Step,
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
    /// The skill is not done in the turn's transaction.
    #[error("{0} has to go through the queue")]
    NotLocal(String),
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

/// Executes `skill`, whose statement is for the product's database, and writes the ledger, in the turn's transaction. A
/// statement that fails leaves no effect, only its ledger row, and the transaction lives on.
///
/// # Errors
/// When the transaction can't go on: the connection is lost, it must be done again ([`store::Error::Retry`]), or it was
/// done before. [`Error::NotLocal`] for a skill that has to go through the queue.
pub async fn run(tx: &mut TenantTx, skill: &Skill, request: &Request<'_>) -> Result<Outcome, Error> {
    let Execution::Sql(statement) = &skill.run else { return Err(Error::NotLocal(skill.name().to_owned())) };
    paigong_core::fault::point("run.before_effect");
    let result = execute(tx, skill, statement, request).await?;
    paigong_core::fault::point("run.after_effect");
    ledger::record(tx, skill, request, result).await
}

/// Writes into the ledger what documents said in this turn: the rows of the answer, none where nothing was found.
///
/// # Errors
/// As for [`run`].
pub async fn answered(
    tx: &mut TenantTx,
    skill: &Skill,
    request: &Request<'_>,
    rows: Vec<Row>,
) -> Result<Outcome, Error> {
    let found = sql::Found { count: rows.len() as u64, rows, truncated: false };
    ledger::record(tx, skill, request, Ok(found)).await
}

/// Executes the statement of `skill`, and checks what came back against what the skill promises.
pub(crate) async fn execute(
    tx: &mut TenantTx,
    skill: &Skill,
    statement: &skills::sql::Statement,
    request: &Request<'_>,
) -> Result<Result<sql::Found, Failure>, store::Error> {
    let access = if skill.manifest.effect.needs_confirmation() { sql::Access::Write } else { sql::Access::Read };
    sql::execute(tx, &skill.pack, statement, access, request, |rows| skill.check_rows(rows)).await
}

/// What the statement of `skill` would do: it is executed and taken back. `Ok(Err(…))`: it would fail.
///
/// # Errors
/// When the transaction can't go on. [`Error::NotLocal`] for a skill that has to go through the queue.
pub async fn preview(
    tx: &mut TenantTx,
    skill: &Skill,
    request: &Request<'_>,
) -> Result<Result<Preview, Failure>, Error> {
    let Execution::Sql(statement) = &skill.run else { return Err(Error::NotLocal(skill.name().to_owned())) };
    let request = Request { limits: Limits { rows: PREVIEW_ROWS, ..request.limits }, ..*request };
    let found = sql::execute(tx, &skill.pack, statement, sql::Access::Preview, &request, |_| Ok(())).await?;
    Ok(found.map(|found| Preview { count: found.count, rows: found.rows }))
}

/// Rows of a preview.
pub const PREVIEW_ROWS: usize = 5;

/// What a statement would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preview {
    /// The rows that it would change.
    pub count: u64,
    /// The first of those it would return, at most [`PREVIEW_ROWS`].
    pub rows: Vec<Row>,
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
    match sql::execute(tx, &skill.pack, statement, sql::Access::Read, &request, |_| Ok(())).await? {
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
    match sql::execute(tx, &skill.pack, statement, sql::Access::Read, request, |_| Ok(())).await? {
        Ok(found) => Ok(found.rows.into_iter().next()),
        Err(failure) => Err(Error::Facts { skill: skill.name().to_owned(), failure }),
    }
}
