//! Ranges with two ends, and those with a start and a length: from Monday to Friday, 12月5日到8日, 3 days from today.

use chrono::{Datelike, Weekday};

use super::clock_range::{is_from, lasting};
use super::compose::{TO, point};
use super::ends::between_points;
use super::english_day;
use super::when::{Clock, Day, DayKind, Item, Period, When, instant_timex, length_timex, plus, plus_months};
use crate::reader::Reader;
use crate::value::Grain;

/// A range of days or moments at `token`, "from" and "between" included; or the point there.
pub(crate) fn range(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let prefixed = is_from(text, token);
    let between = matches!(text.s(token), "between" | "在");
    let from = if prefixed { token + 1 } else { token };
    let edge = text
        .pick_words(
            from,
            &[
                ("the end of", 2),
                ("end of", 2),
                ("the middle of", 1),
                ("middle of", 1),
                ("the beginning of", 0),
                ("the start of", 0),
            ],
        )
        .filter(|_| prefixed);
    if let Some(item) = days_of_period(reader, token) {
        return Some(item);
    }
    let first = match bare_day(reader, from).filter(|_| prefixed || text.is_digits(from)) {
        _ if edge.is_some() => point(reader, edge.map_or(from, |(_, after)| after)),
        Some(day) => point(reader, from)
            .filter(|p| p.end > day.end && matches!(p.when, When::Day(_) | When::Moment(..) | When::Period(_)))
            .or(Some(day)),
        None => point(reader, from),
    };
    if prefixed
        && let Some(item) = point(reader, token)
            .filter(|i| matches!(i.when, When::ClockRange(Clock { bare: false, .. }, ..) | When::MomentRange { .. }))
        && first.as_ref().is_none_or(|f| f.end <= item.end)
    {
        return Some(item);
    }
    let Some(first) = first else { return lasting_days(reader, token) };
    if let Some(item) = lasting_days(reader, token).filter(|i| i.end > first.end) {
        return Some(item);
    }
    let back = |first: Item| {
        if prefixed && !matches!(first.when, When::ClockRange(..) | When::MomentRange { .. }) {
            None
        } else {
            Some(Item { start: if prefixed && text.ch(token) != '在' { token } else { first.start }, ..first })
        }
    };
    let link = text.pick_words(first.end, TO).map(|((), a)| a).or_else(|| {
        (between && text.s(first.end) == "and"
            || text.is_han(from) && matches!(text.ch(first.end), '和' | '与')
            || text.is_digits(from) && matches!(text.ch(first.end), '和' | '与'))
        .then_some(first.end + 1)
    });
    let (Some(at), false) =
        (link, matches!(first.when, When::ClockRange(..) | When::Length(_) | When::Recurring { .. }))
    else {
        let bare = matches!(&first.when, When::Day(d) if d.kind == DayKind::Monthly && first.rule == "day.bare");
        return if bare { point(reader, token) } else { back(first) };
    };
    let han_and = matches!(text.ch(first.end), '和' | '与');
    let alone = |first: Item| if first.rule == "day.bare" { point(reader, token) } else { back(first) };
    let second_edge = text.pick_words(at, &[("the end of", 2), ("end of", 2), ("the middle of", 1)]);
    let second = match bare_day(reader, at) {
        Some(day) => point(reader, at).filter(|p| p.end > day.end).or(Some(day)),
        None => point(reader, second_edge.map_or(at, |(_, a)| a)),
    };
    let Some(second) = second else { return alone(first) };
    let closed = text.lit(second.end, "之间").or_else(|| text.lit(second.end, "间"));
    if han_and && closed.is_none() {
        return alone(first);
    }
    if first.rule == "day.bare" && second.rule == "day.bare" {
        if let Some(item) = days_of_month_after(reader, token, &first, &second) {
            return Some(item);
        }
        // From 9 to 5 are hours.
        if let Some(item) = hours(reader, token, &first, &second).filter(|_| prefixed || text.is_word(first.end)) {
            return Some(item);
        }
        // A 1-1 meeting.
        if !prefixed && text.ch(first.end) == '-' && text.gap(first.end) == 0 {
            return None;
        }
    }
    let start = same_week(reader, &first, &second).unwrap_or_else(|| first.when.clone());
    let Some(when) = between_points(reader, &start, &second.when, (edge.map(|e| e.0), second_edge.map(|e| e.0))) else {
        return alone(first);
    };
    let bare = text.ch(token) == '在' && closed.is_none();
    Some(Item::new(
        token + usize::from(bare),
        closed.unwrap_or(second.end),
        when,
        if text.is_han(first.start) { "zh.range" } else { "en.range" },
    ))
}

