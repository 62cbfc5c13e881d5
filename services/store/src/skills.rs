//! `skill_version` and `app_skill`: what was published, once and for all, and which version of it is live.

use std::collections::HashMap;

use paigong_core::AppId;
use sha2::{Digest, Sha256};
use skills::Manifest;

use crate::{Error, TenantTx, apps, packs};

mod history;

pub use history::{Past, Use, history, packs_of, uses};

/// Postgres channel that hints at changed skills. The truth is `app.revision`, which every authenticated request brings.
pub const CHANNEL: &str = "paigong_skills";

/// One published version.
#[derive(Debug, Clone)]
pub struct Version {
    /// The pack that it came with.
    pub pack: String,
    /// The version, from 1.
    pub version: u32,
    /// What its author wrote.
    pub manifest: Manifest,
}

/// Everything that is live in an app.
#[derive(Debug, Clone)]
pub struct Live {
    /// The app's revision that this is the state of.
    pub revision: i64,
    /// The skills, by name.
    pub skills: Vec<Version>,
}

/// What publishing did to one skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The skill.
    pub skill: String,
    /// The version that is live now.
    pub version: u32,
    /// Whether that version is new.
    pub is_new: bool,
}

/// Makes `manifests` live in `app`. One that equals its latest version gets no new one. Skills that are not among them
/// stay as they are. Raises the app's revision if anything changed.
///
/// # Errors
/// [`Error::Conflict`] when there is no such app.
pub async fn publish(
    tx: &mut TenantTx,
    app: AppId,
    pack: &str,
    manifests: &[Manifest],
    author: &str,
    note: &str,
) -> Result<Vec<Published>, Error> {
    const OPERATION: &str = "publishing skills";
    let tenant = tx.tenant().0;
    if !packs::is_name(pack) {
        return Err(Error::Pack { pack: pack.to_owned(), message: "the name can't be a schema's".into() });
    }
    // First, because it locks: two publishers of one app would otherwise both find the same latest version.
    apps::bump_revision(tx, app).await?;
    let names: Vec<String> = manifests.iter().map(|manifest| manifest.skill.to_string()).collect();
    let latest = sqlx::query!(
        r#"SELECT DISTINCT ON (v.skill) v.skill, v.version, v.pack, v.digest, a.live_version AS "live_version?"
           FROM paigong.skill_version v
           LEFT JOIN paigong.app_skill a ON a.tenant_id = v.tenant_id AND a.app_id = v.app_id AND a.skill = v.skill
           WHERE v.tenant_id = $1 AND v.app_id = $2 AND v.skill = ANY($3) ORDER BY v.skill, v.version DESC"#,
        tenant,
        app.0,
        &names
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let latest: HashMap<_, _> = latest.into_iter().map(|row| (row.skill.clone(), row)).collect();
    let (mut published, mut changed) = (Vec::new(), false);
    for (manifest, skill) in manifests.iter().zip(names) {
        let text = serde_json::to_string(manifest)
            .map_err(|error| Error::Corrupt { operation: OPERATION, message: format!("{skill}: {error}") })?;
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let known = latest.get(&skill);
        let is_new = known.is_none_or(|known| known.digest != digest || known.pack != pack);
        let version = known.map_or(0, |known| known.version) + i32::from(is_new);
        if is_new {
            sqlx::query!(
                "INSERT INTO paigong.skill_version (tenant_id, app_id, skill, version, pack, manifest, digest, author, note)
                 VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8, $9)",
                tenant,
                app.0,
                skill,
                version,
                pack,
                text,
                digest.as_slice(),
                author,
                note
            )
            .execute(tx.connection())
            .await
            .map_err(Error::of(OPERATION))?;
        }
        if known.and_then(|known| known.live_version) != Some(version) {
            changed = true;
            point(tx, app, &skill, version).await?;
        }
        published.push(Published { skill, version: number(version, OPERATION)?, is_new });
    }
    finish(tx, app, changed).await?;
    Ok(published)
}

