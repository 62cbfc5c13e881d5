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
                r.error, r.created_at, r.finished_at
         FROM paigong.run r
         JOIN paigong.conversation c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
         WHERE r.tenant_id = $1 AND r.id = $2 AND c.app_id = $3",
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
                finished_at
         FROM paigong.run WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY id",
        tx.tenant().0,
        conversation.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing runs"))?;
    Ok(rows.into_iter().map(Run::from).collect())
}
