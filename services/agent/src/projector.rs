//! Makes facts of stored turns, beside the turns: a loop that any number of replicas may run, and making all of them anew.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use paigong_core::{AppId, ConversationId, TenantId};
use store::facts::{self, WINDOW};
use store::{Store, TenantTx, tenants};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::facts::facts as facts_of;

/// How often is looked for new turns.
const EVERY: Duration = Duration::from_secs(3);
/// Conversations of one transaction.
const BATCH: u32 = 50;

/// Makes facts until `stop`. One replica at a time works on a tenant; what breaks off is done again in the next round.
pub async fn project(store: Store, stop: CancellationToken) {
    // Those who were not served while nobody ran are looked for once.
    let mut caught_up: HashSet<TenantId> = HashSet::new();
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        let tenants = match tenants::list(&store).await {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::warn!(error = paigong_core::chain(&error), "facts of turns wait for the database");
                continue;
            }
        };
        for tenant in tenants {
            let now = Utc::now();
            let since = if caught_up.contains(&tenant.id) { now - WINDOW } else { DateTime::UNIX_EPOCH };
            loop {
                if stop.is_cancelled() {
                    return;
                }
                match round(&store, tenant.id, since, Utc::now()).await {
                    Ok(Some(0)) => {
                        caught_up.insert(tenant.id);
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
    }
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
