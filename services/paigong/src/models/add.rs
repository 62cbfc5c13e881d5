//! `paigong models add`: a folder from elsewhere → a model of `models_dir`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use understanding::encoder::adopt::{Adoptable, Wishes, adopt};
use understanding::encoder::manifest::Pooling;
use understanding::encoder::{self, Encoder};

use crate::configuration::Configuration;
use crate::wiring;

/// What is added.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder: model.onnx or onnx/model.onnx, tokenizer.json, and what else the export has put there.
    folder: PathBuf,
    /// What to call it; default: the folder's name.
    #[arg(long)]
    name: Option<String>,
    /// The graph below the folder, where there are several.
    #[arg(long, value_name = "FILE")]
    graph: Option<PathBuf>,
    /// How token vectors become a sentence vector, where the folder does not say.
    #[arg(long, value_enum)]
    pooling: Option<PoolingArg>,
    /// Put before every text, such as "query: "; default: what the folder's configuration says, or nothing.
    #[arg(long)]
    prefix: Option<String>,
    /// Longer texts are cut to this many tokens; default: what the model can read, at most 128.
    #[arg(long, value_name = "TOKENS")]
    max_tokens: Option<usize>,
    /// Languages, as BCP 47 codes; default: those of its README.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    languages: Vec<String>,
    /// The licence of its weights, as SPDX has it; default: that of its README.
    #[arg(long, value_name = "SPDX")]
    licence: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PoolingArg {
    /// The mean over the tokens.
    Mean,
    /// The first token's vector.
    Cls,
}

/// Texts that its speed is measured with.
const TEXTS: [&str; 3] = ["下周三到周五请年假", "where is my order SO-20318", "帮我把周五的会议改到下午三点"];

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    ensure!(args.folder.is_dir(), "{} is no folder", args.folder.display());
    let own = args.folder.canonicalize()?;
    let own = own.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    let name = args.name.clone().unwrap_or(own);
    let is_name = (1..=100).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
        && !name.starts_with('.');
    ensure!(is_name, "{name:?} is no name for a model: letters, digits, _ . and -; say another one with --name");
    let place = configuration.models_dir.join(&name);
    if place.exists() {
        bail!("{} is there already; say another name with --name, or remove it", place.display());
    }
    let wishes = Wishes {
        name: name.clone(),
        graph: args.graph.clone(),
        pooling: args.pooling.map(|pooling| match pooling {
            PoolingArg::Mean => Pooling::Mean,
            PoolingArg::Cls => Pooling::Cls,
        }),
        prefix: args.prefix.clone(),
        max_tokens: args.max_tokens,
        languages: args.languages.clone(),
        licence: args.licence.clone(),
    };
    let adopted = adopt(&args.folder, &configuration.runtime_library, &wishes)?;
    // Beside the others, and renamed when it is whole: what breaks off leaves no half model.
    let scratch = Scratch(configuration.models_dir.join(format!(".adding-{name}-{}", std::process::id())));
    write(&adopted, &scratch.0).with_context(|| format!("{} can't be written", scratch.0.display()))?;
    let options = encoder::Options { model_folder: scratch.0.clone(), ..wiring::models(configuration).encoder };
    let encoder = Encoder::start(options)?;
    let each = speed(&encoder)?;
    drop(encoder);
    std::fs::rename(&scratch.0, &place).with_context(|| format!("{} can't be written", place.display()))?;
    let graph = &adopted.manifest.graph;
    println!(
        "{name}: {} dimensions, pooling {}, {}, {:.1} ms for a short text",
        graph.dimensions,
        match graph.pooling {
            Pooling::InGraph => "in the graph",
            Pooling::Mean => "mean",
            Pooling::Cls => "CLS",
        },
        if graph.token_output.is_some() {
            "with vectors of tokens"
        } else {
            "without vectors of tokens: slots are not tagged"
        },
        each.as_secs_f64() * 1e3
    );
    adopted.notes.iter().for_each(|note| println!("  {note}"));
    println!("{} says all of it. Next: paigong models compare … {name}", place.join("model.toml").display());
    Ok(())
}

fn write(adopted: &Adoptable, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::copy(&adopted.graph, folder.join(&adopted.manifest.model.file))?;
    std::fs::copy(&adopted.tokenizer, folder.join(&adopted.manifest.tokenizer.file))?;
    std::fs::write(folder.join("model.toml"), toml::to_string(&adopted.manifest)?)?;
    Ok(())
}

/// Time of a short text, the median of some.
fn speed(encoder: &Encoder) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for text in TEXTS.iter().cycle().take(30) {
        let started = Instant::now();
        encoder.embed_blocking(text)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// A folder that goes with this value, unless it was renamed.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.0.exists() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
