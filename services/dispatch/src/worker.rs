//! A worker: takes jobs from the queue of all tenants, has them done, and writes down what came of it.
//!
//! Any number of workers share one database. Each keeps its leases alive with heartbeats; a worker that can't, be it dead,
//! stopped or cut off, loses them, and whatever it writes afterwards finds no row.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use paigong_core::{RunId, chain};
use store::Store;
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::job::{self, CHANNEL, Claimed, Ending, Next};
use crate::retry::Retry;
use crate::{Error, Failure, Reason, reap};

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Jobs at once.
    pub concurrency: usize,
    /// Jobs of one tenant at once, over all workers, unless the tenant has a number of its own.
    pub share: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// Between heartbeats.
    pub heartbeat: Duration,
    /// Between looks into the queue when nothing hints at new jobs.
    pub poll: Duration,
    /// Between looks for jobs whose worker is gone.
    pub reap: Duration,
    /// How long jobs in hand may take to finish when the worker is stopped.
    pub drain: Duration,
    /// When failed attempts are made again.
    pub retry: Retry,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 8,
            share: 8,
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            reap: Duration::from_secs(5),
            drain: Duration::from_secs(25),
            retry: Retry::default(),
        }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The run is over; with the status of an HTTP answer.
    End(Ending, Option<u16>),
    /// It goes on later.
    Later(Next, Option<Failure>, Option<u16>),
    /// The executor wrote it down itself, in the transaction of the effect, or has lost its lease.
    Recorded,
}

/// Does jobs. Whatever it starts must be given up when its future is dropped.
pub trait Executor: Send + Sync + 'static {
    /// Does `job`. `stop` is cancelled when somebody wants it stopped; what can't be stopped is finished.
    fn execute<'a>(
        &'a self,
        job: &'a Claimed,
        stop: &'a CancellationToken,
    ) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;
}

/// A worker; clones are the same one.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    id: Uuid,
    store: Store,
    executor: Arc<dyn Executor>,
    options: Options,
    nudge: Notify,
    ended: broadcast::Sender<RunId>,
    in_hand: Mutex<HashMap<(RunId, i32), Hand>>,
    done: AtomicUsize,
}

/// A job in hand.
struct Hand {
    claimed: Claimed,
    /// Somebody wants it stopped.
    stop: CancellationToken,
    /// The lease is lost.
    lost: CancellationToken,
}

