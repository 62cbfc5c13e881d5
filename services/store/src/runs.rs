//! `run`, the ledger, to be read. It is written by `dispatch` alone.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, RunId, TurnId};
use serde_json::Value;

use crate::{Error, TenantTx};

/// One execution of a skill.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn that it was part of.
    pub turn: TurnId,
    /// The skill.
    pub skill: String,
    /// Its version.
    pub skill_version: i32,
    /// read, write or money.
    pub effect: String,
    /// The values that it ran with.
    pub slots: Value,
    /// queued, running, succeeded, failed, unknown, cancelled or dead.
    pub state: String,
    /// How often it was tried.
    pub attempt: i32,
    /// The rows that came back.
    pub result: Option<Value>,
    /// Why it failed.
    pub error: Option<Value>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it is tried, for the first time or again; `None` while it is under way, waits or is over.
    pub due_at: Option<DateTime<Utc>>,
    /// The run that this one takes back, as a step of the same whole.
    pub undoes: Option<RunId>,
}

struct Row {
    id: uuid::Uuid,
    conversation_id: uuid::Uuid,
    turn_id: uuid::Uuid,
    skill: String,
    skill_version: i32,
    effect: String,
    slots: Value,
    state: String,
    attempt: i32,
    result: Option<Value>,
    error: Option<Value>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    undoes: Option<uuid::Uuid>,
}

impl From<Row> for Run {
    fn from(row: Row) -> Self {
        Self {
            id: RunId(row.id),
            conversation: ConversationId(row.conversation_id),
            turn: TurnId(row.turn_id),
            skill: row.skill,
            skill_version: row.skill_version,
            effect: row.effect,
            slots: row.slots,
            state: row.state,
            attempt: row.attempt,
            result: row.result,
            error: row.error,
            created_at: row.created_at,
            finished_at: row.finished_at,
            due_at: row.due_at,
            undoes: row.undoes.map(RunId),
        }
    }
}

/// One run of `app`, `None` when there is none there.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, app: AppId, id: RunId) -> Result<Option<Run>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT r.id, r.conversation_id, r.turn_id, r.skill, r.skill_version, r.effect, r.slots, r.state, r.attempt, r.result,
                r.error, r.created_at, r.finished_at, (SELECT ready_at FROM paigong.job WHERE job.tenant_id = r.tenant_id AND run_id = r.id
                    AND lease_owner IS NULL AND NOT waiting) AS due_at, undoes
         FROM paigong.run r
         LEFT JOIN paigong.conversation c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
         WHERE r.tenant_id = $1 AND r.id = $2 AND coalesce(c.app_id, r.app_id) = $3",
        tx.tenant().0,
        id.0,
        app.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("loading a run"))?;
    Ok(row.map(Run::from))
}

/// The runs of a conversation, in order.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, conversation: ConversationId) -> Result<Vec<Run>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, turn_id, skill, skill_version, effect, slots, state, attempt, result, error, created_at,
                finished_at, (SELECT ready_at FROM paigong.job WHERE job.tenant_id = run.tenant_id AND run_id = run.id
                    AND lease_owner IS NULL AND NOT waiting) AS due_at, undoes
         FROM paigong.run WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY id",
        tx.tenant().0,
        conversation.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing runs"))?;
    Ok(rows.into_iter().map(Run::from).collect())
}

/// Which of `ids` are over, in their order of creation.
///
/// # Errors
/// As for any statement.
pub async fn ended(tx: &mut TenantTx, ids: &[RunId]) -> Result<Vec<Run>, Error> {
    among(tx, ids, false).await
}

/// Which of `ids` are over without their conversation knowing, in their order of creation.
///
/// # Errors
/// As for any statement.
pub async fn untold(tx: &mut TenantTx, ids: &[RunId]) -> Result<Vec<Run>, Error> {
    among(tx, ids, true).await
}

async fn among(tx: &mut TenantTx, ids: &[RunId], only_untold: bool) -> Result<Vec<Run>, Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, turn_id, skill, skill_version, effect, slots, state, attempt, result, error, created_at,
                finished_at, (SELECT ready_at FROM paigong.job WHERE job.tenant_id = run.tenant_id AND run_id = run.id
                    AND lease_owner IS NULL AND NOT waiting) AS due_at, undoes
         FROM paigong.run WHERE tenant_id = $1 AND id = ANY($2) AND finished_at IS NOT NULL AND (NOT $3 OR NOT told) ORDER BY id",
        tx.tenant().0,
        &ids,
        only_untold
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("looking which runs are over"))?;
    Ok(rows.into_iter().map(Run::from).collect())
}

