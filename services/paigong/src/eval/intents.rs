//! `paigong eval intents`: how well skills are recognised on a labelled file, by the service's own encoder, classifier
//! and decision. Needs a model, but no database. Runs outside of an async runtime.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::Serialize;
use understanding::{
    classifier::{Background, Band, Example, Kind, Model, Options, Verdict, background},
    encoder::Encoder,
};

use super::encoder::ModelArgs;

/// Measure skill recognition on CSV files with the columns `text,intent`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Examples to learn from (CSV: text,intent; a header row is recognised).
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// Utterances to judge (CSV: text,intent).
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Utterances that belong to no intent (CSV; the first column counts). Refusing is then part of the task: a refused
    /// row of --test is wrong.
    #[arg(long, value_name = "FILE")]
    oos: Option<PathBuf>,
    /// Learn from this many examples of each intent, drawn at random.
    #[arg(long, value_name = "N")]
    shots: Option<usize>,
    /// Seed of the draw.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelArgs,
}

/// What is printed. `README`s and issues refer to these names.
#[derive(Debug, Serialize)]
struct Report {
    /// Share of the test rows whose first candidate is right; with --oos also not refused.
    accuracy: f64,
    /// Mean F1 over the intents; with --oos "out of scope" is one more class.
    macro_f1: f64,
    /// Matthews correlation over all classes (Gorodkin 2004), the same classes as `macro_f1`.
    mcc: f64,
    /// Expected calibration error of the first candidate's probability on the test rows, 15 bins.
    ece: f64,
    /// Fit and calibration from cached embeddings.
    fit_seconds: f64,
    /// The same after one example was taken away, as an edit does it: live fit, calibration kept.
    edit_seconds: f64,
    /// Text to verdict, one at a time.
    infer_ms_p50: f64,
    /// Embedding to verdict.
    classify_ms_p50: f64,
    /// Embedding of all files, all cores.
    embed_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    oos_recall: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oos_precision: Option<f64>,
    train_rows: usize,
    test_rows: usize,
    oos_rows: usize,
    intents: usize,
}

/// A row of a file.
#[derive(Debug, Clone)]
struct Row {
    text: String,
    intent: String,
}

/// Rows timed one at a time.
const TIMED: usize = 300;
/// Stands for "out of scope" among the predicted classes; no intent is named like this.
const OUTSIDE: &str = "\u{0}out of scope";

/// Learns, judges and prints.
pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let mut train = read(&args.train)?;
    if let Some(shots) = args.shots {
        train = draw(train, shots, args.seed);
    }
    let test = read(&args.test)?;
    let oos = args.oos.as_deref().map(read).transpose()?;
    ensure!(!train.is_empty(), "{} has no rows", args.train.display());
    ensure!(!test.is_empty(), "{} has no rows", args.test.display());

    let encoder = args.model.start()?;
    let report = measure(&encoder, &train, &test, oos.as_deref())?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        print_table(&mut out, &report)?;
    }
    Ok(())
}

