//! Whether a message says the same as the one before in other words: by what both have in common, pairs of characters for Chinese
//! and words for English.

use std::collections::BTreeSet;

/// Messages that share this much of what the shorter one says are the same in other words.
const SAME: f32 = 0.6;
/// The same where the first was not understood: who is not understood says it differently.
const SAME_AFTER_A_MISS: f32 = 0.3;
/// A message that says less than this is an answer rather than a request.
const LEAST: usize = 2;
/// Words that say nothing about what is asked for.
const EMPTY: [&str; 32] = [
    "a", "an", "the", "i", "me", "my", "to", "of", "in", "on", "for", "is", "are", "am", "do", "does", "can", "could",
    "you", "please", "want", "would", "like", "need", "have", "and", "it", "that", "this", "what", "how", "with",
];

/// Whether `second` is `first` in other words. `missed`: the first was not understood.
pub(super) fn is_rephrased(first: &str, second: &str, missed: bool) -> bool {
    let (first, second) = (features(first), features(second));
    let shorter = first.len().min(second.len());
    if shorter < LEAST {
        return false;
    }
    let common = first.intersection(&second).count();
    common as f32 / shorter as f32 >= if missed { SAME_AFTER_A_MISS } else { SAME }
}

fn features(text: &str) -> BTreeSet<String> {
    let folded = skills::fold(text);
    let mut features = BTreeSet::new();
    let mut han: Option<char> = None;
    let mut word = String::new();
    for c in folded.chars().chain([' ']) {
        let is_han = ('\u{3400}'..='\u{9fff}').contains(&c);
        if c.is_alphanumeric() && !is_han {
            word.push(c);
        } else if !word.is_empty() {
            let said = std::mem::take(&mut word);
            if !EMPTY.contains(&said.as_str()) {
                features.insert(said);
            }
        }
        if let (Some(former), true) = (han, is_han) {
            features.insert(format!("{former}{c}"));
        }
        han = is_han.then_some(c);
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_other_words_is_seen_in_both_languages() {
        assert!(is_rephrased("我想查一下订单到哪了", "查一下订单到哪里了", false));
        assert!(is_rephrased("where is my order SO-20318", "order SO-20318, where is it?", false));
        assert!(is_rephrased("笔记本开不了机", "电脑笔记本坏了", true));
        assert!(!is_rephrased("笔记本开不了机", "电脑笔记本坏了", false), "only after a miss");
    }

    #[test]
    fn another_request_and_an_answer_are_not() {
        assert!(!is_rephrased("我还有几天年假", "帮我订个会议室", true));
        assert!(!is_rephrased("request leave", "where is my order", true));
        assert!(!is_rephrased("周三", "周三", false), "an answer given twice");
    }
}
