//! `inbox`: what people are to do: take a conversation over, or carry out a run that waits for them.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, RunId};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, TenantTx};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id.
    pub id: Uuid,
    /// The conversation that it is about.
    pub conversation: ConversationId,
    /// The run that waits for it.
    pub run: Option<RunId>,
    /// Whose work it is: `handoff`, or what the skill names.
    pub queue: String,
    /// In words.
    pub summary: String,
    /// Skill, slots, last messages.
    pub detail: Value,
    /// open, taken, done or rejected.
    pub state: String,
    /// Who took it.
    pub assignee: Option<String>,
    /// What they noted.
    pub note: Option<String>,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A new item.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a> {
    /// The app.
    pub app: AppId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The run that waits for it.
    pub run: Option<RunId>,
    /// Whose work it is.
    pub queue: &'a str,
    /// In words.
    pub summary: &'a str,
    /// Skill, slots, last messages.
    pub detail: &'a Value,
}

/// Adds an item, and returns its id.
///
/// # Errors
/// As for any statement.
pub async fn create(tx: &mut TenantTx, new: &NewItem<'_>) -> Result<Uuid, Error> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO paigong.inbox (tenant_id, id, app_id, conversation_id, run_id, queue, summary, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::json)",
        tx.tenant().0,
        id,
        new.app.0,
        new.conversation.0,
        new.run.map(|run| run.0),
        new.queue,
        new.summary,
        new.detail.to_string()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("adding to the inbox"))?;
    Ok(id)
}

struct Row {
    id: Uuid,
    conversation_id: Uuid,
    run_id: Option<Uuid>,
    queue: String,
    summary: String,
    detail: Value,
    state: String,
    assignee: Option<String>,
    note: Option<String>,
    created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

impl From<Row> for Item {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            conversation: ConversationId(row.conversation_id),
            run: row.run_id.map(RunId),
            queue: row.queue,
            summary: row.summary,
            detail: row.detail,
            state: row.state,
            assignee: row.assignee,
            note: row.note,
            created_at: row.created_at,
            closed_at: row.closed_at,
        }
    }
}

/// The items of an app, oldest first, after `after`, at most `limit`: those still to be done, or all.
///
/// # Errors
/// As for any statement.
pub async fn list(
    tx: &mut TenantTx,
    app: AppId,
    queue: Option<&str>,
    is_open: bool,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Item>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, run_id, queue, summary, detail, state, assignee, note, created_at, closed_at
         FROM paigong.inbox
         WHERE tenant_id = $1 AND app_id = $2 AND ($3::text IS NULL OR queue = $3) AND (NOT $4 OR state IN ('open', 'taken'))
           AND ($5::uuid IS NULL OR id > $5)
         ORDER BY id LIMIT $6",
        tx.tenant().0,
        app.0,
        queue,
        is_open,
        after,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing the inbox"))?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// One item of an app, locked for the rest of the transaction.
///
/// # Errors
/// As for any statement.
pub async fn lock(tx: &mut TenantTx, app: AppId, id: Uuid) -> Result<Option<Item>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, run_id, queue, summary, detail, state, assignee, note, created_at, closed_at
         FROM paigong.inbox WHERE tenant_id = $1 AND app_id = $2 AND id = $3 FOR UPDATE",
        tx.tenant().0,
        app.0,
        id
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("reading the inbox"))?;
    Ok(row.map(Item::from))
}

/// Moves an open item on: to `taken`, `done` or `rejected`. `false`: it is closed already, or not there.
///
/// # Errors
/// As for any statement.
pub async fn update(
    tx: &mut TenantTx,
    id: Uuid,
    state: &str,
    assignee: Option<&str>,
    note: Option<&str>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE paigong.inbox SET state = $3, assignee = coalesce($4, assignee), note = coalesce($5, note),
                closed_at = CASE WHEN $3 IN ('done', 'rejected') THEN clock_timestamp() END
         WHERE tenant_id = $1 AND id = $2 AND state IN ('open', 'taken')",
        tx.tenant().0,
        id,
        state,
        assignee,
        note
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("changing the inbox"))?;
    Ok(done.rows_affected() == 1)
}

/// Closes what waited for a person about a run that is over.
///
/// # Errors
/// As for any statement.
pub async fn close_for_run(tx: &mut TenantTx, run: RunId) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.inbox SET state = 'rejected', note = coalesce(note, 'cancelled'), closed_at = clock_timestamp()
         WHERE tenant_id = $1 AND run_id = $2 AND state IN ('open', 'taken')",
        tx.tenant().0,
        run.0
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("closing an item of the inbox"))?;
    Ok(())
}
