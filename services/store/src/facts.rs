//! `turn_fact`: what turns came to, made from them afterwards. Which conversations are to be looked at, their turns, and writing
//! what was found; what it means is said in `agent::facts`. The numbers over many turns are in [`analytics`](crate::analytics).

use chrono::{DateTime, TimeDelta, Utc};
use paigong_core::{AppId, ConversationId, TenantId};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, Store, TenantTx};

/// A turn as facts are made from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id.
    pub turn: Uuid,
    /// Its number in the conversation.
    pub seq: i32,
    /// What the user said.
    pub query: String,
    /// What came with it.
    pub request: Option<Value>,
    /// The whole public answer.
    pub response: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a turn came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The turn.
    pub turn: Uuid,
    /// Its number in the conversation.
    pub seq: i32,
    /// When it was.
    pub at: DateTime<Utc>,
    /// `zh` or `en`.
    pub language: &'static str,
    /// The skill that it was about.
    pub skill: Option<String>,
    /// model, rule or llm.
    pub path: &'static str,
    /// act, confirm, ask or refuse.
    pub band: Option<String>,
    /// What it ended with.
    pub outcome: &'static str,
    /// What spoke of trouble.
    pub signals: Vec<String>,
    /// The probability of the likeliest skill.
    pub p_best: Option<f32>,
    /// The probability of the next.
    pub p_second: Option<f32>,
    /// 0 to 1.
    pub uncertainty: f32,
    /// 0 to 1.
    pub friction: f32,
    /// How long it took.
    pub latency_ms: Option<i32>,
    /// Whether a language model was asked.
    pub reasoned: bool,
    /// Its tokens, sent and received.
    pub llm_tokens: i64,
    /// What they cost.
    pub llm_cost_micros: i64,
    /// Turns of the task that it begins.
    pub task_turns: Option<i32>,
    /// Whether that task was done.
    pub completed: Option<bool>,
    /// When time alone may change this.
    pub due_at: Option<DateTime<Utc>>,
}

/// Claims the facts of the tenant until the end of the transaction; `false`: another replica is at it.
///
/// # Errors
/// As for any statement.
pub async fn claim(tx: &mut TenantTx) -> Result<bool, Error> {
    let tenant = tx.tenant().0;
    let free = sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_xact_lock(hashtextextended('paigong.turn_fact ' || $1::uuid::text, 0)) AS "free!""#,
        tenant
    )
    .fetch_one(tx.connection())
    .await;
    free.map_err(Error::of("claiming the facts"))
}

/// Conversations with turns since `since` that have no facts yet, or whose facts are due at `now`, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn stale(
    tx: &mut TenantTx,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<(ConversationId, AppId)>, Error> {
    // Ids sort by time: the primary key finds the new turns.
    let since = first_id(since);
    let rows = sqlx::query!(
        r#"SELECT s.conversation_id AS "conversation!", c.app_id AS "app!" FROM (
               (SELECT t.conversation_id FROM paigong.turn t
                WHERE t.tenant_id = $1 AND t.id >= $2 AND NOT EXISTS (SELECT 1 FROM paigong.turn_fact f WHERE f.tenant_id = $1 AND f.turn_id = t.id)
                ORDER BY t.id LIMIT $4)
               UNION
               (SELECT f.conversation_id FROM paigong.turn_fact f WHERE f.tenant_id = $1 AND f.due_at <= $3 ORDER BY f.due_at LIMIT $4)
           ) s JOIN paigong.conversation c ON c.tenant_id = $1 AND c.id = s.conversation_id"#,
        tx.tenant().0,
        since,
        now,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("looking for turns without facts"))?;
    Ok(rows.into_iter().map(|row| (ConversationId(row.conversation), AppId(row.app))).collect())
}

