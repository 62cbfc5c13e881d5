//! Parts of a hundred: 25%, 百分之五, 千分之一, 九成, 打八折, 2.4个百分点, "twenty percent".

use rust_decimal::Decimal;

use super::{Form, Numeral, english, han, literal};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// Denominators without a leading digit, and what one of them is in percent.
#[rustfmt::skip]
const PARTS: &[(&str, i64)] = &[
    ("百万万分之", 10_000_000_000),
    ("千万分之", 10_000_000),
    ("万万分之", 100_000_000),
    ("百万分之", 1_000_000),
    ("十万分之", 100_000),
    ("百分之", 100),
    ("千分之", 1_000),
    ("万分之", 10_000),
    ("亿分之", 100_000_000),
    ("十亿分之", 1_000_000_000),
    ("百亿分之", 10_000_000_000),
    ("千亿分之", 100_000_000_000),
    ("万亿分之", 1_000_000_000_000),
    ("兆分之", 1_000_000_000_000),
];

/// A percentage at `token`, and the token after it.
pub(crate) fn at(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    part_of(text, token).or_else(|| counted(text, token)).or_else(|| per_cent_of(text, token))
}

/// 百分之X, whose X may be 百 for a hundred.
pub(crate) fn part_of(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let (negative, at) = literal::sign(text, token).unwrap_or((false, token));
    let (denominator, at) = text.pick(at, PARTS)?;
    let (value, end) = if text.ch(at) == '百' && han::whole(text, at).is_none_or(|n| n.end == at + 1) {
        (Decimal::ONE_HUNDRED, at + 1)
    } else {
        let (minus, start) = literal::sign(text, at).unwrap_or((false, at));
        let number = han::whole(text, start)?;
        (if minus { -number.value } else { number.value }, number.end)
    };
    let percent = value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(denominator))?;
    Some((if negative { -percent } else { percent }, end))
}

/// A number and the word or sign after it.
fn counted(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    if text.lit(token, "半折").is_some() {
        return Some((Decimal::from(50), token + 2));
    }
    if text.is_word(token) {
        let number = english::number(text, token)?;
        // half a percent, three quarters of a percent
        let of = number.end + usize::from(text.s(number.end) == "of");
        let at = of + usize::from(matches!(text.s(of), "a" | "one") && number.form == Form::Formula);
        if at == of && of > number.end {
            return None;
        }
        return Some((number.value, english_sign(text, at)?));
    }
    let number = han::number(text, token)?;
    let end = number.end;
    if matches!(number.form, Form::Vague { .. }) {
        return None;
    }
    if matches!(text.ch(end), '%' | '﹪') && text.gap(end) <= 1 && !url_escape(text, end) {
        return Some((number.value, end + 1));
    }
    if text.ch(end) == '‰' {
        return Some((number.value / Decimal::TEN, end + 1));
    }
    if let Some(end) = text.lit(end, "个百分点").or_else(|| text.lit(end, "百分点")) {
        return Some((number.value, end));
    }
    if let Some(end) = english_sign(text, end) {
        return Some((number.value, end));
    }
    tenths(text, &number)
}

/// 九成, 七成六, 八五折, 75折.
fn tenths(text: &Text, number: &Numeral) -> Option<(Decimal, usize)> {
    let end = number.end;
    let c = text.ch(end);
    if c == '成'
        && !matches!(text.ch(end + 1), '为' | '功' | '立' | '员' | '本' | '交' | '年' | '绩' | '人' | '熟' | '了')
    {
        let whole = number.value * Decimal::TEN;
        if let Some(more) = han::digit(text.ch(end + 1)).filter(|_| text.is_han(end + 1)) {
            return Some((whole + Decimal::from(more), end + 2));
        }
        return Some((whole, end + 1));
    }
    if c != '折' || matches!(text.ch(end + 1), '叠' | '腾' | '断' | '磨') {
        return None;
    }
    let value = number.value;
    let whole = value.fract().is_zero();
    if whole && value >= Decimal::TEN && value < Decimal::ONE_HUNDRED {
        Some((value, end + 1))
    } else {
        Some((value * Decimal::TEN, end + 1))
    }
}

fn english_sign(text: &Text, token: usize) -> Option<usize> {
    match text.s(token) {
        "percent" | "percents" | "percentage" | "pct" => Some(token + 1),
        "per" if matches!(text.s(token + 1), "cent" | "cents") => Some(token + 2),
        "%" if text.gap(token) <= 1 && !url_escape(text, token) => Some(token + 1),
        _ => None,
    }
}

/// "per cent of 210".
fn per_cent_of(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let at = text.words(token, "per cent of").or_else(|| text.words(token, "percent of"))?;
    let number = literal::plain(text, at)?;
    Some((number.value, number.end))
}

/// A percent sign inside a web address.
fn url_escape(text: &Text, sign: usize) -> bool {
    let glued = |t: usize| !text.spaced(t) && (text.is_digits(t) || text.is_word(t) || text.ch(t) == '%');
    glued(sign + 1)
        && sign >= 2
        && (text.ch(sign.saturating_sub(2)) == '%'
            || text.is_digits(sign + 1) && text.ch(sign + 2) == '%'
            || text.is_digits(sign + 1))
}

/// 八五折 and 7 2 折: two numerals, as no number is written otherwise.
fn two_digit_discount(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let one = |t: usize| if text.is_han(t) { han::digit(text.ch(t)) } else { text.int(t).filter(|_| text.len(t) == 1) };
    let (tens, ones) = (one(token)?, one(token + 1)?);
    (text.ch(token + 2) == '折').then(|| (Decimal::from(tens * 10 + ones), token + 3))
}

/// Every percentage in the message.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        if !super::may_begin(text, token) && !matches!(text.s(token), "per" | "percent" | "半") {
            token += 1;
            continue;
        }
        // The hyphen of 20%-30% is no sign.
        if text.ch(token) == '-' && token > 0 && text.gap(token) == 0 && matches!(text.ch(token - 1), '%' | '0'..='9') {
            token += 1;
            continue;
        }
        let found = two_digit_discount(text, token).or_else(|| at(text, token));
        let glued =
            token > 0 && text.is_digits(token) && !text.spaced(token) && matches!(text.ch(token - 1), '%' | '=' | '&');
        match found.filter(|_| !glued) {
            Some((percent, end)) => {
                out.push(Found::new(token, end, Value::Percent { percent: percent.normalize() }, "percent"));
                token = end.max(token + 1);
            }
            None => token = super::at(reader, token).map_or(token + 1, |n| n.end.max(token + 1)),
        }
    }
}
