//! `paigong bench`: what the product adds to the raw model run, measured through HTTP in one process.

mod runs;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};
use anyhow::{Context, ensure};
use serde_json::json;

use crate::configuration::Configuration;
use crate::{packs, wiring};

/// How much to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Rounds; each measures every text once in every way.
    #[arg(long, default_value_t = 200)]
    rounds: usize,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// Requests as they come, both languages.
const TEXTS: [&str; 6] = [
    "下周三到周五请年假",
    "帮我查一下订单SO-20318到哪了",
    "打印机卡纸了，麻烦尽快派人来看看",
    "I'd like to take next Friday off",
    "where is my order SO-20318",
    "please reset my VPN password",
];

/// One way of answering a text, and how long each took.
struct Series {
    name: &'static str,
    times: Vec<Duration>,
}

impl Series {
    fn new(name: &'static str) -> Self {
        Self { name, times: Vec::new() }
    }

    /// Milliseconds that a share of the measurements did not exceed.
    fn percentile(&mut self, share: f64) -> f64 {
        self.times.sort_unstable();
        let last = self.times.len().saturating_sub(1);
        let index = ((last as f64) * share).round() as usize;
        self.times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    ensure!(args.rounds > 0, "--rounds must be at least 1");
    let encoder = wiring::encoder(configuration)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (store, agent, key, caller) = runtime.block_on(async {
        let store = wiring::store(configuration).await?;
        store.migrate().await?;
        let packs = packs::read(std::slice::from_ref(&configuration.skills_dir))?;
        let caller = wiring::caller(&store, "bench", "bench").await?;
        packs::apply(&store, &caller, &packs, true, "bench").await?;
        let mut tx = store.begin(caller.tenant).await?;
        let (_, key) = store::keys::create(&mut tx, caller.app, "bench", None).await?;
        tx.commit().await?;
        let agent = wiring::agent(configuration, store.clone(), encoder.clone(), wiring::clock(None)).await?;
        anyhow::Ok((store, agent, key.reveal().to_owned(), caller))
    })?;
    let shared = web::Data::new(api::Shared::new(agent, store.clone()));
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(api::configure));
            server.workers(1).disable_signals().listen(listener)?.run().await
        })
    });

    let client = reqwest::Client::builder().no_proxy().build()?;
    let post = |path: &str, text: &str| {
        let request = client
            .post(format!("http://{address}{path}"))
            .bearer_auth(&key)
            .json(&json!({"user": "E1001", "query": text}));
        let started = Instant::now();
        runtime.block_on(async {
            let body = request.send().await?.error_for_status()?.bytes().await?;
            ensure!(!body.is_empty(), "an empty answer");
            Ok(started.elapsed())
        })
    };

    let mut raw = Series::new("raw model run");
    let mut encode = Series::new("encoder, tokenising and queue included");
    let mut parse = Series::new("POST /v1/parse");
    let mut turn = Series::new("POST /v1/chat-messages");
    let warm_up = args.rounds.div_ceil(10);
    for round in 0..args.rounds + warm_up {
        for text in TEXTS {
            let started = Instant::now();
            let embedding = encoder.embed_blocking(text)?;
            let encoded = started.elapsed();
            let parsed = post("/v1/parse", text).context("/v1/parse")?;
            let answered = post("/v1/chat-messages", text).context("/v1/chat-messages")?;
            if round >= warm_up {
                raw.times.push(embedding.timings.run);
                encode.times.push(encoded);
                parse.times.push(parsed);
                turn.times.push(answered);
            }
        }
    }
    let ratio = parse.percentile(0.5) / raw.percentile(0.5);
    // On threads of its own: a worker is many tasks.
    let measuring = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut runs = measuring.block_on(async {
        let store = wiring::store(configuration).await?;
        runs::measure(&store, &caller, args.rounds * 5).await
    })?;
    drop(store);
    let mut report = serde_json::Map::new();
    for series in [&mut raw, &mut encode, &mut parse, &mut turn, &mut runs.insert, &mut runs.run] {
        let (p50, p95, p99) = (series.percentile(0.5), series.percentile(0.95), series.percentile(0.99));
        if !args.json {
            println!("{:<40} p50 {p50:7.3} ms   p95 {p95:7.3} ms   p99 {p99:7.3} ms", series.name);
        }
        report.insert(series.name.to_owned(), json!({"p50_ms": p50, "p95_ms": p95, "p99_ms": p99}));
    }
    report.insert("parse_over_raw_p50".into(), json!(ratio));
    let added = runs.run.percentile(0.5) - runs.insert.percentile(0.5);
    report.insert("write_over_insert_p50_ms".into(), json!(added));
    report.insert("noop_runs_per_second".into(), json!(runs.jobs_per_second));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!(
            "/v1/parse over the raw model run, p50: {ratio:.2}   ({} measurements each)",
            args.rounds * TEXTS.len()
        );
        println!(
            "a SQL write skill over the bare INSERT, p50: {added:.2} ms   ({} measurements each)",
            args.rounds * 5
        );
        println!("runs that do nothing, claimed to completed: {:.0} a second", runs.jobs_per_second);
    }
    Ok(())
}
