//! How an attempt ends: the run is over, or its job goes back into the queue.

use std::time::Duration;

use serde_json::json;
use store::TenantTx;

use super::{Fence, interval};
use crate::{Error, Failure, Row, events};

/// How a run ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// Done.
    Succeeded {
        /// What came back.
        rows: Vec<Row>,
        /// Whether there was more.
        truncated: bool,
    },
    /// Not done, for good.
    Failed(Failure),
    /// Whether it was done can't be known.
    Unknown(Failure),
    /// Not done, attempts used up.
    Dead(Failure),
    /// Taken back before it was begun.
    Cancelled,
}

impl Ending {
    /// The state of the ledger.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "succeeded",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
            Self::Dead(_) => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    fn error(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Unknown(failure) | Self::Dead(failure) => Some(failure),
            Self::Succeeded { .. } | Self::Cancelled => None,
        }
    }

    fn topic(&self) -> events::Topic {
        match self {
            Self::Succeeded { .. } => events::Topic::RunSucceeded,
            Self::Unknown(_) => events::Topic::RunUnknown,
            Self::Failed(_) | Self::Dead(_) | Self::Cancelled => events::Topic::RunFailed,
        }
    }
}

/// Ends the run behind `fence`: the job goes, the ledger, the attempt, the audit entry and the event are written, the run
/// of which it is a step goes on. One statement. `false`: the fence does not hold any more, and nothing was written.
///
/// # Errors
/// As for any statement.
pub async fn finish(tx: &mut TenantTx, fence: Fence, ending: &Ending, status: Option<u16>) -> Result<bool, Error> {
    let result = match ending {
        Ending::Succeeded { rows, truncated } => Some(json!({"rows": rows, "truncated": truncated})),
        _ => None,
    };
    let error = ending.error().map(|failure| json!(failure));
    let outcome = match ending {
        Ending::Succeeded { .. } => "succeeded",
        Ending::Unknown(_) => "unknown",
        Ending::Failed(_) | Ending::Dead(_) | Ending::Cancelled => "failed",
    };
    let done = sqlx::query_scalar!(
        r#"WITH job AS (
               DELETE FROM paigong.job WHERE tenant_id = $1 AND run_id = $2 AND attempt = $3 AND lease_owner IS NOT DISTINCT FROM $4
               RETURNING leased_at
           ), run AS (
               UPDATE paigong.run r SET state = $5, attempt = greatest($3, 1), result = $6::text::json, error = $7::jsonb,
                                        finished_at = clock_timestamp(), told = r.parent_id IS NOT NULL
               FROM job WHERE r.tenant_id = $1 AND r.id = $2
               RETURNING r.app_id, r.conversation_id, r.parent_id, r.skill, r.skill_version, r.effect, r.slots, r.request
           ), attempt AS (
               INSERT INTO paigong.run_attempt (tenant_id, run_id, attempt, worker, started_at, outcome, status, error)
               SELECT $1, $2, $3, $4, coalesce(job.leased_at, clock_timestamp()), $8, $9, $7::jsonb FROM job WHERE $4 IS NOT NULL
           ), woken AS (
               UPDATE paigong.job p SET waiting = false, ready_at = clock_timestamp() FROM run
               WHERE p.tenant_id = $1 AND p.run_id = run.parent_id AND p.waiting
           ), audit AS (
               INSERT INTO paigong.audit (tenant_id, id, actor, action, target, detail)
               SELECT $1, gen_random_uuid(), coalesce(run.request ->> 'user', 'worker'), 'run.' || $5, $2::text,
                      jsonb_build_object('skill', run.skill, 'version', run.skill_version, 'attempt', $3::integer)
               FROM run WHERE run.effect <> 'read'
           )
           SELECT paigong.emit($1, run.app_id, run.conversation_id, gen_random_uuid(), $10, json_build_object(
                      'type', $10::text, 'timestamp', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                      'data', json_build_object('run_id', $2::uuid, 'conversation_id', run.conversation_id,
                          'user', run.request ->> 'user', 'skill', run.skill, 'skill_version', run.skill_version,
                          'slots', run.slots, 'status', $5::text, 'attempt', $3::integer,
                          'result', CASE WHEN length($6) <= 16000 THEN $6::text::json END, 'error', $7::jsonb)))::text AS "emitted"
           FROM run"#,
        tx.tenant().0,
        fence.run.0,
        fence.attempt,
        fence.owner,
        ending.state(),
        result.map(|result| result.to_string()),
        error,
        outcome,
        status.map(i32::from),
        ending.topic().name()
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(store::Error::of("ending a run"))?;
    Ok(done.is_some())
}

/// What happens to a job whose attempt did not end the run.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// It is tried again after a while.
    Again {
        /// The while.
        after: Duration,
        /// Whether this attempt may have had its effect.
        maybe_done: bool,
    },
    /// It waits: for a callback, a step or a person; `None`: for ever.
    Wait(Option<Duration>),
    /// It was not begun and is given back as it was.
    Released,
}

/// Gives the lease up. `false`: the fence does not hold any more, and nothing was written.
///
/// # Errors
/// As for any statement.
pub async fn give_up(
    tx: &mut TenantTx,
    fence: Fence,
    next: &Next,
    failure: Option<&Failure>,
    status: Option<u16>,
) -> Result<bool, Error> {
    let (outcome, state, after, maybe_done) = match next {
        Next::Again { after, maybe_done } => ("again", "queued", Some(*after), *maybe_done),
        Next::Wait(until) => ("waiting", "waiting", *until, false),
        Next::Released => ("released", "queued", Some(Duration::ZERO), false),
    };
    let done = sqlx::query_scalar!(
        r#"WITH job AS (
               UPDATE paigong.job SET lease_owner = NULL, lease_until = NULL, waiting = $5 = 'waiting',
                      tries_left = tries_left + CASE WHEN $6 = 'again' THEN 0 ELSE 1 END, maybe_done = maybe_done OR $7,
                      ready_at = coalesce(clock_timestamp() + $8::interval, 'infinity')
               WHERE tenant_id = $1 AND run_id = $2 AND attempt = $3 AND lease_owner = $4
               RETURNING leased_at
           ), attempt AS (
               INSERT INTO paigong.run_attempt (tenant_id, run_id, attempt, worker, started_at, outcome, status, error)
               SELECT $1, $2, $3, $4, coalesce(leased_at, clock_timestamp()), $6, $9, $10::jsonb FROM job
           )
           UPDATE paigong.run r SET state = $5, attempt = $3, error = coalesce($10::jsonb, error) FROM job
           WHERE r.tenant_id = $1 AND r.id = $2 RETURNING true AS "done!""#,
        tx.tenant().0,
        fence.run.0,
        fence.attempt,
        fence.owner,
        state,
        outcome,
        maybe_done,
        after.map(interval),
        status.map(i32::from),
        failure.map(|failure| json!(failure))
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(store::Error::of("giving a job back"))?;
    Ok(done.is_some())
}
