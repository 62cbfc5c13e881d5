//! What the tagger adds: free-text slots, where nothing else says how to recognise a value; for other slots which part of
//! the text is theirs. The value itself is always read by the slot's own reader and checked by its schema.

use paigong_core::Bilingual;
use serde_json::Value as Json;
use skills::slot::{Format, Kind, Prefer};
use skills::{Slot, fold};
use values::{Reading, Span, Value};

use super::Reader;
use crate::act;
use crate::convert::Fit;
use crate::meaning::Tag;
use crate::state::{By, Phase};

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
/// Marks from which on the absence of a tag says something.
const TAUGHT: usize = 5;

impl Reader<'_> {
    /// Fills free-text slots from tags, after everything else.
    pub(super) fn tagged(&mut self) {
        for tag in self.ranked(|slot| slot.is_free_text()) {
            if self.is_taken(&tag.slot) || self.is_used(tag.span) {
                continue;
            }
            let words = self.words_of(tag.span);
            if self.source.asked == Some(&tag.slot) && self.is_most_of_it(&words) {
                // "22 King Street, Leeds" is an answer as a whole, whatever part of it looks most like one.
                continue;
            }
            let value = Json::from(words.trim());
            if !words.trim().is_empty() && self.skill.validate(&tag.slot, &value).is_ok() {
                self.put(&tag.slot, value, Some(tag.span), By::Tagged);
            }
        }
    }

    /// Reads slots of a known type where a tag says that a part of the text is theirs: which of two days is the return,
    /// which of two accounts the recipient's.
    pub(super) fn hinted(&mut self) {
        for tag in
            self.ranked(|slot| !slot.is_free_text() && slot.source.is_none() && slot.json_type() != Kind::Boolean)
        {
            let Some(slot) = self.slot(&tag.slot).cloned() else { continue };
            if self.is_taken(&tag.slot) || self.is_used(tag.span) || self.is_in_range(tag.span) {
                continue;
            }
            let read = if slot.options.is_empty() {
                self.value_at(&tag.slot, &slot, tag.span)
            } else {
                self.word_in(&tag.slot, &self.words_of(tag.span)).map(|(value, by)| (value, by, tag.span))
            };
            if let Some((value, by, span)) = read
                && !self.is_used(span)
                && self.skill.validate(&tag.slot, &value).is_ok()
            {
                self.put(&tag.slot, value, Some(self.narrowed(&tag.slot, span)), by);
            }
        }
    }

    /// Whether a typed value may be this slot's although it was not asked for: no, if examples teach the slot and the
    /// value does not look like any. "That's all for now" names no day.
    pub(super) fn is_likely(&self, name: &str, span: Span) -> bool {
        // While a confirmation stands, whatever can be read is a change of it.
        let is_changing = matches!(self.frame.phase, Phase::Confirming | Phase::Changing);
        let floor = if self.frame.slots.contains_key(name) { UNLIKELY_REPLACEMENT } else { UNLIKELY };
        is_changing
            || !self.source.is_tagged
            || self.skill.marks(name) < TAUGHT
            || self.tags().any(|tag| tag.p >= floor && tag.span.overlaps(span))
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

    /// Whether the part belongs to a period that is read as a whole.
    fn is_in_range(&self, span: Span) -> bool {
        self.source.values.iter().any(|reading| {
            let is_range = matches!(
                reading.value,
                Value::DateRange { .. }
                    | Value::TimeRange { .. }
                    | Value::DateTimeRange { .. }
                    | Value::NumberRange { .. }
            );
            is_range && reading.span.contains(span) && reading.span != span
        })
    }

    fn words_of(&self, span: Span) -> String {
        self.source.text.chars().skip(span.start).take(span.len()).collect()
    }

    /// The typed value of which the part is one. A tag says where a value is; what it is and where it ends, the grammar
    /// of values knows better.
    fn value_at(&self, name: &str, slot: &Slot, span: Span) -> Option<(Json, By, Span)> {
        let past;
        let readings = if slot.prefer == Some(Prefer::Past) {
            let context = values::Context { direction: values::Direction::Past, ..self.world.reading() };
            past = values::read(self.source.text, &context);
            past.as_slice()
        } else {
            self.source.values
        };
        let mut there: Vec<&Reading> = readings.iter().filter(|reading| reading.span.overlaps(span)).collect();
        there.sort_by_key(|reading| std::cmp::Reverse(reading.span.len()));
        there.into_iter().find_map(|reading| match self.fit(name, slot, reading, true)? {
            Fit::Whole(value, by) => Some((self.after_start(slot, reading, value), by, reading.span)),
            Fit::Range(..) | Fit::Day(_) | Fit::Clock(_) => None,
        })
    }

    /// Whether the words are most of what was said.
    fn is_most_of_it(&self, words: &str) -> bool {
        const MOST: f32 = 0.6;
        let weight = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
        weight(words) >= MOST * weight(self.source.text)
    }

    /// An allowed value named in a part of the text.
    fn word_in(&self, name: &str, words: &str) -> Option<(Json, By)> {
        let folded = fold(words);
        let found = self.skill.words(name).iter().find(|(word, _)| act::find_words(&folded, word).is_some());
        found.map(|(_, value)| (Json::from(value.clone()), By::Enum))
    }
}
