//! Conversations as people look through them: searched by what was said in them, by user, skill, language, time and outcome.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId};
use uuid::Uuid;

use crate::{Error, TenantTx};

/// Which conversations of an app; what is not given is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These words, in any message or answer, in capitals or not.
    pub words: Option<String>,
    /// Of this end user.
    pub end_user: Option<String>,
    /// With a turn about this skill.
    pub skill: Option<String>,
    /// In this language.
    pub language: Option<String>,
    /// That went on at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// That began before this time.
    pub until: Option<DateTime<Utc>>,
    /// With an answer of this kind, such as `ConfirmSkill`; in capitals or not.
    pub act: Option<String>,
}

/// A conversation at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: Uuid,
    /// The end user, as the integrator names them.
    pub end_user: String,
    /// Its language.
    pub language: String,
    /// Its turns.
    pub turns: i64,
    /// What was typed first.
    pub first_query: String,
    /// The text of the last answer.
    pub last_answer: String,
    /// Every skill that it was about, by name.
    pub skills: Vec<String>,
    /// open (something is under way), `handed_off` (to a person who has not closed it) or closed.
    pub state: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When its last turn was.
    pub last_at: DateTime<Utc>,
}

/// The conversations of an app that fit, newest first, before `before`, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn search(
    tx: &mut TenantTx,
    app: AppId,
    filter: &Filter,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Thread>, Error> {
    select(tx, app, filter, (None, before), limit).await
}

/// One conversation of an app, whoever's it is.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, app: AppId, id: ConversationId) -> Result<Option<Thread>, Error> {
    Ok(select(tx, app, &Filter::default(), (Some(id.0), None), 1).await?.pop())
}

async fn select(
    tx: &mut TenantTx,
    app: AppId,
    filter: &Filter,
    (id, before): (Option<Uuid>, Option<Uuid>),
    limit: u32,
) -> Result<Vec<Thread>, Error> {
    // Words are looked for from the newest conversation on, without an index: a page of a usual word takes a millisecond, a word that
    // nobody used 0.4 s among 200,000 turns, and `since` shortens that. Trigrams would not help, since most Chinese words have two
    // characters. The page is found first, so that turns are counted and put together for its conversations only.
    sqlx::query_as!(
        Thread,
        r#"WITH page AS MATERIALIZED (
               SELECT c.id, c.end_user, c.language, c.state, c.created_at, c.updated_at FROM paigong.conversation c
               WHERE c.tenant_id = $1 AND c.app_id = $2 AND ($3::uuid IS NULL OR c.id = $3) AND ($4::uuid IS NULL OR c.id < $4)
                 AND ($5::text IS NULL OR c.end_user = $5) AND ($6::text IS NULL OR c.language = $6)
                 AND ($7::timestamptz IS NULL OR c.updated_at >= $7) AND ($8::timestamptz IS NULL OR c.created_at < $8)
                 AND ($9::text IS NULL OR EXISTS (SELECT FROM paigong.turn t
                     WHERE t.tenant_id = $1 AND t.conversation_id = c.id AND (t.query ILIKE $9 OR t.answer ILIKE $9)))
                 AND ($10::text IS NULL OR EXISTS (SELECT FROM paigong.turn t
                     WHERE t.tenant_id = $1 AND t.conversation_id = c.id
                       AND $10 IN (t.response -> 'dialog_action' ->> 'skill', t.response -> 'execution' ->> 'skill')))
                 AND ($11::text IS NULL OR EXISTS (SELECT FROM paigong.turn t
                     WHERE t.tenant_id = $1 AND t.conversation_id = c.id
                       AND lower(t.response -> 'dialog_action' ->> 'type') = lower($11)))
               ORDER BY c.id DESC LIMIT $12
           )
           SELECT p.id AS "id!", p.end_user AS "end_user!", p.language AS "language!", s.turns AS "turns!",
                  coalesce(f.query, '') AS "first_query!", coalesce(l.answer, '') AS "last_answer!",
                  ARRAY(SELECT DISTINCT about.skill FROM paigong.turn t, LATERAL (VALUES (t.response -> 'dialog_action' ->> 'skill'),
                            (t.response -> 'execution' ->> 'skill')) AS about (skill)
                        WHERE t.tenant_id = $1 AND t.conversation_id = p.id AND about.skill IS NOT NULL ORDER BY 1) AS "skills!",
                  CASE WHEN EXISTS (SELECT FROM paigong.inbox i WHERE i.tenant_id = $1 AND i.conversation_id = p.id
                                      AND i.run_id IS NULL AND i.state IN ('open', 'taken')) THEN 'handed_off'
                       WHEN coalesce(p.state ->> 'frames', '[]') <> '[]' OR coalesce(p.state ->> 'queue', '[]') <> '[]'
                            OR coalesce(p.state ->> 'running', '[]') <> '[]' OR p.state ->> 'choosing' IS NOT NULL THEN 'open'
                       ELSE 'closed' END AS "state!",
                  p.created_at AS "started_at!", p.updated_at AS "last_at!"
           FROM page p
           CROSS JOIN LATERAL (SELECT count(*) AS turns FROM paigong.turn t WHERE t.tenant_id = $1 AND t.conversation_id = p.id) s
           LEFT JOIN LATERAL (SELECT t.query FROM paigong.turn t WHERE t.tenant_id = $1 AND t.conversation_id = p.id
                              ORDER BY t.seq LIMIT 1) f ON true
           LEFT JOIN LATERAL (SELECT t.answer FROM paigong.turn t WHERE t.tenant_id = $1 AND t.conversation_id = p.id
                              ORDER BY t.seq DESC LIMIT 1) l ON true
           ORDER BY p.id DESC"#,
        tx.tenant().0,
        app.0,
        id,
        before,
        filter.end_user.as_deref(),
        filter.language.as_deref(),
        filter.since,
        filter.until,
        filter.words.as_deref().map(pattern),
        filter.skill.as_deref(),
        filter.act.as_deref(),
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("searching conversations"))
}

/// The pattern of LIKE for a text that has `words`, which are taken at their word.
fn pattern(words: &str) -> String {
    let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
