//! How the parts are made from the configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agent::Agent;
use agent::activation::{self, Begun};
use anyhow::{Context, anyhow, ensure};
use dispatch::{Worker, executor, worker};
use outbound::seal::Keyring;
use paigong_core::Clock;
use reasoning::Reasoner;
use secrecy::ExposeSecret;
use store::Store;
use store::keys::Caller;
use understanding::encoder::{self, Encoder};

use crate::configuration::Configuration;

/// Runs a command's future.
pub(crate) fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// The database.
pub(crate) async fn store(configuration: &Configuration) -> anyhow::Result<Store> {
    ensure!(
        !configuration.database_url.expose_secret().is_empty(),
        "no database: set DATABASE_URL, such as postgres://paigong:PASSWORD@127.0.0.1:5432/paigong"
    );
    let mut options = store::Options::new(configuration.database_url.clone());
    options.max_connections = configuration.database_connections;
    options.acquire_timeout = Duration::from_secs(configuration.database_acquire_seconds);
    Store::connect(options).await.context("the database can't be used; `paigong doctor` says more")
}

/// What secrets are sealed with; `None` without `secret_keys`.
pub(crate) fn keyring(configuration: &Configuration) -> anyhow::Result<Option<Arc<Keyring>>> {
    Ok(configuration.keyring()?.map(Arc::new))
}

/// What it takes to call other systems.
pub(crate) struct Outside {
    /// Opens secrets; `None` without `secret_keys`.
    pub keyring: Option<Arc<Keyring>>,
    /// Calls what may be called.
    pub client: outbound::Client,
}

impl Outside {
    /// What webhooks need.
    pub(crate) fn for_webhooks(&self) -> Option<api::Outbound> {
        self.keyring.clone().map(|keyring| api::Outbound { keyring, client: self.client.clone() })
    }
}

/// What it takes to call other systems.
pub(crate) fn outside(configuration: &Configuration) -> anyhow::Result<Outside> {
    let Configuration { outbound_allow, outbound_ports, .. } = configuration;
    let policy = outbound::Policy::parse(outbound_allow, outbound_ports)
        .map_err(|error| anyhow!("outbound_allow and outbound_ports can't be used: {error}"))?;
    Ok(Outside { keyring: keyring(configuration)?, client: outbound::Client::new(policy)? })
}

/// How the admin API is set up.
pub(crate) fn admin(configuration: &Configuration) -> api::admin::Options {
    let secure_cookies = configuration.public_url.starts_with("https://");
    let models = configuration.models_dir.clone();
    api::admin::Options { secure_cookies, models, ..api::admin::Options::default() }
}

/// How often each caller may ask.
pub(crate) fn rate(configuration: &Configuration) -> anyhow::Result<api::rate::Options> {
    let network =
        |text: &String| api::rate::network(text).with_context(|| format!("trusted_proxies: {text:?} is no network"));
    Ok(api::rate::Options {
        per_key: configuration.rate_per_key,
        per_tenant: configuration.rate_per_tenant,
        per_address: configuration.rate_per_address,
        trusted_proxies: configuration.trusted_proxies.iter().map(network).collect::<Result<_, _>>()?,
    })
}

/// What does queued runs.
pub(crate) fn executor(configuration: &Configuration, store: &Store, outside: &Outside) -> Arc<executor::Skills> {
    let options = executor::Options {
        longest_report: Duration::from_secs(configuration.report_hours * 3600),
        public_url: configuration.public_url.trim_end_matches('/').to_owned(),
        ..executor::Options::default()
    };
    Arc::new(executor::Skills::new(store.clone(), outside.client.clone(), outside.keyring.clone(), options))
}

/// A worker of the queue.
pub(crate) fn worker(configuration: &Configuration, store: &Store, executor: Arc<executor::Skills>) -> Worker {
    let lease = Duration::from_secs(configuration.lease_seconds.max(3));
    let options = worker::Options {
        concurrency: configuration.worker_concurrency,
        share: configuration.tenant_concurrency,
        lease,
        heartbeat: lease / 3,
        drain: Duration::from_secs(configuration.shutdown_seconds),
        ..worker::Options::default()
    };
    Worker::new(store.clone(), executor, options)
}

/// Where models are and how they are run.
pub(crate) fn models(configuration: &Configuration) -> activation::Options {
    let mut encoder = encoder::Options::new(&configuration.models_dir, &configuration.runtime_library);
    if configuration.encoder_threads > 0 {
        encoder.threads = configuration.encoder_threads;
    }
    encoder.queue_capacity = configuration.encoder_queue;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost".to_owned() } else { host.trim().to_owned() };
    activation::Options {
        models_dir: configuration.models_dir.clone(),
        model: configuration.model.clone(),
        encoder,
        host,
    }
}

/// The model in the folder `model` below `models_dir`.
pub(crate) fn encoder_of(configuration: &Configuration, model: &str) -> Result<Encoder, encoder::Error> {
    let activation::Options { models_dir, encoder, .. } = models(configuration);
    Encoder::start(encoder::Options { model_folder: models_dir.join(model), ..encoder })
}

/// The configured model, whatever is active: for measurements and tests.
pub(crate) fn encoder(configuration: &Configuration) -> anyhow::Result<Encoder> {
    encoder_of(configuration, &configuration.model).context("the model can't be used; `paigong doctor` says more")
}

/// The model that the servers use.
pub(crate) async fn active(configuration: &Configuration, store: &Store) -> anyhow::Result<Begun> {
    let begun = activation::begin(store, &models(configuration)).await;
    begun.context("the model can't be used; `paigong doctor` says more")
}

/// Where what was learnt from examples is kept.
pub(crate) fn learnt(configuration: &Configuration) -> Option<PathBuf> {
    Some(configuration.learnt_dir.clone()).filter(|folder| !folder.as_os_str().is_empty())
}

/// The agent.
pub(crate) async fn agent(
    configuration: &Configuration,
    store: Store,
    encoder: Encoder,
    clock: Clock,
) -> anyhow::Result<Agent> {
    let understanding_deadline = Duration::from_millis(configuration.understanding_deadline_ms);
    let patience = Duration::from_millis(configuration.run_wait_ms);
    let learnt = learnt(configuration);
    let options = agent::Options { clock, understanding_deadline, patience, learnt };
    let agent = Agent::new(store.clone(), encoder, options).await?;
    let options = configuration.reasoning()?;
    if options.providers.is_empty() {
        return Ok(agent);
    }
    Ok(agent.asking(Reasoner::new(options, outside(configuration)?.client, store)))
}

/// A caller who holds no key: the command line acts for the installation's owner.
pub(crate) async fn caller(store: &Store, tenant: &str, app: &str) -> anyhow::Result<Caller> {
    let (tenant, app) = store::apps::ensure(store, tenant, app).await?;
    Ok(Caller {
        tenant: tenant.id,
        app: app.id,
        key: uuid::Uuid::nil(),
        time_zone: tenant.time_zone,
        default_language: app.language,
        revision: app.revision,
    })
}

/// The clock of `--clock`.
pub(crate) fn clock(fixed: Option<chrono::DateTime<chrono::Utc>>) -> Clock {
    fixed.map_or(Clock::System, Clock::Fixed)
}
