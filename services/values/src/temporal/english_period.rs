//! English periods and lengths of time: next week, Q3 2019, mid-June, the last 3 months, two hours, half an hour.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::english_day::{month, which, which_exact, year};
use super::han_period::{hours_from_now, span_from_now};
use super::when::{Item, Period, When, date, monday, plus, plus_months};
use crate::duration::{Duration, DurationPart, DurationUnit};
use crate::number::{english, literal, ordinal};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

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
fn unit_at(text: &Text, token: usize) -> Option<(DurationUnit, usize)> {
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
        "w" if text.tokens.get(token).is_some_and(|t| text.raw[t.start] == 'W') => DurationUnit::Week,
        _ => return None,
    };
    glued.then_some((unit, token + 1))
}

/// One amount and unit: two hours, 3.5years, half an hour, a few minutes.
fn length_part(text: &Text, token: usize) -> Option<(DurationPart, usize)> {
    let (amount, at) = match text.s(token) {
        "half" if matches!(text.s(token + 1), "a" | "an") || text.ch(token + 1) == '-' => (Decimal::new(5, 1), token + 2),
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
            let plainly = english::whole(text, token).or_else(|| literal::plain(text, token)).filter(|n| unit_at(text, n.end).is_some());
            let number = plainly.or_else(|| english::number(text, token)).or_else(|| literal::number(text, token))?;
            let glued_money = token > 0 && matches!(text.ch(token - 1), '$' | '€' | '£' | '-') && !text.spaced(token);
            if glued_money || number.value.is_sign_negative() || token > 1 && !text.spaced(token) && matches!(text.ch(token - 1), '.' | '/' | ':') {
                return None;
            }
            (number.value, number.end)
        }
    };
    let (unit, mut end) = unit_at(text, at)?;
    if unit == DurationUnit::Second && text.s(end - 1) == "second" && amount == Decimal::ONE && text.s(token) == "a" || unit == DurationUnit::Day && text.s(end - 1).starts_with("night") && text.s(token) == "all" {
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
            Some((part, after)) if parts.last().is_some_and(|l| part.unit > l.unit) && !(text.s(at - 1) == "and" && at > end && text.s(after) == "ago") => {
                parts.push(part);
                end = after;
            }
            _ => break,
        }
    }
    Some((Duration { parts }, end))
}

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
    let (offset, at) = which(text, at).or_else(|| (text.s(at) == "the" && text.s(at + 1) == "year").then_some((0, at + 1)))?;
    if text.s(at) != "year" {
        return None;
    }
    let end = if text.ch(at + 1) == '\'' && text.s(at + 2) == "s" { at + 3 } else { at + 1 };
    Some((reader.context.now.year() + offset, end))
}

/// A year said, in digits or relative.
fn any_year(reader: &Reader<'_>, token: usize) -> Option<(i32, usize)> {
    let text = &reader.text;
    let at = if matches!(text.s(token), "of" | "in" | "," | "-" | "/") { token + 1 } else { token };
    let at = if text.s(at) == "the" && text.s(at + 1) == "year" && text.is_digits(at + 2) { at + 2 } else { at };
    year(text, at).or_else(|| relative_year(reader, at))
}

/// A period at `token`.
pub(crate) fn period(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let verb = token > 0 && text.s(token) == "last" && matches!(text.s(token - 1), "will" | "to" | "t" | "can" | "may" | "should" | "could" | "would" | "not" | "must");
    if verb {
        return None;
    }
    let found = counted(reader, token)
        .or_else(|| edged(reader, token).map(|(p, e)| (When::Period(p), e)))
        .or_else(|| part_of(reader, token).map(|(p, e)| (When::Period(p), e)))
        .or_else(|| named(reader, token).map(|(p, e)| (When::Period(p), e)));
    // "the 1970s" and "the summer" are named with their article.
    let article = token > 0 && text.s(token - 1) == "the" && matches!(&found, Some((When::Period(p), _)) if matches!(p.grain, Grain::Decade | Grain::Season));
    found.map(|(when, end)| Item::new(if article { token - 1 } else { token }, end, when, "en.period"))
}

