//! `model.toml`: what is written about an encoder beside its files, and the check that the files are those meant.
//! Nothing here runs the model.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Error;

/// The parsed `model.toml` of one model folder. `models/README.md` explains every key.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Stable name, for people; stored vectors are keyed by [`Manifest::identity`].
    pub name: String,
    /// Languages that the encoder was made for, as BCP 47 codes.
    pub languages: Vec<String>,
    /// SPDX identifier of the weights' licence.
    pub licence: String,
    /// The ONNX graph.
    pub model: File,
    /// The Hugging Face `tokenizer.json` and how to apply it.
    pub tokenizer: Tokenizer,
    /// What the graph takes and gives.
    pub graph: Graph,
    /// Results measured with this file; free form, for people.
    #[serde(default)]
    pub measured: toml::Table,
}

/// A file of the folder and the checksum that it must have.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// File name inside the model's folder.
    pub file: PathBuf,
    /// Lower-case hexadecimal SHA-256.
    pub sha256: String,
}

/// The tokeniser file and its use.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tokenizer {
    /// File name inside the model's folder.
    pub file: PathBuf,
    /// Lower-case hexadecimal SHA-256.
    pub sha256: String,
    /// Longer texts are cut to this many tokens, special tokens included.
    pub max_tokens: usize,
    /// Put before every text, for example `"query: "`.
    #[serde(default)]
    pub prefix: String,
}

/// The graph's inputs and outputs.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// Width of a sentence embedding.
    pub dimensions: usize,
    /// Where the sentence embedding comes from.
    pub pooling: Pooling,
    /// Output with one vector a sentence; needed for [`Pooling::InGraph`].
    #[serde(default)]
    pub sentence_output: Option<String>,
    /// Output with one vector a token; needed for the other poolings and for slot tagging.
    #[serde(default)]
    pub token_output: Option<String>,
    /// Whether the graph wants `token_type_ids` (all zero) as a third input.
    #[serde(default)]
    pub token_types: bool,
    /// Whether a sentence's embedding is the same whatever else is in its batch. False for dynamically quantised
    /// graphs, whose activation scale spans the batch: those run one sentence at a time.
    #[serde(default)]
    pub batch_invariant: bool,
}

/// How token vectors become a sentence vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The graph already gives one vector a sentence.
    InGraph,
    /// The mean over the tokens, special ones included.
    Mean,
    /// The first token's vector.
    Cls,
}

impl Manifest {
    /// Reads and checks `folder/model.toml`; the files it names are not read yet.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("model.toml");
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        let invalid = |reason: String| Error::Manifest { path: path.clone(), reason };
        let manifest: Self = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        manifest.check().map_err(|reason| invalid(reason.to_owned()))?;
        Ok(manifest)
    }

    /// What its vectors depend on, as a lower-case hexadecimal SHA-256: the files, and how they are used. Vectors of different
    /// identities can't be compared.
    #[must_use]
    pub fn identity(&self) -> String {
        let Self { model, tokenizer, graph, .. } = self;
        let mut hash = Sha256::new();
        for part in [
            model.sha256.to_ascii_lowercase(),
            tokenizer.sha256.to_ascii_lowercase(),
            tokenizer.max_tokens.to_string(),
            tokenizer.prefix.clone(),
            format!("{:?}", graph.pooling),
            graph.sentence_output.clone().unwrap_or_default(),
            graph.token_output.clone().unwrap_or_default(),
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }

    fn check(&self) -> Result<(), &'static str> {
        let graph = &self.graph;
        if graph.dimensions == 0 {
            return Err("graph.dimensions must be at least 1");
        }
        // Two special tokens and one of the text.
        if self.tokenizer.max_tokens < 3 {
            return Err("tokenizer.max_tokens must be at least 3");
        }
        match graph.pooling {
            Pooling::InGraph if graph.sentence_output.is_none() => {
                Err("graph.sentence_output must name an output when graph.pooling is \"in_graph\"")
            }
            Pooling::Mean | Pooling::Cls if graph.token_output.is_none() => {
                Err("graph.token_output must name an output when graph.pooling is \"mean\" or \"cls\"")
            }
            _ => Ok(()),
        }
    }
}

/// Reads `folder/file` whole and compares its SHA-256. The bytes that were checked are the bytes that get loaded.
pub(super) fn read_checked(folder: &Path, file: &Path, sha256: &str) -> Result<Vec<u8>, Error> {
    let path = folder.join(file);
    let bytes = std::fs::read(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    let found = hex(&Sha256::digest(&bytes));
    if found.eq_ignore_ascii_case(sha256) {
        Ok(bytes)
    } else {
        Err(Error::Checksum { path, expected: sha256.to_owned(), found, bytes: bytes.len() })
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
