//! Numbers over the facts of many turns: by day, skill, version or language, and over all of them.

use chrono::NaiveDate;
use paigong_core::AppId;

use crate::{Error, TenantTx};

/// Which turns, and by what they are told apart.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The app.
    pub app: AppId,
    /// From this day of the tenant's.
    pub since: NaiveDate,
    /// To this one, included.
    pub until: NaiveDate,
    /// day, skill, version or language; anything else: all in one.
    pub group: &'a str,
    /// Only of this skill.
    pub skill: Option<&'a str>,
    /// Only in this language.
    pub language: Option<&'a str>,
}

/// The numbers of a group; counts, from which rates are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// The group; empty where a turn has none.
    pub key: String,
    /// Turns.
    pub turns: i64,
    /// Conversations.
    pub conversations: i64,
    /// Tasks that were begun.
    pub tasks: i64,
    /// Those that were done.
    pub completed: i64,
    /// Turns of the tasks that were done.
    pub completed_turns: i64,
    /// Turns that asked which skill was meant.
    pub clarification: i64,
    /// Turns that corrected something.
    pub correction: i64,
    /// Turns that said the same in other words.
    pub rephrase: i64,
    /// Turns that said no.
    pub denial: i64,
    /// Turns that dropped a request.
    pub cancel: i64,
    /// Turns that a person was asked for, or handed to.
    pub handoff: i64,
    /// Requests that were left lying.
    pub abandon: i64,
    /// Turns for which a language model was asked.
    pub reasoned: i64,
    /// Its tokens.
    pub llm_tokens: i64,
    /// Their cost.
    pub llm_cost_micros: i64,
    /// Half the turns were faster.
    pub p50_ms: Option<f64>,
    /// 19 of 20 turns were faster.
    pub p95_ms: Option<f64>,
    /// The mean friction of a turn.
    pub friction: Option<f64>,
}

/// The numbers by group, in the order of the keys.
///
/// # Errors
/// As for any statement.
pub async fn lines(tx: &mut TenantTx, wanted: &Wanted<'_>) -> Result<Vec<Line>, Error> {
    sqlx::query_as!(
        Line,
        r#"SELECT CASE $5 WHEN 'day' THEN day::text WHEN 'skill' THEN coalesce(skill, '') WHEN 'language' THEN language
                   WHEN 'version' THEN coalesce(skill || ' v' || version, '') ELSE '' END AS "key!",
               count(*) AS "turns!", count(DISTINCT conversation_id) AS "conversations!",
               count(*) FILTER (WHERE task_turns IS NOT NULL) AS "tasks!", count(*) FILTER (WHERE completed) AS "completed!",
               coalesce(sum(task_turns) FILTER (WHERE completed), 0)::bigint AS "completed_turns!",
               count(*) FILTER (WHERE 'clarification' = ANY(signals)) AS "clarification!",
               count(*) FILTER (WHERE 'correction' = ANY(signals)) AS "correction!",
               count(*) FILTER (WHERE 'rephrase' = ANY(signals)) AS "rephrase!",
               count(*) FILTER (WHERE 'denial' = ANY(signals)) AS "denial!",
               count(*) FILTER (WHERE 'cancel' = ANY(signals)) AS "cancel!",
               count(*) FILTER (WHERE 'handoff' = ANY(signals)) AS "handoff!",
               count(*) FILTER (WHERE 'abandon' = ANY(signals)) AS "abandon!",
               count(*) FILTER (WHERE reasoned) AS "reasoned!",
               coalesce(sum(llm_tokens), 0)::bigint AS "llm_tokens!", coalesce(sum(llm_cost_micros), 0)::bigint AS "llm_cost_micros!",
               percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS "p50_ms",
               percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS "p95_ms",
               avg(friction)::float8 AS "friction"
           FROM paigong.turn_fact
           WHERE tenant_id = $1 AND app_id = $2 AND day BETWEEN $3 AND $4
               AND ($6::text IS NULL OR skill = $6) AND ($7::text IS NULL OR language = $7)
           GROUP BY 1 ORDER BY 1 LIMIT 5000"#,
        tx.tenant().0,
        wanted.app.0,
        wanted.since,
        wanted.until,
        wanted.group,
        wanted.skill,
        wanted.language
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("counting over the facts"))
}
