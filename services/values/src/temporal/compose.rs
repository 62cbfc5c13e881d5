//! Joining meanings that stand together: a day and a time, a weekday and its week, two clock times.

use chrono::Datelike;

use super::atoms::{atom, end_of_day, weekday_with_number};
use super::clock_range::{clock_range, hours_from, lasting, moment_range};
use super::when::{Clock, Day, DayKind, Item, Period, When, plus};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

/// Words that may stand between two meanings that belong together.
#[rustfmt::skip]
const LINKS: &[(&str, ())] = &[
    (", at", ()), ("at around", ()), ("at about", ()), ("in the", ()), ("on the", ()), ("of the", ()), ("at", ()), ("@", ()), ("on", ()), ("of", ()), ("for", ()), ("in", ()), ("around", ()), ("about", ()), ("的", ()), ("大 约", ()), ("大 概", ()), ("约", ()), (",", ()), ("，", ()), ("-", ()), ("from", ()), ("between", ()), ("从", ()),
];

/// Words between the two ends of a range.
#[rustfmt::skip]
pub(crate) const TO: &[(&str, ())] = &[("to", ()), ("till", ()), ("until", ()), ("til", ()), ("through", ()), ("thru", ()), ("~", ()), ("--", ()), ("-", ()), ("到", ()), ("至", ()), ("直到", ())];

/// The longest meaning at `token` with all that joins it.
pub(crate) fn point(reader: &Reader<'_>, token: usize) -> Option<Item> {
    if !super::starts::may_begin(&reader.text, token) {
        return None;
    }
    let first = end_of_day(reader, token).or_else(|| clock_range(reader, token));
    let mut item = match (first, atom(reader, token)) {
        (Some(range), Some(atom)) if atom.end > range.end => atom,
        (Some(range), _) => range,
        (None, atom) => atom?,
    };
    if let Some(longer) = weekday_with_number(reader, &item) {
        item = longer;
    }
    for _ in 0..4 {
        let zone = zoned(reader, &item);
        let Some(joined) = zone.as_ref().and_then(|z| extend(reader, z)).or_else(|| extend(reader, &item)) else {
            // At the end, a zone belongs to a time alone.
            return Some(match zone {
                Some(zone) if matches!(zone.when, When::Clock(_) | When::ClockRange(..)) => zone,
                _ => item,
            });
        };
        item = joined;
    }
    Some(item)
}

/// A time with the name of its zone.
fn zoned(reader: &Reader<'_>, item: &Item) -> Option<Item> {
    let timed = matches!(
        &item.when,
        When::Clock(Clock { bare: false, .. })
            | When::ClockRange(..)
            | When::Moment(..)
            | When::MomentRange { .. }
            | When::DayPart(..)
    );
    let end = timed.then(|| super::timezone::after(&reader.text, item.end)).flatten()?;
    Some(Item { end, ..item.clone() })
}

fn extend(reader: &Reader<'_>, item: &Item) -> Option<Item> {
    let text = &reader.text;
    if matches!(
        item.when,
        When::Recurring { .. } | When::MomentRange { .. } | When::Instant(..) | When::DayRange { .. }
    ) {
        return None;
    }
    let link = text.pick_words(item.end, LINKS).map_or(item.end, |((), a)| a);
    let paren = matches!(text.ch(item.end), '(') && matches!(item.when, When::Day(_));
    // this friday (jun-15)
    if paren
        && let When::Day(Day { weekday: Some(weekday), .. }) = &item.when
        && let Some(Item { when: When::Day(day), end, .. }) = atom(reader, item.end + 1)
        && text.ch(end) == ')'
        && day.weekday.is_none()
    {
        let day = Day { weekday: Some(*weekday), ..day };
        return Some(Item::new(item.start, end + 1, When::Day(day), "en.composed"));
    }
    for at in [item.end, link] {
        if paren || !super::starts::may_begin(text, at) {
            continue;
        }
        let linked = at > item.end;
        let range = clock_range(reader, at)
            .or_else(|| hours_from(reader, at))
            .and_then(|next| join(reader, item, &next, linked));
        if range.is_some() {
            return range;
        }
        if let Some(next) = atom(reader, at)
            && let Some(joined) = join(reader, item, &next, linked)
        {
            return Some(joined);
        }
        if link == item.end {
            break;
        }
    }
    None
}

