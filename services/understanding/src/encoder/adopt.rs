//! Any Hugging Face style folder with an ONNX export → what `model.toml` has to say about it: read off its configuration where
//! that is written, off the graph itself where it is not, and asked for where neither tells.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Error, PROBE,
    manifest::{self, File, Graph, Manifest, Pooling, Tokenizer},
    runtime,
    session::{EncoderSession, Input, Interface, interface},
    tokens::Tokeniser,
};

/// What its owner says of a model; the rest is found out.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Its name.
    pub name: String,
    /// The graph, below the folder; needed where there are several.
    pub graph: Option<PathBuf>,
    /// How token vectors become a sentence vector; needed where `1_Pooling/config.json` is missing.
    pub pooling: Option<Pooling>,
    /// Put before every text.
    pub prefix: Option<String>,
    /// Longer texts are cut.
    pub max_tokens: Option<usize>,
    /// Languages, as BCP 47 codes.
    pub languages: Vec<String>,
    /// SPDX.
    pub licence: Option<String>,
}

/// A folder that can be taken over.
#[derive(Debug)]
pub struct Adoptable {
    /// What `model.toml` has to say; its files lie beside it.
    pub manifest: Manifest,
    /// Where the graph is now,
    pub graph: PathBuf,
    /// … and the tokeniser.
    pub tokenizer: PathBuf,
    /// What was assumed, for people.
    pub notes: Vec<String>,
}

/// Places of a graph, the likeliest first.
const GRAPHS: [&str; 5] = [
    "model.onnx",
    "onnx/model.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_qint8_avx512_vnni.onnx",
];
/// Tokens that are read of a text unless the owner says more: requests are short, and a long text costs time.
const TOKENS: usize = 128;
/// Vectors that differ by less than this between a text alone and in a batch are the same.
const SAME: f32 = 1e-3;

/// Looks a folder over. Loads and runs its graph once.
///
/// # Errors
/// [`Error::Folder`] says what is missing and how to say it; the others are those of [`super::Encoder::start`].
pub fn adopt(folder: &Path, runtime_library: &Path, wishes: &Wishes) -> Result<Adoptable, Error> {
    let refuse = |reason: String| Error::Folder { path: folder.to_owned(), reason };
    let graph = graph_file(folder, wishes.graph.as_deref()).map_err(refuse)?;
    let tokenizer = folder.join("tokenizer.json");
    if !tokenizer.is_file() {
        let how = "it has no tokenizer.json; the fast tokenizer of transformers writes one: AutoTokenizer.from_pretrained(…).save_pretrained(…)";
        return Err(refuse(how.to_owned()));
    }
    let read = |path: &Path| std::fs::read(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source });
    let (bytes, tokens) = (read(&graph)?, read(&tokenizer)?);
    let mut notes = Vec::new();
    let options = Tokenizer {
        file: PathBuf::from("tokenizer.json"),
        sha256: manifest::hex(&Sha256::digest(&tokens)),
        max_tokens: max_tokens(folder, wishes, &mut notes),
        prefix: prefix(folder, wishes, &mut notes),
    };
    let tokeniser = Tokeniser::load(folder, &options)?;
    let probe = tokeniser.tokenise(PROBE)?;
    let environment = runtime::environment(runtime_library)?;
    let has = interface(&environment, &bytes, &probe).map_err(|reason| {
        let data = ["_data", ".data"].map(|end| PathBuf::from(format!("{}{end}", graph.display())));
        let apart = data.iter().any(|path| path.exists());
        let hint = if apart { "; its weights lie in a file of their own: export it as one file" } else { "" };
        Error::Model { path: graph.clone(), reason: format!("{reason}{hint}") }
    })?;
    let shape = describe(&has, pooling(folder, wishes.pooling)).map_err(refuse)?;
    let session = EncoderSession::build(&environment, &bytes, &graph, &shape, &probe)?.0;
    let shape = Graph { batch_invariant: is_batch_invariant(session, &tokeniser)?, ..shape };
    let manifest = Manifest {
        name: wishes.name.clone(),
        languages: languages(folder, wishes, &mut notes),
        licence: licence(folder, wishes, &mut notes),
        model: File { file: PathBuf::from("model.onnx"), sha256: manifest::hex(&Sha256::digest(&bytes)) },
        tokenizer: options,
        graph: shape,
        measured: toml::Table::new(),
    };
    Ok(Adoptable { manifest, graph, tokenizer, notes })
}

