//! What a run costs: the queue by itself, with jobs that do nothing, and a SQL write beside the bare INSERT.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use dispatch::job::{self, Claimed, Ending, Plan};
use dispatch::worker::{self, Executor, Verdict, Worker};
use dispatch::{Limits, Request};
use paigong_core::{ConversationId, Language, TurnId};
use serde_json::{Map, Value, json};
use skills::{Pack, Skill};
use store::Store;
use store::conversations::{self, NewConversation};
use store::keys::Caller;
use store::turns::{self, NewTurn};
use tokio_util::sync::CancellationToken;

use super::Series;

/// Jobs of the queue's measurement.
const JOBS: usize = 4_000;
/// Jobs that a worker has in hand.
const CONCURRENCY: usize = 64;

const SCHEMA: &str = "
    CREATE SCHEMA IF NOT EXISTS bench;
    CREATE TABLE IF NOT EXISTS bench.item (
        tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
        id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL, PRIMARY KEY (tenant_id, id));";
const SKILL: &str = r#"
skill: bench.add
title: {zh: 加一行, en: Add a row}
effect: write
examples: [加一行]
slots: {properties: {name: {type: string}}}
confirm: {zh: 好吗？, en: OK?}
run: {sql: "INSERT INTO bench.item (tenant_id, name) VALUES (:tenant_id, :name) RETURNING id"}
reply: {zh: 好, en: ok}
"#;

/// What was measured.
pub(super) struct Measured {
    /// Jobs that do nothing, claimed to completed, a second.
    pub jobs_per_second: f64,
    /// The bare INSERT, committed by itself.
    pub insert: Series,
    /// The same INSERT as a skill: begin, effect, ledger, audit, event, commit.
    pub run: Series,
}

struct Nothing;

impl Executor for Nothing {
    fn execute<'a>(
        &'a self,
        _: &'a Claimed,
        _: &'a CancellationToken,
    ) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        Box::pin(async { Verdict::End(Ending::Succeeded { rows: Vec::new(), truncated: false }, None) })
    }
}

/// A conversation with a turn, and the skill, on the database of the other measurements.
struct Bench<'a> {
    store: &'a Store,
    caller: &'a Caller,
    skill: Skill,
    conversation: ConversationId,
    turn: TurnId,
    nobody: Map<String, Value>,
}

impl Bench<'_> {
    fn request<'a>(&'a self, slots: &'a Map<String, Value>) -> Request<'a> {
        Request {
            app: self.caller.app,
            conversation: self.conversation,
            turn: self.turn,
            user: "bench",
            context: &self.nobody,
            now: chrono::Utc::now().naive_utc(),
            language: Language::Zh,
            time_zone: self.caller.time_zone,
            slots,
            limits: Limits::default(),
        }
    }
}

pub(super) async fn measure(store: &Store, caller: &Caller, rounds: usize) -> anyhow::Result<Measured> {
    let files = [
        ("pack.yaml", "{pack: bench, title: {zh: 测量, en: Bench}}"),
        ("schema.sql", SCHEMA),
        ("add.skill.yaml", SKILL),
    ];
    let files: BTreeMap<_, _> = files.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let pack = Pack::read("bench", &files).map_err(|errors| anyhow!("{errors:?}"))?;
    store::packs::install(store, &pack).await?;
    let skill = pack.compile(1).map_err(|errors| anyhow!("{errors:?}"))?.remove(0);
    let nobody = Map::new();
    let bench = Bench { store, caller, skill, conversation: ConversationId::new(), turn: TurnId::new(), nobody };
    begin(&bench).await?;
    let jobs_per_second = queue(&bench).await?;
    let (insert, run) = writes(&bench, rounds).await?;
    Ok(Measured { jobs_per_second, insert, run })
}

async fn begin(bench: &Bench<'_>) -> anyhow::Result<()> {
    let nothing = json!({});
    let mut tx = bench.store.begin(bench.caller.tenant).await?;
    let new = NewConversation {
        id: bench.conversation,
        app: bench.caller.app,
        end_user: "bench",
        state: &nothing,
        language: Language::Zh,
    };
    conversations::insert(&mut tx, &new).await?;
    let new = NewTurn {
        id: bench.turn,
        conversation: bench.conversation,
        query: "",
        request: None,
        answer: "",
        response: &nothing,
        decision: &nothing,
        trace: &nothing,
    };
    turns::insert(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(())
}

fn named(name: &str) -> Map<String, Value> {
    Map::from_iter([("name".to_owned(), Value::from(name))])
}

/// Claimed to completed: the jobs are there before the clock starts.
async fn queue(bench: &Bench<'_>) -> anyhow::Result<f64> {
    for batch in 0..JOBS / 200 {
        let mut tx = bench.store.begin(bench.caller.tenant).await?;
        for index in 0..200 {
            let slots = named(&format!("q{batch}-{index}"));
            job::enqueue(&mut tx, &bench.skill, &bench.request(&slots), Plan { tries: 1, ..Plan::default() }).await?;
        }
        tx.commit().await?;
    }
    let options = worker::Options { concurrency: CONCURRENCY, share: CONCURRENCY, ..worker::Options::default() };
    let worker = Worker::new(bench.store.clone(), Arc::new(Nothing), options);
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (worker, stop) = (worker.clone(), stop.clone());
        async move { worker.run(stop).await }
    });
    let started = Instant::now();
    while worker.done() < JOBS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = started.elapsed();
    stop.cancel();
    running.await.context("the worker")?;
    Ok(JOBS as f64 / took.as_secs_f64())
}

/// In turn, so that both see the same machine.
async fn writes(bench: &Bench<'_>, rounds: usize) -> anyhow::Result<(Series, Series)> {
    let pool = bench.store.pool();
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS bench.bare (LIKE bench.item INCLUDING ALL); ALTER TABLE bench.bare ALTER tenant_id DROP DEFAULT")
        .execute(pool)
        .await?;
    let (mut insert, mut run) =
        (Series::new("bare INSERT through sqlx"), Series::new("the same as a skill, ledger and audit included"));
    let warm_up = rounds.div_ceil(10);
    for round in 0..rounds + warm_up {
        let started = Instant::now();
        sqlx::query("INSERT INTO bench.bare (tenant_id, name) VALUES ($1, $2) RETURNING id")
            .bind(bench.caller.tenant.0)
            .bind("x")
            .fetch_one(pool)
            .await?;
        let bare = started.elapsed();
        let slots = named(&format!("w{round}"));
        let started = Instant::now();
        let mut tx = bench.store.begin(bench.caller.tenant).await?;
        let outcome = dispatch::run(&mut tx, &bench.skill, &bench.request(&slots)).await?;
        tx.commit().await?;
        let whole = started.elapsed();
        anyhow::ensure!(outcome.error.is_none(), "the write failed: {:?}", outcome.error);
        if round >= warm_up {
            insert.times.push(bare);
            run.times.push(whole);
        }
    }
    Ok((insert, run))
}
