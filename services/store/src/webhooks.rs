//! `webhook`: where an app's events go. Their deliveries are in [`deliveries`](crate::deliveries). The secrets are sealed
//! before they come here, and opaque.

use std::time::Duration;

use chrono::{DateTime, Utc};
use paigong_core::AppId;
use uuid::Uuid;

use crate::{Error, TenantTx};

/// A webhook, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: Uuid,
    /// Where events are sent.
    pub url: String,
    /// The kinds of event that it wants.
    pub events: Vec<String>,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Why nothing is, when the program itself disabled it.
    pub disabled_reason: Option<String>,
    /// The first failure since the last success.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A webhook to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewWebhook<'a> {
    /// Its id, which the secrets are sealed for.
    pub id: Uuid,
    /// Whose events.
    pub app: AppId,
    /// Where they are sent.
    pub url: &'a str,
    /// The kinds of event.
    pub events: &'a [String],
    /// The signing secrets, sealed.
    pub secrets: &'a [u8],
}

/// What to change; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// Where events are sent. A new address is not held to the failures of the old one.
    pub url: Option<&'a str>,
    /// The kinds of event.
    pub events: Option<&'a [String]>,
    /// Whether anything is sent. Enabling forgets why it was disabled and since when it had been failing.
    pub enabled: Option<bool>,
}

/// How many webhooks `app` has. Locks the app's row, so that whoever creates one after counting does so alone.
///
/// # Errors
/// As for any statement.
pub async fn count(tx: &mut TenantTx, app: AppId) -> Result<i64, Error> {
    const OPERATION: &str = "counting webhooks";
    let tenant = tx.tenant().0;
    sqlx::query!("SELECT id FROM paigong.app WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tenant, app.0)
        .fetch_optional(tx.connection())
        .await
        .map_err(Error::of(OPERATION))?;
    // A statement of its own, because it must see what was committed while the one above waited (READ COMMITTED).
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM paigong.webhook WHERE tenant_id = $1 AND app_id = $2"#,
        tenant,
        app.0
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of(OPERATION))
}

/// Creates a webhook.
///
/// # Errors
/// As for any statement.
pub async fn create(tx: &mut TenantTx, new: &NewWebhook<'_>) -> Result<Webhook, Error> {
    sqlx::query_as!(
        Webhook,
        "INSERT INTO paigong.webhook (tenant_id, id, app_id, url, events, secrets) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id, url, events, enabled, disabled_reason, failing_since, created_at, updated_at",
        tx.tenant().0,
        new.id,
        new.app.0,
        new.url,
        new.events,
        new.secrets
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("creating a webhook"))
}

/// The webhooks of `app`, oldest first.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, app: AppId) -> Result<Vec<Webhook>, Error> {
    sqlx::query_as!(
        Webhook,
        "SELECT id, url, events, enabled, disabled_reason, failing_since, created_at, updated_at
         FROM paigong.webhook WHERE tenant_id = $1 AND app_id = $2 ORDER BY id",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing webhooks"))
}

/// One webhook of `app`, `None` when there is none there.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, app: AppId, id: Uuid) -> Result<Option<Webhook>, Error> {
    sqlx::query_as!(
        Webhook,
        "SELECT id, url, events, enabled, disabled_reason, failing_since, created_at, updated_at
         FROM paigong.webhook WHERE tenant_id = $1 AND app_id = $2 AND id = $3",
        tx.tenant().0,
        app.0,
        id
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("loading a webhook"))
}

/// Changes a webhook of `app`, and returns it as it then is; `None` when there is none there.
///
/// # Errors
/// As for any statement.
pub async fn update(tx: &mut TenantTx, app: AppId, id: Uuid, change: &Change<'_>) -> Result<Option<Webhook>, Error> {
    sqlx::query_as!(
        Webhook,
        "UPDATE paigong.webhook
         SET url = coalesce($4, url), events = coalesce($5, events), enabled = coalesce($6, enabled),
             disabled_reason = CASE WHEN $6::boolean THEN NULL ELSE disabled_reason END,
             failing_since = CASE WHEN $6::boolean OR $4 <> url THEN NULL ELSE failing_since END, updated_at = now()
         WHERE tenant_id = $1 AND app_id = $2 AND id = $3
         RETURNING id, url, events, enabled, disabled_reason, failing_since, created_at, updated_at",
        tx.tenant().0,
        app.0,
        id,
        change.url,
        change.events,
        change.enabled
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("changing a webhook"))
}

/// Deletes a webhook of `app` with its deliveries. Whether there was one.
///
/// # Errors
/// As for any statement.
pub async fn delete(tx: &mut TenantTx, app: AppId, id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.webhook WHERE tenant_id = $1 AND app_id = $2 AND id = $3",
        tx.tenant().0,
        app.0,
        id
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("deleting a webhook"))?;
    Ok(done.rows_affected() > 0)
}

/// The sealed secrets of a webhook of `app`, locked until the transaction ends; `None` when there is none there.
///
/// # Errors
/// As for any statement.
pub async fn lock_secrets(tx: &mut TenantTx, app: AppId, id: Uuid) -> Result<Option<Vec<u8>>, Error> {
    sqlx::query_scalar!(
        "SELECT secrets FROM paigong.webhook WHERE tenant_id = $1 AND app_id = $2 AND id = $3 FOR UPDATE",
        tx.tenant().0,
        app.0,
        id
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("reading a webhook's secrets"))
}

/// Puts other sealed secrets in the place of a webhook's.
///
/// # Errors
/// As for any statement.
pub async fn replace_secrets(tx: &mut TenantTx, id: Uuid, secrets: &[u8]) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.webhook SET secrets = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        id,
        secrets
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("replacing a webhook's secrets"))?;
    Ok(())
}

/// Notes that a delivery arrived: the webhook is not failing.
///
/// # Errors
/// As for any statement.
pub async fn arrived(tx: &mut TenantTx, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.webhook SET failing_since = NULL WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL",
        tx.tenant().0,
        id
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("noting that a webhook works"))?;
    Ok(())
}

/// Notes that a delivery failed. A webhook that has been failing for `patience` is disabled for `reason`; whether it was
/// just now.
///
/// # Errors
/// As for any statement.
pub async fn failed(tx: &mut TenantTx, id: Uuid, patience: Duration, reason: &str) -> Result<bool, Error> {
    // Most failures of a webhook that is failing anyway change nothing, and lock nothing.
    let disabled = sqlx::query_scalar!(
        r#"UPDATE paigong.webhook
           SET failing_since = coalesce(failing_since, clock_timestamp()), enabled = failing_since IS NULL,
               disabled_reason = CASE WHEN failing_since IS NULL THEN NULL ELSE $4 END, updated_at = now()
           WHERE tenant_id = $1 AND id = $2 AND enabled
             AND (failing_since IS NULL OR failing_since <= clock_timestamp() - make_interval(secs => $3))
           RETURNING NOT enabled AS "disabled!""#,
        tx.tenant().0,
        id,
        patience.as_secs_f64(),
        reason
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("noting that a webhook fails"))?;
    Ok(disabled.unwrap_or(false))
}

/// Disables a webhook for `reason`; whether it was enabled.
///
/// # Errors
/// As for any statement.
pub async fn disable(tx: &mut TenantTx, id: Uuid, reason: &str) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE paigong.webhook
         SET enabled = false, disabled_reason = $3, failing_since = coalesce(failing_since, clock_timestamp()), updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND enabled",
        tx.tenant().0,
        id,
        reason
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("disabling a webhook"))?;
    Ok(done.rows_affected() > 0)
}
