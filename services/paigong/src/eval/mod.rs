//! `paigong eval …`: measurements on labelled data, mostly without a database.

mod answers;
mod dialogues;
mod encoder;
mod intents;
mod knowledge;
mod values;

use crate::configuration::Configuration;

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Skill recognition on CSV files.
    Intents(intents::Args),
    /// Answers from documents: found, refused where there is none, and in what time.
    Knowledge(knowledge::Args),
    /// The same questions as whole turns, beside all other skills: who answers, and from the right passage? Needs a database.
    Answers(answers::Args),
    /// Whole dialogues: is what the user wants known after every turn?
    #[command(subcommand)]
    Dialogues(dialogues::Command),
    /// Typed values on Recognizers-Text specifications.
    Values(values::Args),
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Intents(args) => intents::run(args),
        Command::Knowledge(args) => knowledge::run(&args),
        Command::Answers(args) => answers::run(configuration, &args),
        Command::Dialogues(command) => dialogues::run(command),
        Command::Values(args) => values::run(&args),
    }
}
