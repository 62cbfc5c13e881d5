//! One dialogue replayed: the user's messages through the product's parts, the system's turns as context.

use std::collections::BTreeSet;
use std::io::Write;

use chrono::NaiveDateTime;
use inquiry::{Inquiry, Memory, Topics};

use super::acts;
use super::data::{Act, Dialogue, Message, Role, SystemState};
use super::database::Database;
use super::likely::Priors;
use super::score::Score;
use super::state::{self, Belief};
use super::tasks::{self, Journal};

/// What is known in the middle of a dialogue.
struct Replay<'t> {
    topics: &'t Topics,
    memory: Memory,
    /// The same without what is inferred from the system's offers.
    words_only: Memory,
    journal: Journal,
    /// The annotated state after the last system turn.
    before: SystemState,
}

/// Replays `dialogue` and counts.
pub(super) async fn replay(
    topics: &Topics,
    dialogue: &Dialogue,
    priors: &Priors,
    score: &mut Score,
    database: &mut Database,
    mut failures: Option<&mut impl Write>,
) -> anyhow::Result<()> {
    let mut replay = Replay {
        topics,
        memory: Memory::new(topics),
        words_only: Memory::new(topics),
        journal: Journal::default(),
        before: SystemState::new(),
    };
    for (at, message) in dialogue.messages.iter().enumerate() {
        if message.role == Role::System {
            replay.listen(message, database).await?;
            continue;
        }
        let prior = |topic: usize| priors.get(at).and_then(|p| p.get(topic)).copied().unwrap_or_default();
        let inquiry = read(topics, &message.content, &replay.memory, &prior);
        let next = dialogue.messages.get(at + 1).map(|next| &next.sys_state_init);
        let report = replay.count(message, &inquiry, next, score);
        replay.journal.act(topics, &replay.memory, &inquiry, database).await?;
        if let Some(out) = failures.as_deref_mut().filter(|_| !report.is_empty()) {
            writeln!(out, "{} {at}: {}\n{report}", dialogue.id, message.content)?;
        }
    }
    let (finished, all, missing) = replay.journal.judge(topics, dialogue);
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

/// Reads a message as the product does.
pub(super) fn read(topics: &Topics, text: &str, memory: &Memory, prior: &dyn Fn(usize) -> f32) -> Inquiry {
    let calendar = values::Calendar::mainland_china();
    let values = values::read(text, &values::Context::new(now(), &calendar));
    topics.read(text, &values, memory, prior)
}

/// The data set tells no time; this is as good as any.
fn now() -> NaiveDateTime {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).unwrap_or_default()
}

impl Replay<'_> {
    /// Takes in a user's message and compares with its annotation; returns what differs, in words.
    fn count(&mut self, message: &Message, inquiry: &Inquiry, next: Option<&SystemState>, score: &mut Score) -> String {
        let topics = self.topics;
        score.turns += 1;
        let predicted = acts::acts(topics, &message.content, inquiry);
        let truth: BTreeSet<Act> = message.dialog_act.iter().cloned().collect();
        let (missing, extra) = score.acts(&predicted, &truth);
        let mut lines = Vec::new();
        for (sign, acts) in [("-", &missing), ("+", &extra)] {
            lines.extend(acts.iter().map(|act| format!("   {sign} {}", act.join(" "))));
        }
        let mut single = self.memory.clone();
        state::load(topics, &mut single, &self.before);
        for memory in [&mut single, &mut self.memory, &mut self.words_only] {
            memory.hear(inquiry);
        }
        if let Some(next) = next {
            let annotated = state::of_annotation(topics, next);
            let own = state::of_memory(topics, &self.memory);
            let single = state::of_memory(topics, &single);
            score.belief(&own, &annotated);
            score.joint_single += usize::from(single == annotated);
            score.joint_words += usize::from(state::of_memory(topics, &self.words_only) == annotated);
            for (name, belief) in [("single turn", &single), ("state", &own)] {
                if *belief != annotated {
                    lines.push(format!("   {name}: {}", difference(belief, &annotated)));
                }
            }
        }
        lines.join("\n")
    }

    /// Takes in what the system said in the data set: the user's next words refer to it.
    async fn listen(&mut self, message: &Message, database: &mut Database) -> anyhow::Result<()> {
        self.before.clone_from(&message.sys_state);
        for (t, topic) in self.topics.topics.iter().enumerate() {
            let names = |slot: &str| -> Vec<String> {
                let says = |act: &&Act| matches!(act[0].as_str(), "Inform" | "Recommend");
                let acts = message.dialog_act.iter().filter(says);
                acts.filter(|act| act[1] == topic.name && act[2] == slot).map(|act| act[3].clone()).collect()
            };
            let offered = names("名称");
            self.journal.offered(self.topics, t, &offered, database).await?;
            // What is offered though it does not meet a condition takes the condition's place.
            let unmet = tasks::unmet(self.topics, t, &offered, &self.memory, database).await?;
            self.memory.give_up(t, &unmet);
            for memory in [&mut self.memory, &mut self.words_only] {
                if message.dialog_act.iter().any(|act| act[0] == "NoOffer" && act[1] == topic.name) {
                    memory.miss(t);
                }
                memory.tell(t, &offered);
                for (other, target) in self.topics.topics.iter().enumerate() {
                    let near = names(&format!("周边{}", target.name));
                    if !near.is_empty() {
                        memory.list(other, t, &near);
                    }
                }
            }
        }
        Ok(())
    }
}

fn difference(own: &Belief, annotated: &Belief) -> String {
    let keys: BTreeSet<_> = own.keys().chain(annotated.keys()).collect();
    let differs = keys.into_iter().filter(|key| own.get(*key) != annotated.get(*key));
    let show = |key: &(String, String)| {
        let value = |belief: &Belief| belief.get(key).cloned().unwrap_or_else(|| "-".into());
        format!("{}.{} {} (annotated {})", key.0, key.1, value(own), value(annotated))
    };
    differs.map(show).collect::<Vec<_>>().join("; ")
}
