//! Which language an utterance is in, by script and a few frame words. Not a general language identifier: it knows
//! Chinese and English, and says nothing about anything else.

use paigong_core::Language;

/// Words that make the frame of a Chinese sentence even when the content words are English.
const CHINESE_FRAME: &str = "的了吗呢吧我你您他她请帮要把给是不在怎么这那有";
/// The same for English.
const ENGLISH_FRAME: [&str; 40] = [
    "a", "an", "the", "i", "me", "my", "we", "you", "your", "it", "is", "are", "was", "do", "does", "did", "to", "in",
    "on", "at", "of", "for", "from", "with", "and", "or", "not", "no", "can", "could", "please", "what", "how", "when",
    "where", "which", "want", "need", "this", "that",
];
/// Words written the same in both languages' chats.
const NEUTRAL: [&str; 6] = ["ok", "okay", "hi", "hello", "bye", "vs"];

/// The utterance's language; `None` where the text does not say, such as "SO-20318", "12:30" or "ok".
///
/// Mixed text goes to the language of the sentence's frame: "帮我book一个meeting room" is Chinese, "what does 请假 mean"
/// English. Kana and Hangul give `None`.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    let (mut chinese, mut english) = (0, 0);
    let mut first = None;
    for c in text.chars() {
        match c {
            '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}' => return None,
            c if is_han(c) => {
                chinese += if CHINESE_FRAME.contains(c) { 3 } else { 1 };
                first.get_or_insert(Language::Zh);
            }
            c if c.is_ascii_alphabetic() => {
                first.get_or_insert(Language::En);
            }
            _ => {}
        }
    }
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-' && c != '_').flat_map(latin_parts) {
        let lower = word.to_ascii_lowercase();
        if ENGLISH_FRAME.contains(&lower.as_str()) {
            english += 3;
        } else if !is_code(word) && !NEUTRAL.contains(&lower.as_str()) {
            english += 1;
        }
    }
    match (chinese, english) {
        (0, 0) => None,
        (zh, en) if zh > en => Some(Language::Zh),
        (zh, en) if en > zh => Some(Language::En),
        _ => first,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// The runs of Latin letters, digits and joining marks in a word: "帮我book一个" has one.
fn latin_parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'' && c != '-' && c != '_')
        .filter(|part| part.chars().any(|c| c.is_ascii_alphabetic()))
}

/// Names of things rather than words of a language: "SO-20318", "VPN", "iPhone15", "x".
fn is_code(word: &str) -> bool {
    let has_digit = word.chars().any(|c| c.is_ascii_digit());
    let capitals = word.len() <= 5 && word.chars().all(|c| c.is_ascii_uppercase());
    has_digit || capitals || word.len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_one_script_is_in_that_language() {
        for text in ["帮我查一下订单", "年假", "改为后天"] {
            assert_eq!(detect(text), Some(Language::Zh), "{text}");
        }
        for text in ["no, make it 3", "Where is my order SO-20318?", "cancel"] {
            assert_eq!(detect(text), Some(Language::En), "{text}");
        }
    }

    #[test]
    fn mixed_text_is_in_the_language_of_its_frame() {
        for text in ["帮我book一个meeting room", "请 reset password", "我要重置VPN密码", "查SO-20318"] {
            assert_eq!(detect(text), Some(Language::Zh), "{text}");
        }
        for text in ["what does 请假 mean", "book a room at 国贸 for Monday", "is 王伟 in the office?"] {
            assert_eq!(detect(text), Some(Language::En), "{text}");
        }
    }

    #[test]
    fn text_that_does_not_say_is_in_neither() {
        for text in ["", "SO-20318", "12:30", "ok", "👍", "VPN", "!!!", "42", "こんにちは", "안녕"] {
            assert_eq!(detect(text), None, "{text}");
        }
    }
}
