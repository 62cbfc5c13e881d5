//! A message while a request is under way.

use super::{
    Act, Band, By, Decision, Filled, Filling, Meaning, Reason, Say, State, Step, World, again, apply, ask, begin,
    change, evaluate, is_digression, read, say,
};
use crate::state::Phase;

/// Marks from which on the tagger knows a slot.
const TAUGHT: usize = 5;
/// Words of an answer that is still taken whole although no part of it looks like a value.
const LONG_ANSWER: usize = 5;

/// A message about the top frame, or away from it.
pub(super) fn proceed(state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let Some(frame) = state.top() else { return begin::begin(state, meaning, world) };
    if world.of(frame).is_none() {
        return evaluate(state, world, None);
    }
    match meaning.act.whole() {
        Some(Act::Cancel | Act::Undo) => return cancel(state),
        Some(Act::Repeat | Act::Resume | Act::Greet | Act::Thank | Act::Help | Act::Complain) => {
            return again(state, world);
        }
        _ => {}
    }
    match frame.phase {
        Phase::Confirming => confirming(state, meaning, world),
        Phase::Changing => changing(state, meaning, world),
        Phase::Filling(_) => filling(state, meaning, world),
    }
}

/// Drops the top frame.
pub(super) fn cancel(mut state: State) -> Step {
    match state.frames.pop() {
        Some(frame) => say(state, Say::Cancelled(frame.skill)),
        None => say(state, Say::NothingPending),
    }
}

/// Yes, no, a correction, or something else altogether.
fn confirming(state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    match meaning.act.whole() {
        Some(Act::Affirm) => return Step { state, decision: Decision::Run, resumable: None },
        Some(Act::Deny | Act::NoneOfThese) => return change(state),
        Some(_) => return again(state, world),
        None => {}
    }
    if let Some(step) = switched(&state, meaning, world) {
        return step;
    }
    let filling = read(&state, meaning, world, true);
    if is_digression(&state, meaning, &filling, false, world) && !meaning.act.corrects {
        return digress(state, meaning, world);
    }
    if !filling.is_empty() {
        let filling = fresh(&state, filling);
        return apply(state, filling, world);
    }
    match meaning.act.act {
        // "No, …" or "yes, but …" whose rest can't be read.
        Some(Act::Deny) => change(state),
        Some(Act::Cancel) => cancel(state),
        _ if meaning.act.corrects => change(state),
        _ if is_digression(&state, meaning, &Filling::default(), false, world) => digress(state, meaning, world),
        _ => evaluate(state, world, None),
    }
}

/// Drops from a filling what only repeats what is known, unless that is all there is.
fn fresh(state: &State, mut filling: Filling) -> Filling {
    if let Some(frame) = state.top() {
        filling.filled.retain(|(name, new)| frame.slots.get(name).is_none_or(|old| old.value != new.value));
    }
    filling
}

/// The answer to "what is to be changed?".
fn changing(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    match meaning.act.whole() {
        Some(Act::Deny | Act::NoneOfThese) => return cancel(state),
        Some(_) => return evaluate(state, world, None),
        None => {}
    }
    if let Some(step) = switched(&state, meaning, world) {
        return step;
    }
    let filling = read(&state, meaning, world, true);
    if !filling.is_empty() {
        let filling = fresh(&state, filling);
        return apply(state, filling, world);
    }
    // The name of a slot alone: ask for it.
    let said = skills::fold(&meaning.text);
    let named = state.top().and_then(|frame| world.of(frame)).and_then(|skill| {
        let is_named = |slot: &skills::Slot| {
            slot.title.as_ref().is_some_and(|title| {
                [&title.zh, &title.en].into_iter().any(|title| crate::act::contains_words(&said, &skills::fold(title)))
            })
        };
        skill.slots().iter().find(|(_, slot)| slot.source.is_none() && is_named(slot)).map(|(name, _)| name.clone())
    });
    if let Some(slot) = named {
        if let Some(mut frame) = state.frames.pop() {
            frame.slots.shift_remove(&slot);
            return ask(state, frame, slot, None);
        }
    } else if is_digression(&state, meaning, &filling, false, world) {
        return digress(state, meaning, world);
    }
    evaluate(state, world, None)
}

