//! `delivery`: what of an app's events went to which webhook, and what came of it. Everything is read and written in a
//! transaction of the tenant, but for [`claim`], which looks at the queues of all.

use std::time::Duration;

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, TenantId};
use uuid::Uuid;

use crate::{Error, Store, TenantTx};

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// The event's, which the receiver gets as `webhook-id`.
    pub event_id: Uuid,
    /// The event's kind.
    pub topic: String,
    /// The conversation, whose events arrive in order.
    pub conversation: Option<ConversationId>,
    /// The place in the order; a replay is given a new one.
    pub position: i64,
    /// pending, delivered or failed.
    pub state: String,
    /// How many attempts were begun.
    pub attempt: i32,
    /// Of a pending one: when the next attempt may begin.
    pub ready_at: DateTime<Utc>,
    /// The HTTP status of the last answer.
    pub status: Option<i32>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When the event was written.
    pub created_at: DateTime<Utc>,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One attempt that ended. An attempt without such a row was cut off, and whether anything arrived is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The number, from 1.
    pub attempt: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// The HTTP status.
    pub status: Option<i32>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A delivery that is this worker's until the lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Whose.
    pub tenant: TenantId,
    /// The delivery.
    pub id: Uuid,
    /// Its attempt, which is the fencing token.
    pub attempt: i32,
    /// Attempts since it was written or replayed, this one included.
    pub tries: i32,
    /// The webhook.
    pub webhook: Uuid,
    /// The event.
    pub event: Uuid,
    /// Where it goes.
    pub url: String,
    /// The webhook's secrets, sealed.
    pub secrets: Vec<u8>,
    /// The exact text that is signed and sent.
    pub payload: String,
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It arrived.
    Delivered,
    /// It is tried again after this time.
    Again(Duration),
    /// It is given up.
    Failed,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// What becomes of the delivery.
    pub next: Next,
    /// How long the attempt took.
    pub took: Duration,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why it failed, without secrets.
    pub error: Option<&'a str>,
}

/// Leases at most `batch` deliveries that are due to `worker`, at most `share` at once of a webhook.
///
/// # Errors
/// As for any statement.
pub async fn claim(
    store: &Store,
    worker: Uuid,
    batch: usize,
    lease: Duration,
    share: usize,
) -> Result<Vec<Claimed>, Error> {
    let small = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let rows = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id!", delivery_id AS "delivery_id!", attempt AS "attempt!", tries AS "tries!",
                  webhook_id AS "webhook_id!", event_id AS "event_id!", url AS "url!", secrets AS "secrets!",
                  payload::text AS "payload!"
           FROM paigong.claim_deliveries($1, $2, make_interval(secs => $3), $4)"#,
        worker,
        small(batch),
        lease.as_secs_f64(),
        small(share)
    )
    .fetch_all(store.pool())
    .await
    .map_err(Error::of("claiming deliveries"))?;
    Ok(rows
        .into_iter()
        .map(|row| Claimed {
            tenant: TenantId(row.tenant_id),
            id: row.delivery_id,
            attempt: row.attempt,
            tries: row.tries,
            webhook: row.webhook_id,
            event: row.event_id,
            url: row.url,
            secrets: row.secrets,
            payload: row.payload,
        })
        .collect())
}

/// Writes how an attempt ended, if the delivery is still `worker`'s in that attempt; `false`, and nothing is written, when
/// the lease was lost or the webhook is gone.
///
/// # Errors
/// As for any statement.
pub async fn record(tx: &mut TenantTx, claimed: &Claimed, worker: Uuid, ended: &Ended<'_>) -> Result<bool, Error> {
    let (state, after) = match ended.next {
        Next::Delivered => ("delivered", Duration::ZERO),
        Next::Again(after) => ("pending", after),
        Next::Failed => ("failed", Duration::ZERO),
    };
    let done = sqlx::query!(
        "WITH fenced AS (
             UPDATE paigong.delivery
             SET state = $5, status = $6, error = $7, lease_owner = NULL, lease_until = NULL,
                 ready_at = clock_timestamp() + make_interval(secs => $8),
                 finished_at = CASE WHEN $5 = 'pending' THEN NULL ELSE clock_timestamp() END
             WHERE tenant_id = $1 AND id = $2 AND attempt = $3 AND lease_owner = $4 AND state = 'pending'
             RETURNING tenant_id, id, attempt
         )
         INSERT INTO paigong.delivery_attempt (tenant_id, delivery_id, attempt, started_at, status, error)
         SELECT tenant_id, id, attempt, clock_timestamp() - make_interval(secs => $9), $6, $7 FROM fenced",
        tx.tenant().0,
        claimed.id,
        claimed.attempt,
        worker,
        state,
        ended.status.map(i32::from),
        ended.error,
        after.as_secs_f64(),
        ended.took.as_secs_f64()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("recording a delivery"))?;
    Ok(done.rows_affected() > 0)
}

/// Writes an event with a delivery for one webhook alone, whatever that wants, as a test of it.
///
/// # Errors
/// As for any statement.
pub async fn send_to(
    tx: &mut TenantTx,
    app: AppId,
    webhook: Uuid,
    topic: &str,
    payload: &str,
) -> Result<Delivery, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"WITH event AS (
               INSERT INTO paigong.event (tenant_id, id, app_id, type, payload) VALUES ($1, $2, $3, $5, $6::text::json)
               RETURNING id
           )
           INSERT INTO paigong.delivery (tenant_id, id, webhook_id, event_id) SELECT $1, $7, $4, id FROM event
           RETURNING id, event_id, $5::text AS "topic!", conversation_id, position, state, attempt, ready_at, status, error,
                     created_at, finished_at"#,
        tx.tenant().0,
        Uuid::now_v7(),
        app.0,
        webhook,
        topic,
        payload,
        Uuid::now_v7()
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("writing an event for one webhook"))?;
    Ok(row.into())
}

