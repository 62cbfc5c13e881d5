//! Dialogue acts: yes, no, cancel, correct … in Chinese, English and mixed, independent of any skill.
//!
//! An act is read from a lexicon: the whole message ("算了"), or its beginning with a rest that says more ("对，不过是从天津走").
//! The rest is what the classifier and the slot readers see.

pub mod courtesy;
mod handoff;
mod lexicon;

use serde::{Deserialize, Serialize};
use skills::fold;

/// What a message does in a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Yes.
    Affirm,
    /// No.
    Deny,
    /// Drop it.
    Cancel,
    /// Go on without this detail.
    Skip,
    /// Say that again.
    Repeat,
    /// What can you do?
    Help,
    /// I want a person.
    HandOff,
    /// Go on with what we had.
    Resume,
    /// Take back what was done.
    Undo,
    /// Hello.
    Greet,
    /// Thank you.
    Thank,
    /// This is bad.
    Complain,
    /// None of the options.
    NoneOfThese,
    /// Drop everything that is under way.
    CancelAll,
    /// Back to the question before.
    Back,
    /// The same request once more.
    Again,
}

/// The act of a message and the rest of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActReading {
    /// The act, if one was read.
    pub act: Option<Act>,
    /// What the message says besides; the whole text where no act was read, empty where the act is all.
    pub rest: String,
    /// Whether something said before is corrected ("改为", "instead").
    pub corrects: bool,
}

impl ActReading {
    /// How many characters of `text`, the message that was read, stand before the rest.
    #[must_use]
    pub fn offset(&self, text: &str) -> usize {
        text.rfind(&self.rest).map_or(0, |at| text[..at].chars().count())
    }

    /// The act, if the message says nothing else.
    #[must_use]
    pub fn whole(&self) -> Option<Act> {
        self.act.filter(|_| self.rest.is_empty())
    }
}

/// Reads the dialogue act of `text`.
#[must_use]
pub fn read(text: &str) -> ActReading {
    let folded = fold(text);
    let corrects = lexicon::CORRECTIONS.iter().any(|marker| contains_words(&folded, marker));
    let core = strip_politeness(trim(&folded));
    if handoff::is_asked_for(&folded) {
        return ActReading { act: Some(Act::HandOff), rest: String::new(), corrects: false };
    }
    if let Some(act) = lexicon::whole(trim(&folded)).or_else(|| lexicon::whole(&core)).or_else(|| in_a_row(&core)) {
        return ActReading { act: Some(act), rest: String::new(), corrects: false };
    }
    if let Some(rest) = contrast(text) {
        return ActReading { act: Some(Act::Deny), rest, corrects: true };
    }
    let lead = leading(text, &folded);
    match lead {
        Some((act, rest)) => ActReading { act: Some(act), rest, corrects },
        None => ActReading { act: None, rest: without_interruption(text).to_owned(), corrects },
    }
}

/// Whether the message puts something else before what is under way: "先查一下…", "before that, …".
#[must_use]
pub fn interrupts(text: &str) -> bool {
    let folded = fold(text);
    let body = trim(&folded);
    lexicon::INTERRUPTIONS.iter().any(|word| {
        let after = body.strip_prefix(word);
        after.is_some_and(|after| !word.is_ascii() || after.starts_with(|c: char| !c.is_alphanumeric()))
    })
}

/// The text without words that only interrupt, where a mark sets them apart: "等等，我要报销" → "我要报销".
fn without_interruption(text: &str) -> &str {
    let folded = fold(text);
    let start = folded.len() - folded.trim_start_matches(is_noise).len();
    let longest =
        lexicon::INTERRUPTIONS.iter().filter(|word| folded[start..].starts_with(**word)).map(|word| word.len()).max();
    let Some(end) = longest.map(|length| start + length) else { return text };
    let set_apart = folded[end..].trim_start().starts_with(['，', ',', '。', '.', '！', '!', '…']);
    // `fold` keeps the number of characters, not of bytes.
    let characters = folded[..end].chars().count();
    let rest = text.char_indices().nth(characters).map_or("", |(at, _)| &text[at..]).trim_start_matches(is_noise);
    if set_apart && !rest.is_empty() { rest } else { text }
}

