//! The smallest temporal meanings at a token, in either language.

use super::when::{AFTERNOON, Clock, Day, DayKind, Item, MORNING, Part, When, instant_timex, plus};
use super::{
    english_clock, english_day, english_length, english_named, english_period, han_counted, han_day, han_period,
    holiday,
};
use super::{han_clock, sets};
use crate::duration::{Duration, DurationUnit};
use crate::reader::Reader;
use crate::text::Text;

/// The longest meaning that starts at `token`; of equal lengths the first of days, clocks, periods, lengths.
pub(crate) fn atom(reader: &Reader<'_>, token: usize) -> Option<Item> {
    reader.atoms.get(token)?.get_or_init(|| longest(reader, token)).clone()
}

fn longest(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let mut best: Option<Item> = None;
    let mut offer = |item: Option<Item>| {
        if let Some(item) = item
            && best.as_ref().is_none_or(|b| item.end > b.end)
        {
            best = Some(item);
        }
    };
    let digits = text.is_digits(token);
    if text.is_han(token) || digits {
        offer(han_day::day(reader, token));
        offer(han_day::day_part(reader, token));
        offer(han_day::nth_weekday_of_month(reader, token));
        offer(han_clock::clock(reader, token).map(|(c, end)| Item::new(token, end, When::Clock(c), "zh.clock")));
        offer(han_period::period(reader, token));
        offer(han_counted::relative_hours(reader, token));
        offer(han_counted::length(reader, token));
        offer(han_clock::part(text, token).map(|(p, end)| Item::new(token, end, When::Part(p), "zh.part_of_day")));
        offer(sets::han_set(reader, token));
        offer(han_now(reader, token));
    }
    if text.is_word(token) || digits || matches!(text.ch(token), '½' | '¼' | '.') {
        offer(english_day::day(reader, token));
        offer(english_clock::clock(text, token).map(|(c, end)| Item::new(token, end, When::Clock(c), "en.clock")));
        offer(english_period::period(reader, token));
        offer(english_length(reader, token));
        offer(sets::english_set(reader, token));
        offer(part_phrase(reader, token));
        offer(now(reader, token));
        if !digits {
            offer(holiday::english(reader, token));
        }
    }
    best
}

fn han_now(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let at = reader.context.now;
    let (timex, end) = reader.text.pick(
        token,
        &[
            ("现在", "PRESENT_REF"),
            ("此时此刻", "PRESENT_REF"),
            ("此时", "PRESENT_REF"),
            ("这会儿", "PRESENT_REF"),
            ("眼下", "PRESENT_REF"),
            ("如今", "PRESENT_REF"),
            ("尽快", "FUTURE_REF"),
            ("此刻", "PRESENT_REF"),
            ("目前", "PRESENT_REF"),
            ("当前", "PRESENT_REF"),
            ("马上", "FUTURE_REF"),
            ("立刻", "FUTURE_REF"),
            ("立即", "FUTURE_REF"),
            ("刚刚", "PAST_REF"),
            ("刚才", "PAST_REF"),
        ],
    )?;
    Some(Item::new(token, end, When::Instant(at, timex.to_owned()), "zh.now"))
}

fn now(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let (timex, end) = reader.text.pick_words(
        token,
        &[
            ("at the present time", "PRESENT_REF"),
            ("at this moment", "PRESENT_REF"),
            ("at the moment", "PRESENT_REF"),
            ("at present", "PRESENT_REF"),
            ("right now", "PRESENT_REF"),
            ("as soon as possible", "FUTURE_REF"),
            ("asap", "FUTURE_REF"),
            ("now", "PRESENT_REF"),
            ("recently", "PAST_REF"),
            ("previously", "PAST_REF"),
            ("to date", "PRESENT_REF"),
            ("date", "PRESENT_REF"),
        ],
    )?;
    if reader.text.s(token) == "date"
        && (reader.text.s(token.wrapping_sub(1)) != "to"
            || matches!(reader.text.s(token.wrapping_sub(2)), "up" | "equals" | "equal"))
        || reader.text.s(token) == "to"
    {
        return None;
    }
    Some(Item::new(token, end, When::Instant(reader.context.now, timex.to_owned()), "en.now"))
}

/// Whether "am" or "pm" at `token` goes with a day just said.
fn after_day_word(text: &Text, token: usize) -> bool {
    token > 0
        && (english_day::weekday_name(text.s(token - 1)).is_some()
            || matches!(text.s(token - 1), "today" | "tomorrow" | "tmr" | "yesterday"))
}

