//! `turn`: every user message with its answer, and why it was answered so.

use chrono::{DateTime, Utc};
use paigong_core::{ConversationId, TurnId};
use serde_json::Value;

use crate::{Error, TenantTx};

/// One turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Its number in the conversation, from 1.
    pub seq: i32,
    /// What the user said.
    pub query: String,
    /// What came with it: `payload`, `inputs`, `context`, each where there was one.
    pub request: Option<Value>,
    /// The text of the answer.
    pub answer: String,
    /// The whole public answer.
    pub response: Value,
    /// What was understood and decided, and why.
    pub decision: Value,
    /// How long each step took.
    pub trace: Value,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A turn to be written.
#[derive(Debug, Clone)]
pub struct NewTurn<'a> {
    /// Its id.
    pub id: TurnId,
    /// The conversation.
    pub conversation: ConversationId,
    /// What the user said.
    pub query: &'a str,
    /// What came with it: `payload`, `inputs`, `context`, each where there was one.
    pub request: Option<&'a Value>,
    /// The text of the answer.
    pub answer: &'a str,
    /// The whole public answer.
    pub response: &'a Value,
    /// What was understood and decided, and why.
    pub decision: &'a Value,
    /// How long each step took.
    pub trace: &'a Value,
}

struct Row {
    id: uuid::Uuid,
    conversation_id: uuid::Uuid,
    seq: i32,
    query: String,
    request: Option<Value>,
    answer: String,
    response: Value,
    decision: Value,
    trace: Value,
    created_at: DateTime<Utc>,
}

impl From<Row> for Turn {
    fn from(row: Row) -> Self {
        Self {
            id: TurnId(row.id),
            conversation: ConversationId(row.conversation_id),
            seq: row.seq,
            query: row.query,
            request: row.request,
            answer: row.answer,
            response: row.response,
            decision: row.decision,
            trace: row.trace,
            created_at: row.created_at,
        }
    }
}

/// Writes a turn as the next of its conversation, which the caller has locked or begun. Returns its number.
///
/// # Errors
/// [`Error::Conflict`] when the conversation was not locked and another turn was faster.
pub async fn insert(tx: &mut TenantTx, new: &NewTurn<'_>) -> Result<i32, Error> {
    sqlx::query_scalar!(
        "INSERT INTO paigong.turn (tenant_id, id, conversation_id, seq, query, answer, response, decision, trace, request)
         SELECT $1, $2, $3, coalesce(max(seq), 0) + 1, $4, $5, $6::text::json, $7, $8, $9::text::json
         FROM paigong.turn WHERE tenant_id = $1 AND conversation_id = $3 RETURNING seq",
        tx.tenant().0,
        new.id.0,
        new.conversation.0,
        new.query,
        new.answer,
        new.response.to_string(),
        new.decision,
        new.trace,
        new.request.map(Value::to_string)
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("writing a turn"))
}

/// One turn.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, id: TurnId) -> Result<Option<Turn>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, seq, query, request, answer, response, decision, trace, created_at
         FROM paigong.turn WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("loading a turn"))?;
    Ok(row.map(Turn::from))
}

/// The turns of a conversation after number `after`, in order, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, conversation: ConversationId, after: i32, limit: u32) -> Result<Vec<Turn>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, seq, query, request, answer, response, decision, trace, created_at
         FROM paigong.turn WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3 ORDER BY seq LIMIT $4",
        tx.tenant().0,
        conversation.0,
        after,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing turns"))?;
    Ok(rows.into_iter().map(Turn::from).collect())
}

/// Writes another answer over the one of a turn, once what it said was under way has ended.
///
/// # Errors
/// As for any statement.
pub async fn rewrite(tx: &mut TenantTx, id: TurnId, answer: &str, response: &Value) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.turn SET answer = $3, response = $4::text::json WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        id.0,
        answer,
        response.to_string()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("completing a turn"))?;
    Ok(())
}
