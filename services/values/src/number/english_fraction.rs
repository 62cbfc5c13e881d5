//! English fractions and decimals in words: five eighths, one and a half, 1 in 5, two point five million.

use rust_decimal::Decimal;

use super::english::{over_hyphen, whole};
use super::english_words::{Word, cardinal, ordinal};
use super::{Form, Numeral, literal};
use crate::text::Text;

/// Decimals, fractions and powers of ten that may follow a whole number.
pub(super) fn extended(text: &Text, number: Numeral) -> Numeral {
    let at = number.end;
    if text.s(at) == "point"
        && let Some((decimals, end)) = spoken_decimals(text, at + 1)
    {
        let mut value = number.value + decimals;
        let mut end = end;
        // two point five million
        while let Some(Word::Large(n)) = cardinal(text.s(end)) {
            let Some(product) = value.checked_mul(Decimal::from(n)) else { break };
            (value, end) = (product, end + 1);
        }
        return Numeral { value, end, form: Form::Words, ..number };
    }
    if let Some(mixed) = large_and_fraction(text, &number) {
        return mixed;
    }
    let next = over_hyphen(text, at);
    if number.form != Form::Formula
        && let Some((top, bottom, end)) = fraction_of(text, number, next)
        && let Some(value) = top.checked_div(bottom)
    {
        return Numeral { value, end, form: Form::Formula, ..number };
    }
    if let Some(fraction) = and_fraction(text, &number) {
        return fraction;
    }
    ratio(text, &number).unwrap_or(number)
}

/// "two million and three fifths": the fraction, whose top has been read into the number, is of the million.
pub(super) fn large_and_fraction(text: &Text, number: &Numeral) -> Option<Numeral> {
    let and = (number.start..number.end).rev().find(|t| text.s(*t) == "and")?;
    matches!(cardinal(text.s(and.checked_sub(1)?)), Some(Word::Large(_))).then_some(())?;
    bottom(text, over_hyphen(text, number.end))?;
    let top = whole(text, and + 1).filter(|top| top.end == number.end)?;
    let base = Numeral { value: number.value.checked_sub(top.value)?, end: and, ..*number };
    and_fraction(text, &base)
}

/// The bottom of a fraction in words at `token`: eighths, quarters, twenty-fifths.
pub(super) fn bottom(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let word = text.s(token);
    match word {
        "half" | "halves" => return Some((Decimal::TWO, token + 1)),
        "quarter" | "quarters" => return Some((Decimal::from(4), token + 1)),
        "second" | "seconds" | "first" => return None,
        _ => {}
    }
    if let Some(Word::Tens(tens)) = cardinal(word) {
        let next = over_hyphen(text, token + 1);
        if let Some(Word::Ones(ones @ 1..=9)) = ordinal(singular(text.s(next))) {
            return Some((Decimal::from(tens + ones), next + 1));
        }
        return None;
    }
    let value = match ordinal(singular(word))? {
        Word::Ones(n) | Word::Tens(n) => Decimal::from(n),
        Word::Hundred => Decimal::ONE_HUNDRED,
        Word::Large(n) => Decimal::from(n),
        Word::Dozen => return None,
    };
    Some((value, token + 1))
}

pub(super) fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// The bottom for a number just read; gives back the top, which may lose its last words to the bottom.
pub(super) fn fraction_of(text: &Text, number: Numeral, next: usize) -> Option<(Decimal, Decimal, usize)> {
    let (bottom_value, end) = bottom(text, next)?;
    let words = number.end - number.start;
    let last_tens = matches!(cardinal(text.s(number.end - 1)), Some(Word::Tens(_)));
    let hyphenated = text.ch(number.end) == '-' && text.gap(number.end) == 0;
    let and_before = number.end >= 2 && text.s(number.end - 2) == "and";
    if last_tens
        && words > 1
        && bottom_value < Decimal::TEN
        && (!and_before || hyphenated && text.s(end - 1) == singular(text.s(end - 1)))
    {
        let tens = match cardinal(text.s(number.end - 1)) {
            Some(Word::Tens(n)) => Decimal::from(n),
            _ => return None,
        };
        return Some((number.value - tens, bottom_value + tens, end));
    }
    // "two hundred and fifty-four hundredths": what follows "and" is the top alone.
    if let Some(and) = (number.start..number.end).rev().find(|t| text.s(*t) == "and")
        && let Some(part) = whole(text, and + 1).filter(|p| p.end == number.end && bottom_value >= Decimal::ONE_HUNDRED)
    {
        return Some(((number.value - part.value).checked_mul(bottom_value)? + part.value, bottom_value, end));
    }
    let singular_bottom = !text.s(end - 1).ends_with('s');
    let whole_number_then_ordinal =
        singular_bottom && number.value != Decimal::ONE && text.s(end - 1) != "half" && text.s(end - 1) != "quarter";
    (!whole_number_then_ordinal).then_some((number.value, bottom_value, end))
}