/// morning, in the morning, this evening, early morning, later in the afternoon, am.
fn part_phrase(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    #[rustfmt::skip]
    const EDGES: &[(&str, ())] = &[("in the early -", ()), ("in the late -", ()), ("in the early", ()), ("in the late", ()), ("early -", ()), ("late -", ()), ("later in the", ()), ("early in the", ()), ("late in the", ()), ("earlier in the", ()), ("later", ()), ("early", ()), ("late", ())];
    let after_edge = text.pick_words(token, EDGES).map_or(token, |((), a)| a);
    if after_edge >= token + 3 || after_edge == token + 2 {
        let part = english_clock::part_word(text.s(after_edge))?;
        return Some(Item::new(token, after_edge + 1, When::Part(part), "en.part_of_day"));
    }
    if let Some((offset, at)) = english_day::which(text, after_edge)
        && let Some(part) = english_clock::part_word(text.s(at)).filter(|p| !p.code.starts_with("TME"))
    {
        return Some(Item::new(
            token,
            at + 1,
            When::DayPart(Day::definite(plus(today, i64::from(offset))), part),
            "en.day_part",
        ));
    }
    let at = text
        .pick_words(
            after_edge,
            &[("in the", ()), ("during the", ()), ("at the", ()), ("in", ()), ("at", ()), ("the", ())],
        )
        .map_or(after_edge, |((), a)| a);
    if let Some(((), end)) = text.pick_words(at, &[("business hours", ()), ("business hour", ()), ("office hours", ())])
    {
        let part = Part { code: "TBH", from: 8, to: 18 };
        return Some(Item::new(token, end, When::Part(part), "en.part_of_day"));
    }
    let part = match text.s(at) {
        "am" if after_day_word(text, token) => MORNING,
        "pm" if after_day_word(text, token) => AFTERNOON,
        word => english_clock::part_word(word)?,
    };
    let article = text.s(at - usize::from(at > token)) == "the" && at == token + 1;
    let greeting = at == token && token > 0 && text.s(token - 1) == "good"
        || article && !part.code.starts_with("TME") && text.s(token.wrapping_sub(1)) != "in";
    let meal = part.code.starts_with("TME")
        && !matches!(text.s(token.wrapping_sub(1)), "after" | "before" | "around" | "at" | "until" | "by")
        && !matches!(text.s(token), "at");
    (!greeting && !meal).then(|| Item::new(token, at + 1, When::Part(part), "en.part_of_day"))
}

/// A length with what anchors it: in two days, 3 days ago, two weeks from tomorrow, 5 minutes later.
fn english_length(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    if text.s(token) == "in" {
        let (length, end) = english_length::length(text, token + 1)
            .filter(|_| !matches!(text.s(token + 1), "all" | "whole" | "full" | "first"))?;
        if matches!(text.s(end), "since" | "after" | "from" | "before") {
            let start = if text.s(end) == "from" { token + 1 } else { token };
            let anchored = anchored(reader, start, &length, end);
            if anchored.is_some() || text.s(end) == "from" {
                return anchored;
            }
        }
        let when = han_counted::counted(reader, &length, false)?;
        let item = Item::new(token, end, when, "en.counted_from_now");
        if text.s(end) == "on" && english_day::weekday_name(text.s(end + 1)).is_some() {
            return Some(Item { end: end + 2, ..item });
        }
        return Some(item);
    }
    if let Some(((), end)) = text.pick_words(token, &[("for the hour", ())]) {
        return Some(Item::new(token + 1, end, When::Length(Duration::of(1, DurationUnit::Hour)), "en.duration"));
    }
    if text.words(token, "the hour").is_some() {
        return Some(Item::new(token, token + 2, When::Length(Duration::of(1, DurationUnit::Hour)), "en.duration"));
    }
    let start = token;
    let (length, end) = english_length::length(text, token)?;
    if let Some(((), after)) = text.pick_words(end, &[("in the future", ())])
        && !length.parts.iter().any(|p| p.unit.is_clock())
    {
        let period = han_counted::span_from_now(reader, &length, false, true)?;
        return Some(Item::new(start, after, When::Period(period), "en.period"));
    }
    let after = text.pick_words(
        end,
        &[
            ("ago", true),
            ("back", true),
            ("earlier", true),
            ("before now", true),
            ("later", false),
            ("from now", false),
            ("hence", false),
            ("after now", false),
        ],
    );
    if let Some((past, after)) = after.filter(|(_, a)| {
        !(text.s(a - 1) == "later" && matches!(text.s(*a), "this" | "in" | "than" | "next" | "today" | "tonight"))
    }) {
        return Some(Item::new(start, after, han_counted::counted(reader, &length, past)?, "en.counted_from_now"));
    }
    if let Some(item) = anchored(reader, start, &length, end) {
        return Some(item);
    }
    Some(Item::new(token, end, When::Length(length), "en.duration"))
}

