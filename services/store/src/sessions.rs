//! `session`: who is logged in. A session ends after twelve hours without a request, or after a week.

use chrono::{DateTime, Utc};
use paigong_core::TenantId;
use uuid::Uuid;

use crate::people::{self, Person};
use crate::{Error, PlainToken, Store, TenantTx, TokenHash};

/// A session that was just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// What the browser keeps.
    pub token: PlainToken,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// Begins a session of `person`, and forgets those that are over.
///
/// # Errors
/// As for any statement.
pub async fn begin(store: &Store, person: Uuid) -> Result<Begun, Error> {
    const OPERATION: &str = "beginning a session";
    let token = PlainToken::generate();
    let hash = token.hash();
    let expires_at = sqlx::query_scalar!(
        "WITH over AS (
             DELETE FROM paigong.session WHERE expires_at < now() OR last_seen_at < now() - interval '12 hours'
         )
         INSERT INTO paigong.session (hash, person_id, expires_at) VALUES ($1, $2, now() + interval '7 days') RETURNING expires_at",
        hash.0.as_slice(),
        person
    )
    .fetch_one(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    Ok(Begun { token, expires_at })
}

/// Whose session this is; `None` when it is unknown or over. Notes once a minute that it was seen.
///
/// # Errors
/// As for any statement.
pub async fn find(store: &Store, token: TokenHash) -> Result<Option<Person>, Error> {
    const OPERATION: &str = "looking for a session";
    let row = sqlx::query!(
        r#"SELECT p.id, p.email, p.name, p.locale, s.last_seen_at < now() - interval '1 minute' AS "stale!"
           FROM paigong.session s JOIN paigong.person p ON p.id = s.person_id
           WHERE s.hash = $1 AND s.expires_at > now() AND s.last_seen_at > now() - interval '12 hours'"#,
        token.0.as_slice()
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    let Some(row) = row else { return Ok(None) };
    if row.stale {
        sqlx::query!("UPDATE paigong.session SET last_seen_at = now() WHERE hash = $1", token.0.as_slice())
            .execute(store.pool())
            .await
            .map_err(Error::of(OPERATION))?;
    }
    people::read(row.id, row.email, row.name, &row.locale, OPERATION).map(Some)
}

/// Ends one session. Whether there was one.
///
/// # Errors
/// As for any statement.
pub async fn end(store: &Store, token: TokenHash) -> Result<bool, Error> {
    let done = sqlx::query!("DELETE FROM paigong.session WHERE hash = $1", token.0.as_slice())
        .execute(store.pool())
        .await
        .map_err(Error::of("ending a session"))?;
    Ok(done.rows_affected() > 0)
}

/// Ends every session of a member of the transaction's tenant, because what they may do has changed.
///
/// # Errors
/// As for any statement.
pub async fn end_all(tx: &mut TenantTx, person: Uuid) -> Result<(), Error> {
    sqlx::query!("DELETE FROM paigong.session WHERE person_id = $1", person)
        .execute(tx.connection())
        .await
        .map(drop)
        .map_err(Error::of("ending sessions"))
}

/// The tenants of `person`, by name, each with the role there.
///
/// # Errors
/// As for any statement.
pub async fn tenants(store: &Store, person: Uuid) -> Result<Vec<(TenantId, String, paigong_core::Role)>, Error> {
    const OPERATION: &str = "listing a person's tenants";
    let rows = sqlx::query!(
        "SELECT t.id, t.name, m.role FROM paigong.membership m JOIN paigong.tenant t ON t.id = m.tenant_id
         WHERE m.person_id = $1 ORDER BY t.name",
        person
    )
    .fetch_all(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter().map(|row| Ok((TenantId(row.id), row.name, people::role(&row.role, OPERATION)?))).collect()
}
