//! Makes facts of stored turns, beside the turns: a loop that any number of replicas may run, and making all of them anew.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, TenantId};
use store::facts::{self, WINDOW};
use store::{Store, TenantTx, tenants};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::facts::facts as facts_of;

/// How often is looked for new turns.
const EVERY: Duration = Duration::from_secs(3);
/// How often attempts to log in that no longer count are swept away.
const SWEEP: Duration = Duration::from_secs(3600);
/// Conversations of one transaction.
const BATCH: u32 = 50;

/// Makes facts until `stop`. One replica at a time works on a tenant; what breaks off is done again in the next round. Attempts to
/// log in that no longer count are swept away beside it.
pub async fn project(store: Store, stop: CancellationToken) {
    // Those who were not served while nobody ran are looked at once; after that, only those with something to do.
    let mut behind: Option<HashSet<TenantId>> = None;
    let mut swept = None;
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if swept.is_none_or(|at: Instant| at.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            if let Err(error) = store::attempts::sweep(&store).await {
                tracing::warn!(error = paigong_core::chain(&error), "old attempts to log in could not be swept away");
            }
        }
        if let Err(error) = all(&store, &mut behind, &stop).await {
            tracing::warn!(error = paigong_core::chain(&error), "facts of turns wait for the database");
        }
    }
}

/// One round over the tenants that have something to do, and those that are still `behind`.
async fn all(store: &Store, behind: &mut Option<HashSet<TenantId>>, stop: &CancellationToken) -> Result<(), Error> {
    let behind = match behind {
        Some(behind) => behind,
        None => behind.insert(tenants::list(store).await?.into_iter().map(|tenant| tenant.id).collect()),
    };
    let mut tenants = behind.clone();
    tenants.extend(facts::tenants(store, Utc::now() - WINDOW, Utc::now()).await?);
    for tenant in tenants {
        let since = if behind.contains(&tenant) { DateTime::UNIX_EPOCH } else { Utc::now() - WINDOW };
        while !stop.is_cancelled() {
            match round(store, tenant, since, Utc::now()).await {
                Ok(Some(0)) => {
                    behind.remove(&tenant);
                    break;
                }
                Ok(Some(_)) => {}
                // Another replica is at it.
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(error = paigong_core::chain(&error), "facts of turns could not be made");
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Makes the facts of one batch of a tenant's conversations. `None`: another replica is at it; else how many there were.
///
/// # Errors
/// When the database can't be used.
pub async fn round(
    store: &Store,
    tenant: TenantId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<usize>, Error> {
    let mut tx = store.begin(tenant).await?;
    if !facts::claim(&mut tx).await? {
        return Ok(None);
    }
    let stale = facts::stale(&mut tx, since, now, BATCH).await?;
    for (conversation, app) in &stale {
        write(&mut tx, *app, *conversation, now).await?;
    }
    tx.commit().await?;
    Ok(Some(stale.len()))
}

/// Makes all facts of a tenant anew; how many turns have some now.
///
/// # Errors
/// When the database can't be used.
pub async fn rebuild(store: &Store, tenant: TenantId, now: DateTime<Utc>) -> Result<u64, Error> {
    let mut tx = store.begin(tenant).await?;
    while !facts::claim(&mut tx).await? {
        tx.rollback().await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        tx = store.begin(tenant).await?;
    }
    facts::clear(&mut tx).await?;
    let mut turns = 0;
    // In one transaction, so that whoever counts meanwhile counts what was there before.
    loop {
        let stale = facts::stale(&mut tx, DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, BATCH).await?;
        if stale.is_empty() {
            break;
        }
        for (conversation, app) in stale {
            turns += write(&mut tx, app, conversation, now).await?;
        }
    }
    tx.commit().await?;
    Ok(turns)
}

async fn write(tx: &mut TenantTx, app: AppId, conversation: ConversationId, now: DateTime<Utc>) -> Result<u64, Error> {
    let rows = facts_of(&facts::sources(tx, conversation).await?, now);
    for row in &rows {
        facts::put(tx, app, conversation, row).await?;
    }
    Ok(rows.len() as u64)
}
