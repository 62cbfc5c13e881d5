//! Two clock times and what stands between them, alone or on a day: 8-9am, 下午5:00到凌晨3:00, for 2 hours from 9.

use chrono::Datelike;

use super::atoms::clock_in;
use super::compose::TO;
use super::when::{Clock, Day, DayKind, Item, Part, When, iso, minutes_timex, plus};
use super::{han_clock, han_day};
use crate::reader::Reader;
use crate::text::Text;

/// A time and how long from it.
pub(crate) fn lasting(clock: Clock, length: &crate::duration::Duration) -> Option<When> {
    let minutes = clock.minutes() + length.seconds() / 60;
    let hour = u32::try_from(minutes / 60).ok().filter(|h| *h < 24)?;
    let end = Clock { second: Some(0), ..Clock::exact(hour, u32::try_from(minutes % 60).ok()) };
    let start = Clock { exact: true, bare: false, ..clock };
    Some(When::ClockRange(start, end, Some(minutes_timex(length.seconds() / 60))))
}

/// "for 7 hours from 9:30am" beside a day.
pub(super) fn hours_from(reader: &Reader<'_>, token: usize) -> Option<Item> {
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

/// Two clock times and what stands between: 8-9am, 下午5:00到凌晨3:00, between 2 and 4pm.
pub(super) fn clock_range(reader: &Reader<'_>, token: usize) -> Option<Item> {
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

pub(super) fn english_part_after(text: &Text, token: usize) -> Option<(Part, usize)> {
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

pub(super) fn between_minutes(a: Clock, b: Clock) -> i64 {
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

pub(super) fn shifted_day(day: &Day, reader: &Reader<'_>) -> Option<String> {
    let next = plus(day.pick(reader.context)?, 1);
    Some(match day.kind {
        DayKind::Weekly => format!("XXXX-WXX-{}", next.weekday().number_from_monday()),
        DayKind::Yearly => next.format("XXXX-%m-%d").to_string(),
        _ => iso(next),
    })
}
