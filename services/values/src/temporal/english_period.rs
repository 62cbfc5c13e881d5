//! English periods from now and parts of periods: next week, the last 3 months, mid-June, the first week of 2015.

use chrono::Datelike;

use super::english_day::{month, which, which_exact, year};
use super::english_length::{self, unit_at};
use super::english_named::{month_named, named};
use super::english_part::{edged, part_of, rest, within_year};
use super::han_counted::{hours_from_now, span_from_now};
use super::when::{Item, Period, When, date, monday, plus, plus_months};
use crate::duration::{Duration, DurationPart, DurationUnit};
use crate::number::{english, literal};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

/// "next month", "this month", "the month": the offset.
pub(crate) fn which_month(text: &Text, token: usize) -> Option<(i32, usize)> {
    if text.words(token, "the month").is_some() {
        return Some((0, token + 2));
    }
    let (offset, at) = which(text, token)?;
    (text.s(at) == "month").then_some((offset, at + 1))
}

/// "next year", "this year", "the year".
pub(crate) fn relative_year(reader: &Reader<'_>, token: usize) -> Option<(i32, usize)> {
    let text = &reader.text;
    let at = if text.s(token) == "of" { token + 1 } else { token };
    let (offset, at) =
        which(text, at).or_else(|| (text.s(at) == "the" && text.s(at + 1) == "year").then_some((0, at + 1)))?;
    if text.s(at) != "year" {
        return None;
    }
    let end = if text.ch(at + 1) == '\'' && text.s(at + 2) == "s" { at + 3 } else { at + 1 };
    Some((reader.context.now.year() + offset, end))
}

/// A year said, in digits or relative.
pub(crate) fn any_year(reader: &Reader<'_>, token: usize) -> Option<(i32, usize)> {
    let text = &reader.text;
    let at = if matches!(text.s(token), "of" | "in" | "," | "-" | "/") { token + 1 } else { token };
    let at = if text.s(at) == "the" && text.s(at + 1) == "year" && text.is_digits(at + 2) { at + 2 } else { at };
    year(text, at).or_else(|| relative_year(reader, at))
}

/// A period at `token`.
pub(crate) fn period(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let verb = token > 0
        && text.s(token) == "last"
        && matches!(
            text.s(token - 1),
            "will" | "to" | "t" | "can" | "may" | "should" | "could" | "would" | "not" | "must"
        );
    if verb {
        return None;
    }
    let found = rest(reader, token)
        .or_else(|| counted(reader, token))
        .or_else(|| edged(reader, token).map(|(p, e)| (When::Period(p), e)))
        .or_else(|| part_of(reader, token).map(|(p, e)| (When::Period(p), e)))
        .or_else(|| named(reader, token).map(|(p, e)| (When::Period(p), e)));
    let (when, end) = found?;
    // "the 1970s", "the '40s" and "the summer" are named with their article.
    let named = matches!(&when, When::Period(p) if matches!(p.grain, Grain::Decade | Grain::Season));
    let first = token - usize::from(token > 0 && named && text.ch(token - 1) == '\'');
    let article = first > 0 && named && text.s(first - 1) == "the";
    let start = if article { first - 1 } else { token };
    Some(Item::new(start, end, when, "en.period"))
}

