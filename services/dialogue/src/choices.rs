//! Slots whose values are the rows of a query: when it must be asked, and what its rows say about what was said.

use serde_json::{Map, Value};
use skills::sql::Parameter;
use skills::{Skill, fold};

use crate::decision::{Decision, Reason, Step};
use crate::evaluate::{Broken, ask, evaluate, refuse};
use crate::lookup::{Choice, Index, Match};
use crate::state::{By, Filled, Frame, Looked, Phase, Shown, State};
use crate::{World, batch};

/// Choices that are shown at most.
pub(crate) const MAX_SHOWN: usize = 8;

/// A filled slot whose value has not been found among its choices, or not for these values of the others.
pub(crate) fn to_check(frame: &Frame, skill: &Skill) -> Option<String> {
    let unchecked = |name: &&String| {
        is_strict(skill, name)
            && frame.slots.get(*name).is_some_and(|filled| {
                frame
                    .looked
                    .get(*name)
                    .is_none_or(|looked| looked.value != filled.value || looked.of != others(frame, skill, name))
            })
    };
    let changing = frame.changing.clone().filter(|name| skill.lookup(name).is_some());
    changing.or_else(|| skill.slots().keys().find(unchecked).cloned())
}

/// Whether the slot's value must be one of its choices.
fn is_strict(skill: &Skill, name: &str) -> bool {
    skill.slots().get(name).and_then(|slot| slot.lookup.as_ref()).is_some_and(|lookup| lookup.strict)
}

/// The first optional slot that may have been mentioned and was not looked for, or the first required slot that is missing, if its choices can be read now and nothing before it must be asked.
pub(crate) fn to_find(frame: &Frame, skill: &Skill) -> Option<String> {
    let required = &skill.manifest.slots.required;
    let missing = |name: &String| !frame.slots.contains_key(name);
    let waits = |parameter: &Parameter| matches!(parameter, Parameter::Slot(other) if required.contains(other) && missing(other));
    let is_ready = |name: &&String| skill.lookup(name).is_some_and(|lookup| !lookup.parameters.iter().any(waits));
    let optional = |name: &&String| !required.contains(*name) && !frame.sought.contains(*name) && missing(name);
    let sought = skill.slots().keys().filter(optional).find(is_ready);
    // A question that lookups can't answer comes first where it stands first.
    sought.or_else(|| required.iter().find(|name| missing(name)).filter(is_ready)).cloned()
}

/// The values of the slots that a lookup depends on.
fn others(frame: &Frame, skill: &Skill, slot: &str) -> Map<String, Value> {
    let parameters = skill.lookup(slot).map(|lookup| lookup.parameters.as_slice()).unwrap_or_default();
    let slots = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Slot(name) => Some(name),
        _ => None,
    });
    slots.map(|name| (name.clone(), frame.slots.get(name).map_or(Value::Null, |filled| filled.value.clone()))).collect()
}

/// What a text says about choices.
enum Said {
    /// One of them, and the words for it.
    One(usize, String),
    /// Several, joined by "and".
    All(Vec<(usize, String)>),
    /// Something that several of them are called.
    Several(Vec<usize>),
    /// None of them.
    Nothing,
}

/// Goes on after the rows of `slot`'s lookup were read for the top frame.
#[must_use]
pub fn with_choices(mut state: State, slot: &str, rows: &[Map<String, Value>], world: &World<'_>) -> Step {
    let Some(mut frame) = state.frames.pop() else { return evaluate(state, world, None) };
    let Some(skill) = world.of(&frame) else {
        state.frames.push(frame);
        return evaluate(state, world, None);
    };
    let mut choices: Vec<Choice> = rows.iter().filter_map(Choice::from_row).collect();
    choices.retain(|choice| skill.validate(slot, &choice.value).is_ok());
    let of = others(&frame, &skill, slot);
    if frame.changing.take().is_some_and(|changing| changing == slot) {
        return match said(&frame, slot, &choices, &[&state.heard]) {
            Said::Nothing => {
                frame.phase = Phase::Changing;
                state.frames.push(frame);
                Step::new(state, Decision::AskChange)
            }
            said => taken(state, frame, slot, &choices, said, of, world),
        };
    }
    if let Some(filled) = frame.slots.get(slot).cloned() {
        return checked(state, frame, slot, &filled, &choices, of, world);
    }
    let is_optional = !skill.manifest.slots.required.iter().any(|required| required == slot);
    if is_optional && frame.asked() != Some(slot) {
        frame.sought.push(slot.to_owned());
        let utterance = frame.utterance.clone();
        let found = said(&frame, slot, &choices, &[state.heard.as_str(), utterance.as_str()]);
        return taken(state, frame, slot, &choices, found, of, world);
    }
    if choices.is_empty() && !is_strict(&skill, slot) {
        return ask(state, frame, slot.to_owned(), None);
    }
    if choices.is_empty() {
        let broken = Broken { slot: None, reason: Reason::NoChoices { slot: slot.to_owned() } };
        return refuse(state, frame, &skill, broken, world);
    }
    let was_asked = frame.asked() == Some(slot);
    let utterance = frame.utterance.clone();
    let texts = if was_asked { vec![state.heard.as_str()] } else { vec![state.heard.as_str(), utterance.as_str()] };
    let found = said(&frame, slot, &choices, &texts);
    match found {
        Said::Nothing if choices.len() == 1 && !was_asked => {
            taken(state, frame, slot, &choices, Said::One(0, String::new()), of, world)
        }
        Said::Nothing => {
            let reason = (was_asked && !state.heard.trim().is_empty()).then_some(Reason::NotAChoice { said: None });
            show(&mut frame, choices.iter());
            ask(state, frame, slot.to_owned(), reason)
        }
        said => taken(state, frame, slot, &choices, said, of, world),
    }
}

