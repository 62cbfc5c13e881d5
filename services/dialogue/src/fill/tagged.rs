//! What the tagger adds: free-text slots, where nothing else says how to recognise a value; for other slots which part of
//! the text is theirs. The value itself is always read by the slot's own reader and checked by its schema.

use paigong_core::Bilingual;
use serde_json::Value as Json;
use skills::slot::{Format, Kind, Prefer};
use skills::{Slot, fold};
use values::{Reading, Span, Value};

use super::{Reader, char_span};
use crate::act;
use crate::convert::{self, Fit};
use crate::meaning::Tag;
use crate::state::By;

/// A part this likely fills a slot that was not asked for.
const SURE: f32 = 0.5;
/// A part this likely replaces a value that was said before, without a word of correction.
const REPLACES: f32 = 0.8;
/// A part this likely fills the slot that was asked for.
const ASKED: f32 = 0.15;
/// A typed value that looks this little like any slot's is none, although it can be read.
const UNLIKELY: f32 = 0.1;
/// The same for a value that would replace another.
const UNLIKELY_REPLACEMENT: f32 = 0.5;
/// Words that are values only where one is expected.
const EMPTY_WORDS: &[&str] =
    &["now", "right now", "today", "one", "a", "the next day", "the day after", "现在", "今天", "一"];
/// Words that may follow a part and still belong to the answer.
const TRAILING: usize = 4;
/// Marks from which on the absence of a tag says something.
const TAUGHT: usize = 5;

