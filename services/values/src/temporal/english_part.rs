//! Parts of English periods: mid-June, rest of the week, first week of 2015, third quarter of next year.

use chrono::{Datelike, NaiveDate};

use super::english_day::year;
use super::english_length;
use super::english_named::{month_named, named};
use super::english_period::{any_year, relative_year};
use super::when::{Period, When, date, instant_timex, monday, plus, plus_months};
use crate::number::ordinal;
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

#[rustfmt::skip]
const EDGES: &[(&str, (i64, i64))] = &[
    ("beginning of", (0, 1)), ("start of", (0, 1)), ("early in", (0, 1)), ("earlier in", (0, 1)), ("earlier", (0, 1)), ("early", (0, 1)), ("middle of", (1, 1)), ("mid -", (1, 1)), ("mid", (1, 1)),
    ("end of", (2, 1)), ("later in", (2, 1)), ("later", (2, 1)), ("late in", (2, 1)), ("late", (2, 1)),
];

/// rest of the week, rest of my day, remainder of this year: from now to its end.
pub(super) fn rest(reader: &Reader<'_>, token: usize) -> Option<(When, usize)> {
    let text = &reader.text;
    let now = reader.context.now;
    let today = now.date();
    if !matches!(text.s(token), "rest" | "remaining" | "remainder") {
        return None;
    }
    let of = token + 1 + usize::from(text.s(token + 1) == "of");
    let at = of + usize::from(matches!(text.s(of), "the" | "this" | "my" | "current" | "our"));
    if at == token + 1 {
        return None;
    }
    let (last, grain) = match text.s(at) {
        "day" => {
            let end = today.and_hms_opt(23, 59, 59)?;
            let seconds = (end - now).num_seconds();
            let timex = vec![format!("({},{},PT{seconds}S)", instant_timex(now), instant_timex(end))];
            return Some((When::MomentRange { timex, from: now, to: end }, at + 1));
        }
        "week" => (plus(monday(today), 6), Grain::Week),
        "month" => (plus(plus_months(today.with_day(1)?, 1), -1), Grain::Month),
        "quarter" => {
            let first = date(today.year(), today.month0() / 3 * 3 + 1, 1)?;
            (plus(plus_months(first, 3), -1), Grain::Quarter)
        }
        "year" => (date(today.year(), 12, 31)?, Grain::Year),
        "decade" => (date(today.year().div_euclid(10) * 10 + 9, 12, 31)?, Grain::Decade),
        _ => return None,
    };
    let days = (last - today).num_days();
    // The last day belongs to it, though the length of the TIMEX leaves it out.
    let period = Period::span(today, last, &format!("P{days}D"), grain);
    let whole = (today, plus(last, 1));
    Some((When::Period(Period { future: whole, past: whole, ..period }), at + 1))
}

/// mid-November, end of 2000, later this month, EOY.
pub(super) fn edged(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some((unit, end)) = text.pick_words(token, &[("eoy", 'y'), ("eom", 'm'), ("eow", 'w')]) {
        let period = match unit {
            'y' => Period::year(today.year())?,
            'm' => Period::month(today.year(), today.month())?,
            _ => Period::week(today),
        };
        return Some((third_of(&period, 2), end));
    }
    let ((third, _), at) = text.pick_words(token, EDGES)?;
    // end of month, for want of an article
    let bare = match text.s(at) {
        "year" => Period::year(today.year()),
        "month" => Period::month(today.year(), today.month()),
        "week" => Some(Period::week(today)),
        "quarter" => Period::quarter(today.year(), today.month0() / 3 + 1),
        _ => None,
    };
    let bare = bare.filter(|_| text.s(at - 1) == "of").map(|period| (period, at + 1));
    let (period, end) = bare.or_else(|| named(reader, at))?;
    if matches!(text.s(token), "earlier" | "later" | "early" | "late" | "mid")
        && text.is_digits(at)
        && text.s(token).starts_with("later")
    {
        return None;
    }
    Some((third_of(&period, third), end))
}

/// The first, middle or last third (of a year and longer: half) of a period; its TIMEX stays.
fn third_of(period: &Period, third: i64) -> Period {
    let cut = |(from, to): (NaiveDate, NaiveDate)| {
        let days = (to - from).num_days();
        match third {
            0 => (from, plus(from, (days / 3).max(1))),
            1 => (plus(from, days / 3), plus(from, days - days / 3)),
            _ => (plus(from, days - (days / 3).max(1)), to),
        }
    };
    Period { future: cut(period.future), past: cut(period.past), ..period.clone() }
}

