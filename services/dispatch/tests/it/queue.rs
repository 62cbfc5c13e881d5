//! The queue against a real Postgres: who gets what, whose writes count, and what becomes of jobs whose worker is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use dispatch::job::{self, Claimed, Ending, Fence, Next, Plan};
use dispatch::reap::{self, Cancelled};
use dispatch::retry::Retry;
use dispatch::review::{self, Verdict as Decision};
use dispatch::worker::{Executor, Options, Verdict, Worker};
use dispatch::{Failure, Reason, Request};
use paigong_core::{RunId, TenantId, TurnId};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Scene, skill};

const LEASE: Duration = Duration::from_secs(30);
const AT_ONCE: Retry = Retry { tries: 3, base: Duration::ZERO, cap: Duration::ZERO, longest_asked: Duration::ZERO };

fn plan() -> Plan {
    Plan { tries: 3, ..Plan::default() }
}

impl Scene {
    /// Puts runs into the queue, each with a turn of its own.
    async fn enqueue(&self, count: usize, plan: Plan) -> Vec<RunId> {
        let skill = skill("write", "INSERT INTO work.item (name) VALUES (:name) RETURNING id");
        let mut runs = Vec::new();
        for _ in 0..count {
            let turn = TurnId::new();
            let mut tx = self.begin().await;
            let request = Request { turn, ..self.request() };
            runs.push(job::enqueue(&mut tx, &skill, &request, plan).await.unwrap());
            self.turn(tx, turn).await;
        }
        runs
    }

    async fn claim(&self, worker: Uuid, batch: usize, share: usize) -> Vec<Claimed> {
        job::claim(&self.database, worker, batch, LEASE, share).await.unwrap()
    }

