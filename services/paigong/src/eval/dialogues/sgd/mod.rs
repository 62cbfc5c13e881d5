//! `paigong eval dialogues sgd`: the Schema-Guided Dialogue set. Services become skills in memory, the first dialogues of
//! each intent their examples; the rest is talked through without a database or an LLM, and scored by the official
//! definitions (Rastogi et al., *Schema-Guided Dialogue State Tracking Task at DSTC8*, 2020).

mod data;
mod failures;
mod fuzzy;
mod lessons;
mod metrics;
mod schema;
mod talk;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use agent::offline::Offline;
use anyhow::Context;
use serde::Serialize;
use skills::Skill;
use understanding::encoder::Encoder;

use crate::eval::encoder::ModelArgs;
use data::{Dialogue, Goal, Service};
use failures::Failures;
use metrics::Means;

/// Measure dialogue state tracking on a folder of the Schema-Guided Dialogue set (`*schema.json`, `*dialogues*.json`).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder.
    dir: PathBuf,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Talk through only this many dialogues, evenly drawn.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print everything that was understood wrongly.
    #[arg(long)]
    failures: bool,
    #[command(flatten)]
    model: ModelArgs,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Report {
    active_intent_accuracy: f64,
    requested_slot_f1: f64,
    average_goal_accuracy: f64,
    joint_goal_accuracy: f64,
    dialogues: usize,
    user_turns: usize,
    frames: usize,
    lessons: usize,
    skills: usize,
    examples: usize,
    learn_seconds: f64,
    talk_seconds: f64,
    errors: Vec<Kind>,
}

#[derive(Debug, Serialize)]
struct Kind {
    kind: String,
    count: usize,
}

/// Share of messages that ask for something else than the services can do: the set has next to none.
const OUT_OF_SCOPE: f64 = 0.02;

/// Learns, talks, scores and prints.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let (services, dialogues) = data::read(&args.dir)?;
    let (lessons, mut rest) = lessons::divide(dialogues);
    if let Some(limit) = args.limit.filter(|limit| *limit < rest.len()) {
        let all = rest.len();
        rest = rest
            .into_iter()
            .enumerate()
            .filter(|(at, _)| at * limit / all != (at + 1) * limit / all)
            .map(|(_, d)| d)
            .collect();
    }
    let encoder = args.model.start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (report, failures) = runtime.block_on(measure(&encoder, &services, &lessons, &rest))?;
    let mut out = std::io::stdout().lock();
    if args.failures {
        for failure in failures.sorted() {
            writeln!(
                out,
                "{}\t{} {}\t{}\t{}",
                failure.kind, failure.dialogue, failure.turn, failure.what, failure.utterance
            )?;
        }
    }
    if args.json {
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        print_table(&mut out, &report)?;
    }
    Ok(())
}

async fn measure(
    encoder: &Encoder,
    services: &[Service],
    lessons: &[Dialogue],
    dialogues: &[Dialogue],
) -> anyhow::Result<(Report, Failures)> {
    let started = Instant::now();
    let offline = Offline::new(encoder.clone()).await?;
    let mut examples = lessons::examples(lessons, services);
    let example_count = examples.values().map(Vec::len).sum();
    let carried = lessons::carried(lessons, services);
    let mut skills: BTreeMap<&str, Vec<Arc<Skill>>> = BTreeMap::new();
    for service in services {
        for intent in &service.intents {
            let own = examples.remove(&schema::skill_name(&service.service_name, &intent.name)).unwrap_or_default();
            let skill = Arc::new(schema::skill(
                service,
                intent,
                own,
                carried.get(service.service_name.as_str()).map_or(&[], Vec::as_slice),
            )?);
            skills.entry(&service.service_name).or_default().push(skill);
        }
    }
    let mut apps: HashMap<Vec<&str>, agent::App> = HashMap::new();
    for dialogue in dialogues {
        let names = names(dialogue);
        if let Entry::Vacant(place) = apps.entry(names) {
            let own = place.key().iter().filter_map(|name| skills.get(name)).flatten().cloned().collect();
            place.insert(offline.app(own, Some(OUT_OF_SCOPE)).await?);
        }
    }
    let learn_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let (mut means, mut failures, mut user_turns) = (Means::default(), Failures::default(), 0);
    for dialogue in dialogues {
        let names = names(dialogue);
        let app = apps.get(&names).context("an app for every dialogue")?;
        let own: Vec<&Service> =
            services.iter().filter(|service| names.contains(&service.service_name.as_str())).collect();
        let understood = talk::run(&offline, app, &own, dialogue).await?;
        failures.next_dialogue();
        for (index, turn) in dialogue.turns.iter().enumerate() {
            user_turns += usize::from(turn.speaker == data::Speaker::User);
            for frame in &turn.frames {
                let (Some(reference), Some(service)) =
                    (&frame.state, own.iter().find(|service| service.service_name == frame.service))
                else {
                    continue;
                };
                let found = understood.iter().find(|one| one.turn == index && one.service == frame.service);
                let nothing = Goal { active_intent: "NONE".into(), ..Goal::default() };
                let found = found.map_or(&nothing, |one| &one.goal);
                means.add(&metrics::score(service, reference, found));
                failures.compare(dialogue, index, frame, service, reference, found);
            }
        }
    }
    let [intent, requested, average, joint] = means.values();
    let kinds = failures.kinds();
    let report = Report {
        active_intent_accuracy: intent,
        requested_slot_f1: requested,
        average_goal_accuracy: average,
        joint_goal_accuracy: joint,
        dialogues: dialogues.len(),
        user_turns,
        frames: means.frames(),
        lessons: lessons.len(),
        skills: skills.values().map(Vec::len).sum(),
        examples: example_count,
        learn_seconds,
        talk_seconds: started.elapsed().as_secs_f64(),
        errors: kinds.into_iter().map(|(kind, count)| Kind { kind: kind.to_owned(), count }).collect(),
    };
    Ok((report, failures))
}

/// The names of a dialogue's services, sorted: its user may use the skills of these.
fn names(dialogue: &Dialogue) -> Vec<&str> {
    let mut names: Vec<&str> = dialogue.services.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn print_table(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    for (name, value) in [
        ("active intent", report.active_intent_accuracy),
        ("requested slots F1", report.requested_slot_f1),
        ("average goal", report.average_goal_accuracy),
        ("joint goal", report.joint_goal_accuracy),
    ] {
        writeln!(out, "{name:20} {:7.2} %", value * 100.0)?;
    }
    writeln!(
        out,
        "{} dialogues, {} user turns, {} frames; {} examples of {} skills from {} other dialogues",
        report.dialogues, report.user_turns, report.frames, report.examples, report.skills, report.lessons
    )?;
    writeln!(out, "learnt in {:.1} s, talked in {:.1} s", report.learn_seconds, report.talk_seconds)?;
    for kind in report.errors.iter().take(3) {
        writeln!(out, "{:6} × {}", kind.count, kind.kind)?;
    }
    Ok(())
}