/// "and a half", "and two thirds"; of a million and more, the fraction is of the million.
pub(super) fn and_fraction(text: &Text, number: &Numeral) -> Option<Numeral> {
    if text.s(number.end) != "and" || number.form == Form::Formula {
        return None;
    }
    let at = number.end + 1;
    let (top, next) = match text.s(at) {
        "a" | "an" => (Decimal::ONE, at + 1),
        "half" | "quarter" => (Decimal::ONE, at),
        _ => {
            let top = whole(text, at)?;
            (top.value, over_hyphen(text, top.end))
        }
    };
    let (bottom, end) = bottom(text, next)?;
    let mut part = top.checked_div(bottom)?;
    let mut end = end;
    if let Some(Word::Large(n)) = cardinal(text.s(end)) {
        part = part.checked_mul(Decimal::from(n))?;
        end += 1;
    } else if let Some(Word::Large(n)) = cardinal(text.s(number.end - 1))
        && n >= 1_000
    {
        part = part.checked_mul(Decimal::from(n))?;
    }
    Some(Numeral { value: number.value.checked_add(part)?, end, form: Form::Formula, ..*number })
}

/// "1 over three", "1 in twenty-one".
pub(super) fn ratio(text: &Text, number: &Numeral) -> Option<Numeral> {
    let link = text.s(number.end);
    let one = number.value == Decimal::ONE;
    if !(link == "over" || link == "in" && one || link == "out" && text.s(number.end + 1) == "of" && one) {
        return None;
    }
    let at = number.end + if link == "out" { 2 } else { 1 };
    let below = whole(text, at).or_else(|| literal::plain(text, at))?;
    let year = below.form == Form::Literal && below.value > Decimal::ONE_THOUSAND && link == "in";
    let unit = text.is_word(below.end)
        && matches!(text.s(below.end), "years" | "days" | "months" | "weeks" | "hours" | "minutes");
    if below.value <= number.value || year || unit {
        return None;
    }
    Some(Numeral { value: number.value.checked_div(below.value)?, end: below.end, form: Form::Formula, ..*number })
}

/// "half", "a half", "half million", "quarter million".
pub(super) fn half(text: &Text, token: usize) -> Option<Numeral> {
    let at = if matches!(text.s(token), "a" | "an") { token + 1 } else { token };
    let value = match text.s(at) {
        "half" => Decimal::new(5, 1),
        "quarter" => Decimal::new(25, 2),
        _ => return None,
    };
    let next = if matches!(text.s(at + 1), "a" | "an") { at + 2 } else { at + 1 };
    if let Some(Word::Large(n)) = cardinal(text.s(next)) {
        return Some(Numeral {
            value: value.checked_mul(Decimal::from(n))?,
            start: token,
            end: next + 1,
            form: Form::Words,
        });
    }
    if text.s(next) == "dozen" {
        return Some(Numeral {
            value: value.checked_mul(Decimal::from(12))?,
            start: token,
            end: next + 1,
            form: Form::Words,
        });
    }
    // "a quarter" alone is a time or a coin as often as a number; "half" counts by itself.
    (text.s(at) == "half").then_some(Numeral { value, start: token, end: at + 1, form: Form::Formula })
}

/// "a fifth", "a twenty-first", "a hundred trillionths".
pub(super) fn article_fraction(text: &Text, token: usize) -> Option<Numeral> {
    if !matches!(text.s(token), "a" | "an") {
        return None;
    }
    let (bottom, end) = bottom(text, token + 1)?;
    if bottom == Decimal::from(4) && text.s(end - 1).starts_with("quarter") {
        return None;
    }
    Some(Numeral { value: Decimal::ONE.checked_div(bottom)?, start: token, end, form: Form::Formula })
}

pub(super) fn spoken_decimals(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let mut digits = String::from("0.");
    let mut at = token;
    if text.is_digits(at) && text.len(at) < 20 {
        digits.push_str(text.s(at));
        at += 1;
    } else {
        while let Some(Word::Ones(n)) = cardinal(text.s(at)).filter(|_| digits.len() < 22) {
            digits.push_str(&n.to_string());
            at += 1;
        }
    }
    Some((digits.parse().ok()?, at)).filter(|_| at > token)
}
