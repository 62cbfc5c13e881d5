//! The encoder and the classifier from outside, with the real model of `models/`. One binary, because ONNX Runtime is
//! loaded once a process.

#![allow(clippy::unwrap_used, missing_docs)]

mod adopt;
mod classifier;
mod encoder;
mod stance;
mod tagger;

use std::path::{Path, PathBuf};

use understanding::encoder::{Encoder, Options};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn model_folder() -> PathBuf {
    workspace().join("models/paigong-bilingual-2")
}

/// From `ORT_DYLIB_PATH`, else where `make run` puts it.
fn runtime_library() -> PathBuf {
    let library = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| workspace().join(".local/onnxruntime/libonnxruntime.so"), PathBuf::from);
    assert!(
        library.exists(),
        "ONNX Runtime is needed for this test: set ORT_DYLIB_PATH, or let `make test` put it at {}",
        library.display()
    );
    library
}

fn options() -> Options {
    Options::new(model_folder(), runtime_library())
}

fn start() -> Encoder {
    Encoder::start(options()).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
