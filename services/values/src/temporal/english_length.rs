//! English lengths of time: two hours, 3.5 years, half an hour, a year and a half.

use rust_decimal::Decimal;

use crate::duration::{Duration, DurationPart, DurationUnit};
use crate::number::{english, literal};
use crate::text::Text;

pub(crate) fn unit(word: &str) -> Option<DurationUnit> {
    Some(match word {
        "century" | "centuries" => DurationUnit::Century,
        "decade" | "decades" => DurationUnit::Decade,
        "year" | "years" | "yr" | "yrs" => DurationUnit::Year,
        "quarter" | "quarters" => DurationUnit::Quarter,
        "month" | "months" | "mth" | "mths" => DurationUnit::Month,
        "fortnight" | "fortnights" => DurationUnit::Fortnight,
        "week" | "weeks" | "wk" | "wks" => DurationUnit::Week,
        "weekend" | "weekends" => DurationUnit::Weekend,
        "day" | "days" | "night" | "nights" => DurationUnit::Day,
        "workday" | "workdays" | "weekday" | "weekdays" => DurationUnit::BusinessDay,
        "hour" | "hours" | "hr" | "hrs" => DurationUnit::Hour,
        "minute" | "minutes" | "min" | "mins" => DurationUnit::Minute,
        "second" | "seconds" | "sec" | "secs" => DurationUnit::Second,
        _ => return None,
    })
}

/// A unit at `token`, glued abbreviations and "business days" included.
pub(crate) fn unit_at(text: &Text, token: usize) -> Option<(DurationUnit, usize)> {
    if matches!(text.s(token), "business" | "working" | "work") && matches!(text.s(token + 1), "day" | "days") {
        return Some((DurationUnit::BusinessDay, token + 2));
    }
    let token = if text.ch(token) == '-' && text.gap(token) == 0 { token + 1 } else { token };
    if let Some(unit) = unit(text.s(token)) {
        return Some((unit, token + 1));
    }
    let glued = text.gap(token) == 0 && text.is_digits(token.wrapping_sub(1));
    let unit = match text.s(token) {
        "h" => DurationUnit::Hour,
        "d" => DurationUnit::Day,
        "y" => DurationUnit::Year,
        // 1h30m
        "m" if token >= 2 && text.s(token - 2) == "h" => DurationUnit::Minute,
        "w" if text.tokens.get(token).is_some_and(|t| text.raw[t.start] == 'W') => DurationUnit::Week,
        _ => return None,
    };
    glued.then_some((unit, token + 1))
}

/// One amount and unit: two hours, 3.5years, half an hour, a few minutes.
fn length_part(text: &Text, token: usize) -> Option<(DurationPart, usize)> {
    // a quarter of an hour
    let article = token + usize::from(text.s(token) == "a");
    let quarters = text.pick_words(
        article,
        &[("quarter of an", 25), ("three quarters of an", 75), ("three - quarters of an", 75), ("half of an", 50)],
    );
    if let Some((hundredths, at)) = quarters.filter(|(_, at)| text.s(*at) == "hour") {
        return Some((DurationPart { amount: Decimal::new(hundredths, 2), unit: DurationUnit::Hour }, at + 1));
    }
    let (amount, at) = match text.s(token) {
        "half" if matches!(text.s(token + 1), "a" | "an") || text.ch(token + 1) == '-' => {
            (Decimal::new(5, 1), token + 2)
        }
        "half" => (Decimal::new(5, 1), token + 1),
        "few" | "several" => (Decimal::from(3), token + 1),
        "couple" => (Decimal::TWO, if text.s(token + 1) == "of" { token + 2 } else { token + 1 }),
        "a" | "an" | "another" => match text.s(token + 1) {
            "few" => (Decimal::from(3), token + 2),
            "couple" => (Decimal::TWO, if text.s(token + 2) == "of" { token + 3 } else { token + 2 }),
            "half" => (Decimal::new(5, 1), token + 2),
            _ => (Decimal::ONE, token + 1),
        },
        "all" if text.s(token + 1) != "days" && !text.s(token + 1).ends_with('s') => (Decimal::ONE, token + 1),
        "whole" | "full" => (Decimal::ONE, token + 1),
        "one" if text.words(token + 1, "and half").is_some() => (Decimal::new(15, 1), token + 3),
        _ => {
            let plainly = english::whole(text, token)
                .or_else(|| literal::plain(text, token))
                .filter(|n| unit_at(text, n.end).is_some());
            let number = plainly.or_else(|| english::number(text, token)).or_else(|| literal::number(text, token))?;
            let glued_money = token > 0 && matches!(text.ch(token - 1), '$' | '€' | '£' | '-') && !text.spaced(token);
            if glued_money
                || number.value.is_sign_negative()
                || token > 1 && !text.spaced(token) && matches!(text.ch(token - 1), '.' | '/' | ':')
            {
                return None;
            }
            (number.value, number.end)
        }
    };
    let (unit, mut end) = unit_at(text, at)?;
    if unit == DurationUnit::Second && text.s(end - 1) == "second" && amount == Decimal::ONE && text.s(token) == "a"
        || unit == DurationUnit::Day && text.s(end - 1).starts_with("night") && text.s(token) == "all"
    {
        return None;
    }
    let mut amount = amount;
    if text.words(end, "and a half").is_some() {
        amount += Decimal::new(5, 1);
        end += 3;
    } else if text.words(end, "and half").is_some() {
        amount += Decimal::new(5, 1);
        end += 2;
    } else if text.words(end, "and a quarter").is_some() {
        amount += Decimal::new(25, 2);
        end += 3;
    }
    Some((DurationPart { amount, unit }, end))
}

/// A length of time at `token`.
pub(crate) fn length(text: &Text, token: usize) -> Option<(Duration, usize)> {
    let (first, mut end) = length_part(text, token)?;
    let mut parts = vec![first];
    while parts.len() < 6 {
        let at = if matches!(text.s(end), "and" | ",") { end + 1 } else { end };
        match length_part(text, at) {
            Some((part, after))
                if parts.last().is_some_and(|l| part.unit > l.unit)
                    && !(text.s(at - 1) == "and" && at > end && text.s(after) == "ago") =>
            {
                parts.push(part);
                end = after;
            }
            _ => break,
        }
    }
    Some((Duration { parts }, end))
}