fn graph_file(folder: &Path, wish: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(wish) = wish {
        let path = folder.join(wish);
        return if path.is_file() { Ok(path) } else { Err(format!("it has no file {}", wish.display())) };
    }
    if let Some(path) = GRAPHS.iter().map(|file| folder.join(file)).find(|path| path.is_file()) {
        return Ok(path);
    }
    let of = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_graph = |path: &PathBuf| path.extension().is_some_and(|end| end == "onnx");
    let mut graphs: Vec<_> = of(folder.to_owned()).chain(of(folder.join("onnx"))).filter(is_graph).collect();
    match (graphs.pop(), graphs.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err("it has several ONNX files: say which with --graph".to_owned()),
        (None, _) => Err(
            "it has no ONNX graph (model.onnx or onnx/model.onnx); optimum makes one: optimum-cli export onnx --model … DIR"
                .to_owned(),
        ),
    }
}

/// A JSON file of the folder; `None` where it is missing or is none.
fn json(folder: &Path, file: &str) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(folder.join(file)).ok()?).ok()
}

fn max_tokens(folder: &Path, wishes: &Wishes, notes: &mut Vec<String>) -> usize {
    if let Some(wish) = wishes.max_tokens {
        return wish;
    }
    let of = |file: &str, key: &str| json(folder, file)?.get(key)?.as_u64().and_then(|n| usize::try_from(n).ok());
    let most = of("sentence_bert_config.json", "max_seq_length")
        .or_else(|| of("tokenizer_config.json", "model_max_length"))
        .or_else(|| of("config.json", "max_position_embeddings"));
    let most = most.unwrap_or(TOKENS);
    if most > TOKENS {
        notes.push(format!("texts are cut to {TOKENS} tokens; it could read {most}: --max-tokens"));
    }
    most.min(TOKENS)
}

/// What sentence-transformers would put before a text that is looked for.
fn prefix(folder: &Path, wishes: &Wishes, notes: &mut Vec<String>) -> String {
    if let Some(wish) = &wishes.prefix {
        return wish.clone();
    }
    let prompt = || {
        let about = json(folder, "config_sentence_transformers.json")?;
        let prompts = about.get("prompts")?;
        let named = about.get("default_prompt_name").and_then(Value::as_str).unwrap_or("query");
        prompts.get(named)?.as_str().filter(|prompt| !prompt.is_empty()).map(str::to_owned)
    };
    let prompt = prompt().unwrap_or_default();
    if !prompt.is_empty() {
        notes.push(format!("every text is read as {prompt:?} and the text, as its configuration has it: --prefix"));
    }
    prompt
}

/// What the folder says of pooling: `Err` where it says something that is not known here.
fn pooling(folder: &Path, wish: Option<Pooling>) -> Result<Option<Pooling>, String> {
    if wish.is_some() {
        return Ok(wish);
    }
    let dense = |modules: Value| {
        modules.as_array().is_some_and(|modules| {
            modules.iter().any(|module| module["type"].as_str().is_some_and(|kind| kind.ends_with(".Dense")))
        })
    };
    if json(folder, "modules.json").is_some_and(dense) {
        return Err("it puts a dense layer after pooling, which its graph lacks: export it with the layer inside, giving \"sentence_embedding\"".to_owned());
    }
    let Some(about) = json(folder, "1_Pooling/config.json") else { return Ok(None) };
    let is = |key: &str| about.get(key).and_then(Value::as_bool).unwrap_or(false);
    match (is("pooling_mode_mean_tokens"), is("pooling_mode_cls_token")) {
        (true, false) => Ok(Some(Pooling::Mean)),
        (false, true) => Ok(Some(Pooling::Cls)),
        _ => Err("1_Pooling/config.json asks for another pooling than mean or CLS: export it with the pooling inside, giving \"sentence_embedding\"".to_owned()),
    }
}

