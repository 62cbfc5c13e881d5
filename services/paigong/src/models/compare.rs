//! `paigong models compare`: two models on one app, side by side.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use agent::compare::{Case, Judged, Reading, examples, judge};
use anyhow::ensure;
use skills::Skill;
use store::review::Said;
use understanding::classifier::Band;
use understanding::encoder::models;

use crate::configuration::Configuration;
use crate::{packs, wiring};

/// What is compared.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model to compare with, such as the active one: its folder below `models_dir`.
    a: String,
    /// The other one.
    b: String,
    /// The tenant whose app is looked at.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app.
    #[arg(long, default_value = "demo")]
    app: String,
    /// Look at the skills of these packs instead; needs no database, and knows nothing of what users have said.
    #[arg(long = "skills", value_name = "DIR")]
    skills: Vec<PathBuf>,
    /// Different sayings of users that are looked at, the most frequent first.
    #[arg(long, default_value_t = 500)]
    sayings: i64,
    /// Changes that are listed of each kind.
    #[arg(long, default_value_t = 20)]
    list: usize,
}

/// An app, and what was said to it.
#[derive(Default)]
struct Subject {
    skills: Vec<Arc<Skill>>,
    said: Vec<Said>,
}

pub(crate) async fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let names = [super::folder_name(&args.a), super::folder_name(&args.b)];
    let subject = if args.skills.is_empty() { of_app(configuration, args).await? } else { of_packs(args)? };
    let cases = examples(&subject.skills);
    ensure!(
        !cases.is_empty(),
        "there are no examples: {}",
        if args.skills.is_empty() {
            "the app has no skills; --tenant and --app say which, --skills takes packs instead"
        } else {
            "the packs have no skills"
        }
    );
    let said: Vec<String> = subject.said.iter().map(|said| said.utterance.clone()).collect();
    let mut judged = Vec::new();
    for name in names {
        let encoder = wiring::encoder_of(configuration, name)?;
        judged.push(judge(&encoder, &subject.skills, &said).await?);
    }
    let sizes: Vec<u64> = {
        let found = models::list(&configuration.models_dir)?;
        let size = |name| found.iter().find(|found| found.folder == name).map_or(0, |found| found.bytes);
        names.map(size).to_vec()
    };
    report(&names, &subject, &cases, &judged, &sizes, args.list)?;
    Ok(())
}

async fn of_app(configuration: &Configuration, args: &Args) -> anyhow::Result<Subject> {
    let store = wiring::store(configuration).await?;
    let tenant = store::tenants::list(&store).await?.into_iter().find(|tenant| tenant.name == args.tenant);
    let Some(tenant) = tenant else { anyhow::bail!("there is no tenant {:?}", args.tenant) };
    let mut tx = store.begin(tenant.id).await?;
    let Some(app) = store::apps::find(&mut tx, &args.app).await? else {
        anyhow::bail!("the tenant {:?} has no app {:?}", args.tenant, args.app)
    };
    let live = store::skills::live(&mut tx, app.id).await?;
    let said = store::review::said(&mut tx, app.id, args.sayings).await?;
    let compile = |version: store::skills::Version| Skill::compile(version.manifest, version.version, &version.pack);
    let skills = live.skills.into_iter().map(|version| compile(version).map(Arc::new)).collect::<Result<_, _>>()?;
    Ok(Subject { skills, said })
}

fn of_packs(args: &Args) -> anyhow::Result<Subject> {
    let mut skills = Vec::new();
    for pack in packs::read(&args.skills)? {
        for (_, manifest) in &pack.manifests {
            skills.push(Arc::new(Skill::compile(manifest.clone(), 1, &pack.about.pack)?));
        }
    }
    Ok(Subject { skills, said: Vec::new() })
}

/// What a table's row counts.
type Counts = fn(&Reading, Option<&str>) -> bool;

