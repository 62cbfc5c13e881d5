//! Numbers: literals, Chinese numerals, English number words, and the reading of them as values.

pub(crate) mod english;
mod english_fraction;
mod english_words;
pub(crate) mod han;
mod han_sum;
pub(crate) mod literal;
pub(crate) mod ordinal;
pub(crate) mod percent;
pub(crate) mod range;

use rust_decimal::Decimal;

use crate::reader::{Found, Reader};
use crate::text::{Kind, Text};
use crate::value::Value;

/// A number found at a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numeral {
    pub value: Decimal,
    /// First token, a sign included.
    pub start: usize,
    /// The token after the last.
    pub end: usize,
    pub form: Form,
}

/// How a number is written, as far as others must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Digits.
    Literal,
    /// Chinese or English words, or a mixture with digits.
    Words,
    /// A fraction or a power.
    Formula,
    /// 十几, 两三百: about so many.
    Vague {
        /// The upper end.
        to: Decimal,
    },
}

impl Numeral {
    /// The value as a small natural number.
    pub(crate) fn natural(&self) -> Option<u32> {
        if self.value.fract().is_zero() && !self.value.is_sign_negative() {
            u32::try_from(self.value).ok()
        } else {
            None
        }
    }
}

/// The longest number that starts at `token`, in whichever language it is.
pub(crate) fn at(reader: &Reader<'_>, token: usize) -> Option<Numeral> {
    *reader.numbers.get(token)?.get_or_init(|| longest(&reader.text, token))
}

fn longest(text: &Text, token: usize) -> Option<Numeral> {
    if !may_begin(text, token) {
        return None;
    }
    let c = text.ch(token);
    if text.is_word(token) {
        if !english::may_begin(text.s(token)) {
            return None;
        }
        return english::number(text, token);
    }
    if text.is_digits(token) || matches!(c, '.' | '-' | '+' | '½' | '¼' | '¾' | '⅓' | '⅔') {
        let han = han::number(text, token);
        let english = english::number(text, token);
        return match (han, english) {
            (Some(h), Some(e)) => Some(if e.end > h.end { e } else { h }),
            (h, e) => h.or(e),
        };
    }
    if text.is_han(token) && !han::may_begin(c) {
        return None;
    }
    han::number(text, token)
}

/// Whether a number may begin at `token`: a quick look before the reading.
pub(crate) fn may_begin(text: &Text, token: usize) -> bool {
    match text.kind(token) {
        Some(Kind::Word) => english::may_begin(text.s(token)),
        Some(Kind::Han) => han::may_begin(text.ch(token)),
        Some(Kind::Digits) => true,
        _ => matches!(text.ch(token), '.' | '-' | '+' | '½' | '¼' | '¾' | '⅓' | '⅔'),
    }
}

/// Every number in the message that is one by itself.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        let Some(number) = may_begin(text, token).then(|| at(reader, token)).flatten() else {
            token += 1;
            continue;
        };
        token = number.end.max(token + 1);
        if matches!(number.form, Form::Vague { .. }) && !han::rounded(text, &number) || !stands_alone(reader, &number) {
            continue;
        }
        let rule = if text.is_word(number.start) {
            "en.number"
        } else if number.form == Form::Literal {
            "number"
        } else {
            "zh.number"
        };
        out.push(Found::new(number.start, number.end, Value::Number { number: number.value.normalize() }, rule));
    }
}

/// Digits glued to letters are part of a name or a unit ("A4", "25ml"), and some words only look like numbers.
fn stands_alone(reader: &Reader<'_>, number: &Numeral) -> bool {
    let text = &reader.text;
    let digits_first = text.is_digits(number.start);
    let glued = |token: usize| token > 0 && text.is_word(token - 1) && !text.spaced(token);
    if digits_first && glued(number.start) {
        // MUSD60 and the like are money, not numbers; "USD50" is both.
        return false;
    }
    if text.is_word(number.end)
        && !text.spaced(number.end)
        && text.is_digits(number.end - 1)
        && !ends_in_suffix(reader, number)
    {
        return false;
    }
    let lone_with_dollar = number.end == number.start + 1 && text.is_han(number.start) && text.ch(number.end) == '美';
    if lone_with_dollar || text.lit(number.end, "折").is_some() {
        return false;
    }
    if number.form == Form::Literal {
        // 1995-01 is a code or a month.
        let code = text.ch(number.end) == '-'
            && !text.spaced(number.end)
            && text.s(number.end + 1).starts_with('0')
            && !text.spaced(number.end + 1)
            && text.len(number.end + 1) > 1;
        let tail = number.start >= 2
            && text.ch(number.start - 1) == '-'
            && text.is_digits(number.start - 2)
            && text.s(number.start).starts_with('0')
            && text.len(number.start) > 1;
        return !code && !tail;
    }
    true
}

fn ends_in_suffix(reader: &Reader<'_>, number: &Numeral) -> bool {
    reader.text.is_word(number.end - 1)
}
