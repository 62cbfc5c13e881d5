//! Times that repeat: 每周三下午三点, "every other day", "Thursdays at 17:30", "19th of every month".

use chrono::Weekday;

use super::when::{Clock, Item, MORNING, When, length_timex};
use super::{english_clock, english_day, english_length, han_clock, han_day};
use crate::duration::{Duration, DurationUnit};
use crate::reader::Reader;
use crate::text::Text;
use crate::value::Recurrence;

/// The clock that may stand beside what repeats.
fn clock_beside(reader: &Reader<'_>, token: usize) -> Option<(Clock, usize)> {
    let text = &reader.text;
    let at = if matches!(text.s(token), "at" | "@" | "的") { token + 1 } else { token };
    let (part, at) = han_clock::part(text, at).map_or((None, at), |(p, a)| (Some(p), a));
    let (clock, end) = han_clock::clock(reader, at)
        .or_else(|| english_clock::clock(text, at).filter(|(c, _)| !c.bare || at > token))?;
    Some((part.map_or(clock, |p| clock.in_part(p)), end))
}

fn repeating(
    start: usize,
    end: usize,
    timex: String,
    recurrence: Recurrence,
    clock: Option<(Clock, usize)>,
    rule: &'static str,
) -> Item {
    let (end, time, tail) = clock.map_or((end, None, String::new()), |(c, e)| (e, Some(c.time()), c.timex()));
    let timex = match (timex.as_str(), tail.is_empty()) {
        (_, true) => timex,
        ("P1D", false) => tail,
        _ => format!("{timex}{tail}"),
    };
    Item::new(start, end, When::Recurring { timex, recurrence: Recurrence { time, ..recurrence } }, rule)
}

fn weekly(number: u32) -> Recurrence {
    Recurrence {
        every: Duration::of(1, DurationUnit::Week),
        weekdays: vec![super::when::weekday(number)],
        ..Recurrence::default()
    }
}

/// The 三五 of 每周一三五, 每周一、三、五, 每周一和周三.
fn more_weekdays(text: &Text, mut every: Recurrence, mut end: usize) -> (Recurrence, usize) {
    loop {
        let link = end + usize::from(matches!(text.ch(end), '、' | '和' | '与' | '及'));
        let at = han_day::week_word(text, link).unwrap_or(link);
        let Some((number, after)) = han_day::weekday_number(text, at)
            .filter(|(_, e)| text.is_han(at) && !matches!(text.ch(*e), '点' | '时' | '次'))
        else {
            return (every, end);
        };
        every.weekdays.push(super::when::weekday(number));
        end = after;
    }
}