/// next 3 days, the last 3 months, within 9 months, 5 coming minutes, next hour.
fn counted(reader: &Reader<'_>, token: usize) -> Option<(When, usize)> {
    let text = &reader.text;
    let mut at = token;
    let within = matches!(text.s(at), "within");
    if within {
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
            if let Some((more, after)) = (text.s(end) == "and").then(|| self::length(text, end + 1)).flatten() {
                length.parts.extend(more.parts);
                end = after;
            }
            (length, end)
        }
        None => self::length(text, length_at).filter(|_| !matches!(text.s(length_at), "a" | "an" | "half"))?,
    };
    if length.parts.iter().any(|p| p.unit == DurationUnit::Quarter) {
        return quarters(reader, &length, offset).map(|p| (When::Period(p), end));
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
        let (from, to) = if offset < 0 { (this - count.checked_mul(10)?, this) } else { (this + 10, this + 10 + count.checked_mul(10)?) };
        return Some(When::Period(Period::span(date(from, 1, 1)?, date(to, 1, 1)?, &format!("P{}Y", to - from), Grain::Decade)));
    }
    Some(When::Period(span_from_now(reader, length, offset < 0, !within && offset > 0)?))
}

fn quarters(reader: &Reader<'_>, length: &Duration, offset: i32) -> Option<Period> {
    let today = reader.context.now.date();
    let count = i32::try_from(length.parts.first()?.amount.trunc()).ok()?;
    let this = date(today.year(), today.month0() / 3 * 3 + 1, 1)?;
    let (from, to) = if offset < 0 { (plus_months(this, -3 * count), this) } else { (plus_months(this, 3), plus_months(this, 3 + 3 * count)) };
    Some(Period::span(from, to, &format!("P{}M", 3 * count), Grain::Quarter))
}

const EDGES: &[(&str, (i64, i64))] = &[
    ("beginning of", (0, 1)), ("start of", (0, 1)), ("early in", (0, 1)), ("earlier in", (0, 1)), ("earlier", (0, 1)), ("early", (0, 1)), ("middle of", (1, 1)), ("mid -", (1, 1)), ("mid", (1, 1)),
    ("end of", (2, 1)), ("later in", (2, 1)), ("later", (2, 1)), ("late in", (2, 1)), ("late", (2, 1)),
];

