//! The words that open a range on one side: before, no later than, 之后, 自…起.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::emit::emit;
use super::when::{self, Clock, When, plus};
use super::{Item, compose, english_length, range};
use crate::reader::{Found, Reader};
use crate::value::{Grain, Value};

/// What a word beside a day or time makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mod {
    Before,
    Until,
    After,
    Since,
    Approx,
    More,
    Less,
}

use Mod::{After, Approx, Before, Less, More, Since, Until};

#[rustfmt::skip]
pub(super) const PREFIXES: &[(&str, Mod)] = &[
    ("on or before", Until), ("on or after", Since), ("on or later than", Since), ("on or earlier than", Until), ("at or before", Until), ("at or after", Since), ("in or before", Until), ("in or after", Since), ("before or on", Until), ("before or in", Until), ("before or at", Until), ("after or on", Since), ("after or in", Since), ("after or at", Since),
    ("later than or on", Since), ("later than or in", Since), ("later than or at", Since), ("earlier than or on", Until), ("earlier than or in", Until), ("earlier than or at", Until), ("no sooner than", Since), ("not earlier than", Since), ("not before", Since), ("not after", Until), ("sooner than", Before), ("starting in", Since), ("beginning in", Since), ("up until", Until), ("up to", Until), ("no later than", Until), ("not later than", Until), ("no earlier than", Since), ("later than", After), ("earlier than", Before), ("prior to", Before), ("any time from", Since), ("anytime from", Since), ("as early as", Since), ("as late as", Until), ("starting from", Since), ("starting on", Since), ("starting", Since), ("beginning on", Since), ("beginning from", Since), ("beginning", Since),
    ("before around", Before), ("after around", After), ("before", Before), ("after", After), ("until", Until), ("till", Until), ("by", Before), ("since", Since), ("around", Approx), ("about", Approx), ("approximately", Approx), ("circa", Approx), ("more than", More), ("less than", Less), ("at least", More), ("at most", Less),
    ("< =", Until), ("<=", Until), ("> =", Since), (">=", Since), ("<", Before), (">", After), ("=", Approx),
];

#[rustfmt::skip]
pub(super) const SUFFIXES: &[(&str, Mod)] = &[("or later", Since), ("and later", Since), ("or after", Since), ("and after", Since), ("onwards", Since), ("onward", Since), ("or earlier", Until), ("and earlier", Until), ("or before", Until), ("and before", Until)];

#[rustfmt::skip]
pub(super) const HAN_SUFFIXES: &[(&str, Mod)] = &[
    ("或之前", Until), ("及之前", Until), ("或以前", Until), ("及以前", Until), ("之前", Before), ("以前", Before), ("前", Before), ("或之后", Since), ("及之后", Since), ("或以后", Since), ("及以后", Since), ("之后", After), ("以后", After), ("后", After), ("以来", Since), ("开始", Since), ("起", Since), ("为止", Until), ("左右", Approx), ("前后", Approx),
];

#[rustfmt::skip]
pub(super) const HAN_PREFIXES: &[(&str, Mod)] = &[("截止到", Until), ("截止至", Until), ("截止", Until), ("截至", Until), ("直到", Until), ("自从", Since), ("自", Since), ("从", Since), ("早于", Before), ("晚于", After), ("大约", Approx), ("大概", Approx)];

pub(super) fn suffix(reader: &Reader<'_>, item: &Item) -> Option<(Mod, usize)> {
    let text = &reader.text;
    if let Some((modifier, end)) = text.pick_words(item.end, SUFFIXES).filter(|(_, e)| text.s(*e) != "than") {
        return Some((modifier, end));
    }
    let (modifier, end) = text.pick(item.end, HAN_SUFFIXES)?;
    let single = end == item.end + 1;
    let word = single
        && matches!(
            text.ch(end),
            '往' | '台' | '面' | '来' | '点' | '床' | '飞' | '草' | '诉' | '名' | '天' | '的' | '后'
        );
    let ranged = matches!(
        item.when,
        When::Length(_) | When::Recurring { .. } | When::MomentRange { .. } | When::DayRange { .. } | When::Instant(..)
    );
    (!word && !ranged).then_some((modifier, end))
}

