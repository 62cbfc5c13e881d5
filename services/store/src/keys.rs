//! `app_key`: who may speak for an app. A key is shown once; the database knows only its SHA-256.

mod rights;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use paigong_core::{AppId, Language, TenantId};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Error, Store, TenantTx, apps, tenants};
pub use rights::{Rights, Unfit};

/// Characters of the part that may be shown, and of the secret: 43 of 62 kinds are 256 bits.
const SHOWN: usize = 10;
const SECRET: usize = 43;

/// A key in plain text: `pg_<shown>_<secret>`, both parts base62. Neither `Debug` nor a log shows it.
#[derive(Debug, Clone)]
pub struct PlainKey(SecretString);

impl PlainKey {
    fn generate() -> Self {
        let mut random = rand::rng();
        let mut text = |length| (0..length).map(|_| char::from(random.sample(Alphanumeric))).collect::<String>();
        Self(format!("pg_{}_{}", text(SHOWN), text(SECRET)).into())
    }

    /// The text, to hand it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// The part that may be shown: `pg_<shown>`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.reveal().rsplit_once('_').map_or("", |(prefix, _)| prefix)
    }
}

/// Who is calling, as a valid key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub tenant: TenantId,
    /// The app.
    pub app: AppId,
    /// The key's id.
    pub key: Uuid,
    /// The tenant's time zone.
    pub time_zone: Tz,
    /// The app's language when a message shows none.
    pub default_language: Language,
    /// The app's revision: a snapshot of its skills with a smaller one is out of date.
    pub revision: i64,
}

/// What a valid key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who is calling.
    pub caller: Caller,
    /// What for, and from where.
    pub rights: Rights,
    /// Sealed: what the backend of a widget's site signs its users' ids with.
    pub secrets: Option<Vec<u8>>,
}

/// A key as it may be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: Uuid,
    /// The app that it is for.
    pub app: AppId,
    /// How it begins.
    pub prefix: String,
    /// What it was created for.
    pub label: String,
    /// What for, and where it may be used.
    pub rights: Rights,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it is valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Creates a key for `app` with the usual rights. This is the only time that it can be read.
///
/// # Errors
/// As for any statement.
pub async fn create(
    tx: &mut TenantTx,
    app: AppId,
    label: &str,
    expires_at: Option<DateTime<Utc>>,
) -> Result<(Uuid, PlainKey), Error> {
    create_with(tx, app, label, expires_at, &Rights::default()).await
}

/// The same with these rights.
///
/// # Errors
/// As for any statement.
pub async fn create_with(
    tx: &mut TenantTx,
    app: AppId,
    label: &str,
    expires_at: Option<DateTime<Utc>>,
    rights: &Rights,
) -> Result<(Uuid, PlainKey), Error> {
    let (id, key) = (Uuid::now_v7(), PlainKey::generate());
    let hash = hash(key.reveal());
    let scopes: Vec<_> = rights.scopes.iter().map(|scope| scope.name().to_owned()).collect();
    sqlx::query!(
        "INSERT INTO paigong.app_key (tenant_id, id, app_id, prefix, hash, label, expires_at, scopes, origins)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tx.tenant().0,
        id,
        app.0,
        key.prefix(),
        hash.as_slice(),
        label,
        expires_at,
        &scopes,
        &rights.origins
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("creating an app key"))?;
    Ok((id, key))
}

/// Keeps what the backend of a widget's site signs its users' ids with, sealed.
///
/// # Errors
/// As for any statement.
pub async fn keep_secret(tx: &mut TenantTx, key: Uuid, sealed: &[u8]) -> Result<(), Error> {
    let tenant = tx.tenant().0;
    sqlx::query!("UPDATE paigong.app_key SET secrets = $3 WHERE tenant_id = $1 AND id = $2", tenant, key, sealed)
        .execute(tx.connection())
        .await
        .map_err(Error::of("keeping the signing secret of an app key"))?;
    Ok(())
}

