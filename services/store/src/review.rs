//! `label`: what people say about turns, and the queue of turns that are worth being looked at. A label teaches: the words become
//! an example of the skill that they ask for, or a counterexample of the one that they were mistaken for.

use chrono::{DateTime, Utc};
use paigong_core::AppId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, TenantTx};

mod teach;

pub use teach::{Kind, Lesson, Taught, as_taught, teach, unteach};

/// A turn to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubtful {
    /// The turn.
    pub turn: Uuid,
    /// Its conversation.
    pub conversation: Uuid,
    /// Its number there.
    pub seq: i32,
    /// What the user said.
    pub query: String,
    /// What was answered.
    pub answer: String,
    /// `zh` or `en`.
    pub language: String,
    /// The skill that it was taken for.
    pub skill: Option<String>,
    /// The likeliest skills with their probabilities.
    pub candidates: Option<Value>,
    /// act, confirm, ask or refuse.
    pub band: Option<String>,
    /// What it ended with.
    pub outcome: String,
    /// What speaks of trouble.
    pub signals: Vec<String>,
    /// 0 to 1.
    pub uncertainty: f32,
    /// 0 to 1.
    pub friction: f32,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Which turns.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// About this skill.
    pub skill: Option<&'a str>,
    /// In this language.
    pub language: Option<&'a str>,
    /// With this signal.
    pub signal: Option<&'a str>,
}

/// The turns of `app` without a label, the most worthwhile first, after turn `after`, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn queue(
    tx: &mut TenantTx,
    app: AppId,
    filter: &Filter<'_>,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Doubtful>, Error> {
    sqlx::query_as!(
        Doubtful,
        r#"SELECT f.turn_id AS turn, f.conversation_id AS conversation, f.seq, t.query, t.answer, f.language, f.skill,
                  t.decision -> 'candidates' AS candidates, f.band, f.outcome, f.signals, f.uncertainty, f.friction, f.at AS created_at
           FROM paigong.turn_fact f JOIN paigong.turn t ON t.tenant_id = f.tenant_id AND t.id = f.turn_id
           WHERE f.tenant_id = $1 AND f.app_id = $2 AND f.uncertainty + f.friction > 0 AND t.query <> ''
               AND NOT EXISTS (SELECT 1 FROM paigong.label l WHERE l.tenant_id = $1 AND l.turn_id = f.turn_id)
               AND ($3::text IS NULL OR f.skill = $3) AND ($4::text IS NULL OR f.language = $4) AND ($5::text IS NULL OR $5 = ANY(f.signals))
               AND ($6::uuid IS NULL OR (f.uncertainty + f.friction, f.turn_id) < (SELECT o.uncertainty + o.friction, o.turn_id
                    FROM paigong.turn_fact o WHERE o.tenant_id = $1 AND o.app_id = $2 AND o.turn_id = $6))
           ORDER BY f.uncertainty + f.friction DESC, f.turn_id DESC LIMIT $7"#,
        tx.tenant().0,
        app.0,
        filter.skill,
        filter.language,
        filter.signal,
        after,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing turns to be looked at"))
}

/// How many there are, counted up to 1000.
///
/// # Errors
/// As for any statement.
pub async fn open(tx: &mut TenantTx, app: AppId, filter: &Filter<'_>) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "open!" FROM (
               SELECT 1 FROM paigong.turn_fact f JOIN paigong.turn t ON t.tenant_id = f.tenant_id AND t.id = f.turn_id
               WHERE f.tenant_id = $1 AND f.app_id = $2 AND f.uncertainty + f.friction > 0 AND t.query <> ''
                   AND NOT EXISTS (SELECT 1 FROM paigong.label l WHERE l.tenant_id = $1 AND l.turn_id = f.turn_id)
                   AND ($3::text IS NULL OR f.skill = $3) AND ($4::text IS NULL OR f.language = $4)
                   AND ($5::text IS NULL OR $5 = ANY(f.signals)) LIMIT 1000) o"#,
        tx.tenant().0,
        app.0,
        filter.skill,
        filter.language,
        filter.signal
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("counting turns to be looked at"))
}

/// What a label is given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What the user said.
    pub query: String,
    /// The skill that it was taken for, or the likeliest.
    pub skill: Option<String>,
}

