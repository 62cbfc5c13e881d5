//! The queue: runs that are still to be done. The only place that moves a run from one state to another after it was begun.
//!
//! Every write of a worker names the attempt and the worker (the fence): when the lease has gone to somebody else it finds
//! no row, and nothing is written. Only the database's clock counts.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use paigong_core::{AppId, ConversationId, Language, RunId, TenantId, TurnId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use skills::{Effect, Execution, Skill};
use sqlx::postgres::types::PgInterval;
use store::{Store, TenantTx};
use uuid::Uuid;

use crate::{Error, Request, ledger};

mod ending;

pub use ending::{Ending, Next, finish, give_up};

/// Postgres channel that hints at new jobs; polling is the truth.
pub const CHANNEL: &str = "paigong_jobs";

/// Who asked for a run, when and how: what a worker needs besides the slots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The end user.
    pub user: String,
    /// The language of the conversation.
    pub language: Language,
    /// The local time of the turn; for a run that was put off, of the time it was put off to.
    pub now: NaiveDateTime,
    /// What else is known of the user.
    #[serde(default)]
    pub context: Map<String, Value>,
    /// Whether a lost attempt may be made again; kept for runs that are put into the queue a second time.
    #[serde(default)]
    pub may_repeat: bool,
}

/// How a run is put into the queue.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    /// Not before; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// How far the database's clock is ahead of the one that `at` is meant by: nothing, unless that one is set.
    pub lag: TimeDelta,
    /// No attempt begins after it.
    pub deadline: Option<DateTime<Utc>>,
    /// Smaller first, among the tenant's; 100 where nothing else is said.
    pub priority: Option<i16>,
    /// Attempts in all.
    pub tries: i32,
    /// How long the turn itself waits for the outcome; after that whoever comes first tells the conversation.
    pub told_by_turn: Duration,
    /// The run that this is a step of.
    pub step: Option<StepOf>,
}

/// Where a step belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepOf {
    /// The run of the whole.
    pub parent: RunId,
    /// The how manieth, from 0.
    pub step: i16,
    /// The run that is taken back.
    pub undoes: Option<RunId>,
}

/// A run that this worker has under lease.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Whose.
    pub tenant: TenantId,
    /// The run.
    pub run: RunId,
    /// The attempt, from 1; with the worker it is the fence.
    pub attempt: i32,
    /// Attempts that remain after this one.
    pub tries_left: i32,
    /// Whether a lost attempt may be made again.
    pub may_repeat: bool,
    /// Whether an earlier attempt may have had its effect.
    pub maybe_done: bool,
    /// The worker that has the lease.
    pub worker: Uuid,
    /// The app.
    pub app: AppId,
    /// `sql`, `remote`, `http`, `handoff` or `steps`.
    pub kind: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn.
    pub turn: TurnId,
    /// The skill.
    pub skill: String,
    /// Its version.
    pub version: u32,
    /// Its slots.
    pub slots: Map<String, Value>,
    /// Who asked.
    pub asked: Asked,
    /// The run of which this is a step.
    pub parent: Option<RunId>,
    /// The tenant's.
    pub time_zone: Tz,
}

