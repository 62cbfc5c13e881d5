//! `person`: who administers, in the directory of the installation. What they may do in a tenant is in [`crate::members`].

use paigong_core::{Language, Role, TenantId};
use uuid::Uuid;

use crate::passwords::PasswordHash;
use crate::{Error, Store, TenantTx, TokenHash, apps, members, tenants};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: Uuid,
    /// The e-mail address, folded; unique.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The language of what they read.
    pub locale: Language,
}

/// An e-mail address in the form in which it is compared: trimmed, lower case. `None` when it can't be one.
#[must_use]
pub fn fold_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@')?;
    let fits = !name.is_empty()
        && !host.is_empty()
        && email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;\"".contains(c));
    fits.then_some(email)
}

/// Whether anybody exists: until then the first one can be made with the token that `paigong serve` prints.
///
/// # Errors
/// As for any statement.
pub async fn any(store: &Store) -> Result<bool, Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM paigong.person) AS "any!""#)
        .fetch_one(store.pool())
        .await
        .map_err(Error::of("looking for people"))
}

/// Everybody with their tenants and roles, by e-mail address: for the command line.
///
/// # Errors
/// As for any statement.
pub async fn list(store: &Store) -> Result<Vec<(Person, Option<(String, Role)>)>, Error> {
    const OPERATION: &str = "listing people";
    let rows = sqlx::query!(
        r#"SELECT p.id, p.email, p.name, p.locale, t.name AS "tenant?", m.role AS "role?"
           FROM paigong.person p
           LEFT JOIN paigong.membership m ON m.person_id = p.id
           LEFT JOIN paigong.tenant t ON t.id = m.tenant_id ORDER BY p.email, t.name"#
    )
    .fetch_all(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let person = read(row.id, row.email, row.name, &row.locale, OPERATION)?;
            let role = row.role.map(|name| role(&name, OPERATION)).transpose()?;
            Ok((person, row.tenant.zip(role)))
        })
        .collect()
}

/// The person with this e-mail address, with the hash of the password.
///
/// # Errors
/// As for any statement.
pub async fn find(store: &Store, email: &str) -> Result<Option<(Person, PasswordHash)>, Error> {
    const OPERATION: &str = "looking for a person";
    let row = sqlx::query!("SELECT id, email, name, locale, password FROM paigong.person WHERE email = $1", email)
        .fetch_optional(store.pool())
        .await
        .map_err(Error::of(OPERATION))?;
    row.map(|row| {
        let person = read(row.id, row.email, row.name, &row.locale, OPERATION)?;
        Ok((person, PasswordHash(row.password)))
    })
    .transpose()
}

/// Changes the password of `person` and ends all their sessions. Whether there is such a person.
///
/// # Errors
/// As for any statement.
pub async fn set_password(store: &Store, person: Uuid, password: &PasswordHash) -> Result<bool, Error> {
    let changed = sqlx::query_scalar!(
        r#"WITH ended AS (DELETE FROM paigong.session WHERE person_id = $1),
               changed AS (UPDATE paigong.person SET password = $2 WHERE id = $1 RETURNING id)
           SELECT EXISTS (SELECT FROM changed) AS "changed!""#,
        person,
        password.0
    )
    .fetch_one(store.pool())
    .await
    .map_err(Error::of("changing a password"))?;
    Ok(changed)
}

/// Changes how a person is called and what language they read. Whether there is such a person.
///
/// # Errors
/// As for any statement.
pub async fn update(store: &Store, person: Uuid, name: &str, locale: Language) -> Result<bool, Error> {
    let done =
        sqlx::query!("UPDATE paigong.person SET name = $2, locale = $3 WHERE id = $1", person, name, locale.tag())
            .execute(store.pool())
            .await
            .map_err(Error::of("changing a person"))?;
    Ok(done.rows_affected() > 0)
}

/// What a token invites to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The tenant.
    pub tenant: TenantId,
    /// Who; `None` for the first person of the installation, who says so.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
}

/// What `token` invites to, if it is valid: not used, not expired, and, if it is the first person's, nobody exists.
///
/// # Errors
/// As for any statement.
pub async fn invited(store: &Store, token: TokenHash) -> Result<Option<Invited>, Error> {
    const OPERATION: &str = "looking for an invitation";
    let row = sqlx::query!(
        "SELECT tenant_id, email, role FROM paigong.invitation
         WHERE hash = $1 AND expires_at > now() AND (email IS NOT NULL OR NOT EXISTS (SELECT FROM paigong.person))",
        token.0.as_slice()
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| Ok(Invited { tenant: TenantId(row.tenant_id), email: row.email, role: role(&row.role, OPERATION)? }))
        .transpose()
}

