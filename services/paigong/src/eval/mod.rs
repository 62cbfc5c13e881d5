//! `paigong eval …`: measurements on labelled data, without a database.

mod intents;
mod values;

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Skill recognition on CSV files.
    Intents(intents::Args),
    /// Typed values on Recognizers-Text specifications.
    Values(values::Args),
}

pub(crate) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Intents(args) => intents::run(args),
        Command::Values(args) => values::run(&args),
    }
}
