//! Passages → vectors. The encoder sees at most 128 tokens and was trained on single sentences: a passage is embedded as
//! windows of a few sentences each under its innermost heading, and a question finds the best of them.

use paigong_core::TenantId;
use store::{Store, vectors as stored};
use understanding::encoder::{self, Encoder};

use crate::passages::{Passage, length};
use crate::{sentence, vectors};

/// Length of a window, as [`length`] counts.
const WINDOW: usize = 60;

/// Passages that are embedded in one go, between two looks whether to go on.
const BATCH: i64 = 64;

/// What a model reads of a passage.
struct Read<'a> {
    heading: &'a str,
    question: Option<&'a str>,
    text: &'a str,
}

/// Why passages could not be embedded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The model.
    #[error("the passages can't be embedded")]
    Encoder(#[from] encoder::Error),
}

/// Embeds a tenant's passages that have no vectors of this model yet, a batch a transaction; several processes may do so at
/// once. `progress` is told how many were done after each batch. How many there were; indexes are not told, see
/// [`store::vectors::tell`].
///
/// # Errors
/// [`Failure`]; what was done until then stays.
pub async fn missing(
    store: &Store,
    encoder: &Encoder,
    tenant: TenantId,
    mut progress: impl FnMut(usize),
) -> Result<usize, Failure> {
    let hash = &encoder.manifest().identity();
    let mut done = 0;
    loop {
        let mut tx = store.begin(tenant).await?;
        let bare = stored::missing(&mut tx, hash, BATCH).await?;
        tx.rollback().await?;
        if bare.is_empty() {
            return Ok(done);
        }
        let read = bare.iter().map(|passage| Read {
            heading: &passage.heading,
            question: passage.question.as_deref(),
            text: &passage.text,
        });
        // Outside of a transaction, which then is short.
        let rows = embed_all(encoder, read).await?;
        let ids: Vec<_> = bare.iter().map(|passage| passage.id).collect();
        let mut tx = store.begin(tenant).await?;
        stored::put(&mut tx, hash, &ids, &rows).await?;
        tx.commit().await?;
        done += ids.len();
        progress(ids.len());
    }
}

/// The vectors of each passage, as they are stored.
pub(crate) async fn embed(encoder: &Encoder, passages: &[Passage]) -> Result<Vec<Vec<u8>>, encoder::Error> {
    let read = passages.iter().map(|passage| Read {
        heading: &passage.heading,
        question: passage.question.as_deref(),
        text: &passage.text,
    });
    embed_all(encoder, read).await
}

async fn embed_all<'a>(
    encoder: &Encoder,
    passages: impl Iterator<Item = Read<'a>>,
) -> Result<Vec<Vec<u8>>, encoder::Error> {
    let windows: Vec<Vec<String>> = passages.map(|passage| windows(&passage)).collect();
    let texts: Vec<&String> = windows.iter().flatten().collect();
    let mut embedded = encoder.embed_many(&texts).await?.into_iter();
    let of = |windows: Vec<String>| {
        let rows: Vec<_> = embedded.by_ref().take(windows.len()).map(|embedding| embedding.vector).collect();
        vectors::bytes(rows.iter().map(|row| &row[..]))
    };
    Ok(windows.into_iter().map(of).collect())
}

fn windows(passage: &Read<'_>) -> Vec<String> {
    let heading = passage.heading.rsplit(" > ").next().unwrap_or_default();
    let mut windows: Vec<String> = passage.question.iter().map(|&question| question.to_owned()).collect();
    let mut open = String::new();
    for sentence in sentence::split(passage.text) {
        if !open.is_empty() && length(&open) + length(sentence) > WINDOW {
            windows.push(format!("{heading}: {}", std::mem::take(&mut open).trim()));
        }
        open.push_str(sentence);
    }
    windows.push(format!("{heading}: {}", open.trim()));
    windows
}
