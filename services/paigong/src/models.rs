//! `paigong models …`: the encoders that are installed.

use paigong_core::chain;
use understanding::encoder::models;

use crate::configuration::Configuration;

/// What to do with models.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the models of `models_dir`, which one is active, and why one can't be used.
    List,
}

pub(crate) fn run(configuration: &Configuration, command: &Command) -> anyhow::Result<()> {
    let Command::List = command;
    for found in models::list(&configuration.models_dir)? {
        let mark = if found.folder == configuration.model { "*" } else { " " };
        match found.manifest {
            Ok(manifest) => println!(
                "{mark} {}  {} dimensions  {:.1} MB  {}  {}",
                found.folder,
                manifest.graph.dimensions,
                found.bytes as f64 / 1e6,
                manifest.languages.join(", "),
                manifest.licence
            ),
            Err(error) => println!("{mark} {}  can't be used: {}", found.folder, chain(&error)),
        }
    }
    Ok(())
}
