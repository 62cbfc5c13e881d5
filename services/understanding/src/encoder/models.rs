//! The folders of models: which there are, and whether each could be used. No model runs here.

use std::path::Path;

use super::Error;
use super::manifest::{Manifest, read_checked};
use super::tokens::Tokeniser;

/// A folder with a `model.toml`.
#[derive(Debug)]
pub struct Found {
    /// The folder's name, by which a model is chosen.
    pub folder: String,
    /// What is written about it; or why it can't be used.
    pub manifest: Result<Manifest, Error>,
    /// Bytes of its graph and tokeniser; 0 where they can't be read.
    pub bytes: u64,
}

/// A number that was measured with a model, as its `model.toml` has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which data, and what of it, such as `massive_zh shots_10`.
    pub what: String,
    /// The number; accuracy is in percent.
    pub value: f64,
}

/// The models below `folder`, by name, with their files checked against their sums. Reads every file.
///
/// # Errors
/// [`Error::Unreadable`] when the folder itself can't be read.
pub fn list(folder: &Path) -> Result<Vec<Found>, Error> {
    let unreadable = |source| Error::Unreadable { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.join("model.toml").is_file() {
            let (manifest, bytes) = check(&path).map_or_else(|error| (Err(error), 0), |(all, bytes)| (Ok(all), bytes));
            found.push(Found { folder: name.to_owned(), manifest, bytes });
        }
    }
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(found)
}

fn check(folder: &Path) -> Result<(Manifest, u64), Error> {
    let manifest = Manifest::read(folder)?;
    Tokeniser::load(folder, &manifest.tokenizer)?;
    let model = read_checked(folder, &manifest.model.file, &manifest.model.sha256)?;
    let tokenizer = folder.join(&manifest.tokenizer.file);
    let size = std::fs::metadata(&tokenizer).map_err(|source| Error::Unreadable { path: tokenizer, source })?.len();
    Ok((manifest, size + model.len() as u64))
}

impl Manifest {
    /// The numbers of `[measured]`, in their order.
    #[must_use]
    pub fn results(&self) -> Vec<Measured> {
        let mut results = Vec::new();
        for (set, measures) in &self.measured {
            for (measure, value) in measures.as_table().into_iter().flatten() {
                let value = value.as_float().or_else(|| value.as_integer().map(|value| value as f64));
                results.extend(value.map(|value| Measured { what: format!("{set} {measure}"), value }));
            }
        }
        results
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_used_says_why_beside_those_that_can() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let found = list(&models).expect("a folder");
        let shipped = found.iter().find(|found| found.folder == "paigong-bilingual-2").expect("the default model");
        let manifest = shipped.manifest.as_ref().expect("whole");
        assert!(shipped.bytes > 1_000_000);
        assert!(
            manifest.results().iter().any(|measured| measured.what == "massive_zh shots_10" && measured.value > 70.0)
        );

        let scratch = std::env::temp_dir().join(format!("paigong-models-{}", std::process::id()));
        let copy = scratch.join("cut");
        std::fs::create_dir_all(&copy).expect("a folder");
        for file in ["model.toml", "tokenizer.json"] {
            std::fs::copy(models.join("paigong-bilingual-2").join(file), copy.join(file)).expect("a copy");
        }
        std::fs::write(copy.join("model.onnx"), b"half").expect("a file");
        std::fs::create_dir_all(scratch.join("no-model")).expect("a folder");
        let found = list(&scratch).expect("a folder");
        assert_eq!(found.len(), 1);
        assert!(matches!(found[0].manifest, Err(Error::Checksum { bytes: 4, .. })));
        assert!(list(&scratch.join("nowhere")).is_err());
        std::fs::remove_dir_all(&scratch).expect("removed");
    }
}
