//! Lengths counted from now, in either language, and their Chinese words: 未来三天, 三天后, 三个工作日内.

use super::when::{Day, Item, Period, When, instant_timex, iso, length_timex, plus};
use crate::duration::{Duration, DurationUnit};
use crate::reader::Reader;
use crate::value::Grain;

/// Which way a length counts from now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Past,
    Next,
    Within,
}

#[rustfmt::skip]
pub(super) const WAYS: &[(&str, Way)] = &[
    ("在过去的", Way::Past), ("过去的", Way::Past), ("过去", Way::Past), ("最近的", Way::Past), ("最近", Way::Past), ("近", Way::Past), ("之前的", Way::Past), ("之前", Way::Past), ("前", Way::Past), ("上", Way::Past),
    ("接下来的", Way::Next), ("接下来", Way::Next), ("未来的", Way::Next), ("未来", Way::Next), ("今后", Way::Next), ("往后", Way::Next), ("下", Way::Next), ("之后", Way::Next), ("后", Way::Next), ("还剩下", Way::Within), ("还剩", Way::Within),
];

/// 未来三天, 近两周, 后1年.
pub(super) fn relative(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let (way, at) = text.pick(token, WAYS)?;
    let (length, end) = super::han_clock::length(reader, at)?;
    // 下一周 is the week after this; 下1年 and 下两周 count from now.
    let named = text.ch(token) == '下'
        && length.parts.first().is_none_or(|p| p.amount <= rust_decimal::Decimal::ONE && !text.is_digits(at));
    if named
        || length.parts.iter().any(|p| p.unit.is_clock())
        || matches!(text.ch(token), '前' | '上') && text.ch(at) == '半'
    {
        return None;
    }
    span_from_now(reader, &length, way == Way::Past, way == Way::Next).map(|p| (p, end))
}

/// Days `length` long before or after today; the future may begin tomorrow.
pub(crate) fn span_from_now(reader: &Reader<'_>, length: &Duration, past: bool, from_tomorrow: bool) -> Option<Period> {
    let today = reader.context.now.date();
    let base = plus(today, i64::from(from_tomorrow)).and_hms_opt(0, 0, 0)?;
    let calendar = reader.context.calendar;
    let business = length.parts.iter().any(|p| p.unit == DurationUnit::BusinessDay);
    let (from, to) = if past {
        (length.before(base, calendar)?.date(), base.date())
    } else if business && from_tomorrow {
        let last = length.after(base.checked_sub_days(chrono::Days::new(1))?, calendar)?.date();
        (calendar.add_workdays(today, 1)?, plus(last, 1))
    } else {
        (base.date(), length.after(base, calendar)?.date())
    };
    Some(Period { grain: Grain::Day, ..Period::span(from, to, &length_timex(length), Grain::Day) })
}

/// The same for lengths finer than a day: 之前3小时, 还剩3小时.
pub(crate) fn relative_hours(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (way, at) = text.pick(token, WAYS)?;
    let (length, end) = super::han_clock::length(reader, at)?;
    if !length.parts.iter().any(|p| p.unit.is_clock()) {
        return None;
    }
    hours_from_now(reader, &length, way == Way::Past).map(|when| Item::new(token, end, when, "zh.relative_hours"))
}

pub(crate) fn hours_from_now(reader: &Reader<'_>, length: &Duration, past: bool) -> Option<When> {
    let now = reader.context.now;
    let calendar = reader.context.calendar;
    let (from, to) = if past { (length.before(now, calendar)?, now) } else { (now, length.after(now, calendar)?) };
    let timex = vec![format!("({},{},{})", instant_timex(from), instant_timex(to), length_timex(length))];
    Some(When::MomentRange { timex, from, to })
}

/// What follows a length: 前, 后, 内.
#[rustfmt::skip]
pub(super) const AFTER: &[(&str, char)] = &[
    ("之前", '前'), ("以前", '前'), ("前", '前'), ("之后", '后'), ("以后", '后'), ("过后", '后'), ("后", '后'), ("之内", '内'), ("以内", '内'), ("内", '内'),
];

/// 三天后, 10分钟之前, 三个工作日内; or the length alone.
pub(crate) fn length(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (length, end) = super::han_clock::length(reader, token)?;
    let clock = length.parts.iter().any(|p| p.unit.is_clock());
    if let Some((way, after)) = text.pick(end, AFTER).filter(|(w, a)| {
        !(*w == '后' && matches!(text.ch(*a), '天' | '面' | '来') || *w == '前' && matches!(text.ch(*a), '往' | '面'))
    }) {
        if way == '内' {
            let when = if clock {
                hours_from_now(reader, &length, false)?
            } else {
                When::Period(span_from_now(reader, &length, false, false)?)
            };
            return Some(Item::new(token, after, when, "zh.within"));
        }
        return counted(reader, &length, way == '前').map(|when| Item::new(token, after, when, "zh.counted_from_now"));
    }
    Some(Item::new(token, end, When::Length(length), "zh.duration"))
}

/// The day or moment a length before or after now.
pub(crate) fn counted(reader: &Reader<'_>, length: &Duration, past: bool) -> Option<When> {
    let now = reader.context.now;
    let calendar = reader.context.calendar;
    let at = if past { length.before(now, calendar)? } else { length.after(now, calendar)? };
    let clock = length.parts.iter().any(|p| p.unit.is_clock());
    Some(if clock {
        When::Instant(at, instant_timex(at))
    } else {
        When::Day(Day { timex: iso(at.date()), ..Day::definite(at.date()) })
    })
}
