//! English clock times and parts of the day: 2:30 pm, half past nine, noon, three thirty, in the morning.

use super::when::{AFTERNOON, Clock, DAYTIME, EVENING, MORNING, NIGHT, NOON, Part};
use crate::number::english::{self, Word};
use crate::text::Text;

pub(crate) fn part_word(word: &str) -> Option<Part> {
    Some(match word {
        "morning" | "mornings" => MORNING,
        "afternoon" | "afternoons" | "arvo" => AFTERNOON,
        "evening" | "evenings" => EVENING,
        "night" | "nights" | "nite" => NIGHT,
        "daytime" => DAYTIME,
        "overnight" => NIGHT,
        "lunchtime" => Part { code: "TMEL", from: 11, to: 13 },
        "breakfast" => Part { code: "TMEB", from: 8, to: 12 },
        "dinner" | "dinnertime" | "supper" => Part { code: "TMED", from: 16, to: 20 },
        "lunch" => Part { code: "TMEL", from: 11, to: 13 },
        _ => return None,
    })
}

/// am or pm at `token`, however it is written. `Some(true)` is pm.
fn half_of_day(text: &Text, token: usize) -> Option<(bool, usize)> {
    let pm = match text.s(token) {
        "am" => false,
        "pm" => true,
        "ampm" => return None,
        letter @ ("a" | "p") => {
            let pm = letter == "p";
            let dot = usize::from(text.ch(token + 1) == '.');
            if text.s(token + 1 + dot) == "m" && (dot == 1 || text.gap(token + 1) <= 1) {
                let end = token + 2 + dot;
                let end = if dot == 1 && text.ch(end) == '.' { end + 1 } else { end };
                return Some((pm, end));
            }
            // 9a, 7p: glued, or 9:00a.
            if text.gap(token) > 0 || text.is_word(token + 1) && !text.spaced(token + 1) {
                return None;
            }
            pm
        }
        _ => return None,
    };
    Some((pm, token + 1))
}

fn hour_number(text: &Text, token: usize) -> Option<(u32, usize)> {
    if text.is_digits(token) {
        return text.int(token).filter(|h| *h <= 24 && text.len(token) <= 2).map(|h| (h, token + 1));
    }
    match english::cardinal(text.s(token))? {
        Word::Ones(n @ 1..=19) => Some((n, token + 1)),
        _ => None,
    }
}

/// Minutes in words or digits: thirty, forty five, 15.
fn minute_number(text: &Text, token: usize) -> Option<(u32, usize)> {
    if text.is_digits(token) {
        return text.int(token).filter(|m| *m < 60 && text.len(token) == 2).map(|m| (m, token + 1));
    }
    let number = english::whole(text, token)?;
    number.natural().filter(|m| (10..60).contains(m)).map(|m| (m, number.end))
}

/// The minutes said after an hour in words: thirty, oh five; a bare "five" only after "at".
fn spoken_minute(text: &Text, hour: usize, token: usize) -> Option<(u32, usize)> {
    let ones = |t: usize| match english::cardinal(text.s(t)) {
        Some(Word::Ones(n @ 1..=9)) => Some((n, t + 1)),
        _ => None,
    };
    if matches!(text.s(token), "oh" | "o" | "zero") {
        return ones(token + 1);
    }
    let at = text.s(hour.wrapping_sub(1)) == "at";
    minute_number(text, token).filter(|_| text.is_word(token)).or_else(|| ones(token).filter(|_| at))
}

