//! Joining meanings that stand together: a day and a time, a weekday and its week, two ends of a range.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::atoms::{atom, clock_in, end_of_day, weekday_with_number};
use super::when::{Clock, Day, DayKind, Item, Part, Period, When, instant_timex, iso, length_timex, minutes_timex, plus};
use super::{english_day, han_day};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

/// Words that may stand between two meanings that belong together.
const LINKS: &[(&str, ())] = &[
    (", at", ()), ("at around", ()), ("at about", ()), ("in the", ()), ("on the", ()), ("of the", ()), ("at", ()), ("@", ()), ("on", ()), ("of", ()), ("for", ()), ("in", ()), ("around", ()), ("about", ()), ("的", ()), (",", ()), ("，", ()), ("-", ()), ("from", ()), ("between", ()), ("从", ()),
];

/// Words between the two ends of a range.
const TO: &[(&str, ())] = &[("to", ()), ("till", ()), ("until", ()), ("til", ()), ("through", ()), ("thru", ()), ("~", ()), ("--", ()), ("-", ()), ("到", ()), ("至", ()), ("直到", ())];

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
        let Some(joined) = extend(reader, &item) else { break };
        item = joined;
    }
    Some(item)
}

fn extend(reader: &Reader<'_>, item: &Item) -> Option<Item> {
    let text = &reader.text;
    if matches!(item.when, When::Recurring { .. } | When::MomentRange { .. } | When::Instant(..) | When::DayRange { .. }) {
        return None;
    }
    let link = text.pick_words(item.end, LINKS).map_or(item.end, |((), a)| a);
    let paren = matches!(text.ch(item.end), '(') && matches!(item.when, When::Day(_));
    for at in [item.end, link] {
        if paren || !super::starts::may_begin(text, at) {
            continue;
        }
        let linked = at > item.end;
        let range = clock_range(reader, at).or_else(|| hours_from(reader, at)).and_then(|next| join(reader, item, &next, linked));
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
    let clock_link = !matches!(link, "in" | "of" | "-") && !comma || comma && (timed || text.is_word(a.start)) || hyphen && timed && text.gap(b.start) > 0;
    let when = match (&a.when, &b.when) {
        (When::Day(day), When::Day(other)) if day.kind == DayKind::Weekly && other.kind != DayKind::Weekly && !linked | comma | hyphen | (link == "on") => {
            When::Day(Day { weekday: day.weekday, ..other.clone() })
        }
        (When::Day(day), When::Day(other)) if day.weekday.is_some() && day.kind == DayKind::Definite && other.kind == DayKind::Yearly && !linked | comma | hyphen => When::Day(other.clone()),
        (When::Day(day), When::Day(other)) if other.kind == DayKind::Weekly && day.kind != DayKind::Weekly && (!linked || comma) => When::Day(Day { weekday: other.weekday, ..day.clone() }),
        (When::Day(_), When::Day(other)) if comma && other.kind == DayKind::Definite && english_relative(text, a) => When::Day(other.clone()),
        (When::Period(week), When::Day(other)) if week.grain == Grain::Week && other.kind == DayKind::Weekly && matches!(link, "" | "on" | "-" | "的" | ",") => {
            let number = i64::from(other.weekday?.num_days_from_monday());
            When::Day(Day { weekday: other.weekday, ..Day::definite(plus(week.future.0, number)) })
        }
        (When::Day(day), When::Period(week)) if day.kind == DayKind::Weekly && matches!(link, "of" | "") && week.grain == Grain::Week => {
            let number = i64::from(day.weekday?.num_days_from_monday());
            When::Day(Day { weekday: day.weekday, ..Day::definite(plus(week.future.0, number)) })
        }
        (When::Day(day), When::Period(month)) if day.kind == DayKind::Monthly && month.grain == Grain::Month && matches!(link, "of" | "in" | "") => {
            let from = month.future.0;
            When::Day(if month.timex.starts_with('X') { Day::yearly(from.month(), day.ymd.2, reader.context.now.date()) } else { Day::full(from.year(), from.month(), day.ymd.2) })
        }
        (When::Period(weekend), When::Day(day)) | (When::Day(day), When::Period(weekend))
            if weekend.grain == Grain::Weekend && matches!(link, "of" | "") && day.kind == DayKind::Holiday => {
                // A holiday on a Monday or Tuesday makes the weekend before it longer.
                let on = day.future?;
                let early = on.weekday().num_days_from_monday() < 2;
                When::Period(Period::weekend(if early { plus(on, -3) } else { on }))
            }
        (When::Day(day), When::Clock(clock)) if clock_link && !(clock.bare && !linked && matches!(a.rule, "date.digits" | "date.slash") && text.is_digits(b.start) && b.end == b.start + 1) => {
            if clock.bare && clock.minute.is_none() && !matches!(link, "at" | "@" | "around" | "about" | "for") {
                return None;
            }
            When::Moment(day.clone(), *clock)
        }
        (When::Clock(clock), When::Day(day)) if !clock.bare && matches!(link, "" | "on" | "," | "of" | "for" | "的") && !day.timex.starts_with("XXXX-XX") => {
            if let Some(((), after)) = text.pick_words(end, &[("at night", ())]) {
                end = after;
            }
            When::Moment(day.clone(), *clock)
        }
        (When::Day(day), When::Part(part)) if !linked || !comma && !matches!(link, "from" | "between" | "of") => When::DayPart(day.clone(), *part),
        (When::DayPart(day, _), When::Part(part)) if text.is_han(a.start) => When::DayPart(day.clone(), *part),
        (When::Part(part), When::Day(day)) if matches!(link, "of" | "on" | "") && text.is_word(a.start) && day.kind != DayKind::Holiday && !matches!(text.s(a.start), "in") => When::DayPart(day.clone(), *part),
        (When::Day(day), When::DayPart(_, part)) if !linked && text.is_word(b.start) => When::DayPart(day.clone(), *part),
        (When::DayPart(day, part), When::Clock(clock)) if !comma || !clock.bare => When::Moment(day.clone(), clock.in_part(*part)),
        (When::Clock(clock), When::DayPart(day, part)) if matches!(link, "" | "on" | "in") => When::Moment(day.clone(), clock.in_part(*part)),
        (When::Part(part), When::Clock(clock)) if matches!(link, "" | "at" | "around" | "的") => When::Clock(clock.in_part(*part)),
        (When::Clock(clock), When::Part(part)) if matches!(link, "" | "in") && text.is_word(b.start) && (matches!(text.s(b.start), "in" | "at") || !clock.bare) => When::Clock(clock.in_part(*part)),
        (When::Moment(day, clock), When::Part(part)) if matches!(link, "" | "in") && !clock.exact && text.is_word(b.start) => When::Moment(day.clone(), clock.in_part(*part)),
        (When::Moment(day, clock), When::Day(other)) if day.kind == DayKind::Weekly && other.kind != DayKind::Weekly && matches!(link, "" | "on" | ",") => When::Moment(other.clone(), *clock),
        (When::Day(day), When::ClockRange(x, y, fixed)) | (When::ClockRange(x, y, fixed), When::Day(day)) if !matches!(link, "-") => {
            if matches!(b.when, When::Day(_)) && super::english_clock::part_word(text.s(end)).is_some() {
                end += 1;
            }
            moment_range(reader, day, *x, *y, None, fixed.as_ref())?
        }
        (When::DayPart(day, part), When::ClockRange(x, y, fixed)) | (When::ClockRange(x, y, fixed), When::DayPart(day, part)) => moment_range(reader, day, *x, *y, Some(*part), fixed.as_ref())?,
        (When::Part(part), When::ClockRange(x, y, None)) if !linked => When::ClockRange(x.in_part(*part), y.in_part(*part), None),
        (When::Clock(clock), When::Length(length)) if link == "for" && text.s(a.start.wrapping_sub(1)) == "from" && length.parts.iter().all(|p| p.unit.is_clock()) => lasting(*clock, length)?,
        (When::Length(length), When::Clock(clock)) if link == "from" && length.parts.iter().all(|p| p.unit.is_clock()) => lasting(*clock, length)?,
        (When::Moment(day, clock), When::Length(length)) if link == "for" && length.parts.iter().all(|p| p.unit.is_clock()) => {
            let When::ClockRange(x, y, fixed) = lasting(*clock, length)? else { return None };
            moment_range(reader, day, x, y, None, fixed.as_ref())?
        }
        _ => return None,
    };
    let of_week = !linked && matches!((&a.when, &b.when), (When::Day(_), When::Period(_)));
    Some(Item::new(a.start, end, when, if text.is_han(a.start) { "zh.composed" } else if of_week { "en.weekday_of_week" } else { "en.composed" }))
}

fn english_relative(text: &Text, item: &Item) -> bool {
    text.is_word(item.start)
}

/// A time and how long from it.
fn lasting(clock: Clock, length: &crate::duration::Duration) -> Option<When> {
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
    let (length, end) = super::english_period::length(text, at).filter(|(l, _)| l.parts.iter().all(|p| p.unit.is_clock()))?;
    if text.s(end) != "from" {
        return None;
    }
    let (_, clock, end) = clock_in(reader, end + 1)?;
    Some(Item::new(token, end, lasting(clock, &length)?, "en.lasting"))
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
            let (part, at) = han_day::part(text, start).map_or((None, start), |(p, a)| (Some(p), a));
            let (hour, end) = han_day::small(text, at).filter(|(h, e)| *h <= 24 && matches!(text.ch(*e), '到' | '至' | '-'))?;
            let clock = Clock { lenient: true, bare: true, ..Clock::new(hour, None) };
            (part, part.map_or(clock, |p| clock.in_part(p)), end)
        }
    };
    let between = matches!(text.s(token), "between" | "在");
    let ((), at) = text.pick_words(mid, TO).or_else(|| (between && text.s(mid) == "and" || text.is_han(start) && matches!(text.ch(mid), '和' | '与')).then_some(((), mid + 1)))?;
    let (second_part, second, mut end) = clock_in(reader, at)?;
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
        first = if second.hour >= 12 && first.hour < 12 && shifted.minutes() < second.minutes() { shifted } else { first };
        first.exact = true;
    } else if first.exact && !second.exact {
        let shifted = if second.hour == 12 { second } else { second.shifted() };
        second = if first.minutes() >= second.minutes() && !han { shifted } else { second };
        second.exact = true;
    }
    first.bare = !(evident || from_word && first.minute.is_some());
    if !evident && (text.gap(mid) > 1 || !text.is_digits(token) && !from_word && !text.is_word(token)) {
        return None;
    }
    Some(Item::new(token, end, When::ClockRange(first, second, None), "clock_range"))
}

