//! The range between two meanings: what one end leaves out it takes from the other.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::clock_range::moment_range;
use super::when::{Day, DayKind, Period, When, iso, length_timex, minutes_timex, plus};
use crate::reader::Reader;
use crate::value::Grain;

/// The range between two meanings.
pub(super) fn between_points(
    reader: &Reader<'_>,
    first: &When,
    second: &When,
    edges: (Option<i32>, Option<i32>),
) -> Option<When> {
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
            } else if a.grain == Grain::Week && b.grain == Grain::Week {
                format!("P{}W", (stop - from).num_days() / 7)
            } else if matches!(a.grain, Grain::Day | Grain::Week | Grain::Weekend)
                || matches!(b.grain, Grain::Day | Grain::Week | Grain::Weekend)
            {
                format!("P{}D", (stop - from).num_days())
            } else {
                format!(
                    "P{}M",
                    (stop.year() - from.year()) * 12 + i32::try_from(stop.month()).ok()?
                        - i32::try_from(from.month()).ok()?
                )
            };
            let head = if edges.0.is_some() { iso(from) } else { a.head.clone() };
            let tail = if edges.1.is_some() { iso(stop) } else { b.head.clone() };
            let mut to = if edges.1.is_some() { stop } else { last.1 };
            while to <= from {
                to = super::when::plus_months(to, 12);
            }
            Some(When::DayRange {
                timex: format!("({head},{tail},{length})"),
                from: a.pick(context).0.max(from),
                to,
                grain: a.grain,
            })
        }
        (When::Period(a), When::Day(b)) => {
            let from = edge_of(a, edges.0.unwrap_or(0));
            day_range(&a.head, &b.timex, Some(from), b.pick(context))
        }
        (When::Period(a), When::Instant(at, _)) => {
            let from = a.past.0.min(a.future.0);
            day_range(&iso(from), &iso(at.date()), Some(from), Some(at.date()))
        }
        (When::Day(a), When::Instant(at, timex)) if timex.ends_with("REF") => {
            day_range(&a.timex, &iso(at.date()), a.past.or(a.future), Some(at.date()))
        }
        (When::Day(a), When::Period(b))
            if a.kind == DayKind::Yearly && a.ymd.1 > 0 && b.grain == Grain::Month && !b.timex.starts_with("XXXX") =>
        {
            // Feb 1st to March 2019
            let a = Day::full(b.future.0.year(), a.ymd.1, a.ymd.2);
            day_range(&a.timex, &b.head, a.pick(context), Some(b.future.0))
        }
        (When::Day(a), When::Period(b)) => day_range(&a.timex, &b.head, a.pick(context), Some(b.pick(context).0)),
        (When::Clock(a), When::Moment(day, b)) => {
            let at = context.now.date();
            moments(
                (iso(at) + &a.timex(), at.and_time(a.time())),
                (day.timex.clone() + &b.timex(), day.pick(context)?.and_time(b.time())),
            )
        }
        (When::Moment(x, a), When::Moment(y, b)) => moments(
            (x.timex.clone() + &a.timex(), x.pick(context)?.and_time(a.time())),
            (y.timex.clone() + &b.timex(), y.pick(context)?.and_time(b.time())),
        ),
        (When::Moment(day, a), When::Clock(b)) => moment_range(reader, day, *a, *b, None, None),
        (When::DayPart(day, part), When::Moment(y, b)) => moments(
            (day.timex.clone() + part.code, day.pick(context)?.and_hms_opt(part.from, 0, 0)?),
            (y.timex.clone() + &b.timex(), y.pick(context)?.and_time(b.time())),
        ),
        (When::Instant(x, a), When::Instant(y, b)) => {
            let length = length_timex(&crate::duration::Duration::of(
                (*y - *x).num_minutes(),
                crate::duration::DurationUnit::Minute,
            ));
            Some(When::MomentRange { timex: vec![format!("({a},{b},{length})")], from: *x, to: *y })
        }
        _ => None,
    }
}

pub(super) fn edge_of(period: &Period, edge: i32) -> NaiveDate {
    let (from, to) = period.future;
    match edge {
        0 => from,
        1 => plus(from, (to - from).num_days() / 2),
        _ => to,
    }
}

pub(super) fn day_range(a: &str, b: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<When> {
    let Some((from, to)) = from.zip(to) else {
        let length = if from.is_none() && to.is_none() { return None } else { "PXD" };
        let known = from.or(to)?;
        return Some(When::DayRange {
            timex: format!("({a},{b},{length})"),
            from: known,
            to: plus(known, 1),
            grain: Grain::Day,
        });
    };
    let mut to = to;
    // 12月28日到1月3日 runs into the next year; 12月5日到12月3日 is a slip, which the dialogue asks about.
    if to < from && b.starts_with("XXXX") && to.month() != from.month() {
        to = super::when::plus_months(to, 12);
    }
    let timex = format!("({a},{b},P{}D)", (to - from).num_days());
    Some(When::DayRange { timex, from, to: plus(to, 1), grain: Grain::Day })
}

pub(super) fn moments(a: (String, NaiveDateTime), b: (String, NaiveDateTime)) -> Option<When> {
    let mut to = b.1;
    if to < a.1 {
        to = to.checked_add_months(chrono::Months::new(12))?;
    }
    let timex = format!("({},{},{})", a.0, b.0, minutes_timex((to - a.1).num_minutes()));
    Some(When::MomentRange { timex: vec![timex], from: a.1, to })
}

/// Two days of one range: what the second leaves out it takes from the first, and the other way round.
pub(super) fn aligned(reader: &Reader<'_>, a: &Day, b: &Day) -> Option<(Day, Day)> {
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
        // 30号到下个月2号 begins in the month before.
        (DayKind::Monthly, _) if a.ymd.2 > b.ymd.2 => {}
        (DayKind::Monthly, _) => a = like(&b, a.ymd.2)?,
        (DayKind::Yearly, DayKind::Definite) if b.weekday.is_none() && a.ymd.1 > 0 => {
            let year = b.ymd.0?;
            a = Day::full(year, a.ymd.1, a.ymd.2);
        }
        (DayKind::Definite, DayKind::Yearly)
            if a.weekday.is_none() && b.ymd.1 > 0 && a.ymd.0.is_some() && !b.timex.contains('W') =>
        {
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
