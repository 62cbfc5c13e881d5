//! Files → a source's documents in the database: only what has changed, each document in one transaction.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use paigong_core::{AppId, TenantId};
use sha2::{Digest as _, Sha256};
use store::passages::{self, NewDocument, NewPassage, Source};
use store::{Store, TenantTx};
use understanding::encoder::{self, Encoder};

use crate::document::{self, Limits};
use crate::passages::Passage;
use crate::{Error, embed, terms};

/// Raised when passages of the same file would come out differently: everything is then imported anew.
const VERSION: u8 = 1;
/// Folders within folders.
const DEPTH: usize = 16;

/// A file to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name within the source.
    pub path: String,
    /// Where it is.
    pub file: PathBuf,
}

/// What is to be imported, and where.
#[derive(Debug)]
pub struct Import<'a> {
    /// The database.
    pub store: &'a Store,
    /// The model.
    pub encoder: &'a Encoder,
    /// Whose app.
    pub tenant: TenantId,
    /// The app.
    pub app: AppId,
    /// The source's name.
    pub source: &'a str,
    /// CEL on `context`: who may read it.
    pub requires: Option<&'a str>,
    /// Marks of the source.
    pub tags: &'a [String],
    /// How much a document may be.
    pub limits: Limits,
    /// Remove documents whose files are not among those given.
    pub prune: bool,
    /// Write nothing, and say what would be done.
    pub dry_run: bool,
}

/// What became of one document.
#[derive(Debug)]
pub enum Outcome {
    /// It is new, or has changed; so many passages.
    Imported(usize),
    /// It is there already, from the same content.
    Unchanged,
    /// It can't be read; what was imported from it before is still there.
    Failed(Error),
    /// Its file is gone, and so is it.
    Removed,
}

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A folder or file can't be read.
    #[error("{path} can't be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Two files would be the same document.
    #[error("{0} is there twice; import the folder above both")]
    Twice(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The model.
    #[error("the passages can't be embedded")]
    Encoder(#[from] encoder::Error),
    /// Vectors of documents that are there already.
    #[error(transparent)]
    Vectors(#[from] embed::Failure),
    /// A thread ended without an answer.
    #[error("reading a document was cut short")]
    Thread,
}

/// The files at `paths`: files themselves, and what is below folders in a format that can be read, but nothing whose name
/// begins with a dot or an underscore, and no symbolic links.
///
/// # Errors
/// [`Failure::File`], [`Failure::Twice`].
pub fn files(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files = BTreeMap::new();
    let mut add = |path: String, file: PathBuf| match files.insert(path.clone(), file) {
        Some(_) => Err(Failure::Twice(path)),
        None => Ok(()),
    };
    for path in paths {
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            add(name, path.clone())?;
            continue;
        }
        for file in below(path, DEPTH)? {
            let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
            add(name, file)?;
        }
    }
    Ok(files.into_iter().map(|(path, file)| File { path, file }).collect())
}

fn below(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, Failure> {
    let failure = |source| Failure::File { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failure)?);
        if entry.file_name().to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            found.extend(below(&path, depth - 1)?);
        } else if kind.is_file() && path.to_str().and_then(document::Format::of).is_some() {
            found.push(path);
        }
    }
    Ok(found)
}

/// The passages of a file's content. Blocks the thread.
///
/// # Errors
/// As [`document::read`].
pub fn read(path: &str, bytes: &[u8], limits: &Limits) -> Result<(document::Document, Vec<Passage>), Error> {
    let document = document::read(path, bytes, limits)?;
    let passages = crate::passages::split(&document, limits.passages)?;
    Ok((document, passages))
}

/// The rows of `passages`: with terms and embeddings.
///
/// # Errors
/// When the model fails.
pub async fn rows(encoder: &Encoder, passages: Vec<Passage>) -> Result<Vec<NewPassage>, encoder::Error> {
    let embeddings = embed::embed(encoder, &passages).await?;
    let row = |(passage, vectors): (Passage, Vec<u8>)| NewPassage {
        terms: all_terms(&passage),
        heading: passage.heading,
        anchor: passage.anchor,
        question: passage.question,
        text: passage.text,
        language: passage.language,
        vectors,
    };
    Ok(passages.into_iter().zip(embeddings).map(row).collect())
}

/// What a passage is about is said in its headings and its question: their terms count twice.
fn all_terms(passage: &Passage) -> String {
    let about = format!("{}\n{}", passage.heading, passage.question.as_deref().unwrap_or_default());
    let mut terms = terms::of_text(&about);
    terms.extend_from_within(..);
    terms.extend(terms::of_text(&passage.text));
    terms.join(" ")
}

