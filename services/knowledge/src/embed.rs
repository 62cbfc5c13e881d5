//! Passages → vectors. The encoder sees at most 128 tokens and was trained on single sentences: a passage is embedded as
//! windows of a few sentences each under its innermost heading, and a question finds the best of them.

use understanding::encoder::{self, Encoder};

use crate::passages::{Passage, length};
use crate::{sentence, vectors};

/// Length of a window, as [`length`] counts.
const WINDOW: usize = 60;

/// The vectors of each passage, as they are stored.
pub(crate) async fn embed(encoder: &Encoder, passages: &[Passage]) -> Result<Vec<Vec<u8>>, encoder::Error> {
    let windows: Vec<Vec<String>> = passages.iter().map(windows).collect();
    let texts: Vec<&String> = windows.iter().flatten().collect();
    let mut embedded = encoder.embed_many(&texts).await?.into_iter();
    let of = |windows: Vec<String>| {
        let rows: Vec<_> = embedded.by_ref().take(windows.len()).map(|embedding| embedding.vector).collect();
        vectors::bytes(rows.iter().map(|row| &row[..]))
    };
    Ok(windows.into_iter().map(of).collect())
}

fn windows(passage: &Passage) -> Vec<String> {
    let heading = passage.heading.rsplit(" > ").next().unwrap_or_default();
    let mut windows: Vec<String> = passage.question.iter().cloned().collect();
    let mut open = String::new();
    for sentence in sentence::split(&passage.text) {
        if !open.is_empty() && length(&open) + length(sentence) > WINDOW {
            windows.push(format!("{heading}: {}", std::mem::take(&mut open).trim()));
        }
        open.push_str(sentence);
    }
    windows.push(format!("{heading}: {}", open.trim()));
    windows
}
