//! Slots that belong together as start and end: a period fills both, a duration gives the end, a correction moves it.

use serde_json::Value as Json;
use skills::Slot;
use skills::slot::Format;
use values::{Reading, Span, Value};

use super::Reader;
use crate::convert;
use crate::state::By;

impl Reader<'_> {
    /// The end of a range that names no month ("三十号") lies after the start, not after today.
    pub(super) fn after_start(&self, slot: &Slot, reading: &Reading, value: Json) -> Json {
        let start = slot.range_from.as_deref().and_then(|start| self.value_of(start)).and_then(convert::as_date);
        let (Some(start), Some(end)) = (start, convert::as_date(&value)) else { return value };
        if end >= start
            || !reading.timex.first().is_some_and(|timex| timex.contains("XXXX-XX-") || timex.contains("XXXX-W"))
        {
            return value;
        }
        let from_start = values::Context { now: start.and_time(chrono::NaiveTime::MIN), ..self.world.reading() };
        let again = values::read(self.source.text, &from_start);
        let later = again.iter().find(|other| other.span == reading.span).map(|other| &other.value);
        match later {
            Some(Value::Date { date } | Value::OpenDateRange { to: Some(date), .. }) if *date >= start => {
                convert::json_date(*date)
            }
            _ => value,
        }
    }

    /// A value for a slot; a corrected start of a range moves its end along.
    pub(super) fn whole(&mut self, name: &str, slot: &Slot, value: Json, span: Span, by: By) {
        let is_range_pair = slot.format == Some(Format::Date) && self.source.asked != Some(name);
        if is_range_pair && self.source.correcting {
            let target = self.range_target(name, slot, span);
            if target != name {
                let reading = self.source.values.iter().find(|reading| reading.span.contains(span));
                let value = match self.slot(&target).zip(reading) {
                    Some((slot, reading)) => self.after_start(slot, reading, value),
                    None => value,
                };
                return self.accept(&target, value, Some(span), by);
            }
            let end = self.range_end(name);
            let length = end.as_ref().and_then(|end| {
                let first = convert::as_date(&self.frame.slots.get(name)?.value)?;
                let last = convert::as_date(&self.frame.slots.get(end)?.value)?;
                Some(last - first)
            });
            if let (Some(end), Some(length), Some(first)) = (end, length, convert::as_date(&value))
                && let Some(last) = first.checked_add_signed(length)
                && !self.names_start(span)
                && self.may_fill(&end)
            {
                self.accept(&end, convert::json_date(last), None, By::Duration);
            }
        }
        self.accept(name, value, Some(span), by);
    }

    pub(super) fn range(&mut self, name: &str, first: Json, last: Json, span: Span, by: By) {
        match self.range_end(name) {
            Some(end) => {
                self.accept(name, first, Some(span), by);
                self.accept(&end, last, Some(span), by);
            }
            // A period for the end alone is its last day ("到下周"), for any other slot its first.
            None if self.slot(name).is_some_and(|slot| slot.range_from.is_some()) => {
                self.accept(name, last, Some(span), by)
            }
            None => self.accept(name, first, Some(span), by),
        }
    }

    /// A duration gives the end of a range whose start is known.
    pub(super) fn durations(&mut self) {
        let ends: Vec<(String, String)> = self
            .skill
            .slots()
            .iter()
            .filter_map(|(end, slot)| Some((end.clone(), slot.range_from.clone()?)))
            .filter(|(end, _)| self.may_fill(end))
            .collect();
        for (end, start) in ends {
            let first = self.value_of(&start).and_then(convert::as_date);
            let duration = self.source.values.iter().find_map(|reading| match &reading.value {
                Value::Duration { duration } => Some((duration.clone(), reading.span)),
                _ => None,
            });
            if let (Some(first), Some((duration, span))) = (first, duration)
                && let Some(last) = duration.last_day(first, self.world.calendar)
            {
                self.accept(&end, convert::json_date(last), Some(span), By::Duration);
            }
        }
    }

    /// The slot that ends the range which begins in `name`.
    pub(super) fn range_end(&self, name: &str) -> Option<String> {
        let ends = |(_, slot): &(&String, &Slot)| slot.range_from.as_deref() == Some(name);
        self.skill.slots().iter().find(ends).map(|(end, _)| end.clone())
    }

    /// Which end of a range a single corrected day belongs to.
    pub(super) fn range_target(&self, name: &str, slot: &Slot, span: Span) -> String {
        let before: String = self.folded.chars().take(span.start).collect();
        let after: String = self.folded.chars().skip(span.end).take(4).collect();
        let within: String = self.folded.chars().skip(span.start).take(span.len()).collect();
        let says_end = ["until", "till", "through", "to ", "by ", "到", "至", "截至", "截止"];
        let ends = says_end.iter().any(|word| within.starts_with(word))
            || ["为止", "之前", "以前"].iter().any(|word| within.ends_with(word))
            || before.trim_end().ends_with(['到', '至'])
            || after.starts_with("结束")
            || after.starts_with("为止")
            || ["until", "till", " to", "ending", "结束", "end"].iter().any(|word| before.trim_end().ends_with(word));
        match (&slot.range_from, self.range_end(name)) {
            (None, Some(end)) if ends => end,
            (Some(start), _) if !ends && !self.is_named(slot) => start.clone(),
            _ => name.to_owned(),
        }
    }

    pub(super) fn names_start(&self, span: Span) -> bool {
        let words: String = self.folded.chars().skip(span.start).take(span.len() + 2).collect();
        if ["从", "自", "开始", "起", "from ", "starting", "since "].iter().any(|word| words.contains(word)) {
            return true;
        }
        let before: String = self.folded.chars().take(span.start).collect();
        ["从", "自", "from", "starting", "开始", "start"].iter().any(|word| before.trim_end().ends_with(word))
    }
}
