//! `conversation`: the state of a dialogue, and the version that only one turn can follow.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, Language};
use serde_json::Value;

use crate::{Error, TenantTx, apps};

/// One conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The app.
    pub app: AppId,
    /// The end user, as the integrator names them.
    pub end_user: String,
    /// The dialogue's state.
    pub state: Value,
    /// Grows by one with every turn.
    pub version: i64,
    /// The language of the last message.
    pub language: Language,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When its last turn was.
    pub updated_at: DateTime<Utc>,
}

/// A conversation that begins. Its version is 1.
#[derive(Debug, Clone)]
pub struct NewConversation<'a> {
    /// Its id.
    pub id: ConversationId,
    /// The app.
    pub app: AppId,
    /// The end user, as the integrator names them.
    pub end_user: &'a str,
    /// The dialogue's state.
    pub state: &'a Value,
    /// The language of the message.
    pub language: Language,
}

/// A page of conversations, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// Whether there are older ones; the cursor to them is the last one's id.
    pub has_more: bool,
}

struct Row {
    id: uuid::Uuid,
    app_id: uuid::Uuid,
    end_user: String,
    state: Value,
    version: i64,
    language: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Row {
    fn read(self, operation: &'static str) -> Result<Conversation, Error> {
        Ok(Conversation {
            id: ConversationId(self.id),
            app: AppId(self.app_id),
            end_user: self.end_user,
            state: self.state,
            version: self.version,
            language: apps::language(&self.language, operation)?,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The conversation, or `None` when there is none, or it is another user's, app's or tenant's: the caller may not know which.
///
/// # Errors
/// As for any statement.
pub async fn load(
    tx: &mut TenantTx,
    app: AppId,
    end_user: &str,
    id: ConversationId,
) -> Result<Option<Conversation>, Error> {
    const OPERATION: &str = "loading a conversation";
    let row = sqlx::query_as!(
        Row,
        "SELECT id, app_id, end_user, state, version, language, created_at, updated_at FROM paigong.conversation
         WHERE tenant_id = $1 AND id = $2 AND app_id = $3 AND end_user = $4",
        tx.tenant().0,
        id.0,
        app.0,
        end_user
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| row.read(OPERATION)).transpose()
}

/// The conversation, whoever's it is: for the installation's owner, never for an end user.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, id: ConversationId) -> Result<Option<Conversation>, Error> {
    const OPERATION: &str = "loading a conversation";
    let row = sqlx::query_as!(
        Row,
        "SELECT id, app_id, end_user, state, version, language, created_at, updated_at FROM paigong.conversation
         WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| row.read(OPERATION)).transpose()
}

/// A conversation in a list, for the installation's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: ConversationId,
    /// The end user, as the integrator names them.
    pub end_user: String,
    /// When its last turn was.
    pub updated_at: DateTime<Utc>,
    /// Its turns.
    pub turns: i64,
    /// What the user typed last; empty when they pressed a button.
    pub last: String,
}

/// The conversations of an app, or of one of its users, newest first, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn recent(tx: &mut TenantTx, app: AppId, end_user: Option<&str>, limit: u32) -> Result<Vec<Summary>, Error> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.end_user, c.updated_at, coalesce(t.seq, 0)::bigint AS "turns!", coalesce(t.query, '') AS "last!"
           FROM paigong.conversation c
           LEFT JOIN LATERAL (SELECT seq, query FROM paigong.turn t WHERE t.tenant_id = c.tenant_id AND t.conversation_id = c.id
                              ORDER BY seq DESC LIMIT 1) t ON true
           WHERE c.tenant_id = $1 AND c.app_id = $2 AND ($3::text IS NULL OR c.end_user = $3)
           ORDER BY c.id DESC LIMIT $4"#,
        tx.tenant().0,
        app.0,
        end_user,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing conversations"))?;
    Ok(rows
        .into_iter()
        .map(|row| Summary {
            id: ConversationId(row.id),
            end_user: row.end_user,
            updated_at: row.updated_at,
            turns: row.turns,
            last: row.last,
        })
        .collect())
}

/// Begins a conversation. Its turns and runs may be written before it, in the same transaction.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken.
pub async fn insert(tx: &mut TenantTx, new: &NewConversation<'_>) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.conversation (tenant_id, id, app_id, end_user, state, language)
         VALUES ($1, $2, $3, $4, $5::text::json, $6)",
        tx.tenant().0,
        new.id.0,
        new.app.0,
        new.end_user,
        new.state.to_string(),
        new.language.tag()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("beginning a conversation"))?;
    Ok(())
}

/// Locks the conversation for the rest of the transaction, and makes sure that nobody followed `version` already. To be
/// called before a skill runs: a turn that lost must not have an effect.
///
/// # Errors
/// [`Error::Conflict`] when another turn was faster.
pub async fn lock(tx: &mut TenantTx, id: ConversationId, version: i64) -> Result<(), Error> {
    const OPERATION: &str = "locking a conversation";
    let found = sqlx::query_scalar!(
        "SELECT version FROM paigong.conversation WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        tx.tenant().0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    if found == Some(version) { Ok(()) } else { Err(Error::Conflict { operation: OPERATION, what: "version".into() }) }
}

/// Locks the conversation for the rest of the transaction, whoever's it is, and returns its state and version.
///
/// # Errors
/// As for any statement.
pub async fn lock_state(tx: &mut TenantTx, id: ConversationId) -> Result<Option<(Value, i64)>, Error> {
    let row = sqlx::query!(
        "SELECT state, version FROM paigong.conversation WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        tx.tenant().0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("locking a conversation"))?;
    Ok(row.map(|row| (row.state, row.version)))
}

/// Compare and swap: writes `state` if the conversation still has `version`. Returns the new version.
///
/// # Errors
/// [`Error::Conflict`] when another turn was faster.
pub async fn save(
    tx: &mut TenantTx,
    id: ConversationId,
    version: i64,
    state: &Value,
    language: Language,
) -> Result<i64, Error> {
    const OPERATION: &str = "saving a conversation";
    sqlx::query_scalar!(
        "UPDATE paigong.conversation SET state = $4::text::json, language = $5, version = version + 1, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING version",
        tx.tenant().0,
        id.0,
        version,
        state.to_string(),
        language.tag()
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?
    .ok_or_else(|| Error::Conflict { operation: OPERATION, what: "version".into() })
}

/// The user's conversations, newest first; `before` is the last id of the page before this one.
///
/// # Errors
/// As for any statement.
pub async fn list(
    tx: &mut TenantTx,
    app: AppId,
    end_user: &str,
    before: Option<ConversationId>,
    limit: u32,
) -> Result<Page, Error> {
    const OPERATION: &str = "listing conversations";
    // Ids are UUIDs of version 7: their order is the order of creation.
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, app_id, end_user, state, version, language, created_at, updated_at FROM paigong.conversation
         WHERE tenant_id = $1 AND app_id = $2 AND end_user = $3 AND ($4::uuid IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5",
        tx.tenant().0,
        app.0,
        end_user,
        before.map(|id| id.0),
        i64::from(limit) + 1
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let has_more = rows.len() > limit as usize;
    let conversations =
        rows.into_iter().take(limit as usize).map(|row| row.read(OPERATION)).collect::<Result<_, _>>()?;
    Ok(Page { conversations, has_more })
}
