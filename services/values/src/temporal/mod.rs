//! Temporal values: finding them in a message, the words that open a range (before, 之后), and what each becomes.

mod atoms;
mod compose;
mod english_clock;
mod english_day;
mod english_length;
mod english_named;
mod english_period;
mod english_weekday;
mod han_clock;
mod han_day;
mod han_period;
mod holiday;
mod lunar;
mod numeric;
mod range;
mod sets;
mod starts;
mod timezone;
mod when;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::context::{Context, Direction};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::{Grain, Value};
pub(crate) use when::Item;
use when::{Clock, Day, DayKind, Part, When, plus};

/// What a word beside a day or time makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mod {
    Before,
    Until,
    After,
    Since,
    Approx,
    More,
    Less,
}

use Mod::{After, Approx, Before, Less, More, Since, Until};

#[rustfmt::skip]
const PREFIXES: &[(&str, Mod)] = &[
    ("on or before", Until), ("on or after", Since), ("on or later than", Since), ("on or earlier than", Until), ("at or before", Until), ("at or after", Since), ("in or before", Until), ("in or after", Since), ("before or on", Until), ("before or in", Until), ("before or at", Until), ("after or on", Since), ("after or in", Since), ("after or at", Since),
    ("later than or on", Since), ("later than or in", Since), ("later than or at", Since), ("earlier than or on", Until), ("earlier than or in", Until), ("earlier than or at", Until), ("no sooner than", Since), ("not earlier than", Since), ("not before", Since), ("not after", Until), ("sooner than", Before), ("starting in", Since), ("beginning in", Since), ("up until", Until), ("up to", Until), ("no later than", Until), ("not later than", Until), ("no earlier than", Since), ("later than", After), ("earlier than", Before), ("prior to", Before), ("any time from", Since), ("anytime from", Since), ("as early as", Since), ("as late as", Until), ("starting from", Since), ("starting on", Since), ("starting", Since), ("beginning on", Since), ("beginning from", Since), ("beginning", Since),
    ("before around", Before), ("after around", After), ("before", Before), ("after", After), ("until", Until), ("till", Until), ("by", Before), ("since", Since), ("around", Approx), ("about", Approx), ("approximately", Approx), ("circa", Approx), ("more than", More), ("less than", Less), ("at least", More), ("at most", Less),
    ("< =", Until), ("<=", Until), ("> =", Since), (">=", Since), ("<", Before), (">", After), ("=", Approx),
];

#[rustfmt::skip]
const SUFFIXES: &[(&str, Mod)] = &[("or later", Since), ("and later", Since), ("or after", Since), ("and after", Since), ("onwards", Since), ("onward", Since), ("or earlier", Until), ("and earlier", Until), ("or before", Until), ("and before", Until)];

#[rustfmt::skip]
const HAN_SUFFIXES: &[(&str, Mod)] = &[
    ("或之前", Until), ("及之前", Until), ("或以前", Until), ("及以前", Until), ("之前", Before), ("以前", Before), ("前", Before), ("或之后", Since), ("及之后", Since), ("或以后", Since), ("及以后", Since), ("之后", After), ("以后", After), ("后", After), ("以来", Since), ("开始", Since), ("起", Since), ("为止", Until), ("左右", Approx), ("前后", Approx),
];

#[rustfmt::skip]
const HAN_PREFIXES: &[(&str, Mod)] = &[("截止到", Until), ("截止至", Until), ("截止", Until), ("截至", Until), ("直到", Until), ("自从", Since), ("自", Since), ("从", Since), ("早于", Before), ("晚于", After), ("大约", Approx), ("大概", Approx)];

/// Every temporal value in the message.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        if !starts::may_begin(text, token) {
            token += 1;
            continue;
        }
        let timed = matches!(out.last(), Some(Found { value: Value::Time { .. } | Value::DateTime { .. }, .. }));
        match at(reader, token, timed) {
            Some(found) => {
                token = found.end.max(token + 1);
                out.push(found);
            }
            None => token = skip(text, token),
        }
    }
}

