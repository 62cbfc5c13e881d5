//! `paigong eval …`: measurements on labelled data, without a database.

mod intents;
mod values;

use crate::configuration::Configuration;

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Skill recognition on CSV files.
    Intents(intents::Args),
    /// Typed values on Recognizers-Text specifications.
    Values(values::Args),
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Intents(args) => {
            let _ = configuration;
            intents::run(args)
        }
        Command::Values(args) => values::run(&args),
    }
}
