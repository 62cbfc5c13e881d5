//! English days: month and day, weekdays, the nth, today and its neighbours, dates in digits.

use super::english_weekday;
use super::when::{Day, DayKind, Item, NIGHT, When, plus};
use crate::number::{english, ordinal};
use crate::reader::Reader;
use crate::text::Text;

pub(crate) fn month(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" | "febr" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

pub(crate) fn weekday_name(word: &str) -> Option<u32> {
    Some(match word {
        "monday" | "mon" | "mondays" => 1,
        "tuesday" | "tue" | "tues" | "tuesdays" => 2,
        "wednesday" | "wed" | "weds" | "wedn" | "wednesdays" => 3,
        "thursday" | "thu" | "thur" | "thurs" | "thursdays" => 4,
        "friday" | "fri" | "fridays" => 5,
        "saturday" | "sat" | "saturdays" => 6,
        "sunday" | "sun" | "sundays" => 7,
        _ => return None,
    })
}

#[rustfmt::skip]
const WHICH: &[(&str, i32)] = &[
    ("this upcoming", 10), ("this coming", 10), ("upcoming", 10), ("coming", 10), ("this past", -10), ("this last", -10), ("past", -10), ("following", 1), ("next", 1),
    ("this current", 0), ("this", 0), ("current", 0), ("last", -1), ("previous", -1), ("prev", -1), ("preceding", -1),
];

/// next, last, this: 1, -1, 0; upcoming and past, which mean the nearest, are 10 and -10.
pub(crate) fn which_exact(text: &Text, token: usize) -> Option<(i32, usize)> {
    text.pick_words(token, WHICH)
}

pub(crate) fn which(text: &Text, token: usize) -> Option<(i32, usize)> {
    which_exact(text, token).map(|(w, end)| (w.signum(), end))
}

/// A year of four digits, or in words: nineteen eighty six, two thousand and five.
pub(crate) fn year(text: &Text, token: usize) -> Option<(i32, usize)> {
    if text.is_digits(token) {
        let n = i32::try_from(text.int(token)?).ok()?;
        let glued = text.is_word(token + 1) && !text.spaced(token + 1)
            || matches!(text.ch(token + 1), ':' | '%') && !text.spaced(token + 1)
            || matches!(text.ch(token + 1), '.' | ',') && text.is_digits(token + 2) && !text.spaced(token + 2);
        return (text.len(token) == 4 && (1000..2200).contains(&n) && !glued).then_some((n, token + 1));
    }
    let thousand = english::whole(text, token)
        .filter(|n| text.s(token + 1) == "thousand" && n.natural().is_some_and(|y| (1000..2200).contains(&y)));
    if let Some(n) = thousand {
        return Some((i32::try_from(n.natural()?).ok()?, n.end));
    }
    let english::Word::Ones(century @ 10..=19) = english::cardinal(text.s(token))
        .or_else(|| (text.s(token) == "twenty").then_some(english::Word::Tens(20)))
        .map(|w| if let english::Word::Tens(20) = w { english::Word::Ones(19 + 1) } else { w })
        .filter(|w| {
            !matches!(w, english::Word::Ones(20))
                || matches!(
                    english::cardinal(text.s(token + 1)),
                    Some(english::Word::Ones(10..=19) | english::Word::Tens(20))
                )
        })
        .map(|w| if let english::Word::Ones(20) = w { english::Word::Ones(19) } else { w })?
    else {
        return None;
    };
    let century = if text.s(token) == "twenty" { 20 } else { century };
    let at = if text.s(token + 1) == "hundred" { token + 2 } else { token + 1 };
    let at = if at == token + 2 && text.s(at) == "and" { at + 1 } else { at };
    if matches!(text.s(at), "zero" | "oh" | "o")
        && let Some(english::Word::Ones(ones @ 1..=9)) = english::cardinal(text.s(at + 1))
    {
        return Some((i32::try_from(century * 100 + ones).ok()?, at + 2));
    }
    let (rest, end) = match english::whole(text, at).and_then(|n| Some((n.natural()?, n.end))) {
        Some((n, end)) if n < 100 && (n >= 10 || at > token + 1) => (n, end),
        _ if text.s(token + 1) == "hundred" => (0, token + 2),
        _ => return None,
    };
    Some((i32::try_from(century * 100 + rest).ok()?, end))
}

/// A day of a month: 12, 12th, twenty first. The flag tells ordinals.
pub(crate) fn day_number(text: &Text, token: usize) -> Option<(u32, usize, bool)> {
    let at = if text.s(token) == "the" { token + 1 } else { token };
    if let Some((n, end)) = ordinal::numbered(text, at) {
        return u32::try_from(n).ok().filter(|n| (1..=31).contains(n)).map(|n| (n, end, true));
    }
    if let Some(n) = text.int(at).filter(|n| (1..=31).contains(n) && text.len(at) <= 2) {
        let decimal = matches!(text.ch(at + 1), '.' | ',')
            && text.is_digits(at + 2)
            && !text.spaced(at + 1)
            && !text.spaced(at + 2)
            && !(text.ch(at + 1) == ',' && text.len(at + 2) == 4);
        return (!decimal || at > token).then_some((n, at + 1, false));
    }
    let number = english::whole(text, at).filter(|_| text.is_word(at) && english::cardinal(text.s(at)).is_some())?;
    number.natural().filter(|n| (1..=31).contains(n)).map(|n| (n, number.end, false))
}

pub(crate) fn timelike(text: &Text, token: usize) -> bool {
    matches!(text.s(token), "am" | "pm" | "a" | "p" | ":" | "o" | "hours" | "hour" | "days" | "minutes" | "weeks" | "%")
        && !(text.s(token) == "a" && text.spaced(token))
}

fn make(year: Option<i32>, month: u32, day: u32, reader: &Reader<'_>) -> Day {
    match year {
        Some(year) => Day::full(year, month, day),
        None => Day::yearly(month, day, reader.context.now.date()),
    }
}

/// A year after a month and day, past a comma or "of".
pub(crate) fn year_after(text: &Text, token: usize) -> Option<(i32, usize)> {
    let at = if matches!(text.s(token), "," | "of" | "in" | "-" | "/" | "'") { token + 1 } else { token };
    let (value, end) = year(text, at)?;
    let time = at == token && text.is_digits(at) && timelike(text, end);
    (!time).then_some((value, end))
}

/// Any English day at `token`.
pub(crate) fn day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    if text.is_digits(token) {
        return super::numeric::numeric(reader, token)
            .or_else(|| day_month(reader, token))
            .or_else(|| english_weekday::counted(reader, token))
            .or_else(|| listed(reader, token))
            .or_else(|| english_weekday::nth_day(reader, token));
    }
    relative(reader, token)
        .or_else(|| month_day(reader, token))
        .or_else(|| day_month(reader, token))
        .or_else(|| english_weekday::nth_weekday_of(reader, token))
        .or_else(|| english_weekday::counted(reader, token))
        .or_else(|| english_weekday::said(reader, token))
        .or_else(|| english_weekday::nth_day(reader, token))
        .or_else(|| super::holiday::english(reader, token))
}