/// A number that is no time is passed over whole, so that its digits are not read again.
fn skip(text: &Text, token: usize) -> usize {
    if text.is_digits(token)
        && text.ch(token + 1) == '.'
        && text.is_digits(token + 2)
        && text.gap(token + 1) == 0
        && text.gap(token + 2) == 0
    {
        token + 3
    } else {
        token + 1
    }
}

/// The value at `token`; `timed` when the one before it is a time.
fn at(reader: &Reader<'_>, token: usize, timed: bool) -> Option<Found> {
    let text = &reader.text;
    if text.ch(token).is_ascii_punctuation() && !matches!(text.ch(token), '<' | '>' | '=' | '.') {
        return None;
    }
    if let Some(item) = range::after_and_before(reader, token) {
        return emit(reader, &item);
    }
    let ranged = range::range(reader, token)
        .filter(|i| !matches!(i.when, When::Clock(c) if c.bare))
        .or_else(|| bare_hour(reader, token, timed));
    let prefix = text.pick(token, HAN_PREFIXES).or_else(|| text.pick_words(token, PREFIXES)).or_else(|| {
        text.pick(token, PREFIXES).filter(|_| !text.is_word(token) && (text.spaced(token) || !text.is_word(token - 1)))
    });
    if let Some((modifier, inner)) = prefix.filter(|_| ranged.is_none())
        && let Some(found) = modified_item(reader, inner, modifier, token)
    {
        return Some(found);
    }
    let item = ranged?;
    if let Some((modifier, inner)) = text
        .pick_words(item.end, PREFIXES)
        .filter(|(m, _)| matches!(m, Before | After | Until | Since) && matches!(item.when, When::Day(_)))
        && let Some(Item { when: When::Clock(clock), end, .. }) = compose::point(reader, inner)
        && let When::Day(day) = &item.when
        && (!clock.bare || clock.exact)
    {
        // tomorrow before 5pm
        let moment = Item::new(item.start, end, When::Moment(day.clone(), clock), "en.moment_bound");
        return opened(reader, &moment, modifier, end);
    }
    if let Some((modifier, end)) = suffix(reader, &item) {
        // 3 pm or later on Monday
        if let When::Clock(clock) = item.when
            && text.s(end) == "on"
            && let Some(Item { when: When::Day(day), end: stop, .. }) = compose::point(reader, end + 1)
        {
            return opened(
                reader,
                &Item::new(item.start, stop, When::Moment(day, clock), "en.moment_bound"),
                modifier,
                stop,
            );
        }
        return opened(reader, &item, modifier, end);
    }
    emit(reader, &item)
}

/// "at 6", "move the 3pm call to 4": an hour that only the words before make one.
fn bare_hour(reader: &Reader<'_>, token: usize, timed: bool) -> Option<Item> {
    let text = &reader.text;
    let moved = match token.checked_sub(1).map_or("", |b| text.s(b)) {
        "at" | "@" => false,
        "to" | "till" | "until" if timed => true,
        _ => return None,
    };
    let item = compose::point(reader, token)?;
    let When::Clock(clock) = item.when else { return None };
    let hours = if moved { 0..=24 } else { 1..=12 };
    (hours.contains(&clock.hour) && compose::closes(text, item.end))
        .then_some(Item { when: When::Clock(Clock { bare: false, ..clock }), ..item })
}

fn suffix(reader: &Reader<'_>, item: &Item) -> Option<(Mod, usize)> {
    let text = &reader.text;
    if let Some((modifier, end)) = text.pick_words(item.end, SUFFIXES).filter(|(_, e)| text.s(*e) != "than") {
        return Some((modifier, end));
    }
    let (modifier, end) = text.pick(item.end, HAN_SUFFIXES)?;
    let single = end == item.end + 1;
    let word = single
        && matches!(
            text.ch(end),
            '往' | '台' | '面' | '来' | '点' | '床' | '飞' | '草' | '诉' | '名' | '天' | '的' | '后'
        );
    let ranged = matches!(
        item.when,
        When::Length(_) | When::Recurring { .. } | When::MomentRange { .. } | When::DayRange { .. } | When::Instant(..)
    );
    (!word && !ranged).then_some((modifier, end))
}

