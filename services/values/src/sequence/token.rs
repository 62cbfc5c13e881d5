//! GUIDs, hashtags, mentions, and words in quotation marks.

use super::{reading, written};
use crate::reader::Reader;
use crate::value::{Reading, Value};

/// GUIDs, hashtags and mentions.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let mut at = 0;
    while at < chars.len() {
        let before = at.checked_sub(1).map_or(' ', |b| chars[b]);
        let fresh = !before.is_ascii_alphanumeric();
        if fresh && let Some((start, end)) = guid_at(chars, at) {
            out.push(reading(reader, start, end, Value::Guid { guid: written(&reader.text.raw, start, end) }, "guid"));
            at = end;
            continue;
        }
        let sign = chars[at];
        if matches!(sign, '#' | '@') && (fresh && before != '/' || before == ' ') {
            let name = chars[at + 1..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            let end = at + 1 + name;
            let ends = !matches!(chars.get(end), Some('@' | '#'));
            let lettered = chars[at + 1..end].iter().any(|c| c.is_alphabetic());
            if name > 0 && ends && lettered {
                let text = written(&reader.text.raw, at, end);
                let value = if sign == '#' { Value::Hashtag { tag: text } } else { Value::Mention { name: text } };
                out.push(reading(reader, at, end, value, if sign == '#' { "hashtag" } else { "mention" }));
                at = end;
                continue;
            }
        }
        at += 1;
    }
}

/// A GUID that begins at `at`, with the brackets or prefixes it may wear.
fn guid_at(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let starts = |s: &str, at: usize| at + s.len() <= chars.len() && s.chars().zip(&chars[at..]).all(|(a, b)| a == *b);
    #[rustfmt::skip]
    const WRAPS: &[(&str, &str)] = &[("urn:uuid:", ""), ("{", "}"), ("%7b", "%7d"), ("(", ")"), ("x'", "'"), ("", "")];
    for (open, close) in WRAPS {
        if starts(open, at)
            && let Some(end) = hex_body(chars, at + open.len())
            && starts(close, end)
        {
            let end = end + close.len();
            let open_ended = chars.get(end).is_none_or(|c| !c.is_ascii_alphanumeric() && *c != '-');
            if open_ended {
                return Some((at, end));
            }
        }
    }
    None
}

/// 8-4-4-4-12 hexadecimal digits, or 32 of them.
fn hex_body(chars: &[char], at: usize) -> Option<usize> {
    let run = |at: usize, most: usize| {
        chars.get(at..).map_or(0, |c| c.iter().take(most).take_while(|c| c.is_ascii_hexdigit()).count())
    };
    if run(at, 33) == 32 {
        return Some(at + 32);
    }
    let mut end = at;
    for (i, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if i > 0 {
            if chars.get(end) != Some(&'-') {
                return None;
            }
            end += 1;
        }
        if run(end, length + 1) != length {
            return None;
        }
        end += length;
    }
    Some(end)
}

/// Quotations, inner ones too.
pub(crate) fn quoted(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    #[rustfmt::skip]
    const PAIRS: &[(char, char)] = &[('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('«', '»')];
    let chars = &reader.text.raw;
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut straight: Option<usize> = None;
    let mut push = |start: usize, end: usize| {
        if end > start + 2 {
            out.push(reading(reader, start, end, Value::Quoted { text: written(chars, start + 1, end - 1) }, "quoted"));
        }
    };
    for (at, c) in chars.iter().enumerate() {
        if *c == '"' {
            match straight.take() {
                Some(start) => push(start, at + 1),
                None => straight = Some(at),
            }
        } else if let Some((_, close)) = PAIRS.iter().find(|(o, _)| o == c) {
            if open.len() < 32 {
                open.push((at, *close));
            }
        } else if let Some(depth) = open.iter().rposition(|(_, close)| close == c) {
            let start = open[depth].0;
            open.truncate(depth);
            push(start, at + 1);
        }
    }
}