/// The 18 of "18 and 19 June", "the 22nd, 23rd or 24th of March": the month is said with the last.
fn listed(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (number, first_end, _) = day_number(text, token)?;
    let mut end = first_end;
    for _ in 0..6 {
        let mut at = match text.s(end) {
            "and" | "or" | "&" | "," => end + 1,
            _ => return None,
        };
        if matches!(text.s(at), "and" | "or") {
            at += 1;
        }
        if let Some(Item { when: When::Day(day), .. }) = day_month(reader, at) {
            let day = match day.ymd {
                (Some(year), month, _) if day.kind == DayKind::Definite => Day::full(year, month, number),
                (_, month, _) => Day::yearly(month, number, reader.context.now.date()),
            };
            return Some(Item::new(token, first_end, When::Day(day), "en.date_listed"));
        }
        end = day_number(text, at).filter(|(.., ordinal)| *ordinal || text.is_digits(at))?.1;
    }
    None
}

fn relative(reader: &Reader<'_>, token: usize) -> Option<Item> {
    #[rustfmt::skip]
    const DAYS: &[(&str, i64)] = &[
        ("today", 0), ("tomorrow", 1), ("tommorow", 1), ("tomorow", 1), ("tommorrow", 1), ("tmr", 1), ("tmrw", 1), ("tmw", 1), ("tmo", 1), ("tomo", 1), ("yesterday", -1), ("ystd", -1), ("my day", 0),
        ("the next day", 1), ("next day", 1), ("the following day", 1), ("the previous day", -1), ("previous day", -1), ("the last day", -1), ("last day", -1), ("the day after", 1), ("the day", 0), ("current date", 0), ("current day", 0), ("this day", 0), ("the day before", -1),
    ];
    let text = &reader.text;
    let today = reader.context.now.date();
    if let Some(((), end)) = text.pick_words(token, &[("tonight", ()), ("tonite", ()), ("this night", ())]) {
        return Some(Item::new(token, end, When::DayPart(Day::definite(today), NIGHT), "en.day_part"));
    }
    if let Some(((), end)) = text.pick_words(token, &[("last night", ()), ("yesternight", ())]) {
        return Some(Item::new(token, end, When::DayPart(Day::definite(plus(today, -1)), NIGHT), "en.day_part"));
    }
    if let Some((step, at)) =
        text.pick_words(token, &[("the day after", 1), ("day after", 1), ("the day before", -1), ("day before", -1)])
        && let Some((offset, end)) = text.pick_words(at, DAYS).filter(|(o, e)| *e == at + 1 && o.signum() != -step)
    {
        return Some(Item::new(token, end, When::Day(Day::definite(plus(today, offset + step))), "en.relative_day"));
    }
    let (offset, end) = text.pick_words(token, DAYS)?;
    let of_something = end > token + 1 && matches!(text.s(end), "of") && text.s(end - 1) == "day";
    if of_something
        || text.s(token) == "the"
            && text.s(end - 1) == "day"
            && offset == 0
            && (text.s(end) == "that" || text.s(end) == "when")
    {
        return None;
    }
    Some(Item::new(token, end, When::Day(Day::definite(plus(today, offset))), "en.relative_day"))
}

