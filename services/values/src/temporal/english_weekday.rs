//! English days by their place in a week or month: next Friday, the 18th, first Monday of May, two Sundays from now.

use chrono::Datelike;

use super::english_day::{day_number, month, timelike, weekday_name, which_exact, year_after};
use super::when::{Day, DayKind, Item, When, monday, nth_weekday, plus, plus_months, weekday};
use crate::number::{english, literal, ordinal};
use crate::reader::Reader;

/// Friday, next Friday, this past Wednesday, Friday of next week.
pub(crate) fn said(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (which, at) = which_exact(text, token).map_or((None, token), |(w, a)| (Some(w), a));
    let number = weekday_name(text.s(at))?;
    let star = matches!(text.s(at), "sun" | "sat") && text.s(at.wrapping_sub(1)) == "the";
    if which.is_none() && (text.s(at).ends_with("days") || star) {
        return None;
    }
    let mut end = at + 1;
    let this = plus(monday(today), i64::from(number) - 1);
    let day = match which {
        None if matches!(text.s(end), "next" | "this" | "last") && text.s(end + 1) == "week" => {
            let offset = which_exact(text, end).map_or(0, |w| w.0);
            end += 2;
            Day::definite(plus(this, 7 * i64::from(offset)))
        }
        None => {
            let link = if text.s(end) == "of" || text.s(end) == "in" { end + 1 } else { end };
            match which_exact(text, link).filter(|(_, a)| text.s(*a) == "week" && link > end) {
                Some((offset, week)) => {
                    end = week + 1;
                    Day::definite(plus(this, 7 * i64::from(offset.signum())))
                }
                None => Day::weekly(number, reader.context),
            }
        }
        Some(10) => Day::definite(if this > today { this } else { plus(this, 7) }),
        Some(-10) => Day::definite(if this < today { this } else { plus(this, -7) }),
        Some(offset) => Day::definite(plus(this, 7 * i64::from(offset))),
    };
    let rule = if end > at + 1 && text.s(at + 1) != "of" { "en.weekday_of_week" } else { "en.weekday" };
    Some(Item::new(token, end, When::Day(Day { weekday: Some(weekday(number)), ..day }), rule))
}

/// the 18th, 29th, the 15th day of next month, the thirty-first day of the month.
pub(crate) fn nth_day(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let article = text.s(token) == "the";
    let (number, end, ordinal) = day_number(text, token)?;
    let of = if text.words(end, "day of").is_some() {
        end + 2
    } else if matches!(text.s(end), "of" | "in") {
        end + 1
    } else {
        end
    };
    if let Some((offset, month)) = super::english_period::which_month(text, of).filter(|_| ordinal) {
        let first = plus_months(today.with_day(1)?, offset);
        return Some(Item::new(
            token,
            month,
            When::Day(Day::full(first.year(), first.month(), number)),
            "en.day_of_month",
        ));
    }
    let before = token.checked_sub(1).map_or("", |b| text.s(b));
    let digits = text.is_digits(if article { token + 1 } else { token });
    let led = matches!(
        before,
        "on" | "by" | "before" | "after" | "until" | "till" | "from" | "to" | "through" | "between" | "since"
    );
    // In words, "the" and a preposition tell a day from a place in a list: on the second, for the twenty second.
    let alone = ordinal && if digits { article || led } else { article && (led || before == "for" && number > 9) };
    let shut = !timelike(text, end) && !matches!(text.ch(end), '/' | '-' | '%' | '$' | ':');
    let decimal = matches!(text.ch(end), '.' | ',') && text.is_digits(end + 1) && text.gap(end + 1) == 0;
    let bare = !ordinal
        && digits
        && shut
        && (article && matches!(before, "on" | "for")
            || !article && before == "on" && !decimal && (!text.is_word(end) || text.s(end) == "at"));
    let followed = text.is_word(end)
        && !matches!(
            text.s(end),
            "from"
                | "at"
                | "between"
                | "to"
                | "till"
                | "until"
                | "and"
                | "or"
                | "for"
                | "if"
                | "is"
                | "works"
                | "please"
                | "around"
                | "in"
                | "would"
                | "then"
        );
    ((alone && !followed) || bare)
        .then(|| Item::new(token, end, When::Day(Day::monthly(number, today)), "en.day_of_month"))
}

