//! `paigong skills test`: plays the conversation tests of packs in memory, against a database made for them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use skills::Pack;
use skills::scenario::update::{self, Answers};
use skills::scenario::{Coverage, Failure, ScenarioFile};

use crate::configuration::Configuration;
use crate::stage::Stage;
use crate::{packs, serve, wiring};

/// What to test, and how to tell.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders of packs, or a folder that has packs in it; the configured `skills_dir` if there is none. All of them are
    /// installed together.
    folders: Vec<PathBuf>,
    /// Only tests whose file or name has this in it, such as `hr.en` or 请假; no coverage then.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the whole reply beside every turn that is right otherwise (`says`); later runs compare it word for word.
    #[arg(long)]
    update: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A file of tests, as it was run.
struct Report {
    /// Its path.
    file: String,
    seconds: f64,
    tests: Vec<Tested>,
}

/// One test, as it was run.
struct Tested {
    name: String,
    line: u64,
    failure: Option<Box<Failure>>,
}

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let folders = if args.folders.is_empty() { vec![configuration.skills_dir.clone()] } else { args.folders.clone() };
    let (folders, packs): (Vec<_>, Vec<_>) = packs::read_with_folders(&folders)?.into_iter().unzip();
    // Only what is wrong with the skills themselves: the tests tell the rest.
    tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(std::io::stderr).init();
    wiring::block_on(async {
        tokio::select! {
            result = test(configuration, args, &folders, &packs) => result,
            // Dropped half-way, the other future takes its database along.
            signal = serve::stop_signal() => bail!("stopped by {signal}"),
        }
    })
}

async fn test(configuration: &Configuration, args: &Args, folders: &[PathBuf], packs: &[Pack]) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut coverage = Coverage::new(packs);
    let mut reports = Vec::new();
    let mut stage = Stage::set(configuration, folders, packs).await?;
    let set_up = started.elapsed().as_secs_f64();
    for (index, (folder, pack)) in folders.iter().zip(packs).enumerate() {
        for (name, file) in &pack.scenarios {
            let path = folder.join(name);
            let report = test_file(&mut stage, args, packs, index, &path, file, &mut coverage).await?;
            if report.tests.is_empty() {
                continue;
            }
            if !args.json {
                print(&report);
            }
            reports.push(report);
        }
    }
    let total: usize = reports.iter().map(|report| report.tests.len()).sum();
    let failed = reports.iter().flat_map(|report| &report.tests).filter(|test| test.failure.is_some()).count();
    let seconds = started.elapsed().as_secs_f64();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&reports, &coverage, set_up, seconds))?);
    } else {
        println!(
            "{} of {total} conversations are right, {seconds:.1} s ({set_up:.1} s of it to set up)",
            total - failed
        );
        if args.filter.is_none() {
            print!("{coverage}");
        }
    }
    if total == 0 {
        bail!(
            "there is no test{}",
            args.filter.as_ref().map(|text| format!(" with {text:?} in its file or name")).unwrap_or_default()
        );
    }
    if failed > 0 { bail!("{failed} of {total} conversations went wrong") } else { Ok(()) }
}

/// Runs the tests of one file.
async fn test_file(
    stage: &mut Stage,
    args: &Args,
    packs: &[Pack],
    pack: usize,
    path: &Path,
    file: &ScenarioFile,
    coverage: &mut Coverage,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} can't be read"))?;
    let lines = update::lines(&text);
    let mut tests = Vec::new();
    let mut all_answers: Vec<Answers> = Vec::new();
    for (index, scenario) in file.tests.iter().enumerate() {
        let is_wanted = |wanted: &String| shown.contains(wanted.as_str()) || scenario.name.contains(wanted.as_str());
        let mut answers = Answers::new();
        if args.filter.as_ref().is_none_or(is_wanted) {
            let mut scenario = scenario.clone();
            if args.update {
                scenario.turns.iter_mut().for_each(|turn| turn.says = None);
            }
            let outcome = stage.play(packs, pack, &scenario, coverage).await?;
            answers = outcome.answers;
            let line = lines.get(index).copied().unwrap_or_default();
            tests.push(Tested { name: scenario.name, line, failure: outcome.failure });
        }
        all_answers.push(answers);
    }
    if args.update {
        let updated = update::update(&shown, &text, &all_answers)?;
        if updated != text {
            std::fs::write(path, updated).with_context(|| format!("{shown} can't be written"))?;
        }
    }
    Ok(Report { file: shown, seconds: started.elapsed().as_secs_f64(), tests })
}

/// One line for the file, then every test that went wrong.
fn print(report: &Report) {
    let failed = report.tests.iter().filter(|test| test.failure.is_some()).count();
    let total = report.tests.len();
    let verdict = if failed == 0 { "ok  " } else { "FAIL" };
    println!("{verdict}  {:<40} {:>3} of {total:<3} {:6.2} s", report.file, total - failed, report.seconds);
    for test in &report.tests {
        if let Some(failure) = &test.failure {
            println!("\n{}:{}: {}\n{failure}", report.file, test.line, test.name);
        }
    }
}

fn as_json(reports: &[Report], coverage: &Coverage, set_up: f64, seconds: f64) -> Value {
    let files: Vec<_> = reports
        .iter()
        .map(|report| {
            let test = |test: &Tested| json!({"name": test.name, "line": test.line, "failure": test.failure});
            let tests: Vec<_> = report.tests.iter().map(test).collect();
            json!({"file": report.file, "seconds": report.seconds, "tests": tests})
        })
        .collect();
    json!({"files": files, "coverage": coverage, "set_up_seconds": set_up, "seconds": seconds})
}
