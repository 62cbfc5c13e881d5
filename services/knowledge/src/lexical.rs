//! BM25 over the passages' terms, in memory.
//!
//! Not in Postgres: its `ts_rank` knows no document frequencies, which both ranking and the decision whether a passage
//! answers a question need; and one round trip less is one thing less that can be slow.

use std::collections::HashMap;

/// Robertson's k1 and b.
const K1: f32 = 1.2;
const B: f32 = 0.5;
/// What a term is worth at most, times its idf.
pub(crate) const MOST: f32 = K1 + 1.0;

/// Term → the passages that have it, with what the term is worth there.
#[derive(Debug, Default)]
pub(crate) struct Lexical {
    terms: HashMap<String, Term>,
    passages: usize,
}

#[derive(Debug)]
struct Term {
    idf: f32,
    /// Passage and saturated frequency, by passage.
    postings: Vec<(u32, f32)>,
}

impl Lexical {
    /// `texts`: the terms of each passage, between spaces.
    pub(crate) fn build<'a>(texts: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let passages = texts.len();
        let mut terms: HashMap<String, Vec<(u32, f32)>> = HashMap::new();
        let mut lengths = Vec::with_capacity(passages);
        for (passage, text) in (0_u32..).zip(texts) {
            let mut length = 0;
            for term in text.split_ascii_whitespace() {
                length += 1;
                let postings = match terms.get_mut(term) {
                    Some(postings) => postings,
                    None => terms.entry(term.to_owned()).or_default(),
                };
                match postings.last_mut() {
                    Some((last, frequency)) if *last == passage => *frequency += 1.0,
                    _ => postings.push((passage, 1.0)),
                }
            }
            lengths.push(length as f32);
        }
        let mean = (lengths.iter().sum::<f32>() / passages.max(1) as f32).max(1.0);
        let weigh = |(term, mut postings): (String, Vec<(u32, f32)>)| {
            let idf = idf(postings.len(), passages);
            for (passage, frequency) in &mut postings {
                let length = lengths[*passage as usize] / mean;
                *frequency = *frequency * MOST / (*frequency + K1 * (1.0 - B + B * length));
            }
            postings.shrink_to_fit();
            (term, Term { idf, postings })
        };
        Self { terms: terms.into_iter().map(weigh).collect(), passages }
    }

    /// Adds what `term` is worth, times `weight`, to the scores of the passages that have it.
    pub(crate) fn add(&self, term: &str, weight: f32, scores: &mut [f32]) {
        if let Some(term) = self.terms.get(term) {
            for (passage, worth) in &term.postings {
                scores[*passage as usize] += weight * term.idf * worth;
            }
        }
    }

    /// How rare the term is; one that no passage has is the rarest.
    pub(crate) fn idf(&self, term: &str) -> f32 {
        self.terms.get(term).map_or_else(|| idf(0, self.passages), |term| term.idf)
    }

    /// Whether `passage` has the term.
    pub(crate) fn has(&self, term: &str, passage: usize) -> bool {
        let find = |term: &Term| term.postings.binary_search_by_key(&passage, |(found, _)| *found as usize).is_ok();
        self.terms.get(term).is_some_and(find)
    }
}

fn idf(having: usize, all: usize) -> f32 {
    (1.0 + (all as f32 - having as f32 + 0.5) / (having as f32 + 0.5)).ln()
}
