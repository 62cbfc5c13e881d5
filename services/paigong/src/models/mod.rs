//! `paigong models …`: the encoders that are installed, and which one reads messages.

mod activate;
mod add;
mod compare;

use std::io::Write as _;

use paigong_core::chain;
use secrecy::ExposeSecret;
use store::models::Activation;
use understanding::encoder::models::{self, Found};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with models.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the models of `models_dir`, which one is active, why one can't be used, and what each server runs.
    List,
    /// Take over a Hugging Face style folder with an ONNX graph and a tokenizer.json: writes its `model.toml`, and tries it.
    Add(add::Args),
    /// What another model would make of an app: of its own examples, and of what users have said. Changes nothing.
    Compare(compare::Args),
    /// Make a model the one that reads messages, on every server, without a turn being lost.
    Activate(activate::Args),
}

pub(crate) fn run(configuration: &Configuration, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::List => wiring::block_on(list(configuration)),
        Command::Add(args) => add::run(configuration, args),
        Command::Compare(args) => wiring::block_on(compare::run(configuration, args)),
        Command::Activate(args) => wiring::block_on(activate::run(configuration, args)),
    }
}

async fn list(configuration: &Configuration) -> anyhow::Result<()> {
    let found = models::list(&configuration.models_dir)?;
    let has_database = !configuration.database_url.expose_secret().is_empty();
    let (active, servers) = if has_database {
        let store = wiring::store(configuration).await?;
        (active(&store).await?, store::models::servers(&store).await?)
    } else {
        (None, Vec::new())
    };
    let active = active.map_or_else(|| configuration.model.clone(), |active| active.model);
    let mut out = std::io::stdout().lock();
    for Found { folder, manifest, bytes } in found {
        let mark = if folder == active { "*" } else { " " };
        match manifest {
            Ok(manifest) => writeln!(
                out,
                "{mark} {folder}  {} dimensions  {:.1} MB  {}  {}",
                manifest.graph.dimensions,
                bytes as f64 / 1e6,
                manifest.languages.join(", "),
                manifest.licence
            )?,
            Err(error) => writeln!(out, "{mark} {folder}  can't be used: {}", chain(&error))?,
        }
    }
    for server in servers {
        write!(out, "\nserver {} runs {}", server.host, server.model)?;
        if let Some(progress) = &server.progress {
            write!(out, ", prepares another one ({})", progress.en)?;
        }
        if let Some(problem) = &server.problem {
            write!(out, ", refused the active one: {}", problem.en)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The model that was activated last, if one was.
async fn active(store: &store::Store) -> anyhow::Result<Option<Activation>> {
    Ok(store::models::activations(store, 1).await?.into_iter().next())
}

/// The model in a folder as it is spoken of: its folder's name, or, given as a path, the last part of it.
fn folder_name(model: &str) -> &str {
    model.trim_end_matches('/').rsplit('/').next().unwrap_or(model)
}
