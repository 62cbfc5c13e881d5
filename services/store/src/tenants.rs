//! `tenant`: the customers of an installation. The directory of them is the installer's; a turn sees only its own.

use chrono_tz::Tz;
use paigong_core::TenantId;

use crate::{Error, Store};

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique in the installation.
    pub name: String,
    /// Where its users' "tomorrow" begins.
    pub time_zone: Tz,
}

/// The tenant called `name`, created if there is none.
///
/// # Errors
/// [`Error::Value`] for an empty or overlong name.
pub async fn ensure(store: &Store, name: &str) -> Result<Tenant, Error> {
    const OPERATION: &str = "creating a tenant";
    let row = sqlx::query!(
        "INSERT INTO paigong.tenant (id, name) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, name, time_zone",
        TenantId::new().0,
        name
    )
    .fetch_one(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    Ok(Tenant { id: TenantId(row.id), name: row.name, time_zone: zone(&row.time_zone, OPERATION)? })
}

/// Every tenant, by name.
///
/// # Errors
/// As for any statement.
pub async fn list(store: &Store) -> Result<Vec<Tenant>, Error> {
    const OPERATION: &str = "listing tenants";
    let rows = sqlx::query!("SELECT id, name, time_zone FROM paigong.tenant ORDER BY name")
        .fetch_all(store.pool())
        .await
        .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| Ok(Tenant { id: TenantId(row.id), name: row.name, time_zone: zone(&row.time_zone, OPERATION)? }))
        .collect()
}

/// Changes the time zone of `tenant`.
///
/// # Errors
/// As for any statement.
pub async fn set_time_zone(store: &Store, tenant: TenantId, time_zone: Tz) -> Result<(), Error> {
    sqlx::query!("UPDATE paigong.tenant SET time_zone = $2 WHERE id = $1", tenant.0, time_zone.name())
        .execute(store.pool())
        .await
        .map_err(Error::of("changing a time zone"))?;
    Ok(())
}

pub(crate) fn zone(name: &str, operation: &'static str) -> Result<Tz, Error> {
    name.parse().map_err(|_| Error::Corrupt { operation, message: format!("{name:?} is not a time zone") })
}
