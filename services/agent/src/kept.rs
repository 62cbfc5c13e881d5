//! Answers that a reasoner wrote from documents, kept for the next one who asks the same. Only what may be shared is: a key
//! holds tenant, app, the sources that the user may read, the skill's version, the documents' state and the language; and a
//! question counts as the same only if it says the same numbers, names and negations.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use knowledge::same_question;
use paigong_core::{AppId, Language, TenantId};
use reasoning::Reasoned;
use understanding::similarity::Scale;
use uuid::Uuid;

/// Among whom an answer may be shared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub tenant: TenantId,
    pub app: AppId,
    pub sources: Vec<Uuid>,
    pub skill: (String, u32),
    /// The app's revision: it grows with every change of skills or documents.
    pub revision: i64,
    pub language: Language,
}

struct Entry {
    question: String,
    vector: Vec<f32>,
    reasoned: Reasoned,
}

/// Kept answers, the oldest forgotten first.
#[derive(Default)]
pub(crate) struct Kept {
    scale: Scale,
    answers: Mutex<Answers>,
}

#[derive(Default)]
struct Answers {
    by_key: HashMap<Key, Vec<Entry>>,
    /// The key of every answer, the oldest first.
    order: VecDeque<Key>,
}

/// Answers kept in all.
const MOST: usize = 2_000;

impl Kept {
    /// None yet; of a model with this scale.
    pub(crate) fn new(scale: Scale) -> Self {
        Self { scale, answers: Mutex::default() }
    }

    /// The answer to the same question; its tokens and cost are nothing.
    pub(crate) fn get(&self, key: &Key, question: &str, vector: &[f32]) -> Option<Reasoned> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = answers.by_key.get(key)?.iter().find(|entry| {
            entry.question == question
                || same_question(&entry.question, question, self.scale.of(cosine(&entry.vector, vector)))
        })?;
        Some(Reasoned { tokens_in: 0, tokens_out: 0, cost_micros: 0, calls: 0, ..entry.reasoned.clone() })
    }

    /// Keeps an answer.
    pub(crate) fn put(&self, key: Key, question: &str, vector: &[f32], reasoned: Reasoned) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let Answers { by_key, order } = &mut *answers;
        while order.len() >= MOST {
            let Some(oldest) = order.pop_front() else { break };
            let is_empty = by_key.get_mut(&oldest).is_none_or(|entries| {
                if !entries.is_empty() {
                    entries.remove(0);
                }
                entries.is_empty()
            });
            if is_empty {
                by_key.remove(&oldest);
            }
        }
        order.push_back(key.clone());
        let entry = Entry { question: question.to_owned(), vector: vector.to_vec(), reasoned };
        by_key.entry(key).or_default().push(entry);
    }
}

/// Of vectors of length 1; 0 where one is missing.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() { 0.0 } else { a.iter().zip(b).map(|(x, y)| x * y).sum() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reasoning::Proposal;

    use super::*;

    fn key(tenant: TenantId) -> Key {
        Key {
            tenant,
            app: AppId(Uuid::nil()),
            sources: vec![Uuid::nil()],
            skill: ("handbook.ask".into(), 1),
            revision: 1,
            language: Language::Zh,
        }
    }

    fn reasoned(text: &str) -> Reasoned {
        Reasoned {
            proposal: Proposal::Answer { text: text.into(), citations: vec!["p".into()] },
            provider: "p".into(),
            model: "m".into(),
            prompt_version: "v".into(),
            tokens_in: 10,
            tokens_out: 10,
            cost_micros: 10,
            calls: 1,
            elapsed: Duration::ZERO,
            dropped: Vec::new(),
        }
    }

    #[test]
    fn an_answer_is_given_again_to_the_same_question_of_the_same_people_only() {
        let kept = Kept::default();
        let here = key(TenantId(Uuid::from_u128(1)));
        kept.put(here.clone(), "年假可以结转吗", &[1.0, 0.0], reasoned("可以"));
        let again = |key: &Key, question: &str, vector: &[f32]| kept.get(key, question, vector).is_some();
        assert!(again(&here, "年假可以结转吗", &[]));
        assert!(again(&here, "年假可以结转吗？", &[1.0, 0.0]));
        assert!(!again(&here, "年假不可以结转吗", &[1.0, 0.0]), "another polarity");
        assert!(!again(&here, "病假可以结转吗", &[0.0, 1.0]));
        let others = [
            key(TenantId(Uuid::from_u128(2))),
            Key { sources: vec![Uuid::from_u128(7)], ..here.clone() },
            Key { revision: 2, ..here.clone() },
            Key { skill: ("handbook.ask".into(), 2), ..here.clone() },
            Key { language: Language::En, ..here.clone() },
        ];
        assert!(others.iter().all(|other| !again(other, "年假可以结转吗", &[1.0, 0.0])));
        let found = kept.get(&here, "年假可以结转吗", &[]).expect("kept");
        assert_eq!((found.tokens_in, found.cost_micros, found.calls), (0, 0, 0));
    }

    #[test]
    fn the_oldest_answers_are_forgotten() {
        let kept = Kept::default();
        let here = key(TenantId(Uuid::from_u128(1)));
        for number in 0..=MOST {
            kept.put(here.clone(), &format!("问题 {number}"), &[], reasoned("x"));
        }
        assert!(kept.get(&here, "问题 0", &[]).is_none());
        assert!(kept.get(&here, &format!("问题 {MOST}"), &[]).is_some());
    }
}
