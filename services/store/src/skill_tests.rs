//! `skill_test`: the conversation tests of skills, one text for each skill. Two editors are told apart by its revision, and
//! nobody's text is overwritten unseen.

use paigong_core::AppId;

use crate::{Error, TenantTx};

/// The tests of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillTests {
    /// The skill.
    pub skill: String,
    /// The tests, in the form of `*.test.yaml`.
    pub text: String,
    /// Grows with every change, from 1.
    pub revision: i64,
}

/// What is to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewTests<'a> {
    /// The skill.
    pub skill: &'a str,
    /// The tests, in the form of `*.test.yaml`.
    pub text: &'a str,
    /// How many are in it.
    pub tests: usize,
    /// Who wrote them.
    pub author: &'a str,
}

/// The tests of every skill of `app` that has some, by skill.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx, app: AppId) -> Result<Vec<SkillTests>, Error> {
    sqlx::query_as!(
        SkillTests,
        "SELECT skill, text, revision FROM paigong.skill_test WHERE tenant_id = $1 AND app_id = $2 AND tests > 0 ORDER BY skill",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing tests"))
}

/// How many tests each skill of `app` has.
///
/// # Errors
/// As for any statement.
pub async fn counts(tx: &mut TenantTx, app: AppId) -> Result<Vec<(String, usize)>, Error> {
    let rows = sqlx::query!(
        "SELECT skill, tests FROM paigong.skill_test WHERE tenant_id = $1 AND app_id = $2 AND tests > 0 ORDER BY skill",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("counting tests"))?;
    Ok(rows.into_iter().map(|row| (row.skill, usize::try_from(row.tests).unwrap_or_default())).collect())
}

/// The tests of `skill`; `None`: none were ever stored.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Option<SkillTests>, Error> {
    sqlx::query_as!(
        SkillTests,
        "SELECT skill, text, revision FROM paigong.skill_test WHERE tenant_id = $1 AND app_id = $2 AND skill = $3",
        tx.tenant().0,
        app.0,
        skill
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("reading tests"))
}

/// Stores the tests of a skill: over those with `revision`, or, with `None`, where there are none. Their revision; `None` comes back
/// when it is not so: somebody else was faster, and nothing was changed.
///
/// # Errors
/// As for any statement.
pub async fn put(
    tx: &mut TenantTx,
    app: AppId,
    new: &NewTests<'_>,
    revision: Option<i64>,
) -> Result<Option<i64>, Error> {
    let tests = i32::try_from(new.tests).unwrap_or(i32::MAX);
    let stored = match revision {
        None => {
            sqlx::query_scalar!(
                "INSERT INTO paigong.skill_test (tenant_id, app_id, skill, text, tests, author)
                 VALUES ($1, $2, $3, $4, $5, left($6, 256)) ON CONFLICT DO NOTHING RETURNING revision",
                tx.tenant().0,
                app.0,
                new.skill,
                new.text,
                tests,
                new.author
            )
            .fetch_optional(tx.connection())
            .await
        }
        Some(revision) => {
            sqlx::query_scalar!(
                "UPDATE paigong.skill_test
                 SET text = $4, tests = $5, author = left($6, 256), revision = revision + 1, updated_at = now()
                 WHERE tenant_id = $1 AND app_id = $2 AND skill = $3 AND revision = $7 RETURNING revision",
                tx.tenant().0,
                app.0,
                new.skill,
                new.text,
                tests,
                new.author,
                revision
            )
            .fetch_optional(tx.connection())
            .await
        }
    };
    stored.map_err(Error::of("storing tests"))
}
