//! Free-text slots from the tagger: likeliest parts first, each part of the text used once, nothing overridden that was
//! read by a pattern, a word or a typed value.

use serde_json::Value as Json;

use super::Reader;
use crate::meaning::Tag;
use crate::state::By;

/// A part this likely fills a slot that was not asked for.
const SURE: f32 = 0.5;
/// A part this likely replaces a value that was said before, without a word of correction.
const REPLACES: f32 = 0.8;
/// A part this likely fills the slot that was asked for.
const ASKED: f32 = 0.15;

impl Reader<'_> {
    /// Fills free-text slots from tags.
    pub(super) fn tagged(&mut self) {
        let skill = self.skill;
        let mut tags: Vec<(f32, &Tag)> = self
            .source
            .tags
            .iter()
            .filter(|tag| tag.skill == skill.name())
            .filter(|tag| skill.slots().get(&tag.slot).is_some_and(skills::Slot::is_free_text))
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
        for (_, tag) in tags {
            let is_taken = self.filling.filled.iter().any(|(name, _)| *name == tag.slot)
                || self.filling.refused.iter().any(|(name, _)| *name == tag.slot);
            if is_taken || self.is_used(tag.span) {
                continue;
            }
            let words: String = self.source.text.chars().skip(tag.span.start).take(tag.span.len()).collect();
            let value = Json::from(words.trim());
            if !words.trim().is_empty() && self.skill.validate(&tag.slot, &value).is_ok() {
                self.put(&tag.slot, value, Some(tag.span), By::Tagged);
            }
        }
    }
}