fn measure(encoder: &Encoder, train: &[Row], test: &[Row], oos: Option<&[Row]>) -> anyhow::Result<Report> {
    let started = Instant::now();
    let background = background::texts().collect::<Vec<_>>();
    let background = Background::new(&embed(encoder, &background)?, encoder.dimensions())?;
    let mut examples = examples(encoder, train)?;
    let test_vectors = embed(encoder, &texts(test))?;
    let oos_vectors = embed(encoder, &texts(oos.unwrap_or_default()))?;
    let embed_seconds = started.elapsed().as_secs_f64();

    let options = Options::default();
    let started = Instant::now();
    let model = Model::fit(&examples, &background, &options, None)?;
    let fit_seconds = started.elapsed().as_secs_f64();
    examples.pop();
    let started = Instant::now();
    Model::fit(&examples, &background, &Options::edit(), Some(&model))?;
    let edit_seconds = started.elapsed().as_secs_f64();

    let judge = |vector: &Arc<[f32]>| model.classify(vector, &|_| true);
    let verdicts: Vec<Verdict> = test_vectors.iter().map(judge).collect();
    let oos_verdicts: Vec<Verdict> = oos_vectors.iter().map(judge).collect();

    let may_refuse = oos.is_some();
    let predict = |verdict: &Verdict| match verdict.candidates.first() {
        Some(first) if !may_refuse || verdict.band != Band::Refuse => first.skill.to_string(),
        _ => OUTSIDE.to_owned(),
    };
    let mut pairs: Vec<(String, String)> =
        test.iter().zip(&verdicts).map(|(row, verdict)| (row.intent.clone(), predict(verdict))).collect();
    let accuracy = share(pairs.iter().map(|(truth, predicted)| truth == predicted));
    pairs.extend(oos_verdicts.iter().map(|verdict| (OUTSIDE.to_owned(), predict(verdict))));

    let refused_right = oos_verdicts.iter().filter(|verdict| verdict.band == Band::Refuse).count();
    let refused_wrong = verdicts.iter().filter(|verdict| verdict.band == Band::Refuse).count();
    let (infer, classify) = time(encoder, &model, test)?;
    Ok(Report {
        accuracy,
        macro_f1: macro_f1(&pairs),
        mcc: matthews(&pairs),
        ece: calibration_error(test, &verdicts),
        fit_seconds,
        edit_seconds,
        infer_ms_p50: infer,
        classify_ms_p50: classify,
        embed_seconds,
        oos_recall: may_refuse.then(|| refused_right as f64 / oos_verdicts.len().max(1) as f64),
        oos_precision: may_refuse.then(|| refused_right as f64 / (refused_right + refused_wrong).max(1) as f64),
        train_rows: train.len(),
        test_rows: test.len(),
        oos_rows: oos_verdicts.len(),
        intents: model.skills().count(),
    })
}

fn examples(encoder: &Encoder, rows: &[Row]) -> anyhow::Result<Vec<Example>> {
    let vectors = embed(encoder, &texts(rows))?;
    let example = |(row, vector): (&Row, Arc<[f32]>)| Example {
        skill: row.intent.as_str().into(),
        text: row.text.as_str().into(),
        vector,
        kind: Kind::Positive,
    };
    Ok(rows.iter().zip(vectors).map(example).collect())
}

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

fn embed(encoder: &Encoder, texts: &[&str]) -> anyhow::Result<Vec<Arc<[f32]>>> {
    Ok(encoder.embed_many_blocking(texts)?.into_iter().map(|embedding| embedding.vector).collect())
}

/// Medians in milliseconds: text to verdict, embedding to verdict.
fn time(encoder: &Encoder, model: &Model, rows: &[Row]) -> anyhow::Result<(f64, f64)> {
    let (mut whole, mut classify) = (Vec::new(), Vec::new());
    for row in rows.iter().take(TIMED) {
        let started = Instant::now();
        let embedding = encoder.embed_blocking(&row.text)?;
        let embedded = Instant::now();
        let verdict = model.classify(&embedding.vector, &|_| true);
        whole.push(started.elapsed());
        classify.push(embedded.elapsed());
        std::hint::black_box(verdict);
    }
    Ok((median_ms(whole), median_ms(classify)))
}

fn median_ms(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.with_context(|| format!("{} row {}", path.display(), index + 1))?;
        let text = record.get(0).unwrap_or_default().trim_start_matches('\u{feff}');
        let intent = record.get(1).unwrap_or_default();
        let is_header = index == 0 && text.eq_ignore_ascii_case("text");
        if !is_header && !text.is_empty() {
            rows.push(Row { text: text.to_owned(), intent: intent.to_owned() });
        }
    }
    Ok(rows)
}

/// `shots` rows of each intent.
fn draw(rows: Vec<Row>, shots: usize, seed: u64) -> Vec<Row> {
    let mut by_intent: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_intent.entry(row.intent.clone()).or_default().push(row);
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let few = |mut own: Vec<Row>| {
        own.shuffle(&mut rng);
        own.truncate(shots);
        own
    };
    by_intent.into_values().flat_map(few).collect()
}

fn share(hits: impl ExactSizeIterator<Item = bool>) -> f64 {
    let all = hits.len().max(1);
    hits.filter(|hit| *hit).count() as f64 / all as f64
}

/// Per class: how often true, how often predicted, how often both.
fn tally(pairs: &[(String, String)]) -> BTreeMap<&str, [f64; 3]> {
    let mut counts: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for (truth, predicted) in pairs {
        counts.entry(truth).or_default()[0] += 1.0;
        counts.entry(predicted).or_default()[1] += 1.0;
        counts.entry(truth).or_default()[2] += f64::from(u8::from(truth == predicted));
    }
    counts
}

