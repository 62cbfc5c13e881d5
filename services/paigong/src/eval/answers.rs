//! `paigong eval answers`: questions to documents as whole turns, beside all other skills of an app: whether the message finds
//! its way to the documents at all, and what is answered. Runs on a database of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;

use agent::{ActionKind, Answered};
use anyhow::{Context, ensure};
use knowledge::measure::{Case, Cases};
use skills::{Pack, Skill};

use crate::configuration::Configuration;
use crate::stage::Stage;
use crate::{packs, wiring};

/// Measure answers from documents as users get them: FOLDER.zh.questions.yaml and FOLDER.en.questions.yaml are asked, each
/// question in a conversation of its own, of an app that has all the packs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of documents that the questions are about, such as skills/hr/handbook.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Who asks.
    #[arg(long, default_value = "E1001")]
    user: String,
    /// Show every question that was not answered right.
    #[arg(long)]
    misses: bool,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// To the passage that answers it.
    Right,
    /// To another passage.
    Elsewhere,
    /// To the documents, and the answer is that they don't say.
    Refused,
    /// To another skill, or to a question which one is meant.
    Skill,
    /// To nothing.
    Nothing,
}

const ALL: [Came; 5] = [Came::Right, Came::Elsewhere, Came::Refused, Came::Skill, Came::Nothing];

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let mut sets = Vec::new();
    for language in ["zh", "en"] {
        let file = PathBuf::from(format!("{}.{language}.questions.yaml", args.folder.display()));
        if file.is_file() {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
            let cases: Cases = skills::yaml::read(&file.display().to_string(), &text)?;
            sets.push((language, cases.questions));
        }
    }
    ensure!(!sets.is_empty(), "there is no {}.zh.questions.yaml and no .en.questions.yaml", args.folder.display());
    let all = packs::read_with_folders(std::slice::from_ref(&configuration.skills_dir))?;
    let (folders, packs): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let manifests =
        packs.iter().flat_map(|pack: &Pack| pack.manifests.iter().map(move |(_, manifest)| (pack, manifest)));
    let compiled = manifests.filter_map(|(pack, manifest)| Skill::compile(manifest.clone(), 1, &pack.about.pack).ok());
    let rulebooks = compiled.filter(|skill| skill.run.is_knowledge()).map(|skill| skill.name().to_owned()).collect();
    wiring::block_on(async {
        let stage = Stage::set(configuration, &folders, &packs).await?;
        println!("questions  answer          asked  right passage  other passage  refused  other skill  nothing");
        for (language, cases) in &sets {
            for has_answer in [true, false] {
                let cases = cases.iter().filter(|case| case.document.is_some() == has_answer);
                ask(&stage, args, &rulebooks, (language, has_answer), cases).await?;
            }
        }
        Ok(())
    })
}

async fn ask(
    stage: &Stage,
    args: &Args,
    rulebooks: &BTreeSet<String>,
    (language, has_answer): (&str, bool),
    cases: impl Iterator<Item = &Case>,
) -> anyhow::Result<()> {
    let (mut came, mut misses) = (Vec::new(), Vec::new());
    for case in cases {
        let answered = stage.ask(&args.user, &case.q).await?;
        let to = where_to(case, &answered, rulebooks);
        came.push(to);
        let is_good = if has_answer { to == Came::Right } else { matches!(to, Came::Refused | Came::Nothing) };
        if !is_good {
            let text = answered.answer.answer.replace('\n', " ");
            let text: String = text.chars().take(60).collect();
            misses.push(format!("  {to:?}: {} → {text}", case.q));
        }
    }
    let share = |which: Came| {
        let count = came.iter().filter(|&&to| to == which).count();
        100.0 * count as f64 / came.len().max(1) as f64
    };
    let [right, elsewhere, refused, skill, nothing] = ALL.map(share);
    let kind = if has_answer { "in a document" } else { "in none" };
    println!(
        "{language:<9}  {kind:<13}  {:>6}  {right:>12.1}%  {elsewhere:>12.1}%  {refused:>6.1}%  {skill:>10.1}%  {nothing:>6.1}%",
        came.len()
    );
    if args.misses {
        misses.iter().for_each(|miss| println!("{miss}"));
    }
    Ok(())
}

fn where_to(case: &Case, answered: &Answered, rulebooks: &BTreeSet<String>) -> Came {
    let citations = &answered.answer.citations;
    if !citations.is_empty() {
        let is_right = citations.iter().any(|citation| case.is_answered_at(&citation.path, &citation.heading));
        return if is_right { Came::Right } else { Came::Elsewhere };
    }
    let ran = answered.answer.execution.as_ref().map(|execution| execution.skill.as_str());
    let decided = answered.decided.as_ref().and_then(|decided| decided.skill.as_deref());
    match ran.or(decided) {
        Some(skill) if rulebooks.contains(skill) => Came::Refused,
        Some(_) => Came::Skill,
        None if answered.answer.dialog_action.kind == ActionKind::ElicitSkill => Came::Skill,
        None => Came::Nothing,
    }
}
