//! `skill_draft`: skills as they are being written, valid or not. One draft for each skill; two editors are told apart by its
//! revision, and nobody's text is overwritten unseen.

use chrono::{DateTime, Utc};
use paigong_core::AppId;

use crate::{Error, TenantTx};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The skill that it is to become.
    pub skill: String,
    /// The pack whose role and tables it uses.
    pub pack: String,
    /// The manifest as it was typed.
    pub manifest: String,
    /// The version that was live when the draft was begun; `None`: none was.
    pub based_on: Option<u32>,
    /// Grows with every change, from 1.
    pub revision: i64,
    /// Who changed it last.
    pub author: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// What is to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewDraft<'a> {
    /// The skill.
    pub skill: &'a str,
    /// The pack.
    pub pack: &'a str,
    /// The manifest as it was typed.
    pub manifest: &'a str,
    /// Who types.
    pub author: &'a str,
}

/// The drafts of `app`, by skill.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, app: AppId) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT skill, pack, manifest, based_on, revision, author, updated_at FROM paigong.skill_draft
         WHERE tenant_id = $1 AND app_id = $2 ORDER BY skill",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing drafts"))?;
    Ok(rows.into_iter().map(Draft::from).collect())
}

/// The draft of `skill`. Locks it until the end of the transaction.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Option<Draft>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT skill, pack, manifest, based_on, revision, author, updated_at FROM paigong.skill_draft
         WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 FOR UPDATE",
        tx.tenant().0,
        app.0,
        skill
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("reading a draft"))?;
    Ok(row.map(Draft::from))
}

/// Stores a draft: over the one with `revision`, or, with `None`, where there is none. `None` comes back when it is not so: somebody
/// else was faster, and nothing was changed.
///
/// # Errors
/// As for any statement.
pub async fn put(
    tx: &mut TenantTx,
    app: AppId,
    new: &NewDraft<'_>,
    revision: Option<i64>,
) -> Result<Option<Draft>, Error> {
    const OPERATION: &str = "storing a draft";
    let tenant = tx.tenant().0;
    let row = match revision {
        None => {
            sqlx::query_as!(
                Row,
                "INSERT INTO paigong.skill_draft (tenant_id, app_id, skill, pack, manifest, author, based_on)
                 VALUES ($1, $2, $3, $4, $5, left($6, 256),
                         (SELECT live_version FROM paigong.app_skill WHERE tenant_id = $1 AND app_id = $2 AND skill = $3))
                 ON CONFLICT DO NOTHING RETURNING skill, pack, manifest, based_on, revision, author, updated_at",
                tenant,
                app.0,
                new.skill,
                new.pack,
                new.manifest,
                new.author
            )
            .fetch_optional(tx.connection())
            .await
        }
        Some(revision) => {
            sqlx::query_as!(
                Row,
                "UPDATE paigong.skill_draft
                 SET pack = $4, manifest = $5, author = left($6, 256), revision = revision + 1, updated_at = now()
                 WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 AND revision = $7
                 RETURNING skill, pack, manifest, based_on, revision, author, updated_at",
                tenant,
                app.0,
                new.skill,
                new.pack,
                new.manifest,
                new.author,
                revision
            )
            .fetch_optional(tx.connection())
            .await
        }
    };
    Ok(row.map_err(Error::of(OPERATION))?.map(Draft::from))
}

/// Throws the draft of `skill` away, if it is still the one with `revision`. Whether it was.
///
/// # Errors
/// As for any statement.
pub async fn discard(tx: &mut TenantTx, app: AppId, skill: &str, revision: i64) -> Result<bool, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.skill_draft WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 AND revision = $4",
        tx.tenant().0,
        app.0,
        skill,
        revision
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("discarding a draft"))?;
    Ok(done.rows_affected() > 0)
}

struct Row {
    skill: String,
    pack: String,
    manifest: String,
    based_on: Option<i32>,
    revision: i64,
    author: String,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Draft {
    fn from(Row { skill, pack, manifest, based_on, revision, author, updated_at }: Row) -> Self {
        let based_on = based_on.and_then(|version| u32::try_from(version).ok());
        Self { skill, pack, manifest, based_on, revision, author, updated_at }
    }
}
