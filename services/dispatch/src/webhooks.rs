//! Delivers events to the apps' webhooks: signed after Standard Webhooks, in order within a conversation, again and again
//! over hours, at least once. What was committed is delivered; what was delivered may be sent once more if the worker died
//! before it could write so, with the same `webhook-id`.
//!
//! * [`attempt`]: one attempt, from opening the secrets to writing how it ended
//! * [`schedule`]: when to try again; pure
//! * [`secrets`]: a webhook's signing secrets, sealed
//!
//! The truth is in `paigong.delivery`; nothing here is lost with the process but the lease, which ends by itself.

mod attempt;
mod schedule;
pub mod secrets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use outbound::Client;
use outbound::seal::Keyring;
use paigong_core::AppId;
use rand::RngExt as _;
use serde_json::json;
use store::deliveries::{self, Delivery};
use store::{Store, TenantTx, tenants};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use schedule::Schedule;

/// The longest pause after the database could not be asked.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The kind of event that nobody subscribes to: it is sent to whoever asks for it.
const TEST: &str = "test";
/// Events deleted in one transaction.
const SWEPT: u32 = 500;

/// How to deliver.
#[derive(Debug, Clone)]
pub struct Options {
    /// Deliveries leased at once, at most.
    pub batch: usize,
    /// Deliveries under way at once. One webhook takes half of them at most, one that fails a single one.
    pub concurrency: usize,
    /// How long a delivery is this worker's; longer than an attempt can take.
    pub lease: Duration,
    /// How often to look for work when there was none.
    pub poll: Duration,
    /// How long an attempt may take, start to end.
    pub timeout: Duration,
    /// When to try again.
    pub schedule: Schedule,
    /// A webhook that has been failing for this long is disabled.
    pub give_up_after: Duration,
    /// Events are kept for this long.
    pub keep: Duration,
    /// How often events that are older are deleted.
    pub sweep: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 20,
            concurrency: 8,
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(1),
            timeout: Duration::from_secs(20),
            schedule: Schedule::default(),
            give_up_after: Duration::from_hours(5 * 24),
            keep: Duration::from_hours(30 * 24),
            sweep: Duration::from_hours(1),
        }
    }
}

/// A worker that delivers. Several may run, in one process or in many.
#[derive(Debug)]
pub struct Deliverer {
    parts: Arc<Parts>,
}

/// What every attempt needs.
#[derive(Debug)]
struct Parts {
    /// Which worker this is, in leases.
    worker: Uuid,
    store: Store,
    client: Client,
    keyring: Arc<Keyring>,
    options: Options,
}

impl Deliverer {
    /// A worker that does nothing until it [`run`](Self::run)s.
    #[must_use]
    pub fn new(store: Store, client: Client, keyring: Arc<Keyring>, options: Options) -> Self {
        let worker = Uuid::now_v7();
        Self { parts: Arc::new(Parts { worker, store, client, keyring, options }) }
    }

    /// Delivers until `stop` is cancelled, then finishes what is under way. Dropped earlier, it leaves that to whoever
    /// comes after its leases.
    pub async fn run(self, stop: CancellationToken) {
        let Parts { worker, options, .. } = &*self.parts;
        tracing::info!(%worker, "delivering events to webhooks");
        let mut under_way = JoinSet::new();
        let mut pause = options.poll;
        let mut swept = Instant::now();
        while !stop.is_cancelled() {
            // No more than can begin at once: a lease runs from the claim on.
            let free = options.batch.min(options.concurrency.saturating_sub(under_way.len()));
            pause = match self.claim(free).await {
                Ok(claimed) => {
                    for delivery in claimed {
                        under_way.spawn(attempt::deliver(Arc::clone(&self.parts), delivery));
                    }
                    options.poll
                }
                Err(error) => {
                    tracing::warn!(error = paigong_core::chain(&error), "deliveries can't be claimed");
                    (pause * 2).clamp(options.poll, LONGEST_PAUSE.max(options.poll))
                }
            };
            if swept.elapsed() >= options.sweep {
                swept = Instant::now();
                self.sweep(&stop).await;
            }
            // One that ends may let the next of its conversation go: look again at once, not only for a free place.
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = under_way.join_next() => {
                    note(ended);
                    while let Some(ended) = under_way.try_join_next() {
                        note(ended);
                    }
                }
                () = tokio::time::sleep(jittered(pause)) => {}
            }
        }
        while let Some(ended) = under_way.join_next().await {
            note(ended);
        }
    }

    async fn claim(&self, free: usize) -> Result<Vec<deliveries::Claimed>, store::Error> {
        let Parts { worker, store, options, .. } = &*self.parts;
        if free == 0 {
            return Ok(Vec::new());
        }
        let share = (options.concurrency / 2).max(1);
        let claimed = deliveries::claim(store, *worker, free, options.lease, share).await?;
        if !claimed.is_empty() {
            paigong_core::fault::point("webhook.claimed");
        }
        Ok(claimed)
    }

    /// Deletes what is older than it is kept, tenant by tenant in small transactions.
    async fn sweep(&self, stop: &CancellationToken) {
        let Parts { store, options, .. } = &*self.parts;
        let sweep = async {
            for tenant in tenants::list(store).await? {
                loop {
                    let mut tx = store.begin(tenant.id).await?;
                    let deleted = deliveries::sweep(&mut tx, options.keep, SWEPT).await?;
                    tx.commit().await?;
                    if deleted > 0 {
                        tracing::info!(tenant = %tenant.id, deleted, "deleted old events");
                    }
                    if deleted < u64::from(SWEPT) || stop.is_cancelled() {
                        break;
                    }
                }
            }
            Ok::<_, store::Error>(())
        };
        if let Err(error) = sweep.await {
            tracing::warn!(error = paigong_core::chain(&error), "old events can't be deleted");
        }
    }
}

/// Writes an event of the kind `test` for one webhook of `app` alone.
///
/// # Errors
/// As for any statement.
pub async fn test(tx: &mut TenantTx, app: AppId, webhook: Uuid) -> Result<Delivery, store::Error> {
    let payload = json!({"type": TEST, "timestamp": Utc::now().to_rfc3339(), "data": {"webhook_id": webhook}});
    deliveries::send_to(tx, app, webhook, TEST, &payload.to_string()).await
}

/// A panic of an attempt is a fault of ours; its delivery is made again when the lease has ended.
fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an attempt to deliver ended badly");
    }
}

/// Up to a fifth more or less, so that workers do not ask in step.
fn jittered(time: Duration) -> Duration {
    time.mul_f64(rand::rng().random_range(0.8..1.2))
}
