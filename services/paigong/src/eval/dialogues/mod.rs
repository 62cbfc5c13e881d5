//! Whole conversations of public data sets, one subcommand each.

mod crosswoz;

/// Measure on the dialogues of a data set.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// CrossWOZ: Chinese, five domains with their database.
    Crosswoz(crosswoz::Args),
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Crosswoz(args) => crosswoz::run(args),
    }
}