/// The tenants that have turns since `since` without facts, or facts that are due at `now`. One round trip, however many there are.
///
/// # Errors
/// As for any statement.
pub async fn tenants(store: &Store, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<TenantId>, Error> {
    let ids =
        sqlx::query_scalar!(r#"SELECT t AS "tenant!" FROM paigong.tenants_to_project($1, $2) t"#, first_id(since), now)
            .fetch_all(store.pool())
            .await
            .map_err(Error::of("looking for tenants with turns without facts"))?;
    Ok(ids.into_iter().map(TenantId).collect())
}

/// The smallest id of version 7 that may have been made at `time`.
fn first_id(time: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(time.timestamp_millis()).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// The turns of a conversation, in order.
///
/// # Errors
/// As for any statement.
pub async fn sources(tx: &mut TenantTx, conversation: ConversationId) -> Result<Vec<Source>, Error> {
    sqlx::query_as!(
        Source,
        r#"SELECT id AS turn, seq, query, request, response, created_at AS "at" FROM paigong.turn
           WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY seq"#,
        tx.tenant().0,
        conversation.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("reading turns for their facts"))
}

/// Writes the facts of a turn over those that it may have. The version of the skill is the one of the turn's run, or else the
/// one that was published last before the turn.
///
/// # Errors
/// As for any statement.
pub async fn put(tx: &mut TenantTx, app: AppId, conversation: ConversationId, row: &Row) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.turn_fact AS f (tenant_id, turn_id, app_id, conversation_id, seq, at, day, language, skill, version, path,
             band, outcome, signals, p_best, p_second, uncertainty, friction, latency_ms, reasoned, llm_tokens, llm_cost_micros,
             task_turns, completed, due_at)
         SELECT $1, $2, $3, $4, $5, $6, ($6::timestamptz AT TIME ZONE (SELECT time_zone FROM paigong.tenant WHERE id = $1))::date, $7, $8,
             coalesce((SELECT max(r.skill_version) FROM paigong.run r WHERE r.tenant_id = $1 AND r.turn_id = $2 AND r.skill = $8),
                      (SELECT v.version FROM paigong.skill_version v WHERE v.tenant_id = $1 AND v.app_id = $3 AND v.skill = $8
                       AND v.published_at <= $6 ORDER BY v.version DESC LIMIT 1)),
             $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
         ON CONFLICT (tenant_id, turn_id) DO UPDATE SET
             at = excluded.at, day = excluded.day, language = excluded.language, skill = excluded.skill, version = excluded.version,
             path = excluded.path, band = excluded.band, outcome = excluded.outcome, signals = excluded.signals,
             p_best = excluded.p_best, p_second = excluded.p_second, uncertainty = excluded.uncertainty,
             friction = excluded.friction, latency_ms = excluded.latency_ms, reasoned = excluded.reasoned,
             llm_tokens = excluded.llm_tokens, llm_cost_micros = excluded.llm_cost_micros, task_turns = excluded.task_turns,
             completed = excluded.completed, due_at = excluded.due_at",
        tx.tenant().0,
        row.turn,
        app.0,
        conversation.0,
        row.seq,
        row.at,
        row.language,
        row.skill,
        row.path,
        row.band,
        row.outcome,
        &row.signals,
        row.p_best,
        row.p_second,
        row.uncertainty,
        row.friction,
        row.latency_ms,
        row.reasoned,
        row.llm_tokens,
        row.llm_cost_micros,
        row.task_turns,
        row.completed,
        row.due_at
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("writing the facts of a turn"))?;
    Ok(())
}

/// Forgets all facts of the tenant, to make them anew.
///
/// # Errors
/// As for any statement.
pub async fn clear(tx: &mut TenantTx) -> Result<u64, Error> {
    let done = sqlx::query!("DELETE FROM paigong.turn_fact WHERE tenant_id = $1", tx.tenant().0)
        .execute(tx.connection())
        .await
        .map_err(Error::of("forgetting the facts"))?;
    Ok(done.rows_affected())
}

/// Turns younger than this are looked for in every round; older ones only when a process begins.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_id_of_a_time_sorts_before_every_id_made_then() {
        let now = Utc::now();
        let id = Uuid::now_v7();
        assert!(first_id(now) <= id);
        assert!(first_id(now + TimeDelta::minutes(1)) > id);
    }
}
