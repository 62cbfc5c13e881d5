//! A message while a request is under way.

use super::{
    Act, Band, By, Decision, Filled, Filling, Meaning, Reason, Say, State, Step, World, again, apply, ask, begin,
    change, evaluate, is_digression, pick, read, repeat, say,
};
use crate::batch;
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
        Some(Act::Cancel) if declines_detail(frame, meaning, world) => {
            let slot = frame.asked().unwrap_or_default().to_owned();
            return skip(state, slot, world);
        }
        Some(Act::Cancel | Act::Undo) => return cancel(state),
        Some(Act::Back) => return again::back(state, world),
        Some(Act::Repeat | Act::Resume | Act::Greet | Act::Thank | Act::Help | Act::Complain) => {
            return repeat(state, world);
        }
        _ => {}
    }
    match frame.phase {
        Phase::Confirming => confirming(state, meaning, world),
        Phase::Changing => changing(state, meaning, world),
        Phase::Filling(_) => filling(state, meaning, world),
    }
}

/// What says no to a question as well as to the whole request, folded.
const NO_NEED: &[&str] =
    &["不用", "不用了", "不必", "不必了", "不需要", "不需要了", "不要", "不要了", "no thanks", "no thank you"];

/// "不用了" to a question that may be left open is no to the question, not to the request.
fn declines_detail(frame: &crate::Frame, meaning: &Meaning, world: &World<'_>) -> bool {
    let is_optional = frame.asked().is_some_and(|asked| {
        world.of(frame).is_some_and(|skill| !skill.manifest.slots.required.iter().any(|required| required == asked))
    });
    let folded = skills::fold(&meaning.text);
    let said = folded.trim_matches(|c: char| !c.is_alphanumeric());
    is_optional && NO_NEED.contains(&said.trim_end_matches(['吧', '啊', '哈']))
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
        Some(Act::Affirm) => return Step::new(state, Decision::Run),
        Some(Act::Deny | Act::NoneOfThese) => return change(state),
        Some(_) => return repeat(state, world),
        None => {}
    }
    if let Some(step) = narrowed(&state, meaning, world).or_else(|| switched(&state, meaning, world)) {
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
        // "No, …" or "yes, but …" whose rest can't be read; it may be the name of a choice.
        Some(Act::Deny) => change_by_lookup(state, world),
        Some(Act::Cancel) => cancel(state),
        _ if meaning.act.corrects => change_by_lookup(state, world),
        _ if is_digression(&state, meaning, &Filling::default(), false, world) => digress(state, meaning, world),
        _ => evaluate(state, world, None),
    }
}

/// "只要第二个", "除了第三个": fewer items of a batch.
fn narrowed(state: &State, meaning: &Meaning, world: &World<'_>) -> Option<Step> {
    let mut frame = state.top()?.clone();
    let batch = frame.batch.as_ref()?;
    // The places are those of the list that was shown with the confirmation.
    let places = pick::positions(&meaning.values, batch.items.len());
    if !batch::narrow(&mut frame, &meaning.text, &places) {
        return None;
    }
    frame.attempts.remove(crate::state::CONFIRMATION);
    let mut state = state.clone();
    state.frames.pop();
    state.frames.push(frame);
    Some(evaluate(state, world, None))
}

/// Looks for what was said among the choices of a slot, and asks what is to be changed when it is none of them.
fn change_by_lookup(mut state: State, world: &World<'_>) -> Step {
    let Some(skill) = state.top().and_then(|frame| world.of(frame)) else { return change(state) };
    let slot = skill.slots().keys().find(|name| skill.lookup(name).is_some()).cloned();
    match (slot, state.frames.last_mut()) {
        (Some(slot), Some(frame)) if !state.heard.trim().is_empty() => {
            frame.changing = Some(slot);
            evaluate(state, world, None)
        }
        _ => change(state),
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
        skill.slots().iter().find(|(_, slot)| slot.is_settable() && is_named(slot)).map(|(name, _)| name.clone())
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
            Act::Skip | Act::Deny if !is_required => return skip(state, name, world),
            Act::NoneOfThese if !frame.shown.is_empty() => return none_of_these(state, name, world),
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
    if let Some(step) = picked(&state, meaning, world).or_else(|| switched(&state, meaning, world)) {
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
        } else if filling.is_empty() && skill.lookup(&name).is_some() {
            // What was said may be one of its choices.
            return evaluate(state, world, None);
        } else if filling.is_empty() {
            return evaluate(state, world, Some((name, Reason::NotRead)));
        }
    }
    apply(state, filling, world)
}

/// Goes on without the slot that was asked for; it is not asked again.
pub(super) fn skip(state: State, slot: String, world: &World<'_>) -> Step {
    let skill = state.top().and_then(|frame| world.of(frame));
    let is_required = skill.is_some_and(|skill| skill.manifest.slots.required.contains(&slot));
    let problem = is_required.then_some((slot, Reason::Required));
    evaluate(state, world, problem)
}

/// None of the choices that were shown: they are not shown again.
fn none_of_these(mut state: State, slot: String, world: &World<'_>) -> Step {
    match state.frames.pop() {
        Some(mut frame) => {
            frame.shown.clear();
            ask(state, frame, slot, Some(Reason::NotAChoice { said: None }))
        }
        None => evaluate(state, world, None),
    }
}

/// "第二个", "2和3", "the cheaper one": choices out of the list that was shown, or rows of the last result.
fn picked(state: &State, meaning: &Meaning, world: &World<'_>) -> Option<Step> {
    let frame = state.top()?;
    let slot = frame.asked()?.to_owned();
    let mut state = state.clone();
    let mut frame = state.frames.pop()?;
    if frame.shown.is_empty() {
        let skill = world.of(&frame)?;
        let can_be_row = skill.slots().get(&slot).is_some_and(|slot| slot.pattern.is_some() || slot.lookup.is_some());
        if !can_be_row || !pick::from_last(&state, &mut frame, &meaning.text, &meaning.values, world) {
            return None;
        }
    } else {
        let mut places = pick::positions(&meaning.values, frame.shown.len());
        if places.is_empty() {
            places = pick::numbers(&meaning.text, &meaning.values, frame.shown.len());
        }
        let shown = std::mem::take(&mut frame.shown);
        let turn = state.turn;
        let filled = |place: &usize| {
            let value = shown[*place].value.clone();
            (Filled { value, text: None, span: None, by: By::Lookup, turn }, None)
        };
        if places.is_empty() {
            return None;
        }
        batch::begin(&mut frame, &slot, places.iter().map(filled).collect());
    }
    state.frames.push(frame);
    Some(evaluate(state, world, None))
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
