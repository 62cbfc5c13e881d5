//! `paigong eval knowledge`: whether questions find the passage that answers them, whether questions without an answer are
//! refused, and how long the search takes. Needs a model, but no database.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use knowledge::measure::{self, Asked, Case, Cases, Half, Measured};
use knowledge::{Features, Index};
use store::passages::Passage;
use understanding::encoder::{self, Encoder};
use understanding::similarity;
use uuid::Uuid;

use super::encoder::ModelArgs;
use crate::wiring;

/// Measure answers from documents: a folder with one folder of documents a language, and beside it the questions, named
/// FOLDER.zh.questions.yaml and so on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder, such as skills/hr/handbook.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Time the search among this many passages too, most of them made up of parts of the others.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    enlarged: usize,
    /// Show every question whose answer was not first, was refused, or should have been.
    #[arg(long)]
    misses: bool,
    /// Write what the rule that tells whether a passage answers goes by, for fitting it anew: per question tab separated
    /// language, half, whether the first hit is the answer, and its features.
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
}

/// One language's documents and questions.
struct Set {
    language: &'static str,
    source: Uuid,
    passages: Vec<Passage>,
    cases: Vec<Case>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let encoder = args.model.start()?;
    wiring::block_on(async {
        let mut sets = Vec::new();
        for language in ["zh", "en"] {
            let folder = args.folder.join(language);
            if folder.is_dir() {
                sets.push(read(&encoder, &args.folder, language).await?);
            }
        }
        ensure!(!sets.is_empty(), "{} has neither zh nor en in it", args.folder.display());
        println!(
            "questions  documents  half  answerable  recall@1  recall@5    MRR  refused wrongly  unanswerable  refused"
        );
        if sets.len() > 1 {
            let source = Uuid::now_v7();
            let of_both = |set: &Set| {
                set.passages.iter().cloned().map(|passage| Passage { source, ..passage }).collect::<Vec<_>>()
            };
            let index = index(&encoder, sets.iter().flat_map(of_both).collect()).await?;
            for questions in &sets {
                let asked = measure::ask(&encoder, &index, source, &questions.cases).await?;
                row(questions.language, "both", "all", &measure::measure(&asked));
            }
        }
        let mut features =
            String::from("language\thalf\tright\tcosine\tcoverage\trarest\tlexical\tconfidence\tquestion\n");
        for documents in &sets {
            let index = index(&encoder, documents.passages.clone()).await?;
            for questions in &sets {
                let mut asked = measure::ask(&encoder, &index, documents.source, &questions.cases).await?;
                let same = documents.language == questions.language;
                if !same {
                    measure::translate(&mut asked, &documents.passages, &questions.passages);
                }
                for (name, half) in [("dev", Some(Half::Dev)), ("test", Some(Half::Test)), ("all", None)] {
                    let measured =
                        measure::measure(asked.iter().filter(|asked| half.is_none_or(|half| asked.case.half == half)));
                    row(questions.language, documents.language, name, &measured);
                }
                if args.misses && same {
                    asked.iter().for_each(miss);
                }
                if same {
                    features.extend(asked.iter().filter_map(|asked| line(questions.language, asked)));
                }
            }
        }
        if let Some(file) = &args.features {
            std::fs::write(file, features).with_context(|| format!("{} can't be written", file.display()))?;
        }
        println!("\ndocuments  passages  search p50  search p95");
        for set in &sets {
            time(&encoder, set, set.passages.clone()).await?;
            time(&encoder, set, measure::enlarged(&set.passages, args.enlarged)).await?;
        }
        Ok(())
    })
}

async fn read(encoder: &Encoder, folder: &Path, language: &'static str) -> anyhow::Result<Set> {
    let file = PathBuf::from(format!("{}.{language}.questions.yaml", folder.display()));
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
    let cases: Cases = skills::yaml::read(&file.display().to_string(), &text)?;
    let source = Uuid::now_v7();
    let passages = measure::passages(encoder, &folder.join(language), source).await?;
    Ok(Set { language, source, passages, cases: cases.questions })
}

async fn index(encoder: &Encoder, passages: Vec<Passage>) -> Result<Index, encoder::Error> {
    Ok(Index::build(passages, encoder.dimensions(), similarity::measure(encoder).await?))
}

fn row(questions: &str, documents: &str, half: &str, measured: &Measured) {
    let Measured { answerable, recall_1, recall_5, mrr, refused_wrongly, unanswerable, refused } = measured;
    println!(
        "{questions:<9}  {documents:<9}  {half:<4}  {answerable:>10}  {:>7.1}%  {:>7.1}%  {mrr:>5.3}  {:>14.1}%  {unanswerable:>12}  {:>6.1}%",
        recall_1 * 100.0,
        recall_5 * 100.0,
        refused_wrongly * 100.0,
        refused * 100.0
    );
}

fn miss(Asked { case, found, .. }: &Asked) {
    let rank = found.hits.iter().position(|hit| case.is_answered_by(hit));
    let wrong = match case.document {
        Some(_) => rank != Some(0) || !found.answerable,
        None => found.answerable,
    };
    if wrong {
        let first = found.hits.first().map(|hit| format!("{} {:.2}", hit.heading, hit.confidence)).unwrap_or_default();
        let rank = rank.map_or("-".into(), |rank| (rank + 1).to_string());
        let expected = case.heading.as_deref().unwrap_or("no answer");
        println!("  {}: {expected} at {rank}, first {first}", case.q);
    }
}

/// A line of `--features`.
fn line(language: &str, Asked { case, found, .. }: &Asked) -> Option<String> {
    let first = found.hits.first()?;
    let Features { cosine, coverage, rarest, lexical } = first.features;
    let (half, right) = (if case.half == Half::Dev { "dev" } else { "test" }, u8::from(case.is_answered_by(first)));
    let confidence = first.confidence;
    Some(format!(
        "{language}\t{half}\t{right}\t{cosine:.4}\t{coverage:.4}\t{rarest:.4}\t{lexical:.4}\t{confidence:.4}\t{}\n",
        case.q
    ))
}

/// Asks every question ten times over.
async fn time(encoder: &Encoder, set: &Set, passages: Vec<Passage>) -> anyhow::Result<()> {
    let count = passages.len();
    let index = index(encoder, passages).await?;
    let mut times = Vec::new();
    for _ in 0..10 {
        times.extend(measure::ask(encoder, &index, set.source, &set.cases).await?.iter().map(|asked| asked.search_ms));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{:<9}  {count:>8}  {:>7.2} ms  {:>7.2} ms", set.language, at(0.5), at(0.95));
    Ok(())
}
