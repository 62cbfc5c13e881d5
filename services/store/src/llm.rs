//! `llm_budget`, `llm_spend`, `llm_reservation`, `llm_call`: what asking a language model may cost, and what it did.
//!
//! Whoever calls one reserves the most that the call may cost ([`reserve`]), calls it without a transaction, and settles
//! ([`settle`]). Reservations of a tenant take turns, so that what is spent and reserved never exceeds a budget.

use std::time::Duration;

use chrono::NaiveDate;
use paigong_core::{AppId, ConversationId, TurnId};
use uuid::Uuid;

use crate::{Error, TenantTx};

/// What a call may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// Its id; the call that settles it has the same.
    pub id: Uuid,
    /// Who pays besides the tenant.
    pub app: AppId,
    /// The tenant's day.
    pub day: NaiveDate,
    /// At most, in and out together.
    pub tokens: u64,
    /// After which it counts no more, settled or not.
    pub lifetime: Duration,
    /// The budget of a tenant that has none of its own; without either it may spend what it likes.
    pub default_daily_tokens: Option<u64>,
}

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The id of its reservation.
    pub id: Uuid,
    /// Who paid besides the tenant.
    pub app: AppId,
    /// Where it was asked.
    pub conversation: ConversationId,
    /// When.
    pub turn: TurnId,
    /// The tenant's day.
    pub day: NaiveDate,
    /// `fallback`, `value`, `plan` or `answer`.
    pub purpose: &'static str,
    /// The provider's name.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Of the instructions.
    pub prompt_version: String,
    /// `answered`, `invalid`, `unsent`, `refused`, `failed`, `lost`, `broken` or `dropped`.
    pub outcome: &'static str,
    /// Why, if it was not answered; nothing of what was asked. Cut after 200 characters.
    pub reason: Option<String>,
    /// Of what was sent.
    pub tokens_in: u64,
    /// Of what came.
    pub tokens_out: u64,
    /// Millionths of the operator's currency.
    pub cost_micros: u64,
    /// From its beginning to its end.
    pub milliseconds: u64,
    /// The skill that was proposed.
    pub skill: Option<String>,
}

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The app's, or the whole tenant's.
    pub app: Option<AppId>,
    /// Tokens, in and out together.
    pub daily_tokens: u64,
}

/// What a tenant has spent in a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Calls that cost something.
    pub calls: u64,
    /// Of what was sent.
    pub tokens_in: u64,
    /// Of what came.
    pub tokens_out: u64,
    /// Tokens of calls under way.
    pub reserved: u64,
    /// Millionths of the operator's currency.
    pub cost_micros: u64,
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The tenant's day.
    pub day: NaiveDate,
    /// The app.
    pub app: AppId,
    /// `fallback`, `value`, `plan` or `answer`.
    pub purpose: String,
    /// The skill that was proposed, if one was.
    pub skill: Option<String>,
    /// Calls, those that failed included.
    pub calls: u64,
    /// Calls that were answered with what could be used.
    pub answered: u64,
    /// Of what was sent.
    pub tokens_in: u64,
    /// Of what came.
    pub tokens_out: u64,
    /// Millionths of the operator's currency.
    pub cost_micros: u64,
}

