//! `audit`: who did what to what. Rows are only added, in the transaction of what was done.

use serde_json::Value;

use crate::{Error, TenantTx};

/// Writes that `actor` (such as `key:01990…`) did `action` (such as `webhook.created`) to `target`, an id. `detail` holds no
/// secrets and none of an end user's words.
///
/// # Errors
/// As for any statement.
pub async fn record(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    target: uuid::Uuid,
    detail: Value,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.audit (tenant_id, id, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        tx.tenant().0,
        uuid::Uuid::now_v7(),
        actor,
        action,
        target.to_string(),
        detail
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("writing the audit log"))?;
    Ok(())
}
