//! The memory as the data set's belief state, and back.

use std::collections::{BTreeMap, BTreeSet};

use inquiry::{Kind, Memory, Said, Topics, Wanted};

use super::acts;
use super::data::SystemState;

/// (domain, slot) → value; members of sets in order.
pub(super) type Belief = BTreeMap<(String, String), String>;

/// What the memory wants.
pub(super) fn of_memory(topics: &Topics, memory: &Memory) -> Belief {
    let mut belief = Belief::new();
    for (topic, remembered) in topics.topics.iter().zip(&memory.topics) {
        if let Some(named) = &remembered.named {
            belief.insert((topic.name.clone(), "名称".into()), fold(named));
        }
        for (column, said) in &remembered.conditions {
            let values: BTreeSet<String> = said.iter().map(|said| fold(&acts::value(topics, said))).collect();
            belief.insert((topic.name.clone(), column.clone()), values.into_iter().collect::<Vec<_>>().join("+"));
        }
    }
    belief
}

/// The annotated state, its slots that hold a constraint.
pub(super) fn of_annotation(topics: &Topics, state: &SystemState) -> Belief {
    let mut belief = Belief::new();
    for (domain, slots) in state {
        for (slot, value) in slots.iter().filter(|(slot, _)| *slot != "selectedResults") {
            let Some(text) = value.as_str().map(str::trim).filter(|text| !text.is_empty()) else { continue };
            let text = if is_set(topics, domain, slot) {
                text.split_whitespace().map(fold).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("+")
            } else {
                fold(text)
            };
            belief.insert((domain.clone(), slot.clone()), text);
        }
    }
    belief
}

/// Puts an annotated state into the memory, for scoring one turn at a time.
pub(super) fn load(topics: &Topics, memory: &mut Memory, state: &SystemState) {
    for (t, topic) in topics.topics.iter().enumerate() {
        let Some(remembered) = memory.topics.get_mut(t) else { continue };
        remembered.conditions.clear();
        remembered.named = None;
        for (slot, value) in state.get(&topic.name).into_iter().flatten() {
            let Some(text) = value.as_str().map(str::trim).filter(|text| !text.is_empty()) else { continue };
            if slot == "名称" {
                remembered.named = Some(text.to_owned());
                continue;
            }
            let said = |wanted: Wanted, adds: bool| Said { topic: t, column: slot.clone(), wanted, adds };
            let values = if is_set(topics, &topic.name, slot) {
                text.split_whitespace().map(|member| said(Wanted::Has(member.to_owned()), true)).collect()
            } else if topic.columns.iter().any(|column| column.name == *slot) {
                vec![said(Wanted::Is(text.to_owned()), false)]
            } else {
                continue;
            };
            remembered.conditions.insert(slot.clone(), values);
        }
    }
}

fn is_set(topics: &Topics, domain: &str, slot: &str) -> bool {
    let topic = topics.topics.iter().find(|topic| topic.name == domain);
    let column = topic.and_then(|topic| topic.columns.iter().find(|column| column.name == slot));
    column.is_some_and(|column| matches!(column.kind, Kind::Flags(_) | Kind::Tags { .. }))
}

/// Case, width and spaces do not count.
fn fold(text: &str) -> String {
    skills::fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}