/// Reserves what a call may cost. `false`, and nothing is reserved, when it would exceed the tenant's or the app's budget.
/// To be committed at once: until then no other call of the tenant's can be reserved.
///
/// # Errors
/// As for any statement.
pub async fn reserve(tx: &mut TenantTx, reservation: &Reservation) -> Result<bool, Error> {
    let tenant = tx.tenant().0;
    // A statement of its own: the next one has to see what was committed by those that this one waited for.
    sqlx::query!(
        r#"SELECT true AS "locked!" FROM pg_advisory_xact_lock(hashtextextended('llm ' || $1::uuid::text, 0))"#,
        tenant
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("waiting for the budget"))?;
    let done = sqlx::query!(
        "WITH budget AS (
             SELECT b.app_id, b.daily_tokens FROM paigong.llm_budget b
             WHERE b.tenant_id = $1 AND (b.app_id IS NULL OR b.app_id = $3)
             UNION ALL
             SELECT NULL, $7::bigint WHERE $7::bigint IS NOT NULL AND NOT EXISTS
                 (SELECT FROM paigong.llm_budget b WHERE b.tenant_id = $1 AND b.app_id IS NULL)
         )
         INSERT INTO paigong.llm_reservation (tenant_id, id, app_id, day, tokens, expires_at)
         SELECT $1, $2, $3, $4, $5::bigint, clock_timestamp() + make_interval(secs => $6)
         WHERE NOT EXISTS (
             SELECT FROM budget b
             WHERE b.daily_tokens < $5::bigint
                 + (SELECT coalesce(sum(s.tokens_in + s.tokens_out), 0) FROM paigong.llm_spend s
                    WHERE s.tenant_id = $1 AND s.day = $4 AND (b.app_id IS NULL OR s.app_id = b.app_id))
                 + (SELECT coalesce(sum(r.tokens), 0) FROM paigong.llm_reservation r
                    WHERE r.tenant_id = $1 AND r.day = $4 AND (b.app_id IS NULL OR r.app_id = b.app_id)
                      AND r.expires_at > clock_timestamp()))",
        tenant,
        reservation.id,
        reservation.app.0,
        reservation.day,
        count(reservation.tokens),
        reservation.lifetime.as_secs_f64(),
        reservation.default_daily_tokens.map(count)
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("reserving tokens"))?;
    Ok(done.rows_affected() == 1)
}

/// Writes down a call that has ended and what it cost, in the place of its reservation; once, however often it is called.
/// Reservations that have expired are forgotten.
///
/// # Errors
/// As for any statement.
pub async fn settle(tx: &mut TenantTx, call: &Call) -> Result<(), Error> {
    let tenant = tx.tenant().0;
    sqlx::query!(
        "WITH released AS (
             DELETE FROM paigong.llm_reservation
             WHERE tenant_id = $1 AND (id = $2 OR expires_at < clock_timestamp() - interval '1 hour')
         ), written AS (
             INSERT INTO paigong.llm_call (tenant_id, id, app_id, conversation_id, turn_id, day, purpose, provider, model,
                 prompt_version, outcome, reason, tokens_in, tokens_out, cost_micros, milliseconds, skill)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, left($12, 200), $13::bigint, $14::bigint, $15::bigint, $16, $17)
             ON CONFLICT (tenant_id, id) DO NOTHING
             RETURNING id
         )
         INSERT INTO paigong.llm_spend AS s (tenant_id, app_id, day, calls, tokens_in, tokens_out, cost_micros)
         SELECT $1, $3, $6, 1, $13::bigint, $14::bigint, $15::bigint FROM written WHERE $13::bigint + $14::bigint > 0
         ON CONFLICT (tenant_id, app_id, day) DO UPDATE SET calls = s.calls + 1,
             tokens_in = s.tokens_in + excluded.tokens_in, tokens_out = s.tokens_out + excluded.tokens_out,
             cost_micros = s.cost_micros + excluded.cost_micros",
        tenant,
        call.id,
        call.app.0,
        call.conversation.0,
        call.turn.0,
        call.day,
        call.purpose,
        call.provider,
        call.model,
        call.prompt_version,
        call.outcome,
        call.reason.as_deref(),
        count(call.tokens_in),
        count(call.tokens_out),
        count(call.cost_micros),
        count(call.milliseconds),
        call.skill.as_deref()
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("settling a call"))?;
    Ok(())
}

/// Sets the daily budget of an app or, with `None`, of the whole tenant.
///
/// # Errors
/// When there is no such app, and as for any statement.
pub async fn set_budget(tx: &mut TenantTx, app: Option<AppId>, daily_tokens: u64) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.llm_budget (tenant_id, app_id, daily_tokens) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, scope) DO UPDATE SET daily_tokens = excluded.daily_tokens, updated_at = clock_timestamp()",
        tx.tenant().0,
        app.map(|app| app.0) as Option<Uuid>,
        count(daily_tokens)
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("setting a budget"))?;
    Ok(())
}

