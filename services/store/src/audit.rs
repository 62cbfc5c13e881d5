//! `audit` and `audit_link`: who did what. Rows are only added, and each is linked to the one before it by a hash, so that a
//! change of what was written is found out.

use chrono::{DateTime, Utc};
use paigong_core::Language;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Error, TenantTx};

/// Links that are checked with one statement.
const BATCH: i64 = 1_000;

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id; later ones are greater.
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Who: an end user, `key:…`, `person:…`, `command line`.
    pub actor: String,
    /// What, such as `run.resolved`.
    pub action: String,
    /// The id of what it was done to.
    pub target: String,
    /// More about it.
    pub detail: Value,
    /// Its place in the chain; `None` for entries from before there was one.
    pub position: Option<i64>,
}

/// Which entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Entries before this one.
    pub before: Option<Uuid>,
    /// Of this action, or of all that begin with it and a full stop.
    pub action: Option<String>,
    /// Of this actor.
    pub actor: Option<String>,
    /// About this.
    pub target: Option<String>,
}

/// What checking the chain came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Nothing was changed. Noted elsewhere, the head tells later whether entries were removed from the end.
    Whole {
        /// Links.
        length: i64,
        /// The hash of the last one, as 64 hexadecimal digits; zeros for an empty chain.
        head: String,
    },
    /// From here on the log is not what was written.
    Broken {
        /// The place of the first link that does not hold.
        position: i64,
        /// The entry at fault, as far as it is known.
        entry: Option<Uuid>,
        /// What is wrong.
        why: Fault,
    },
}

/// What is wrong with the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A link is missing.
    LinkMissing,
    /// The entry of a link is missing.
    EntryMissing,
    /// The entry, or its link, is not what was written.
    Changed,
    /// An entry that is newer than the chain has no link.
    Unlinked,
}

impl Fault {
    /// What is wrong, in words.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Self::LinkMissing => ("链中缺少一环", "a link is missing"),
            Self::EntryMissing => ("该条目已被删除", "the entry was removed"),
            Self::Changed => ("该条目或其链接被改动", "the entry or its link was changed"),
            Self::Unlinked => ("该条目是在链外插入的", "the entry was inserted beside the chain"),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// Notes that `actor` (an end user, `key:…`, `person:…`, `command line`) did `action` (such as `run.resolved`) to `target`.
/// `detail` holds no secrets.
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

/// At most `limit` entries, newest first.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query!(
        r#"SELECT a.id, a.at, a.actor, a.action, a.target, a.detail, l.position AS "position?"
           FROM paigong.audit a
           LEFT JOIN paigong.audit_link l ON l.tenant_id = a.tenant_id AND l.audit_id = a.id
           WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.id < $2)
             AND ($3::text IS NULL OR a.action = $3 OR starts_with(a.action, $3 || '.'))
             AND ($4::text IS NULL OR a.actor = $4) AND ($5::text IS NULL OR a.target = $5)
           ORDER BY a.id DESC LIMIT $6"#,
        tx.tenant().0,
        filter.before,
        filter.action,
        filter.actor,
        filter.target,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing the audit log"))?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            id: row.id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            target: row.target,
            detail: row.detail,
            position: row.position,
        })
        .collect())
}

/// Checks the tenant's whole chain, from its beginning, and says where it breaks first.
///
/// # Errors
/// As for any statement.
pub async fn verify(tx: &mut TenantTx) -> Result<Chain, Error> {
    const OPERATION: &str = "checking the audit log";
    let tenant = tx.tenant().0;
    let (mut last, mut former) = (0, [0_u8; 32]);
    loop {
        let links = sqlx::query!(
            r#"SELECT l.position, l.audit_id, l.hash,
                      CASE WHEN a.id IS NOT NULL THEN paigong.audit_content(a, l.position) END AS content
               FROM paigong.audit_link l
               LEFT JOIN paigong.audit a ON a.tenant_id = l.tenant_id AND a.id = l.audit_id
               WHERE l.tenant_id = $1 AND l.position > $2 ORDER BY l.position LIMIT $3"#,
            tenant,
            last,
            BATCH
        )
        .fetch_all(tx.connection())
        .await
        .map_err(Error::of(OPERATION))?;
        let is_end = links.is_empty();
        for link in links {
            let broken = |why, entry| Ok(Chain::Broken { position: last + 1, entry, why });
            if link.position != last + 1 {
                return broken(Fault::LinkMissing, None);
            }
            let Some(content) = link.content else { return broken(Fault::EntryMissing, Some(link.audit_id)) };
            let hash: [u8; 32] = Sha256::new().chain_update(former).chain_update(content.as_bytes()).finalize().into();
            if link.hash != hash {
                return broken(Fault::Changed, Some(link.audit_id));
            }
            (last, former) = (link.position, hash);
        }
        if is_end {
            break;
        }
    }
    // A process gives an id before it writes, so entries around the beginning may be on either side of it.
    let unlinked = sqlx::query_scalar!(
        "SELECT a.id FROM paigong.audit a
         WHERE a.tenant_id = $1 AND NOT EXISTS (SELECT FROM paigong.audit_link l WHERE l.tenant_id = $1 AND l.audit_id = a.id)
           AND a.at > (SELECT f.at FROM paigong.audit_link o JOIN paigong.audit f ON f.tenant_id = o.tenant_id AND f.id = o.audit_id
                       WHERE o.tenant_id = $1 AND o.position = 1)
         ORDER BY a.id LIMIT 1",
        tenant
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    if let Some(entry) = unlinked {
        return Ok(Chain::Broken { position: last + 1, entry: Some(entry), why: Fault::Unlinked });
    }
    Ok(Chain::Whole { length: last, head: former.iter().map(|byte| format!("{byte:02x}")).collect() })
}
