//! `membership` and `invitation`: who may do what in a tenant, and who was asked to.

use chrono::{DateTime, TimeDelta, Utc};
use paigong_core::{Role, TenantId};
use uuid::Uuid;

use crate::people::{self, Person};
use crate::{Error, PlainToken, Store, TenantTx};

/// A member of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// As what.
    pub role: Role,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// Who is invited; `None` for the first person of the installation.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What became of a change of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It was done.
    Done,
    /// There is no such member.
    Gone,
    /// It would have left the tenant without an owner, and was not done.
    LastOwner,
}

/// The role of `person` in `tenant` with the tenant's name; `None` for who is no member, and where there is no such tenant.
///
/// # Errors
/// As for any statement.
pub async fn role_in(store: &Store, tenant: TenantId, person: Uuid) -> Result<Option<(Role, String)>, Error> {
    const OPERATION: &str = "looking for a membership";
    let row = sqlx::query!(
        "SELECT m.role, t.name FROM paigong.membership m JOIN paigong.tenant t ON t.id = m.tenant_id
         WHERE m.tenant_id = $1 AND m.person_id = $2",
        tenant.0,
        person
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| Ok((people::role(&row.role, OPERATION)?, row.name))).transpose()
}

/// The members, by e-mail address.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<Member>, Error> {
    const OPERATION: &str = "listing members";
    let rows = sqlx::query!(
        "SELECT p.id, p.email, p.name, p.locale, m.role, m.created_at
         FROM paigong.membership m JOIN paigong.person p ON p.id = m.person_id WHERE m.tenant_id = $1 ORDER BY p.email",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let person = people::read(row.id, row.email, row.name, &row.locale, OPERATION)?;
            Ok(Member { person, role: people::role(&row.role, OPERATION)?, since: row.created_at })
        })
        .collect()
}

/// The invitations that are open, newest first.
///
/// # Errors
/// As for any statement.
pub async fn invitations(tx: &mut TenantTx) -> Result<Vec<Invitation>, Error> {
    const OPERATION: &str = "listing invitations";
    let rows = sqlx::query!(
        "SELECT id, email, role, created_at, expires_at FROM paigong.invitation
         WHERE tenant_id = $1 AND expires_at > now() ORDER BY id DESC",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let role = people::role(&row.role, OPERATION)?;
            let (created_at, expires_at) = (row.created_at, row.expires_at);
            Ok(Invitation { id: row.id, email: row.email, role, created_at, expires_at })
        })
        .collect()
}

/// Invites whoever has `email`, or with `None` the first person of the installation. Earlier invitations of the same one are
/// void, and so are those of the tenant that have expired.
///
/// # Errors
/// As for any statement.
pub async fn invite(
    tx: &mut TenantTx,
    email: Option<&str>,
    role: Role,
    valid: TimeDelta,
) -> Result<(Invitation, PlainToken), Error> {
    const OPERATION: &str = "inviting somebody";
    let tenant = tx.tenant().0;
    sqlx::query!(
        "DELETE FROM paigong.invitation WHERE tenant_id = $1 AND (email IS NOT DISTINCT FROM $2 OR expires_at < now())",
        tenant,
        email
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let token = PlainToken::generate();
    let hash = token.hash();
    let row = sqlx::query!(
        "INSERT INTO paigong.invitation (tenant_id, id, hash, email, role, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + interval '1 second' * $6::float8) RETURNING id, created_at, expires_at",
        tenant,
        Uuid::now_v7(),
        hash.0.as_slice(),
        email,
        role.name(),
        valid.num_seconds() as f64
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let (created_at, expires_at) = (row.created_at, row.expires_at);
    Ok((Invitation { id: row.id, email: email.map(str::to_owned), role, created_at, expires_at }, token))
}

/// Takes an invitation back. Whether there was one.
///
/// # Errors
/// As for any statement.
pub async fn withdraw(tx: &mut TenantTx, invitation: Uuid) -> Result<bool, Error> {
    let done =
        sqlx::query!("DELETE FROM paigong.invitation WHERE tenant_id = $1 AND id = $2", tx.tenant().0, invitation)
            .execute(tx.connection())
            .await
            .map_err(Error::of("taking an invitation back"))?;
    Ok(done.rows_affected() > 0)
}

/// Gives a member another role.
///
/// # Errors
/// As for any statement.
pub async fn set_role(tx: &mut TenantTx, person: Uuid, role: Role) -> Result<Changed, Error> {
    let allowed = may_change(tx, person, role == Role::Owner).await?;
    if allowed != Changed::Done {
        return Ok(allowed);
    }
    sqlx::query!(
        "UPDATE paigong.membership SET role = $3 WHERE tenant_id = $1 AND person_id = $2",
        tx.tenant().0,
        person,
        role.name()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("changing a member's role"))?;
    Ok(Changed::Done)
}

/// Takes a member out of the tenant. The person stays, and so does what they did.
///
/// # Errors
/// As for any statement.
pub async fn remove(tx: &mut TenantTx, person: Uuid) -> Result<Changed, Error> {
    let allowed = may_change(tx, person, false).await?;
    if allowed != Changed::Done {
        return Ok(allowed);
    }
    sqlx::query!("DELETE FROM paigong.membership WHERE tenant_id = $1 AND person_id = $2", tx.tenant().0, person)
        .execute(tx.connection())
        .await
        .map_err(Error::of("removing a member"))?;
    Ok(Changed::Done)
}

/// Whether an owner is left when `person` is changed. Locks the owners until the end of the transaction, so that two who
/// remove each other at once take turns.
async fn may_change(tx: &mut TenantTx, person: Uuid, stays_owner: bool) -> Result<Changed, Error> {
    const OPERATION: &str = "looking at the owners";
    let tenant = tx.tenant().0;
    let owners = sqlx::query_scalar!(
        "SELECT person_id FROM paigong.membership WHERE tenant_id = $1 AND role = 'owner' ORDER BY person_id FOR UPDATE",
        tenant
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    if owners.contains(&person) {
        let is_last = owners.len() == 1 && !stays_owner;
        return Ok(if is_last { Changed::LastOwner } else { Changed::Done });
    }
    let is_member = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM paigong.membership WHERE tenant_id = $1 AND person_id = $2) AS "is_member!""#,
        tenant,
        person
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    Ok(if is_member { Changed::Done } else { Changed::Gone })
}

/// Makes `person` a member, or gives them the greater of both roles if they are one.
pub(crate) async fn add(tx: &mut TenantTx, person: Uuid, role: Role) -> Result<(), Error> {
    const OPERATION: &str = "adding a member";
    let tenant = tx.tenant().0;
    let present = sqlx::query_scalar!(
        "SELECT role FROM paigong.membership WHERE tenant_id = $1 AND person_id = $2 FOR UPDATE",
        tenant,
        person
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let present = present.map(|name| people::role(&name, OPERATION)).transpose()?;
    let role = present.map_or(role, |present| present.max(role));
    sqlx::query!(
        "INSERT INTO paigong.membership (tenant_id, person_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = excluded.role",
        tenant,
        person,
        role.name()
    )
    .execute(tx.connection())
    .await
    .map(drop)
    .map_err(Error::of(OPERATION))
}