/// The turn of `app` with this id. Locks it, so that two labels follow each other.
///
/// # Errors
/// As for any statement.
pub async fn subject(tx: &mut TenantTx, app: AppId, turn: Uuid) -> Result<Option<Subject>, Error> {
    sqlx::query_as!(
        Subject,
        r#"SELECT t.query, coalesce((SELECT f.skill FROM paigong.turn_fact f WHERE f.tenant_id = $1 AND f.turn_id = t.id),
                                    t.decision -> 'candidates' -> 0 ->> 'skill') AS skill
           FROM paigong.turn t JOIN paigong.conversation c ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id
           WHERE t.tenant_id = $1 AND c.app_id = $2 AND t.id = $3 FOR UPDATE OF t"#,
        tx.tenant().0,
        app.0,
        turn
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("looking for a turn to label"))
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its id.
    pub id: Uuid,
    /// right, skill, `out_of_scope` or `new_skill`.
    pub action: String,
    /// What the words ask for; `None`: nothing that the app does.
    pub skill: Option<String>,
    /// What was said.
    pub utterance: String,
    /// The skill that its words were taught to; `None`: to none.
    pub taught: Option<String>,
    /// Who says so.
    pub by: String,
    /// What it changed in skills.
    pub lessons: Vec<Lesson>,
}

/// Stores the label of a turn that has none.
///
/// # Errors
/// As for any statement.
pub async fn put(tx: &mut TenantTx, app: AppId, turn: Uuid, label: &Label) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.label (tenant_id, turn_id, id, app_id, action, skill, utterance, taught, by, lessons)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tx.tenant().0,
        turn,
        label.id,
        app.0,
        label.action,
        label.skill,
        label.utterance,
        label.taught,
        label.by,
        serde_json::to_value(&label.lessons).unwrap_or_default()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("storing a label"))?;
    Ok(())
}

/// Takes the label of a turn away, and returns it.
///
/// # Errors
/// As for any statement.
pub async fn take(tx: &mut TenantTx, app: AppId, turn: Uuid) -> Result<Option<Label>, Error> {
    const OPERATION: &str = "taking a label away";
    let row = sqlx::query!(
        "DELETE FROM paigong.label WHERE tenant_id = $1 AND app_id = $2 AND turn_id = $3
         RETURNING id, action, skill, utterance, taught, by, lessons",
        tx.tenant().0,
        app.0,
        turn
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| {
        let lessons = serde_json::from_value(row.lessons)
            .map_err(|error| Error::Corrupt { operation: OPERATION, message: error.to_string() })?;
        let (id, action, skill, utterance) = (row.id, row.action, row.skill, row.utterance);
        Ok(Label { id, action, skill, utterance, taught: row.taught, by: row.by, lessons })
    })
    .transpose()
}

/// Words that users have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub utterance: String,
    /// How often.
    pub times: i64,
    /// Whether a person has said what they ask for,
    pub is_labelled: bool,
    /// … and what that is; `None`: nothing that the app does.
    pub label: Option<String>,
}

/// What was said of late and read by the model: at most `limit` different sayings of the last 5,000.
///
/// # Errors
/// As for any statement.
pub async fn said(tx: &mut TenantTx, app: AppId, limit: i64) -> Result<Vec<Said>, Error> {
    sqlx::query_as!(
        Said,
        r#"SELECT utterance AS "utterance!", count(*) AS "times!", bool_or(labelled_at IS NOT NULL) AS "is_labelled!",
                  (array_agg(skill ORDER BY labelled_at DESC) FILTER (WHERE labelled_at IS NOT NULL))[1] AS label
           FROM (SELECT turn.query AS utterance, label.skill, label.at AS labelled_at
                 FROM paigong.turn_fact fact
                 JOIN paigong.turn ON turn.tenant_id = fact.tenant_id AND turn.id = fact.turn_id
                 LEFT JOIN paigong.label ON label.tenant_id = fact.tenant_id AND label.turn_id = fact.turn_id
                 WHERE fact.tenant_id = $1 AND fact.app_id = $2 AND fact.band IS NOT NULL
                 ORDER BY fact.turn_id DESC LIMIT 5000) recent
           GROUP BY utterance ORDER BY count(*) DESC, utterance LIMIT $3"#,
        tx.tenant().0,
        app.0,
        limit
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("reading what was said"))
}