fn report(
    names: &[&str; 2],
    subject: &Subject,
    cases: &[Case],
    judged: &[Judged],
    sizes: &[u64],
    list: usize,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<44}  {:>24}  {:>24}", "", names[0], names[1])?;
    let acts: Counts = |reading, right| reading.is(right) && reading.band == Band::Act;
    let wrongly: Counts = |reading, right| !reading.is(right) && reading.band == Band::Act;
    let rows: [(&str, Counts); 3] = [
        ("the right skill first", Reading::is),
        ("… and sure enough to act", acts),
        ("wrong, and sure enough to act", wrongly),
    ];
    writeln!(out, "{} examples, each by who has learnt the others", cases.len())?;
    for (what, counts) in rows {
        let share = |judged: &Judged| {
            let count = judged.examples.iter().zip(cases).filter(|(r, case)| counts(r, case.right.as_deref())).count();
            format!("{:.1} %", 100.0 * count as f64 / cases.len() as f64)
        };
        writeln!(out, "  {what:<42}  {:>24}  {:>24}", share(&judged[0]), share(&judged[1]))?;
    }
    let reviewed: Vec<usize> = (0..subject.said.len()).filter(|&at| subject.said[at].is_labelled).collect();
    writeln!(out, "{} sayings of users that were reviewed", reviewed.len())?;
    if !reviewed.is_empty() {
        for (what, counts) in rows {
            let count = |judged: &Judged| {
                reviewed.iter().filter(|&&at| counts(&judged.said[at], subject.said[at].label.as_deref())).count()
            };
            writeln!(out, "  {what:<42}  {:>24}  {:>24}", count(&judged[0]), count(&judged[1]))?;
        }
    }
    let cosines = |judged: &Judged| {
        let (strangers, pairs) = judged.scale.points();
        format!("{strangers:.3} / {pairs:.3}")
    };
    writeln!(
        out,
        "{:<44}  {:>24}  {:>24}",
        "cosine of strangers / of the same in other words",
        cosines(&judged[0]),
        cosines(&judged[1])
    )?;
    let each = |judged: &Judged| format!("{:.1} ms", judged.each.as_secs_f64() * 1e3);
    writeln!(
        out,
        "{:<44}  {:>24}  {:>24}",
        "a text, in bulk, with as many threads",
        each(&judged[0]),
        each(&judged[1])
    )?;
    let size = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    writeln!(out, "{:<44}  {:>24}  {:>24}", "size", size(sizes[0]), size(sizes[1]))?;

    let known = |at: usize| (cases[at].text.as_str(), Some(cases[at].right.as_deref()));
    let of_examples = |want: fn(bool, bool) -> bool| {
        let readings = judged[0].examples.iter().zip(&judged[1].examples).enumerate();
        let is = |reading: &Reading, at: usize| reading.is(cases[at].right.as_deref());
        readings.filter(|(at, (a, b))| want(is(a, *at), is(b, *at))).map(|(at, pair)| (known(at), pair)).collect()
    };
    changes(&mut out, &format!("examples that only {} gets right", names[1]), of_examples(|a, b| !a && b), list)?;
    changes(&mut out, &format!("examples that only {} gets right", names[0]), of_examples(|a, b| a && !b), list)?;
    let readings = judged[0].said.iter().zip(&judged[1].said).enumerate();
    let others = readings.filter(|(_, (a, b))| a != b).map(|(at, pair)| {
        let said = &subject.said[at];
        ((said.utterance.as_str(), said.is_labelled.then_some(said.label.as_deref())), pair)
    });
    changes(&mut out, "sayings of users that would be read in another way", others.collect(), list)?;
    Ok(())
}

/// A text with what is right, if that is known, and the two readings of it.
type Change<'a> = ((&'a str, Option<Option<&'a str>>), (&'a Reading, &'a Reading));

fn changes(out: &mut impl std::io::Write, title: &str, changes: Vec<Change<'_>>, list: usize) -> std::io::Result<()> {
    writeln!(out, "\n{title}: {}", changes.len())?;
    let shown = changes.len().min(list);
    for ((text, right), (a, b)) in changes.into_iter().take(shown) {
        let right = right.map(|right| format!("   right: {}", right.unwrap_or("nothing"))).unwrap_or_default();
        writeln!(out, "  {text}\n      {} → {}{right}", of(a), of(b))?;
    }
    Ok(())
}

fn of(reading: &Reading) -> String {
    let band = match reading.band {
        Band::Act => "act",
        Band::Confirm => "confirm",
        Band::Ask => "ask",
        Band::Refuse => "refuse",
    };
    reading.skill.as_ref().map_or_else(|| band.to_owned(), |skill| format!("{skill} ({band})"))
}