/// 每天, 每周三下午三点, 每两周, 每月15号.
pub(crate) fn han_set(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let rule = "zh.set";
    if let Some((unit, end)) = text.pick(
        token,
        &[
            ("隔天", DurationUnit::Day),
            ("隔日", DurationUnit::Day),
            ("隔周", DurationUnit::Week),
            ("隔月", DurationUnit::Month),
        ],
    ) {
        let every = Duration::of(2, unit);
        let timex = length_timex(&every);
        return Some(repeating(token, end, timex, Recurrence { every, ..Recurrence::default() }, None, rule));
    }
    let at =
        text.pick(token, &[("每隔", ()), ("每逢", ()), ("每到", ()), ("每一", ()), ("每", ())]).map(|((), a)| a)?;
    let at = text.lit(at, "个").unwrap_or(at);
    if let Some((number, end)) = han_day::week_word(text, at).and_then(|a| han_day::weekday_number(text, a)) {
        let (every, end) = more_weekdays(text, weekly(number), end);
        let timex = format!("XXXX-WXX-{number}");
        return Some(repeating(token, end, timex, every, clock_beside(reader, end), rule));
    }
    if let Some(end) = text.lit(at, "周末") {
        let every = Recurrence { weekdays: vec![Weekday::Sat, Weekday::Sun], ..weekly(6) };
        return Some(repeating(token, end, "XXXX-WXX-WE".into(), every, clock_beside(reader, end), rule));
    }
    if let Some(end) = text.lit(at, "工作日") {
        let days = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        return Some(repeating(
            token,
            end,
            "P1BD".into(),
            Recurrence { weekdays: days, ..weekly(1) },
            clock_beside(reader, end),
            rule,
        ));
    }
    if let Some((part, end)) = text.pick(at, &[("早", MORNING), ("晚", super::when::HAN_EVENING)]) {
        let end = text.lit(end, "上").unwrap_or(end);
        let clock = clock_beside(reader, end).map(|(c, e)| (c.in_part(part), e));
        let every = Recurrence { every: Duration::of(1, DurationUnit::Day), ..Recurrence::default() };
        let timex = if clock.is_some() { "P1D".to_owned() } else { part.code.to_owned() };
        return Some(repeating(token, end, timex, every, clock, rule));
    }
    let (unit, end) = text
        .pick(
            at,
            &[
                ("小时", DurationUnit::Hour),
                ("天", DurationUnit::Day),
                ("日", DurationUnit::Day),
                ("周", DurationUnit::Week),
                ("星期", DurationUnit::Week),
                ("礼拜", DurationUnit::Week),
                ("月", DurationUnit::Month),
                ("季度", DurationUnit::Quarter),
                ("年", DurationUnit::Year),
            ],
        )
        .map(|(u, e)| (Duration::of(1, u), e))
        .or_else(|| han_clock::length(reader, at))?;
    let month = unit.parts.first().is_some_and(|p| p.unit == DurationUnit::Month);
    if let Some((day, after)) =
        han_day::small(text, end).filter(|(d, e)| month && (1..=31).contains(d) && matches!(text.ch(*e), '号' | '日'))
    {
        let every = Recurrence { every: unit, month_day: Some(day), ..Recurrence::default() };
        return Some(repeating(
            token,
            after + 1,
            format!("XXXX-XX-{day:02}"),
            every,
            clock_beside(reader, after + 1),
            rule,
        ));
    }
    let timex = length_timex(&unit);
    let clock = clock_beside(reader, end).filter(|_| matches!(timex.as_str(), "P1D" | "P1BD"));
    Some(repeating(token, end, timex, Recurrence { every: unit, ..Recurrence::default() }, clock, rule))
}

