//! Ages: five years old, ten months of age, age 87, 五岁, 十个月大.

use rust_decimal::Decimal;

use crate::number::{self, Form};
use crate::reader::Reader;
use crate::text::Text;

/// A unit of age, singular or plural.
pub(super) fn time_unit(text: &Text, token: usize) -> Option<(&'static str, usize)> {
    let unit = match text.s(token) {
        "year" | "years" | "yr" | "yrs" => "year",
        "month" | "months" => "month",
        "week" | "weeks" => "week",
        "day" | "days" => "day",
        _ => return None,
    };
    Some((unit, token + 1))
}

/// Ages: five years old, ten months of age, age 87, 五岁, 十个月大.
pub(super) fn age(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    if let Some(at) = text.pick_words(token, &[("aged", ()), ("age", ())]).map(|((), a)| a) {
        let number = number::at(reader, at).filter(|n| n.form == Form::Literal || text.is_word(at))?;
        return (number.value < Decimal::from(150) && time_unit(text, number.end).is_none()).then_some((
            number.value,
            "age",
            number.end,
        ));
    }
    let number = number::at(reader, token)?;
    let at = if text.ch(number.end) == '-' && text.gap(number.end) == 0 { number.end + 1 } else { number.end };
    if let Some(end) = text.lit(at, "周岁").or_else(|| text.lit(at, "岁")) {
        let half = text.ch(end) == '半';
        let value = if half { number.value + Decimal::new(5, 1) } else { number.value };
        return Some((value, "year", end + usize::from(half)));
    }
    if let Some((unit, end)) = text.pick(
        at,
        &[
            ("个月大", "month"),
            ("个星期大", "week"),
            ("个礼拜大", "week"),
            ("星期大", "week"),
            ("周大", "week"),
            ("天大", "day"),
            ("年大", "year"),
        ],
    ) {
        return Some((number.value, unit, end));
    }
    let (unit, after) = time_unit(text, at)?;
    let dash = if text.ch(after) == '-' { after + 1 } else { after };
    let end = text.words(dash, "old").or_else(|| text.words(after, "of age"))?;
    Some((number.value, unit, end))
}