impl Reader<'_> {
    /// Fills free-text slots from tags, after everything else.
    pub(super) fn tagged(&mut self) {
        for tag in self.ranked(|slot| slot.is_free_text()) {
            if self.is_taken(&tag.slot) || self.is_used(tag.span) {
                continue;
            }
            let span = self.to_the_end(&self.with_its_number(tag.clone()));
            let words = self.words_of(span);
            if self.source.asked == Some(&tag.slot) && self.is_most_of_it(&words) {
                // "22 King Street, Leeds" is an answer as a whole, whatever part of it looks most like one.
                continue;
            }
            let value = Json::from(words.trim());
            if !words.trim().is_empty() && self.skill.validate(&tag.slot, &value).is_ok() {
                self.put(&tag.slot, value, Some(span), By::Tagged);
            }
        }
    }

    /// The part with the number that the message begins with, where only that stands before it: "200" of "200 Fuxing Road".
    fn with_its_number(&self, mut tag: Tag) -> Tag {
        let before = self.words_of(Span { start: 0, end: tag.span.start });
        if !before.is_empty() && before.chars().all(|c| c.is_ascii_digit() || c == ' ') {
            tag.span.start = 0;
        }
        tag
    }

    /// The part, or the whole of an answer that begins with it and in whose few other words nothing else is said: "22 King
    /// Street, Leeds".
    fn to_the_end(&self, tag: &Tag) -> Span {
        let count = self.source.text.trim_end_matches(|c: char| !c.is_alphanumeric()).chars().count();
        let rest = Span { start: tag.span.end, end: count };
        let is_rest_used = self.is_used(rest)
            || self.source.values.iter().any(|reading| reading.span.overlaps(rest) && is_temporal(&reading.value))
            || self.tags().any(|other| other.slot != tag.slot && other.p >= SURE && other.span.overlaps(rest));
        let words = self.words_of(rest);
        let is_answer = self.source.asked == Some(&tag.slot) && tag.span.start == 0 && !rest.is_empty();
        let is_short = words.split_whitespace().count() <= TRAILING && words.chars().count() <= 24;
        let goes_on = words.starts_with([',', '，', '、', ' ']) && !words.contains(['.', '?', '!', '。', '？', '！']);
        if is_answer && is_short && goes_on && !is_rest_used { Span { start: 0, end: count } } else { tag.span }
    }

    /// Reads slots of a known type where a tag says that a part of the text is theirs: which of two days is the return,
    /// which of two accounts the recipient's.
    pub(super) fn hinted(&mut self) {
        for tag in self.ranked(|slot| !slot.is_free_text() && slot.is_settable() && slot.json_type() != Kind::Boolean) {
            let Some(slot) = self.slot(&tag.slot).cloned() else { continue };
            if self.is_taken(&tag.slot) || self.is_used(tag.span) || self.is_in_range(tag.span) {
                continue;
            }
            if self.is_bare_answer(&tag, &slot) {
                continue;
            }
            if let Some((value, by, span)) = self.read_around(&slot, tag.span).filter(|_| slot.options.is_empty()) {
                if self.may_fill(&tag.slot) {
                    self.whole(&tag.slot, &slot, value, self.narrowed(&tag.slot, span), by);
                } else if self.skill.validate(&tag.slot, &value).is_ok() {
                    self.put(&tag.slot, value, Some(self.narrowed(&tag.slot, span)), by);
                }
                continue;
            }
            let words = self.words_of(tag.span);
            let read =
                if slot.options.is_empty() { self.read_part(&slot, &words) } else { self.word_in(&tag.slot, &words) };
            let Some((value, by, within)) = read else { continue };
            if self.skill.validate(&tag.slot, &value).is_ok() {
                self.put(&tag.slot, value, Some(tag.span), by);
                // Only what was read is used: the part may be cut too large.
                let start = tag.span.start + within.start;
                self.filling.used.retain(|used| *used != tag.span);
                self.filling.used.push(Span { start, end: start + within.len() });
            }
        }
    }

    /// Whether a typed value may be this slot's although it was not asked for. Where examples teach the slot, a value that
    /// does not look like any neither replaces another, unless the message says so, nor is it one if it is a word that
    /// people say anyway: "that's all for now" names no day.
    pub(super) fn is_likely(&self, name: &str, reading: &Reading) -> bool {
        if !self.source.is_tagged || self.skill.marks(name) < TAUGHT || self.source.says_so {
            return true;
        }
        let is_replacement = self.frame.slots.contains_key(name);
        let floor = if is_replacement { UNLIKELY_REPLACEMENT } else { UNLIKELY };
        let is_empty_word = EMPTY_WORDS.contains(&fold(&reading.text).as_str());
        !(is_replacement || is_empty_word) || self.tags().any(|tag| tag.p >= floor && tag.span.overlaps(reading.span))
    }

    /// The words for a value of which `span` was read: without what comes before and, of a period or a day with its time,
    /// after the part that is this slot's.
    pub(super) fn narrowed(&self, name: &str, span: Span) -> Span {
        let inside =
            |tag: &&Tag| tag.slot == name && tag.p >= UNLIKELY && span.contains(tag.span) && !tag.span.is_empty();
        let Some(tag) = self.tags().filter(inside).max_by(|a, b| a.p.total_cmp(&b.p)) else { return span };
        let is_compound = self.source.values.iter().any(|reading| {
            let is_one = matches!(reading.value, Value::Date { .. } | Value::Time { .. } | Value::Number { .. });
            reading.span == span && !is_one
        });
        Span { start: tag.span.start, end: if is_compound { tag.span.end } else { span.end } }
    }

    /// What a reading that contains the part, or lies in it, says of the slot: the whole of "3pm" where the part is "3".
    fn read_around(&self, slot: &Slot, part: Span) -> Option<(Json, By, Span)> {
        let past;
        let values = if slot.prefer == Some(Prefer::Past) {
            past = values::read(self.source.text, &self.context(slot));
            past.as_slice()
        } else {
            self.source.values
        };
        let is_there = |reading: &&Reading| reading.span.contains(part) || part.contains(reading.span);
        let mut around = values.iter().filter(is_there).filter(|reading| !is_range(&reading.value));
        around.find_map(|reading| {
            let (value, by, span) = whole_fit(slot, reading)?;
            Some((self.after_start(slot, reading, value), by, span))
        })
    }

    /// Whether a day with its time has given its day to one slot and can still give its time to another, or the reverse.
    pub(super) fn is_half_used(&self, slot: &Slot, reading: &Reading) -> bool {
        let format = match (&reading.value, slot.format) {
            (Value::DateTime { .. }, Some(format @ (Format::Date | Format::Time))) => format,
            _ => return false,
        };
        let offset = self.source.offset;
        let mut users = self.filling.filled.iter().filter(|(_, filled)| {
            filled.span.is_some_and(|(start, end)| {
                Span { start: start.saturating_sub(offset), end: end.saturating_sub(offset) }.overlaps(reading.span)
            })
        });
        users.all(|(name, _)| {
            self.slot(name).is_some_and(|other| other.format.is_some() && other.format != Some(format))
        })
    }

    /// The tags of slots that `wanted` lets through and that are likely enough, by how much they are.
    fn ranked(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<Tag> {
        let mut tags: Vec<(f32, &Tag)> = self
            .tags()
            .filter(|tag| self.slot(&tag.slot).is_some_and(&wanted))
            .filter_map(|tag| {
                let is_asked = self.source.asked == Some(&tag.slot);
                let is_filled = self.frame.slots.contains_key(&tag.slot) && !self.source.correcting;
                let floor = match (is_asked, is_filled) {
                    (true, _) => ASKED,
                    (false, true) => REPLACES,
                    (false, false) => SURE,
                };
                (tag.p >= floor).then_some((tag.p - floor, tag))
            })
            .collect();
        tags.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        tags.into_iter().map(|(_, tag)| tag.clone()).collect()
    }

    fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.source.tags.iter().filter(|tag| tag.skill == self.skill.name())
    }

    fn is_taken(&self, name: &str) -> bool {
        let is = |(taken, _): &(String, Bilingual)| taken == name;
        self.filling.filled.iter().any(|(taken, _)| taken == name) || self.filling.refused.iter().any(is)
    }

    /// Whether the part belongs to a period that is read as a whole, however exactly it was cut: "on Wednesday" of "on
    /// Wednesday to Friday".
    fn is_in_range(&self, span: Span) -> bool {
        let values = self.source.values.iter();
        values
            .filter(|reading| is_range(&reading.value))
            .any(|reading| reading.span.overlaps(span) && !span.contains(reading.span))
    }

    /// Whether nothing but the part was said, and another slot of its kind was asked for: "31 December" answers "until which
    /// day?", whatever it looks like by itself.
    fn is_bare_answer(&self, tag: &Tag, slot: &Slot) -> bool {
        let is_alike = |asked: &Slot| asked.json_type() == slot.json_type() && asked.format == slot.format;
        let asked = self.source.asked.filter(|asked| *asked != tag.slot).and_then(|asked| self.slot(asked));
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        asked.is_some_and(is_alike) && letters(&self.words_of(tag.span)) == letters(self.source.text)
    }

    /// Whether the words are most of what was said.
    fn is_most_of_it(&self, words: &str) -> bool {
        const MOST: f32 = 0.6;
        let weight = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
        weight(words) >= MOST * weight(self.source.text)
    }

    fn words_of(&self, span: Span) -> String {
        self.source.text.chars().skip(span.start).take(span.len()).collect()
    }

    /// A typed value in a part of the text, with its place in that part.
    fn read_part(&self, slot: &Slot, words: &str) -> Option<(Json, By, Span)> {
        values::read(words, &self.context(slot)).iter().find_map(|reading| whole_fit(slot, reading))
    }

    fn context(&self, slot: &Slot) -> values::Context<'_> {
        let mut context = self.world.reading();
        if slot.prefer == Some(Prefer::Past) {
            context.direction = values::Direction::Past;
        }
        context
    }

    /// An allowed value named in a part of the text, with its place in that part.
    fn word_in(&self, name: &str, words: &str) -> Option<(Json, By, Span)> {
        let folded = fold(words);
        self.skill.words(name).iter().find_map(|(word, value)| {
            let at = act::find_words(&folded, word)?;
            Some((Json::from(value.clone()), By::Enum, char_span(&folded, at, at + word.len())))
        })
    }
}

/// A reading as a value of the slot that was looked for, if it is one by itself.
fn whole_fit(slot: &Slot, reading: &Reading) -> Option<(Json, By, Span)> {
    match convert::fit(slot, &reading.value, true)? {
        Fit::Whole(value, by) => Some((value, by, reading.span)),
        Fit::Range(..) | Fit::Day(_) | Fit::Clock(_) => None,
    }
}

fn is_range(value: &Value) -> bool {
    matches!(
        value,
        Value::DateRange { .. } | Value::TimeRange { .. } | Value::DateTimeRange { .. } | Value::NumberRange { .. }
    )
}

fn is_temporal(value: &Value) -> bool {
    value.family() == values::Family::Temporal
}