/// next 3 days, the last 3 months, within 9 months, 5 coming minutes, next hour.
fn counted(reader: &Reader<'_>, token: usize) -> Option<(When, usize)> {
    let text = &reader.text;
    let mut at = token;
    let within = matches!(text.s(at), "within");
    if within {
        at += 1;
    }
    if within && text.s(at) == "the" && which_exact(text, at + 1).is_some() {
        at += 1;
    }
    let start = at;
    let (offset, length_at) = match which_exact(text, at) {
        Some((offset, after)) => (offset, after),
        None if within => (1, at),
        None => {
            // "5 coming minutes", "3 next weeks"
            let number = english::whole(text, at).or_else(|| literal::plain(text, at))?;
            let (offset, after) = which_exact(text, number.end)?;
            let (unit, end) = unit_at(text, after).filter(|(_, e)| text.s(e - 1).ends_with('s'))?;
            let length = Duration::of(number.value, unit);
            return Some((around_now(reader, &length, offset, false)?, end));
        }
    };
    if offset == 0 {
        return None;
    }
    let single = unit_at(text, length_at).filter(|(u, _)| u.is_clock() || within);
    let (length, end) = match single {
        Some((unit, end)) => {
            let (mut length, mut end) = (Duration::of(1, unit), end);
            if let Some((more, after)) = (text.s(end) == "and").then(|| english_length::length(text, end + 1)).flatten()
            {
                length.parts.extend(more.parts);
                end = after;
            }
            (length, end)
        }
        None => english_length::length(text, length_at)
            .filter(|_| within || !matches!(text.s(length_at), "a" | "an" | "half"))?,
    };
    if length.parts.iter().any(|p| p.unit == DurationUnit::Quarter) {
        return quarters(reader, &length, offset).map(|p| (When::Period(p), end));
    }
    if within
        && start == token + 1
        && matches!(text.s(end), "of" | "after" | "from")
        && let Some(Item { when: When::Day(day), end: stop, .. }) = super::english_day::day(reader, end + 1)
        && !length.parts.iter().any(|p| p.unit.is_clock())
    {
        let from = day.pick(reader.context)?;
        let to = length.after(from.and_hms_opt(0, 0, 0)?, reader.context.calendar)?.date();
        return Some((When::Period(Period::span(from, to, &super::when::length_timex(&length), Grain::Day)), stop));
    }
    Some((around_now(reader, &length, offset, within && start > token)?, end))
}

fn around_now(reader: &Reader<'_>, length: &Duration, offset: i32, within: bool) -> Option<When> {
    if length.parts.iter().any(|p| p.unit.is_clock()) {
        return hours_from_now(reader, length, offset < 0);
    }
    if let [DurationPart { amount, unit: DurationUnit::Decade }] = length.parts.as_slice()
        && let Ok(count) = i32::try_from(amount.trunc())
    {
        let this = reader.context.now.year().div_euclid(10) * 10;
        let (from, to) = if offset < 0 {
            (this - count.checked_mul(10)?, this)
        } else {
            (this + 10, this + 10 + count.checked_mul(10)?)
        };
        return Some(When::Period(Period::span(
            date(from, 1, 1)?,
            date(to, 1, 1)?,
            &format!("P{}Y", to - from),
            Grain::Decade,
        )));
    }
    Some(When::Period(span_from_now(reader, length, offset < 0, !within && offset > 0)?))
}

fn quarters(reader: &Reader<'_>, length: &Duration, offset: i32) -> Option<Period> {
    let today = reader.context.now.date();
    let count = i32::try_from(length.parts.first()?.amount.trunc()).ok()?;
    let this = date(today.year(), today.month0() / 3 * 3 + 1, 1)?;
    let (from, to) = if offset < 0 {
        (plus_months(this, -3 * count), this)
    } else {
        (plus_months(this, 3), plus_months(this, 3 + 3 * count))
    };
    Some(Period::span(from, to, &format!("P{}M", 3 * count), Grain::Quarter))
}

