//! Chinese times of day and lengths of time: 下午三点一刻, 16时40分50秒, 三个工作日, 两年半, 半小时.

use rust_decimal::Decimal;

use super::han_day::small;
use super::when::{AFTERNOON, Clock, EARLY, HAN_EVENING, MORNING, NIGHT, NOON, Part};
use crate::duration::{Duration, DurationPart, DurationUnit};
use crate::number::han;
use crate::reader::Reader;
use crate::text::Text;

#[rustfmt::skip]
const PARTS: &[(&str, Part)] = &[
    ("凌晨", EARLY), ("清晨", EARLY), ("清早", EARLY), ("大清早", EARLY), ("一大早", EARLY), ("早上", MORNING), ("早晨", MORNING), ("上午", MORNING), ("早间", MORNING), ("早", MORNING), ("晨间", MORNING),
    ("中午", NOON), ("正午", NOON), ("午间", NOON), ("下午", AFTERNOON), ("午后", AFTERNOON), ("傍晚", HAN_EVENING), ("晚上", HAN_EVENING), ("晚间", HAN_EVENING),
    ("夜晚", NIGHT), ("夜里", NIGHT), ("夜间", NIGHT), ("深夜", NIGHT), ("半夜", NIGHT), ("午夜", NIGHT), ("晚", HAN_EVENING),
];

/// A part of the day: 下午, 晚上.
pub(crate) fn part(text: &Text, token: usize) -> Option<(Part, usize)> {
    let (part, end) = text.pick(token, PARTS)?;
    let single = end == token + 1;
    let timed = small(text, end).is_some_and(|(_, e)| matches!(text.ch(e), '点' | '时' | ':'));
    let part_of_word = matches!(text.ch(end), '餐' | '饭' | '会' | '自');
    let after_day =
        token > 0 && matches!(text.ch(token - 1), '日' | '号' | '天') && matches!(text.ch(token), '早' | '晚');
    if single && (!timed && !after_day || part_of_word) || text.ch(end) == '好' {
        return None;
    }
    Some((part, end))
}

/// 五点半, 3点15分, 16时40分50秒, 差五分三点, 七点一刻.
pub(crate) fn clock(reader: &Reader<'_>, token: usize) -> Option<(Clock, usize)> {
    let text = &reader.text;
    if text.lit(token, "差").is_some() {
        return short_of(reader, token);
    }
    let (hour, at) = small(text, token).filter(|(h, _)| *h <= 24)?;
    let dot = match text.ch(at) {
        '点' => at + 1,
        '时' if text.ch(at + 1) != '候' => at + 1,
        _ => return None,
    };
    let mut clock = Clock { lenient: true, ..Clock::new(hour, None) };
    let mut end = dot;
    if let Some((minute, after)) = text.pick(
        dot,
        &[("半", 30), ("一刻", 15), ("两刻", 30), ("二刻", 30), ("三刻", 45), ("1刻", 15), ("2刻", 30), ("3刻", 45)],
    ) {
        clock.minute = Some(minute);
        return Some((clock, after));
    }
    // 九点差五分
    if text.ch(dot) == '差'
        && let Some((minutes, after)) = minutes_short(text, dot + 1)
    {
        return Some((before(clock, minutes), after));
    }
    if matches!(text.ch(dot), '钟' | '整') {
        return Some((clock, dot + 1));
    }
    let at = if matches!(text.ch(dot), '过' | '零' | '〇') { dot + 1 } else { dot };
    if let Some((minute, after)) = small(text, at).filter(|(m, _)| *m < 60) {
        let said = text.ch(after) == '分';
        let counted = matches!(
            text.ch(after),
            '个' | '人' | '号' | '天' | '小' | '位' | '日' | '月' | '年' | '点' | '元' | '块' | '%'
        );
        if said && text.ch(after + 1) != '钟' {
            clock.minute = Some(minute);
            end = after + 1;
            if let Some((second, after)) = small(text, end).filter(|(s, e)| *s < 60 && text.ch(*e) == '秒') {
                clock.second = Some(second);
                end = after + 1;
            }
        } else if !said
            && !counted
            && (minute >= 10 || at > dot || text.len(dot) == 2 || after >= text.tokens.len() && text.is_han(at))
        {
            clock.minute = Some(minute);
            end = after;
        }
    }
    Some((clock, end))
}

/// 差五分九点, 差一刻三点.
fn short_of(reader: &Reader<'_>, token: usize) -> Option<(Clock, usize)> {
    let (minutes, at) = minutes_short(&reader.text, token + 1)?;
    let (clock, end) = clock(reader, at).filter(|(c, _)| c.minute.is_none())?;
    Some((before(clock, minutes), end))
}

fn minutes_short(text: &Text, token: usize) -> Option<(u32, usize)> {
    if let Some(end) = text.lit(token, "一刻").or_else(|| text.lit(token, "1刻")) {
        return Some((15, text.lit(end, "钟").unwrap_or(end)));
    }
    let (minutes, at) = small(text, token).filter(|(m, _)| (1..60).contains(m))?;
    let end = text.lit(at, "分钟").or_else(|| text.lit(at, "分"))?;
    Some((minutes, end))
}