fn describe(has: &Interface, pooling: Result<Option<Pooling>, String>) -> Result<Graph, String> {
    let wanted = ["input_ids", "attention_mask", "token_type_ids"];
    if let Some(other) = has.inputs.iter().find(|name| !wanted.contains(&name.as_str())) {
        return Err(format!("its graph wants an input {other:?}; only {} are given", wanted.join(", ")));
    }
    let named = |rank: usize, names: &[&str]| {
        let of_rank = || has.outputs.iter().filter(move |(_, shape)| shape.len() == rank);
        names.iter().find_map(|name| of_rank().find(|(output, _)| output == name)).or_else(|| of_rank().next())
    };
    let tokens = named(3, &["last_hidden_state", "token_embeddings"]);
    // A "pooler_output" is of two dimensions as well, and is no sentence embedding.
    let sentence = has.outputs.iter().find(|(name, shape)| shape.len() == 2 && name == "sentence_embedding");
    let pooling = match (sentence, pooling) {
        (Some(_), Ok(None) | Err(_) | Ok(Some(Pooling::InGraph))) => Pooling::InGraph,
        (None, Ok(Some(Pooling::InGraph))) => return Err("its graph has no output \"sentence_embedding\"".to_owned()),
        (_, Ok(Some(pooling))) => pooling,
        (None, Err(reason)) => return Err(reason),
        (None, Ok(None)) => {
            return Err("it does not say how token vectors become a sentence vector: --pooling mean or --pooling cls (its model card tells)".to_owned());
        }
    };
    let source = if pooling == Pooling::InGraph { sentence } else { tokens };
    let Some(dimensions) = source.and_then(|(_, shape)| shape.last()) else {
        let given: Vec<_> = has.outputs.iter().map(|(name, shape)| format!("{name} {shape:?}")).collect();
        return Err(format!("its graph gives no vectors of tokens, only {}", given.join(", ")));
    };
    let tokens = tokens.filter(|(_, shape)| shape.last() == Some(dimensions));
    Ok(Graph {
        dimensions: *dimensions,
        pooling,
        sentence_output: (pooling == Pooling::InGraph).then(|| "sentence_embedding".to_owned()),
        token_output: tokens.map(|(name, _)| name.clone()),
        token_types: has.inputs.iter().any(|name| name == "token_type_ids"),
        batch_invariant: false,
    })
}

/// Whether a text's vector is the same beside a longer one.
fn is_batch_invariant(mut session: EncoderSession, tokeniser: &Tokeniser) -> Result<bool, Error> {
    let texts = [tokeniser.tokenise("查一下我的订单")?, tokeniser.tokenise(&PROBE.repeat(3))?];
    let input = |tokens| Input { tokens, wants_tokens: false };
    let alone = first(session.run(&[input(&texts[0])])?)?;
    let beside = first(session.run(&[input(&texts[0]), input(&texts[1])])?)?;
    Ok(alone.iter().zip(beside.iter()).all(|(a, b)| (a - b).abs() < SAME))
}

fn first(vectors: Vec<super::session::Vectors>) -> Result<Arc<[f32]>, Error> {
    vectors.into_iter().next().map(|vectors| vectors.sentence).ok_or_else(|| Error::Inference("no result".to_owned()))
}

/// The values of a key in the front matter of `README.md`, as Hugging Face writes it.
fn front_matter(folder: &Path, key: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("README.md")).unwrap_or_default();
    let mut lines = text.lines().skip_while(|line| *line != "---").skip(1).take_while(|line| *line != "---");
    let head = format!("{key}:");
    let Some(line) = lines.by_ref().find(|line| line.starts_with(&head)) else { return Vec::new() };
    let clean = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    match clean(&line[head.len()..]) {
        value if !value.is_empty() => {
            value.trim_matches(['[', ']']).split(',').map(clean).filter(|value| !value.is_empty()).collect()
        }
        _ => lines.map_while(|line| line.trim().strip_prefix("- ").map(clean)).collect(),
    }
}

fn languages(folder: &Path, wishes: &Wishes, notes: &mut Vec<String>) -> Vec<String> {
    let said = if wishes.languages.is_empty() { front_matter(folder, "language") } else { wishes.languages.clone() };
    if said.is_empty() {
        notes.push("its languages are not known: --languages zh,en".to_owned());
        return vec!["und".to_owned()];
    }
    said
}

fn licence(folder: &Path, wishes: &Wishes, notes: &mut Vec<String>) -> String {
    wishes.licence.clone().or_else(|| front_matter(folder, "license").into_iter().next()).unwrap_or_else(|| {
        notes.push("its licence is not known: --licence with its SPDX identifier".to_owned());
        "LicenseRef-unknown".to_owned()
    })
}