/// Stores a skill that was made for one request and is never live: version 1 of its name. The same again changes nothing.
///
/// # Errors
/// As for any statement.
pub async fn keep(tx: &mut TenantTx, app: AppId, pack: &str, manifest: &Manifest, author: &str) -> Result<(), Error> {
    const OPERATION: &str = "storing a plan";
    let text = serde_json::to_string(manifest)
        .map_err(|error| Error::Corrupt { operation: OPERATION, message: error.to_string() })?;
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    sqlx::query!(
        "INSERT INTO paigong.skill_version (tenant_id, app_id, skill, version, pack, manifest, digest, author, note)
         VALUES ($1, $2, $3, 1, $4, $5::text::json, $6, $7, '') ON CONFLICT DO NOTHING",
        tx.tenant().0,
        app.0,
        manifest.skill.as_str(),
        pack,
        text,
        digest.as_slice(),
        author
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    Ok(())
}

/// Makes the published `version` of `skill` live again.
///
/// # Errors
/// [`Error::Database`] when there is no such version.
pub async fn restore(tx: &mut TenantTx, app: AppId, skill: &str, version: u32) -> Result<(), Error> {
    apps::bump_revision(tx, app).await?;
    point(tx, app, skill, i32::try_from(version).unwrap_or(i32::MAX)).await?;
    finish(tx, app, true).await
}

/// Takes `skill` out of what is live; its versions stay, for the conversations that began with them. Whether it was live.
///
/// # Errors
/// [`Error::Conflict`] when there is no such app.
pub async fn withdraw(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<bool, Error> {
    apps::bump_revision(tx, app).await?;
    let done = sqlx::query!(
        "DELETE FROM paigong.app_skill WHERE tenant_id = $1 AND app_id = $2 AND skill = $3",
        tx.tenant().0,
        app.0,
        skill
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("withdrawing a skill"))?;
    let changed = done.rows_affected() > 0;
    finish(tx, app, changed).await?;
    Ok(changed)
}

/// What is live in `app`, with the revision that it is the state of: one statement, so the two belong together.
///
/// # Errors
/// [`Error::Corrupt`] when a stored manifest can't be read by this version of the program.
pub async fn live(tx: &mut TenantTx, app: AppId) -> Result<Live, Error> {
    const OPERATION: &str = "loading the live skills";
    let rows = sqlx::query!(
        r#"SELECT p.revision, v.pack AS "pack?", v.version AS "version?", v.manifest AS "manifest?"
           FROM paigong.app p
           LEFT JOIN paigong.app_skill a ON a.tenant_id = p.tenant_id AND a.app_id = p.id
           LEFT JOIN paigong.skill_version v
                ON v.tenant_id = a.tenant_id AND v.app_id = a.app_id AND v.skill = a.skill AND v.version = a.live_version
           WHERE p.tenant_id = $1 AND p.id = $2 ORDER BY a.skill"#,
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let revision = rows
        .first()
        .map(|row| row.revision)
        .ok_or_else(|| Error::Conflict { operation: OPERATION, what: "app".into() })?;
    let skills = rows
        .into_iter()
        .filter_map(|row| Some((row.pack?, row.version?, row.manifest?)))
        .map(|(pack, version, manifest)| read(pack, version, manifest, OPERATION))
        .collect::<Result<_, _>>()?;
    Ok(Live { revision, skills })
}

/// One version, live or not: a conversation stays on the versions that it started with.
///
/// # Errors
/// [`Error::Corrupt`] when the stored manifest can't be read by this version of the program.
pub async fn version(tx: &mut TenantTx, app: AppId, skill: &str, version: u32) -> Result<Option<Version>, Error> {
    const OPERATION: &str = "loading a version of a skill";
    let row = sqlx::query!(
        "SELECT pack, version, manifest FROM paigong.skill_version
         WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 AND version = $4",
        tx.tenant().0,
        app.0,
        skill,
        i32::try_from(version).unwrap_or(i32::MAX)
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| read(row.pack, row.version, row.manifest, OPERATION)).transpose()
}

/// The number of the version of `skill` that is live.
///
/// # Errors
/// As for any statement.
pub async fn live_version(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Option<u32>, Error> {
    const OPERATION: &str = "looking for the live version of a skill";
    let version = sqlx::query_scalar!(
        "SELECT live_version FROM paigong.app_skill WHERE tenant_id = $1 AND app_id = $2 AND skill = $3",
        tx.tenant().0,
        app.0,
        skill
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    version.map(|version| number(version, OPERATION)).transpose()
}

async fn point(tx: &mut TenantTx, app: AppId, skill: &str, version: i32) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.app_skill (tenant_id, app_id, skill, live_version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, app_id, skill) DO UPDATE SET live_version = excluded.live_version",
        tx.tenant().0,
        app.0,
        skill,
        version
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("making a version live"))?;
    Ok(())
}

/// Hints at the change, or takes the raised revision back when there was none. Postgres delivers the hint at COMMIT.
async fn finish(tx: &mut TenantTx, app: AppId, changed: bool) -> Result<(), Error> {
    if changed {
        return announce(tx).await;
    }
    sqlx::query!(
        "UPDATE paigong.app SET revision = revision - 1 WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        app.0
    )
    .execute(tx.connection())
    .await
    .map(drop)
    .map_err(Error::of("announcing changed skills"))
}

/// Hints at a raised revision.
pub(crate) async fn announce(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query_scalar!(r#"SELECT pg_notify($1, '')::text AS "sent""#, CHANNEL)
        .fetch_one(tx.connection())
        .await
        .map(drop)
        .map_err(Error::of("announcing a change"))
}

fn read(pack: String, version: i32, manifest: serde_json::Value, operation: &'static str) -> Result<Version, Error> {
    let name = manifest.get("skill").map(ToString::to_string).unwrap_or_default();
    let manifest = serde_json::from_value(manifest).map_err(|error| Error::Corrupt {
        operation,
        message: format!("manifest of {name} version {version}: {error}"),
    })?;
    Ok(Version { pack, version: number(version, operation)?, manifest })
}

pub(crate) fn number(version: i32, operation: &'static str) -> Result<u32, Error> {
    u32::try_from(version).map_err(|_| Error::Corrupt { operation, message: format!("{version} is not a version") })
}
