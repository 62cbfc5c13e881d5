//! `connection`: outside systems that a tenant's skills may reach, by name. Secrets are sealed; here they are only bytes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Error, TenantTx};

/// An outside system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: Uuid,
    /// Its name, unique in the tenant.
    pub name: String,
    /// `http` or `postgres`.
    pub kind: String,
    /// Where it is, without user name and password.
    pub address: String,
    /// Sealed.
    pub secrets: Option<Vec<u8>>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Registers a system, or changes the one of this name.
///
/// # Errors
/// As for any statement.
pub async fn put(
    tx: &mut TenantTx,
    id: Uuid,
    name: &str,
    kind: &str,
    address: &str,
    secrets: Option<&[u8]>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.connection (tenant_id, id, name, kind, address, secrets) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, id) DO UPDATE SET kind = excluded.kind, address = excluded.address, secrets = excluded.secrets,
                updated_at = clock_timestamp()",
        tx.tenant().0,
        id,
        name,
        kind,
        address,
        secrets
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("registering a connection"))?;
    Ok(())
}

/// The system called `name`.
///
/// # Errors
/// As for any statement.
pub async fn find(tx: &mut TenantTx, name: &str) -> Result<Option<Connection>, Error> {
    sqlx::query_as!(
        Connection,
        "SELECT id, name, kind, address, secrets, updated_at FROM paigong.connection WHERE tenant_id = $1 AND name = $2",
        tx.tenant().0,
        name
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("looking for a connection"))
}

/// Every system of the tenant, by name.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<Connection>, Error> {
    sqlx::query_as!(
        Connection,
        "SELECT id, name, kind, address, secrets, updated_at FROM paigong.connection WHERE tenant_id = $1 ORDER BY name",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing connections"))
}

/// Forgets the system called `name`. Whether it was there.
///
/// # Errors
/// As for any statement.
pub async fn delete(tx: &mut TenantTx, name: &str) -> Result<bool, Error> {
    let done = sqlx::query!("DELETE FROM paigong.connection WHERE tenant_id = $1 AND name = $2", tx.tenant().0, name)
        .execute(tx.connection())
        .await
        .map_err(Error::of("deleting a connection"))?;
    Ok(done.rows_affected() == 1)
}
