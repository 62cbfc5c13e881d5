//! What a temporal meaning becomes: its value, the other readings it may have, and their TIMEX forms.

use chrono::{NaiveDate, NaiveTime};

use super::when::{self, Clock, Day, DayKind, Part, When, plus};
use super::{Item, clock_range};
use crate::context::{Context, Direction};
use crate::reader::{Found, Reader};
use crate::value::{Grain, Value};

/// The reading of a meaning as it stands.
pub(super) fn emit(reader: &Reader<'_>, item: &Item) -> Option<Found> {
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
            let pairs = clock_range::clock_pairs(*first, *second);
            found.grain = Some(clock_grain(*second));
            found.timex = pairs.iter().map(|(a, b)| clock_range::clock_range_timex(*a, *b, fixed.as_ref())).collect();
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

pub(super) fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

pub(super) fn part_of(date: NaiveDate, part: Part) -> Value {
    let to = if part.to == 24 { plus(date, 1).and_time(NaiveTime::MIN) } else { date.and_time(hour(part.to)) };
    Value::DateTimeRange { from: date.and_time(hour(part.from)), to }
}

pub(super) fn clock_grain(clock: Clock) -> Grain {
    if clock.second.is_some() {
        Grain::Second
    } else if clock.minute.is_some() {
        Grain::Minute
    } else {
        Grain::Hour
    }
}

/// The readings of a time, the one within waking hours first.
pub(super) fn clocks(clock: Clock) -> Vec<Clock> {
    if clock.exact || clock.hour > 12 {
        return vec![clock];
    }
    let other = clock.shifted();
    if (7..=12).contains(&clock.hour) { vec![clock, other] } else { vec![other, clock] }
}

pub(super) fn impossible(day: &Day) -> Option<Value> {
    let (year, month, number) = day.ymd;
    (month > 0 && number > 0).then_some(Value::ImpossibleDate { year, month, day: number })
}

/// The day the context picks, and the other one where the words leave it open.
pub(super) fn day_values(day: &Day, context: &Context<'_>) -> Option<(Value, Vec<Value>)> {
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
