//! Joining meanings that stand together: a day and a time, a weekday and its week, two clock times.

use chrono::Datelike;

use super::atoms::{atom, clock_in, end_of_day, weekday_with_number};
use super::han_clock;
use super::han_day;
use super::when::{Clock, Day, DayKind, Item, Part, Period, When, iso, minutes_timex, plus};
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

/// A time and how long from it.
pub(crate) fn lasting(clock: Clock, length: &crate::duration::Duration) -> Option<When> {
    let minutes = clock.minutes() + length.seconds() / 60;
    let hour = u32::try_from(minutes / 60).ok().filter(|h| *h < 24)?;
    let end = Clock { second: Some(0), ..Clock::exact(hour, u32::try_from(minutes % 60).ok()) };
    let start = Clock { exact: true, bare: false, ..clock };
    Some(When::ClockRange(start, end, Some(minutes_timex(length.seconds() / 60))))
}

/// "for 7 hours from 9:30am" beside a day.
fn hours_from(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let at = if text.s(token) == "for" { token + 1 } else { token };
    let (length, end) =
        super::english_length::length(text, at).filter(|(l, _)| l.parts.iter().all(|p| p.unit.is_clock()))?;
    if text.s(end) != "from" {
        return None;
    }
    let (_, clock, end) = clock_in(reader, end + 1)?;
    Some(Item::new(token, end, lasting(clock, &length)?, "en.lasting"))
}

/// Whether a sentence or part of one ends before `token`.
pub(crate) fn closes(text: &Text, token: usize) -> bool {
    let decimal = text.ch(token) == '.' && text.is_digits(token + 1) && text.gap(token + 1) == 0;
    (token >= text.tokens.len()
        || matches!(text.ch(token), '.' | ',' | '!' | '?' | ';' | '。' | '，' | '？' | '！')
        || matches!(text.s(token), "please" | "pls" | "plz" | "instead" | "and" | "or" | "then" | "if"))
        && !decimal
}

/// Two clock times and what stands between: 8-9am, 下午5:00到凌晨3:00, between 2 and 4pm.
fn clock_range(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (from_word, start) = if is_from(text, token) { (true, token + 1) } else { (false, token) };
    if !(text.is_digits(start) || text.is_han(start) || text.is_word(start)) {
        return None;
    }
    let (first_part, first, mid) = match clock_in(reader, start) {
        Some(found) => found,
        None => {
            // 五到六点: the first end is a number.
            let (part, at) = han_clock::part(text, start).map_or((None, start), |(p, a)| (Some(p), a));
            let (hour, end) =
                han_day::small(text, at).filter(|(h, e)| *h <= 24 && matches!(text.ch(*e), '到' | '至' | '-'))?;
            let clock = Clock { lenient: true, bare: true, ..Clock::new(hour, None) };
            (part, part.map_or(clock, |p| clock.in_part(p)), end)
        }
    };
    let between = matches!(text.s(token), "between" | "在");
    let ((), at) = text.pick_words(mid, TO).or_else(|| {
        (between && text.s(mid) == "and" || text.is_han(start) && matches!(text.ch(mid), '和' | '与'))
            .then_some(((), mid + 1))
    })?;
    let (second_part, second, mut end) = clock_in(reader, at)?;
    if second.bare && matches!(text.ch(end), '月' | '日' | '号' | '年' | '个' | '天' | '周' | '人') {
        return None;
    }
    let (mut first, mut second) = (first, second);
    if let Some(part) = first_part.filter(|_| second_part.is_none() && !second.exact) {
        let shifted = second.in_part(part);
        second = if shifted.minutes() > first.minutes() { shifted } else { second };
    }
    let han = first.lenient || second.lenient;
    if han && matches!(text.ch(mid), '和' | '与') && text.lit(end, "之间").is_none() {
        return None;
    }
    if han && let Some(after) = text.lit(end, "之间") {
        end = after;
    }
    if let Some((part, after)) = (!han).then(|| english_part_after(text, end)).flatten() {
        second = second.in_part(part);
        if !first.exact {
            first = first.in_part(part);
        }
        end = after;
    }
    let evident = !first.bare || !second.bare || first.minute.is_some() && second.minute.is_some();
    if first.hour > 24 || second.hour > 24 {
        return None;
    }
    if second.exact && !first.exact && !han {
        let shifted = first.shifted();
        first =
            if second.hour >= 12 && first.hour < 12 && shifted.minutes() < second.minutes() { shifted } else { first };
        first.exact = true;
    } else if first.exact && !second.exact {
        let shifted = if second.hour == 12 { second } else { second.shifted() };
        let later = first.minutes() >= second.minutes() && shifted.minutes() > first.minutes();
        second = if later && !han { shifted } else { second };
        second.exact = true;
    }
    first.bare = !(evident || from_word && first.minute.is_some());
    if !evident && (text.gap(mid) > 1 || !text.is_digits(token) && !from_word && !text.is_word(token)) {
        return None;
    }
    // 在 belongs to a range that is closed by 之间.
    let bare = text.ch(token) == '在' && text.ch(end - 1) != '间';
    Some(Item::new(token + usize::from(bare), end, When::ClockRange(first, second, None), "clock_range"))
}