/// The item after a word such as "before", opened on one side.
pub(super) fn modified_item(reader: &Reader<'_>, inner: usize, modifier: Mod, start: usize) -> Option<Found> {
    let text = &reader.text;
    let (edge, skip_to) =
        text.pick_words(inner, &[("the end of", ()), ("end of", ())]).map_or((false, inner), |((), a)| (true, a));
    let article = usize::from(text.s(skip_to) == "the");
    let edged = text.pick_words(skip_to + article, &[("beginning of", ()), ("start of", ()), ("middle of", ())]);
    let item = edged
        .and_then(|_| compose::point(reader, skip_to + article))
        .or_else(|| compose::point(reader, skip_to))
        .or_else(|| compose::point(reader, inner))
        .or_else(|| range::range(reader, inner))?;
    let item = Item { start, ..item };
    let mut item = item;
    if let When::Clock(clock) = item.when
        && clock.bare
        && !matches!(modifier, Approx)
    {
        // no later than 4
        let led = inner >= start + 2 || matches!(text.s(start), "by" | "before" | "after" | "until" | "till");
        if !led || !(1..=12).contains(&clock.hour) || !compose::closes(text, item.end) {
            return None;
        }
        item.when = When::Clock(Clock { bare: false, ..clock });
    }
    let from_word = matches!(text.ch(start), '从' | '自') && start + 1 == inner;
    let mut end = item.end;
    let mut modifier = modifier;
    if let Some((m, after)) = text.pick(item.end, HAN_SUFFIXES) {
        if from_word && !matches!(m, Since) {
            return None;
        }
        (modifier, end) = (m, after);
        if from_word && text.ch(start) == '从' && m == Since {
            return None;
        }
    } else if from_word {
        return None;
    }
    if text.ch(start) == '=' {
        return matches!(item.when, When::Period(_)).then(|| emit(reader, &item)).flatten();
    }
    let approximate = modifier == Approx;
    let vague_question = matches!(text.s(start.wrapping_sub(1)), "how" | "what");
    if approximate
        && (vague_question
            || text.is_word(start)
                && !matches!(item.when, When::Clock(_) | When::Day(_) | When::Moment(..) | When::Part(_)))
    {
        return None;
    }
    if edge && modifier == Before {
        modifier = Until;
    }
    match (modifier, &item.when) {
        (More | Less, When::Length(_)) => emit(reader, &item),
        (More | Less, When::Day(day)) => {
            let today = reader.context.now.date();
            let at = day.future?;
            let mut found = opened(reader, &item, if at < today { Before } else { After }, end)?;
            if modifier == Less && at > today {
                // less than 2 weeks from today: from the day that is counted from
                let (length, _) = english_length::length(text, inner)?;
                let from = length.before(at.and_hms_opt(0, 0, 0)?, reader.context.calendar)?.date();
                let counted = when::length_timex(&length);
                found.value = Value::DateRange { from, to: at };
                found.timex = vec![format!("({},{},{counted})", when::iso(from), when::iso(at))];
            }
            Some(found)
        }
        (More | Less, _) => None,
        (
            _,
            When::Length(_)
            | When::Recurring { .. }
            | When::DayRange { .. }
            | When::MomentRange { .. }
            | When::ClockRange(..),
        ) => None,
        (Since | Before | After, When::Part(p)) if p.code != "TMEB" && p.code != "TMED" && p.code != "TMEL" => None,
        _ => opened(reader, &item, modifier, end),
    }
}

/// A meaning with one end open.
pub(super) fn opened(reader: &Reader<'_>, item: &Item, modifier: Mod, end: usize) -> Option<Found> {
    let mut found = emit(reader, item)?;
    found.end = end;
    if modifier == Approx {
        if let When::Part(part) = &item.when {
            found.timex = vec![part.code.to_owned()];
        }
        return Some(found);
    }
    let later = matches!(modifier, After | Since);
    let days = |from: NaiveDate, to: NaiveDate| {
        // `from` first and `to` last day of what is named.
        match modifier {
            Before => Value::OpenDateRange { from: None, to: Some(plus(from, -1)) },
            Until => Value::OpenDateRange { from: None, to: Some(to) },
            After => Value::OpenDateRange { from: Some(plus(to, 1)), to: None },
            _ => Value::OpenDateRange { from: Some(from), to: None },
        }
    };
    let moment = |at: NaiveDateTime| {
        if later {
            Value::OpenDateTimeRange { from: Some(at), to: None }
        } else {
            Value::OpenDateTimeRange { from: None, to: Some(at) }
        }
    };
    let time = |at: NaiveTime| {
        if later {
            Value::OpenTimeRange { from: Some(at), to: None }
        } else {
            Value::OpenTimeRange { from: None, to: Some(at) }
        }
    };
    found.value = match &found.value {
        Value::Date { date } => days(*date, *date),
        Value::DateRange { from, to } => {
            let edge = matches!(item.rule, "zh.period" | "en.period")
                && modifier == Before
                && found.grain == Some(Grain::Month)
                && from.format("%d").to_string() != "01";
            if edge { Value::OpenDateRange { from: None, to: Some(*to) } } else { days(*from, *to) }
        }
        Value::Time { time: at } => time(*at),
        Value::TimeRange { from, to } => time(if later { *to } else { *from }),
        Value::DateTime { at } => moment(*at),
        Value::DateTimeRange { from, to } => moment(if later { *to } else { *from }),
        _ => return Some(found),
    };
    found.alternatives.clear();
    Some(found)
}
