//! `paigong eval dialogues …`: whole conversations of public data sets, through the product's own understanding and
//! dialogue, one subcommand each.

mod crosswoz;
mod sgd;

/// Which set.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// CrossWOZ: Chinese, five domains with their database.
    Crosswoz(crosswoz::Args),
    /// Schema-Guided Dialogue: intents, requested slots and goals after every user turn.
    Sgd(sgd::Args),
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Crosswoz(args) => crosswoz::run(args),
        Command::Sgd(args) => sgd::run(&args),
    }
}
