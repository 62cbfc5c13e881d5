//! `paigong eval dialogues crosswoz`: understanding, state and tasks on CrossWOZ (Zhu et al. 2020), a Chinese data set of
//! dialogues over five domains (sights, restaurants, hotels, metro, taxi) with their database.
//!
//! The domains are topics of [`inquiry`] and, for their SQL, skills in memory; only `schema` holds words of the
//! data set. Dialogues whose id is a multiple of 5 are never evaluated: the first 40 messages about each domain in them
//! are the classifier's examples. Of the others the user's messages are replayed with the system's turns of the data set as
//! context (what it offered and told: a dialogue system knows its own acts); the user's annotations are only compared with.
//!
//! * `act_f1`: micro F1 of the user's dialogue acts, as [intent, domain, slot, value]. Published: BERTNLU 95.5.
//! * `joint_state_accuracy`: the share of user turns after which all constraints of all domains are exactly those of the
//!   annotation, `sys_state_init` of the system's turn that follows, which is what the system understood before it looked
//!   anything up; `selectedResults` is no constraint. The state is our own from the first turn on, as it is for TRADE
//!   (published: 36.1). When the system offered something that violates a constraint, by the database, the constraint is
//!   given up, as the data set's systems do; `joint_state_accuracy_words_only` is without that, since TRADE has the words
//!   of the dialogue and no database.
//! * `joint_state_accuracy_single_turn`: the same, with the state before the turn taken from `sys_state` of the system's
//!   turn before, so that an error counts once. This is how RuleDST was measured (published: 71.3): it goes from the state
//!   before to the state after by rules over the user's acts. Ours reads these acts itself.
//! * `task_finish`: the share of dialogues all of whose sub-goals are finished; see `tasks`. Published, with a simulated
//!   user: 34.6. A replayed user does not react to us, so this measures finding and telling, not recovery.

mod acts;
mod data;
mod database;
mod likely;
mod replay;
mod schema;
mod score;
mod state;
mod tasks;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use inquiry::Topics;

use crate::eval::encoder::ModelArgs;
use data::{Data, Dialogue};
use database::Database;
use likely::{Likely, Priors};
use score::Score;

/// Measure on CrossWOZ: 500 Chinese dialogues, five domains and their database.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with val.json (or another part of the set) and database/.
    folder: PathBuf,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Evaluate the first N dialogues only.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print every turn that was read wrong.
    #[arg(long)]
    failures: bool,
    /// The database that searches run in, in temporary tables.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(flatten)]
    model: ModelArgs,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let url = args.database_url.clone().context(
        "no database: set DATABASE_URL, or let `scripts/postgres with test …` run this command on a private one",
    )?;
    let data = Data::read(&args.folder)?;
    let topics = schema::topics(&data);
    let likely = Likely::learn(&args.model, &topics, &data.dialogues)?;
    let evaluated = data.dialogues.iter().filter(|dialogue| !dialogue.is_example());
    let judged: Vec<(&Dialogue, Priors)> = evaluated
        .take(args.limit.unwrap_or(usize::MAX))
        .map(|dialogue| Ok((dialogue, likely.judge(dialogue)?)))
        .collect::<anyhow::Result<_>>()?;
    crate::wiring::block_on(async {
        let mut database = Database::load(&url, &topics, &data).await?;
        let measured = measure(&args, &topics, &judged, &mut database).await;
        database.close().await?;
        measured
    })
}

async fn measure(
    args: &Args,
    topics: &Topics,
    judged: &[(&Dialogue, Priors)],
    database: &mut Database,
) -> anyhow::Result<()> {
    let mut score = Score::default();
    let mut out = std::io::stdout().lock();
    for (dialogue, priors) in judged {
        score.dialogues += 1;
        replay::replay(topics, dialogue, priors, &mut score, database, args.failures.then_some(&mut out)).await?;
    }
    if args.json {
        serde_json::to_writer(&mut out, &score.json())?;
        writeln!(out)?;
    } else {
        score.print(&mut out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