/// Whose key this is; `None` when it is unknown, revoked or expired. One round trip.
///
/// No comparison here needs constant time: the database searches by the SHA-256 of a 256-bit random secret, so the time
/// that the search takes tells about the hash of a guess and nothing about a key.
///
/// # Errors
/// [`Error::Unavailable`], so that a caller is not told that a good key is bad.
pub async fn authenticate(store: &Store, key: &str) -> Result<Option<Identity>, Error> {
    const OPERATION: &str = "authenticating an app key";
    let fits = key.len() == "pg_".len() + SHOWN + 1 + SECRET && key.starts_with("pg_");
    if !fits {
        return Ok(None);
    }
    let hash = hash(key);
    let row = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id!", app_id AS "app_id!", key_id AS "key_id!", time_zone AS "time_zone!",
                  language AS "language!", revision AS "revision!", scopes AS "scopes!", origins AS "origins!", secrets
           FROM paigong.identify($1)"#,
        hash.as_slice()
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| {
        let caller = Caller {
            tenant: TenantId(row.tenant_id),
            app: AppId(row.app_id),
            key: row.key_id,
            time_zone: tenants::zone(&row.time_zone, OPERATION)?,
            default_language: apps::language(&row.language, OPERATION)?,
            revision: row.revision,
        };
        Ok(Identity { caller, rights: rights(&row.scopes, row.origins), secrets: row.secrets })
    })
    .transpose()
}

/// The keys of `app`, newest first.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, app: AppId) -> Result<Vec<Key>, Error> {
    let rows = sqlx::query!(
        "SELECT id, app_id, prefix, label, scopes, origins, created_at, expires_at, revoked_at, last_used_at
         FROM paigong.app_key WHERE tenant_id = $1 AND app_id = $2 ORDER BY id DESC",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing app keys"))?;
    Ok(rows
        .into_iter()
        .map(|row| Key {
            id: row.id,
            app: AppId(row.app_id),
            prefix: row.prefix,
            label: row.label,
            rights: rights(&row.scopes, row.origins),
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
        })
        .collect())
}

/// A key in place of a valid one of `app`, with its label, its rights and its former end; that one is valid for `overlap` more at most.
/// `None` when there is no such valid key.
///
/// # Errors
/// As for any statement.
pub async fn rotate(
    tx: &mut TenantTx,
    app: AppId,
    key: Uuid,
    overlap: TimeDelta,
) -> Result<Option<(Uuid, PlainKey, Rights)>, Error> {
    let (tenant, seconds) = (tx.tenant().0, overlap.num_seconds() as f64);
    let former = sqlx::query!(
        "UPDATE paigong.app_key k SET expires_at = least(k.expires_at, now() + interval '1 second' * $4::float8)
         FROM paigong.app_key o
         WHERE k.tenant_id = $1 AND k.app_id = $2 AND k.id = $3 AND k.revoked_at IS NULL
           AND (k.expires_at IS NULL OR k.expires_at > now())
           AND o.tenant_id = k.tenant_id AND o.id = k.id
         RETURNING k.label, o.expires_at, k.scopes, k.origins",
        tenant,
        app.0,
        key,
        seconds
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("rotating an app key"))?;
    let Some(former) = former else { return Ok(None) };
    let rights = rights(&former.scopes, former.origins);
    let (id, key) = create_with(tx, app, &former.label, former.expires_at, &rights).await?;
    Ok(Some((id, key, rights)))
}

/// Makes a key of `app` invalid from now on. Whether there was such a valid key.
///
/// # Errors
/// As for any statement.
pub async fn revoke(tx: &mut TenantTx, app: AppId, key: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE paigong.app_key SET revoked_at = now() WHERE tenant_id = $1 AND app_id = $2 AND id = $3 AND revoked_at IS NULL",
        tx.tenant().0,
        app.0,
        key
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("revoking an app key"))?;
    Ok(done.rows_affected() > 0)
}

/// A scope that only a later program knows opens nothing here.
fn rights(scopes: &[String], origins: Vec<String>) -> Rights {
    Rights { scopes: scopes.iter().filter_map(|scope| scope.parse().ok()).collect(), origins }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Whoever speaks for the app of a conversation, and its end user: for messages that nobody asked for.
///
/// # Errors
/// As for any statement.
pub async fn of_conversation(
    tx: &mut TenantTx,
    conversation: paigong_core::ConversationId,
) -> Result<Option<(Caller, String)>, Error> {
    const OPERATION: &str = "looking for the app of a conversation";
    let tenant = tx.tenant();
    let row = sqlx::query!(
        "SELECT c.app_id, c.end_user, t.time_zone, a.language, a.revision
         FROM paigong.conversation c
         JOIN paigong.app a ON a.tenant_id = c.tenant_id AND a.id = c.app_id
         JOIN paigong.tenant t ON t.id = c.tenant_id
         WHERE c.tenant_id = $1 AND c.id = $2",
        tenant.0,
        conversation.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let Some(row) = row else { return Ok(None) };
    let caller = Caller {
        tenant,
        app: AppId(row.app_id),
        key: Uuid::nil(),
        time_zone: tenants::zone(&row.time_zone, OPERATION)?,
        default_language: apps::language(&row.language, OPERATION)?,
        revision: row.revision,
    };
    Ok(Some((caller, row.end_user)))
}