/// A value that was read before its choices were: it must be one of them, by its value or by its name.
fn checked(
    mut state: State,
    mut frame: Frame,
    slot: &str,
    filled: &Filled,
    choices: &[Choice],
    of: Map<String, Value>,
    world: &World<'_>,
) -> Step {
    let written = fold(&batch::name_of(&filled.value));
    let is_it = |choice: &&Choice| {
        choice.value == filled.value
            || fold(&choice.label) == written
            || fold(&batch::name_of(&choice.value)) == written
    };
    match choices.iter().find(is_it) {
        Some(choice) => {
            // Not through `put`: it is the same value, and a batch goes on.
            frame.slots.insert(slot.to_owned(), Filled { value: choice.value.clone(), ..filled.clone() });
            let (value, label) = (choice.value.clone(), choice.label.clone());
            frame.looked.insert(slot.to_owned(), Looked { value, label, of });
            state.frames.push(frame);
            evaluate(state, world, None)
        }
        None => {
            let said = filled.text.clone().or_else(|| Some(batch::name_of(&filled.value)));
            let reason = Reason::NotAChoice { said };
            let Some(skill) = world.of(&frame) else {
                state.frames.push(frame);
                return evaluate(state, world, None);
            };
            show(&mut frame, choices.iter());
            refuse(state, frame, &skill, Broken { slot: Some(slot.to_owned()), reason }, world)
        }
    }
}

/// Takes what was said about the choices of `slot`.
fn taken(
    mut state: State,
    mut frame: Frame,
    slot: &str,
    choices: &[Choice],
    said: Said,
    of: Map<String, Value>,
    world: &World<'_>,
) -> Step {
    let turn = state.turn;
    let filled = |index: usize, text: &str| {
        let text = (!text.is_empty()).then(|| text.to_owned());
        Filled { value: choices[index].value.clone(), text, span: None, by: By::Lookup, turn }
    };
    let looked = |index: usize| Looked {
        value: choices[index].value.clone(),
        label: choices[index].label.clone(),
        of: of.clone(),
    };
    match said {
        Said::One(index, text) => {
            frame.put(slot, filled(index, &text));
            frame.looked.insert(slot.to_owned(), looked(index));
            frame.shown.clear();
        }
        Said::All(all) => {
            let values = all.iter().map(|(index, text)| (filled(*index, text), Some(looked(*index)))).collect();
            batch::begin(&mut frame, slot, values);
            frame.shown.clear();
        }
        Said::Several(several) => {
            frame.clear(slot);
            show(&mut frame, several.iter().map(|index| &choices[*index]));
            return ask(state, frame, slot.to_owned(), Some(Reason::Several));
        }
        Said::Nothing => {}
    }
    state.frames.push(frame);
    evaluate(state, world, None)
}

/// Remembers what is shown, for "the second one". A list that is too long to read is not shown.
fn show<'a>(frame: &mut Frame, choices: impl ExactSizeIterator<Item = &'a Choice>) {
    frame.shown.clear();
    if choices.len() <= MAX_SHOWN {
        frame.shown =
            choices.map(|choice| Shown { value: choice.value.clone(), label: choice.label.clone() }).collect();
    }
}

/// What the first of `texts` that mentions a choice says.
fn said(frame: &Frame, slot: &str, choices: &[Choice], texts: &[&str]) -> Said {
    let index = Index::new(choices);
    for text in texts {
        let mut matches = index.find(text);
        // What another slot was read from is not said of this one.
        let taken: Vec<&str> = frame
            .slots
            .iter()
            .filter(|(name, _)| *name != slot)
            .filter_map(|(_, filled)| filled.text.as_deref())
            .collect();
        let words = |found: &Match| -> String { text.chars().skip(found.span.start).take(found.span.len()).collect() };
        matches.retain(|found| !taken.contains(&words(found).as_str()));
        let Some(first) = matches.first() else { continue };
        let clear: Vec<(usize, String)> =
            joined(&matches, text).filter_map(|found| Some((found.best()?, words(found)))).collect();
        if clear.len() > 1 {
            return Said::All(clear);
        }
        return match first.best() {
            Some(best) => Said::One(best, words(first)),
            None => Said::Several(first.choices.iter().take(MAX_SHOWN).map(|candidate| candidate.index).collect()),
        };
    }
    Said::Nothing
}

/// The first mention and those that follow it with nothing but an "and" between them.
fn joined<'a>(matches: &'a [Match], text: &str) -> impl Iterator<Item = &'a Match> {
    let chars: Vec<char> = text.chars().collect();
    let joins = |from: usize, to: usize| {
        let between: String = chars.get(from..to).unwrap_or_default().iter().collect();
        is_conjunction(&between)
    };
    let mut count = 1;
    while count < matches.len() && joins(matches[count - 1].span.end, matches[count].span.start) {
        count += 1;
    }
    matches.iter().take(count)
}

/// Whether a text between two values only joins them.
pub(crate) fn is_conjunction(between: &str) -> bool {
    matches!(
        fold(between).trim(),
        "和" | "与"
            | "跟"
            | "及"
            | "以及"
            | "还有"
            | "、"
            | ","
            | "，"
            | "和、"
            | "and"
            | "&"
            | "+"
            | "/"
            | ", and"
            | "or"
            | "或"
    )
}
