//! Chinese days: 下周三, 12月2日, 本月十日, 农历十月初一, 今晚.

use chrono::Datelike;

use super::holiday;
use super::when::{Day, HAN_EVENING, Item, MORNING, NIGHT, Part, Period, When, monday, nth_weekday, plus, plus_months};
use crate::number::{Form, han};
use crate::reader::Reader;
use crate::text::Text;

#[rustfmt::skip]
const DAYS: &[(&str, i64)] = &[
    ("大后天", 3), ("大前天", -3), ("今天", 0), ("今日", 0), ("今儿个", 0), ("今儿", 0), ("当日", 0), ("明天", 1), ("明日", 1), ("明儿个", 1), ("明儿", 1), ("次日", 1),
    ("后天", 2), ("后日", 2), ("昨天", -1), ("昨日", -1), ("昨儿", -1), ("前天", -2), ("前日", -2),
];

/// Day and part of day in two characters.
#[rustfmt::skip]
const DAY_PARTS: &[(&str, (i64, Part))] = &[
    ("今晚上", (0, HAN_EVENING)), ("今晚", (0, HAN_EVENING)), ("今夜", (0, NIGHT)), ("今早", (0, MORNING)), ("今晨", (0, MORNING)), ("明晚", (1, HAN_EVENING)), ("明早", (1, MORNING)),
    ("明晨", (1, MORNING)), ("昨晚", (-1, HAN_EVENING)), ("昨夜", (-1, NIGHT)), ("后晚", (2, HAN_EVENING)), ("前晚", (-2, HAN_EVENING)), ("当晚", (0, HAN_EVENING)),
];

/// Which week, month or year, from the one we are in.
#[rustfmt::skip]
pub(crate) const WHICH: &[(&str, i32)] = &[
    ("下下下个", 3), ("下下下", 3), ("下下个", 2), ("下下一个", 2), ("下下", 2), ("下一个", 1), ("下个", 1), ("下一", 1), ("下", 1), ("上上上个", -3), ("上上上", -3), ("上上个", -2), ("上上", -2), ("上一个", -1),
    ("上个", -1), ("上一", -1), ("上", -1), ("这一", 0), ("这个", 0), ("这", 0), ("本", 0), ("当", 0), ("此", 0), ("今", 0), ("次", 1),
];

/// 周, 星期 or 礼拜 at `token`.
pub(crate) fn week_word(text: &Text, token: usize) -> Option<usize> {
    text.pick(token, &[("星期", ()), ("礼拜", ()), ("周", ())]).map(|(_, end)| end)
}

/// A day of the week by number or name, 1 to 7, after the word for week.
pub(crate) fn weekday_number(text: &Text, token: usize) -> Option<(u32, usize)> {
    let c = text.ch(token);
    let number = match c {
        '日' | '天' => 7,
        _ if text.is_digits(token) && text.len(token) == 1 && !text.space_sep(token) => {
            text.int(token).filter(|n| (1..=7).contains(n))?
        }
        _ => han::digit(c).filter(|n| text.is_han(token) && (1..=6).contains(n) && c != '两')?,
    };
    let counted = matches!(text.ch(token + 1), '个' | '年')
        || text.lit(token + 1, "小时").is_some()
        || text.is_digits(token) && matches!(text.ch(token + 1), '天' | '.' | ':' | '点');
    (!counted).then_some((number, token + 1))
}

/// A small whole number in digits or numerals.
pub(crate) fn small(text: &Text, token: usize) -> Option<(u32, usize)> {
    if text.is_digits(token) {
        return text.int(token).map(|n| (n, token + 1));
    }
    let number = han::integer(text, token).filter(|n| n.form == Form::Words && text.is_han(token))?;
    Some((number.natural()?, number.end))
}

