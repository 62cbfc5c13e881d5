//! `paigong eval dialogues crosswoz`: understanding, state and tasks on CrossWOZ (Zhu et al. 2020).

mod acts;
mod data;
mod schema;
mod score;
mod state;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use dialogue::inquiry::{Memory, Topics};

use data::{Act, Data, Dialogue, Message, Role};
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
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let data = Data::read(&args.folder)?;
    let topics = schema::topics(&data);
    let mut score = Score::default();
    let mut out = std::io::stdout().lock();
    let evaluated = data.dialogues.iter().filter(|dialogue| !dialogue.is_example());
    for dialogue in evaluated.take(args.limit.unwrap_or(usize::MAX)) {
        score.dialogues += 1;
        replay(&topics, dialogue, &mut score, args.failures.then_some(&mut out))?;
    }
    if args.json {
        serde_json::to_writer(&mut out, &score.json())?;
    } else {
        serde_json::to_writer_pretty(&mut out, &score.json())?;
        writeln!(out)?;
        for (kind, count) in score.commonest(25) { writeln!(out, "{count:5} {kind}")?; }
    }
    writeln!(out)?;
    Ok(())
}

fn replay(topics: &Topics, dialogue: &Dialogue, score: &mut Score, mut failures: Option<&mut impl Write>) -> anyhow::Result<()> {
    let calendar = values::Calendar::mainland_china();
    let now = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).unwrap_or_default();
    let mut memory = Memory::new(topics);
    let mut before = data::SystemState::new();
    for (at, message) in dialogue.messages.iter().enumerate() {
        if message.role == Role::System {
            listen(topics, &mut memory, message);
            before = message.sys_state.clone();
            continue;
        }
        score.turns += 1;
        let values = values::read(&message.content, &values::Context::new(now, &calendar));
        let inquiry = topics.read(&message.content, &values, &memory, &|_| 0.0);
        let predicted = acts::acts(topics, &message.content, &inquiry);
        let truth: BTreeSet<Act> = message.dialog_act.iter().cloned().collect();
        let (missing, extra) = score.acts(&predicted, &truth);
        let mut single = memory.clone();
        state::load(topics, &mut single, &before);
        single.hear(&inquiry);
        memory.hear(&inquiry);
        let own = state::of_memory(topics, &memory);
        let mut right = (true, true);
        let mut annotated = state::Belief::new();
        if let Some(next) = dialogue.messages.get(at + 1) {
            annotated = state::of_annotation(topics, &next.sys_state_init);
            right.0 = score.belief(&own, &annotated);
            right.1 = state::of_memory(topics, &single) == annotated;
            score.joint_single += usize::from(right.1);
        }
        if let Some(out) = failures.as_deref_mut().filter(|_| !missing.is_empty() || !extra.is_empty() || right != (true, true)) {
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
fn listen(topics: &Topics, memory: &mut Memory, message: &Message) {
    for (t, topic) in topics.topics.iter().enumerate() {
        let names = |slot: &str| -> Vec<String> {
            let acts = message.dialog_act.iter();
            acts.filter(|act| act[1] == topic.name && act[2] == slot && matches!(act[0].as_str(), "Inform" | "Recommend"))
                .map(|act| act[3].clone())
                .collect()
        };
        if message.dialog_act.iter().any(|act| act[0] == "NoOffer" && act[1] == topic.name) {
            memory.miss(t);
        }
        memory.tell(t, &names("名称"));
        for (other, target) in topics.topics.iter().enumerate() {
            let near = names(&format!("周边{}", target.name));
            if !near.is_empty() {
                memory.list(other, t, &near);
            }
        }
    }
}