/// Forgets the budget of an app or of the whole tenant. Whether there was one.
///
/// # Errors
/// As for any statement.
pub async fn remove_budget(tx: &mut TenantTx, app: Option<AppId>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.llm_budget WHERE tenant_id = $1 AND app_id IS NOT DISTINCT FROM $2",
        tx.tenant().0,
        app.map(|app| app.0) as Option<Uuid>
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("removing a budget"))?;
    Ok(done.rows_affected() == 1)
}

/// The budgets, the whole tenant's first.
///
/// # Errors
/// As for any statement.
pub async fn budgets(tx: &mut TenantTx) -> Result<Vec<Budget>, Error> {
    let rows = sqlx::query!(
        "SELECT app_id, daily_tokens FROM paigong.llm_budget WHERE tenant_id = $1 ORDER BY app_id NULLS FIRST",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("reading budgets"))?;
    Ok(rows
        .into_iter()
        .map(|row| Budget { app: row.app_id.map(AppId), daily_tokens: row.daily_tokens.unsigned_abs() })
        .collect())
}

/// What was spent on `day`: by an app or, with `None`, by the whole tenant.
///
/// # Errors
/// As for any statement.
pub async fn spent(tx: &mut TenantTx, app: Option<AppId>, day: NaiveDate) -> Result<Spent, Error> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(s.calls), 0)::bigint AS "calls!", coalesce(sum(s.tokens_in), 0)::bigint AS "tokens_in!",
                  coalesce(sum(s.tokens_out), 0)::bigint AS "tokens_out!", coalesce(sum(s.cost_micros), 0)::bigint AS "cost_micros!",
                  (SELECT coalesce(sum(r.tokens), 0) FROM paigong.llm_reservation r
                   WHERE r.tenant_id = $1 AND r.day = $2 AND ($3::uuid IS NULL OR r.app_id = $3)
                     AND r.expires_at > clock_timestamp())::bigint AS "reserved!"
           FROM paigong.llm_spend s WHERE s.tenant_id = $1 AND s.day = $2 AND ($3::uuid IS NULL OR s.app_id = $3)"#,
        tx.tenant().0,
        day,
        app.map(|app| app.0) as Option<Uuid>
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("reading what was spent"))?;
    Ok(Spent {
        calls: row.calls.unsigned_abs(),
        tokens_in: row.tokens_in.unsigned_abs(),
        tokens_out: row.tokens_out.unsigned_abs(),
        reserved: row.reserved.unsigned_abs(),
        cost_micros: row.cost_micros.unsigned_abs(),
    })
}

/// Calls, tokens and cost per day, app, purpose and skill, from `from` to `to`, both included.
///
/// # Errors
/// As for any statement.
pub async fn report(tx: &mut TenantTx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Line>, Error> {
    let rows = sqlx::query!(
        r#"SELECT day, app_id, purpose, skill, count(*) AS "calls!", count(*) FILTER (WHERE outcome = 'answered') AS "answered!",
                  sum(tokens_in)::bigint AS "tokens_in!", sum(tokens_out)::bigint AS "tokens_out!",
                  sum(cost_micros)::bigint AS "cost_micros!"
           FROM paigong.llm_call WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
           GROUP BY day, app_id, purpose, skill ORDER BY day, app_id, purpose, skill"#,
        tx.tenant().0,
        from,
        to
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("reporting what was spent"))?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            day: row.day,
            app: AppId(row.app_id),
            purpose: row.purpose,
            skill: row.skill,
            calls: row.calls.unsigned_abs(),
            answered: row.answered.unsigned_abs(),
            tokens_in: row.tokens_in.unsigned_abs(),
            tokens_out: row.tokens_out.unsigned_abs(),
            cost_micros: row.cost_micros.unsigned_abs(),
        })
        .collect())
}

/// As Postgres has it; no count of ours comes near the end of its range.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 4)
}