fn macro_f1(pairs: &[(String, String)]) -> f64 {
    let counts = tally(pairs);
    let f1 = |[truth, predicted, both]: &[f64; 3]| 2.0 * both / (truth + predicted);
    counts.values().map(f1).sum::<f64>() / counts.len().max(1) as f64
}

/// Matthews correlation for many classes, the R_K statistic of Gorodkin, *Comparing two K-category assignments by a
/// K-category correlation coefficient* (2004).
fn matthews(pairs: &[(String, String)]) -> f64 {
    let counts = tally(pairs);
    let all = pairs.len() as f64;
    let right: f64 = counts.values().map(|[_, _, both]| both).sum();
    let cross: f64 = counts.values().map(|[truth, predicted, _]| truth * predicted).sum();
    let truths: f64 = counts.values().map(|[truth, ..]| truth * truth).sum();
    let predictions: f64 = counts.values().map(|[_, predicted, _]| predicted * predicted).sum();
    let scale = ((all * all - predictions) * (all * all - truths)).sqrt();
    if scale == 0.0 { 0.0 } else { (right * all - cross) / scale }
}

/// Mean gap between the first candidate's probability and how often it is right, over 15 bins of probability (Guo et
/// al. 2017).
fn calibration_error(rows: &[Row], verdicts: &[Verdict]) -> f64 {
    const BINS: usize = 15;
    let mut bins = [[0.0f64; 3]; BINS];
    for (row, verdict) in rows.iter().zip(verdicts) {
        let Some(first) = verdict.candidates.first() else { continue };
        let p = f64::from(first.p);
        let bin = &mut bins[((p * BINS as f64) as usize).min(BINS - 1)];
        bin[0] += 1.0;
        bin[1] += p;
        bin[2] += f64::from(u8::from(*first.skill == *row.intent));
    }
    let gaps: f64 = bins.iter().map(|[_, p, right]| (p - right).abs()).sum();
    gaps / verdicts.len().max(1) as f64
}

fn print_table(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let distinct = BTreeSet::from(["accuracy", "macro_f1", "mcc", "ece", "oos_recall", "oos_precision"]);
    let serde_json::Value::Object(fields) = serde_json::to_value(report)? else { return Ok(()) };
    for (name, value) in fields {
        let number = value.as_f64().unwrap_or_default();
        if distinct.contains(name.as_str()) {
            writeln!(out, "{name:16} {:7.2} %", number * 100.0)?;
        } else if value.is_u64() {
            writeln!(out, "{name:16} {number:7}")?;
        } else {
            writeln!(out, "{name:16} {number:10.3}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
        rows.iter().map(|(truth, predicted)| ((*truth).to_owned(), (*predicted).to_owned())).collect()
    }

    #[test]
    fn matthews_correlation_agrees_with_the_two_class_formula() {
        // 3 true positives, 2 true negatives, 1 false positive, 1 false negative.
        let rows = pairs(&[("a", "a"), ("a", "a"), ("a", "a"), ("b", "b"), ("b", "b"), ("b", "a"), ("a", "b")]);
        let expected = (3.0 * 2.0 - 1.0 * 1.0) / (4.0f64 * 4.0 * 3.0 * 3.0).sqrt();
        assert!((matthews(&rows) - expected).abs() < 1e-12);
    }

    #[test]
    fn macro_f1_counts_every_class_once_however_rare() {
        let rows = pairs(&[("a", "a"), ("a", "a"), ("a", "a"), ("b", "a")]);
        let f1_of_a = 2.0 * 3.0 / 7.0;
        assert!((macro_f1(&rows) - f1_of_a / 2.0).abs() < 1e-12);
    }

    #[test]
    fn drawing_takes_the_same_rows_for_the_same_seed() {
        let row = |n: usize| Row { text: n.to_string(), intent: (n % 2).to_string() };
        let rows: Vec<Row> = (0..20).map(row).collect();
        let first = texts(&draw(rows.clone(), 3, 7)).join(" ");
        assert_eq!(first, texts(&draw(rows.clone(), 3, 7)).join(" "));
        assert_eq!(draw(rows, 3, 7).len(), 6);
    }
}
