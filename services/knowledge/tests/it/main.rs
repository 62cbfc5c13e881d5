//! Documents from files to answers, with the real model of `models/` and a real Postgres. One binary, because ONNX Runtime
//! is loaded once a process.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod documents;
mod handbook;
mod stored;

use std::path::{Path, PathBuf};

use understanding::encoder::{Encoder, Options};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// From `ORT_DYLIB_PATH`, else where `make run` puts it.
fn encoder() -> Encoder {
    let library = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| workspace().join(".local/onnxruntime/libonnxruntime.so"), PathBuf::from);
    assert!(library.exists(), "ONNX Runtime is needed for this test: `make test` puts it at {}", library.display());
    Encoder::start(Options::new(workspace().join("models/paigong-bilingual-2"), library)).unwrap()
}