fn english_part_after(text: &Text, token: usize) -> Option<(Part, usize)> {
    let at = text.pick_words(token, &[("in the", ()), ("at", ())]).map(|((), a)| a)?;
    super::english_clock::part_word(text.s(at)).map(|p| (p, at + 1))
}

pub(crate) fn is_from(text: &Text, token: usize) -> bool {
    matches!(text.s(token), "from" | "between" | "从" | "由" | "自" | "在")
}

/// The readings of a clock range: the likelier first.
pub(crate) fn clock_pairs(first: Clock, second: Clock) -> Vec<(Clock, Clock)> {
    if first.exact || second.exact || first.lenient || second.lenient {
        return vec![(first, second)];
    }
    let (a, b) = (first, second);
    let pairs = if a.minutes() < b.minutes() {
        vec![(a, b), (a.shifted(), b.shifted())]
    } else {
        vec![(a, b.shifted()), (a.shifted(), b)]
    };
    let office = |c: &Clock| c.hour >= 7 && c.hour < 21;
    if office(&pairs[0].0) { pairs } else { vec![pairs[1], pairs[0]] }
}

fn between_minutes(a: Clock, b: Clock) -> i64 {
    (b.minutes() - a.minutes()).rem_euclid(24 * 60)
}

pub(crate) fn clock_range_timex(a: Clock, b: Clock, fixed: Option<&String>) -> String {
    let length = fixed.cloned().unwrap_or_else(|| minutes_timex(between_minutes(a, b)));
    format!("({},{},{length})", a.timex(), b.timex())
}

pub(crate) fn moment_range(
    reader: &Reader<'_>,
    day: &Day,
    first: Clock,
    second: Clock,
    part: Option<Part>,
    fixed: Option<&String>,
) -> Option<When> {
    let (first, second) = match part {
        Some(part) if !first.exact || !second.exact || first.lenient => (first.in_part(part), second.in_part(part)),
        _ => (first, second),
    };
    let at = day.pick(reader.context)?;
    let mut timex = Vec::new();
    let mut ends = None;
    for (a, b) in clock_pairs(first, second) {
        let overnight = b.minutes() < a.minutes();
        let next = if overnight { shifted_day(day, reader)? } else { day.timex.clone() };
        let length = fixed.cloned().unwrap_or_else(|| minutes_timex(between_minutes(a, b)));
        timex.push(format!("({}{},{}{},{length})", day.timex, a.timex(), next, b.timex()));
        ends.get_or_insert((at.and_time(a.time()), plus(at, i64::from(overnight)).and_time(b.time())));
    }
    let (from, to) = ends?;
    Some(When::MomentRange { timex, from, to })
}

fn shifted_day(day: &Day, reader: &Reader<'_>) -> Option<String> {
    let next = plus(day.pick(reader.context)?, 1);
    Some(match day.kind {
        DayKind::Weekly => format!("XXXX-WXX-{}", next.weekday().number_from_monday()),
        DayKind::Yearly => next.format("XXXX-%m-%d").to_string(),
        _ => iso(next),
    })
}
