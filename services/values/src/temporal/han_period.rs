//! Chinese periods: 去年上半年, 下个月, 十月的第一周, 未来三天, 三个工作日内, 月底.

use chrono::{Datelike, NaiveDate};

use super::han_counted::relative;
use super::han_day::{Month, month, small, week, week_word, weekday_number, which, year};
use super::when::{Item, Period, When, date, monday, plus, plus_months};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Grain;

/// A period at `token`.
pub(crate) fn period(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let found = relative(reader, token)
        .or_else(|| days_together(reader, token))
        .or_else(|| season(reader, token))
        .or_else(|| within_year(reader, token))
        .or_else(|| week_period(reader, token))
        .or_else(|| month_period(reader, token))
        .or_else(|| century(reader, token));
    found.map(|(period, end)| Item::new(token, end, When::Period(period), "zh.period"))
}

/// 今明两天, 明后天.
fn days_together(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    #[rustfmt::skip]
    const DAYS: &[(&str, i64)] = &[("今明两天", 0), ("今明两日", 0), ("今明天", 0), ("明后两天", 1), ("明后两日", 1), ("明后天", 1), ("昨今两天", -1)];
    let (first, end) = reader.text.pick(token, DAYS)?;
    let from = plus(reader.context.now.date(), first);
    Some((Period::span(from, plus(from, 2), "P2D", Grain::Day), end))
}

/// What begins with a year, said or meant: 2018年, 去年上半年, 第三季度, 2021年的前2周.
fn within_year(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let said = year(reader, token);
    let (year, at) = said.unwrap_or((today.year(), token));
    let inner = if said.is_some() && text.ch(at) == '的' { at + 1 } else { at };
    if let Some((half, end)) = text.pick(inner, &[("上半年", 1), ("下半年", 2)]) {
        return Some((Period::half(year, half)?, end));
    }
    if said.is_none()
        && let Some((offset, end)) = text.pick(inner, &[("上个半年", -1), ("下个半年", 1), ("这半年", 0)])
    {
        let now_half = i32::try_from(today.month0() / 6).ok()? + offset;
        return Some((
            Period::half(year + now_half.div_euclid(2), u32::try_from(now_half.rem_euclid(2)).ok()? + 1)?,
            end,
        ));
    }
    if let Some((n, end)) = quarter(text, inner) {
        return Some((Period::quarter(year, n)?, end));
    }
    if said.is_none()
        && let Some((offset, at)) = which(text, inner)
        && let Some(end) = text
            .lit(at, "季度")
            .or_else(|| text.lit(at, "个季度"))
            .or_else(|| text.lit(at, "季").filter(|e| text.ch(*e) != '节'))
    {
        let index = year * 4 + i32::try_from(today.month0() / 3).ok()? + offset;
        return Some((Period::quarter(index.div_euclid(4), u32::try_from(index.rem_euclid(4)).ok()? + 1)?, end));
    }
    if let Some((period, end)) = said.and_then(|_| first_of_year(text, inner, year)) {
        return Some((period, end));
    }
    if let Some((tail, end)) = text
        .pick(
            at,
            &[("年初", 1), ("年底", 12), ("年末", 12), ("年终", 12), ("年中", 6), ("初", 1), ("底", 12), ("末", 12)],
        )
        .filter(|(_, e)| said.is_some() || *e == at + 2)
    {
        let from = date(year, tail, 1)?;
        return Some((
            Period {
                timex: format!("{year:04}"),
                ..Period::fixed(String::new(), from, plus_months(from, 1), Grain::Month)
            },
            end,
        ));
    }
    let (_, end) = said?;
    let long_lasting = matches!(text.ch(end), '半')
        || text.lit(end, "之前").is_some() && text.is_digits(token) && text.len(token) == 1;
    (!long_lasting && month(text, inner).is_none_or(|(m, _)| matches!(m, Month::Offset(_)))).then_some(())?;
    Some((Period::year(year)?, end))
}

/// 第三季度, 一季度, Q3.
fn quarter(text: &Text, token: usize) -> Option<(u32, usize)> {
    let at = if text.ch(token) == '第' { token + 1 } else { token };
    if text.s(at) == "q" {
        let n = text.int(at + 1).filter(|n| (1..=4).contains(n) && text.gap(at + 1) == 0)?;
        return Some((n, at + 2));
    }
    let (n, end) = small(text, at).filter(|(n, _)| (1..=4).contains(n))?;
    let end = text.lit(end, "季度").or_else(|| text.lit(end, "季").filter(|_| at > token))?;
    Some((n, end))
}