/// January 12, 2016; Oct/2; mar4; may the ninth; next 6th of April falls to `day_month`.
fn month_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let number = month(text.s(token))?;
    let mut at = token + 1;
    if text.ch(at) == '.' && text.gap(at) == 0
        || matches!(text.ch(at), '/' | '-') && text.gap(at) == 0 && text.is_digits(at + 1)
    {
        at += 1;
    }
    let (day, end, ordinal) = day_number(text, at)?;
    let range = matches!(text.ch(end), ':')
        || !ordinal && timelike(text, end)
        || !ordinal
            && text.is_word(at)
            && month(text.s(token)) == Some(5)
            && text.s(token) == "may"
            && !text.is_digits(at);
    if range || !ordinal && matches!(text.s(end), "hundred" | "thousand") {
        return None;
    }
    if let Some((year, after)) = year_after(text, end) {
        return Some(Item::new(token, after, When::Day(make(Some(year), number, day, reader)), "en.date"));
    }
    if ordinal
        && text.is_word(at)
        && text.is_digits(end)
        && text.len(end) == 2
        && !matches!(text.ch(end + 1), ':' | '-' | '/')
        && !timelike(text, end + 1)
    {
        let short = i32::try_from(text.int(end)?).ok()?;
        return Some(Item::new(token, end + 1, When::Day(make(Some(2000 + short), number, day, reader)), "en.date"));
    }
    Some(Item::new(token, end, When::Day(make(None, number, day, reader)), "en.date"))
}

/// 4th of July of 1995, 05-Aug-2016, 19 June, twenty five January.
fn day_month(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (_, start) = which(text, token).unwrap_or((0, token));
    let (day, end, _) = day_number(text, start)?;
    let glue = match text.s(end) {
        "day" if text.s(end + 1) == "of" => end + 2,
        "of" | "-" | "/" | "." => end + 1,
        _ => end,
    };
    let number = month(text.s(glue))?;
    if glue == end && text.s(glue) == "may" && text.is_word(glue + 1) && !text.spaced(start) {
        return None;
    }
    let mut after = glue + 1;
    if text.ch(after) == '.' && text.gap(after) == 0 && text.is_digits(after + 1) {
        after += 1;
    }
    if start > 0 && !text.spaced(start) && text.is_digits(start) && matches!(text.ch(start - 1), '.' | '/' | '$') {
        return None;
    }
    match year_after(text, after) {
        Some((year, end)) => Some(Item::new(token, end, When::Day(make(Some(year), number, day, reader)), "en.date")),
        None => Some(Item::new(token, after, When::Day(make(None, number, day, reader)), "en.date")),
    }
}
