//! `suggestion`: what users said that only a reasoner understood, for a person to look at. One that is accepted becomes an
//! example of its skill.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, Language};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, TenantTx, skills};

/// A saying that the small model did not understand.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Its id.
    pub id: Uuid,
    /// The conversation in which it was said first.
    pub conversation: ConversationId,
    /// The skill that it turned out to ask for.
    pub skill: String,
    /// What was said.
    pub utterance: String,
    /// The same as an example, with its slots marked.
    pub example: String,
    /// The values that it was carried out with.
    pub slots: Value,
    /// `zh` or `en`.
    pub language: String,
    /// How often a reasoner was asked for it.
    pub times: i32,
    /// open, accepted or rejected.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When it was said first.
    pub created_at: DateTime<Utc>,
}

/// A new one.
#[derive(Debug, Clone, Copy)]
pub struct NewSuggestion<'a> {
    /// The app.
    pub app: AppId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The skill.
    pub skill: &'a str,
    /// What was said.
    pub utterance: &'a str,
    /// The same as an example.
    pub example: &'a str,
    /// The values.
    pub slots: &'a Value,
    /// Its language.
    pub language: Language,
}

/// Adds one, or counts that it was said again.
///
/// # Errors
/// As for any statement.
pub async fn add(tx: &mut TenantTx, new: &NewSuggestion<'_>) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.suggestion (tenant_id, id, app_id, conversation_id, skill, utterance, example, slots, language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, app_id, skill, utterance) DO UPDATE SET times = suggestion.times + 1",
        tx.tenant().0,
        Uuid::now_v7(),
        new.app.0,
        new.conversation.0,
        new.skill,
        new.utterance,
        new.example,
        new.slots,
        new.language.tag()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("adding a suggestion"))?;
    Ok(())
}

struct Row {
    id: Uuid,
    conversation_id: Uuid,
    skill: String,
    utterance: String,
    example: String,
    slots: Value,
    language: String,
    times: i32,
    state: String,
    decided_by: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Row> for Suggestion {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            conversation: ConversationId(row.conversation_id),
            skill: row.skill,
            utterance: row.utterance,
            example: row.example,
            slots: row.slots,
            language: row.language,
            times: row.times,
            state: row.state,
            decided_by: row.decided_by,
            created_at: row.created_at,
        }
    }
}

/// The suggestions of an app in this state, newest first, before `before`, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn list(
    tx: &mut TenantTx,
    app: AppId,
    state: &str,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Suggestion>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, skill, utterance, example, slots, language, times, state, decided_by, created_at
         FROM paigong.suggestion
         WHERE tenant_id = $1 AND app_id = $2 AND state = $3 AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        tx.tenant().0,
        app.0,
        state,
        before,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing suggestions"))?;
    Ok(rows.into_iter().map(Suggestion::from).collect())
}

/// What became of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is an example of this version of its skill, which is live.
    Live {
        /// The skill.
        skill: String,
        /// The version.
        version: u32,
    },
    /// There is no such open suggestion.
    Gone,
    /// It can't be an example: why, and what to change.
    Refused(String),
}

/// Makes an open suggestion an example of its skill, or of `skill` where a person knows better; as `example`, where they
/// put it otherwise. The skill's next version is live with the next request.
///
/// # Errors
/// As for any statement.
pub async fn accept(
    tx: &mut TenantTx,
    app: AppId,
    id: Uuid,
    skill: Option<&str>,
    example: Option<&str>,
    by: &str,
) -> Result<Accepted, Error> {
    let Some(suggestion) = lock(tx, app, id).await? else { return Ok(Accepted::Gone) };
    let name = skill.unwrap_or(&suggestion.skill);
    let live = match skills::live_version(tx, app, name).await? {
        Some(version) => skills::version(tx, app, name, version).await?,
        None => None,
    };
    let Some(mut live) = live else {
        return Ok(Accepted::Refused(format!("{name} is not live; name another skill, or publish it first")));
    };
    // The marks are of the skill that was suggested.
    let marked = if name == suggestion.skill { suggestion.example.as_str() } else { suggestion.utterance.as_str() };
    let example = example.unwrap_or(marked).trim().to_owned();
    if example.is_empty() || example.chars().count() > 500 || example.contains('\0') {
        return Ok(Accepted::Refused("an example has 1 to 500 characters".into()));
    }
    for mark in ::skills::example::parse(&example).marks {
        if !live.manifest.slots.properties.contains_key(&mark.slot) {
            return Ok(Accepted::Refused(format!("{name} has no slot {}; correct the mark", mark.slot)));
        }
    }
    let text = ::skills::example::parse(&example).text;
    live.manifest.examples.retain(|known| ::skills::example::parse(known).text != text);
    live.manifest.examples.push(example.clone());
    let manifests = [live.manifest];
    let note = "an example from the review of suggestions";
    let published = skills::publish(tx, app, &live.pack, &manifests, by, note).await?;
    let version = published.first().map_or(live.version, |published| published.version);
    decide(tx, id, "accepted", name, &example, by).await?;
    Ok(Accepted::Live { skill: name.to_owned(), version })
}