/// Several phrases of the same act with nothing between them: "算了不要了", "好的可以".
fn in_a_row(core: &str) -> Option<Act> {
    const MOST: usize = 24;
    let chars: Vec<char> = core.chars().collect();
    if chars.len() > MOST || core.is_ascii() {
        return None;
    }
    let mut at = 0;
    let mut act = None;
    while at < chars.len() {
        let longest = (at + 1..=chars.len()).rev().find_map(|end| {
            let phrase: String = chars[at..end].iter().collect();
            Some((end, lexicon::whole(trim(&phrase))?))
        });
        let (end, found) = longest?;
        if act.is_some_and(|act| act != found) {
            return None;
        }
        act = Some(found);
        at = end;
    }
    act
}

/// The act that the message begins with, and the rest.
fn leading(text: &str, folded: &str) -> Option<(Act, String)> {
    let start = folded.len() - folded.trim_start_matches(is_noise).len();
    let body = &folded[start..];
    for (phrase, act) in lexicon::leading() {
        let Some(after) = body.strip_prefix(phrase) else { continue };
        // "no heating in room 5": after an English word a mere space is not enough, unless something is corrected.
        let next = after.chars().next();
        let is_corrected = || lexicon::CORRECTIONS.iter().any(|marker| contains_words(after, marker));
        let is_act = || lexicon::whole(&strip_politeness(trim(after))).is_some();
        let ends = match next {
            Some(' ') if phrase.is_ascii() => {
                is_corrected() || is_act() || after.trim_start().starts_with(|c: char| !c.is_ascii())
            }
            next => next.is_none_or(is_noise),
        };
        if !ends {
            continue;
        }
        let consumed = folded[..start].chars().count() + phrase.chars().count();
        let rest: String = text.chars().skip(consumed).collect();
        let rest = rest.trim_start_matches(is_noise).to_owned();
        let rest_core = strip_politeness(trim(&fold(&rest)));
        // "好的，谢谢", "yes please": the rest adds nothing; "no, cancel it": the rest is the act.
        if rest_core.is_empty() {
            return Some((act, String::new()));
        }
        return Some(match lexicon::whole(&rest_core) {
            Some(Act::Thank | Act::Affirm) if act != Act::Greet => (act, String::new()),
            Some(second) => (second, String::new()),
            None => (act, rest),
        });
    }
    None
}

/// "不是请假，是调休", "not leave but comp time": what it is instead.
fn contrast(text: &str) -> Option<String> {
    let folded = fold(text);
    let body = folded.trim_start_matches(is_noise);
    let skipped = folded.chars().count() - body.chars().count();
    for (opening, middles) in lexicon::CONTRASTS {
        let Some(after) = body.strip_prefix(opening) else { continue };
        for middle in *middles {
            if let Some(at) = after.find(middle) {
                let consumed = skipped + opening.chars().count() + after[..at].chars().count() + middle.chars().count();
                let rest: String = text.chars().skip(consumed).collect();
                let rest = rest.trim_matches(is_noise).to_owned();
                if at > 0 && !rest.is_empty() {
                    return Some(rest);
                }
            }
        }
    }
    None
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_noise)
}

/// Punctuation, white space and emoji.
fn is_noise(c: char) -> bool {
    !c.is_alphanumeric()
        && !matches!(
            c,
            '¥' | '$'
                | '￥'
                | '€'
                | '£'
                | '%'
                | '+'
                | '-'
                | '/'
                | '#'
                | '@'
                | '\''
                | '’'
                | '"'
                | '“'
                | '['
                | '('
                | '（'
        )
}

/// Takes particles and courtesies off the end and the beginning, as often as there are any.
fn strip_politeness(text: &str) -> String {
    let mut core = text;
    loop {
        let before = core;
        for tail in lexicon::TAILS {
            if let Some(rest) = core.strip_suffix(tail) {
                // English words end at a word boundary, and nothing is stripped to nothing.
                let is_word = tail.is_ascii();
                if !rest.is_empty() && (!is_word || rest.ends_with(is_noise)) {
                    core = trim(rest);
                }
            }
        }
        for head in lexicon::HEADS {
            if let Some(rest) = core.strip_prefix(head) {
                let is_word = head.is_ascii();
                if !rest.is_empty() && (!is_word || rest.starts_with(is_noise)) {
                    core = trim(rest);
                }
            }
        }
        if core == before {
            return core.to_owned();
        }
    }
}