fn english_part_after(text: &Text, token: usize) -> Option<(Part, usize)> {
    let at = text.pick_words(token, &[("in the", ()), ("at", ())]).map(|((), a)| a)?;
    super::english_clock::part_word(text.s(at)).map(|p| (p, at + 1))
}

fn is_from(text: &Text, token: usize) -> bool {
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

fn moment_range(reader: &Reader<'_>, day: &Day, first: Clock, second: Clock, part: Option<Part>, fixed: Option<&String>) -> Option<When> {
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

/// A range of days or moments at `token`, "from" and "between" included; or the point there.
pub(crate) fn range(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let prefixed = is_from(text, token);
    let between = matches!(text.s(token), "between" | "在");
    let from = if prefixed { token + 1 } else { token };
    let edge = text.pick_words(from, &[("the end of", 2), ("end of", 2), ("the middle of", 1), ("middle of", 1), ("the beginning of", 0), ("the start of", 0)]).filter(|_| prefixed);
    let first = match bare_day(reader, from).filter(|_| prefixed || text.is_digits(from)) {
        Some(day) => point(reader, from).filter(|p| p.end > day.end && matches!(p.when, When::Day(_) | When::Moment(..) | When::Period(_))).or(Some(day)),
        None => point(reader, from),
    };
    if prefixed
        && let Some(item) = point(reader, token).filter(|i| matches!(i.when, When::ClockRange(Clock { bare: false, .. }, ..) | When::MomentRange { .. }))
        && first.as_ref().is_none_or(|f| f.end <= item.end)
    {
        return Some(item);
    }
    let Some(first) = first else { return lasting_days(reader, token) };
    if let Some(item) = lasting_days(reader, token).filter(|i| i.end > first.end) {
        return Some(item);
    }
    let back = |first: Item| if prefixed && !matches!(first.when, When::ClockRange(..) | When::MomentRange { .. }) { None } else { Some(Item { start: if prefixed { token } else { first.start }, ..first }) };
    let link = text.pick_words(first.end, TO).map(|((), a)| a).or_else(|| (between && text.s(first.end) == "and" || text.is_han(from) && matches!(text.ch(first.end), '和' | '与') || text.is_digits(from) && matches!(text.ch(first.end), '和' | '与')).then_some(first.end + 1));
    let (Some(at), false) = (link, matches!(first.when, When::ClockRange(..) | When::Length(_) | When::Recurring { .. })) else {
        let bare = matches!(&first.when, When::Day(d) if d.kind == DayKind::Monthly && first.rule == "bare_day");
        return if bare { point(reader, token) } else { back(first) };
    };
    let han_and = matches!(text.ch(first.end), '和' | '与');
    let alone = |first: Item| if first.rule == "bare_day" { point(reader, token) } else { back(first) };
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
    let Some(when) = between_points(reader, &first.when, &second.when, (edge.map(|e| e.0), second_edge.map(|e| e.0))) else { return alone(first) };
    Some(Item::new(token, closed.unwrap_or(second.end), when, if text.is_han(first.start) { "zh.range" } else { "en.range" }))
}

/// A number that is only a day inside a range: 9 to 12 of June, April 9th through 17th.
fn bare_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let (number, end) = match crate::number::ordinal::numbered(text, at) {
        Some((n, end)) => (u32::try_from(n).ok()?, end),
        None => (text.int(at).filter(|_| text.len(at) <= 2)?, at + 1),
    };
    let other = matches!(text.ch(end), ':' | '/' | '.' | '点' | '日' | '号' | '月' | '年') || matches!(text.s(end), "am" | "pm" | "a" | "p" | "hours" | "days") || text.ch(end) == '-' && text.is_digits(end + 1) && text.ch(end + 2) == '-';
    if !(1..=31).contains(&number) || other || super::english_day::month(text.s(end)).is_some() || text.s(end) == "of" && super::english_day::month(text.s(end + 1)).is_some() {
        return None;
    }
    Some(Item::new(token, end, When::Day(Day::monthly(number, reader.context.now.date())), "bare_day"))
}

/// The range between two meanings.
fn between_points(reader: &Reader<'_>, first: &When, second: &When, edges: (Option<i32>, Option<i32>)) -> Option<When> {
    let context = reader.context;
    match (first, second) {
        (When::Day(a), When::Day(b)) => {
            let (a, b) = aligned(reader, a, b)?;
            let (x, y) = (a.pick(context), b.pick(context));
            day_range(&a.timex, &b.timex, x, y)
        }
        (When::Period(a), When::Period(b)) => {
            let open = a.timex.starts_with("XXXX") && b.grain == Grain::Month && !b.timex.starts_with("XXXX");
            let a = if open { Period::month(b.future.0.year(), a.future.0.month())? } else { a.clone() };
            let (from, last) = (edge_of(&a, edges.0.unwrap_or(0)), b.pick(context));
            let stop = if edges.1.is_some() { edge_of(b, edges.1.unwrap_or(2)) } else { last.0 };
            let stop = if stop < from { super::when::plus_months(stop, 12) } else { stop };
            let length = if a.grain == Grain::Year && b.grain == Grain::Year && edges == (None, None) {
                format!("P{}Y", stop.year() - from.year())
            } else if matches!(a.grain, Grain::Day | Grain::Week | Grain::Weekend) || matches!(b.grain, Grain::Day | Grain::Week | Grain::Weekend) {
                format!("P{}D", (stop - from).num_days())
            } else {
                format!("P{}M", (stop.year() - from.year()) * 12 + i32::try_from(stop.month()).ok()? - i32::try_from(from.month()).ok()?)
            };
            let head = if edges.0.is_some() { iso(from) } else { a.head.clone() };
            let tail = if edges.1.is_some() { iso(stop) } else { b.head.clone() };
            let mut to = if edges.1.is_some() { stop } else { last.1 };
            while to <= from {
                to = super::when::plus_months(to, 12);
            }
            Some(When::DayRange { timex: format!("({head},{tail},{length})"), from: a.pick(context).0.max(from), to, grain: a.grain })
        }
        (When::Period(a), When::Day(b)) => {
            let from = edge_of(a, edges.0.unwrap_or(0));
            day_range(&a.head, &b.timex, Some(from), b.pick(context))
        }
        (When::Period(a), When::Instant(at, _)) => {
            let from = a.past.0.min(a.future.0);
            day_range(&iso(from), &iso(at.date()), Some(from), Some(at.date()))
        }
        (When::Day(a), When::Instant(at, timex)) if timex.ends_with("REF") => day_range(&a.timex, &iso(at.date()), a.past.or(a.future), Some(at.date())),
        (When::Day(a), When::Period(b)) => day_range(&a.timex, &b.head, a.pick(context), Some(b.pick(context).0)),
        (When::Clock(a), When::Moment(day, b)) => {
            let at = context.now.date();
            moments((iso(at) + &a.timex(), at.and_time(a.time())), (day.timex.clone() + &b.timex(), day.pick(context)?.and_time(b.time())))
        }
        (When::Moment(x, a), When::Moment(y, b)) => moments((x.timex.clone() + &a.timex(), x.pick(context)?.and_time(a.time())), (y.timex.clone() + &b.timex(), y.pick(context)?.and_time(b.time()))),
        (When::Moment(day, a), When::Clock(b)) => moment_range(reader, day, *a, *b, None, None),
        (When::DayPart(day, part), When::Moment(y, b)) => moments((day.timex.clone() + part.code, day.pick(context)?.and_hms_opt(part.from, 0, 0)?), (y.timex.clone() + &b.timex(), y.pick(context)?.and_time(b.time()))),
        (When::Instant(x, a), When::Instant(y, b)) => {
            let length = length_timex(&crate::duration::Duration::of((*y - *x).num_minutes(), crate::duration::DurationUnit::Minute));
            Some(When::MomentRange { timex: vec![format!("({a},{b},{length})")], from: *x, to: *y })
        }
        _ => None,
    }
}

fn edge_of(period: &Period, edge: i32) -> NaiveDate {
    let (from, to) = period.future;
    match edge {
        0 => from,
        1 => plus(from, (to - from).num_days() / 2),
        _ => to,
    }
}

fn day_range(a: &str, b: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<When> {
    let Some((from, to)) = from.zip(to) else {
        let length = if from.is_none() && to.is_none() { return None } else { "PXD" };
        let known = from.or(to)?;
        return Some(When::DayRange { timex: format!("({a},{b},{length})"), from: known, to: plus(known, 1), grain: Grain::Day });
    };
    let mut to = to;
    // 12月28日到1月3日 runs into the next year; 12月5日到12月3日 is a slip, which the dialogue asks about.
    if to < from && b.starts_with("XXXX") && to.month() != from.month() {
        to = super::when::plus_months(to, 12);
    }
    let timex = format!("({a},{b},P{}D)", (to - from).num_days());
    Some(When::DayRange { timex, from, to: plus(to, 1), grain: Grain::Day })
}

fn moments(a: (String, NaiveDateTime), b: (String, NaiveDateTime)) -> Option<When> {
    let mut to = b.1;
    if to < a.1 {
        to = to.checked_add_months(chrono::Months::new(12))?;
    }
    let timex = format!("({},{},{})", a.0, b.0, minutes_timex((to - a.1).num_minutes()));
    Some(When::MomentRange { timex: vec![timex], from: a.1, to })
}

/// Two days of one range: what the second leaves out it takes from the first, and the other way round.
fn aligned(reader: &Reader<'_>, a: &Day, b: &Day) -> Option<(Day, Day)> {
    let today = reader.context.now.date();
    let like = |model: &Day, number: u32| match (model.ymd, model.kind) {
        ((Some(year), month, _), DayKind::Definite) => Some(Day::full(year, month, number)),
        ((None, month, _), DayKind::Yearly) if month > 0 => Some(Day::yearly(month, number, today)),
        _ => None,
    };
    let (mut a, mut b) = (a.clone(), b.clone());
    match (a.kind, b.kind) {
        (DayKind::Monthly, DayKind::Monthly) => {}
        (_, DayKind::Monthly) => b = like(&a, b.ymd.2)?,
        (DayKind::Monthly, _) => a = like(&b, a.ymd.2)?,
        (DayKind::Yearly, DayKind::Definite) if b.weekday.is_none() && a.ymd.1 > 0 => {
            let year = b.ymd.0?;
            a = Day::full(year, a.ymd.1, a.ymd.2);
        }
        (DayKind::Definite, DayKind::Yearly) if a.weekday.is_none() && b.ymd.1 > 0 && a.ymd.0.is_some() && !b.timex.contains('W') => {
            let year = a.ymd.0?;
            let day = Day::full(year, b.ymd.1, b.ymd.2);
            b = if day.future >= a.future { day } else { Day::full(year + 1, b.ymd.1, b.ymd.2) };
        }
        (DayKind::Definite | DayKind::Holiday | DayKind::Yearly, DayKind::Weekly) => {
            let from = a.pick(reader.context)?;
            let number = b.weekday?.number_from_monday();
            let ahead = (i64::from(number) - i64::from(from.weekday().number_from_monday())).rem_euclid(7);
            b = Day { weekday: b.weekday, ..Day::definite(plus(from, ahead)) };
        }
        _ => {}
    }
    if let (Some(x), Some(y)) = (a.future, b.future)
        && y < x
        && b.kind != DayKind::Definite
        && !(a.kind == DayKind::Yearly && b.kind == DayKind::Yearly && a.ymd.1 == b.ymd.1 && a.ymd.2 > b.ymd.2)
    {
        // The first end has the nearer occurrence of a range that is under way.
        a.future = a.past.filter(|p| *p <= y && b.kind == a.kind && a.kind == DayKind::Yearly).or(a.future);
        if a.future > Some(y) && b.kind == DayKind::Weekly {
            b.future = Some(plus(y, 7));
        }
    }
    Some((a, b))
}

/// 3 days starting from next Monday; a week starting tomorrow; for 3 days from today.
fn lasting_days(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let at = if text.s(token) == "for" { token + 1 } else { token };
    if text.s(at) == "the" && text.s(at + 1) == "week" {
        let ((), day_at) = text.pick_words(at + 2, &[("starting on", ()), ("starting", ()), ("commencing on", ()), ("commencing", ()), ("beginning on", ()), ("beginning", ()), ("of", ())])?;
        let Item { when: When::Day(day), end, .. } = english_day::day(reader, day_at).filter(|i| text.s(day_at - 1) != "of" || matches!(&i.when, When::Day(d) if d.kind == DayKind::Yearly))? else { return None };
        let from = day.pick(reader.context)?;
        return Some(Item::new(at, end, When::Period(Period { timex: day.timex, ..Period::fixed(String::new(), from, plus(from, 7), Grain::Week) }), "en.week_starting"));
    }
    let (length, after) = super::english_period::length(text, at)?;
    let after = if text.ch(after) == ',' { after + 1 } else { after };
    let ((), day_at) = text.pick_words(after, &[("starting from", ()), ("starting on", ()), ("starting", ()), ("beginning", ()), ("from", ())])?;
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
            When::MomentRange { timex: vec![format!("({},{},{})", instant_timex(from), instant_timex(to), length_timex(&length))], from, to }
        }
        _ => return None,
    };
    Some(Item::new(if text.s(after) == "from" { token } else { at }, item.end, when, "en.lasting"))
}
