//! "明早九点执行", "submit it tomorrow at 9": a request is to be run at a later time. The time is taken out of the message,
//! so that it fills no slot.

use chrono::{NaiveDateTime, NaiveTime};
use values::{Reading, Value};

use crate::{Meaning, act};

/// What says, right after a time, that something is to be run then; folded.
const AFTER: &[&str] = &["执行", "提交", "办理", "再办", "再提交", "再执行", "生效", "运行", "下发", "发出", "发送"];
/// Words between a time and those.
const BETWEEN: &[&str] = &["的时候", "时", "再", "就", "去", "准时", "帮我", "给我", "自动", "开始"];
/// What says so right before a time; folded.
const BEFORE: &[&str] = &[
    "定时",
    "定时在",
    "定在",
    "安排在",
    "run it",
    "do it",
    "submit it",
    "execute it",
    "send it",
    "run this",
    "do this",
    "submit this",
    "execute this",
    "send this",
    "schedule it",
    "schedule this",
    "scheduled",
];
/// Words between those and a time.
const PREPOSITIONS: &[&str] = &["at", "on", "for", "from"];
/// What takes it back; folded.
const NOW: &[&str] = &["现在就", "马上", "立即", "立刻", "right now", "immediately", "straight away", "at once"];
/// The hour of a day without a time.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// When the message wants its request run, and the message without that.
pub(crate) fn put_off(meaning: &Meaning, now: NaiveDateTime) -> Option<(NaiveDateTime, Meaning)> {
    let chars: Vec<char> = skills::fold(&meaning.act.rest).chars().collect();
    meaning.values.iter().find_map(|reading| {
        let at = moment(reading).filter(|at| *at > now)?;
        let (start, end) = said(&chars, reading)?;
        Some((at, without(meaning, start, end)))
    })
}

/// Whether the message wants it run now after all.
pub(crate) fn not_put_off(meaning: &Meaning) -> bool {
    let folded = skills::fold(&meaning.text);
    NOW.iter().any(|word| act::contains_words(&folded, word))
}

fn moment(reading: &Reading) -> Option<NaiveDateTime> {
    match reading.value {
        Value::DateTime { at } => Some(at),
        Value::Date { date } => Some(date.and_time(MORNING)),
        _ => None,
    }
}

/// The place of the time with the words that make it the time to run.
fn said(chars: &[char], reading: &Reading) -> Option<(usize, usize)> {
    let after: String = chars.get(reading.span.end..)?.iter().collect();
    let mut rest = after.trim_start();
    while let Some(shorter) = BETWEEN.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter.trim_start();
    }
    if let Some(word) = AFTER.iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len()) {
        let left = rest.chars().count() - word.chars().count();
        return Some((reading.span.start, chars.len() - left));
    }
    let before: String = chars.get(..reading.span.start)?.iter().collect();
    let mut rest = before.trim_end();
    while let Some(shorter) = PREPOSITIONS.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = shorter.trim_end();
    }
    let word = BEFORE.iter().filter(|word| rest.ends_with(**word)).max_by_key(|word| word.len())?;
    Some((rest.chars().count() - word.chars().count(), reading.span.end))
}

/// The message with that part of its rest blank.
fn without(meaning: &Meaning, start: usize, end: usize) -> Meaning {
    let before = meaning.act.offset(&meaning.text);
    let is_cut = |place: usize| place >= before && (start..end).contains(&(place - before));
    let text: String = meaning.text.chars().enumerate().map(|(place, c)| if is_cut(place) { ' ' } else { c }).collect();
    let act = act::read(&text);
    let after = act.offset(&text);
    // Places are those in the rest, which may begin elsewhere now.
    let moved = |span: values::Span| {
        let is_left = span.end <= start || span.start >= end;
        let shift = |place: usize| (place + before).checked_sub(after);
        Some(values::Span { start: shift(span.start)?, end: shift(span.end)? }).filter(|_| is_left)
    };
    let values = meaning.values.iter().filter_map(|value| Some(Reading { span: moved(value.span)?, ..value.clone() }));
    let tags = meaning.tags.iter().filter_map(|tag| Some(crate::Tag { span: moved(tag.span)?, ..tag.clone() }));
    Meaning { values: values.collect(), tags: tags.collect(), text, act, ..meaning.clone() }
}