/// A day at `token`.
pub(crate) fn day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some((offset, end)) = text.pick(token, DAYS) {
        let title = text.lit(end, "头条").is_some()
            || text.lit(end, "之后").is_some() && text.ch(end + 2) == '》'
            || text.ch(token.wrapping_sub(1)) == '《';
        return (!title)
            .then(|| Item::new(token, end, When::Day(Day::definite(plus(today, offset))), "zh.relative_day"));
    }
    if let Some(end) = text.lit(token, "最近") {
        return Some(Item::new(token, end, When::Day(Day::definite(today)), "zh.relative_day"));
    }
    weekday(reader, token)
        .or_else(|| month_day(reader, token))
        .or_else(|| holiday::han(reader, token))
        .or_else(|| numeric(reader, token))
}

/// 周三, 下周三, 本月十日's sibling for weeks.
fn weekday(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (which, at) = match text.pick(token, WHICH) {
        Some((which, at)) => (Some(which), at),
        None => (None, token),
    };
    let after_week = week_word(text, at)?;
    let after_week = if text.ch(after_week) == '的' {
        week_word(text, after_week + 1).unwrap_or(after_week)
    } else {
        week_word(text, after_week).unwrap_or(after_week)
    };
    let (number, mut end) = weekday_number(text, after_week)?;
    if text.lit(end, "小时").is_some() {
        return None;
    }
    if text.ch(end) == '(' || text.ch(end) == ')' {
        end = after_week + 1;
    }
    let day = match which {
        Some(which) => Day {
            weekday: Some(super::when::weekday(number)),
            ..Day::definite(plus(monday(today), i64::from(which) * 7 + i64::from(number) - 1))
        },
        None => Day::weekly(number, reader.context),
    };
    Some(Item::new(token, end, When::Day(day), "zh.weekday"))
}

/// A year at `token`: 2016年, 08年, 二零一六年, 今年.
pub(crate) fn year(reader: &Reader<'_>, token: usize) -> Option<(i32, usize)> {
    let text = &reader.text;
    let this = reader.context.now.year();
    if let Some((offset, end)) = text.pick(
        token,
        &[
            ("大前年", -3),
            ("大后年", 3),
            ("今年", 0),
            ("本年", 0),
            ("这一年", 0),
            ("当年", 0),
            ("明年", 1),
            ("来年", 1),
            ("后年", 2),
            ("去年", -1),
            ("上一年", -1),
            ("下一年", 1),
            ("前年", -2),
        ],
    ) {
        return Some((this + offset, if text.ch(end) == '度' { end + 1 } else { end }));
    }
    #[rustfmt::skip]
    const ERAS: &[(&str, i32)] = &[("顺治", 1644), ("康熙", 1662), ("雍正", 1723), ("乾隆", 1736), ("嘉庆", 1796), ("道光", 1821), ("咸丰", 1851), ("同治", 1862), ("光绪", 1875), ("宣统", 1909), ("民国", 1912), ("公元", 1)];
    if let Some((first, at)) = text.pick(token, ERAS) {
        let (n, at) = small(text, at)?;
        return (text.ch(at) == '年').then(|| (first + i32::try_from(n).unwrap_or(0) - 1, at + 1));
    }
    if text.is_digits(token) {
        let n = i32::try_from(text.int(token)?).ok()?;
        let bare = text.ch(token + 1) == '年'
            && !matches!(text.ch(token + 2), '前' | '后' | '半' | '内' | '级' | '代')
            && text.lit(token + 2, "之").is_none();
        return match text.len(token) {
            4 if text.ch(token + 1) == '年' && (1000..3000).contains(&n) => Some((n, token + 2)),
            3 if bare && matches!(text.ch(token.wrapping_sub(1)), '在' | '于' | '自' | '从' | '到' | '至') => {
                Some((n, token + 2))
            }
            2 if bare
                && (text.s(token).starts_with('0')
                    || (8..=49).contains(&n)
                        && month(text, token + 2).is_some_and(|(m, _)| matches!(m, Month::Named(_)))
                    || n >= 70) =>
            {
                Some((if n < 50 { 2000 + n } else { 1900 + n }, token + 2))
            }
            _ => None,
        };
    }
    let spoken = han::integer(text, token)
        .filter(|n| text.is_han(token) && text.ch(n.end) == '年' && (text.ch(token + 1) == '千'));
    if let Some(n) = spoken
        .and_then(|n| Some((i32::try_from(n.natural()?).ok()?, n.end + 1)))
        .filter(|(y, _)| (1900..2100).contains(y))
    {
        return Some(n);
    }
    let mut at = token;
    let mut value = 0;
    while let Some(d) = han::digit(text.ch(at)).filter(|_| text.is_han(at) && text.ch(at) != '两' && at < token + 5) {
        value = value * 10 + i32::try_from(d).ok()?;
        at += 1;
    }
    match (at - token, text.ch(at)) {
        (4, '年') => Some((value, at + 1)),
        (3, '年') if month(text, at + 1).is_some_and(|(m, _)| matches!(m, Month::Named(_))) => Some((value, at + 1)),
        (2, '年') if matches!(text.ch(token), '零' | '〇' | '九' | '八' | '一') && text.ch(token + 1) != '两' => {
            Some((if value < 50 { 2000 + value } else { 1900 + value }, at + 1))
        }
        _ => None,
    }
}