/// Puts a run of `skill` into the ledger and the queue, in the turn's transaction.
///
/// # Errors
/// [`Error::AlreadyRun`] when the same run is there already.
pub async fn enqueue(tx: &mut TenantTx, skill: &Skill, request: &Request<'_>, plan: Plan) -> Result<RunId, Error> {
    let run = RunId::new();
    let may_repeat = match &skill.run {
        Execution::Http(call) => call.idempotent || skill.manifest.effect == Effect::Read,
        _ => true,
    };
    let asked = Asked {
        user: request.user.to_owned(),
        language: request.language,
        now: plan.at.map_or(request.now, |at| at.with_timezone(&request.time_zone).naive_local()),
        context: request.context.clone(),
        may_repeat,
    };
    let waits_for_person = matches!(skill.run, Execution::Handoff { .. });
    let key = match plan.step {
        Some(step) => ledger::step_key(step),
        None => ledger::run_key(tx.tenant(), skill, request),
    };
    sqlx::query!(
        r#"WITH run AS (
               INSERT INTO paigong.run (tenant_id, id, app_id, conversation_id, turn_id, skill, skill_version, effect, kind, slots,
                                        request, run_key, state, attempt, parent_id, step, undoes, told, tell_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::json, $12, $13, 0, $14, $15, $16, $17,
                       clock_timestamp() + $18::interval)
           ), job AS (
               INSERT INTO paigong.job (tenant_id, run_id, priority, ready_at, deadline_at, tries_left, may_repeat, waiting)
               VALUES ($1, $2, $19, CASE WHEN $20 THEN 'infinity' ELSE coalesce($21, clock_timestamp()) END, $22, $23, $24, $20)
           )
           SELECT pg_notify($25, '')::text AS "sent""#,
        tx.tenant().0,
        run.0,
        request.app.0,
        request.conversation.0,
        request.turn.0,
        skill.name(),
        i32::try_from(skill.version).unwrap_or(i32::MAX),
        ledger::effect_name(skill.manifest.effect),
        skill.run.kind(),
        ledger::canonical(&Value::Object(request.slots.clone())),
        json!(asked).to_string(),
        key,
        if waits_for_person { "waiting" } else { "queued" },
        plan.step.map(|step| step.parent.0),
        plan.step.map(|step| step.step),
        plan.step.and_then(|step| step.undoes).map(|run| run.0),
        plan.step.is_some(),
        interval(plan.told_by_turn),
        plan.priority.unwrap_or(100),
        waits_for_person,
        plan.at.map(|at| at + plan.lag),
        plan.deadline,
        plan.tries.max(1),
        may_repeat,
        CHANNEL
    )
    .fetch_one(tx.connection())
    .await
    .map_err(store::Error::of("putting a run into the queue"))
    .map_err(ledger::already_run)?;
    Ok(run)
}

/// Leases ready jobs of all tenants to `worker`, at most `batch`, in turn; at most `share` of a tenant are leased at once,
/// unless the tenant has a number of its own.
///
/// # Errors
/// As for any statement.
pub async fn claim(
    store: &Store,
    worker: Uuid,
    batch: usize,
    lease: Duration,
    share: usize,
) -> Result<Vec<Claimed>, Error> {
    const OPERATION: &str = "claiming jobs";
    let rows = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id!", run_id AS "run_id!", attempt AS "attempt!", tries_left AS "tries_left!",
                  may_repeat AS "may_repeat!", maybe_done AS "maybe_done!", app_id AS "app_id!", kind AS "kind!", conversation_id AS "conversation_id!",
                  turn_id AS "turn_id!", skill AS "skill!", skill_version AS "skill_version!", slots AS "slots!",
                  request AS "request!", parent_id, time_zone AS "time_zone!"
           FROM paigong.claim_jobs($1, $2, $3, $4)"#,
        worker,
        i32::try_from(batch).unwrap_or(i32::MAX),
        interval(lease),
        i32::try_from(share).unwrap_or(i32::MAX)
    )
    .fetch_all(store.pool())
    .await
    .map_err(store::Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let corrupt = |message: String| store::Error::Corrupt { operation: OPERATION, message };
            let Value::Object(slots) = row.slots else { return Err(corrupt("slots are not an object".into()).into()) };
            Ok(Claimed {
                tenant: TenantId(row.tenant_id),
                run: RunId(row.run_id),
                attempt: row.attempt,
                tries_left: row.tries_left,
                may_repeat: row.may_repeat,
                maybe_done: row.maybe_done,
                worker,
                app: AppId(row.app_id),
                kind: row.kind,
                conversation: ConversationId(row.conversation_id),
                turn: TurnId(row.turn_id),
                skill: row.skill,
                version: u32::try_from(row.skill_version).map_err(|error| corrupt(error.to_string()))?,
                slots,
                asked: serde_json::from_value(row.request).map_err(|error| corrupt(error.to_string()))?,
                parent: row.parent_id.map(RunId),
                time_zone: row
                    .time_zone
                    .parse()
                    .map_err(|_| corrupt(format!("{:?} is no time zone", row.time_zone)))?,
            })
        })
        .collect()
}

/// A lease that is still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub tenant: TenantId,
    /// The run.
    pub run: RunId,
    /// The attempt.
    pub attempt: i32,
    /// Whether somebody wants it stopped.
    pub cancelled: bool,
}

