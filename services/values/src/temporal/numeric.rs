//! Dates in digits, in either language: 2010/01/29, 23.04.2022, 5/6, 20160102, 2019-aug-1.

use super::english_day::{month, timelike, weekday_name};
use super::when::{Day, DayKind, Item, When};
use crate::reader::Reader;

/// Dates in digits, with months in letters where they stand between: see the module.
pub(crate) fn numeric(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    if !text.is_digits(token) || text.len(token) > 8 {
        return None;
    }
    if token > 0
        && !text.spaced(token)
        && (text.is_digits(token - 1)
            || matches!(text.ch(token - 1), '.' | '/' | ':' | '$') && token > 1 && text.is_digits(token - 2)
            || text.ch(token - 1) == '-'
                && token > 1
                && text.is_digits(token - 2)
                && text.len(token - 2) < 4
                && text.len(token) < 4
                && !matches!(text.ch(token + 1), '-' | '/'))
    {
        return None;
    }
    if text.len(token) == 8 {
        let n = text.int(token)?;
        let (y, m, d) = (n / 10_000, n / 100 % 100, n % 100);
        let glued = text.is_word(token + 1) && !text.spaced(token + 1);
        let found = !glued && (1900..2100).contains(&y) && super::when::date(i32::try_from(y).ok()?, m, d).is_some();
        return found.then(|| {
            Item::new(token, token + 1, When::Day(Day::full(i32::try_from(y).unwrap_or(0), m, d)), "date.digits")
        });
    }
    let separator = text.ch(token + 1);
    let spaced_year = text.len(token) == 4
        && text.is_digits(token + 1)
        && text.is_digits(token + 2)
        && text.gap(token + 1) == 1
        && text.gap(token + 2) == 1;
    let separated = matches!(separator, '/' | '-' | '.') && text.gap(token + 1) == 0 && text.gap(token + 2) == 0;
    if !separated && !spaced_year {
        return None;
    }
    let step = if spaced_year { 1 } else { 2 };
    let second = token + step;
    let third = second + step;
    let three = spaced_year
        || text.ch(second + 1) == separator
            && text.gap(second + 1) == 0
            && text.gap(third) == 0
            && (text.is_digits(third) || month(text.s(third)).is_some());
    let value = |t: usize| text.int(t).or_else(|| month(text.s(t)));
    let (a, b) = (value(token)?, value(second)?);
    let lettered = |t: usize| text.is_word(t);
    if three {
        let c = value(third)?;
        let (la, lc) = (text.len(token), text.len(third));
        let (y, m, d) = if la == 4 {
            if lettered(third) { (a, c, b) } else { (a, b, c) }
        } else if lc == 4 || lettered(second) {
            if lettered(second) {
                (c, b, a)
            } else if reader.context.day_first || separator == '.' {
                if b > 12 { (c, a, b) } else { (c, b, a) }
            } else if a > 12 {
                (c, b, a)
            } else {
                (c, a, b)
            }
        } else if text.len(second) == 4 {
            (b, c, a)
        } else if lc == 2 && la <= 2 || lc == 1 && la == 2 && a > 12 {
            let chinese = reader.context.language == Some(paigong_core::Language::Zh);
            let year_first = chinese && la == 2 && (1..=31).contains(&c) || lc == 1;
            if year_first {
                (a, b, c)
            } else if (reader.context.day_first || chinese && la == 1 && lc == 2) && b <= 12 || a > 12 {
                (c, b, a)
            } else {
                (c, a, b)
            }
        } else {
            return None;
        };
        if !(1..=12).contains(&m)
            || !(1..=31).contains(&d)
            || text.is_digits(third + 2) && matches!(text.ch(third + 1), '.' | '/') && text.gap(third + 1) == 0
        {
            return None;
        }
        let y = i32::try_from(y).ok()?;
        let full = match y {
            0..=29 => Day::full(2000 + y, m, d),
            30..=49 => Day { timex: format!("XX{y:02}-{m:02}-{d:02}"), ..Day::full(2000 + y, m, d) },
            50..=99 => Day::full(1900 + y, m, d),
            _ => Day::full(y, m, d),
        };
        return Some(Item::new(token, third + 1, When::Day(full), "date.digits"));
    }
    // Around the clock is no date.
    if text.s(token) == "24" && text.s(second) == "7" {
        return None;
    }
    // Month and day alone: with a slash, or with a dot or hyphen after a weekday.
    let after_weekday =
        token > 0 && (weekday_name(text.s(token - 1)).is_some() || matches!(text.s(token - 1), "on" | "in"));
    let shut = second + 1 >= text.tokens.len() || text.kind(second + 1) == Some(crate::text::Kind::Mark);
    let marked = separator == '/'
        || separator == '.'
            && after_weekday
            && (shut || text.s(token - 1) != "in")
            && text.len(second) <= 2
            && !timelike(text, second + 1);
    if !marked
        || text.len(token) > 2
        || text.len(second) > 2
        || lettered(second)
        || text.ch(second + 1) == '/'
        || text.ch(second + 1) == '%'
    {
        return None;
    }
    let (m, d) = if reader.context.day_first && b <= 12 || a > 12 { (b, a) } else { (a, b) };
    let valid = (1..=12).contains(&m) && (1..=31).contains(&d);
    // 08/12,2015 and 08/12,15
    if separator == '/' && text.ch(second + 1) == ',' && text.is_digits(second + 2) && text.gap(second + 1) == 0 {
        let year = i32::try_from(text.int(second + 2)?).ok()?;
        let full = match text.len(second + 2) {
            4 => Some(year),
            2 if text.gap(second + 2) == 0 => Some(if year < 50 { 2000 + year } else { 1900 + year }),
            _ => None,
        };
        if let Some(year) = full.filter(|y| valid && (1000..2200).contains(y)) {
            return Some(Item::new(token, second + 3, When::Day(Day::full(year, m, d)), "date.digits"));
        }
    }
    if matches!(text.ch(second + 1), '.') && text.is_digits(second + 2) && text.gap(second + 2) == 0
        || text.is_word(second + 1) && !text.spaced(second + 1)
        || matches!(text.s(second + 1), "of")
    {
        return None;
    }
    let mut day = Day::yearly(m, d, reader.context.now.date());
    if a <= 12 && b <= 12 && a != b {
        day.kind = DayKind::Yearly;
    }
    valid.then(|| {
        Item::new(
            token,
            second + 1,
            When::Day(day),
            if a <= 12 && b <= 12 && a != b { "date.slash_ambiguous" } else { "date.slash" },
        )
    })
}
