//! What becomes of jobs that nobody is at work on any more: their worker is gone, nobody answered in time, their deadline
//! has passed; and of those that somebody wants stopped.

use paigong_core::{RunId, TenantId};
use store::{Store, TenantTx};

use crate::job::{self, Ending, Fence, Job, Next};
use crate::retry::Retry;
use crate::{Error, Failure, Reason};

/// Jobs that are looked at in one go.
const BATCH: i32 = 200;

/// Sees to every job that is overdue. Returns how many were.
///
/// # Errors
/// As for any statement; what was seen to stays so.
pub async fn reap(store: &Store, retry: &Retry) -> Result<usize, Error> {
    let rows =
        sqlx::query!(r#"SELECT tenant_id AS "tenant_id!", run_id AS "run_id!" FROM paigong.overdue_jobs($1)"#, BATCH)
            .fetch_all(store.pool())
            .await
            .map_err(store::Error::of("looking for overdue jobs"))?;
    let mut count = 0;
    for row in rows {
        let mut tx = store.begin(TenantId(row.tenant_id)).await?;
        if settle(&mut tx, RunId(row.run_id), retry).await? {
            paigong_core::fault::point("reap.before_commit");
            tx.commit().await?;
            count += 1;
        }
    }
    Ok(count)
}

/// `false`: there was nothing to do after all.
async fn settle(tx: &mut TenantTx, run: RunId, retry: &Retry) -> Result<bool, Error> {
    let Some(job) = job::lock(tx, run).await? else { return Ok(false) };
    let fence = Fence { run, attempt: job.attempt, owner: job.owner };
    let writes = job.effect != "read";
    if job.owner.is_some() {
        if !job.lease_is_over {
            return Ok(false);
        }
        let failure = Failure::new(Reason::Lost, "the worker that was at it is gone".into());
        tracing::warn!(%run, attempt = job.attempt, kind = job.kind, "a lease ran out");
        // On the product's database it was done or not, and the ledger says which. Elsewhere only another attempt finds out,
        // if there may be one.
        let maybe_done = writes && job.kind != "sql";
        return if job.may_repeat && job.tries_left > 0 {
            let after = retry.wait(job.attempt, rand::random());
            job::give_up(tx, fence, &Next::Again { after, maybe_done }, Some(&failure), None).await
        } else {
            let ending = exhausted(&job, maybe_done, failure);
            job::finish(tx, fence, &ending, None).await
        };
    }
    if job.cancelled && !job.waiting && !job.maybe_done {
        return job::finish(tx, fence, &Ending::Cancelled, None).await;
    }
    if !job.is_late && !job.cancelled {
        return Ok(false);
    }
    if job.waiting && !job.is_late {
        return Ok(false);
    }
    let ending = if job.waiting && job.kind == "steps" {
        // A step that ended woke it, or will; looking again does no harm.
        return wake(tx, run).await;
    } else if job.waiting && writes {
        Ending::Unknown(Failure::new(Reason::Timeout, "the other system took the request and never reported".into()))
    } else if job.waiting {
        Ending::Failed(Failure::new(Reason::Timeout, "the other system took the request and never reported".into()))
    } else if job.maybe_done {
        Ending::Unknown(Failure::new(Reason::Deadline, "it is not tried again, and an attempt may have done it".into()))
    } else {
        Ending::Failed(Failure::new(Reason::Deadline, "it could not be begun in time".into()))
    };
    job::finish(tx, fence, &ending, None).await
}

/// How a run ends that can't be tried again.
pub(crate) fn exhausted(job: &Job, maybe_done: bool, failure: Failure) -> Ending {
    if job.maybe_done || maybe_done { Ending::Unknown(failure) } else { Ending::Dead(failure) }
}

async fn wake(tx: &mut TenantTx, run: RunId) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE paigong.job SET waiting = false, ready_at = clock_timestamp() WHERE tenant_id = $1 AND run_id = $2 AND waiting",
        tx.tenant().0,
        run.0
    )
    .execute(tx.connection())
    .await
    .map_err(store::Error::of("waking a job"))?;
    Ok(done.rows_affected() == 1)
}

/// What came of a wish to stop a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It will not be done.
    Yes,
    /// A worker is at it, and stops if that is still possible.
    Asked,
    /// It is over, or may have been done already.
    TooLate,
}

/// Stops a run that was not begun yet.
///
/// # Errors
/// As for any statement.
pub async fn cancel(tx: &mut TenantTx, run: RunId) -> Result<Cancelled, Error> {
    let Some(job) = job::lock(tx, run).await? else { return Ok(Cancelled::TooLate) };
    // Waiting for a person: nothing was done yet. Waiting for another system: it was asked to do it.
    let is_begun = job.maybe_done || job.waiting && job.kind != "handoff";
    if job.owner.is_some() {
        sqlx::query!(
            "UPDATE paigong.job SET cancelled = true WHERE tenant_id = $1 AND run_id = $2",
            tx.tenant().0,
            run.0
        )
        .execute(tx.connection())
        .await
        .map_err(store::Error::of("asking a worker to stop"))?;
        return Ok(Cancelled::Asked);
    }
    if is_begun {
        return Ok(Cancelled::TooLate);
    }
    let fence = Fence { run, attempt: job.attempt, owner: None };
    let done = job::finish(tx, fence, &Ending::Cancelled, None).await?;
    Ok(if done { Cancelled::Yes } else { Cancelled::TooLate })
}
