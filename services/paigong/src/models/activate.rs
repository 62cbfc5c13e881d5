//! `paigong models activate`: the check of the model here, the wish in the database, and what the servers make of it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::json;
use store::models::Activation;
use store::{Store, audit, tenants};
use uuid::Uuid;

use crate::configuration::Configuration;
use crate::wiring;

/// Which model.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Its folder below `models_dir`, as `paigong models list` shows it.
    #[arg(required_unless_present = "back")]
    model: Option<String>,
    /// Go back to the model that was active before.
    #[arg(long, conflicts_with = "model")]
    back: bool,
    /// How long to wait for the servers, in seconds; they go on without being waited for.
    #[arg(long, default_value_t = 600)]
    wait: u64,
}

pub(crate) async fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let store = wiring::store(configuration).await?;
    let model = match &args.model {
        Some(model) => super::folder_name(model).to_owned(),
        None => before(&store, configuration).await?,
    };
    let path = configuration.models_dir.join(&model);
    ensure!(
        path.join("model.toml").is_file(),
        "there is no model {}; `paigong models list` shows which there are, `paigong models add DIR` takes one over",
        path.display()
    );
    let started = Instant::now();
    // Every file is checked against its sum, the graph is loaded and run: a model that can't be used ends here.
    let encoder = wiring::encoder_of(configuration, &model).context("nothing was changed")?;
    let identity = encoder.manifest().identity();
    drop(encoder);
    println!("{model}: checked in {:.1} s", started.elapsed().as_secs_f64());
    let activation = store::models::activate(&store, &model, &identity).await?;
    tell(&store, &activation).await.context("the model was activated, but not every audit log tells of it")?;
    if model != configuration.model {
        println!("it outranks the model of the configuration, {}, until another one is activated", configuration.model);
    }
    follow(&store, &activation, Duration::from_secs(args.wait)).await
}

/// Says in every tenant's audit log that another model reads its messages from now on.
async fn tell(store: &Store, activation: &Activation) -> anyhow::Result<()> {
    let detail = json!({"model": activation.model, "model_hash": activation.model_hash});
    for tenant in tenants::list(store).await? {
        let mut tx = store.begin(tenant.id).await?;
        audit::record(&mut tx, "command line", "model.activated", &activation.model, &detail).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The model that was live before the present one.
async fn before(store: &Store, configuration: &Configuration) -> anyhow::Result<String> {
    let live = store::models::activations(store, 100).await?;
    let mut live = live.into_iter().filter(|activation| activation.live_at.is_some());
    let Some(present) = live.next() else { bail!("no model was ever activated: there is nothing to go back to") };
    let former = live.find(|activation| activation.model_hash != present.model_hash);
    Ok(former.map_or_else(|| configuration.model.clone(), |former| former.model))
}

/// Tells how far the servers are, until each runs the model or has refused it.
async fn follow(store: &Store, activation: &Activation, patience: Duration) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut told: HashMap<Uuid, String> = HashMap::new();
    loop {
        let servers = store::models::servers(store).await?;
        if servers.is_empty() {
            println!("no server runs; one that starts changes to it within seconds");
            return Ok(());
        }
        let mut waiting = 0;
        let mut refused = Vec::new();
        for server in &servers {
            let state = match (&server.progress, &server.problem) {
                _ if server.activation < activation.id => {
                    waiting += 1;
                    server.progress.as_ref().map_or("not begun", |progress| &progress.en).to_owned()
                }
                (_, Some(problem)) => {
                    refused.push(server.host.clone());
                    format!("refused it and goes on with {}: {}", server.model, problem.en)
                }
                _ => format!("answers with {} after {:.1} s", server.model, started.elapsed().as_secs_f64()),
            };
            if told.get(&server.server) != Some(&state) {
                println!("server {}: {state}", server.host);
                told.insert(server.server, state);
            }
        }
        if waiting == 0 {
            ensure!(refused.is_empty(), "refused by {}", refused.join(", "));
            return Ok(());
        }
        if started.elapsed() > patience {
            println!("not waiting any longer for {waiting} servers; `paigong models list` shows how far they are");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