impl Worker {
    /// A worker that has not begun yet.
    #[must_use]
    pub fn new(store: Store, executor: Arc<dyn Executor>, options: Options) -> Self {
        let shared = Shared {
            id: Uuid::now_v7(),
            store,
            executor,
            options,
            nudge: Notify::new(),
            ended: broadcast::channel(1024).0,
            in_hand: Mutex::default(),
            done: AtomicUsize::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Says that there is a new job: the worker looks at once.
    pub fn nudge(&self) {
        self.shared.nudge.notify_one();
    }

    /// Runs that end here from now on.
    #[must_use]
    pub fn ended(&self) -> broadcast::Receiver<RunId> {
        self.shared.ended.subscribe()
    }

    /// How many attempts it has finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.shared.done.load(Ordering::Relaxed)
    }

    /// Works until `stop`, then finishes what it has in hand, for at most [`Options::drain`].
    pub async fn run(&self, stop: CancellationToken) {
        let shared = &self.shared;
        let options = shared.options;
        // Heartbeats go on while the jobs in hand are finished.
        let drained = CancellationToken::new();
        let mut beside = JoinSet::new();
        beside.spawn(heartbeats(shared.clone(), drained.clone()));
        beside.spawn(reaper(shared.clone(), stop.clone()));
        beside.spawn(listener(shared.clone(), stop.clone()));
        tracing::info!(worker = %shared.id, "at work");
        let mut tasks: JoinSet<()> = JoinSet::new();
        let mut nudged = true;
        while !stop.is_cancelled() {
            while tasks.try_join_next().is_some() {}
            let free = options.concurrency.saturating_sub(tasks.len());
            // A claim costs as much for one job as for many, so a busy worker waits until some hands are free.
            if free > 0 && (nudged || tasks.len() <= options.concurrency / 2) {
                nudged = false;
                match job::claim(&shared.store, shared.id, free, options.lease, options.share).await {
                    Ok(jobs) => {
                        jobs.into_iter().for_each(|job| drop(tasks.spawn(shared.clone().carry_out(job))));
                    }
                    Err(error) => tracing::warn!(error = chain(&error), "jobs can't be claimed"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = shared.nudge.notified() => nudged = true,
                Some(_) = tasks.join_next() => {}
                () = tokio::time::sleep(jittered(options.poll)) => nudged = true,
            }
        }
        shared.drain(tasks).await;
        drained.cancel();
        while beside.join_next().await.is_some() {}
        tracing::info!(worker = %shared.id, "stopped");
    }
}

impl Shared {
    async fn carry_out(self: Arc<Self>, claimed: Claimed) {
        paigong_core::fault::point("job.claimed");
        let key = (claimed.run, claimed.attempt);
        let (stop, lost) = (CancellationToken::new(), CancellationToken::new());
        let hand = Hand { claimed: claimed.clone(), stop: stop.clone(), lost: lost.clone() };
        self.hands().insert(key, hand);
        let attempt = AssertUnwindSafe(self.executor.execute(&claimed, &stop)).catch_unwind();
        let verdict = tokio::select! {
            biased;
            () = lost.cancelled() => None,
            verdict = attempt => Some(verdict.unwrap_or_else(|_| panicked(&claimed))),
        };
        match verdict {
            Some(verdict) => self.write_down(&claimed, &verdict, &lost).await,
            None => {
                tracing::warn!(run = %claimed.run, attempt = claimed.attempt, "the lease is lost; another worker goes on")
            }
        }
        self.hands().remove(&key);
        self.done.fetch_add(1, Ordering::Relaxed);
        let _ = self.ended.send(claimed.run);
    }

    /// Tries until it is written down, or the lease is lost: what was done should not be forgotten for a database that is
    /// away for a while.
    async fn write_down(&self, claimed: &Claimed, verdict: &Verdict, lost: &CancellationToken) {
        if *verdict == Verdict::Recorded {
            return;
        }
        paigong_core::fault::point("job.before_record");
        let mut wait = Duration::from_millis(50);
        let mut verdict = verdict.clone();
        loop {
            match self.record(claimed, &verdict).await {
                Ok(true) => break,
                Ok(false) => {
                    tracing::warn!(run = %claimed.run, attempt = claimed.attempt, "what was done came too late: the lease is lost");
                    break;
                }
                Err(error) => {
                    tracing::warn!(run = %claimed.run, error = chain(&error), "an ending can't be written down yet");
                    if !is_passing(&error) {
                        // It was done, but what came of it can't be stored: a person has to look.
                        let failure = Failure::new(Reason::Result, "what came back can't be stored".into());
                        verdict = Verdict::End(Ending::Unknown(failure), None);
                    }
                }
            }
            tokio::select! {
                () = lost.cancelled() => break,
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(Duration::from_secs(2)),
            }
        }
        paigong_core::fault::point("job.recorded");
    }

    async fn record(&self, claimed: &Claimed, verdict: &Verdict) -> Result<bool, Error> {
        let mut tx = self.store.begin(claimed.tenant).await?;
        let holds = match verdict {
            Verdict::End(ending, status) => job::finish(&mut tx, claimed.fence(), ending, *status).await?,
            Verdict::Later(next, failure, status) => {
                job::give_up(&mut tx, claimed.fence(), next, failure.as_ref(), *status).await?
            }
            Verdict::Recorded => return Ok(true),
        };
        tx.commit().await?;
        Ok(holds)
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, HashMap<(RunId, i32), Hand>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the jobs in hand; what takes too long is given back, or is unknown where it may have been done.
    async fn drain(&self, mut tasks: JoinSet<()>) {
        let until = Instant::now() + self.options.drain;
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout_at(until.into(), all).await.is_ok() {
            return;
        }
        let left: Vec<_> = self.hands().drain().map(|(_, hand)| hand).collect();
        for hand in left {
            hand.lost.cancel();
            let failure = Failure::new(Reason::Lost, "the worker was stopped while it was at it".into());
            let is_call = hand.claimed.kind != "sql";
            let verdict = if hand.claimed.may_repeat {
                Verdict::Later(Next::Again { after: Duration::ZERO, maybe_done: is_call }, Some(failure), None)
            } else {
                Verdict::End(Ending::Unknown(failure), None)
            };
            if let Err(error) = self.record(&hand.claimed, &verdict).await {
                tracing::warn!(run = %hand.claimed.run, error = chain(&error), "a job can't be given back; its lease will run out");
            }
        }
        tasks.shutdown().await;
    }
}

/// What becomes of an attempt that ended in a fault of ours.
fn panicked(claimed: &Claimed) -> Verdict {
    tracing::error!(run = %claimed.run, attempt = claimed.attempt, kind = claimed.kind, "an attempt panicked");
    let failure = Failure::new(Reason::Lost, "the attempt ended in a fault of the program".into());
    if claimed.may_repeat && claimed.tries_left > 0 {
        let next = Next::Again { after: Duration::from_secs(5), maybe_done: claimed.kind != "sql" };
        Verdict::Later(next, Some(failure), None)
    } else {
        Verdict::End(Ending::Unknown(failure), None)
    }
}

/// Whether trying again may help: the database is away or busy, not what it was given.
fn is_passing(error: &Error) -> bool {
    use store::Error as Store;
    matches!(error, Error::Store(Store::Unavailable { .. } | Store::Timeout { .. } | Store::Retry { .. }))
}

/// Prolongs the leases; whoever has lost one is told to stop.
async fn heartbeats(shared: Arc<Shared>, stop: CancellationToken) {
    let mut alive = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(shared.options.heartbeat) => {}
        }
        let before: Vec<(RunId, i32)> = shared.hands().keys().copied().collect();
        if before.is_empty() {
            alive = Instant::now();
            continue;
        }
        let asked = Instant::now();
        let runs: Vec<RunId> = before.iter().map(|(run, _)| *run).collect();
        match job::extend(&shared.store, shared.id, &runs, shared.options.lease).await {
            Ok(held) => {
                alive = asked;
                let held: HashMap<_, _> =
                    held.into_iter().map(|held| ((held.run, held.attempt), held.cancelled)).collect();
                let hands = shared.hands();
                for key in before {
                    match (hands.get(&key), held.get(&key)) {
                        (Some(hand), None) => hand.lost.cancel(),
                        (Some(hand), Some(true)) => hand.stop.cancel(),
                        _ => {}
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "leases can't be prolonged");
                if alive.elapsed() > shared.options.lease {
                    shared.hands().values().for_each(|hand| hand.lost.cancel());
                }
            }
        }
    }
}

/// Looks after jobs whose worker is gone.
async fn reaper(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(jittered(shared.options.reap)) => {}
        }
        match reap::reap(&shared.store, &shared.options.retry).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "saw to jobs that nobody was at work on");
                shared.nudge.notify_one();
            }
            Err(error) => tracing::warn!(error = chain(&error), "overdue jobs can't be seen to"),
        }
    }
}

/// Hints from other processes. Without them the worker polls.
async fn listener(shared: Arc<Shared>, stop: CancellationToken) {
    let mut wait = Duration::from_secs(1);
    while !stop.is_cancelled() {
        let listening = async {
            let mut listener = sqlx::postgres::PgListener::connect_with(shared.store.pool()).await?;
            listener.listen(CHANNEL).await?;
            // Whatever came before it listened.
            shared.nudge.notify_one();
            loop {
                // `None`: the connection was lost and made anew; hints may have been missed.
                listener.try_recv().await?;
                shared.nudge.notify_one();
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            result = listening => {
                let Err::<std::convert::Infallible, sqlx::Error>(error) = result;
                tracing::debug!(%error, "no hints for a while");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(jittered(wait)) => wait = (wait * 2).min(Duration::from_secs(60)),
        }
    }
}

/// Between three quarters and five quarters of `duration`: workers that began together do not stay together.
fn jittered(duration: Duration) -> Duration {
    duration.mul_f64(0.75 + rand::random::<f64>() / 2.0)
}