/// An answer to the question for a slot.
fn filling(state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let Some((frame, skill)) = state.top().and_then(|frame| Some((frame, world.of(frame)?))) else {
        return evaluate(state, world, None);
    };
    let asked = frame.asked().map(str::to_owned);
    let slot = asked.as_ref().and_then(|name| skill.slots().get(name));
    let is_boolean = slot.is_some_and(|slot| slot.json_type() == skills::slot::Kind::Boolean);
    let is_required = asked.as_ref().is_some_and(|name| skill.manifest.slots.required.contains(name));
    let takes_anything = slot.is_some_and(skills::Slot::is_free_text);
    if let (Some(name), Some(act)) = (asked.clone(), meaning.act.whole()) {
        match act {
            Act::Affirm | Act::Deny if is_boolean => {
                let filled = Filled {
                    value: (act == Act::Affirm).into(),
                    text: None,
                    span: None,
                    by: By::Boolean,
                    turn: state.turn,
                };
                let filling = Filling { filled: vec![(name, filled)], ..Filling::default() };
                return apply(state, filling, world);
            }
            Act::Skip | Act::Deny if !is_required => return evaluate(state, world, None),
            Act::Skip => return evaluate(state, world, Some((name, Reason::Required))),
            _ => return evaluate(state, world, Some((name, Reason::NotRead))),
        }
    }
    if let Some(name) = asked.clone().filter(|_| is_boolean)
        && let Some(yes) = super::accept::yes_or_no(meaning)
    {
        let filled = Filled { value: yes.into(), text: None, span: None, by: By::Boolean, turn: state.turn };
        let mut filling = read(&state, meaning, world, meaning.act.corrects);
        filling.filled.retain(|(filled, _)| *filled != name);
        filling.filled.push((name, filled));
        return apply(state, filling, world);
    }
    if let Some(step) = switched(&state, meaning, world) {
        return step;
    }
    // With nothing asked, what is said is meant to change something.
    let mut filling = read(&state, meaning, world, meaning.act.corrects || asked.is_none());
    if is_digression(&state, meaning, &filling, takes_anything, world) {
        return digress(state, meaning, world);
    }
    let answers = asked.as_ref().is_some_and(|name| filling.filled.iter().any(|(filled, _)| filled == name));
    if let Some(name) = asked.filter(|_| !answers && filling.refused.is_empty() && filling.days.is_empty()) {
        let text = meaning.act.rest.trim();
        // A long answer in which nothing looks like a value, where examples show what one looks like, is something else.
        let is_odd = meaning.is_tagged && skill.marks(&name) >= TAUGHT && text.split_whitespace().count() > LONG_ANSWER;
        if takes_anything && is_odd {
            return evaluate(state, world, Some((name, Reason::NotRead)));
        }
        if takes_anything && !text.is_empty() {
            // Free words were asked for, so the answer is the value, whatever else might be read in it.
            let value = serde_json::Value::from(text);
            match skill.validate(&name, &value) {
                Ok(()) => {
                    let filled =
                        Filled { value, text: Some(text.to_owned()), span: None, by: By::Answer, turn: state.turn };
                    filling = Filling { filled: vec![(name, filled)], ..Filling::default() };
                }
                Err(reason) => filling.refused.push((name, reason)),
            }
        } else if filling.is_empty() {
            return evaluate(state, world, Some((name, Reason::NotRead)));
        }
    }
    apply(state, filling, world)
}

/// "不是请假，是调休": another skill is meant; values that fit go along.
fn switched(state: &State, meaning: &Meaning, world: &World<'_>) -> Option<Step> {
    let frame = state.top()?;
    if meaning.act.act != Some(Act::Deny) || meaning.act.rest.is_empty() {
        return None;
    }
    let top = meaning.top(Band::Ask).filter(|top| top.skill != frame.skill && top.p > 0.5)?;
    let skill = world.permitted(&top.skill)?;
    if super::accept::stays(state, meaning, top, world) {
        return None;
    }
    // "不是周三，是周四" is a correction, not another skill.
    if read(state, meaning, world, true).coverage(&meaning.act.rest) >= super::ANSWER_COVERAGE {
        return None;
    }
    Some(begin::switch(state.clone(), &skill, meaning, world))
}

/// Begins the other request; the present one stays below it.
fn digress(state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let skill = meaning.candidates.first().and_then(|top| world.permitted(&top.skill));
    match skill {
        Some(skill) => begin::start(state, &skill, &meaning.act.rest, meaning, world),
        None => evaluate(state, world, None),
    }
}

/// After a choice, what the answer says besides.
pub(super) fn also_read(step: Step, meaning: &Meaning, world: &World<'_>) -> Step {
    let filling = read(&step.state, meaning, world, false);
    let is_position = filling.filled.iter().all(|(_, filled)| filled.by == By::Number);
    if filling.is_empty() || is_position { step } else { apply(step.state, filling, world) }
}
