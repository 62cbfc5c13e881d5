//! `paigong knowledge …`: the documents that an app answers from.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use knowledge::document::Limits;
use knowledge::import::{self, Failure, Outcome};
use knowledge::{Found, Import, Query, Shelf};
use serde_json::json;
use store::Store;
use store::keys::Caller;
use store::passages::{self, Source};
use understanding::encoder::Encoder;
use understanding::similarity;

use crate::configuration::Configuration;
use crate::wiring;

/// How long a question may wait for the model.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to do with documents.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Import Markdown, HTML, text, PDF, and CSV of question, answer and heading. What has not changed is skipped.
    Import {
        #[command(flatten)]
        of: Of,
        /// Files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The source that the documents are kept under: lower case letters, digits, _ . -
        #[arg(long)]
        source: String,
        /// Who may read it: a CEL expression on context, such as context.department == 'hr'. Without it everybody.
        #[arg(long, value_name = "CEL")]
        requires: Option<String>,
        /// A mark of the source; may be given several times.
        #[arg(long = "tag")]
        tags: Vec<String>,
        /// Remove documents of the source whose files are gone.
        #[arg(long)]
        prune: bool,
        /// Change nothing, and say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// The largest file, in megabytes.
        #[arg(long, default_value_t = 20, value_name = "MB")]
        max_size: usize,
    },
    /// List sources and their documents.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Forget a source with all its documents, or one of its documents.
    Remove {
        #[command(flatten)]
        of: Of,
        /// The source.
        source: String,
        /// The document's path, as `list` shows it.
        document: Option<String>,
    },
    /// Ask, and see which passages are found. Every source is searched, whatever it requires.
    Search {
        #[command(flatten)]
        of: Of,
        /// The question.
        question: String,
        /// How many passages.
        #[arg(long, default_value_t = 5)]
        limit: usize,
    },
    /// Print every passage, one JSON object a line.
    Export {
        #[command(flatten)]
        of: Of,
    },
}

/// Whose documents.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant, created if there is none.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app, created if there is none.
    #[arg(long, default_value = "demo")]
    app: String,
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Command::Import { of, .. }
        | Command::List { of }
        | Command::Remove { of, .. }
        | Command::Search { of, .. }
        | Command::Export { of }) = &command;
        let caller = wiring::caller(&store, &of.tenant, &of.app).await?;
        match command {
            Command::Import { paths, source, requires, tags, prune, dry_run, max_size, .. } => {
                if let Some(text) = &requires {
                    check_condition(text)?;
                }
                let encoder = wiring::active(configuration, &store).await?.encoder;
                let limits = Limits { bytes: max_size.saturating_mul(1_000_000), ..Limits::default() };
                let import = Import {
                    store: &store,
                    encoder: &encoder,
                    tenant: caller.tenant,
                    app: caller.app,
                    source: &source,
                    requires: requires.as_deref(),
                    tags: &tags,
                    limits,
                    prune,
                    dry_run,
                };
                let tally = import_files(&import, &paths, true).await?;
                println!("{}{tally}", if dry_run { "nothing was changed; would be: " } else { "" });
                ensure!(tally.failed == 0, "{} documents can't be read", tally.failed);
                Ok(())
            }
            Command::List { .. } => list(&store, &caller).await,
            Command::Remove { source, document, .. } => remove(&store, &caller, &source, document.as_deref()).await,
            Command::Search { question, limit, .. } => {
                let encoder = wiring::active(configuration, &store).await?.encoder;
                search(&store, &caller, &encoder, &question, limit).await
            }
            Command::Export { .. } => export(&store, &caller).await,
        }
    })
}

/// The parser of skills' conditions says what is wrong with it.
pub(crate) fn check_condition(text: &str) -> anyhow::Result<()> {
    match skills::expression::Expression::compile(text) {
        Ok(_) => Ok(()),
        Err(message) => bail!("{text:?} is not a condition: {message}"),
    }
}

/// How many documents of each kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    imported: usize,
    passages: usize,
    unchanged: usize,
    removed: usize,
    failed: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { imported, passages, unchanged, removed, failed } = self;
        write!(f, "{imported} documents imported ({passages} passages), {unchanged} unchanged, {removed} removed")?;
        if *failed > 0 { write!(f, ", {failed} failed") } else { Ok(()) }
    }
}

/// Imports what is at `paths`; with `aloud`, a line for each document.
pub(crate) async fn import_files(import: &Import<'_>, paths: &[PathBuf], aloud: bool) -> anyhow::Result<Tally> {
    let files = import::files(paths)?;
    ensure!(!files.is_empty(), "no documents there; expected .md, .html, .txt, .csv or .pdf");
    let mut tally = Tally::default();
    let progress = |path: &str, outcome: &Outcome| {
        let line = match outcome {
            Outcome::Imported(passages) => {
                tally.imported += 1;
                tally.passages += passages;
                format!("{passages} passages")
            }
            Outcome::Unchanged => {
                tally.unchanged += 1;
                "unchanged".into()
            }
            Outcome::Removed => {
                tally.removed += 1;
                "removed".into()
            }
            Outcome::Failed(error) => {
                tally.failed += 1;
                format!("FAILED: {error}")
            }
        };
        if aloud {
            println!("{path}: {line}");
        } else if matches!(outcome, Outcome::Failed(_)) {
            tracing::warn!(path, "{line}");
        }
    };
    match import.run(&files, progress).await {
        Err(Failure::Store(store::Error::Value { .. } | store::Error::Database { .. })) => bail!(
            "the source {:?} can't be stored; a name has up to 40 lower case letters, digits, _ . - and a condition 2,000 characters",
            import.source
        ),
        result => result?,
    }
    Ok(tally)
}

