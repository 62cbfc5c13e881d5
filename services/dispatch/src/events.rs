//! Events for the app's webhooks, written in the transaction of what happened (an outbox). One is stored only when a
//! webhook wants it; `webhooks` delivers.

use chrono::Utc;
use paigong_core::{AppId, ConversationId};
use serde_json::{Value, json};
use store::TenantTx;

use crate::Error;

/// Every kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// A run was done.
    RunSucceeded,
    /// A run failed for good, its attempts are used up, or it was cancelled.
    RunFailed,
    /// Whether a run was done can't be known; a person has to look.
    RunUnknown,
    /// A conversation was handed to a person.
    HandoffRequested,
    /// A run waits for the user's yes.
    ConfirmPending,
}

impl Topic {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::RunSucceeded, Self::RunFailed, Self::RunUnknown, Self::HandoffRequested, Self::ConfirmPending];

    /// Its name on the wire, such as `run.succeeded`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RunSucceeded => "run.succeeded",
            Self::RunFailed => "run.failed",
            Self::RunUnknown => "run.unknown",
            Self::HandoffRequested => "handoff.requested",
            Self::ConfirmPending => "confirm.pending",
        }
    }
}

/// Writes an event with `data` for every webhook of `app` that wants it; one statement, in the transaction of what happened.
///
/// # Errors
/// As for any statement.
pub async fn emit(
    tx: &mut TenantTx,
    app: AppId,
    conversation: Option<ConversationId>,
    topic: Topic,
    data: Value,
) -> Result<(), Error> {
    sqlx::query!(
        r#"SELECT paigong.emit($1, $2, $3, $4, $5, $6::text::json)::text AS "emitted""#,
        tx.tenant().0,
        app.0,
        conversation.map(|conversation| conversation.0),
        uuid::Uuid::now_v7(),
        topic.name(),
        payload(topic, data)
    )
    .fetch_one(tx.connection())
    .await
    .map_err(store::Error::of("writing an event"))?;
    Ok(())
}

/// The body as it is signed and sent.
pub(crate) fn payload(topic: Topic, data: Value) -> String {
    json!({"type": topic.name(), "timestamp": Utc::now().to_rfc3339(), "data": data}).to_string()
}
