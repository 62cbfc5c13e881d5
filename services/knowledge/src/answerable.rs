//! Whether a passage answers a question: a logistic rule over few features, fitted on the development half of the
//! handbook's questions (`paigong eval knowledge` reports both halves).
//!
//! Numbers and names of the question that the passage lacks did not tell answers from others there ("I have been here for
//! three years, how many days …"), nor did a negation; they are not looked at. Whether a kept answer fits is stricter: `same`.

use paigong_core::Language;

use crate::concepts::Concept;
use crate::lexical::Lexical;
use crate::terms::{self, Question};

/// What a passage has in common with a question.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Features {
    /// Cosine of the embeddings, the best of the passage's windows.
    pub cosine: f32,
    /// Share of the question's words with content, weighted by how rare they are, that the passage or its headings have.
    pub coverage: f32,
    /// The rarest of the question's words counts here alone: 1 if the passage has it.
    pub rarest: f32,
    /// BM25, as a share of what all the question's words together could bring.
    pub lexical: f32,
}

/// In the order of the fields of [`Features`].
const WEIGHTS: [f32; 4] = [2.72, 3.62, 3.34, -1.56];

/// By the question's language: the encoder puts English sentences closer together, and English has fewer words for a thing.
fn bias(language: Language) -> f32 {
    match language {
        Language::Zh => -1.94,
        Language::En => -2.22,
    }
}

/// From this confidence of the first hit on, the question has an answer.
const THRESHOLD: f32 = 0.5;
/// What another word for the same is worth.
const CONCEPT: f32 = 0.9;

impl Features {
    pub(crate) fn of(question: &Question, lexical: &Lexical, passage: usize, cosine: f32, words: f32) -> Self {
        let mut features = Self { cosine, lexical: words, ..Self::default() };
        let (mut all, mut highest) = (0.0, 0.0);
        for word in &question.words {
            let idf = lexical.idf(word);
            let means = |concept: &Concept| stands_for(word, &concept.wording) && lexical.has(&concept.term, passage);
            let means = question.concepts.iter().any(means);
            let has = presence(word, lexical, passage).max(if means { CONCEPT } else { 0.0 });
            all += idf;
            features.coverage += idf * has;
            if idf > highest {
                (highest, features.rarest) = (idf, has);
            }
        }
        if all > 0.0 {
            features.coverage /= all;
        }
        features
    }

    /// How likely it is an answer to a question in `language`.
    pub(crate) fn confidence(&self, language: Language) -> f32 {
        let values = [self.cosine, self.coverage, self.rarest, self.lexical];
        let sum: f32 = WEIGHTS.iter().zip(values).map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-(sum + bias(language))).exp())
    }
}

/// Whether `word` is part of a concept's wording, or the wording of it.
fn stands_for(word: &str, wording: &str) -> bool {
    if word.is_ascii() {
        wording.split(' ').any(|part| part == word)
    } else {
        word.contains(wording) || wording.contains(word)
    }
}

/// 1 if the passage has the word, else the share of the word's pairs of characters that it has.
fn presence(word: &str, lexical: &Lexical, passage: usize) -> f32 {
    if lexical.has(word, passage) {
        return 1.0;
    }
    if word.is_ascii() {
        return 0.0;
    }
    let pairs = terms::pairs(word);
    let had = pairs.iter().filter(|pair| lexical.has(pair, passage)).count();
    if pairs.is_empty() { 0.0 } else { had as f32 / pairs.len() as f32 }
}

/// Whether the first hit answers, given its confidence.
pub(crate) fn decide(first: Option<f32>) -> bool {
    first.is_some_and(|confidence| confidence >= THRESHOLD)
}
