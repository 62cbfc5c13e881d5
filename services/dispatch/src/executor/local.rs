//! SQL on the product's database by a worker: fence, effect, ledger and event in one transaction. Exactly once.

use paigong_core::fault;
use skills::sql::Statement;
use store::TenantTx;

use super::{Verdict, Work, checks};
use crate::job::{self, Ending};
use crate::{Error, execute};

/// Runs the statement and ends the run. A failed statement or a broken rule ends it, too.
pub(super) async fn run(mut tx: TenantTx, work: &Work<'_>, statement: &Statement) -> Result<Verdict, Error> {
    if !holds(&mut tx, work).await? {
        return Ok(Verdict::Recorded);
    }
    let ending = match effect(&mut tx, work, statement).await {
        Ok(ending) => ending,
        // Serialization failure, deadlock: the whole transaction again, without counting as an attempt of its own.
        Err(Error::Store(store::Error::Retry { .. })) => {
            return Ok(Verdict::Later(job::Next::Released, None, None));
        }
        Err(error) => return Err(error),
    };
    job::finish(&mut tx, work.job.fence(), &ending, None).await?;
    fault::point("local.before_commit");
    tx.commit().await?;
    fault::point("local.committed");
    Ok(Verdict::Recorded)
}

/// Whether the claim still holds; if so, for the rest of the transaction.
pub(super) async fn holds(tx: &mut TenantTx, work: &Work<'_>) -> Result<bool, Error> {
    let job = job::lock(tx, work.job.run).await?;
    Ok(job.is_some_and(|job| job.attempt == work.job.attempt && job.owner == Some(work.job.worker)))
}

async fn effect(tx: &mut TenantTx, work: &Work<'_>, statement: &Statement) -> Result<Ending, Error> {
    let request = work.request();
    if let Err(failure) = checks::check(tx, work.skill, &request).await? {
        return Ok(Ending::Failed(failure));
    }
    fault::point("local.before_effect");
    let result = execute(tx, work.skill, statement, &request).await?;
    fault::point("local.after_effect");
    Ok(match result {
        Ok(found) => Ending::Succeeded { rows: found.rows, truncated: found.truncated },
        Err(failure) => Ending::Failed(failure),
    })
}
