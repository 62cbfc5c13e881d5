//! Places in an order: 第二个, 倒数第一, "21st", "two hundredth", "the last one", "next".

use rust_decimal::Decimal;

use super::english::{self, Word};
use super::han;
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// Places counted from the end or from the one under discussion: phrase, position, relative.
#[rustfmt::skip]
const PLACES: &[(&str, (i64, bool))] = &[
    ("the one before the last one", (-2, false)),
    ("the one before the last", (-2, false)),
    ("one before the last", (-2, false)),
    ("next to last", (-2, false)),
    ("second to last", (-2, false)),
    ("last but one", (-2, false)),
    ("last but two", (-3, false)),
    ("one before last", (-2, false)),
    ("preceding one", (-1, true)),
    ("antepenultimate", (-3, false)),
    ("penultimate", (-2, false)),
    ("last one", (-1, false)),
    ("last", (-1, false)),
    ("next one", (1, true)),
    ("next", (1, true)),
    ("following one", (1, true)),
    ("previous one", (-1, true)),
    ("previous", (-1, true)),
    ("current one", (0, true)),
    ("current", (0, true)),
];

#[rustfmt::skip]
const FROM_END: &[(&str, ())] = &[("to the last", ()), ("to last", ()), ("from the last", ()), ("from last", ()), ("from the end", ()), ("last", ())];

#[rustfmt::skip]
const HAN_PLACES: &[(&str, (i64, bool))] = &[("最后一", (-1, false)), ("上一个", (-1, true)), ("下一个", (1, true))];

/// An ordinal at `token`, with the token after it.
pub(crate) fn at(text: &Text, token: usize) -> Option<(i64, bool, usize)> {
    if text.is_word(token) || text.is_digits(token) {
        let place = text.pick_words(token, PLACES).map(|((position, relative), end)| (position, relative, end));
        let Some((position, end)) = numbered(text, token) else { return place };
        if place.is_some_and(|(.., stop)| stop > end) {
            return place;
        }
        // third from last, second last
        let ((), stop) = match text.pick_words(end, FROM_END) {
            Some(found) if position > 1 => found,
            _ => return Some((position, false, end)),
        };
        return Some((-position, false, stop));
    }
    let (from_end, at) = match text.lit(token, "倒数") {
        Some(at) => (true, at),
        None => (false, token),
    };
    if text.ch(at) == '第' {
        let number = han::whole(text, at + 1)?;
        let position = i64::from(number.natural()?);
        return Some((if from_end { -position } else { position }, false, number.end));
    }
    text.pick(token, HAN_PLACES).map(|((position, relative), end)| (position, relative, end))
}

/// 21st, twenty-first, one hundred twenty-fifth, three trillionth.
pub(crate) fn numbered(text: &Text, token: usize) -> Option<(i64, usize)> {
    if text.is_digits(token) {
        // 21st, 1,000th
        let mut value = i64::from(text.int(token)?);
        let mut end = token + 1;
        while text.ch(end) == ','
            && text.gap(end) == 0
            && text.len(end + 1) == 3
            && text.gap(end + 1) == 0
            && end < token + 8
        {
            value = value.checked_mul(1_000)?.checked_add(i64::from(text.int(end + 1)?))?;
            end += 2;
        }
        let suffix = matches!(text.s(end), "st" | "nd" | "rd" | "th") && text.gap(end) == 0;
        return suffix.then_some((value, end + 1));
    }
    let simple = |word: &str| {
        english::ordinal(word).map(|word| match word {
            Word::Ones(n) | Word::Tens(n) => i64::from(n),
            Word::Hundred => 100,
            Word::Large(n) => i64::try_from(n).unwrap_or(i64::MAX),
            Word::Dozen => 12,
        })
    };
    if let Some(position) = simple(text.s(token)) {
        return Some((position, token + 1));
    }
    let whole = english::whole(text, token);
    if whole.is_none() && !matches!(text.s(token), "a" | "an") {
        return None;
    }
    let whole = whole?;
    let last = english::over_hyphen(text, whole.end);
    let tail = if text.s(last) == "and" && whole.value >= Decimal::ONE_HUNDRED { last + 1 } else { last };
    let place = simple(text.s(tail))?;
    let base = i64::try_from(whole.value.trunc()).ok()?;
    let position = if place >= 100 { base.checked_mul(place)? } else { base.checked_add(place)? };
    // "five eighth" is a fraction; a compound needs room below its tens or hundreds.
    let fits = if place >= 100 {
        true
    } else if place >= 10 {
        base % 100 == 0
    } else {
        base % 10 == 0
    };
    fits.then_some((position, tail + 1))
}

/// Every ordinal in the message.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        match at(text, token) {
            Some((position, relative, end)) => {
                let rule = if text.is_han(token) { "zh.ordinal" } else { "en.ordinal" };
                out.push(Found::new(token, end, Value::Ordinal { position, relative }, rule));
                token = end.max(token + 1);
            }
            None => token += 1,
        }
    }
}