/// Which runs of an app; what is not given is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<String>,
    /// Of this skill.
    pub skill: Option<String>,
    /// Of this end user's conversations.
    pub end_user: Option<String>,
    /// Of this conversation.
    pub conversation: Option<uuid::Uuid>,
    /// Before this one.
    pub before: Option<uuid::Uuid>,
}

/// The runs of an app, newest first, at most `limit`. Steps are not among them unless their outcome is unknown; they are with
/// the run that they belong to.
///
/// # Errors
/// As for any statement.
pub async fn of_app(tx: &mut TenantTx, app: AppId, filter: &Filter, limit: u32) -> Result<Vec<Run>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, turn_id, skill, skill_version, effect, slots, state, attempt, result, error, created_at,
                finished_at, (SELECT ready_at FROM paigong.job WHERE job.tenant_id = run.tenant_id AND run_id = run.id
                    AND lease_owner IS NULL AND NOT waiting) AS due_at, undoes
         FROM paigong.run
         WHERE tenant_id = $1 AND app_id = $2 AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR id < $4)
           AND (parent_id IS NULL OR state = 'unknown') AND ($6::text IS NULL OR skill = $6)
           AND ($7::uuid IS NULL OR conversation_id = $7)
           AND ($8::text IS NULL OR conversation_id IN (SELECT c.id FROM paigong.conversation c
                    WHERE c.tenant_id = $1 AND c.app_id = $2 AND c.end_user = $8))
         ORDER BY id DESC LIMIT $5",
        tx.tenant().0,
        app.0,
        filter.state.as_deref(),
        filter.before,
        i64::from(limit),
        filter.skill.as_deref(),
        filter.conversation,
        filter.end_user.as_deref()
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing the runs of an app"))?;
    Ok(rows.into_iter().map(Run::from).collect())
}

/// The steps of a run, and what took them back, in order.
///
/// # Errors
/// As for any statement.
pub async fn steps(tx: &mut TenantTx, run: RunId) -> Result<Vec<Run>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, turn_id, skill, skill_version, effect, slots, state, attempt, result, error, created_at,
                finished_at, (SELECT ready_at FROM paigong.job WHERE job.tenant_id = run.tenant_id AND run_id = run.id
                    AND lease_owner IS NULL AND NOT waiting) AS due_at, undoes
         FROM paigong.run WHERE tenant_id = $1 AND parent_id = $2 ORDER BY id",
        tx.tenant().0,
        run.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing the steps of a run"))?;
    Ok(rows.into_iter().map(Run::from).collect())
}

/// One attempt of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: i32,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was over.
    pub ended_at: DateTime<Utc>,
    /// succeeded, failed, again, waiting, unknown, lost or released.
    pub outcome: String,
    /// The status of an HTTP answer.
    pub status: Option<i32>,
    /// Why it failed.
    pub error: Option<Value>,
}

/// The attempts of a run, in order; a run that a turn did itself has none.
///
/// # Errors
/// As for any statement.
pub async fn attempts(tx: &mut TenantTx, run: RunId) -> Result<Vec<Attempt>, Error> {
    sqlx::query_as!(
        Attempt,
        "SELECT attempt, started_at, ended_at, outcome, status, error FROM paigong.run_attempt
         WHERE tenant_id = $1 AND run_id = $2 ORDER BY ended_at",
        tx.tenant().0,
        run.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing the attempts of a run"))
}

/// One run and its app, whichever that is: for reports of other systems, which prove themselves by a signature.
///
/// # Errors
/// As for any statement.
pub async fn any(tx: &mut TenantTx, id: RunId) -> Result<Option<(Run, AppId)>, Error> {
    let app =
        sqlx::query_scalar!("SELECT app_id FROM paigong.run WHERE tenant_id = $1 AND id = $2", tx.tenant().0, id.0)
            .fetch_optional(tx.connection())
            .await
            .map_err(Error::of("looking for a run"))?;
    let Some(app) = app.flatten().map(AppId) else { return Ok(None) };
    Ok(get(tx, app, id).await?.map(|run| (run, app)))
}