/// Somebody who accepts an invitation.
#[derive(Debug)]
pub enum Accepting<'a> {
    /// Who is new here.
    New {
        /// The e-mail address, folded.
        email: &'a str,
        /// What they are called.
        name: &'a str,
        /// The language of what they read.
        locale: Language,
        /// The hash of the chosen password.
        password: &'a PasswordHash,
    },
    /// Who is a member of another tenant already, and has shown the password.
    Known(Uuid),
}

/// Uses up an invitation: the person is there and is a member. `None` when it is not valid any more, or when somebody has
/// taken the e-mail address meanwhile.
///
/// # Errors
/// As for any statement.
pub async fn accept(
    store: &Store,
    invited: &Invited,
    token: TokenHash,
    who: Accepting<'_>,
) -> Result<Option<Uuid>, Error> {
    const OPERATION: &str = "accepting an invitation";
    let failed = Error::of(OPERATION);
    let mut tx = TenantTx::begin_as_login(store, invited.tenant).await?;
    let tenant = invited.tenant.0;
    // Two who accept at once take turns, so that there is one first person.
    sqlx::query!(r#"SELECT pg_advisory_xact_lock(hashtext('paigong.people'))::text AS "locked""#)
        .fetch_one(tx.connection())
        .await
        .map_err(&failed)?;
    let used = sqlx::query!(
        "DELETE FROM paigong.invitation WHERE tenant_id = $1 AND hash = $2 AND expires_at > now()
         AND (email IS NOT NULL OR NOT EXISTS (SELECT FROM paigong.person))",
        tenant,
        token.0.as_slice()
    )
    .execute(tx.connection())
    .await
    .map_err(&failed)?;
    if used.rows_affected() == 0 {
        return Ok(None);
    }
    let person = match who {
        Accepting::Known(person) => person,
        Accepting::New { email, name, locale, password } => {
            let row = sqlx::query_scalar!(
                "INSERT INTO paigong.person (id, email, name, password, locale) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (email) DO NOTHING RETURNING id",
                Uuid::now_v7(),
                email,
                name,
                password.0,
                locale.tag()
            )
            .fetch_optional(tx.connection())
            .await
            .map_err(&failed)?;
            let Some(person) = row else { return Ok(None) };
            person
        }
    };
    members::add(&mut tx, person, invited.role).await?;
    let detail = serde_json::json!({"role": invited.role});
    crate::audit::record(&mut tx, &format!("person:{person}"), "member.joined", &person.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(Some(person))
}

/// The tenant called `name` and a one-time token for its first owner, valid for a day; earlier ones are void. `None` when
/// somebody exists already.
///
/// # Errors
/// As for any statement.
pub async fn first(store: &Store, tenant: &str) -> Result<Option<crate::PlainToken>, Error> {
    if any(store).await? {
        return Ok(None);
    }
    let tenant = tenants::ensure(store, tenant).await?;
    let mut tx = store.begin(tenant.id).await?;
    let (_, token) = members::invite(&mut tx, None, Role::Owner, chrono::TimeDelta::days(1)).await?;
    tx.commit().await?;
    Ok(Some(token))
}

pub(crate) fn read(
    id: Uuid,
    email: String,
    name: String,
    locale: &str,
    operation: &'static str,
) -> Result<Person, Error> {
    Ok(Person { id, email, name, locale: apps::language(locale, operation)? })
}

pub(crate) fn role(name: &str, operation: &'static str) -> Result<Role, Error> {
    name.parse().map_err(|error: paigong_core::UnknownRole| Error::Corrupt { operation, message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::fold_email;

    #[test]
    fn an_address_is_compared_in_one_form() {
        assert_eq!(fold_email("  Wang.Wei@Example.COM "), Some("wang.wei@example.com".into()));
        assert_eq!(fold_email("王伟@例子.中国"), Some("王伟@例子.中国".into()));
        for no in ["", "a", "@b", "a@", "a b@c", "a\u{0}@b", "a@b\nBcc: c@d", "<a@b>"] {
            assert_eq!(fold_email(no), None, "{no:?}");
        }
    }
}