/// mid-November, end of 2000, later this month, the rest of the week, EOY.
fn edged(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
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
    let rest = text.pick_words(token, &[("rest of", ()), ("remaining of", ()), ("remainder of", ())]);
    if let Some(((), at)) = rest {
        let skip = if matches!(text.s(at), "the" | "this" | "my") { at + 1 } else { at };
        let (end, grain) = match text.s(skip) {
            "week" => (plus(monday(today), 6), Grain::Week),
            "month" => (plus(plus_months(today.with_day(1)?, 1), -1), Grain::Month),
            "year" => (date(today.year(), 12, 31)?, Grain::Year),
            _ => return None,
        };
        let days = (end - today).num_days();
        let from = Period::span(today, end, &format!("P{days}D"), grain);
        return Some((from, skip + 1));
    }
    let ((third, _), at) = text.pick_words(token, EDGES)?;
    let bare_year = text.s(at) == "year" && text.s(at - 1) == "of";
    let (period, end) = if bare_year { (Period::year(today.year())?, at + 1) } else { named(reader, at)? };
    if matches!(text.s(token), "earlier" | "later" | "early" | "late" | "mid") && text.is_digits(at) && text.s(token).starts_with("later") {
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
fn part_of(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if text.s(token) == "week"
        && let Some(n) = text.int(token + 1).filter(|n| (1..=53).contains(n))
    {
        let (y, end) = any_year(reader, token + 2).filter(|_| text.s(token + 2) == "of").unwrap_or((today.year(), token + 2));
        return Some((Period { timex: format!("{y:04}-W{n:02}"), ..Period::week(plus(date(y, 1, 4)?, 7 * (i64::from(n) - 1))) }, end));
    }
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let last = text.s(at) == "last";
    let (n, after) = if last { (-1, at + 1) } else { ordinal::numbered(text, at)? };
    match text.s(after) {
        "week" if text.s(after + 1) == "of" || text.s(after + 1) == "in" => {
            if let Some((y, end)) = any_year(reader, after + 1) {
                let day = if last { date(y, 12, 28)? } else { plus(date(y, 1, 4)?, 7 * (n - 1)) };
                return Some((Period::week(day), end));
            }
            let (inner, end) = month_named(reader, after + 2).or_else(|| named(reader, after + 2).filter(|(p, _)| p.grain == Grain::Month))?;
            let nth = if last { 5 } else { n };
            let of = |(from, _): (NaiveDate, NaiveDate)| {
                let start = monday(plus(from, 3 + 7 * (nth - 1)));
                (start, plus(start, 7))
            };
            Some((Period { timex: format!("{}-W{nth:02}", inner.timex), future: of(inner.future), past: of(inner.past), grain: Grain::Week, head: inner.head }, end))
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
            let (length, stop) = length(text, after)?;
            let (y, end) = any_year(reader, stop).filter(|_| text.s(stop) == "of" && n == 1)?;
            let from = date(y, 1, 1)?;
            let to = length.after(from.and_hms_opt(0, 0, 0)?, reader.context.calendar)?.date();
            Some((Period::span(from, to, &super::when::length_timex(&length), Grain::Day), end))
        }
    }
}

/// "june of 1992", "October two thousand and five", "november".
fn month_named(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let number = month(text.s(token))?;
    let mut end = token + 1;
    if text.ch(end) == '.' && text.gap(end) == 0 && text.len(token) <= 4 && year(text, end + 1).is_some() {
        end += 1;
    }
    let link = if matches!(text.s(end), "of" | "in" | "," | "-" | "/" | "the") { end + 1 } else { end };
    if let Some((y, after)) = year(text, link).filter(|_| !matches!(text.s(end), "-") || text.gap(end) == 0).or_else(|| relative_year(reader, end)) {
        return Some((Period::month(y, number)?, after));
    }
    if let Some(short) = text.int(end).filter(|n| (50..100).contains(n) && text.len(end) == 2 && text.gap(end) == 1) {
        return Some((Period::month(i32::try_from(1900 + short).ok()?, number)?, end + 1));
    }
    let before = token.checked_sub(1).map_or("", |b| text.s(b));
    let shy = matches!(text.s(token), "may" | "march" | "mar" | "sat" | "dec" | "sep" | "jan");
    let in_time = matches!(before, "in" | "of" | "by" | "since" | "until" | "till" | "to" | "from" | "between" | "and" | "through" | "before" | "after" | "during" | "last" | "next" | "this" | "for" | "-" | "mid" | "late" | "early" | "for the");
    let modal = text.s(token) == "may" && (!in_time || text.is_word(end) && matches!(text.s(end), "be" | "not" | "have" | "well" | "or" | "i" | "get" | "take" | "at" | "also") || text.s(token) == "may" && matches!(text.ch(end), ',') && before != "in") || text.s(token) == "march" && !in_time;
    (!(shy && modal)).then_some(())?;
    Some((Period::month_of_any_year(number, reader.context.now.date())?, end))
}

/// 2016-11, 2016/11, 3/2015, "2015 June".
fn year_month(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    if !text.is_digits(token) || token > 0 && !text.spaced(token) && matches!(text.ch(token - 1), '-' | '/' | '.' | '$') {
        return None;
    }
    let separated = matches!(text.ch(token + 1), '-' | '/') && text.gap(token + 1) == text.gap(token + 2) && text.gap(token + 2) <= 1;
    let closed = |end: usize| !(matches!(text.ch(end), '-' | '/' | '.' | ':') && text.is_digits(end + 1)) && !(text.is_word(end) && text.gap(end) == 0);
    if separated && closed(token + 3) {
        let (a, b) = (text.int(token)?, text.int(token + 2)?);
        let (y, m) = match (text.len(token), text.len(token + 2)) {
            (4, 1 | 2) => (a, b),
            (1 | 2, 4) if text.ch(token + 1) == '/' => (b, a),
            _ => return None,
        };
        let known = (1900..2200).contains(&y) && (1..=12).contains(&m);
        return if known { Some((Period::month(i32::try_from(y).ok()?, m)?, token + 3)) } else { None };
    }
    let (y, after) = year(text, token)?;
    let at = if text.ch(after) == ',' { after + 1 } else { after };
    let m = month(text.s(at)).filter(|_| text.s(at) != "may" || !text.is_word(at + 1))?;
    (!text.is_digits(at + 1) && text.s(at + 1) != "the").then_some(())?;
    Some((Period::month(y, m)?, at + 1))
}

/// Periods with a name of their own.
pub(crate) fn named(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    year_month(reader, token).or_else(|| month_named(reader, token)).or_else(|| relative(reader, token)).or_else(|| quarter_code(reader, token)).or_else(|| decade(reader, token)).or_else(|| season(reader, token)).or_else(|| bare_year(reader, token))
}

/// this week, next month, the year, last weekend, the week after next, year to date.
fn relative(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some((unit, end)) = text.pick_words(token, &[("the week after next", 'w'), ("week after next", 'w'), ("the month after next", 'm'), ("month after next", 'm'), ("the year after next", 'y'), ("weekend", 'e'), ("the weekend", 'e')]) {
        return Some((
            match unit {
                'w' => Period::week(plus(today, 14)),
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
    let (offset, at) = match which(text, token) {
        Some(found) => found,
        None if matches!(text.s(token), "the" | "my" | "same" | "that") => (0, token + 1),
        None => return None,
    };
    let at = if matches!(text.s(at), "calendar" | "working" | "work" | "business" | "whole" | "entire") && text.s(at + 1) != "day" && text.s(at + 1) != "days" { at + 1 } else { at };
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
    let followed_by_date = article && (text.is_digits(at + 1) || text.s(at) == "year" && text.s(at + 1) == "of" && text.is_digits(at + 2));
    (!followed_by_date).then_some((period, at + 1))
}

/// A quarter or half said after a year: "next year's first quarter".
fn within_year(reader: &Reader<'_>, token: usize, year: i32) -> Option<(Period, usize)> {
    let text = &reader.text;
    let (n, after) = ordinal::numbered(text, token)?;
    match text.s(after) {
        "quarter" => Some((Period::quarter(year, u32::try_from(n).ok()?)?, after + 1)),
        "half" => Some((Period::half(year, u32::try_from(n).ok()?.min(2))?, after + 1)),
        _ => None,
    }
}

/// Q1, q3 2019, 2017-q1, H2.
fn quarter_code(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let code = |t: usize| {
        let n = text.int(t + 1).filter(|_| text.gap(t + 1) == 0 && text.len(t + 1) == 1 && !(text.is_word(t + 2) && text.gap(t + 2) == 0))?;
        match text.s(t) {
            "q" if (1..=4).contains(&n) => Some((false, n, t + 2)),
            "h" if (1..=2).contains(&n) => Some((true, n, t + 2)),
            _ => None,
        }
    };
    let make = |half: bool, y: i32, n: u32| if half { Period::half(y, n) } else { Period::quarter(y, n) };
    if let Some((y, after)) = year(text, token) {
        let at = if matches!(text.s(after), "-" | "/" | ",") { after + 1 } else { after };
        let (half, n, end) = code(at)?;
        return Some((make(half, y, n)?, end));
    }
    let (half, n, after) = code(token)?;
    if let Some((y, end)) = any_year(reader, after) {
        return Some((make(half, y, n)?, end));
    }
    let period = make(half, reader.context.now.year(), n)?;
    let months = if half { 6 } else { 3 };
    let (from, to) = period.future;
    let timex = format!("(XXXX-{:02}-01,XXXX-{:02}-01,P{months}M)", from.month(), to.month());
    Some((Period { timex, ..period }, after))
}

/// 1990s, the 90s, 15th century, twenty-first century.
fn decade(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let apostrophe = usize::from(text.ch(token + 1) == '\'');
    let digits = (text.is_digits(token) && text.s(token + 1 + apostrophe) == "s" && text.gap(token + 1) == 0).then(|| text.int(token)).flatten().filter(|_| matches!(text.len(token), 2 | 4));
    let named = match text.s(token) {
        "twenties" => Some(20),
        "thirties" => Some(30),
        "forties" => Some(40),
        "fifties" => Some(50),
        "sixties" => Some(60),
        "seventies" => Some(70),
        "eighties" => Some(80),
        "nineties" => Some(90),
        _ => None,
    };
    if let Some(n) = digits.or(named).filter(|n| n % 10 == 0) {
        let end = if named.is_some() { token + 1 } else { token + 2 + apostrophe };
        let y = i32::try_from(n).ok()?;
        let full = if y < 30 { 2000 + y } else if y < 100 { 1900 + y } else { y };
        let span = Period::span(date(full, 1, 1)?, date(full + 10, 1, 1)?, "P10Y", Grain::Decade);
        let short = format!("(XX{y:02}-01-01,XX{:02}-01-01,P10Y)", (y + 10) % 100);
        return Some((if y < 100 { Period { timex: short, ..span } } else { span }, end));
    }
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let (n, after) = ordinal::numbered(text, at)?;
    if text.s(after) != "century" {
        return None;
    }
    let y = i32::try_from(n).ok().filter(|n| (1..40).contains(n))? * 100 - 100;
    Some((Period::span(date(y, 1, 1)?, date(y + 100, 1, 1)?, "P100Y", Grain::Century), after + 1))
}

fn season(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (offset, at) = which(text, token).map_or((None, token), |(o, a)| (Some(o), a));
    let (code, first) = match text.s(at) {
        "spring" => ("SP", 3),
        "summer" => ("SU", 6),
        "fall" | "autumn" => ("FA", 9),
        "winter" => ("WI", 12),
        _ => return None,
    };
    let said = any_year(reader, at + 1);
    if code == "FA" && text.s(at) == "fall" && offset.is_none() && said.is_none() && !matches!(text.s(at.wrapping_sub(1)), "in" | "the" | "this") {
        return None;
    }
    let known = said.map(|(y, _)| y).or(offset.map(|o| today.year() + o));
    let from = date(known.unwrap_or(today.year()), first, 1)?;
    let timex = known.map_or_else(|| code.to_owned(), |y| format!("{y:04}-{code}"));
    Some((Period::fixed(timex, from, plus_months(from, 3), Grain::Season), said.map_or(at + 1, |(_, e)| e)))
}

/// 2018, fiscal year 2008, sy18, the year 2011.
fn bare_year(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let fiscal = text.pick_words(token, &[("fiscal year", "FY"), ("financial year", "FY"), ("fiscal", "FY"), ("school year", "SY"), ("fy", "FY"), ("sy", "SY")]);
    if let Some((code, at)) = fiscal {
        let n = i32::try_from(text.int(at)?).ok()?;
        let y = match text.len(at) {
            4 => n,
            2 => 2000 + n,
            _ => return None,
        };
        return Some((Period { timex: format!("{code}{y}"), ..Period::year(y)? }, at + 1));
    }
    let at = if text.words(token, "the year").is_some() && text.is_digits(token + 2) { token + 2 } else if text.s(token) == "year" && text.is_digits(token + 1) { token + 1 } else { token };
    let (y, end) = year(text, at)?;
    if !(1500..=2150).contains(&y) && at == token {
        return None;
    }
    let before = token.checked_sub(1);
    let second_year = before.is_some_and(|b| text.ch(b) == '-' && b > 0 && text.len(b - 1) == 4 && text.is_digits(b - 1) && !(b > 1 && text.ch(b - 2) == '-'));
    let glued_before = !second_year && before.is_some_and(|b| !text.spaced(token) && (text.is_word(b) || text.is_digits(b) || text.is_han(b) && !matches!(text.ch(b), '从' | '到' | '至' | '在' | '自' | '于') || matches!(text.ch(b), '$' | '€' | '£' | '#' | '/' | '+') || matches!(text.ch(b), '-' | '.') && b > 0 && text.gap(b) == 0 && (text.is_digits(b - 1) || text.is_word(b - 1))));
    let number_before = before.is_some_and(|b| text.is_digits(b) && text.gap(token) > 0 && text.len(b) <= 3 && b > 0 && text.is_digits(b - 1)) || before.is_some_and(|b| matches!(text.ch(b), '$' | '€' | '£' | '+'));
    let glued_after = text.gap(end) == 0 && (text.is_word(end) || text.is_han(end) && !matches!(text.ch(end), '到' | '至')) || text.ch(end) == '-' && text.gap(end) == 0 && (text.is_digits(end + 1) && text.len(end + 1) != 4 || text.is_word(end + 1) || text.ch(end + 2) == '-');
    let counted = unit_at(text, end).is_some() || text.is_digits(end) && text.len(end) <= 2 && text.gap(end) > 0 && text.len(end + 1) > 0 && text.is_digits(end + 1) || matches!(text.s(end), "rmb" | "usd" | "dollars" | "yuan" | "people" | "kg" | "km" | "%");
    (!glued_before && !number_before && !glued_after && !counted).then_some(())?;
    Some((Period::year(y)?, end))
}