/// first Monday of next month, last Friday of May 2020.
pub(crate) fn nth_weekday_of(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let (n, after) =
        if text.s(at) == "last" { (-1, at + 1) } else { ordinal::numbered(text, at).filter(|(n, _)| *n <= 5)? };
    let number = weekday_name(text.s(after))?;
    let part = super::english_clock::part_word(text.s(after + 1));
    let of = after + 1 + usize::from(part.is_some());
    if !matches!(text.s(of), "of" | "in") {
        // "first Sunday" alone is of this month; "last Sunday" and "second Sunday dinner" are something else.
        let closed = !text.is_word(of) || matches!(text.s(of), "at" | "for" | "from" | "and" | "please" | "morning");
        let day = nth_weekday(today.year(), today.month(), i32::try_from(n).ok()?, number)
            .filter(|_| n > 0 && part.is_none() && closed && text.is_word(at))?;
        let day = Day { weekday: Some(weekday(number)), ..Day::definite(day) };
        return Some(Item::new(token, of, When::Day(day), "en.nth_weekday"));
    }
    let n = i32::try_from(n).ok()?;
    let (known, month_number, end) = if let Some((offset, end)) = super::english_period::which_month(text, of + 1) {
        let first = plus_months(today.with_day(1)?, offset);
        (Some((first.year(), true)), first.month(), end)
    } else {
        let m = month(text.s(of + 1))?;
        match year_after(text, of + 2) {
            Some((y, end)) => (Some((y, false)), m, end),
            None => (None, m, of + 2),
        }
    };
    let in_year = |y| nth_weekday(y, month_number, n, number);
    let (future, past) = match known {
        Some((y, _)) => (in_year(y), in_year(y)),
        None => (
            (today.year()..today.year() + 2).filter_map(in_year).find(|d| *d >= today),
            (today.year() - 1..=today.year()).rev().filter_map(in_year).find(|d| *d < today),
        ),
    };
    let count = if n < 0 { 5 } else { n };
    let year_text = match known {
        Some((y, false)) => format!("{y:04}"),
        _ => "XXXX".to_owned(),
    };
    let day = Day {
        timex: format!("{year_text}-{month_number:02}-WXX-{number}-#{count}"),
        future,
        past,
        ymd: (None, 0, 0),
        weekday: None,
        kind: DayKind::Yearly,
    };
    let when = match part {
        Some(part) => When::DayPart(day, part),
        None => When::Day(day),
    };
    let start = if part.is_some() { at } else { token };
    Some(Item::new(start, end, when, "en.nth_weekday"))
}

/// two Sundays from now, 3 Mondays ago, two Monday later.
pub(crate) fn counted(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let count = english::whole(text, token).or_else(|| literal::plain(text, token))?;
    let weeks = i64::from(count.natural().filter(|n| (1..=60).contains(n))?);
    let number = i64::from(weekday_name(text.s(count.end))?);
    let (ahead, end) = text.pick_words(
        count.end + 1,
        &[("from now", true), ("from today", true), ("later", true), ("hence", true), ("ago", false), ("back", false)],
    )?;
    let today = reader.context.now.date();
    let this = plus(monday(today), number - 1);
    let day = if ahead {
        plus(this, 7 * (weeks - i64::from(this > today)))
    } else {
        plus(this, -7 * (weeks - i64::from(this < today)))
    };
    let day = Day { weekday: Some(weekday(u32::try_from(number).ok()?)), ..Day::definite(day) };
    Some(Item::new(token, end, When::Day(day), "en.weekday_counted"))
}