/// Prolongs the leases of `worker` on `runs`; those that are not in the answer are lost.
///
/// # Errors
/// As for any statement.
pub async fn extend(store: &Store, worker: Uuid, runs: &[RunId], lease: Duration) -> Result<Vec<Held>, Error> {
    let runs: Vec<Uuid> = runs.iter().map(|run| run.0).collect();
    let rows = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id!", run_id AS "run_id!", attempt AS "attempt!", cancelled AS "cancelled!"
           FROM paigong.extend_leases($1, $2, $3)"#,
        worker,
        &runs,
        interval(lease)
    )
    .fetch_all(store.pool())
    .await
    .map_err(store::Error::of("prolonging leases"))?;
    let held = |row: (Uuid, Uuid, i32, bool)| Held {
        tenant: TenantId(row.0),
        run: RunId(row.1),
        attempt: row.2,
        cancelled: row.3,
    };
    Ok(rows.into_iter().map(|row| held((row.tenant_id, row.run_id, row.attempt, row.cancelled))).collect())
}

/// Runs of all tenants that are over and whose conversation nobody has told.
///
/// # Errors
/// As for any statement.
pub async fn untold(store: &Store, batch: i32) -> Result<Vec<(TenantId, RunId)>, Error> {
    let rows =
        sqlx::query!(r#"SELECT tenant_id AS "tenant_id!", run_id AS "run_id!" FROM paigong.untold_runs($1)"#, batch)
            .fetch_all(store.pool())
            .await
            .map_err(store::Error::of("looking for outcomes to be told"))?;
    Ok(rows.into_iter().map(|row| (TenantId(row.tenant_id), RunId(row.run_id))).collect())
}

/// Notes that the conversation knows how `run` ended.
///
/// # Errors
/// As for any statement.
pub async fn mark_told(tx: &mut TenantTx, run: RunId) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.run SET told = true WHERE tenant_id = $1 AND id = $2 AND NOT told",
        tx.tenant().0,
        run.0
    )
    .execute(tx.connection())
    .await
    .map_err(store::Error::of("noting that an outcome was told"))?;
    Ok(())
}

/// What fences a write: the attempt, and who has the lease; `None`: nobody may have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The run.
    pub run: RunId,
    /// The attempt.
    pub attempt: i32,
    /// The worker.
    pub owner: Option<Uuid>,
}

impl Claimed {
    /// What fences this claim's writes.
    #[must_use]
    pub fn fence(&self) -> Fence {
        Fence { run: self.run, attempt: self.attempt, owner: Some(self.worker) }
    }
}

/// A job as it stands, locked for the rest of the transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The attempt.
    pub attempt: i32,
    /// Attempts that remain.
    pub tries_left: i32,
    /// Whether a lost attempt may be made again.
    pub may_repeat: bool,
    /// Whether an attempt of a write may have had its effect.
    pub maybe_done: bool,
    /// Whether it waits.
    pub waiting: bool,
    /// Whether somebody wants it stopped.
    pub cancelled: bool,
    /// Who has the lease.
    pub owner: Option<Uuid>,
    /// Whether that lease is over.
    pub lease_is_over: bool,
    /// Whether the time to wait, or to begin, is over.
    pub is_late: bool,
    /// `sql`, `remote`, `http`, `handoff` or `steps`.
    pub kind: String,
    /// `read`, `write` or `money`.
    pub effect: String,
}

/// Locks the job of `run`; `None`: the run is over, or was never in the queue.
///
/// # Errors
/// As for any statement.
pub async fn lock(tx: &mut TenantTx, run: RunId) -> Result<Option<Job>, Error> {
    let job = sqlx::query_as!(
        Job,
        r#"SELECT j.attempt, j.tries_left, j.may_repeat, j.maybe_done, j.waiting, j.cancelled, j.lease_owner AS owner,
                  coalesce(j.lease_until < clock_timestamp(), false) AS "lease_is_over!",
                  CASE WHEN j.waiting THEN j.ready_at < clock_timestamp()
                       ELSE coalesce(j.deadline_at < clock_timestamp(), false) END AS "is_late!",
                  r.kind, r.effect
           FROM paigong.job j JOIN paigong.run r ON r.tenant_id = j.tenant_id AND r.id = j.run_id
           WHERE j.tenant_id = $1 AND j.run_id = $2 FOR UPDATE OF j"#,
        tx.tenant().0,
        run.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(store::Error::of("locking a job"))?;
    Ok(job)
}

pub(crate) fn interval(duration: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 2) }
}
