//! Which slots a text fills: patterns first, then words for allowed values, then typed values, each part of the text
//! used once.

mod flag;
mod patterns;
mod range;
mod tagged;

use chrono::{Days, NaiveDate};
use paigong_core::Bilingual;
use serde_json::Value as Json;
use skills::slot::{Kind, Prefer};
use skills::{Skill, Slot, fold};
use values::{Reading, Span, Value};

use self::patterns::char_span;
use crate::convert::{self, Fit};
use crate::meaning::{Sentence, Tag};
use crate::state::{By, Filled, Frame};
use crate::{World, act};

/// What is read, and against what.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// Typed values in it.
    pub values: &'a [Reading],
    /// The sentences of the text.
    pub sentences: &'a [Sentence],
    /// Parts that look like values.
    pub tags: &'a [Tag],
    /// Whether tags were looked for.
    pub is_tagged: bool,
    /// The slot that was asked for.
    pub asked: Option<&'a str>,
    /// Whether filled slots may be replaced.
    pub correcting: bool,
    /// Whether the message says that something is corrected.
    pub says_so: bool,
    /// Characters of the message that stand before `text`.
    pub offset: usize,
    /// The number of the turn.
    pub turn: u32,
}

/// What a text fills.
#[derive(Debug, Default)]
pub struct Filling {
    /// Slots with valid values.
    pub filled: Vec<(String, Filled)>,
    /// Slots whose value was read and is not allowed, with the reason.
    pub refused: Vec<(String, Bilingual)>,
    /// Date-and-time slots of which only the day is known.
    pub days: Vec<(String, NaiveDate)>,
    /// Slots of which the text names several values, joined by "and"; the first is also in `filled`.
    pub several: Vec<(String, Vec<Filled>)>,
    /// The parts of the text that were used.
    pub used: Vec<Span>,
}

impl Filling {
    /// Whether nothing at all was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled.is_empty() && self.refused.is_empty() && self.days.is_empty()
    }

    /// The share of the letters, digits and characters of `text` that was used, 0 to 1.
    #[must_use]
    pub fn coverage(&self, text: &str) -> f32 {
        let counts = |c: char| c.is_alphanumeric();
        let all = text.chars().filter(|c| counts(*c)).count().max(1);
        let used = text
            .chars()
            .enumerate()
            .filter(|(at, c)| counts(*c) && self.used.iter().any(|span| span.start <= *at && *at < span.end))
            .count();
        used as f32 / all as f32
    }
}

/// Reads everything that `source` says about the slots of `frame`.
#[must_use]
pub fn fill(skill: &Skill, frame: &Frame, source: Source<'_>, world: &World<'_>) -> Filling {
    let mut reader = Reader { skill, frame, source, world, filling: Filling::default(), folded: fold(source.text) };
    for name in reader.order() {
        reader.patterns(&name);
    }
    reader.hinted();
    for name in reader.order() {
        reader.words(&name);
    }
    for name in reader.order() {
        reader.typed(&name);
    }
    reader.flags();
    reader.durations();
    reader.tagged();
    reader.filling
}

struct Reader<'a> {
    skill: &'a Skill,
    frame: &'a Frame,
    source: Source<'a>,
    world: &'a World<'a>,
    filling: Filling,
    folded: String,
}