/// Whether `phrase` occurs in `text`; phrases of Latin letters only as whole words.
#[must_use]
pub fn contains_words(text: &str, phrase: &str) -> bool {
    find_words(text, phrase).is_some()
}

/// The byte position of `phrase` in `text`; phrases that begin or end in Latin letters only at word boundaries.
pub(crate) fn find_words(text: &str, phrase: &str) -> Option<usize> {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(phrase).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        let begins_inside = is_latin(phrase.chars().next()) && is_latin(before);
        let ends_inside = is_latin(phrase.chars().next_back()) && is_latin(after);
        !begins_inside && !ends_inside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(text: &str) -> (Option<Act>, String) {
        let reading = read(text);
        (reading.act, reading.rest)
    }

    #[test]
    fn whole_messages_are_acts_in_both_languages() {
        for (text, expected) in [
            ("嗯", Act::Affirm),
            ("好的，谢谢！", Act::Affirm),
            ("可以的", Act::Affirm),
            ("确认提交", Act::Affirm),
            ("yes please", Act::Affirm),
            ("ok submit it", Act::Affirm),
            ("好的可以", Act::Affirm),
            ("解吧", Act::Affirm),
            ("算了不要了", Act::Cancel),
            ("Yep, go ahead", Act::Affirm),
            ("ok👌", Act::Affirm),
            ("不对", Act::Deny),
            ("no", Act::Deny),
            ("nope, thanks", Act::Deny),
            ("算了吧", Act::Cancel),
            ("取消", Act::Cancel),
            ("never mind", Act::Cancel),
            ("no, cancel it", Act::Cancel),
            ("转人工", Act::HandOff),
            ("你们这什么破系统，转人工！", Act::HandOff),
            ("let me talk to a real person", Act::HandOff),
            ("都不是", Act::NoneOfThese),
            ("none of these", Act::NoneOfThese),
            ("你好", Act::Greet),
            ("谢谢啦", Act::Thank),
            ("你能做什么？", Act::Help),
            ("再说一遍", Act::Repeat),
            ("跳过", Act::Skip),
            ("继续刚才的", Act::Resume),
            ("全都不要了", Act::CancelAll),
            ("cancel everything please", Act::CancelAll),
            ("上一步", Act::Back),
            ("go back", Act::Back),
            ("再来一个", Act::Again),
            ("same again", Act::Again),
        ] {
            assert_eq!(act(text), (Some(expected), String::new()), "{text}");
        }
    }

    #[test]
    fn an_act_may_be_followed_by_more() {
        for (text, expected, rest) in [
            ("对，不过是从天津走", Act::Affirm, "不过是从天津走"),
            ("no, make it 3", Act::Deny, "make it 3"),
            ("yes, it arrived broken", Act::Affirm, "it arrived broken"),
            ("算了，只取消第二个", Act::Cancel, "只取消第二个"),
            ("不是请假，是调休", Act::Deny, "调休"),
            ("都不是，是改密码的时候报错", Act::NoneOfThese, "是改密码的时候报错"),
            ("你好，我想请假", Act::Greet, "我想请假"),
            ("再来一个，改成周二", Act::Again, "改成周二"),
            ("same again but for Tuesday", Act::Again, "but for Tuesday"),
        ] {
            assert_eq!(act(text), (Some(expected), rest.to_owned()), "{text}");
        }
    }

    #[test]
    fn requests_are_not_mistaken_for_acts() {
        for text in [
            "取消订单SO-20318",
            "cancel my order",
            "不要取消订单",
            "好久没请假了想休几天",
            "no heating in room 5",
            "okra is out of stock",
            "第二个",
        ] {
            assert_eq!(read(text).act, None, "{text}");
        }
        assert_eq!(act("等等，我要报销打车费"), (None, "我要报销打车费".into()));
        assert_eq!(act("hold on, where is my order"), (None, "where is my order".into()));
        assert!(
            interrupts("先查一下SO-20318到哪了")
                && interrupts("Before that: my balance?")
                && !interrupts("waiting list")
        );
        assert!(read("改为后天").corrects);
        assert!(read("tmr 4pm instead plz").corrects);
    }
}