/// A month at `token`: 十二月, 12月份, 本月, 正月; the number, and the offset in months where it is relative.
pub(crate) enum Month {
    Named(u32),
    Offset(i32),
}

pub(crate) fn month(text: &Text, token: usize) -> Option<(Month, usize)> {
    if let Some((which, at)) = text.pick(token, WHICH) {
        let end = text.lit(at, "月份").or_else(|| text.lit(at, "月"))?;
        return Some((Month::Offset(which), end));
    }
    for (name, number) in [("正月", 1), ("腊月", 12), ("冬月", 11)] {
        if let Some(end) = text.lit(token, name) {
            return Some((Month::Named(number), end));
        }
    }
    let (number, at) = small(text, token).filter(|(n, _)| (1..=12).contains(n))?;
    let end = text.lit(at, "月份").or_else(|| text.lit(at, "月"))?;
    Some((Month::Named(number), end))
}

/// A day of the month: 十日, 29号, 初一; `named` when a word for day is said.
fn day_of_month(text: &Text, token: usize) -> Option<(u32, usize, bool)> {
    let at = if text.ch(token) == '初' { token + 1 } else { token };
    let (number, end) = match text.lit(at, "廿") {
        Some(next) => small(text, next).map_or((20, next), |(n, e)| (20 + n, e)),
        None => small(text, at)?,
    };
    if !(1..=31).contains(&number) {
        return None;
    }
    let word = matches!(text.ch(end), '日' | '号')
        && !matches!(text.ch(end + 1), '楼' | '线' | '门' | '房' | '店' | '院' | '馆');
    if word { Some((number, end + 1, true)) } else { Some((number, end, at > token)) }
}

