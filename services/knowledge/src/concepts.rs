//! Concepts: groups of words that mean about the same, in both languages (`thesaurus.txt`). Passages and questions get a
//! term for each concept that is in them, marked `=`: so 口令 finds 密码, and 年假 finds annual leave.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::terms;

static TEXT: &str = include_str!("thesaurus.txt");

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| Concepts::read(TEXT));

struct Concepts {
    /// Finds every wording; `None` if they can't be compiled, which the tests rule out.
    finder: Option<AhoCorasick>,
    /// Per wording its concept.
    of: Vec<usize>,
}

/// A concept in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Concept {
    /// Its term.
    pub term: String,
    /// The words that stand for it there, as [`terms::plain`] writes them.
    pub wording: String,
}

impl Concepts {
    fn read(text: &str) -> Self {
        let (mut wordings, mut of) = (Vec::new(), Vec::new());
        for (concept, line) in text.lines().filter(|line| !line.starts_with('#')).enumerate() {
            for wording in line.split(',').map(terms::plain).filter(|wording| !wording.trim().is_empty()) {
                wordings.push(wording);
                of.push(concept);
            }
        }
        Self { finder: AhoCorasick::new(wordings).ok(), of }
    }
}

/// Every concept of `text`, in order, with repetitions.
pub(crate) fn of(text: &str) -> Vec<Concept> {
    let text = terms::plain(text);
    let Some(finder) = &CONCEPTS.finder else { return Vec::new() };
    let found = finder.find_overlapping_iter(&text).map(|found| Concept {
        term: format!("={}", CONCEPTS.of[found.pattern().as_usize()]),
        wording: text[found.range()].to_owned(),
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_the_same_share_a_concept_across_languages() {
        assert!(CONCEPTS.finder.is_some());
        let terms = |text| of(text).into_iter().map(|concept| concept.term).collect::<Vec<_>>();
        for (a, b) in
            [("口令多久换", "密码"), ("年休假", "my annual leave"), ("U盘", "a USB stick"), ("side job", "兼职")]
        {
            assert!(terms(a).iter().any(|term| terms(b).contains(term)), "{a}, {b}");
        }
        assert_eq!(of("nothing of the kind: submarine"), []);
    }
}
