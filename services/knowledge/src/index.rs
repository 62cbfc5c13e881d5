//! An app's passages in memory, and the search in them.
//!
//! The best passages by BM25 and the best by cosine are ordered by the sum of both. Fusing by reciprocal rank instead was
//! measured worse (see `skills/README.md`): it forgets by how much one passage is better than the next. Every vector is looked
//! at: for ten thousand passages that takes a few milliseconds, and nothing is missed.

use paigong_core::Language;
use store::passages::Passage;
use understanding::similarity::Scale;
use uuid::Uuid;

use crate::answerable::{self, Features};
use crate::language;
use crate::lexical::{self, Lexical};
use crate::terms::{self, Question};
use crate::vectors::Vectors;

/// Passages of each ranking that are compared.
const CANDIDATES: usize = 50;
/// What a pair of characters is worth beside a word.
const PAIR: f32 = 0.5;
/// What BM25, as a share, is worth beside the cosine.
const LEXICAL: f32 = 1.3;
/// Added to passages in the language of the question: of two versions of a document its reader's comes first.
const OWN_LANGUAGE: f32 = 0.1;

/// A question.
#[derive(Debug)]
pub struct Query<'a> {
    /// As it was asked.
    pub text: &'a str,
    /// Its sentence embedding, of length 1, by the model of the passages. Empty: search by words only.
    pub vector: &'a [f32],
    /// The sources that whoever asks may read.
    pub sources: &'a [Uuid],
    /// How many passages are wanted at most; 5 is usual.
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The best first.
    pub hits: Vec<Hit>,
    /// Whether the first hit answers the question, by the calibrated rule of `answerable`.
    pub answerable: bool,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage's id.
    pub passage: Uuid,
    /// The source of its document.
    pub source: Uuid,
    /// Its document's title,
    pub title: String,
    /// … and file.
    pub path: String,
    /// Title and headings that it is under.
    pub heading: String,
    /// Where in the document.
    pub anchor: String,
    /// The question that it answers, in a file of questions.
    pub question: Option<String>,
    /// Its text.
    pub text: String,
    /// Cosine and words together: only for comparison within one search.
    pub score: f32,
    /// How likely the passage answers the question, 0 to 1.
    pub confidence: f32,
    /// What the confidence was derived from.
    pub features: Features,
}

/// The passages of an app, ready for searching.
#[derive(Debug, Default)]
pub struct Index {
    passages: Vec<Entry>,
    lexical: Lexical,
    vectors: Vectors,
    scale: Scale,
}

#[derive(Debug)]
struct Entry {
    id: Uuid,
    source: Uuid,
    title: String,
    path: String,
    heading: String,
    anchor: String,
    question: Option<String>,
    text: String,
    language: String,
}

impl Index {
    /// An index of `passages` whose vectors have this width and are of a model of this scale. Those without vectors are found by their words only.
    #[must_use]
    pub fn build(passages: Vec<Passage>, width: usize, scale: Scale) -> Self {
        let lexical = Lexical::build(passages.iter().map(|passage| passage.terms.as_str()));
        let mut vectors = Vectors::new(width, passages.len());
        for passage in &passages {
            vectors.push(passage.vectors.as_deref().unwrap_or_default());
        }
        let entry = |Passage { id, source, title, path, heading, anchor, question, text, language, .. }: Passage| {
            Entry { id, source, title, path, heading, anchor, question, text, language }
        };
        Self { passages: passages.into_iter().map(entry).collect(), lexical, vectors, scale }
    }

    /// How many passages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.passages.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    /// The passages that answer `query` best.
    #[must_use]
    pub fn search(&self, query: &Query<'_>) -> Found {
        let question = terms::of_question(query.text);
        let words = self.words(&question);
        let cosines = self.vectors.cosines(query.vector, self.scale);
        let mut candidates = self.best(&words, query.sources);
        candidates.extend(self.best(&cosines, query.sources));
        candidates.sort_unstable();
        candidates.dedup();
        let language = language::of(query.text);
        let score = |passage: usize| {
            let own = if self.passages[passage].language == language.tag() { OWN_LANGUAGE } else { 0.0 };
            (passage, cosines[passage] + LEXICAL * words[passage] + own)
        };
        let mut scored: Vec<_> = candidates.into_iter().map(score).collect();
        scored.sort_unstable_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        scored.truncate(query.limit);
        let found = |(passage, score): (usize, f32)| {
            let features = Features::of(&question, &self.lexical, passage, cosines[passage], words[passage]);
            hit(&self.passages[passage], score, features, language)
        };
        let hits: Vec<_> = scored.into_iter().map(found).collect();
        let answerable = answerable::decide(hits.first().map(|hit| hit.confidence));
        Found { hits, answerable }
    }

    /// Per passage BM25, as a share of what the question's words could bring at most.
    fn words(&self, question: &Question) -> Vec<f32> {
        let mut scores = vec![0.0; self.len()];
        question.words.iter().for_each(|term| self.lexical.add(term, 1.0, &mut scores));
        question.pairs.iter().for_each(|term| self.lexical.add(term, PAIR, &mut scores));
        question.concepts.iter().for_each(|concept| self.lexical.add(&concept.term, 1.0, &mut scores));
        let most = question.words.iter().map(|word| self.lexical.idf(word)).sum::<f32>() * lexical::MOST;
        if most > 0.0 {
            scores.iter_mut().for_each(|score| *score /= most);
        }
        scores
    }

    /// The permitted passages with the largest scores above 0.
    fn best(&self, scores: &[f32], sources: &[Uuid]) -> Vec<usize> {
        let permitted = |passage: &usize| scores[*passage] > 0.0 && sources.contains(&self.passages[*passage].source);
        let mut best: Vec<usize> = (0..scores.len()).filter(permitted).collect();
        let order = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
        if best.len() > CANDIDATES {
            best.select_nth_unstable_by(CANDIDATES, order);
            best.truncate(CANDIDATES);
        }
        best.sort_unstable_by(order);
        best
    }
}

fn hit(entry: &Entry, score: f32, features: Features, language: Language) -> Hit {
    Hit {
        passage: entry.id,
        source: entry.source,
        title: entry.title.clone(),
        path: entry.path.clone(),
        heading: entry.heading.clone(),
        anchor: entry.anchor.clone(),
        question: entry.question.clone(),
        text: entry.text.clone(),
        score,
        confidence: features.confidence(language),
        features,
    }
}
