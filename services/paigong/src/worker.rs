//! `paigong worker`: does queued runs, delivers events and makes the facts of turns, apart from any server, until SIGTERM or Ctrl-C.

use anyhow::{Context as _, ensure};
use dispatch::webhooks::{self, Deliverer};
use tokio_util::sync::CancellationToken;

use crate::configuration::Configuration;
use crate::serve::stop_signal;
use crate::{telemetry, wiring};

pub(crate) fn run(configuration: &Configuration) -> anyhow::Result<()> {
    let _telemetry = telemetry::start(configuration)?;
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        store.ping().await.context("the database does not answer")?;
        let outside = wiring::outside(configuration)?;
        ensure!(
            configuration.worker_concurrency > 0,
            "worker_concurrency is 0, so there is nothing for a worker to do"
        );
        let worker = wiring::worker(configuration, &store, wiring::executor(configuration, &store, &outside));
        let stop = CancellationToken::new();
        let deliverer = outside.keyring.map(|keyring| {
            let deliverer = Deliverer::new(store.clone(), outside.client, keyring, webhooks::Options::default());
            tokio::spawn(deliverer.run(stop.clone()))
        });
        let projector = tokio::spawn(agent::projector::project(store.clone(), stop.clone()));
        let signalled = stop.clone();
        tokio::spawn(async move {
            let signal = stop_signal().await;
            tracing::info!(signal, "stopping: jobs in hand are finished, no others are begun");
            signalled.cancel();
        });
        worker.run(stop).await;
        if let Some(deliverer) = deliverer {
            deliverer.await?;
        }
        projector.await?;
        store.close().await;
        Ok(())
    })
}
