//! `idempotency`: a request that is sent twice is answered twice, and done once.

use paigong_core::AppId;
use serde_json::Value;

use crate::{Error, TenantTx};

/// What a claim of a key found.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// The key is ours: do the work, then [`store()`] the answer in the same transaction.
    New,
    /// The work was done; this was the answer.
    Replay {
        /// The HTTP status.
        status: u16,
        /// The body.
        response: Value,
    },
    /// The key was used for another request.
    Mismatch,
}

/// Claims `key` for the request whose SHA-256 is `request_hash`. A concurrent claim of the same key waits until the first
/// transaction ends: after its commit this one replays, after its rollback this one is new. To be called before anything
/// is done. Keys are forgotten after 24 hours.
///
/// # Errors
/// [`Error::Timeout`] when the first request took longer than the lock timeout, [`Error::Value`] for an empty or overlong key.
pub async fn claim(tx: &mut TenantTx, app: AppId, key: &str, request_hash: &[u8; 32]) -> Result<Claim, Error> {
    const OPERATION: &str = "claiming an idempotency key";
    let tenant = tx.tenant().0;
    let claimed = sqlx::query_scalar!(
        r#"INSERT INTO paigong.idempotency AS i (tenant_id, app_id, key, request_hash) VALUES ($1, $2, $3, $4)
           ON CONFLICT (tenant_id, app_id, key) DO UPDATE SET request_hash = excluded.request_hash, response = NULL, status = NULL,
                created_at = excluded.created_at, expires_at = excluded.expires_at
           WHERE i.expires_at <= now() RETURNING true AS "claimed!""#,
        tenant,
        app.0,
        key,
        request_hash.as_slice()
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    if claimed.is_some() {
        return Ok(Claim::New);
    }
    // A statement of its own, because it must see what was committed while the one above waited (READ COMMITTED).
    let row = sqlx::query!(
        "SELECT request_hash, response, status FROM paigong.idempotency WHERE tenant_id = $1 AND app_id = $2 AND key = $3",
        tenant,
        app.0,
        key
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    match row {
        Some(row) if row.request_hash != request_hash => Ok(Claim::Mismatch),
        Some(row) => match (row.status.and_then(|status| u16::try_from(status).ok()), row.response) {
            (Some(status), Some(response)) => Ok(Claim::Replay { status, response }),
            _ => {
                Err(Error::Corrupt { operation: OPERATION, message: "a claim was committed without its answer".into() })
            }
        },
        None => Err(Error::Conflict { operation: OPERATION, what: "key".into() }),
    }
}

/// Keeps the answer to the request that claimed `key` in this transaction.
///
/// # Errors
/// [`Error::Conflict`] when the key was not claimed.
pub async fn store(tx: &mut TenantTx, app: AppId, key: &str, status: u16, response: &Value) -> Result<(), Error> {
    const OPERATION: &str = "keeping an answer";
    let done = sqlx::query!(
        "UPDATE paigong.idempotency SET status = $4, response = $5::text::json
         WHERE tenant_id = $1 AND app_id = $2 AND key = $3 AND status IS NULL",
        tx.tenant().0,
        app.0,
        key,
        i32::from(status),
        response.to_string()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Conflict { operation: OPERATION, what: "key".into() }) }
}

/// Deletes the tenant's expired keys, a thousand at most. Returns how many.
///
/// # Errors
/// As for any statement.
pub async fn sweep(tx: &mut TenantTx) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.idempotency WHERE tenant_id = $1 AND (app_id, key) IN (
             SELECT app_id, key FROM paigong.idempotency WHERE tenant_id = $1 AND expires_at <= now()
             ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        tx.tenant().0
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("deleting expired idempotency keys"))?;
    Ok(done.rows_affected())
}

/// Keeps another answer to a request that was answered, once what it said was under way has ended.
///
/// # Errors
/// As for any statement.
pub async fn rewrite(tx: &mut TenantTx, app: AppId, key: &str, response: &Value) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.idempotency SET response = $4::text::json
         WHERE tenant_id = $1 AND app_id = $2 AND key = $3 AND status IS NOT NULL",
        tx.tenant().0,
        app.0,
        key,
        response.to_string()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("keeping a completed answer"))?;
    Ok(())
}