/// What two meanings side by side come to.
fn join(reader: &Reader<'_>, a: &Item, b: &Item, linked: bool) -> Option<Item> {
    let text = &reader.text;
    let mut end = b.end;
    let link = if linked { text.s(a.end) } else { "" };
    let comma = matches!(link, "," | "，");
    let hyphen = link == "-";
    let timed = matches!(b.when, When::Clock(c) if !c.bare);
    let clock_link = !matches!(link, "in" | "of" | "-") && !comma
        || comma && (timed || text.is_word(a.start))
        || hyphen && timed && text.gap(b.start) > 0;
    let when = match (&a.when, &b.when) {
        (When::Day(day), When::Day(other))
            if day.kind == DayKind::Weekly
                && other.kind != DayKind::Weekly
                && !linked | comma | hyphen | (link == "on") =>
        {
            When::Day(Day { weekday: day.weekday, ..other.clone() })
        }
        (When::Day(day), When::Day(other))
            if day.weekday.is_some()
                && day.kind == DayKind::Definite
                && other.kind == DayKind::Yearly
                && !linked | comma | hyphen =>
        {
            When::Day(other.clone())
        }
        (When::Day(day), When::Day(other))
            if other.kind == DayKind::Weekly && day.kind != DayKind::Weekly && (!linked || comma) =>
        {
            When::Day(Day { weekday: other.weekday, ..day.clone() })
        }
        (When::Day(_), When::Day(other)) if comma && other.kind == DayKind::Definite && english_relative(text, a) => {
            When::Day(other.clone())
        }
        (When::Period(week), When::Day(other))
            if week.grain == Grain::Week
                && other.kind == DayKind::Weekly
                && matches!(link, "" | "on" | "-" | "的" | ",") =>
        {
            let number = i64::from(other.weekday?.num_days_from_monday());
            When::Day(Day { weekday: other.weekday, ..Day::definite(plus(week.future.0, number)) })
        }
        (When::Day(day), When::Period(week))
            if day.kind == DayKind::Weekly && matches!(link, "of" | "") && week.grain == Grain::Week =>
        {
            let number = i64::from(day.weekday?.num_days_from_monday());
            When::Day(Day { weekday: day.weekday, ..Day::definite(plus(week.future.0, number)) })
        }
        (When::Day(day), When::Period(month))
            if day.kind == DayKind::Monthly && month.grain == Grain::Month && matches!(link, "of" | "in" | "") =>
        {
            let from = month.future.0;
            When::Day(if month.timex.starts_with('X') {
                Day::yearly(from.month(), day.ymd.2, reader.context.now.date())
            } else {
                Day::full(from.year(), from.month(), day.ymd.2)
            })
        }
        (When::Period(weekend), When::Day(day)) | (When::Day(day), When::Period(weekend))
            if weekend.grain == Grain::Weekend && matches!(link, "of" | "") && day.kind == DayKind::Holiday =>
        {
            // A holiday on a Monday or Tuesday makes the weekend before it longer.
            let on = day.future?;
            let early = on.weekday().num_days_from_monday() < 2;
            When::Period(Period::weekend(if early { plus(on, -3) } else { on }))
        }
        (When::Day(day), When::Clock(clock))
            if clock_link
                && !(clock.bare
                    && !linked
                    && matches!(a.rule, "date.digits" | "date.slash")
                    && text.is_digits(b.start)
                    && b.end == b.start + 1) =>
        {
            // tmr 3
            let closed = a.rule == "en.relative_day" && link.is_empty() && clock.hour <= 12 && closes(text, end);
            if clock.bare
                && clock.minute.is_none()
                && !closed
                && !matches!(link, "at" | "@" | "around" | "about" | "for")
            {
                return None;
            }
            When::Moment(day.clone(), *clock)
        }
        (When::Clock(clock), When::Day(day))
            if !clock.bare
                && matches!(link, "" | "on" | "," | "of" | "for" | "的")
                && !day.timex.starts_with("XXXX-XX") =>
        {
            if let Some(((), after)) = text.pick_words(end, &[("at night", ())]) {
                end = after;
            }
            When::Moment(day.clone(), *clock)
        }
        (When::Day(day), When::Part(part)) if !linked || !comma && !matches!(link, "from" | "between" | "of") => {
            When::DayPart(day.clone(), *part)
        }
        (When::DayPart(day, _), When::Part(part)) if text.is_han(a.start) => When::DayPart(day.clone(), *part),
        (When::Part(part), When::Day(day))
            if matches!(link, "of" | "on" | "") && text.is_word(a.start)
                || matches!(link, ",")
                    && text.is_word(a.start)
                    && day.weekday.is_some()
                    && day.kind == DayKind::Definite =>
        {
            When::DayPart(day.clone(), *part)
        }
        (When::Day(day), When::DayPart(_, part)) if !linked && text.is_word(b.start) => {
            When::DayPart(day.clone(), *part)
        }
        (When::DayPart(day, part), When::Clock(clock)) if !comma || !clock.bare => {
            let clock = clock.in_part(*part);
            // 今晚两点 is after midnight.
            let small_hours = clock.hour < 5 && part.from >= 16 && text.is_han(a.start);
            let next = day.pick(reader.context).filter(|_| small_hours && day.kind == DayKind::Definite);
            When::Moment(next.map_or_else(|| day.clone(), |d| Day::definite(plus(d, 1))), clock)
        }
        (When::Clock(clock), When::DayPart(day, part)) if matches!(link, "" | "on" | "in") => {
            When::Moment(day.clone(), clock.in_part(*part))
        }
        (When::Part(part), When::Clock(clock)) if matches!(link, "" | "at" | "around" | "的") => {
            When::Clock(clock.in_part(*part))
        }
        (When::Clock(clock), When::Part(part))
            if matches!(link, "" | "in")
                && text.is_word(b.start)
                && (matches!(text.s(b.start), "in" | "at") || !clock.bare) =>
        {
            When::Clock(clock.in_part(*part))
        }
        (When::Moment(day, clock), When::Part(part))
            if matches!(link, "" | "in") && !clock.exact && text.is_word(b.start) =>
        {
            When::Moment(day.clone(), clock.in_part(*part))
        }
        (When::Moment(day, clock), When::Day(other))
            if day.kind == DayKind::Weekly && other.kind != DayKind::Weekly && matches!(link, "" | "on" | ",") =>
        {
            When::Moment(other.clone(), *clock)
        }
        (When::Day(day), When::ClockRange(x, y, fixed)) | (When::ClockRange(x, y, fixed), When::Day(day))
            if !matches!(link, "-") =>
        {
            if matches!(b.when, When::Day(_)) && super::english_clock::part_word(text.s(end)).is_some() {
                end += 1;
            }
            moment_range(reader, day, *x, *y, None, fixed.as_ref())?
        }
        (When::DayPart(day, part), When::ClockRange(x, y, fixed))
        | (When::ClockRange(x, y, fixed), When::DayPart(day, part)) => {
            moment_range(reader, day, *x, *y, Some(*part), fixed.as_ref())?
        }
        (When::Part(part), When::ClockRange(x, y, None)) if !linked => {
            When::ClockRange(x.in_part(*part), y.in_part(*part), None)
        }
        (When::Clock(clock), When::Length(length))
            if link == "for"
                && text.s(a.start.wrapping_sub(1)) == "from"
                && length.parts.iter().all(|p| p.unit.is_clock()) =>
        {
            lasting(*clock, length)?
        }
        (When::Length(length), When::Clock(clock))
            if link == "from" && length.parts.iter().all(|p| p.unit.is_clock()) =>
        {
            lasting(*clock, length)?
        }
        (When::Moment(day, clock), When::Length(length))
            if link == "for" && length.parts.iter().all(|p| p.unit.is_clock()) =>
        {
            let When::ClockRange(x, y, fixed) = lasting(*clock, length)? else { return None };
            moment_range(reader, day, x, y, None, fixed.as_ref())?
        }
        _ => return None,
    };
    let of_week = !linked && matches!((&a.when, &b.when), (When::Day(_), When::Period(_)));
    Some(Item::new(
        a.start,
        end,
        when,
        if a.rule == "en.weekday_of_week" {
            a.rule
        } else if text.is_han(a.start) {
            "zh.composed"
        } else if of_week {
            "en.weekday_of_week"
        } else {
            "en.composed"
        },
    ))
}

fn english_relative(text: &Text, item: &Item) -> bool {
    text.is_word(item.start)
}

/// Whether a sentence or part of one ends before `token`.
pub(crate) fn closes(text: &Text, token: usize) -> bool {
    let decimal = text.ch(token) == '.' && text.is_digits(token + 1) && text.gap(token + 1) == 0;
    (token >= text.tokens.len()
        || matches!(text.ch(token), '.' | ',' | '!' | '?' | ';' | '。' | '，' | '？' | '！')
        || matches!(text.s(token), "please" | "pls" | "plz" | "instead" | "and" | "or" | "then" | "if"))
        && !decimal
}