impl Import<'_> {
    /// Imports `files`, and tells `progress` of each. What the tenant has from other models gets vectors of this one.
    ///
    /// # Errors
    /// [`Failure`], with what was done until then done. A document that can't be read is an [`Outcome`].
    pub async fn run(&self, files: &[File], mut progress: impl FnMut(&str, &Outcome)) -> Result<(), Failure> {
        let (source, known) = self.source().await?;
        let known: BTreeMap<_, _> = known.into_iter().map(|document| (document.path.clone(), document)).collect();
        for File { path, file } in files {
            let bytes = std::fs::read(file).map_err(|source| Failure::File { path: file.clone(), source })?;
            let outcome = self.changed(source.as_ref(), known.get(path), path, bytes).await?;
            progress(path, &outcome);
        }
        if self.prune {
            let gone = |path: &str| files.iter().all(|file| file.path != path);
            let gone: Vec<_> = known.values().filter(|document| gone(&document.path)).collect();
            if !self.dry_run {
                let ids: Vec<_> = gone.iter().map(|document| document.id).collect();
                let mut tx = self.begin().await?;
                passages::delete_documents(&mut tx, self.app, &ids).await?;
                tx.commit().await?;
            }
            gone.iter().for_each(|document| progress(&document.path, &Outcome::Removed));
        }
        if !self.dry_run && embed::missing(self.store, self.encoder, self.tenant, |_| ()).await? > 0 {
            let mut tx = self.begin().await?;
            store::vectors::tell(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Imports one document whose content is at hand. A source that is there already keeps what it requires and its marks.
    ///
    /// # Errors
    /// [`Failure`]. A document that can't be read is an [`Outcome`].
    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<Outcome, Failure> {
        let mut tx = self.begin().await?;
        let source = match passages::find_source(&mut tx, self.app, self.source).await? {
            Some(source) => source,
            None => passages::put_source(&mut tx, self.app, self.source, self.requires, self.tags).await?,
        };
        let known = passages::documents(&mut tx, source.id).await?;
        tx.commit().await?;
        let known = known.iter().find(|known| known.path == path);
        self.changed(Some(&source), known, path, bytes).await
    }

    /// Imports a document unless it is there already.
    async fn changed(
        &self,
        source: Option<&Source>,
        known: Option<&passages::Document>,
        path: &str,
        bytes: Vec<u8>,
    ) -> Result<Outcome, Failure> {
        let hash: [u8; 32] = Sha256::new().chain_update([VERSION]).chain_update(&bytes).finalize().into();
        let is_there = known.is_some_and(|known| known.state == "ready" && known.content_hash == hash);
        if is_there { Ok(Outcome::Unchanged) } else { self.document(source, path, bytes, hash).await }
    }

    /// The source, registered unless nothing is to be written, and what is in it.
    async fn source(&self) -> Result<(Option<Source>, Vec<passages::Document>), Failure> {
        let mut tx = self.begin().await?;
        let source = if self.dry_run {
            passages::find_source(&mut tx, self.app, self.source).await?
        } else {
            Some(passages::put_source(&mut tx, self.app, self.source, self.requires, self.tags).await?)
        };
        let known = match &source {
            Some(source) => passages::documents(&mut tx, source.id).await?,
            None => Vec::new(),
        };
        tx.commit().await?;
        Ok((source, known))
    }

    async fn document(
        &self,
        source: Option<&Source>,
        path: &str,
        bytes: Vec<u8>,
        content_hash: [u8; 32],
    ) -> Result<Outcome, Failure> {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let (name, limits) = (path.to_owned(), self.limits.clone());
        let read = tokio::task::spawn_blocking(move || read(&name, &bytes, &limits)).await;
        let read = read.map_err(|_| Failure::Thread)?;
        let Some(source) = source.filter(|_| !self.dry_run) else {
            return Ok(read.map_or_else(Outcome::Failed, |(_, passages)| Outcome::Imported(passages.len())));
        };
        let (document, passages) = match read {
            Ok(read) => read,
            Err(error) => {
                let mut tx = self.begin().await?;
                let why = (error.zh(), error.to_string());
                passages::fail_document(&mut tx, source.id, path, size, &why).await?;
                tx.commit().await?;
                return Ok(Outcome::Failed(error));
            }
        };
        // Before the transaction, which then is short.
        let rows = rows(self.encoder, passages).await?;
        let mut tx = self.begin().await?;
        let new = NewDocument {
            source: source.id,
            path,
            title: &document.title,
            content_hash,
            language: document.language,
            bytes: size,
            model_hash: &self.encoder.manifest().identity(),
            passages: &rows,
        };
        passages::replace_document(&mut tx, self.app, &new).await?;
        tx.commit().await?;
        Ok(Outcome::Imported(rows.len()))
    }

    async fn begin(&self) -> Result<TenantTx, store::Error> {
        self.store.begin(self.tenant).await
    }
}
