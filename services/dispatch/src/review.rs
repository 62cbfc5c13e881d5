//! What a person decides about a run: whether it was done, that it is to be tried again, what another system or a colleague
//! reported. Every decision is in the audit log.

use paigong_core::RunId;
use serde_json::{Value, json};
use store::{TenantTx, audit};

use crate::job::{self, CHANNEL, Ending, Fence};
use crate::{Error, Failure, Reason, Row};

/// A decision about a run whose outcome is not known, or whose attempts are used up.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It was done, and this is what came of it.
    Done(Vec<Row>),
    /// It was not done, and will not be.
    NotDone,
    /// It was not done, and is to be tried again.
    Retry,
}

impl Verdict {
    fn name(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::NotDone => "not_done",
            Self::Retry => "retry",
        }
    }
}

/// Applies a verdict to a run in the state unknown or dead. `false`: it is in another state, and nothing was changed.
///
/// # Errors
/// As for any statement.
pub async fn resolve(
    tx: &mut TenantTx,
    run: RunId,
    verdict: &Verdict,
    actor: &str,
    note: &str,
    tries: i32,
) -> Result<bool, Error> {
    let Some(attempt) = reopen(tx, run, tries).await? else { return Ok(false) };
    let fence = Fence { run, attempt, owner: None };
    match verdict {
        Verdict::Retry => {}
        Verdict::Done(rows) => {
            let ending = Ending::Succeeded { rows: rows.clone(), truncated: false };
            job::finish(tx, fence, &ending, None).await?;
        }
        Verdict::NotDone => {
            let failure = Failure::new(Reason::NotDone, "a person has found that it was not done".into());
            job::finish(tx, fence, &Ending::Failed(failure), None).await?;
        }
    }
    audit::record(tx, actor, "run.resolved", &run.to_string(), &json!({"verdict": verdict.name(), "note": note}))
        .await?;
    Ok(true)
}

/// Puts a run in the state unknown or dead back into the queue, ready now; its parent too, if that ended because of it.
/// The attempts go on counting; the last one is returned. A dead step stays: what it belonged to was taken back.
async fn reopen(tx: &mut TenantTx, run: RunId, tries: i32) -> Result<Option<i32>, Error> {
    let attempt = sqlx::query_scalar!(
        r#"WITH RECURSIVE chain AS (
               SELECT r.id, r.parent_id, 0 AS depth FROM paigong.run r
               WHERE r.tenant_id = $1 AND r.id = $2 AND r.request IS NOT NULL
                     AND (r.state = 'unknown' OR r.state = 'dead' AND r.parent_id IS NULL)
               UNION ALL
               SELECT p.id, p.parent_id, c.depth + 1 FROM chain c
               JOIN paigong.run p ON p.tenant_id = $1 AND p.id = c.parent_id AND p.state = 'unknown' AND c.depth < 3
           ), run AS (
               UPDATE paigong.run r SET state = CASE WHEN chain.depth = 0 THEN 'queued' ELSE 'waiting' END, finished_at = NULL
               FROM chain WHERE r.tenant_id = $1 AND r.id = chain.id
               RETURNING r.id, r.attempt, r.request, chain.depth
           ), job AS (
               INSERT INTO paigong.job (tenant_id, run_id, attempt, tries_left, may_repeat, waiting, ready_at)
               SELECT $1, run.id, run.attempt, $3, coalesce((run.request ->> 'may_repeat')::boolean, false), run.depth > 0,
                      CASE WHEN run.depth > 0 THEN 'infinity' ELSE clock_timestamp() END
               FROM run
           )
           SELECT run.attempt AS "attempt!" FROM run, pg_notify($4, '') WHERE run.depth = 0"#,
        tx.tenant().0,
        run.0,
        tries.max(1),
        CHANNEL
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(store::Error::of("putting a run back into the queue"))?;
    Ok(attempt)
}

/// What another system or a person reports about a run that waits for it. `false`: it does not wait (any more), and nothing
/// was changed.
///
/// # Errors
/// As for any statement.
pub async fn report(tx: &mut TenantTx, run: RunId, report: Result<Vec<Row>, String>) -> Result<bool, Error> {
    let Some(job) = job::lock(tx, run).await?.filter(|job| job.waiting && job.kind != "steps") else {
        return Ok(false);
    };
    let ending = match report {
        Ok(rows) => Ending::Succeeded { rows, truncated: false },
        Err(message) => {
            let reason = if job.kind == "handoff" { Reason::Rejected } else { Reason::Answer };
            Ending::Failed(Failure::new(reason, message.chars().take(500).collect()))
        }
    };
    job::finish(tx, Fence { run, attempt: job.attempt, owner: None }, &ending, None).await
}

/// The rows that a person or a callback gave, whatever their form: an array of objects, an object, or nothing.
#[must_use]
pub fn rows_of(value: Value) -> Vec<Row> {
    match value {
        Value::Object(row) if !row.is_empty() => vec![row],
        Value::Array(items) => {
            items.into_iter().filter_map(|item| if let Value::Object(row) = item { Some(row) } else { None }).collect()
        }
        _ => Vec::new(),
    }
}