/// After a year: 第一周, 第三个月, 前2周, 最后三天.
fn first_of_year(text: &Text, at: usize, year: i32) -> Option<(Period, usize)> {
    let first = date(year, 1, 1)?;
    if text.ch(at) == '第' {
        let (n, after) = small(text, at + 1)?;
        let after = text.lit(after, "个").unwrap_or(after);
        if text.ch(after) == '月' {
            return Some((Period::month(year, n)?, after + 1));
        }
        let end = week_word(text, after).filter(|e| weekday_number(text, *e).is_none())?;
        return Some((Period::week(plus(date(year, 1, 4)?, 7 * (i64::from(n) - 1))), end));
    }
    let (last, at) = text.pick(at, &[("前", false), ("头", false), ("最后", true), ("后", true)])?;
    let (n, after) = small(text, at)?;
    let after = text.lit(after, "个").unwrap_or(after);
    let count = i64::from(n);
    let (unit, end) = text.pick(after, &[("周", 7), ("星期", 7), ("天", 1), ("日", 1), ("月", 30)])?;
    let months = i32::try_from(n).ok()?;
    let (from, to, length) = match (unit, last) {
        (7, false) => {
            let from = monday(date(year, 1, 4)?);
            (from, plus(from, 7 * count), format!("P{n}W"))
        }
        (1, false) => (first, plus(first, count), format!("P{n}D")),
        (30, false) => (first, plus_months(first, months), format!("P{n}M")),
        (_, _) => {
            let end = date(year + 1, 1, 1)?;
            let (from, code) = match unit {
                7 => (plus(end, -7 * count), "W"),
                1 => (plus(end, -count), "D"),
                _ => (plus_months(end, -months), "M"),
            };
            (from, end, format!("P{n}{code}"))
        }
    };
    Some((Period::span(from, to, &length, Grain::Day), end))
}

/// 下周, 上上星期, 周末, 下下周末, 下半周.
fn week_period(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some((second, end)) = text.pick(token, &[("上半周", false), ("下半周", true)]) {
        let start = monday(today);
        let (from, to) = if second { (plus(start, 3), plus(start, 7)) } else { (start, plus(start, 3)) };
        let days = (to - from).num_days();
        return Some((Period::span(from, to, &format!("P{days}D"), Grain::Week), end));
    }
    // 第33周 of this year
    if text.ch(token) == '第' {
        let (n, at) = small(text, token + 1).filter(|(n, _)| (1..=53).contains(n))?;
        let end = week_word(text, text.lit(at, "个").unwrap_or(at))?;
        let day = plus(date(today.year(), 1, 4)?, 7 * (i64::from(n) - 1));
        return weekday_number(text, end).is_none().then(|| (Period::week(day), end));
    }
    let (offset, at) = which(text, token).map_or((None, token), |(o, at)| (Some(o), at));
    if let Some(end) = text.lit(at, "周末").or_else(|| text.lit(at, "双休日")) {
        let day = plus(today, 7 * i64::from(offset.unwrap_or(0)));
        return Some((Period::weekend(day), end));
    }
    let end = week_word(text, at)?;
    let offset = offset
        .filter(|_| weekday_number(text, end).is_none() && !matches!(text.ch(end), '年' | '末' | '边' | '围' | '期'))?;
    Some((week(reader, offset), end))
}