/// The item after a word such as "before", opened on one side.
fn modified_item(reader: &Reader<'_>, inner: usize, modifier: Mod, start: usize) -> Option<Found> {
    let text = &reader.text;
    let (edge, skip_to) =
        text.pick_words(inner, &[("the end of", ()), ("end of", ())]).map_or((false, inner), |((), a)| (true, a));
    let item = compose::point(reader, skip_to)
        .or_else(|| compose::point(reader, inner))
        .or_else(|| range::range(reader, inner))?;
    let item = Item { start, ..item };
    let mut item = item;
    if let When::Clock(clock) = item.when
        && clock.bare
        && !matches!(modifier, Approx)
    {
        // no later than 4
        let led = inner >= start + 2 || matches!(text.s(start), "by" | "before" | "after" | "until" | "till");
        if !led || !(1..=12).contains(&clock.hour) || !compose::closes(text, item.end) {
            return None;
        }
        item.when = When::Clock(Clock { bare: false, ..clock });
    }
    let from_word = matches!(text.ch(start), '从' | '自') && start + 1 == inner;
    let mut end = item.end;
    let mut modifier = modifier;
    if let Some((m, after)) = text.pick(item.end, HAN_SUFFIXES) {
        if from_word && !matches!(m, Since) {
            return None;
        }
        (modifier, end) = (m, after);
        if from_word && text.ch(start) == '从' && m == Since {
            return None;
        }
    } else if from_word {
        return None;
    }
    if text.ch(start) == '=' {
        return matches!(item.when, When::Period(_)).then(|| emit(reader, &item)).flatten();
    }
    let approximate = modifier == Approx;
    let vague_question = matches!(text.s(start.wrapping_sub(1)), "how" | "what");
    if approximate
        && (vague_question
            || text.is_word(start)
                && !matches!(item.when, When::Clock(_) | When::Day(_) | When::Moment(..) | When::Part(_)))
    {
        return None;
    }
    if edge && modifier == Before {
        modifier = Until;
    }
    match (modifier, &item.when) {
        (More | Less, When::Length(_)) => emit(reader, &item),
        (More | Less, When::Day(day)) => {
            let today = reader.context.now.date();
            let at = day.future?;
            let mut found = opened(reader, &item, if at < today { Before } else { After }, end)?;
            if modifier == Less && at > today {
                // less than 2 weeks from today: from the day that is counted from
                let (length, _) = english_length::length(text, inner)?;
                let from = length.before(at.and_hms_opt(0, 0, 0)?, reader.context.calendar)?.date();
                let counted = when::length_timex(&length);
                found.value = Value::DateRange { from, to: at };
                found.timex = vec![format!("({},{},{counted})", when::iso(from), when::iso(at))];
            }
            Some(found)
        }
        (More | Less, _) => None,
        (
            _,
            When::Length(_)
            | When::Recurring { .. }
            | When::DayRange { .. }
            | When::MomentRange { .. }
            | When::ClockRange(..),
        ) => None,
        (Since | Before | After, When::Part(p)) if p.code != "TMEB" && p.code != "TMED" && p.code != "TMEL" => None,
        _ => opened(reader, &item, modifier, end),
    }
}

