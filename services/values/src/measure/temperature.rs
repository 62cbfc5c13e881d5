//! Temperatures and angles, which share their degrees: 摄氏20度, 零下五度, 72F, 98.6 degrees Fahrenheit.

use rust_decimal::Decimal;

use super::quantity::unit;
use crate::number;
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Dimension;

/// Words that make degrees an angle.
pub(super) fn turning(text: &Text) -> bool {
    (0..text.tokens.len().min(400))
        .any(|t| matches!(text.s(t), "turn" | "rotate" | "angle" | "rotation" | "turned" | "rotated"))
}

/// 摄氏20度, 华氏98度, 零下五度, 零下三摄氏度.
pub(super) fn scale_first(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    let (scale, at) = text.pick(token, &[("摄氏", "c"), ("华氏", "f")]).map_or(("", token), |(s, a)| (s, a));
    let (below, at) = text.lit(at, "零下").map_or((false, at), |a| (true, a));
    if at == token {
        return None;
    }
    let number = number::at(reader, at)?;
    let ((name, dimension), end) = unit(text, number.end, true)?;
    if dimension != Dimension::Temperature || !scale.is_empty() && name != "degree" {
        return None;
    }
    Some((if below { -number.value } else { number.value }, if scale.is_empty() { name } else { scale }, end))
}

/// 72F, 20 C: one letter in upper case, and nothing goes on behind it.
pub(super) fn letter_scale(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    let number = number::at(reader, token).filter(|n| text.is_digits(n.end - 1) && n.value.fract().is_zero())?;
    let at = number.end;
    let upper = text.tokens.get(at).is_some_and(|t| text.raw[t.start].is_uppercase());
    let apart = token > 0 && !text.spaced(token) && !text.is_han(token - 1);
    let closed = at + 1 >= text.tokens.len()
        || matches!(text.ch(at + 1), '.' | ',' | '!' | '?' | ')')
        || matches!(text.s(at + 1), "to" | "and" | "outside" | "inside" | "today" | "in");
    let name = match text.s(at) {
        "f" => "f",
        "c" => "c",
        _ => return None,
    };
    (upper && closed && !apart).then_some((number.value, name, at + 1))
}

/// Degrees of what: of a scale that follows, of an angle, or just degrees.
pub(super) fn degrees<'u>(
    text: &Text,
    amount: Decimal,
    name: &'u str,
    dimension: Dimension,
    end: usize,
    angle: bool,
) -> (Decimal, &'u str, Dimension, usize) {
    if name != "degree" || text.is_han(end - 1) {
        return (amount, name, dimension, end);
    }
    let scale = match text.s(end) {
        "c" | "celsius" | "celcius" | "centigrade" => Some("c"),
        "f" | "fahrenheit" | "farenheit" => Some("f"),
        "k" | "kelvin" => Some("k"),
        _ => None,
    };
    match scale {
        Some(scale) => (amount, scale, Dimension::Temperature, end + 1),
        None => (amount, name, if angle { Dimension::Angle } else { Dimension::Temperature }, end),
    }
}