/// At most `limit` deliveries of a webhook, newest first: those before the position `before`, of a `state` if one is given.
///
/// # Errors
/// As for any statement.
pub async fn list(
    tx: &mut TenantTx,
    webhook: Uuid,
    state: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id, d.event_id, e.type AS "topic!", d.conversation_id, d.position, d.state, d.attempt, d.ready_at, d.status,
                  d.error, d.created_at, d.finished_at
           FROM paigong.delivery d JOIN paigong.event e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
           WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND ($3::text IS NULL OR d.state = $3)
             AND ($4::bigint IS NULL OR d.position < $4)
           ORDER BY d.position DESC LIMIT $5"#,
        tx.tenant().0,
        webhook,
        state,
        before,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing deliveries"))?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

/// One delivery of a webhook; `None` when there is none there.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, webhook: Uuid, id: Uuid) -> Result<Option<Delivery>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT d.id, d.event_id, e.type AS "topic!", d.conversation_id, d.position, d.state, d.attempt, d.ready_at, d.status,
                  d.error, d.created_at, d.finished_at
           FROM paigong.delivery d JOIN paigong.event e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
           WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.id = $3"#,
        tx.tenant().0,
        webhook,
        id
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("loading a delivery"))?;
    Ok(row.map(Delivery::from))
}

/// The exact text of an event.
///
/// # Errors
/// As for any statement, also when there is no such event.
pub async fn payload(tx: &mut TenantTx, event: Uuid) -> Result<String, Error> {
    sqlx::query_scalar!(
        r#"SELECT payload::text AS "payload!" FROM paigong.event WHERE tenant_id = $1 AND id = $2"#,
        tx.tenant().0,
        event
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("loading an event"))
}

/// The attempts of a delivery that ended, in order.
///
/// # Errors
/// As for any statement.
pub async fn attempts(tx: &mut TenantTx, id: Uuid) -> Result<Vec<Attempt>, Error> {
    sqlx::query_as!(
        Attempt,
        "SELECT attempt, started_at, ended_at, status, error FROM paigong.delivery_attempt
         WHERE tenant_id = $1 AND delivery_id = $2 ORDER BY attempt",
        tx.tenant().0,
        id
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing attempts"))
}

/// Makes a delivery of a webhook that is over pending again: behind those that wait, so that it holds up none of them,
/// with the whole schedule before it and its attempts kept. Whether there was one that is over.
///
/// # Errors
/// As for any statement.
pub async fn replay(tx: &mut TenantTx, webhook: Uuid, id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE paigong.delivery
         SET state = 'pending', finished_at = NULL, tries = 0, ready_at = clock_timestamp(), position = DEFAULT
         WHERE tenant_id = $1 AND webhook_id = $2 AND id = $3 AND state <> 'pending'",
        tx.tenant().0,
        webhook,
        id
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("replaying a delivery"))?;
    Ok(done.rows_affected() > 0)
}

/// Lets what waits for a webhook begin its schedule anew, at once: the webhook was mended.
///
/// # Errors
/// As for any statement.
pub async fn hasten(tx: &mut TenantTx, webhook: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.delivery SET ready_at = clock_timestamp(), tries = 0
         WHERE tenant_id = $1 AND webhook_id = $2 AND state = 'pending' AND lease_owner IS NULL",
        tx.tenant().0,
        webhook
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("hastening deliveries"))?;
    Ok(())
}

/// Deletes at most `batch` of the tenant's events, with their deliveries, that are older than `age` and of which nothing is
/// still to be sent or was finished since. What waits for a disabled webhook is not to be sent. Returns how many.
///
/// # Errors
/// As for any statement.
pub async fn sweep(tx: &mut TenantTx, age: Duration, batch: u32) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.event WHERE tenant_id = $1 AND id IN (
             SELECT e.id FROM paigong.event e
             WHERE e.tenant_id = $1 AND e.created_at < now() - make_interval(secs => $2)
               AND NOT EXISTS (
                   SELECT FROM paigong.delivery d
                   JOIN paigong.webhook w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id
                   WHERE d.tenant_id = $1 AND d.event_id = e.id
                     AND (d.finished_at >= now() - make_interval(secs => $2) OR d.lease_until > now() OR (d.state = 'pending' AND w.enabled)))
             ORDER BY e.created_at LIMIT $3)",
        tx.tenant().0,
        age.as_secs_f64(),
        i64::from(batch)
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("deleting old events"))?;
    Ok(done.rows_affected())
}

struct Row {
    id: Uuid,
    event_id: Uuid,
    topic: String,
    conversation_id: Option<Uuid>,
    position: i64,
    state: String,
    attempt: i32,
    ready_at: DateTime<Utc>,
    status: Option<i32>,
    error: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            event_id: row.event_id,
            topic: row.topic,
            conversation: row.conversation_id.map(ConversationId),
            position: row.position,
            state: row.state,
            attempt: row.attempt,
            ready_at: row.ready_at,
            status: row.status,
            error: row.error,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}
