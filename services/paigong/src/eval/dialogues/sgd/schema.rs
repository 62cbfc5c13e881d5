//! Services as skills: every intent becomes a skill whose slots are typed by what their names and descriptions say.

use anyhow::Context;
use indexmap::IndexMap;
use paigong_core::Bilingual;
use skills::manifest::{Effect, Manifest, Run, SkillName, Slots};
use skills::slot::{Format, Kind, ValueKind};
use skills::{Skill, Slot};

use super::data::{Intent, Service, SlotSchema};

/// A value that means "any".
pub(super) const ANY: &str = "dontcare";

/// The skill's name for an intent.
pub(super) fn skill_name(service: &str, intent: &str) -> String {
    format!("{}.{}", service.to_lowercase(), intent.to_lowercase())
}

/// The service that a skill is of.
pub(super) fn is_of(skill: &str, service: &str) -> bool {
    skill.split_once('.').is_some_and(|(own, _)| own == service.to_lowercase())
}

/// An intent as a skill with `examples`; `carried` are slots that are taken over from what was said or found before.
pub(super) fn skill(
    service: &Service,
    intent: &Intent,
    examples: Vec<String>,
    carried: &[String],
) -> anyhow::Result<Skill> {
    let name = skill_name(&service.service_name, &intent.name);
    let wanted = intent.required_slots.iter().chain(intent.optional_slots.keys());
    let mut properties: IndexMap<String, Slot> = wanted
        .filter_map(|name| service.slots.iter().find(|slot| slot.name == *name))
        .map(|schema| (schema.name.clone(), Slot { carry: carried.contains(&schema.name), ..slot(schema) }))
        .collect();
    pair_ranges(&mut properties);
    let both = |text: &str| Bilingual { zh: text.into(), en: text.into() };
    let manifest = Manifest {
        when: None,
        skill: SkillName::try_from(name.clone()).map_err(anyhow::Error::msg)?,
        title: both(&intent.description),
        description: Some(both(&service.description)),
        effect: if intent.is_transactional { Effect::Write } else { Effect::Read },
        examples,
        counterexamples: Vec::new(),
        requires: Vec::new(),
        slots: Slots { required: intent.required_slots.clone(), properties, ..Slots::default() },
        facts: None,
        rules: Vec::new(),
        confirm: Some(both("OK?")),
        run: Run::sql("SELECT 1 AS done"),
        returns: None,
        preview: false,
        later: false,
        reply: both("Done"),
        empty: None,
        undo: None,
    };
    Skill::compile(manifest, 1, &service.service_name.to_lowercase()).with_context(|| format!("the intent {name}"))
}

/// A slot, typed generically.
fn slot(schema: &SlotSchema) -> Slot {
    let title = schema.name.replace('_', " ");
    let mut slot = Slot {
        kind: Some(Kind::String),
        description: Some(schema.description.clone()),
        title: Some(Bilingual { zh: title.clone(), en: title }),
        ..Slot::default()
    };
    if schema.is_categorical {
        let numbers: Option<Vec<i64>> = schema.possible_values.iter().map(|value| value.parse().ok()).collect();
        let is_flag = schema.possible_values.iter().all(|value| matches!(value.as_str(), "True" | "False"));
        match numbers {
            _ if is_flag => slot.kind = Some(Kind::Boolean),
            Some(numbers) => {
                slot.kind = Some(Kind::Integer);
                slot.minimum = numbers.iter().min().map(|number| (*number).into());
                slot.maximum = numbers.iter().max().map(|number| (*number).into());
            }
            None => slot.options = schema.possible_values.clone(),
        }
        return slot;
    }
    let description = schema.description.to_lowercase();
    let names: Vec<&str> = schema.name.split('_').collect();
    let is_named = |words: &[&str]| names.iter().any(|name| words.contains(name));
    if is_named(&["date", "day"]) {
        slot.format = Some(Format::Date);
    } else if is_named(&["days", "stay"]) || description.contains("number of days") {
        slot.kind = Some(Kind::Integer);
        slot.value = Some(ValueKind::Days);
    } else if is_named(&["time"]) {
        slot.format = Some(Format::Time);
    } else if is_named(&["phone"]) {
        slot.value = Some(ValueKind::Phone);
    } else if is_named(&["price", "fare", "cost", "rent", "amount", "balance", "fee"]) && !is_named(&["range"]) {
        slot.kind = Some(Kind::Number);
        slot.value = Some(ValueKind::Money);
    } else if description.starts_with("number of") || is_named(&["count"]) {
        slot.kind = Some(Kind::Integer);
    }
    slot
}

/// What the slots that begin and end a period are called by.
const PERIODS: [(&[&str], &[&str]); 3] = [
    (&["pickup", "start", "begin"], &["dropoff", "end"]),
    (&["check_in"], &["check_out"]),
    (&["departure", "leaving", "outbound"], &["return", "inbound"]),
];

/// Joins two days that begin and end a period.
fn pair_ranges(slots: &mut IndexMap<String, Slot>) {
    let days: Vec<String> =
        slots.iter().filter(|(_, slot)| slot.format == Some(Format::Date)).map(|(name, _)| name.clone()).collect();
    let find = |words: &[&str]| days.iter().find(|name| words.iter().any(|word| name.starts_with(word)));
    for (first, last) in PERIODS {
        if let (Some(first), Some(last)) = (find(first), find(last))
            && let Some(slot) = slots.get_mut(last)
        {
            slot.range_from = Some(first.clone());
        }
    }
}