/// A time at `token`. `bare` ones are a number that may be an hour.
pub(crate) fn clock(text: &Text, token: usize) -> Option<(Clock, usize)> {
    if let Some(found) = named(text, token).or_else(|| past_or_to(text, token)) {
        return Some(found);
    }
    // T12:34:20
    if text.s(token) == "t" && text.is_digits(token + 1) && text.gap(token + 1) == 0 && text.ch(token + 2) == ':' {
        return clock(text, token + 1).map(|(clock, end)| (Clock { exact: true, ..clock }, end));
    }
    let glued_before = token > 0
        && !text.spaced(token)
        && (text.is_digits(token) && matches!(text.ch(token - 1), '.' | '/' | '$' | '€' | '£' | '+')
            || matches!(text.ch(token - 1), ':') && token > 1 && text.is_digits(token - 2));
    if glued_before {
        return None;
    }
    // 0730, 1140 a.m.
    if text.is_digits(token) && text.len(token) >= 3 {
        let n = text.int(token).filter(|_| text.len(token) <= 4)?;
        let (hour, minute) = (n / 100, n % 100);
        let (pm, end) = half_of_day(text, token + 1).map_or((None, token + 1), |(pm, end)| (Some(pm), end));
        if text.s(token + 1) == "ampm" && hour <= 12 && minute < 60 {
            return Some((Clock::new(hour, Some(minute)), token + 2));
        }
        if hour > 24 || minute > 59 || pm.is_none() && !(text.len(token) == 4 && text.s(token).starts_with('0')) {
            return None;
        }
        let clock = Clock { bare: pm.is_none(), ..Clock::new(hour, Some(minute)) };
        return Some((clocked(clock, pm), end));
    }
    let (hour, after) = hour_number(text, token)?;
    let colon = matches!(text.ch(after), ':' | '：') && text.gap(after) == 0 && text.gap(after + 1) == 0;
    let mut clock = Clock { bare: true, ..Clock::new(hour, None) };
    let mut end = after;
    // 7h01, 10 H 10 pm
    if text.is_digits(token)
        && text.s(after) == "h"
        && let Some(minute) = text.int(after + 1).filter(|m| *m < 60 && text.len(after + 1) == 2)
        && text.gap(after) == text.gap(after + 1)
    {
        let clock = Clock { minute: Some(minute), bare: false, ..clock };
        let (pm, stop) = half_of_day(text, after + 2).map_or((None, after + 2), |(pm, e)| (Some(pm), e));
        let length = text.gap(after) > 0 && pm.is_none() || text.is_word(stop) && !text.spaced(stop);
        return (!length).then(|| (clocked(clock, pm), stop));
    }
    if colon && text.is_digits(token) {
        clock.minute = Some(text.int(after + 1).filter(|m| *m < 60 && text.len(after + 1) == 2)?);
        clock.bare = false;
        end = after + 2;
        if text.ch(end) == ':' && text.gap(end) == 0 {
            clock.second = text.int(end + 1).filter(|s| *s < 60);
            end += if clock.second.is_some() { 2 } else { 0 };
        }
    } else if text.is_digits(token)
        && text.ch(after) == '.'
        && text.gap(after) == 0
        && text.gap(after + 1) == 0
        && text.len(after + 1) == 2
    {
        // 2.30 pm, and "at 2.30" which the caller decides on.
        let minute = text.int(after + 1).filter(|m| *m < 60)?;
        let at = token.checked_sub(1).map_or("", |b| text.s(b)) == "at";
        let (pm, stop) = half_of_day(text, after + 2).map_or((None, after + 2), |(pm, e)| (Some(pm), e));
        if pm.is_none() && !at || text.ch(after + 2) == '.' && text.is_digits(after + 3) && text.gap(after + 3) == 0 {
            return None;
        }
        return Some((clocked(Clock { minute: Some(minute), bare: false, ..clock }, pm), stop));
    } else if text.is_word(token)
        && let Some((minute, stop)) = spoken_minute(text, token, after)
    {
        clock.minute = Some(minute);
        end = stop;
    }
    if text.s(end) == "o" && text.ch(end + 1) == '\'' && text.s(end + 2) == "clock" {
        end += 3;
        clock.bare = false;
    } else if text.s(end) == "oclock" {
        end += 1;
        clock.bare = false;
    }
    if text.s(end) == "ampm" {
        return Some((Clock { bare: false, ..clock }, end + 1));
    }
    // 12 lunchtime, 1 o'clock midnight
    if matches!(text.s(end), "lunchtime" | "midnight") && (!clock.bare || text.s(end) == "lunchtime") {
        let part = if text.s(end) == "midnight" { NIGHT } else { NOON };
        return Some((clock.in_part(part), end + 1));
    }
    if text.s(end) == "noon" || text.s(end) == "midday" {
        return Some((Clock::exact(12, clock.minute), end + 1)).filter(|_| hour == 12);
    }
    if text.s(end) == "midnight" && hour == 12 {
        return Some((Clock::exact(0, clock.minute), end + 1));
    }
    if let Some((pm, stop)) = half_of_day(text, end) {
        return (hour <= 24).then(|| (clocked(clock, Some(pm)), stop));
    }
    if hour > 12 && text.is_word(token) {
        return None;
    }
    let unit = text.is_word(end) && !text.spaced(end) && !(text.s(end) == "z" && clock.minute.is_some());
    let decimal = text.ch(end) == '.' && text.is_digits(end + 1) && text.gap(end + 1) == 0;
    if unit || clock.bare && (decimal || matches!(text.ch(end), '%' | '/' | ':')) {
        return None;
    }
    Some((clock, end))
}

