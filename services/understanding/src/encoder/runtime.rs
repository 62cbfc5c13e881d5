//! Loads ONNX Runtime's shared library, once a process: the library keeps global state and cannot be exchanged later.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ort::environment::Environment;

use super::Error;

/// Never dropped: ONNX Runtime allows one environment a process, and sessions must not outlive it.
static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

/// The process's environment, made from `library` on the first call.
pub(super) fn environment(library: &Path) -> Result<Environment, Error> {
    let failed = |reason: String| Error::Runtime { path: library.to_path_buf(), reason };
    let path = library.canonicalize().map_err(|error| failed(error.to_string()))?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((first, environment)) = &*loaded {
        return if *first == path {
            Ok(environment.clone())
        } else {
            Err(failed(format!("this process already uses {}", first.display())))
        };
    }
    let environment = ort::init_from(&path)
        .map_err(|error| failed(error.to_string()))?
        .with_name("paigong")
        .with_telemetry(false)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    *loaded = Some((path, environment.clone()));
    Ok(environment)
}