/// "Wednesday to Friday next week": the week that is said last counts for both ends.
fn same_week(reader: &Reader<'_>, first: &Item, second: &Item) -> Option<When> {
    let (When::Day(a), When::Day(b)) = (&first.when, &second.when) else { return None };
    if a.kind != DayKind::Weekly || reader.text.s(second.end.checked_sub(1)?) != "week" {
        return None;
    }
    let to = b.pick(reader.context)?;
    let number = |day: Weekday| i64::from(day.number_from_monday());
    let back = (number(to.weekday()) - number(a.weekday?)).rem_euclid(7);
    Some(When::Day(Day { weekday: a.weekday, ..Day::definite(plus(to, -back)) }))
}

/// 2010年之后2018年之前: what is after the one and before the other.
pub(crate) fn after_and_before(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    if !(text.is_han(token) || text.is_digits(token)) {
        return None;
    }
    let first = point(reader, token).filter(|i| matches!(i.when, When::Day(_) | When::Period(_)))?;
    let ((), at) = text.pick(first.end, &[("之后", ()), ("以后", ()), ("后", ())])?;
    let second = point(reader, at).filter(|i| matches!(i.when, When::Day(_) | When::Period(_)))?;
    let ((), end) = text.pick(second.end, &[("之前", ()), ("以前", ()), ("前", ())])?;
    let When::DayRange { timex, from, grain, .. } = between_points(reader, &first.when, &second.when, (None, None))?
    else {
        return None;
    };
    let to = match &second.when {
        When::Day(day) => day.pick(reader.context)?,
        When::Period(period) => period.pick(reader.context).0,
        _ => return None,
    };
    (to > from).then(|| Item::new(token, end, When::DayRange { timex, from, to, grain }, "zh.range"))
}

/// "from 4 to 22 this month", "4-23 in next month": the month is said after the days.
fn days_of_month_after(reader: &Reader<'_>, token: usize, first: &Item, second: &Item) -> Option<Item> {
    let text = &reader.text;
    let of = second.end + usize::from(matches!(text.s(second.end), "of" | "in"));
    let (offset, end) = super::english_period::which_month(text, of)?;
    let from = plus_months(reader.context.now.date().with_day(1)?, offset);
    let within = Period::month(from.year(), from.month())?;
    let when = between_points(
        reader,
        &day_in(reader, &within, &first.when)?,
        &day_in(reader, &within, &second.when)?,
        (None, None),
    )?;
    Some(Item::new(token, end, when, "en.range"))
}

/// Two numbers that cannot be days of one month, for the first is greater.
fn hours(reader: &Reader<'_>, token: usize, first: &Item, second: &Item) -> Option<Item> {
    let hour = |item: &Item| match &item.when {
        When::Day(day) if reader.text.is_digits(item.start) && item.end == item.start + 1 => Some(day.ymd.2),
        _ => None,
    };
    let (from, to) = (hour(first)?, hour(second)?);
    if !(7..=12).contains(&from) || to >= from {
        return None;
    }
    let when = When::ClockRange(Clock::exact(from, None), Clock::exact(to + 12, None), None);
    Some(Item::new(token, second.end, when, "clock_range"))
}

/// "November between 19 and 20", "next week from Wednesday to Friday": the days are said after their period.
fn days_of_period(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    if !text.is_word(token) {
        return None;
    }
    let Item { when: When::Period(period), end, .. } =
        super::atoms::atom(reader, token).filter(|i| matches!(text.s(i.end), "from" | "between"))?
    else {
        return None;
    };
    if !matches!(period.grain, Grain::Month | Grain::Week) {
        return None;
    }
    let end_of = |at: usize| match period.grain {
        Grain::Month => bare_day(reader, at),
        _ => english_day::day(reader, at).filter(|i| matches!(&i.when, When::Day(d) if d.kind == DayKind::Weekly)),
    };
    let first = end_of(end + 1)?;
    let link = match text.pick_words(first.end, TO) {
        Some(((), at)) => at,
        None => first.end + usize::from(text.s(first.end) == "and" && text.s(end) == "between"),
    };
    let second = end_of(link).filter(|_| link > first.end)?;
    let when = between_points(
        reader,
        &day_in(reader, &period, &first.when)?,
        &day_in(reader, &period, &second.when)?,
        (None, None),
    )?;
    Some(Item::new(token, second.end, when, "en.range"))
}

