//! What was learnt from examples, kept in a folder, so that a server that starts again need not learn it anew.
//!
//! One file for each thing learnt, named by the SHA-256 of all that it follows from: the program, the model, the examples. A file
//! may be deleted at any time; a damaged one is as good as none. There are numbers in it, and names of skills and slots, but no texts.

use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Files kept, and their bytes; the ones that were not used for the longest time go first.
const FILES: usize = 300;
const BYTES: u64 = 512 << 20;
/// Bytes of the sum at a file's end.
const SUM: usize = 32;

/// The folder, or none: then nothing is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learnt {
    folder: Option<Arc<Path>>,
    /// Of the program and the model.
    basis: [u8; 32],
}

/// The name of a thing learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Learnt {
    /// For results of this program with the model of this identity.
    pub(crate) fn new(folder: Option<&Path>, model: &str) -> Self {
        let program = folder.and_then(|_| program());
        let basis = hash([program.as_deref().unwrap_or_default(), model].map(str::as_bytes));
        Self { folder: folder.filter(|_| program.is_some()).map(Arc::from), basis }
    }

    /// The name of what follows from `parts`.
    pub(crate) fn key<'a>(&'a self, what: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Key {
        let sum = hash([&self.basis[..], what.as_bytes()].into_iter().chain(parts));
        Key(sum.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What was kept under this name.
    pub(crate) async fn read<T: DeserializeOwned + Send + 'static>(&self, key: &Key) -> Option<T> {
        let file = self.folder.as_ref()?.join(&key.0);
        tokio::task::spawn_blocking(move || read(&file)).await.ok().flatten()
    }

    /// Keeps `value` under this name. A folder that can't be written to only costs the time to learn again.
    pub(crate) async fn write<T: Serialize + Send + 'static>(&self, key: &Key, value: T) {
        let Some(folder) = self.folder.clone() else { return };
        let name = key.0.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &value)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(error = paigong_core::chain(&error), "what was learnt can't be kept in learnt_dir");
        }
    }
}

/// SHA-256 over the parts, none of which runs into the next.
fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Which program this is: another one may learn in another way.
fn program() -> Option<String> {
    let file = std::env::current_exe().ok()?.metadata().ok()?;
    let modified = file.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", env!("CARGO_PKG_VERSION"), file.len(), modified.as_nanos()))
}

fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let bytes = std::fs::read(file).ok()?;
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM)?)?;
    if Sha256::digest(content).as_slice() != sum {
        tracing::warn!(file = %file.display(), "a damaged file of learnt_dir is left aside");
        return None;
    }
    let value = postcard::from_bytes(content).ok()?;
    // So that it is not taken for one that nobody needs; where that is not allowed, it is learnt again some day.
    let _ = std::fs::File::options().append(true).open(file).and_then(|file| file.set_modified(SystemTime::now()));
    Some(value)
}

fn write<T: Serialize>(folder: &Path, name: &str, value: &T) -> std::io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let content = postcard::to_stdvec(value).map_err(std::io::Error::other)?;
    // Another process may write or read the same at this moment: whoever reads sees all of it or nothing.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let scratch = folder.join(format!(".{name}.{}.{number}", std::process::id()));
    let mut file = std::fs::File::options().write(true).create_new(true).open(&scratch)?;
    let written = file.write_all(&content).and_then(|()| file.write_all(&Sha256::digest(&content)));
    if let Err(error) = written.and_then(|()| std::fs::rename(&scratch, folder.join(name))) {
        let _ = std::fs::remove_file(&scratch);
        return Err(error);
    }
    prune(folder)
}

/// Whether a file is one of these, or was left by a process that died while it wrote one; whatever else is in the folder is not ours.
fn is_own(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    let sum = name.strip_prefix('.').and_then(|name| name.split('.').next()).unwrap_or(&name);
    sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Deletes the files that were not used for the longest time where there are too many.
fn prune(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // One that another process has just deleted is no reason to stop.
        if let Ok(about) = entry.metadata()
            && about.is_file()
            && is_own(&entry.file_name())
        {
            files.push((about.modified()?, entry.path(), about.len()));
        }
    }
    files.sort_unstable_by(|a, b| b.cmp(a));
    let mut total = 0;
    for (number, (_, file, bytes)) in files.iter().enumerate() {
        total += bytes;
        if number >= FILES || total > BYTES {
            let _ = std::fs::remove_file(file);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_kept_comes_back_for_the_same_program_model_and_examples_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("new");
        let learnt = Learnt::new(Some(&place), "model");
        let key = learnt.key("vectors", [&b"one"[..], b"two"]);
        assert_eq!(learnt.read::<Vec<f32>>(&key).await, None);
        learnt.write(&key, vec![0.5_f32, -1.0]).await;
        assert_eq!(learnt.read(&key).await, Some(vec![0.5_f32, -1.0]));
        assert_eq!(Learnt::new(Some(&place), "model").key("vectors", [&b"one"[..], b"two"]), key);
        for other in [
            learnt.key("vectors", [&b"onetwo"[..]]),
            learnt.key("tagger", [&b"one"[..], b"two"]),
            Learnt::new(Some(&place), "another").key("vectors", [&b"one"[..], b"two"]),
        ] {
            assert_ne!(other, key);
        }
    }

    #[tokio::test]
    async fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let learnt = Learnt::new(Some(folder.path()), "model");
        let key = learnt.key("vectors", []);
        learnt.write(&key, vec![1.0_f32; 64]).await;
        let file = folder.path().join(&key.0);
        let whole = std::fs::read(&file).expect("a file");
        for damaged in
            [&whole[..0], &whole[..20], &whole[..whole.len() - 1], &[&whole[..9], &[7], &whole[10..]].concat()]
        {
            std::fs::write(&file, damaged).expect("written");
            assert_eq!(learnt.read::<Vec<f32>>(&key).await, None);
        }
        learnt.write(&key, vec![2.0_f32]).await;
        assert_eq!(learnt.read(&key).await, Some(vec![2.0_f32]));
    }

    #[tokio::test]
    async fn without_a_folder_or_with_one_that_can_t_be_written_nothing_is_kept_and_nothing_fails() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        for folder in [None, Some(file.path())] {
            let learnt = Learnt::new(folder, "model");
            let key = learnt.key("vectors", []);
            learnt.write(&key, 1_u8).await;
            assert_eq!(learnt.read::<u8>(&key).await, None);
        }
    }

    #[test]
    fn the_files_used_last_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        let name = |number: usize| format!("{number:064x}");
        std::fs::write(folder.path().join("letter.txt"), "somebody's").expect("written");
        for number in 0..FILES {
            let file = std::fs::File::create(folder.path().join(name(number))).expect("a file");
            file.set_modified(old + std::time::Duration::from_secs(number as u64)).expect("a time");
        }
        std::fs::File::open(folder.path().join("letter.txt")).and_then(|file| file.set_modified(old)).expect("a time");
        write(folder.path(), &name(FILES), &1_u8).expect("written");
        let left = |name: &str| folder.path().join(name).exists();
        assert!(left(&name(FILES)) && left(&name(1)) && !left(&name(0)) && left("letter.txt"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), FILES + 1);
    }
}
