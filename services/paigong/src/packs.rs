//! `paigong skills …`: check, install and publish packs. Their tests are in `skilltest`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use paigong_core::AppId;
use skills::lint::{self, Severity};
use skills::{Pack, scenario};
use store::keys::Caller;
use store::skill_tests::{self, NewTests};
use store::{Store, TenantTx};
use understanding::encoder::Encoder;

use crate::configuration::Configuration;
use crate::{knowledge, skilltest, wiring};

/// What to do with packs.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong or doubtful; needs no database.
    Lint {
        /// Folders of packs, or a folder that has packs in it.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Create a pack's tables, publish its skills; the server takes them up at once. Its conversation tests are kept for skills that
    /// have none.
    Apply {
        /// Folders of packs, or a folder that has packs in it.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// The tenant, created if there is none.
        #[arg(long, default_value = "demo")]
        tenant: String,
        /// The app, created if there is none.
        #[arg(long, default_value = "demo")]
        app: String,
        /// Load the demo data too, once.
        #[arg(long)]
        seed: bool,
        /// What is new, for the history.
        #[arg(long, default_value = "")]
        note: String,
        /// Say which skills would change, and change nothing.
        #[arg(long, conflicts_with = "seed")]
        dry_run: bool,
    },
    /// Run the conversation tests of packs, and show what they do not cover.
    Test(skilltest::Args),
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Lint { folders } => lint(&folders),
        Command::Test(args) => skilltest::run(configuration, &args),
        Command::Apply { folders, tenant, app, dry_run: true, .. } => wiring::block_on(async {
            let store = wiring::store(configuration).await?;
            for line in rehearse(&store, &tenant, &app, &read(&folders)?).await? {
                println!("{line}");
            }
            Ok(())
        }),
        Command::Apply { folders, tenant, app, seed, note, dry_run: false } => wiring::block_on(async {
            let (folders, packs): (Vec<_>, Vec<_>) = read_with_folders(&folders)?.into_iter().unzip();
            let store = wiring::store(configuration).await?;
            let caller = wiring::caller(&store, &tenant, &app).await?;
            for line in apply(&store, &caller, &packs, seed, &note).await? {
                println!("{line}");
            }
            if packs.iter().any(|pack| !pack.about.knowledge.is_empty()) {
                let encoder = wiring::active(configuration, &store).await?.encoder;
                for line in documents(&store, &caller, &encoder, &folders, &packs).await? {
                    println!("{line}");
                }
            }
            Ok(())
        }),
    }
}

/// Reads every pack in `folders`.
pub(crate) fn read(folders: &[PathBuf]) -> anyhow::Result<Vec<Pack>> {
    Ok(read_with_folders(folders)?.into_iter().map(|(_, pack)| pack).collect())
}

/// The same, each with its own folder.
pub(crate) fn read_with_folders(folders: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, Pack)>> {
    let mut packs = Vec::new();
    let mut problems = Vec::new();
    for folder in folders {
        for folder in pack_folders(folder)? {
            match Pack::read(&folder.display().to_string(), &files(&folder)?) {
                Ok(pack) => packs.push((folder, pack)),
                Err(errors) => problems.extend(errors.iter().map(ToString::to_string)),
            }
        }
    }
    if problems.is_empty() { Ok(packs) } else { bail!("{}", problems.join("\n")) }
}

/// `folder` itself if it is a pack, else the packs in it.
fn pack_folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if folder.join("pack.yaml").exists() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("the folder {} can't be read", folder.display()))?;
    let mut found: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("pack.yaml").exists())
        .collect();
    found.sort();
    if found.is_empty() {
        bail!("{} is no pack and has none in it (a pack has a pack.yaml)", folder.display());
    }
    Ok(found)
}

fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

