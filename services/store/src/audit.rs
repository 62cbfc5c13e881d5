//! `audit`: who did what. Rows are only added.

use serde_json::Value;

use crate::{Error, TenantTx};

/// Notes that `actor` (an end user, `key:…`, `command line`) did `action` (such as `run.resolved`) to `target`. `detail`
/// holds no secrets.
///
/// # Errors
/// As for any statement.
pub async fn record(tx: &mut TenantTx, actor: &str, action: &str, target: &str, detail: &Value) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.audit (tenant_id, id, actor, action, target, detail) VALUES ($1, $2, left($3, 256), $4, $5, $6)",
        tx.tenant().0,
        uuid::Uuid::now_v7(),
        actor,
        action,
        target,
        detail
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("writing the audit log"))?;
    Ok(())
}