async fn list(store: &Store, caller: &Caller) -> anyhow::Result<()> {
    let mut tx = store.begin(caller.tenant).await?;
    for Source { id, name, requires, tags } in passages::sources(&mut tx, caller.app).await? {
        let documents = passages::documents(&mut tx, id).await?;
        let passages: i64 = documents.iter().map(|document| document.passages).sum();
        let requires = requires.map(|text| format!(", for {text}")).unwrap_or_default();
        let tags = if tags.is_empty() { String::new() } else { format!(" [{}]", tags.join(", ")) };
        println!("{name}: {} documents, {passages} passages{requires}{tags}", documents.len());
        for document in documents {
            let error = document.error.map(|error| format!("  FAILED: {error}")).unwrap_or_default();
            println!(
                "  {:<40}  {:>4}  {}  {}{error}",
                document.path, document.passages, document.language, document.title
            );
        }
    }
    Ok(())
}

async fn remove(store: &Store, caller: &Caller, source: &str, document: Option<&str>) -> anyhow::Result<()> {
    let mut tx = store.begin(caller.tenant).await?;
    let known = passages::find_source(&mut tx, caller.app, source).await?;
    let known = known.with_context(|| format!("there is no source {source:?}"))?;
    match document {
        None => {
            passages::delete_source(&mut tx, caller.app, source).await?;
        }
        Some(path) => {
            let documents = passages::documents(&mut tx, known.id).await?;
            let document = documents.iter().find(|document| document.path == path);
            let document = document.with_context(|| format!("{source} has no document {path:?}"))?;
            passages::delete_documents(&mut tx, caller.app, &[document.id]).await?;
        }
    }
    tx.commit().await?;
    println!("removed");
    Ok(())
}

async fn search(store: &Store, caller: &Caller, encoder: &Encoder, question: &str, limit: usize) -> anyhow::Result<()> {
    let mut tx = store.begin(caller.tenant).await?;
    let sources: Vec<_> = passages::sources(&mut tx, caller.app).await?.iter().map(|source| source.id).collect();
    drop(tx);
    let shelf = Shelf::new(encoder, similarity::measure(encoder).await?);
    let index = shelf.get(store, caller.tenant, caller.app, caller.revision).await?;
    let embedding = encoder.embed(question, Instant::now() + PATIENCE).await?;
    let query = Query { text: question, vector: &embedding.vector, sources: &sources, limit };
    let Found { hits, answerable } = index.search(&query);
    println!("{}", if answerable { "answerable" } else { "no answer" });
    for hit in hits {
        println!(
            "\n{:.2}  {} ({}#{})  confidence {:.2}, cosine {:.2}, words {:.2}",
            hit.score, hit.heading, hit.path, hit.anchor, hit.confidence, hit.features.cosine, hit.features.coverage
        );
        hit.question.iter().for_each(|question| println!("  {question}"));
        hit.text.lines().for_each(|line| println!("  {line}"));
    }
    Ok(())
}

async fn export(store: &Store, caller: &Caller) -> anyhow::Result<()> {
    let mut tx = store.begin(caller.tenant).await?;
    let sources = passages::sources(&mut tx, caller.app).await?;
    // Of no model: vectors are not exported.
    for passage in passages::load(&mut tx, caller.app, "").await? {
        let source = sources.iter().find(|source| source.id == passage.source).map(|source| &source.name);
        println!(
            "{}",
            json!({"source": source, "path": passage.path, "title": passage.title, "heading": passage.heading, "anchor": passage.anchor,
                   "question": passage.question, "text": passage.text, "language": passage.language})
        );
    }
    Ok(())
}

/// Imports what `pack.yaml` lists under `knowledge`, from the pack's `folder`. A line of report for each source.
pub(crate) async fn of_pack(
    store: &Store,
    caller: &Caller,
    encoder: &Encoder,
    folder: &Path,
    sources: &[skills::pack::Knowledge],
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for skills::pack::Knowledge { source, path, requires } in sources {
        if let Some(text) = requires {
            check_condition(text)?;
        }
        let import = Import {
            store,
            encoder,
            tenant: caller.tenant,
            app: caller.app,
            source,
            requires: requires.as_deref(),
            tags: &[],
            limits: Limits::default(),
            prune: true,
            dry_run: false,
        };
        let tally = import_files(&import, &[folder.join(path)], false).await?;
        lines.push(format!("{source}: {tally}"));
    }
    Ok(lines)
}