    async fn finish_as(&self, fence: Fence, ending: &Ending) -> bool {
        let mut tx = self.begin().await;
        let done = job::finish(&mut tx, fence, ending, None).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    pub(crate) async fn text(&self, sql: &'static str, run: RunId) -> String {
        let mut tx = self.begin().await;
        let text: Option<String> = sqlx::query_scalar(sql).bind(run.0).fetch_optional(tx.connection()).await.unwrap();
        text.unwrap_or_default()
    }

    pub(crate) async fn state(&self, run: RunId) -> String {
        self.text("SELECT state FROM paigong.run WHERE id = $1", run).await
    }

    /// As if the worker had been gone for longer than its lease.
    async fn lapse(&self, run: RunId) {
        let mut tx = self.begin().await;
        let sql = "UPDATE paigong.job SET lease_until = clock_timestamp() - interval '1 second' WHERE run_id = $1";
        sqlx::query(sql).bind(run.0).execute(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn once(&self) -> RunId {
        self.enqueue(1, plan()).await[0]
    }

    async fn call_once(&self) -> RunId {
        let run = self.once().await;
        let mut tx = self.begin().await;
        let sql = "WITH job AS (UPDATE paigong.job SET may_repeat = false WHERE run_id = $1) UPDATE paigong.run SET kind = 'http' WHERE id = $1";
        sqlx::query(sql).bind(run.0).execute(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
        run
    }
}

fn done() -> Ending {
    Ending::Succeeded { rows: vec![json!({"id": 7}).as_object().unwrap().clone()], truncated: false }
}

#[tokio::test]
async fn a_run_is_claimed_once_and_its_end_is_written_once() {
    let scene = Scene::new().await;
    let run = scene.once().await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let jobs = scene.claim(first, 10, 10).await;
    assert_eq!(jobs.iter().map(|job| (job.run, job.attempt, job.tries_left)).collect::<Vec<_>>(), [(run, 1, 2)]);
    assert_eq!(jobs[0].asked.user, "u-1");
    assert!(scene.claim(second, 10, 10).await.is_empty(), "it is leased");

    assert!(!scene.finish_as(Fence { owner: Some(second), ..jobs[0].fence() }, &done()).await, "another's fence");
    assert!(!scene.finish_as(Fence { attempt: 2, ..jobs[0].fence() }, &done()).await, "another attempt's fence");
    assert_eq!(scene.state(run).await, "queued");
    assert!(scene.finish_as(jobs[0].fence(), &done()).await);
    assert!(!scene.finish_as(jobs[0].fence(), &done()).await, "it is over");
    assert_eq!(scene.state(run).await, "succeeded");
    assert_eq!(scene.text("SELECT result ->> 'rows' FROM paigong.run WHERE id = $1", run).await, r#"[{"id":7}]"#);
    let attempts = "SELECT string_agg(attempt || ' ' || outcome, ', ') FROM paigong.run_attempt WHERE run_id = $1";
    assert_eq!(scene.text(attempts, run).await, "1 succeeded");
    let audit = "SELECT actor || ' ' || action FROM paigong.audit WHERE target = $1::text";
    assert_eq!(scene.text(audit, run).await, "u-1 run.succeeded");
    assert_eq!(scene.text("SELECT count(*)::text FROM paigong.job WHERE run_id = $1", run).await, "0");
}

#[tokio::test]
async fn the_same_run_is_not_queued_twice() {
    let scene = Scene::new().await;
    let skill = skill("write", "INSERT INTO work.item (name) VALUES (:name) RETURNING id");
    let mut tx = scene.begin().await;
    job::enqueue(&mut tx, &skill, &scene.request(), plan()).await.unwrap();
    let again = job::enqueue(&mut tx, &skill, &scene.request(), plan()).await;
    assert!(matches!(again, Err(dispatch::Error::AlreadyRun)), "{again:?}");
}

#[tokio::test]
async fn tenants_take_turns_and_keep_to_their_share() {
    let scene = Scene::new().await;
    let neighbour = scene.beside().await;
    scene.enqueue(20, plan()).await;
    neighbour.enqueue(3, plan()).await;
    let count = |jobs: &[Claimed], tenant: TenantId| jobs.iter().filter(|job| job.tenant == tenant).count();
    let jobs = scene.claim(Uuid::now_v7(), 6, 100).await;
    assert_eq!((count(&jobs, scene.tenant), count(&jobs, neighbour.tenant)), (3, 3), "one each in turn");
    // Three are running already; five may.
    let jobs = scene.claim(Uuid::now_v7(), 50, 5).await;
    assert_eq!(count(&jobs, scene.tenant), 2);
    assert!(scene.claim(Uuid::now_v7(), 50, 5).await.is_empty());
    let mut tx = scene.begin().await;
    tx.batch("RESET ROLE", "becoming the owner").await.unwrap();
    let sql = "UPDATE paigong.tenant SET max_running = 6 WHERE id = $1";
    sqlx::query(sql).bind(scene.tenant.0).execute(tx.connection()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.claim(Uuid::now_v7(), 50, 5).await.len(), 1, "a tenant may have a number of its own");
}

#[tokio::test]
async fn claims_at_the_same_time_share_the_work_and_never_exceed_the_share() {
    let scene = Arc::new(Scene::new().await);
    scene.enqueue(40, plan()).await;
    let claims = (0..8).map(|_| {
        let scene = scene.clone();
        tokio::spawn(async move { scene.claim(Uuid::now_v7(), 10, 25).await })
    });
    let mut runs = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        runs.extend(claim.await.unwrap().into_iter().map(|job| job.run));
    }
    assert_eq!(runs.len(), 25);
    runs.sort();
    runs.dedup();
    assert_eq!(runs.len(), 25, "nobody has what another has");
}

#[tokio::test]
async fn what_is_urgent_comes_first_and_what_is_put_off_comes_later() {
    let scene = Scene::new().await;
    let ordinary = scene.once().await;
    let later = scene.enqueue(1, Plan { at: Some(Utc::now() + TimeDelta::hours(1)), ..plan() }).await[0];
    let urgent = scene.enqueue(1, Plan { priority: Some(1), ..plan() }).await[0];
    let missed = scene.enqueue(1, Plan { deadline: Some(Utc::now() - TimeDelta::seconds(1)), ..plan() }).await[0];
    let jobs = scene.claim(Uuid::now_v7(), 10, 10).await;
    let mut by_priority: Vec<_> = jobs.iter().map(|job| job.run).collect();
    by_priority.sort();
    assert_eq!(by_priority, [ordinary, urgent]);
    assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 1);
    assert_eq!(scene.state(missed).await, "failed");
    assert_eq!(scene.text("SELECT error ->> 'reason' FROM paigong.run WHERE id = $1", missed).await, "deadline");

    let mut tx = scene.begin().await;
    assert_eq!(reap::cancel(&mut tx, later).await.unwrap(), Cancelled::Yes);
    tx.commit().await.unwrap();
    assert_eq!(scene.state(later).await, "cancelled");
    let mut tx = scene.begin().await;
    assert_eq!(reap::cancel(&mut tx, urgent).await.unwrap(), Cancelled::Asked);
    tx.commit().await.unwrap();
    let held = job::extend(&scene.database, jobs[0].worker, &[ordinary, urgent], LEASE).await.unwrap();
    assert_eq!(held.iter().filter(|held| held.cancelled).map(|held| held.run).collect::<Vec<_>>(), [urgent]);
}

#[tokio::test]
async fn a_worker_that_comes_back_after_its_lease_writes_nothing() {
    let scene = Scene::new().await;
    let run = scene.once().await;
    let zombie = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
    assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 0, "the lease holds");
    scene.lapse(run).await;
    assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 1);
    let successor = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
    assert_eq!((successor.run, successor.attempt), (run, 2));
    assert!(job::extend(&scene.database, zombie.worker, &[run], LEASE).await.unwrap().is_empty());
    assert!(!scene.finish_as(zombie.fence(), &Ending::Failed(Failure::new(Reason::Other, "late".into()))).await);
    assert!(scene.finish_as(successor.fence(), &done()).await);
    assert_eq!(scene.state(run).await, "succeeded");
    let attempts = "SELECT string_agg(attempt || ' ' || outcome, ', ' ORDER BY attempt) FROM paigong.run_attempt WHERE run_id = $1";
    assert_eq!(scene.text(attempts, run).await, "1 again, 2 succeeded");
}

#[tokio::test]
async fn a_job_that_kills_its_workers_ends_dead_and_can_be_put_back() {
    let scene = Scene::new().await;
    let run = scene.once().await;
    for attempt in 1..=3 {
        assert_eq!(scene.claim(Uuid::now_v7(), 1, 1).await[0].attempt, attempt);
        scene.lapse(run).await;
        reap::reap(&scene.database, &AT_ONCE).await.unwrap();
    }
    assert_eq!(scene.state(run).await, "dead");
    assert!(scene.claim(Uuid::now_v7(), 1, 1).await.is_empty());
    let mut tx = scene.begin().await;
    assert!(review::resolve(&mut tx, run, &Decision::Retry, "tester", "repaired", 3).await.unwrap());
    assert!(!review::resolve(&mut tx, run, &Decision::Retry, "tester", "", 3).await.unwrap(), "once");
    tx.commit().await.unwrap();
    let job = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
    assert_eq!((job.attempt, job.tries_left, job.may_repeat), (4, 2, true), "attempts go on counting");
    assert!(scene.finish_as(job.fence(), &done()).await);
    let audit =
        "SELECT string_agg(actor || ' ' || action, ', ' ORDER BY at) FROM paigong.audit WHERE target = $1::text";
    assert_eq!(scene.text(audit, run).await, "u-1 run.dead, tester run.resolved, u-1 run.succeeded");
}

#[tokio::test]
async fn what_may_have_been_done_is_unknown_until_a_person_says() {
    let scene = Scene::new().await;
    for (verdict, state) in
        [(Decision::Done(Vec::new()), "succeeded"), (Decision::NotDone, "failed"), (Decision::Retry, "queued")]
    {
        let run = scene.call_once().await;
        scene.claim(Uuid::now_v7(), 1, 1).await;
        scene.lapse(run).await;
        reap::reap(&scene.database, &AT_ONCE).await.unwrap();
        assert_eq!(scene.state(run).await, "unknown", "a call is not made twice by itself");
        let mut tx = scene.begin().await;
        assert!(review::resolve(&mut tx, run, &verdict, "tester", "asked them", 1).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(scene.state(run).await, state);
        let told = "SELECT told::text FROM paigong.run WHERE id = $1";
        assert_eq!(scene.text(told, run).await, "false", "the conversation is told of it");
        scene.neighbour_sees_nothing(run).await;
        if state == "queued" {
            let job = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
            assert!(scene.finish_as(job.fence(), &done()).await);
        }
    }
}

#[tokio::test]
async fn a_job_that_waits_is_ended_by_a_report_or_by_time() {
    let scene = Scene::new().await;
    let (reported, late) = (scene.call_once().await, scene.call_once().await);
    for job in scene.claim(Uuid::now_v7(), 2, 2).await {
        let wait = if job.run == late { Duration::ZERO } else { LEASE };
        let mut tx = scene.begin().await;
        assert!(job::give_up(&mut tx, job.fence(), &Next::Wait(Some(wait)), None, Some(202)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(scene.state(job.run).await, "waiting");
    }
    let mut tx = scene.begin().await;
    assert_eq!(reap::cancel(&mut tx, reported).await.unwrap(), Cancelled::TooLate, "the other system has it");
    let rows = review::rows_of(json!({"number": "R-1"}));
    assert!(review::report(&mut tx, reported, Ok(rows)).await.unwrap());
    assert!(!review::report(&mut tx, reported, Err("twice".into())).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(scene.state(reported).await, "succeeded");
    assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 1);
    assert_eq!(scene.state(late).await, "unknown");
}

/// What a test's executor does with every job.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Nothing,
    HoldOn,
    Panic,
    Fail(&'static str),
}

/// Counts.
struct Counter {
    count: AtomicUsize,
    does: Does,
}

impl Counter {
    fn new(does: Does) -> Arc<Self> {
        Arc::new(Self { count: AtomicUsize::new(0), does })
    }
}

impl Executor for Counter {
    fn execute<'a>(
        &'a self,
        _: &'a Claimed,
        _: &'a CancellationToken,
    ) -> std::pin::Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        Box::pin(async {
            self.count.fetch_add(1, Ordering::SeqCst);
            match self.does {
                Does::Nothing => Verdict::End(done(), None),
                Does::HoldOn => std::future::pending().await,
                Does::Panic => panic!("as the test wants"),
                Does::Fail(message) => {
                    Verdict::End(Ending::Failed(Failure::new(Reason::Other, message.to_owned())), None)
                }
            }
        })
    }
}

fn quick() -> Options {
    Options {
        poll: Duration::from_millis(20),
        reap: Duration::from_millis(50),
        drain: Duration::from_millis(200),
        ..Options::default()
    }
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_do_everything_once() {
    let scene = Arc::new(Scene::new().await);
    let runs = scene.enqueue(60, plan()).await;
    let executor = Counter::new(Does::Nothing);
    let workers: Vec<_> =
        (0..2).map(|_| Worker::new(scene.database.store.clone(), executor.clone(), quick())).collect();
    let stop = CancellationToken::new();
    let tasks: Vec<_> = workers
        .iter()
        .map(|worker| {
            let (worker, stop) = (worker.clone(), stop.clone());
            tokio::spawn(async move { worker.run(stop).await })
        })
        .collect();
    let last = *runs.last().unwrap();
    until("all done", async || {
        let open = "SELECT count(*)::text FROM paigong.job WHERE run_id <> $1";
        scene.text(open, RunId::new()).await == "0" && scene.state(last).await == "succeeded"
    })
    .await;
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(executor.count.load(Ordering::SeqCst), 60);
    assert!(workers.iter().all(|worker| worker.done() > 0), "both had a part in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_stopped_gives_back_what_it_can_not_finish() {
    let scene = Arc::new(Scene::new().await);
    let (repeatable, call) = (scene.once().await, scene.call_once().await);
    let executor = Counter::new(Does::HoldOn);
    let worker = Worker::new(scene.database.store.clone(), executor.clone(), quick());
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (worker, stop) = (worker.clone(), stop.clone());
        async move { worker.run(stop).await }
    });
    until("both in hand", async || executor.count.load(Ordering::SeqCst) == 2).await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(scene.state(repeatable).await, "queued");
    assert_eq!(scene.claim(Uuid::now_v7(), 1, 1).await[0].run, repeatable, "at once, not after the lease");
    assert_eq!(scene.state(call).await, "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_the_program_neither_loses_a_job_nor_keeps_it() {
    let scene = Arc::new(Scene::new().await);
    let (repeatable, call) = (scene.once().await, scene.call_once().await);
    let worker = Worker::new(scene.database.store.clone(), Counter::new(Does::Panic), quick());
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (worker, stop) = (worker.clone(), stop.clone());
        async move { worker.run(stop).await }
    });
    until("both tried", async || worker.done() >= 2).await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!((scene.state(repeatable).await, scene.state(call).await), ("queued".into(), "unknown".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_can_not_store_is_not_tried_for_ever() {
    let scene = Arc::new(Scene::new().await);
    let run = scene.once().await;
    let worker = Worker::new(scene.database.store.clone(), Counter::new(Does::Fail("a\0b")), quick());
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (worker, stop) = (worker.clone(), stop.clone());
        async move { worker.run(stop).await }
    });
    until("written down", async || scene.state(run).await == "failed").await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(scene.text("SELECT error ->> 'message' FROM paigong.run WHERE id = $1", run).await, "a\u{fffd}b");
}

#[tokio::test]
async fn a_claim_that_reached_nobody_runs_out() {
    let scene = Scene::new().await;
    let run = scene.once().await;
    let lost = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
    // The worker goes on and prolongs what it has in hand, which this is not.
    assert!(job::extend(&scene.database, lost.worker, &[], LEASE).await.unwrap().is_empty());
    scene.lapse(run).await;
    assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 1);
    assert_eq!(scene.claim(Uuid::now_v7(), 1, 1).await[0].attempt, 2);
}

#[tokio::test]
async fn what_was_to_be_stopped_is_not_tried_again() {
    let scene = Scene::new().await;
    for (maybe_done, state) in [(false, "cancelled"), (true, "unknown")] {
        let run = scene.once().await;
        let job = scene.claim(Uuid::now_v7(), 1, 1).await.remove(0);
        let mut tx = scene.begin().await;
        assert_eq!(reap::cancel(&mut tx, run).await.unwrap(), Cancelled::Asked);
        let again = Next::Again { after: Duration::ZERO, maybe_done };
        assert!(job::give_up(&mut tx, job.fence(), &again, None, None).await.unwrap());
        tx.commit().await.unwrap();
        assert!(scene.claim(Uuid::now_v7(), 1, 1).await.is_empty());
        assert_eq!(reap::reap(&scene.database, &AT_ONCE).await.unwrap(), 1);
        assert_eq!(scene.state(run).await, state);
    }
}