/// A meaning with one end open.
fn opened(reader: &Reader<'_>, item: &Item, modifier: Mod, end: usize) -> Option<Found> {
    let mut found = emit(reader, item)?;
    found.end = end;
    if modifier == Approx {
        if let When::Part(part) = &item.when {
            found.timex = vec![part.code.to_owned()];
        }
        return Some(found);
    }
    let later = matches!(modifier, After | Since);
    let days = |from: NaiveDate, to: NaiveDate| {
        // `from` first and `to` last day of what is named.
        match modifier {
            Before => Value::OpenDateRange { from: None, to: Some(plus(from, -1)) },
            Until => Value::OpenDateRange { from: None, to: Some(to) },
            After => Value::OpenDateRange { from: Some(plus(to, 1)), to: None },
            _ => Value::OpenDateRange { from: Some(from), to: None },
        }
    };
    let moment = |at: NaiveDateTime| {
        if later {
            Value::OpenDateTimeRange { from: Some(at), to: None }
        } else {
            Value::OpenDateTimeRange { from: None, to: Some(at) }
        }
    };
    let time = |at: NaiveTime| {
        if later {
            Value::OpenTimeRange { from: Some(at), to: None }
        } else {
            Value::OpenTimeRange { from: None, to: Some(at) }
        }
    };
    found.value = match &found.value {
        Value::Date { date } => days(*date, *date),
        Value::DateRange { from, to } => {
            let edge = matches!(item.rule, "zh.period" | "en.period")
                && modifier == Before
                && found.grain == Some(Grain::Month)
                && from.format("%d").to_string() != "01";
            if edge { Value::OpenDateRange { from: None, to: Some(*to) } } else { days(*from, *to) }
        }
        Value::Time { time: at } => time(*at),
        Value::TimeRange { from, to } => time(if later { *to } else { *from }),
        Value::DateTime { at } => moment(*at),
        Value::DateTimeRange { from, to } => moment(if later { *to } else { *from }),
        _ => return Some(found),
    };
    found.alternatives.clear();
    Some(found)
}