/// first week of 2015, the third month of 2021, week 31, first ten days of last year, 1st quarter of 2013.
pub(super) fn part_of(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if text.s(token) == "week"
        && let Some(n) = text.int(token + 1).filter(|n| (1..=53).contains(n))
    {
        let (y, end) =
            any_year(reader, token + 2).filter(|_| text.s(token + 2) == "of").unwrap_or((today.year(), token + 2));
        return Some((
            Period { timex: format!("{y:04}-W{n:02}"), ..Period::week(plus(date(y, 1, 4)?, 7 * (i64::from(n) - 1))) },
            end,
        ));
    }
    let at = if text.s(token) == "the" { token + 1 } else { token };
    // 2016 the third quarter
    if let Some((y, end)) = year(text, token).filter(|_| text.is_digits(token)) {
        return within_year(reader, end + usize::from(text.s(end) == "the"), y);
    }
    let last = text.s(at) == "last";
    let (n, after) = if last { (-1, at + 1) } else { ordinal::numbered(text, at)? };
    let after = over_dash(text, after);
    match text.s(after) {
        "week" if matches!(text.s(after + 1), "of" | "in") || relative_year(reader, after + 1).is_some() => {
            if let Some((y, end)) = any_year(reader, after + 1) {
                let day = if last { date(y, 12, 28)? } else { plus(date(y, 1, 4)?, 7 * (n - 1)) };
                return Some((Period::week(day), end));
            }
            let (inner, end) = month_named(reader, after + 2)
                .or_else(|| named(reader, after + 2).filter(|(p, _)| p.grain == Grain::Month))?;
            let nth = if last { 5 } else { n };
            let of = |(from, _): (NaiveDate, NaiveDate)| {
                let start = monday(plus(from, 3 + 7 * (nth - 1)));
                (start, plus(start, 7))
            };
            Some((
                Period {
                    timex: format!("{}-W{nth:02}", inner.timex),
                    future: of(inner.future),
                    past: of(inner.past),
                    grain: Grain::Week,
                    head: inner.head,
                },
                end,
            ))
        }
        "month" => {
            let (y, end) = any_year(reader, after + 1).filter(|_| matches!(text.s(after + 1), "of" | "in"))?;
            Some((Period::month(y, u32::try_from(if last { 12 } else { n }).ok()?)?, end))
        }
        "quarter" | "half" => {
            let (y, end) = match any_year(reader, after + 1) {
                Some(found) => found,
                None if !last => (today.year(), after + 1),
                None => return None,
            };
            let n = u32::try_from(if last { 4 } else { n }).ok()?;
            let period = if text.s(after) == "half" { Period::half(y, n.min(2))? } else { Period::quarter(y, n)? };
            Some((period, end))
        }
        _ => {
            let (length, stop) = english_length::length(text, after)?;
            if text.s(stop) != "of" || n != 1 && !last || length.parts.iter().any(|p| p.unit.is_clock()) {
                return None;
            }
            // first ten days of last year, last two weeks of March
            let ((first, past_last), end) = match any_year(reader, stop) {
                Some((y, end)) => ((date(y, 1, 1)?, date(y + 1, 1, 1)?), end),
                None => {
                    let at = stop + 1;
                    let (period, end) = named(reader, at).filter(|(p, _)| p.grain == Grain::Month)?;
                    (period.pick(reader.context), end)
                }
            };
            let calendar = reader.context.calendar;
            let (from, to) = if last {
                (length.before(past_last.and_hms_opt(0, 0, 0)?, calendar)?.date(), past_last)
            } else {
                (first, length.after(first.and_hms_opt(0, 0, 0)?, calendar)?.date())
            };
            Some((Period::span(from, to, &super::when::length_timex(&length), Grain::Day), end))
        }
    }
}

/// A quarter or half said after a year: "next year's first quarter".
pub(super) fn within_year(reader: &Reader<'_>, token: usize, year: i32) -> Option<(Period, usize)> {
    let text = &reader.text;
    let (n, after) = ordinal::numbered(text, token)?;
    let after = over_dash(text, after);
    match text.s(after) {
        "week" => Some((Period::week(plus(date(year, 1, 4)?, 7 * (n.clamp(1, 53) - 1))), after + 1)),
        "quarter" => Some((Period::quarter(year, u32::try_from(n).ok()?)?, after + 1)),
        "half" => Some((Period::half(year, u32::try_from(n).ok()?.min(2))?, after + 1)),
        _ => None,
    }
}

/// The token after a hyphen with or without blanks around it: fourth-quarter, third- quarter.
pub(super) fn over_dash(text: &Text, token: usize) -> usize {
    if text.ch(token) == '-' && text.is_word(token + 1) { token + 1 } else { token }
}
