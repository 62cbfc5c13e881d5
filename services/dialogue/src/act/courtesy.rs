//! Greetings, thanks and farewells anywhere in a message, whatever else it asks for.

use skills::fold;

use super::contains_words;

/// What people say besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Courtesy {
    /// Hello.
    Greet,
    /// Thank you.
    Thank,
    /// Goodbye.
    Leave,
}

#[rustfmt::skip]
const WORDS: &[(Courtesy, &[&str])] = &[
    (Courtesy::Greet, &["你好", "您好", "早上好", "上午好", "下午好", "晚上好", "哈喽", "hello", "hi", "good morning", "good afternoon", "good evening"]),
    (Courtesy::Thank, &["谢谢", "谢啦", "谢了", "感谢", "多谢", "谢你", "谢您", "谢过", "3q", "thank you", "thanks", "thx"]),
    (Courtesy::Leave, &["再见", "拜拜", "回见", "回头见", "下次见", "886", "bye", "goodbye", "see you"]),
];

/// The courtesies of `text`, each once.
#[must_use]
pub fn courtesies(text: &str) -> Vec<Courtesy> {
    let folded = fold(text);
    // A word of Latin letters stands alone; "HI" may be the beginning of a name.
    let is_alone = |word: &str| {
        folded.match_indices(word).any(|(at, _)| {
            let before = folded[..at].chars().next_back();
            let after = folded[at + word.len()..].chars().next();
            [before, after].into_iter().all(|c| c.is_none_or(|c| !c.is_alphanumeric()))
        })
    };
    let said = |words: &[&str]| {
        words.iter().any(|word| if word.is_ascii() { is_alone(word) } else { contains_words(&folded, word) })
    };
    WORDS.iter().filter(|(_, words)| said(words)).map(|(courtesy, _)| *courtesy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies_are_heard_in_the_middle_of_a_request() {
        assert_eq!(courtesies("您好，帮我找一家酒店，谢谢！"), [Courtesy::Greet, Courtesy::Thank]);
        assert_eq!(courtesies("Thanks a lot, bye"), [Courtesy::Thank, Courtesy::Leave]);
        assert_eq!(courtesies("the history of this order"), []);
        assert_eq!(courtesies("从HI辣火锅到机场"), []);
    }
}