/// every Monday at 9, each two days, daily, weekly, Thursdays, 19th of every month, once a year.
pub(crate) fn english_set(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let rule = "en.set";
    #[rustfmt::skip]
    const WORDS: &[(&str, (u32, DurationUnit))] = &[
        ("daily", (1, DurationUnit::Day)), ("everyday", (1, DurationUnit::Day)), ("weekly", (1, DurationUnit::Week)), ("biweekly", (2, DurationUnit::Week)), ("bi weekly", (2, DurationUnit::Week)), ("fortnightly", (2, DurationUnit::Week)), ("monthly", (1, DurationUnit::Month)), ("quarterly", (1, DurationUnit::Quarter)), ("hourly", (1, DurationUnit::Hour)),
        ("yearly", (1, DurationUnit::Year)), ("annually", (1, DurationUnit::Year)), ("annual", (1, DurationUnit::Year)), ("nightly", (1, DurationUnit::Day)), ("once a day", (1, DurationUnit::Day)), ("once a week", (1, DurationUnit::Week)), ("once a month", (1, DurationUnit::Month)), ("once a year", (1, DurationUnit::Year)), ("once every year", (1, DurationUnit::Year)), ("bi - weekly", (2, DurationUnit::Week)), ("every single day", (1, DurationUnit::Day)), ("each and every day", (1, DurationUnit::Day)), ("day by day", (1, DurationUnit::Day)), ("bimonthly", (2, DurationUnit::Month)), ("bi monthly", (2, DurationUnit::Month)), ("bi - monthly", (2, DurationUnit::Month)), ("semiannually", (6, DurationUnit::Month)), ("semi annually", (6, DurationUnit::Month)), ("semi - annually", (6, DurationUnit::Month)), ("biannually", (6, DurationUnit::Month)), ("biennially", (2, DurationUnit::Year)), ("twice a year", (6, DurationUnit::Month)), ("once a quarter", (1, DurationUnit::Quarter)), ("once an hour", (1, DurationUnit::Hour)),
    ];
    if let Some(((n, unit), end)) = text.pick_words(token, WORDS) {
        let every = Duration::of(n, unit);
        return Some(repeating(
            token,
            end,
            length_timex(&every),
            Recurrence { every, ..Recurrence::default() },
            clock_beside(reader, end).filter(|_| unit == DurationUnit::Day),
            rule,
        ));
    }
    let word = text.s(token);
    if let Some(number) = english_day::weekday_name(word).filter(|_| word.ends_with("days") && word.len() > 6) {
        return Some(repeating(
            token,
            token + 1,
            format!("XXXX-WXX-{number}"),
            weekly(number),
            clock_beside(reader, token + 1),
            rule,
        ));
    }
    if matches!(word, "mornings" | "evenings" | "afternoons" | "nights") && text.s(token.wrapping_sub(1)) != "the" {
        let part = english_clock::part_word(word)?;
        return Some(repeating(
            token,
            token + 1,
            part.code.to_owned(),
            Recurrence { every: Duration::of(1, DurationUnit::Day), ..Recurrence::default() },
            None,
            rule,
        ));
    }
    if let Some((day, after)) = crate::number::ordinal::numbered(text, token)
        && let Some(((), end)) =
            text.pick_words(after, &[("of every month", ()), ("of each month", ()), ("every month", ())])
    {
        let every = Recurrence {
            every: Duration::of(1, DurationUnit::Month),
            month_day: u32::try_from(day).ok(),
            ..Recurrence::default()
        };
        return Some(repeating(token, end, format!("XXXX-XX-{day:02}"), every, None, rule));
    }
    if !matches!(word, "every" | "each" | "any" | "all") {
        // 3pm each day, 9am every Monday.
        let (clock, end) = english_clock::clock(text, token).filter(|(c, _)| !c.bare)?;
        let end = if text.s(end) == "on" { end + 1 } else { end };
        let plural = english_day::weekday_name(text.s(end)).is_some() && text.s(end).ends_with("days");
        let set = (plural || matches!(text.s(end), "each" | "every")).then(|| english_set(reader, end)).flatten()?;
        let When::Recurring { timex, recurrence } = set.when else { return None };
        return Some(repeating(token, set.end, timex, recurrence, Some((clock, set.end)), rule));
    }
    let any = matches!(word, "any" | "all");
    let mut at = token + 1;
    // every other day, every third week
    let count = match text.s(at) {
        "other" | "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "sixth" => 6,
        _ => 1,
    };
    if count > 1 {
        at += 1;
    }
    if let Some(number) = english_day::weekday_name(text.s(at)).filter(|_| !any) {
        let every = Recurrence { every: Duration::of(count, DurationUnit::Week), ..weekly(number) };
        // every Monday morning
        if let Some(part) = english_clock::part_word(text.s(at + 1)).filter(|p| !p.code.starts_with("TME")) {
            let clock = clock_beside(reader, at + 2).map(|(c, e)| (c.in_part(part), e));
            let code = if clock.is_some() { "" } else { part.code };
            let timex = format!("XXXX-WXX-{number}{code}");
            return Some(repeating(token, at + 2, timex, every, clock, rule));
        }
        return Some(repeating(token, at + 1, format!("XXXX-WXX-{number}"), every, clock_beside(reader, at + 1), rule));
    }
    if let Some(part) = english_clock::part_word(text.s(at)).filter(|p| !any && !p.code.starts_with("TME")) {
        let clock = clock_beside(reader, at + 1).map(|(c, e)| (c.in_part(part), e));
        let timex = if clock.is_some() { "P1D".to_owned() } else { part.code.to_owned() };
        return Some(repeating(
            token,
            at + 1,
            timex,
            Recurrence { every: Duration::of(1, DurationUnit::Day), ..Recurrence::default() },
            clock,
            rule,
        ));
    }
    if matches!(text.s(at), "weekend" | "weekends") {
        let every = Recurrence { weekdays: vec![Weekday::Sat, Weekday::Sun], ..weekly(6) };
        return Some(repeating(
            token,
            at + 1,
            if any { "P1WE".into() } else { "XXXX-WXX-WE".into() },
            every,
            None,
            rule,
        ));
    }
    let (every, end) = match english_length::unit(text.s(at)) {
        Some(unit) if !any || text.s(at) == "year" => (Duration::of(count, unit), at + 1),
        _ if any => return None,
        _ => english_length::length(text, at)?,
    };
    let timex = length_timex(&every);
    let clock = clock_beside(reader, end).filter(|_| matches!(timex.as_str(), "P1D" | "P1BD"));
    Some(repeating(token, end, timex, Recurrence { every, ..Recurrence::default() }, clock, rule))
}