impl Reader<'_> {
    /// Slots that may be filled now: the asked one, those named in the text, unfilled ones, filled ones.
    fn order(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .skill
            .slots()
            .iter()
            .filter(|(name, slot)| slot.is_settable() && self.may_fill(name))
            .map(|(name, slot)| {
                let rank = if self.source.asked == Some(name) {
                    0
                } else if self.is_named(slot) {
                    1
                } else {
                    2 + u8::from(self.frame.slots.contains_key(name))
                };
                (rank, name.clone())
            })
            .collect();
        names.sort_by_key(|(rank, _)| *rank);
        names.into_iter().map(|(_, name)| name).collect()
    }

    fn may_fill(&self, name: &str) -> bool {
        let taken = self.filling.filled.iter().any(|(filled, _)| filled == name)
            || self.filling.refused.iter().any(|(refused, _)| refused == name)
            || self.filling.days.iter().any(|(day, _)| day == name);
        let replaceable = self.source.correcting
            || self.source.asked == Some(name)
            || self.frame.slots.get(name).is_none_or(|filled| filled.by == By::Default);
        !taken && replaceable
    }

    /// Whether the text names the slot ("数量改成3").
    fn is_named(&self, slot: &Slot) -> bool {
        slot.title.as_ref().is_some_and(|title| {
            [&title.zh, &title.en].into_iter().any(|title| act::contains_words(&self.folded, &fold(title)))
        })
    }

    fn slot(&self, name: &str) -> Option<&Slot> {
        self.skill.slots().get(name)
    }

    fn words(&mut self, name: &str) {
        let mut from_words = None;
        for (word, value) in self.skill.words(name) {
            if let Some(at) = act::find_words(&self.folded, word) {
                let span = char_span(&self.folded, at, at + word.len());
                if !self.is_used(span) {
                    from_words = Some((Json::from(value.clone()), span));
                    break;
                }
            }
        }
        if let Some((value, span)) = from_words {
            self.accept(name, value, Some(span), By::Enum);
        }
    }

    fn typed(&mut self, name: &str) {
        let Some(slot) = self.slot(name).cloned() else { return };
        if !slot.options.is_empty() || !self.may_fill(name) {
            return;
        }
        let asked = self.source.asked == Some(name);
        let past;
        let values = if slot.prefer == Some(Prefer::Past) {
            let context = values::Context { direction: values::Direction::Past, ..self.world.reading() };
            past = values::read(self.source.text, &context);
            past.as_slice()
        } else {
            self.source.values
        };
        let mut readings: Vec<&Reading> = values
            .iter()
            .filter(|reading| !self.is_used(reading.span) || self.is_half_used(&slot, reading))
            .filter(|reading| asked || self.is_likely(name, reading))
            .collect();
        if matches!(slot.json_type(), Kind::Integer | Kind::Number) {
            readings = self.numeric(&slot, readings, asked);
        }
        for reading in readings {
            match self.fit(name, &slot, reading, asked) {
                Some(Fit::Whole(value, by)) => {
                    let value = self.after_start(&slot, reading, value);
                    return self.whole(name, &slot, value, reading.span, by);
                }
                Some(Fit::Range(first, last, by)) => return self.range(name, first, last, reading.span, by),
                Some(Fit::Day(day)) => return self.day(name, day, reading.span),
                Some(Fit::Clock(time)) => {
                    let known = self.frame.days.get(name).copied();
                    let old = self.frame.slots.get(name).and_then(|filled| convert::as_date_time(&filled.value));
                    let fallback = if time > self.world.now.time() {
                        Some(self.world.now.date())
                    } else {
                        self.world.now.date().checked_add_days(Days::new(1))
                    };
                    if let Some(day) = known.or(old.map(|at| at.date())).or(fallback) {
                        return self.accept(
                            name,
                            convert::json_date_time(day.and_time(time)),
                            Some(reading.span),
                            By::Date,
                        );
                    }
                }
                None => {}
            }
        }
    }

    /// The readings that may fill a numeric slot: exact kinds first, and a bare number only where it can't be part of
    /// something else.
    fn numeric<'r>(&self, slot: &Slot, readings: Vec<&'r Reading>, asked: bool) -> Vec<&'r Reading> {
        let is_bare = |reading: &&Reading| matches!(reading.value, Value::Number { .. });
        let (bare, mut exact): (Vec<_>, Vec<_>) = readings.into_iter().partition(|reading| is_bare(reading));
        exact.retain(|reading| convert::fit(slot, &reading.value, asked).is_some());
        let alone: Vec<_> = bare
            .into_iter()
            .filter(|number| asked || !is_article(&number.text))
            .filter(|number| {
                !self.source.values.iter().any(|other| {
                    !matches!(
                        other.value,
                        Value::Number { .. } | Value::Boolean { .. } | Value::Choice { .. } | Value::Ordinal { .. }
                    ) && other.span.overlaps(number.span)
                        && !exact.iter().any(|exact| exact.span == other.span)
                })
            })
            .collect();
        if alone.len() == 1 || asked {
            exact.extend(alone);
        }
        exact
    }

    /// How a reading fits a slot. "until Thursday" is the end of a period, not its start.
    fn fit(&self, name: &str, slot: &Slot, reading: &Reading, asked: bool) -> Option<Fit> {
        let ends = matches!(
            reading.value,
            Value::OpenDateRange { from: None, .. } | Value::OpenDateTimeRange { from: None, .. }
        );
        if ends && self.range_end(name).is_some() { None } else { convert::fit(slot, &reading.value, asked) }
    }

    fn day(&mut self, name: &str, day: NaiveDate, span: Span) {
        let old = self.frame.slots.get(name).and_then(|filled| convert::as_date_time(&filled.value));
        // A time elsewhere in the message, or the time that was there before.
        let clock = self.source.values.iter().find_map(|reading| match reading.value {
            Value::Time { time } if !self.is_used(reading.span) => Some(time),
            _ => None,
        });
        match clock.or(old.map(|at| at.time())) {
            Some(time) => self.accept(name, convert::json_date_time(day.and_time(time)), Some(span), By::Date),
            None => {
                self.filling.used.push(span);
                self.filling.days.push((name.to_owned(), day));
            }
        }
    }

    fn value_of(&self, name: &str) -> Option<&Json> {
        let new = self.filling.filled.iter().find(|(filled, _)| filled == name).map(|(_, filled)| &filled.value);
        new.or_else(|| self.frame.slots.get(name).map(|filled| &filled.value))
    }

    fn is_used(&self, span: Span) -> bool {
        self.filling.used.iter().any(|used| used.overlaps(span))
    }

    /// Takes a value if the slot's schema allows it, or notes the reason why not.
    fn accept(&mut self, name: &str, value: Json, span: Option<Span>, by: By) {
        if !self.may_fill(name) {
            return;
        }
        if let Some(span) = span {
            self.filling.used.push(span);
        }
        match self.skill.validate(name, &value) {
            Ok(()) => self.put(name, value, span, by),
            Err(reason) => self.filling.refused.push((name.to_owned(), reason)),
        }
    }

    /// Takes a value that the slot's schema allows.
    fn put(&mut self, name: &str, value: Json, span: Option<Span>, by: By) {
        if let Some(span) = span
            && !self.filling.used.contains(&span)
        {
            self.filling.used.push(span);
        }
        let span = span.map(|span| self.narrowed(name, span));
        let text = span.map(|span| self.source.text.chars().skip(span.start).take(span.len()).collect());
        let span = span.map(|span| (span.start + self.source.offset, span.end + self.source.offset));
        self.filling.filled.push((name.to_owned(), Filled { value, text, span, by, turn: self.source.turn }));
    }
}

/// Whether a number is only an article: 一 in 一笔费用, "a", "one".
fn is_article(text: &str) -> bool {
    matches!(text, "一" | "a" | "an" | "one" | "A" | "An" | "One")
}