/// this week, next month, the year, last weekend, the week after next, year to date.
pub(crate) fn relative(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some((unit, end)) = text.pick_words(
        token,
        &[
            ("the week after next", 'w'),
            ("week after next", 'w'),
            ("the week before last", 'W'),
            ("week before last", 'W'),
            ("the month before last", 'M'),
            ("month before last", 'M'),
            ("the year before last", 'Y'),
            ("year before last", 'Y'),
            ("the month after next", 'm'),
            ("month after next", 'm'),
            ("the year after next", 'y'),
            ("weekend", 'e'),
            ("the weekend", 'e'),
        ],
    ) {
        return Some((
            match unit {
                'w' => Period::week(plus(today, 14)),
                'W' => Period::week(plus(today, -14)),
                'M' => {
                    let first = plus_months(today.with_day(1)?, -2);
                    Period::month(first.year(), first.month())?
                }
                'Y' => Period::year(today.year() - 2)?,
                'm' => {
                    let first = plus_months(today.with_day(1)?, 2);
                    Period::month(first.year(), first.month())?
                }
                'y' => Period::year(today.year() + 2)?,
                _ => Period::weekend(today),
            },
            end,
        ));
    }
    if let Some(((), at)) =
        text.pick_words(token, &[("the month of", ()), ("month of", ()), ("the month", ()), ("month", ())])
        && month(text.s(at)).is_some()
    {
        return month_named(reader, at);
    }
    let (offset, at) = match which(text, token) {
        Some(found) => found,
        None if matches!(text.s(token), "the" | "my" | "same" | "that") => (0, token + 1),
        None => return None,
    };
    let at = if matches!(text.s(at), "calendar" | "working" | "work" | "business" | "whole" | "entire")
        && text.s(at + 1) != "day"
        && text.s(at + 1) != "days"
    {
        at + 1
    } else {
        at
    };
    let same = text.s(token) == "same" || text.s(token) == "that";
    let article = offset == 0 && text.s(token) == "the";
    let period = match text.s(at) {
        "week" | "workweek" if same => Period { timex: "XXXX-WXX".into(), ..Period::week(today) },
        "month" if same => Period { timex: "XXXX-XX".into(), ..Period::month(today.year(), today.month())? },
        "year" if same => Period { timex: "XXXX".into(), ..Period::year(today.year())? },
        "weekend" | "weekends" if same => Period { timex: "XXXX-WXX-WE".into(), ..Period::weekend(today) },
        "week" | "workweek" | "wk" => Period::week(plus(today, 7 * i64::from(offset))),
        "weekend" => Period::weekend(plus(today, 7 * i64::from(offset))),
        "month" => {
            let first = plus_months(today.with_day(1)?, offset);
            Period::month(first.year(), first.month())?
        }
        "quarter" => {
            let index = today.year() * 4 + i32::try_from(today.month0() / 3).ok()? + offset;
            Period::quarter(index.div_euclid(4), u32::try_from(index.rem_euclid(4)).ok()? + 1)?
        }
        "year" => {
            let y = today.year() + offset;
            let own = if text.ch(at + 1) == '\'' && text.s(at + 2) == "s" { at + 3 } else { at + 1 };
            if let Some((period, end)) = within_year(reader, own, y) {
                return Some((period, end));
            }
            Period::year(y)?
        }
        "fortnight" => {
            let from = plus(monday(today), 14 * i64::from(offset));
            Period::span(from, plus(from, 14), "P2W", Grain::Week)
        }
        "decade" => {
            let y = today.year().div_euclid(10) * 10 + 10 * offset;
            Period::span(date(y, 1, 1)?, date(y + 10, 1, 1)?, "P10Y", Grain::Decade)
        }
        "century" => {
            let y = today.year().div_euclid(100) * 100 + 100 * offset;
            Period::span(date(y, 1, 1)?, date(y + 100, 1, 1)?, "P100Y", Grain::Century)
        }
        word => {
            let modal = word == "may" && (text.is_word(at + 1) || text.ch(at + 1) == ',');
            let number = month(word).filter(|_| !article && !same && !modal)?;
            let y = today.year() + offset;
            let this_year = offset > 0 && number > today.month() || offset < 0 && number < today.month();
            let y = if this_year { today.year() } else { y };
            return Some((Period::month(y, number)?, at + 1));
        }
    };
    let followed_by_date =
        article && (text.is_digits(at + 1) || text.s(at) == "year" && text.s(at + 1) == "of" && text.is_digits(at + 2));
    (!followed_by_date).then_some((period, at + 1))
}