/// A length before or after a day: two weeks from tomorrow, 5 days before new year.
fn anchored(reader: &Reader<'_>, start: usize, length: &Duration, link: usize) -> Option<Item> {
    let text = &reader.text;
    let past = match text.s(link) {
        "from" | "after" | "since" => false,
        "before" | "prior" => true,
        _ => return None,
    };
    let clock = length.parts.iter().any(|p| p.unit.is_clock());
    let (base, end) = match english_day::day(reader, link + 1) {
        Some(Item { when: When::Day(day), end, .. }) => (day.future.or(day.past)?, end),
        _ => {
            let (period, end) =
                english_named::named(reader, link + 1).filter(|(p, _)| p.grain == crate::value::Grain::Year)?;
            (period.future.0, end)
        }
    };
    if clock || text.s(start.wrapping_sub(1)) == "for" && text.s(link) == "from" {
        return None;
    }
    let at = base.and_hms_opt(0, 0, 0)?;
    let moved =
        if past { length.before(at, reader.context.calendar)? } else { length.after(at, reader.context.calendar)? }
            .date();
    let end = if text.s(end) == "on" && english_day::weekday_name(text.s(end + 1)).is_some() { end + 2 } else { end };
    Some(Item::new(start, end, When::Day(Day::definite(moved)), "en.counted_from_day"))
}

/// "Monday 21", "friday the 26th": the day of this month when that is the weekday, else the weekday.
pub(crate) fn weekday_with_number(reader: &Reader<'_>, item: &Item) -> Option<Item> {
    let text = &reader.text;
    let When::Day(day) = &item.when else { return None };
    if day.kind != DayKind::Weekly || !text.is_word(item.start) {
        return None;
    }
    let at = if text.s(item.end) == "the" { item.end + 1 } else { item.end };
    let (number, end) = match crate::number::ordinal::numbered(text, at) {
        Some((n, end)) => (u32::try_from(n).ok()?, end),
        None => (text.int(at).filter(|_| text.len(at) <= 2 && at == item.end)?, at + 1),
    };
    let busy = matches!(text.ch(end), '-' | '/' | ':' | '.') && text.is_digits(end + 1)
        || text.ch(end) == '-'
        || matches!(text.s(end), "am" | "pm" | "a" | "p" | "to" | "of" | "hours")
        || super::english_day::month(text.s(end)).is_some()
        || text.is_word(end) && text.gap(end) == 0;
    if !(1..=31).contains(&number) || busy || number <= 12 && text.is_digits(at) && at + 1 == end {
        return None;
    }
    let today = reader.context.now.date();
    use chrono::Datelike as _;
    let same = today.with_day(number).filter(|d| Some(d.weekday()) == day.weekday);
    // The specification keeps the weekday's form unless "the" is said; the day is the same.
    let said = at > item.end || same == Some(today);
    let when = same.map_or_else(
        || When::Day(day.clone()),
        |d| {
            When::Day(Day {
                weekday: day.weekday,
                timex: if said { super::when::iso(d) } else { day.timex.clone() },
                ..Day::definite(d)
            })
        },
    );
    Some(Item { end, when, ..item.clone() })
}

/// A clock that is only one beside a date, with what is said of morning or evening.
pub(crate) fn clock_in(reader: &Reader<'_>, token: usize) -> Option<(Option<Part>, Clock, usize)> {
    let text = &reader.text;
    let (part, at) = han_clock::part(text, token).map_or((None, token), |(p, a)| (Some(p), a));
    let (clock, end) = han_clock::clock(reader, at).or_else(|| english_clock::clock(text, at))?;
    Some((part, part.map_or(clock, |p| clock.in_part(p)), end))
}

/// The end of an instant said as "end of day".
pub(crate) fn end_of_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some(((), end)) = text.pick_words(
        token,
        &[("the eod", ()), ("eod", ()), ("end of the day", ()), ("end of day", ()), ("the end of the day", ())],
    ) {
        let (date, end) = match english_day::day(reader, end) {
            Some(Item { when: When::Day(day), end, .. }) => (day.pick(reader.context)?, end),
            _ => (today, end),
        };
        let at = date.and_hms_opt(23, 59, 59)?;
        return Some(Item::new(token, end, When::Instant(at, instant_timex(at)), "en.end_of_day"));
    }
    let ((), at) =
        text.pick_words(token, &[("the end of the", ()), ("the end of", ()), ("end of the", ()), ("end of", ())])?;
    let Item { when: When::Day(day), end, .. } = english_day::day(reader, at)? else { return None };
    let clock = Clock { second: Some(59), ..Clock::exact(23, Some(59)) };
    Some(Item::new(token, end, When::Moment(day, clock), "en.end_of_day"))
}