/// Drops an open suggestion; the same saying is not suggested again. Whether there was one.
///
/// # Errors
/// As for any statement.
pub async fn reject(tx: &mut TenantTx, app: AppId, id: Uuid, by: &str) -> Result<bool, Error> {
    let Some(suggestion) = lock(tx, app, id).await? else { return Ok(false) };
    decide(tx, id, "rejected", &suggestion.skill, &suggestion.example, by).await?;
    Ok(true)
}

/// One that is still open, locked until the transaction ends; `None`: there is none, or somebody has decided.
async fn lock(tx: &mut TenantTx, app: AppId, id: Uuid) -> Result<Option<Suggestion>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, conversation_id, skill, utterance, example, slots, language, times, state, decided_by, created_at
         FROM paigong.suggestion WHERE tenant_id = $1 AND app_id = $2 AND id = $3 AND state = 'open' FOR UPDATE",
        tx.tenant().0,
        app.0,
        id
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("locking a suggestion"))?;
    Ok(row.map(Suggestion::from))
}

async fn decide(tx: &mut TenantTx, id: Uuid, state: &str, skill: &str, example: &str, by: &str) -> Result<(), Error> {
    // Somebody may have accepted the same saying for the other skill before.
    sqlx::query!(
        "UPDATE paigong.suggestion s SET state = $3, example = $5, decided_by = left($6, 256), decided_at = now(),
             skill = CASE WHEN EXISTS (SELECT 1 FROM paigong.suggestion o WHERE o.tenant_id = s.tenant_id AND o.app_id = s.app_id
                                       AND o.skill = $4 AND o.utterance = s.utterance AND o.id <> s.id) THEN s.skill ELSE $4 END
         WHERE tenant_id = $1 AND id = $2 AND state = 'open'",
        tx.tenant().0,
        id,
        state,
        skill,
        example,
        by
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("deciding about a suggestion"))?;
    Ok(())
}

/// How many turns a reasoner was spared since examples were accepted: turns that the small model took for the skill of an
/// accepted example, which was the nearest to what was said. By day of the tenant's and skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spared {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// The skill.
    pub skill: String,
    /// Turns.
    pub turns: i64,
}

/// Turns of an app by day, and how many of them asked a reasoner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Turns.
    pub turns: i64,
    /// Those for which a reasoner was asked.
    pub reasoned: i64,
    /// Those that could have used one and had none.
    pub degraded: i64,
}

/// The turns of an app by day, for the last `days`.
///
/// # Errors
/// As for any statement.
pub async fn share(tx: &mut TenantTx, app: AppId, time_zone: &str, days: i32) -> Result<Vec<Share>, Error> {
    sqlx::query_as!(
        Share,
        r#"SELECT (t.created_at AT TIME ZONE $3)::date::text AS "day!", count(*) AS "turns!",
                  count(*) FILTER (WHERE t.decision -> 'reasoning' ->> 'provider' IS NOT NULL) AS "reasoned!",
                  count(*) FILTER (WHERE t.response ->> 'degraded' = 'true') AS "degraded!"
           FROM paigong.turn t JOIN paigong.conversation c ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id
           WHERE t.tenant_id = $1 AND c.app_id = $2 AND t.created_at > now() - make_interval(days => $4)
           GROUP BY 1 ORDER BY 1 DESC"#,
        tx.tenant().0,
        app.0,
        time_zone,
        days
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("counting turns"))
}

/// What accepted examples have spared, for the last `days`.
///
/// # Errors
/// As for any statement.
pub async fn spared(tx: &mut TenantTx, app: AppId, time_zone: &str, days: i32) -> Result<Vec<Spared>, Error> {
    sqlx::query_as!(
        Spared,
        r#"SELECT (t.created_at AT TIME ZONE $3)::date::text AS "day!", s.skill AS "skill!", count(*) AS "turns!"
           FROM paigong.turn t
           JOIN paigong.conversation c ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id
           JOIN paigong.suggestion s ON s.tenant_id = t.tenant_id AND s.app_id = c.app_id AND s.state = 'accepted'
                AND s.skill = t.decision -> 'nearest' ->> 'skill' AND s.utterance = t.decision -> 'nearest' ->> 'example'
                AND t.created_at > s.decided_at
           WHERE t.tenant_id = $1 AND c.app_id = $2 AND t.created_at > now() - make_interval(days => $4)
                AND t.decision -> 'reasoning' ->> 'provider' IS NULL AND t.decision ->> 'band' IN ('act', 'confirm')
           GROUP BY 1, 2 ORDER BY 1 DESC, 2"#,
        tx.tenant().0,
        app.0,
        time_zone,
        days
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("counting what was spared"))
}
