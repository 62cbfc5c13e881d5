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