/// A day of a month or of a week in the month or week that is meant.
fn day_in(reader: &Reader<'_>, period: &Period, day: &When) -> Option<When> {
    let When::Day(day) = day else { return None };
    let from = period.future.0;
    Some(When::Day(match day.weekday {
        Some(weekday) => {
            Day { weekday: Some(weekday), ..Day::definite(plus(from, i64::from(weekday.num_days_from_monday()))) }
        }
        None if period.timex.starts_with("XXXX") => Day::yearly(from.month(), day.ymd.2, reader.context.now.date()),
        None => Day::full(from.year(), from.month(), day.ymd.2),
    }))
}

/// A number that is only a day inside a range: 9 to 12 of June, April 9th through 17th.
fn bare_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let (number, end) = match crate::number::ordinal::numbered(text, at) {
        Some((n, end)) => (u32::try_from(n).ok()?, end),
        None => (text.int(at).filter(|_| text.len(at) <= 2)?, at + 1),
    };
    let decimal = text.ch(end) == '.' && text.is_digits(end + 1) && text.gap(end + 1) == 0;
    let other = decimal
        || matches!(text.ch(end), ':' | '/' | '点' | '日' | '号' | '月' | '年')
        || matches!(text.s(end), "am" | "pm" | "a" | "p" | "hours" | "days")
        || text.ch(end) == '-' && text.is_digits(end + 1) && text.ch(end + 2) == '-';
    if !(1..=31).contains(&number)
        || other
        || super::english_day::month(text.s(end)).is_some()
        || text.s(end) == "of" && super::english_day::month(text.s(end + 1)).is_some()
    {
        return None;
    }
    Some(Item::new(token, end, When::Day(Day::monthly(number, reader.context.now.date())), "day.bare"))
}

/// 3 days starting from next Monday; a week starting tomorrow; for 3 days from today.
fn lasting_days(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let at = if text.s(token) == "for" { token + 1 } else { token };
    if text.s(at) == "the" && text.s(at + 1) == "week" {
        let ((), day_at) = text.pick_words(
            at + 2,
            &[
                ("starting on", ()),
                ("starting", ()),
                ("commencing on", ()),
                ("commencing", ()),
                ("beginning on", ()),
                ("beginning", ()),
                ("of", ()),
            ],
        )?;
        let Item { when: When::Day(day), end, .. } = english_day::day(reader, day_at)
            .filter(|i| text.s(day_at - 1) != "of" || matches!(&i.when, When::Day(d) if d.kind == DayKind::Yearly))?
        else {
            return None;
        };
        let from = day.pick(reader.context)?;
        return Some(Item::new(
            at,
            end,
            When::Period(Period { timex: day.timex, ..Period::fixed(String::new(), from, plus(from, 7), Grain::Week) }),
            "en.week_starting",
        ));
    }
    let (length, after) = super::english_length::length(text, at)?;
    let after = if text.ch(after) == ',' { after + 1 } else { after };
    let ((), day_at) = text.pick_words(
        after,
        &[("starting from", ()), ("starting on", ()), ("starting", ()), ("beginning", ()), ("from", ())],
    )?;
    if text.s(after) == "from" && at == token {
        return None;
    }
    let item = point(reader, day_at)?;
    let calendar = reader.context.calendar;
    let when = match &item.when {
        When::Day(day) if !length.parts.iter().any(|p| p.unit.is_clock()) => {
            let from = day.pick(reader.context).filter(|d| *d >= reader.context.now.date()).or(day.future)?;
            let to = length.after(from.and_hms_opt(0, 0, 0)?, calendar)?.date();
            When::Period(Period::span(from, to, &length_timex(&length), Grain::Day))
        }
        When::Clock(clock) => lasting(Clock { bare: false, ..*clock }, &length)?,
        When::Moment(day, clock) => {
            let from = day.pick(reader.context)?.and_time(clock.time());
            let to = length.after(from, calendar)?;
            When::MomentRange {
                timex: vec![format!("({},{},{})", instant_timex(from), instant_timex(to), length_timex(&length))],
                from,
                to,
            }
        }
        _ => return None,
    };
    Some(Item::new(if text.s(after) == "from" { token } else { at }, item.end, when, "en.lasting"))
}