fn lint(folders: &[PathBuf]) -> anyhow::Result<()> {
    let packs = read(folders)?;
    let findings = lint::lint(&packs);
    for finding in &findings {
        let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
        println!("{severity}: {}: {}: {}", finding.file, finding.place, finding.message);
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let skills: usize = packs.iter().map(|pack| pack.manifests.len()).sum();
    println!("{} packs, {skills} skills: {errors} errors, {} warnings", packs.len(), findings.len() - errors);
    if errors > 0 { bail!("{errors} errors") } else { Ok(()) }
}

/// Installs and publishes `packs`, and keeps their tests; one line of report for each.
pub(crate) async fn apply(
    store: &Store,
    caller: &Caller,
    packs: &[Pack],
    seed: bool,
    note: &str,
) -> anyhow::Result<Vec<String>> {
    refuse_errors(packs)?;
    let mut lines = Vec::new();
    for pack in packs {
        let name = &pack.about.pack;
        let tables = store::packs::install(store, pack).await?;
        let seeded = if seed { Some(store::packs::seed(store, caller.tenant, pack).await?) } else { None };
        let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
        let mut tx = store.begin(caller.tenant).await?;
        let published = store::skills::publish(&mut tx, caller.app, name, &manifests, "command line", note).await?;
        let tests = keep_tests(&mut tx, caller.app, pack).await?;
        tx.commit().await?;
        let changed = published.iter().filter(|skill| skill.is_new).count();
        let data = seeded.map(|seeded| format!(", demo data: {seeded:?}").to_lowercase()).unwrap_or_default();
        lines.push(format!("{name}: {tables} tables, {} skills, {changed} changed{tests}{data}", published.len()));
    }
    Ok(lines)
}

/// What publishing `packs` would change: it is published as by [`apply`], in a transaction that is taken back.
async fn rehearse(store: &Store, tenant: &str, app: &str, packs: &[Pack]) -> anyhow::Result<Vec<String>> {
    refuse_errors(packs)?;
    let known = store::tenants::list(store).await?.into_iter().find(|known| known.name == tenant);
    let known = known.with_context(|| format!("there is no tenant {tenant:?} yet: everything would be new"))?;
    let mut tx = store.begin(known.id).await?;
    let known = store::apps::find(&mut tx, app).await?;
    let app = known.with_context(|| format!("{tenant} has no app {app:?} yet: everything would be new"))?.id;
    let mut lines = Vec::new();
    for pack in packs {
        let name = &pack.about.pack;
        let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
        let published = store::skills::publish(&mut tx, app, name, &manifests, "command line", "").await?;
        let changed: Vec<_> = published.iter().filter(|skill| skill.is_new).collect();
        lines.push(format!("{name}: {} skills, {} would change", published.len(), changed.len()));
        lines.extend(changed.iter().map(|skill| format!("  {} would be version {}", skill.skill, skill.version)));
    }
    tx.rollback().await?;
    Ok(lines)
}

fn refuse_errors(packs: &[Pack]) -> anyhow::Result<()> {
    let errors: Vec<_> = lint::lint(packs).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    match errors.first() {
        Some(first) => bail!("{} errors, the first: {}: {}: {}", errors.len(), first.file, first.place, first.message),
        None => Ok(()),
    }
}

/// Keeps the conversation tests of `pack` for skills that have none; what to tell of it.
async fn keep_tests(tx: &mut TenantTx, app: AppId, pack: &Pack) -> anyhow::Result<String> {
    let mut total: usize = skill_tests::counts(tx, app).await?.iter().map(|(_, count)| count).sum();
    let (mut kept, mut left) = (0, 0);
    let files = pack.scenarios.iter().map(|(name, file)| (name.as_str(), file));
    let is_skill = |name: &str| pack.manifests.iter().any(|(_, manifest)| manifest.skill.as_str() == name);
    for (skill, (text, tests)) in scenario::by_skill(files, is_skill) {
        if skill_tests::get(tx, app, &skill).await?.is_some() {
            continue;
        }
        if total + tests > scenario::MOST {
            left += tests;
            continue;
        }
        let new = NewTests { skill: &skill, text: &text, tests, author: "command line" };
        skill_tests::put(tx, app, &new, None).await?;
        (kept, total) = (kept + tests, total + tests);
    }
    let kept = if kept > 0 { format!(", {kept} tests kept") } else { String::new() };
    let left =
        if left > 0 { format!(", {left} left out: an app has at most {}", scenario::MOST) } else { String::new() };
    Ok(kept + &left)
}

/// Imports the documents of `packs`, each from its own folder; one line of report for each source.
pub(crate) async fn documents(
    store: &Store,
    caller: &Caller,
    encoder: &Encoder,
    folders: &[PathBuf],
    packs: &[Pack],
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (folder, pack) in folders.iter().zip(packs) {
        lines.extend(knowledge::of_pack(store, caller, encoder, folder, &pack.about.knowledge).await?);
    }
    Ok(lines)
}