fn before(clock: Clock, minutes: u32) -> Clock {
    let hour = if clock.hour == 0 { 23 } else { clock.hour - 1 };
    Clock { hour, minute: Some(60 - minutes), ..clock }
}

#[rustfmt::skip]
const UNITS: &[(&str, DurationUnit)] = &[
    ("个工作日", DurationUnit::BusinessDay), ("工作日", DurationUnit::BusinessDay), ("个世纪", DurationUnit::Century), ("世纪", DurationUnit::Century), ("年", DurationUnit::Year), ("周年", DurationUnit::Year),
    ("个季度", DurationUnit::Quarter), ("季度", DurationUnit::Quarter), ("个月", DurationUnit::Month), ("月", DurationUnit::Month), ("个星期", DurationUnit::Week), ("星期", DurationUnit::Week), ("个礼拜", DurationUnit::Week),
    ("礼拜", DurationUnit::Week), ("周", DurationUnit::Week), ("天", DurationUnit::Day), ("日", DurationUnit::Day), ("夜", DurationUnit::Day), ("个小时", DurationUnit::Hour), ("小时", DurationUnit::Hour), ("个钟头", DurationUnit::Hour),
    ("钟头", DurationUnit::Hour), ("个钟", DurationUnit::Hour), ("分钟", DurationUnit::Minute), ("分", DurationUnit::Minute), ("秒钟", DurationUnit::Second), ("秒", DurationUnit::Second),
];

/// 三个工作日, 两年半, 半小时, 一个半月, 五个星期3小时, 一刻钟.
pub(crate) fn length(reader: &Reader<'_>, token: usize) -> Option<(Duration, usize)> {
    let text = &reader.text;
    let mut parts: Vec<DurationPart> = Vec::new();
    let mut at = token;
    while let Some((part, end)) = length_part(text, at) {
        if parts.last().is_some_and(|last| part.unit <= last.unit) || parts.len() >= 6 {
            break;
        }
        parts.push(part);
        at = end;
        let link = text.lit(at, "又").or_else(|| text.lit(at, "零")).unwrap_or(at);
        if length_part(text, link).is_some() {
            at = link;
        } else {
            break;
        }
    }
    if let [.., last] = parts.as_slice()
        && matches!(last.unit, DurationUnit::Day)
        && text.ch(at - 1) == '日'
    {
        return None;
    }
    (!parts.is_empty()).then_some((Duration { parts }, at))
}

fn length_part(text: &Text, token: usize) -> Option<(DurationPart, usize)> {
    if let Some(at) = text.lit(token, "半") {
        let at = text.lit(at, "个").unwrap_or(at);
        let (unit, end) = text.pick(at, UNITS).filter(|(u, _)| !matches!(u, DurationUnit::BusinessDay))?;
        let bare_month = text.ch(at) == '月' && text.ch(at.wrapping_sub(1)) != '个' || text.ch(end) == '度';
        return (!bare_month).then(|| (DurationPart { amount: Decimal::new(5, 1), unit }, end));
    }
    let number = han::whole(text, token)?;
    let formula_word = number.end > token && text.is_word(number.end - 1);
    if formula_word || number.value.is_sign_negative() || number.value > Decimal::from(1_000_000) {
        return None;
    }
    let mut amount = number.value;
    let mut at = number.end;
    if let Some(end) = text.lit(at, "刻钟") {
        return Some((
            DurationPart { amount: amount.checked_mul(Decimal::from(15))?, unit: DurationUnit::Minute },
            end,
        ));
    }
    if let Some(half) = text.lit(at, "个半") {
        amount += Decimal::new(5, 1);
        at = half;
    }
    let (unit, mut end) = text.pick(at, UNITS)?;
    let ch = text.ch(end);
    // 三月 is a month and 三号 a day; 三周 is a length, 三周岁 an age; 三分之一 a fraction.
    let named_month = unit == DurationUnit::Month && text.ch(at) == '月' && text.ch(at.wrapping_sub(1)) != '半';
    let other_word = match unit {
        DurationUnit::Year => {
            matches!(ch, '级' | '代' | '度')
                || text.is_digits(token) && text.len(token) == 4
                || text.ch(end - 1) == '年' && text.s(token).starts_with('0') && text.is_digits(token)
        }
        DurationUnit::Week => matches!(ch, '岁' | '末' | '六' | '日' | '边' | '围'),
        DurationUnit::Day => matches!(ch, '元') || text.ch(at) == '日' || text.ch(at) == '夜',
        DurationUnit::Minute => {
            text.ch(at) == '分' && text.ch(at + 1) != '钟' && matches!(ch, '之' | '钱' | '店')
                || text.ch(at) == '分' && text.ch(at + 1) != '钟' && text.lit(token.wrapping_sub(2), "小时").is_none()
        }
        _ => false,
    };
    if named_month || other_word {
        return None;
    }
    if text.ch(end) == '半' && text.ch(end + 1) != '个' {
        amount += Decimal::new(5, 1);
        end += 1;
    }
    Some((DurationPart { amount, unit }, end))
}
