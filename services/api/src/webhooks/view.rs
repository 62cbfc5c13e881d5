//! Webhooks and deliveries as they are shown.

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::deliveries::{Attempt, Delivery};
use store::webhooks::Webhook;
use utoipa::ToSchema;
use uuid::Uuid;

/// A webhook, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookView {
    id: Uuid,
    url: String,
    events: Vec<String>,
    enabled: bool,
    /// Why nothing is sent, if the webhook was disabled because it failed.
    disabled_reason: Option<String>,
    /// The first failure since the last success.
    failing_since: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    id: Uuid,
    /// What the receiver gets as `webhook-id`: the same for every attempt.
    event_id: Uuid,
    /// The kind of event.
    #[schema(example = "run.succeeded")]
    event: String,
    conversation_id: Option<Uuid>,
    /// The place in the order; `before` of the next page.
    position: i64,
    /// pending, delivered or failed.
    status: String,
    /// Attempts that were begun.
    attempts: i32,
    /// When the next attempt is due.
    next_attempt_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last answer.
    last_status: Option<i32>,
    /// Why the last attempt failed.
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// One attempt. Where a number is missing, the attempt was cut off and made again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryAttemptView {
    number: i32,
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    /// The HTTP status.
    status: Option<i32>,
    /// Why it failed.
    error: Option<String>,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url,
            events: webhook.events,
            enabled: webhook.enabled,
            disabled_reason: webhook.disabled_reason,
            failing_since: webhook.failing_since,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            event_id: delivery.event_id,
            event: delivery.topic,
            conversation_id: delivery.conversation.map(|conversation| conversation.0),
            position: delivery.position,
            next_attempt_at: (delivery.state == "pending").then_some(delivery.ready_at),
            status: delivery.state,
            attempts: delivery.attempt,
            last_status: delivery.status,
            last_error: delivery.error,
            created_at: delivery.created_at,
            finished_at: delivery.finished_at,
        }
    }
}

impl From<Attempt> for DeliveryAttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.attempt,
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
            status: attempt.status,
            error: attempt.error,
        }
    }
}