/// 十二月, 2018年十二月, 下个月, 十月的第一周, 本月底, 十月中旬.
fn month_period(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (said, at) =
        year(reader, token).map_or((None, token), |(y, e)| (Some(y), if text.ch(e) == '的' { e + 1 } else { e }));
    let bare_tail = said
        .is_none()
        .then(|| text.pick(at, &[("月底", (21, 32)), ("月末", (21, 32)), ("月初", (1, 11)), ("月中", (11, 21))]))
        .flatten();
    if let Some((days, end)) = bare_tail {
        let month = Period::month(today.year(), today.month())?;
        return Some((part_of_month(&month, days), end));
    }
    let (which, end) = month(text, at)?;
    let month = match which {
        Month::Offset(offset) => {
            let first = plus_months(today.with_day(1)?, offset);
            Period::month(first.year(), first.month())?
        }
        Month::Named(number) => match said {
            Some(year) => Period::month(year, number)?,
            None => Period::month_of_any_year(number, today)?,
        },
    };
    let glued = at > 0 && text.is_digits(at) && !text.spaced(at) && matches!(text.ch(at - 1), '-' | '.' | '/');
    if glued || text.lit(end - 1, "月亮").is_some() || text.lit(end - 1, "月饼").is_some() {
        return None;
    }
    if let Some((days, end)) = text.pick(
        end,
        &[
            ("上旬", (1, 11)),
            ("中旬", (11, 21)),
            ("下旬", (21, 32)),
            ("初", (1, 11)),
            ("中", (11, 21)),
            ("底", (21, 32)),
            ("末", (21, 32)),
        ],
    ) {
        return Some((part_of_month(&month, days), end));
    }
    let nth = if text.ch(end) == '的' { end + 1 } else { end };
    let nth_week = (text.ch(nth) == '第')
        .then(|| small(text, nth + 1))
        .flatten()
        .map(|(n, a)| (n, text.lit(a, "个").unwrap_or(a)));
    let nth_week = nth_week.or_else(|| text.lit(nth, "最后一").map(|a| (5, text.lit(a, "个").unwrap_or(a))));
    if let Some((n, after)) = nth_week
        && let Some(week_end) = week_word(text, after).filter(|e| weekday_number(text, *e).is_none())
    {
        let nth_of = |range: (NaiveDate, NaiveDate)| {
            let from = monday(plus(range.0, 3 + 7 * (i64::from(n) - 1)));
            (from, plus(from, 7))
        };
        let timex = format!("{}-W{n:02}", month.timex);
        return Some((
            Period {
                timex,
                future: nth_of(month.future),
                past: nth_of(month.past),
                grain: Grain::Week,
                head: month.head,
            },
            week_end,
        ));
    }
    Some((month, end))
}

/// Ten days or so of a month; the TIMEX stays the month's, as the specification has it.
fn part_of_month(month: &Period, days: (i64, i64)) -> Period {
    let part = |(from, to): (NaiveDate, NaiveDate)| (plus(from, days.0 - 1), to.min(plus(from, days.1 - 1)));
    Period { future: part(month.future), past: part(month.past), grain: Grain::Month, ..month.clone() }
}

/// 十九世纪, 十九世纪七十年代, 90年代.
fn century(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let this = reader.context.now.year().div_euclid(100) + 1;
    let relative = text.pick(
        token,
        &[("本世纪", 0), ("这个世纪", 0), ("上世纪", -1), ("上个世纪", -1), ("下世纪", 1), ("下个世纪", 1)],
    );
    let (n, at) = match relative {
        Some((offset, end)) => (u32::try_from(this + offset).ok()?, end - 2),
        None => small(text, token)?,
    };
    if n == 0 || n > 30 && text.lit(at, "世纪").is_some() {
        return None;
    }
    if let Some(end) = text.lit(at, "世纪") {
        let base = (i32::try_from(n).ok()? - 1) * 100;
        let inner = if text.ch(end) == '的' { end + 1 } else { end };
        if let Some((decade, after)) = small(text, inner).filter(|(d, _)| d % 10 == 0 && *d < 100)
            && let Some(end) = text.lit(after, "年代")
        {
            let year = base + i32::try_from(decade).ok()?;
            return Some((Period::span(date(year, 1, 1)?, date(year + 10, 1, 1)?, "P10Y", Grain::Decade), end));
        }
        return Some((Period::span(date(base, 1, 1)?, date(base + 100, 1, 1)?, "P100Y", Grain::Century), end));
    }
    let end = text.lit(at, "年代")?;
    let year = i32::try_from(n).ok().filter(|n| n % 10 == 0 && (*n < 100 || *n >= 1000))?;
    let year = match year {
        0..=29 => 2000 + year,
        30..=99 => 1900 + year,
        _ => year,
    };
    Some((Period::span(date(year, 1, 1)?, date(year + 10, 1, 1)?, "P10Y", Grain::Decade), end))
}

fn season(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (said, at) =
        year(reader, token).map_or((None, token), |(y, e)| (Some(y), if text.ch(e) == '的' { e + 1 } else { e }));
    let ((code, month), end) = text.pick(
        at,
        &[
            ("春天", ("SP", 3)),
            ("春季", ("SP", 3)),
            ("夏天", ("SU", 6)),
            ("夏季", ("SU", 6)),
            ("秋天", ("FA", 9)),
            ("秋季", ("FA", 9)),
            ("冬天", ("WI", 12)),
            ("冬季", ("WI", 12)),
        ],
    )?;
    let from = date(said.unwrap_or(today.year()), month, 1)?;
    let timex = said.map_or_else(|| code.to_owned(), |y| format!("{y:04}-{code}"));
    Some((Period::fixed(timex, from, plus_months(from, 3), Grain::Season), end))
}
