//! Slots that are read by a regular expression of the skill, such as order numbers.

use serde_json::Value as Json;
use skills::Slot;
use skills::slot::Kind;
use values::Span;

use super::Reader;
use crate::choices::is_conjunction;
use crate::state::{By, Filled};

impl Reader<'_> {
    /// Reads `name` by its patterns: the first value that its schema allows, and those joined to it by "and".
    pub(super) fn patterns(&mut self, name: &str) {
        let Some(slot) = self.slot(name).cloned() else { return };
        // Full-width letters and digits are made narrow, one for one, so that places stay.
        let text: String = self.source.text.chars().map(narrow).collect();
        let mut invalid = None;
        for reader in self.skill.readers(name) {
            let mut found: Vec<(Json, Span)> = Vec::new();
            for captures in reader.captures_iter(&text) {
                let (Some(group), Some(whole)) = (captures.get(1), captures.get(0)) else { continue };
                let span = char_span(&text, group.start(), group.end());
                let raw = group.as_str().trim();
                if raw.is_empty() || self.is_used(span) {
                    continue;
                }
                let written = slot.write.as_ref().map_or_else(|| raw.to_owned(), |write| write.replace("{}", raw));
                let choices = [written.clone(), written.to_uppercase(), written.to_lowercase()];
                let valid = choices.iter().find_map(|choice| {
                    let value = typed_text(&slot, choice)?;
                    self.skill.validate(name, &value).is_ok().then_some(value)
                });
                match valid {
                    Some(value) => {
                        let starts = char_span(&text, whole.start(), whole.end()).start;
                        let follows = found.last().is_none_or(|(_, last)| {
                            let between: String =
                                text.chars().skip(last.end).take(starts.saturating_sub(last.end)).collect();
                            is_conjunction(&between)
                        });
                        if !follows {
                            break;
                        }
                        found.push((value, span));
                    }
                    None if slot.is_free_text() || slot.pattern.is_some() => {}
                    None => {
                        invalid = typed_text(&slot, &written).and_then(|value| self.skill.validate(name, &value).err());
                    }
                }
            }
            if !found.is_empty() {
                return self.accept_all(name, &slot, found);
            }
        }
        // The asked code without its prefix: "20318" for SO-20318.
        if self.source.asked == Some(name)
            && let Some(write) = &slot.write
        {
            let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
            let value = Json::from(write.replace("{}", bare).to_uppercase());
            if !bare.is_empty() && self.skill.validate(name, &value).is_ok() && slot.pattern.is_some() {
                return self.accept(name, value, Some(Span { start: 0, end: text.chars().count() }), By::Pattern);
            }
        }
        if let Some(reason) = invalid {
            self.filling.refused.push((name.to_owned(), reason));
        }
    }

    /// Takes the first value, and all of them where they are codes of which several can be meant.
    fn accept_all(&mut self, name: &str, slot: &Slot, found: Vec<(Json, Span)>) {
        let turn = self.source.turn;
        let text = |span: Span| self.source.text.chars().skip(span.start).take(span.len()).collect::<String>();
        let of_its_kind = self
            .skill
            .slots()
            .values()
            .filter(|other| other.pattern == slot.pattern && other.write == slot.write)
            .count();
        if found.len() > 1 && slot.pattern.is_some() && of_its_kind == 1 {
            let all = found.iter().map(|(value, span)| Filled {
                value: value.clone(),
                text: Some(text(*span)),
                span: Some((span.start + self.source.offset, span.end + self.source.offset)),
                by: By::Pattern,
                turn,
            });
            let all = all.collect();
            self.filling.used.extend(found.iter().skip(1).map(|(_, span)| *span));
            self.filling.several.push((name.to_owned(), all));
        }
        if let Some((value, span)) = found.into_iter().next() {
            self.accept(name, value, Some(span), By::Pattern);
        }
    }
}

/// The text of a pattern as the JSON type of its slot.
fn typed_text(slot: &Slot, text: &str) -> Option<Json> {
    match slot.json_type() {
        Kind::String => Some(text.into()),
        Kind::Integer => text.parse::<i64>().ok().map(Json::from),
        Kind::Number => text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Json::Number),
        Kind::Boolean => None,
    }
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A byte range as a range of characters.
pub(super) fn char_span(text: &str, start: usize, end: usize) -> Span {
    let before = text[..start].chars().count();
    Span { start: before, end: before + text[start..end].chars().count() }
}
