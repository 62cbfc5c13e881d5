//! `paigong eval dialogues …`: dialogue sets, turn by turn, through the product's own understanding and dialogue.

mod sgd;

/// Which set.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Schema-Guided Dialogue: intents, requested slots and goals after every user turn.
    Sgd(sgd::Args),
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Sgd(args) => sgd::run(&args),
    }
}
