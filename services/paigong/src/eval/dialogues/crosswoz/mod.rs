//! `paigong eval dialogues crosswoz`: understanding, state and tasks on CrossWOZ (Zhu et al. 2020).

mod acts;
mod data;
mod database;
mod likely;
mod schema;
mod score;
mod state;
mod tasks;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use dialogue::inquiry::{Memory, Topics};

use anyhow::Context;
use data::{Act, Data, Dialogue, Message, Role};
use database::Database;
use likely::{Likely, Priors};
use score::Score;
use tasks::Journal;

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
    /// The database that searches run in; tables are made in a schema of their own and dropped.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(flatten)]
    model: likely::Where,
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
        replay(topics, dialogue, priors, &mut score, database, args.failures.then_some(&mut out)).await?;
    }
    if args.json {
        serde_json::to_writer(&mut out, &score.json())?;
        writeln!(out)?;
    } else {
        score.print(&mut out)?;
    }
    Ok(())
}

async fn replay(
    topics: &Topics,
    dialogue: &Dialogue,
    priors: &Priors,
    score: &mut Score,
    database: &mut Database,
    mut failures: Option<&mut impl Write>,
) -> anyhow::Result<()> {
    let calendar = values::Calendar::mainland_china();
    let now =
        chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).unwrap_or_default();
    let mut memory = Memory::new(topics);
    let mut journal = Journal::default();
    let mut before = data::SystemState::new();
    for (at, message) in dialogue.messages.iter().enumerate() {
        if message.role == Role::System {
            listen(topics, &mut memory, &mut journal, database, message).await?;
            before = message.sys_state.clone();
            continue;
        }
        score.turns += 1;
        let values = values::read(&message.content, &values::Context::new(now, &calendar));
        let inquiry = topics.read(&message.content, &values, &memory, &|topic| priors[at][topic]);
        let predicted = acts::acts(topics, &message.content, &inquiry);
        let truth: BTreeSet<Act> = message.dialog_act.iter().cloned().collect();
        let (missing, extra) = score.acts(&predicted, &truth);
        let mut single = memory.clone();
        state::load(topics, &mut single, &before);
        single.hear(&inquiry);
        memory.hear(&inquiry);
        journal.act(topics, &memory, &inquiry, database).await?;
        let own = state::of_memory(topics, &memory);
        let mut right = (true, true);
        let mut annotated = state::Belief::new();
        if let Some(next) = dialogue.messages.get(at + 1) {
            annotated = state::of_annotation(topics, &next.sys_state_init);
            right.0 = score.belief(&own, &annotated);
            right.1 = state::of_memory(topics, &single) == annotated;
            score.joint_single += usize::from(right.1);
        }
        if let Some(out) =
            failures.as_deref_mut().filter(|_| !missing.is_empty() || !extra.is_empty() || right != (true, true))
        {
            writeln!(out, "{} {}: {}", dialogue.id, at, message.content)?;
            for (sign, acts) in [("-", &missing), ("+", &extra)] {
                for act in acts {
                    writeln!(out, "   {sign} {}", act.join(" "))?;
                }
            }
            if !right.1 {
                let single = state::of_memory(topics, &single);
                writeln!(out, "   single turn: {}", difference(&single, &annotated))?;
            }
            if !right.0 {
                writeln!(out, "   state: {}", difference(&own, &annotated))?;
            }
        }
    }
    let (finished, all, missing) = journal.judge(topics, dialogue);
    score.tasks += usize::from(finished == all);
    score.goals += all;
    score.goals_finished += finished;
    if let Some(out) = failures {
        for missing in missing {
            writeln!(out, "{} task {missing}", dialogue.id)?;
        }
    }
    Ok(())
}

fn difference(own: &state::Belief, annotated: &state::Belief) -> String {
    let keys: BTreeSet<_> = own.keys().chain(annotated.keys()).collect();
    let differs = keys.into_iter().filter(|key| own.get(*key) != annotated.get(*key));
    let show = |key: &(String, String)| {
        let value = |belief: &state::Belief| belief.get(key).cloned().unwrap_or_else(|| "-".into());
        format!("{}.{} {} (annotated {})", key.0, key.1, value(own), value(annotated))
    };
    differs.map(show).collect::<Vec<_>>().join("; ")
}

/// Takes in what the system said in the data set: the user's next words refer to it.
async fn listen(
    topics: &Topics,
    memory: &mut Memory,
    journal: &mut Journal,
    database: &mut Database,
    message: &Message,
) -> anyhow::Result<()> {
    for (t, topic) in topics.topics.iter().enumerate() {
        let names = |slot: &str| -> Vec<String> {
            let acts = message.dialog_act.iter();
            acts.filter(|act| {
                act[1] == topic.name && act[2] == slot && matches!(act[0].as_str(), "Inform" | "Recommend")
            })
            .map(|act| act[3].clone())
            .collect()
        };
        if message.dialog_act.iter().any(|act| act[0] == "NoOffer" && act[1] == topic.name) {
            memory.miss(t);
        }
        let offered = names("名称");
        journal.offered(topics, t, &offered, database).await?;
        if !offered.is_empty() {
            // What is offered though it does not meet a condition takes the condition's place.
            let unmet = tasks::unmet(topics, t, &offered, memory, database).await?;
            memory.give_up(t, &unmet);
        }
        memory.tell(t, &offered);
        for (other, target) in topics.topics.iter().enumerate() {
            let near = names(&format!("周边{}", target.name));
            if !near.is_empty() {
                memory.list(other, t, &near);
            }
        }
    }
    Ok(())
}