/// The reading of a meaning as it stands.
fn emit(reader: &Reader<'_>, item: &Item) -> Option<Found> {
    let context = reader.context;
    let mut found = Found::new(item.start, item.end, Value::Boolean { yes: true }, item.rule);
    let inclusive = |(from, to): (NaiveDate, NaiveDate)| Value::DateRange { from, to: plus(to, -1) };
    if item.rule == "en.weekday_of_week"
        && matches!(item.when, When::Day(_) | When::MomentRange { .. })
        && item.start > 0
        && reader.text.s(item.start - 1) == "on"
    {
        found.start = item.start - 1;
    }
    if item.start > 0
        && matches!(item.when, When::Clock(_) | When::Moment(..))
        && reader.text.s(item.start - 1) == "at"
        && reader.text.is_digits(item.start)
        && reader.text.ch(item.start + 1) == '.'
        && reader.text.is_digits(item.start + 2)
    {
        // Full stops make "at" a part of the time.
        found.start = item.start - 1;
    }
    match &item.when {
        When::Day(day) => {
            found.timex = vec![day.timex.clone()];
            found.grain = Some(Grain::Day);
            (found.value, found.alternatives) = day_values(day, context)?;
            if item.rule == "date.slash_ambiguous" && !day.timex.is_empty() {
                let swapped = Day::yearly(day.ymd.2, day.ymd.1, context.now.date());
                found.alternatives.extend(swapped.pick(context).map(|date| Value::Date { date }));
            }
        }
        When::Clock(clock) => {
            if clock.bare {
                return None;
            }
            let readings = clocks(*clock);
            found.grain = Some(clock_grain(*clock));
            found.timex = readings.iter().map(Clock::timex).collect();
            if clock.exact || clock.lenient {
                found.timex.truncate(1);
            }
            let mut values = readings.iter().map(|c| Value::Time { time: c.time() });
            found.value = values.next()?;
            found.alternatives = values.collect();
            if !clock.exact && clock.lenient {
                found.timex = vec![clock.timex()];
            }
        }
        When::Moment(day, clock) => {
            let readings = clocks(*clock);
            found.grain = Some(clock_grain(*clock));
            found.timex = readings.iter().map(|c| format!("{}{}", day.timex, c.timex())).collect();
            if clock.lenient {
                found.timex = vec![format!("{}{}", day.timex, clock.timex())];
            }
            let Some(date) = day.pick(context) else {
                found.value = Value::DateTime { at: context.now };
                return impossible(day).map(|v| Found {
                    value: if reader.text.tokens.is_empty() { v } else { found.value.clone() },
                    ..found
                });
            };
            let mut values =
                readings.iter().map(|c| Value::DateTime { at: plus(date, i64::from(c.hour == 24)).and_time(c.time()) });
            found.value = values.next()?;
            found.alternatives = values.collect();
        }
        When::Instant(at, timex) => {
            found.timex = vec![timex.clone()];
            found.grain = Some(Grain::Second);
            found.value = Value::DateTime { at: *at };
        }
        When::Period(period) => {
            found.timex = vec![period.timex.clone()];
            found.grain = Some(period.grain);
            found.value = inclusive(period.pick(context));
            if period.future != period.past {
                found.alternatives.push(inclusive(if context.direction == Direction::Future {
                    period.past
                } else {
                    period.future
                }));
            }
        }
        When::Part(part) => {
            found.timex = vec![part.code.to_owned()];
            found.grain = Some(Grain::DayPart);
            found.value = Value::TimeRange { from: hour(part.from), to: hour(part.to % 24) };
        }
        When::DayPart(day, part) => {
            found.timex = vec![format!("{}{}", day.timex, part.code)];
            found.grain = Some(Grain::DayPart);
            let date = day.pick(context)?;
            found.value = part_of(date, *part);
        }
        When::DayRange { timex, from, to, grain } => {
            found.timex = vec![timex.clone()];
            found.grain = Some(*grain);
            found.value = inclusive((*from, *to));
        }
        When::ClockRange(first, second, fixed) => {
            if first.bare {
                return None;
            }
            let pairs = compose::clock_pairs(*first, *second);
            found.grain = Some(clock_grain(*second));
            found.timex = pairs.iter().map(|(a, b)| compose::clock_range_timex(*a, *b, fixed.as_ref())).collect();
            let mut values = pairs.iter().map(|(a, b)| Value::TimeRange { from: a.time(), to: b.time() });
            found.value = values.next()?;
            found.alternatives = values.collect();
        }
        When::MomentRange { timex, from, to } => {
            found.timex.clone_from(timex);
            found.grain = Some(Grain::Minute);
            found.value = Value::DateTimeRange { from: *from, to: *to };
        }
        When::Length(length) => {
            found.timex = vec![when::length_timex(length)];
            found.value = Value::Duration { duration: length.clone() };
        }
        When::Recurring { timex, recurrence } => {
            found.timex = vec![timex.clone()];
            found.value = Value::Recurring { recurrence: recurrence.clone() };
        }
    }
    Some(found)
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn part_of(date: NaiveDate, part: Part) -> Value {
    let to = if part.to == 24 { plus(date, 1).and_time(NaiveTime::MIN) } else { date.and_time(hour(part.to)) };
    Value::DateTimeRange { from: date.and_time(hour(part.from)), to }
}

fn clock_grain(clock: Clock) -> Grain {
    if clock.second.is_some() {
        Grain::Second
    } else if clock.minute.is_some() {
        Grain::Minute
    } else {
        Grain::Hour
    }
}

/// The readings of a time, the one within waking hours first.
fn clocks(clock: Clock) -> Vec<Clock> {
    if clock.exact || clock.hour > 12 {
        return vec![clock];
    }
    let other = clock.shifted();
    if (7..=12).contains(&clock.hour) { vec![clock, other] } else { vec![other, clock] }
}

fn impossible(day: &Day) -> Option<Value> {
    let (year, month, number) = day.ymd;
    (month > 0 && number > 0).then_some(Value::ImpossibleDate { year, month, day: number })
}

/// The day the context picks, and the other one where the words leave it open.
fn day_values(day: &Day, context: &Context<'_>) -> Option<(Value, Vec<Value>)> {
    let Some(date) = day.pick(context) else { return impossible(day).map(|v| (v, Vec::new())) };
    let other = if context.direction == Direction::Future { day.past } else { day.future };
    let open = matches!(day.kind, DayKind::Weekly | DayKind::Yearly | DayKind::Monthly);
    let mut alternatives: Vec<Value> =
        other.filter(|o| open && *o != date).map(|date| Value::Date { date }).into_iter().collect();
    if day.kind == DayKind::Weekly && date == context.now.date() {
        alternatives.insert(0, Value::Date { date: plus(date, 7) });
    }
    Some((Value::Date { date }, alternatives))
}
