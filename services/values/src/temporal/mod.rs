//! Temporal values: finding them in a message.

mod atoms;
mod bounds;
mod clock_range;
mod compose;
mod emit;
mod ends;
mod english_clock;
mod english_day;
mod english_length;
mod english_named;
mod english_part;
mod english_period;
mod english_weekday;
mod han_clock;
mod han_counted;
mod han_day;
mod han_period;
mod holiday;
mod lunar;
mod numeric;
mod range;
mod sets;
mod starts;
mod timex;
mod timezone;
mod when;

use bounds::Mod::{After, Before, Since, Until};
use bounds::{HAN_PREFIXES, PREFIXES, modified_item, opened, suffix};
use emit::emit;
use when::{Clock, When};

use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;
pub(crate) use when::Item;

/// Every temporal value in the message.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        if !starts::may_begin(text, token) {
            token += 1;
            continue;
        }
        let timed = matches!(out.last(), Some(Found { value: Value::Time { .. } | Value::DateTime { .. }, .. }));
        match at(reader, token, timed) {
            Some(found) => {
                token = found.end.max(token + 1);
                out.push(found);
            }
            None => token = skip(text, token),
        }
    }
}

/// A number that is no time is passed over whole, so that its digits are not read again.
fn skip(text: &Text, token: usize) -> usize {
    if text.is_digits(token)
        && text.ch(token + 1) == '.'
        && text.is_digits(token + 2)
        && text.gap(token + 1) == 0
        && text.gap(token + 2) == 0
    {
        token + 3
    } else {
        token + 1
    }
}

/// The value at `token`; `timed` when the one before it is a time.
fn at(reader: &Reader<'_>, token: usize, timed: bool) -> Option<Found> {
    let text = &reader.text;
    if text.ch(token).is_ascii_punctuation() && !matches!(text.ch(token), '<' | '>' | '=' | '.') {
        return None;
    }
    if let Some(item) = range::after_and_before(reader, token) {
        return emit(reader, &item);
    }
    let ranged = range::range(reader, token)
        .filter(|i| !matches!(i.when, When::Clock(c) if c.bare))
        .or_else(|| bare_hour(reader, token, timed));
    // The sign of <div>6pm</div> compares nothing.
    let glued = token > 0 && !text.is_word(token) && !text.spaced(token) && text.is_word(token - 1);
    let prefix = text
        .pick(token, HAN_PREFIXES)
        .or_else(|| text.pick_words(token, PREFIXES))
        .or_else(|| text.pick(token, PREFIXES).filter(|_| !text.is_word(token)))
        .filter(|_| !(glued && text.ch(token).is_ascii_punctuation()));
    if let Some((modifier, inner)) = prefix.filter(|_| ranged.is_none())
        && let Some(found) = modified_item(reader, inner, modifier, token)
    {
        return Some(found);
    }
    let item = ranged?;
    if let Some((modifier, inner)) = text
        .pick_words(item.end, PREFIXES)
        .filter(|(m, _)| matches!(m, Before | After | Until | Since) && matches!(item.when, When::Day(_)))
        && let Some(Item { when: When::Clock(clock), end, .. }) = compose::point(reader, inner)
        && let When::Day(day) = &item.when
        && (!clock.bare || clock.exact)
    {
        // tomorrow before 5pm
        let moment = Item::new(item.start, end, When::Moment(day.clone(), clock), "en.moment_bound");
        return opened(reader, &moment, modifier, end);
    }
    if let Some((modifier, end)) = suffix(reader, &item) {
        // 3 pm or later on Monday
        if let When::Clock(clock) = item.when
            && text.s(end) == "on"
            && let Some(Item { when: When::Day(day), end: stop, .. }) = compose::point(reader, end + 1)
        {
            return opened(
                reader,
                &Item::new(item.start, stop, When::Moment(day, clock), "en.moment_bound"),
                modifier,
                stop,
            );
        }
        return opened(reader, &item, modifier, end);
    }
    emit(reader, &item)
}

/// "at 6", "move the 3pm call to 4": an hour that only the words before make one.
fn bare_hour(reader: &Reader<'_>, token: usize, timed: bool) -> Option<Item> {
    let text = &reader.text;
    let moved = match token.checked_sub(1).map_or("", |b| text.s(b)) {
        "at" | "@" => false,
        "to" | "till" | "until" if timed => true,
        _ => return None,
    };
    let item = compose::point(reader, token)?;
    let When::Clock(clock) = item.when else { return None };
    let hours = if moved { 0..=24 } else { 1..=12 };
    (hours.contains(&clock.hour) && compose::closes(text, item.end))
        .then_some(Item { when: When::Clock(Clock { bare: false, ..clock }), ..item })
}
