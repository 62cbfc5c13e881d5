//! `paigong serve`: the HTTP interface until SIGTERM or Ctrl-C, then what is in flight.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use agent::activation;
use anyhow::Context;
use dispatch::webhooks::{self, Deliverer};
use store::Store;
use store::keys::Caller;
use tokio_util::sync::CancellationToken;
use understanding::encoder::Encoder;

use crate::configuration::Configuration;
use crate::{packs, people, telemetry, wiring};

/// How to serve.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Bring the database up to this version first.
    #[arg(long)]
    migrate: bool,
    /// Load all packs with their demo data into a tenant called "demo", and print a key and two calls that work.
    #[arg(long)]
    demo: bool,
    /// A clock that stands still, such as 2026-11-23T10:00:00+08:00; for demonstrations and tests.
    #[arg(long, value_name = "TIME")]
    clock: Option<chrono::DateTime<chrono::Utc>>,
    /// Where the demo keeps its key between runs.
    #[arg(long, value_name = "FILE", default_value = ".local/demo.key")]
    key_file: PathBuf,
}

/// How long a stopping server still takes requests, each the last of its connection: time for clients to go elsewhere.
const PARTING: Duration = Duration::from_secs(1);

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let _telemetry = telemetry::start(configuration)?;
    actix_web::rt::System::new().block_on(serve(configuration, args))
}

async fn serve(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    // Bound first: a port that is taken should not be found out after the model was loaded.
    let listener = TcpListener::bind(&configuration.listen).with_context(|| {
        format!("{} can't be listened on; set PAIGONG_LISTEN to another address", configuration.listen)
    })?;
    let address = listener.local_addr()?;
    let store = wiring::store(configuration).await?;
    if args.migrate {
        store.migrate().await.context("the database can't be brought up to this version")?;
    }
    let begun = wiring::active(configuration, &store).await?;
    tracing::info!(model = begun.model, "messages are read with");
    let agent = wiring::agent(configuration, store.clone(), begun.encoder.clone(), wiring::clock(args.clock)).await?;
    let outside = wiring::outside(configuration)?;
    let executor = wiring::executor(configuration, &store, &outside);
    let worker = wiring::worker(configuration, &store, executor.clone());
    let agent = if configuration.worker_concurrency > 0 { agent.beside(worker.clone()) } else { agent };
    let shared =
        api::Shared::new(agent.clone(), store.clone()).with_outbound(outside.for_webhooks()).with_executor(executor);
    let shared = shared
        .with_admin(wiring::admin(configuration))
        .with_rate(wiring::rate(configuration)?)
        .reached_at(&configuration.public_url);
    // New work ends first, then the server, and what its last turns put into the queue after that.
    let (stop, served) = (CancellationToken::new(), CancellationToken::new());
    let mut beside: Vec<actix_web::rt::task::JoinHandle<()>> = Vec::new();
    if configuration.worker_concurrency > 0 {
        let stop = served.clone();
        beside.push(actix_web::rt::spawn(async move { worker.run(stop).await }));
    }
    let (teller, stopped) = (agent.clone(), stop.clone());
    beside.push(actix_web::rt::spawn(async move { teller.tell_outcomes(stopped).await }));
    beside.push(actix_web::rt::spawn(agent::projector::project(store.clone(), stop.clone())));
    let follow = activation::follow(agent.clone(), wiring::models(configuration), begun, stop.clone());
    beside.push(actix_web::rt::spawn(follow));
    match outside.keyring {
        Some(keyring) => {
            let deliverer = Deliverer::new(store.clone(), outside.client, keyring, webhooks::Options::default());
            beside.push(actix_web::rt::spawn(deliverer.run(stop.clone())));
        }
        None => tracing::info!("no secret_keys: webhooks can't be created, and no events are sent"),
    }
    let data = web::Data::new(shared.clone());
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(api::explain_methods))
            .wrap(from_fn(api::part))
            .wrap(from_fn(api::rate::limit))
            .wrap(from_fn(api::widget::cors))
            .app_data(data.clone())
            .configure(api::configure)
    })
    .workers(if configuration.workers > 0 { configuration.workers } else { cores() })
    .shutdown_timeout(configuration.shutdown_seconds)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    let stopped = stop.clone();
    actix_web::rt::spawn(async move {
        let signal = stop_signal().await;
        tracing::info!(signal, "stopping: requests in flight are finished, new ones refused");
        shared.stop();
        stopped.cancel();
        actix_web::rt::time::sleep(PARTING).await;
        handle.stop(true).await;
    });
    if args.demo {
        let (caller, key) = demo(configuration, &store, &agent.encoder(), &args.key_file).await?;
        agent.app(&caller).await?;
        introduce(&address.to_string(), &key)?;
    }
    let reached = match configuration.public_url.trim_end_matches('/') {
        "" => format!("http://{address}"),
        url => url.to_owned(),
    };
    people::welcome(&store, args.demo.then_some("demo"), &reached).await?;
    tracing::info!(%address, "serving");
    server.await?;
    // What is left of the queue is sent by whoever runs next; only what is under way is waited for.
    stop.cancel();
    served.cancel();
    for task in beside {
        task.await?;
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// The demo tenant with all packs and a key.
async fn demo(
    configuration: &Configuration,
    store: &Store,
    encoder: &Encoder,
    key_file: &Path,
) -> anyhow::Result<(Caller, String)> {
    let packs = packs::read_with_folders(std::slice::from_ref(&configuration.skills_dir))?;
    let (folders, packs): (Vec<_>, Vec<_>) = packs.into_iter().unzip();
    let caller = wiring::caller(store, "demo", "demo").await?;
    for line in packs::apply(store, &caller, &packs, true, "demo").await? {
        tracing::info!("{line}");
    }
    for line in packs::documents(store, &caller, encoder, &folders, &packs).await? {
        tracing::info!("{line}");
    }
    let caller = wiring::caller(store, "demo", "demo").await?;
    if let Ok(kept) = std::fs::read_to_string(key_file) {
        let kept = kept.trim().to_owned();
        if store::keys::authenticate(store, &kept).await?.is_some_and(|known| known.caller.app == caller.app) {
            return Ok((caller, kept));
        }
    }
    let mut tx = store.begin(caller.tenant).await?;
    let (_, key) = store::keys::create(&mut tx, caller.app, "demo", None).await?;
    tx.commit().await?;
    keep(key_file, key.reveal()).with_context(|| format!("{} can't be written", key_file.display()))?;
    Ok((caller, key.reveal().to_owned()))
}

/// Writes a secret for this user's eyes only.
fn keep(file: &Path, secret: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(file)?, "{secret}")
}

fn introduce(address: &str, key: &str) -> std::io::Result<()> {
    let call = |query: &str| {
        format!(
            "curl -s http://{address}/v1/chat-messages -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\n  -d '{{\"user\": \"E1001\", \"query\": \"{query}\"}}'"
        )
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nPaigong 派工  http://{address}   (OpenAPI: http://{address}/openapi.json)")?;
    writeln!(out, "App key: {key}\n\n{}\n\n{}\n", call("下周三到周五请年假"), call("where is my order SO-20318"))?;
    out.flush()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() -> &'static str {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "SIGTERM can't be waited for; only Ctrl-C stops gracefully");
            let _ = tokio::signal::ctrl_c().await;
            return "SIGINT";
        }
    };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = tokio::signal::ctrl_c() => "SIGINT",
    }
}
