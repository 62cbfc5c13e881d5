//! How well questions are answered: a set of questions with the place of each one's answer, asked of a folder of documents.
//! For `paigong eval knowledge` and for the test that keeps what was reached; needs no database.

use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use store::passages::{NewPassage, Passage};
use understanding::encoder::{self, Encoder};
use uuid::Uuid;

use crate::document::Limits;
use crate::{Found, Hit, Index, Query, import};

/// A question, and where its answer is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The question.
    pub q: String,
    /// The file with its answer; none if no document answers it.
    #[serde(default)]
    pub document: Option<String>,
    /// The innermost heading over its answer.
    #[serde(default)]
    pub heading: Option<String>,
    /// Whether weights were fitted on it.
    pub half: Half,
}

/// Halves of a set of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// What weights are fitted on.
    Dev,
    /// The other half.
    Test,
}

/// A file of questions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// In their order.
    pub questions: Vec<Case>,
}

/// What came of asking.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The question.
    pub case: Case,
    /// What was found.
    pub found: Found,
    /// Search without the embedding of the question, in milliseconds.
    pub search_ms: f64,
}

/// Shares of the questions asked, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    /// Questions with an answer,
    pub answerable: usize,
    /// … whose first hit is the right place,
    pub recall_1: f64,
    /// … with the right place among five hits,
    pub recall_5: f64,
    /// … mean reciprocal rank of the right place,
    pub mrr: f64,
    /// … that were refused though they have an answer.
    pub refused_wrongly: f64,
    /// Questions without an answer,
    pub unanswerable: usize,
    /// … that were refused.
    pub refused: f64,
}

impl Case {
    /// Whether `hit` is where the answer is.
    #[must_use]
    pub fn is_answered_by(&self, hit: &Hit) -> bool {
        self.is_answered_at(&hit.path, &hit.heading)
    }

    /// Whether the answer is in the document at `path`, whatever folders it is in, under `heading` and what is above it.
    #[must_use]
    pub fn is_answered_at(&self, path: &str, heading: &str) -> bool {
        let is_document = |document: &str| Path::new(path).ends_with(document);
        self.document.as_deref().is_some_and(is_document) && self.heading.as_deref() == heading.rsplit(" > ").next()
    }
}

/// The passages of the documents in `folder`, as one source, ready for [`Index::build`].
///
/// # Errors
/// The first document that can't be read.
pub async fn passages(encoder: &Encoder, folder: &Path, source: Uuid) -> Result<Vec<Passage>, import::Failure> {
    let mut all = Vec::new();
    for file in import::files(&[folder.to_owned()])? {
        let failure = |source| import::Failure::File { path: file.file.clone(), source };
        let bytes = std::fs::read(&file.file).map_err(failure)?;
        let read = import::read(&file.path, &bytes, &Limits::default());
        let (document, passages) = read.map_err(|error| failure(std::io::Error::other(error)))?;
        let rows = import::rows(encoder, passages).await?;
        all.extend(rows.into_iter().map(|row| loaded(row, source, &document.title, &file.path)));
    }
    Ok(all)
}

/// A row as the database would give it back.
fn loaded(row: NewPassage, source: Uuid, title: &str, path: &str) -> Passage {
    let NewPassage { heading, anchor, question, text, language, terms, vectors } = row;
    Passage {
        id: Uuid::now_v7(),
        source,
        title: title.to_owned(),
        path: path.to_owned(),
        heading,
        anchor,
        question,
        text,
        language: language.tag().to_owned(),
        terms,
        vectors: Some(vectors),
    }
}

/// Asks every question.
///
/// # Errors
/// When the model fails.
pub async fn ask(encoder: &Encoder, index: &Index, source: Uuid, cases: &[Case]) -> Result<Vec<Asked>, encoder::Error> {
    let texts: Vec<_> = cases.iter().map(|case| &case.q).collect();
    let embeddings = encoder.embed_many(&texts).await?;
    let ask = |(case, embedding): (&Case, encoder::Embedding)| {
        let query = Query { text: &case.q, vector: &embedding.vector, sources: &[source], limit: 5 };
        let started = Instant::now();
        let found = index.search(&query);
        Asked { case: case.clone(), found, search_ms: started.elapsed().as_secs_f64() * 1000.0 }
    };
    Ok(cases.iter().zip(embeddings).map(ask).collect())
}

/// The hits as places in the other language's version of the same documents, which has its passages in the same order: to
/// measure questions that are asked in another language than the documents are in.
pub fn translate(asked: &mut [Asked], from: &[Passage], to: &[Passage]) {
    for hit in asked.iter_mut().flat_map(|asked| &mut asked.found.hits) {
        let index = from.iter().position(|passage| passage.id == hit.passage);
        if let Some(passage) = index.and_then(|index| to.get(index)) {
            hit.path.clone_from(&passage.path);
            hit.heading.clone_from(&passage.heading);
        }
    }
}

/// The shares in what was asked.
#[must_use]
pub fn measure<'a>(asked: impl IntoIterator<Item = &'a Asked>) -> Measured {
    let mut measured = Measured::default();
    for Asked { case, found, .. } in asked {
        let refused = f64::from(u8::from(!found.answerable));
        if case.document.is_none() {
            measured.unanswerable += 1;
            measured.refused += refused;
            continue;
        }
        measured.answerable += 1;
        measured.refused_wrongly += refused;
        if let Some(rank) = found.hits.iter().position(|hit| case.is_answered_by(hit)) {
            measured.recall_1 += f64::from(u8::from(rank == 0));
            measured.recall_5 += f64::from(u8::from(rank < 5));
            measured.mrr += 1.0 / (rank + 1) as f64;
        }
    }
    let answerable = measured.answerable.max(1) as f64;
    for share in [&mut measured.recall_1, &mut measured.recall_5, &mut measured.mrr, &mut measured.refused_wrongly] {
        *share /= answerable;
    }
    measured.refused /= measured.unanswerable.max(1) as f64;
    measured
}

/// The passages, and more of the same kind until there are `count`: for measuring time. The additional ones take every other
/// sentence of one passage and of another, under a number of their own, so that no two are the same; their vectors lie
/// between those of the two.
#[must_use]
pub fn enlarged(passages: &[Passage], count: usize) -> Vec<Passage> {
    let mut all = passages.to_vec();
    let seeds = passages.len().max(1);
    for number in passages.len()..count {
        // Any step that shares no factor with the number of passages pairs each with each.
        let (Some(one), Some(other)) =
            (passages.get(number % seeds), passages.get((number * 7 + number / seeds) % seeds))
        else {
            break;
        };
        let halves = crate::sentence::split(&one.text).into_iter().step_by(2);
        let text: String = halves.chain(crate::sentence::split(&other.text).into_iter().skip(1).step_by(2)).collect();
        let heading = format!("{number} {}", one.heading);
        let terms = crate::terms::of_text(&format!("{heading}\n{text}")).join(" ");
        all.push(Passage {
            id: Uuid::now_v7(),
            heading,
            text,
            terms,
            vectors: one.vectors.as_deref().zip(other.vectors.as_deref()).map(|(one, other)| between(one, other)),
            ..one.clone()
        });
    }
    all
}

fn between(one: &[u8], other: &[u8]) -> Vec<u8> {
    let numbers =
        |bytes: &[u8]| bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect::<Vec<_>>();
    let mixed: Vec<f32> =
        numbers(one).iter().zip(numbers(other).iter().cycle()).map(|(a, b)| a * 0.8 + b * 0.2).collect();
    crate::vectors::bytes([&mixed[..]])
}
