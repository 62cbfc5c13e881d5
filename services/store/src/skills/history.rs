//! What became of skills: their versions with who published them and why, and how much they were used lately.

use chrono::{DateTime, Utc};
use paigong_core::AppId;

use super::number;
use crate::{Error, TenantTx};

/// A published version, without its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The version.
    pub version: u32,
    /// The pack.
    pub pack: String,
    /// Who published it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// How much a skill was used in the last seven days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The skill.
    pub skill: String,
    /// Runs that were begun.
    pub runs: i64,
    /// Runs that succeeded.
    pub succeeded: i64,
}

/// The versions of `skill`, newest first.
///
/// # Errors
/// As for any statement.
pub async fn history(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Vec<Past>, Error> {
    const OPERATION: &str = "listing the versions of a skill";
    let rows = sqlx::query!(
        "SELECT version, pack, author, note, published_at FROM paigong.skill_version
         WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 ORDER BY version DESC LIMIT 200",
        tx.tenant().0,
        app.0,
        skill
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let version = number(row.version, OPERATION)?;
            let (pack, author, note, published_at) = (row.pack, row.author, row.note, row.published_at);
            Ok(Past { version, pack, author, note, published_at })
        })
        .collect()
}

/// How much each skill of `app` was used in the last seven days; those that were not are not named.
///
/// # Errors
/// As for any statement.
pub async fn uses(tx: &mut TenantTx, app: AppId) -> Result<Vec<Use>, Error> {
    let rows = sqlx::query!(
        r#"SELECT skill, count(*) AS "runs!", count(*) FILTER (WHERE state = 'succeeded') AS "succeeded!"
           FROM paigong.run
           WHERE tenant_id = $1 AND app_id = $2 AND parent_id IS NULL AND created_at > now() - interval '7 days'
           GROUP BY skill"#,
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("counting runs"))?;
    Ok(rows.into_iter().map(|row| Use { skill: row.skill, runs: row.runs, succeeded: row.succeeded }).collect())
}

/// The packs that skills of `app` were published with: those that a new skill may use.
///
/// # Errors
/// As for any statement.
pub async fn packs_of(tx: &mut TenantTx, app: AppId) -> Result<Vec<String>, Error> {
    sqlx::query_scalar!(
        "SELECT DISTINCT pack FROM paigong.skill_version WHERE tenant_id = $1 AND app_id = $2 ORDER BY pack",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing packs"))
}