/// 2016年12月2日, 12月2号, 本月十日, 29日, 农历十月初一.
fn month_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let lunar = |at| text.pick(at, &[("农历", ()), ("阴历", ())]).map(|((), end)| end);
    let before_year = lunar(token);
    let at = before_year.unwrap_or(token);
    let (year, after_year) = year(reader, at).map_or((None, at), |(y, end)| {
        (Some(y), if text.ch(end) == '的' || text.ch(end) == '，' { end + 1 } else { end })
    });
    let lunar_word = before_year.or(lunar(after_year));
    let after_year = lunar(after_year).unwrap_or(after_year);
    let Some((month, mut after_month)) = month(text, after_year) else {
        // A day alone; with 号 only where it cannot be a house or a bus.
        if after_year > at {
            return None;
        }
        let (number, end, named) = day_of_month(text, at).filter(|d| d.2 && text.ch(d.1 - 1) != text.ch(at))?;
        let counted = text.ch(at) == '初'
            || text.ch(at.wrapping_sub(1)) == '第'
            || text.is_digits(at) && !text.spaced(at) && at > 0 && matches!(text.ch(at - 1), '-' | '.' | ':' | '/');
        let bare_word = !named || counted || text.lit(end, "内").is_some();
        return (!bare_word).then(|| Item::new(token, end, When::Day(Day::monthly(number, today)), "zh.day_of_month"));
    };
    if text.ch(after_month) == '的' {
        after_month += 1;
    }
    let (number, end, named) = day_of_month(text, after_month)?;
    let unfinished = !named
        && (matches!(text.ch(end), '点' | '个' | '天' | '月' | '周' | '年' | '%' | ':' | '时' | '分' | '次' | '元')
            || text.is_digits(after_month) && text.is_word(end));
    if unfinished {
        return None;
    }
    let lunar =
        lunar_word.is_some() || text.ch(after_month) == '初' || matches!(text.ch(after_year), '正' | '腊' | '冬');
    let day = match (month, year) {
        (Month::Offset(offset), None) => {
            let first = plus_months(today.with_day(1)?, offset);
            Day::full(first.year(), first.month(), number)
        }
        (Month::Offset(offset), Some(year)) => Day::full(year, plus_months(today.with_day(1)?, offset).month(), number),
        (Month::Named(month), Some(year)) => Day::full(year, month, number),
        (Month::Named(month), None) => Day::yearly(month, number, today),
    };
    let day = if lunar { super::lunar::anchored(day, today) } else { day };
    Some(Item::new(token, end, When::Day(day), if lunar { "zh.lunar_date" } else { "zh.date" }))
}

/// 四月的最后一个星期一.
pub(crate) fn nth_weekday_of_month(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (year_said, at) = year(reader, token).map_or((None, token), |(y, e)| (Some(y), e));
    let (month, at) = month(text, at)?;
    let at = if text.ch(at) == '的' { at + 1 } else { at };
    let (n, at) = if let Some(at) = text.lit(at, "最后一个") {
        (-1, at)
    } else if text.ch(at) == '第' {
        let (n, at) = small(text, at + 1)?;
        (i32::try_from(n).ok()?, text.lit(at, "个").unwrap_or(at))
    } else {
        return None;
    };
    let (number, end) = weekday_number(text, week_word(text, at)?)?;
    let (year_known, month) = match month {
        Month::Named(m) => (year_said, m),
        Month::Offset(o) => {
            let first = plus_months(today.with_day(1)?, o);
            (Some(first.year()), first.month())
        }
    };
    let at_year = |y| nth_weekday(y, month, n, number);
    let (future, past) = match year_known {
        Some(y) => (at_year(y), at_year(y)),
        None => (
            (today.year()..today.year() + 3).filter_map(at_year).find(|d| *d >= today),
            (today.year() - 2..=today.year()).rev().filter_map(at_year).find(|d| *d < today),
        ),
    };
    let count = if n < 0 { 5 } else { n };
    let timex = match year_known {
        Some(_) => super::when::iso(future?),
        None => format!("XXXX-{month:02}-WXX-{number}-#{count}"),
    };
    let day =
        Day { timex, future, past, ymd: (year_known, month, 0), weekday: None, kind: super::when::DayKind::Yearly };
    Some(Item::new(token, end, When::Day(day), "zh.nth_weekday"))
}

/// 2010/01/29, 2010.01.29, 2012-01-01, 5/6, 2010-01; shared with English.
pub(crate) fn numeric(reader: &Reader<'_>, token: usize) -> Option<Item> {
    super::numeric::numeric(reader, token)
}

/// 今晚, 明早.
pub(crate) fn day_part(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let ((offset, part), end) = reader.text.pick(token, DAY_PARTS)?;
    let day = Day::definite(plus(reader.context.now.date(), offset));
    Some(Item::new(token, end, When::DayPart(day, part), "zh.day_part"))
}

/// A period's offset word before 周, 月, 年, shared with the periods.
pub(crate) fn which(text: &Text, token: usize) -> Option<(i32, usize)> {
    text.pick(token, WHICH)
}

/// The week of today moved by weeks.
pub(crate) fn week(reader: &Reader<'_>, offset: i32) -> Period {
    Period::week(plus(reader.context.now.date(), 7 * i64::from(offset)))
}
