//! The model that is measured with: where it is, and the encoder on all cores.

use std::path::PathBuf;

use understanding::encoder::{self, Encoder};

/// Where the model is.
#[derive(Debug, clap::Args)]
pub(super) struct ModelArgs {
    /// Folder with one folder per model.
    #[arg(long, env = "PAIGONG_MODELS_DIR", default_value = "models")]
    models_dir: PathBuf,
    /// The model's folder name.
    #[arg(long, env = "PAIGONG_MODEL", default_value = "paigong-bilingual-2")]
    model: String,
    /// ONNX Runtime's shared library.
    #[arg(long, env = "PAIGONG_RUNTIME_LIBRARY", default_value = ".local/onnxruntime/libonnxruntime.so")]
    runtime_library: PathBuf,
}

impl ModelArgs {
    /// Starts the encoder.
    ///
    /// # Errors
    /// When the model or the library can't be used.
    pub(super) fn start(&self) -> Result<Encoder, encoder::Error> {
        let mut options = encoder::Options::new(self.models_dir.join(&self.model), &self.runtime_library);
        options.threads = std::thread::available_parallelism().map_or(1, usize::from);
        Encoder::start(options)
    }
}