fn clocked(clock: Clock, pm: Option<bool>) -> Clock {
    match pm {
        Some(true) => clock.pm(),
        Some(false) if clock.hour == 12 => Clock { hour: 0, exact: true, bare: false, ..clock },
        Some(false) => Clock { exact: true, bare: false, ..clock },
        None => clock,
    }
}

fn named(text: &Text, token: usize) -> Option<(Clock, usize)> {
    #[rustfmt::skip]
    const NAMED: &[(&str, u32)] = &[("midnight", 0), ("mid night", 0), ("mid - night", 0), ("mid - day", 12), ("noon", 12), ("midday", 12), ("mid day", 12), ("mid - morning", 10), ("mid morning", 10), ("midmorning", 10), ("mid - afternoon", 14), ("mid afternoon", 14), ("midafternoon", 14), ("noontime", 12), ("lunch time", 12)];
    text.pick_words(token, NAMED).map(|(hour, end)| (Clock::exact(hour, None), end))
}

/// half past seven, quarter to 9, 10 past 9, five to six is a range and not read here.
fn past_or_to(text: &Text, token: usize) -> Option<(Clock, usize)> {
    let start = if matches!(text.s(token), "a") { token + 1 } else { token };
    let (minutes, at) = match text.s(start) {
        "half" => (30, start + 1),
        "quarter" => (15, start + 1),
        "three" if matches!(text.s(start + 1), "quarter" | "quarters") => (45, start + 2),
        _ if start == token => {
            let (n, at) = if text.is_digits(token) {
                (text.int(token)?, token + 1)
            } else {
                english::whole(text, token).and_then(|n| Some((n.natural()?, n.end)))?
            };
            (n, if matches!(text.s(at), "minutes" | "min" | "mins" | "minute") { at + 1 } else { at })
        }
        _ => return None,
    };
    let after = match text.s(at) {
        "past" | "after" => true,
        "to" | "till" | "before" => false,
        _ => return None,
    };
    let by_name = matches!(text.s(at - 1), "half" | "quarter" | "quarters");
    if minutes >= 60
        || !by_name
            && (!after || text.s(at) == "after")
            && !matches!(text.s(at.wrapping_sub(1)), "minutes" | "min" | "mins" | "minute")
    {
        return None;
    }
    let (hour, end) = hour_number(text, at + 1).filter(|(h, _)| (1..=12).contains(h))?;
    let mut clock = if after {
        Clock::new(hour, Some(minutes))
    } else {
        Clock::new(if hour == 1 { 12 } else { hour - 1 }, Some(60 - minutes))
    };
    clock.exact = false;
    let mut end = end;
    if text.s(end) == "o" && text.s(end + 2) == "clock" {
        end += 3;
    }
    if let Some((pm, stop)) = half_of_day(text, end) {
        return Some((clocked(clock, Some(pm)), stop));
    }
    Some((clock, end))
}
