//! What is the next thing to do for the request on top: ask, look something up, confirm or run.

use serde_json::{Map, Value};
use skills::{Skill, expression};

use crate::World;
use crate::decision::{Decision, Reason, Say, Step};
use crate::state::{By, CONFIRMATION, Done, Facts, Filled, Frame, Phase, State};

/// Decides about the top frame. `problem` is a slot that must be asked for, with the reason.
pub(crate) fn evaluate(mut state: State, world: &World<'_>, problem: Option<(String, Reason)>) -> Step {
    let Some(mut frame) = state.frames.pop() else {
        return say(state, Say::NothingPending);
    };
    let Some(skill) = world.of(&frame) else {
        return say(state, Say::Withdrawn);
    };
    bind_context(&mut frame, &skill, world, state.turn);
    if let Some((slot, reason)) = problem {
        return ask(state, frame, slot, Some(reason));
    }
    if let Some((slot, _)) = frame.days.first_key_value() {
        let slot = slot.clone();
        return ask(state, frame, slot, Some(Reason::TimeMissing));
    }
    compute(&mut frame, &skill, world, state.turn);
    if let Some(step) = check_rules(&mut state, &mut frame, &skill, world) {
        return step;
    }
    for slot in skill.slots().keys() {
        let is_required = skill.manifest.slots.required.contains(slot);
        if frame.slots.contains_key(slot) {
            continue;
        }
        if !frame.attempts.contains_key(slot)
            && let Some(value) = default_of(&frame, &skill, slot, world)
        {
            let filled = Filled { value, text: None, span: None, by: By::Default, turn: state.turn };
            frame.slots.insert(slot.clone(), filled);
        } else if is_required && skill.slots()[slot].source.is_some() {
            // Bound by identity, and the identity does not say: nothing the user can do about it.
            return say(state, Say::Withdrawn);
        }
    }
    compute(&mut frame, &skill, world, state.turn);
    let missing = skill.manifest.slots.required.iter().find(|slot| !frame.slots.contains_key(*slot)).cloned();
    if let Some(slot) = missing {
        return ask(state, frame, slot, None);
    }
    if skill.facts.is_some() && frame.facts_row().is_none() {
        state.frames.push(frame);
        return Step { state, decision: Decision::Look, resumable: None };
    }
    if let Some(step) = check_rules(&mut state, &mut frame, &skill, world) {
        return step;
    }
    if skill.manifest.effect.needs_confirmation() {
        let attempt = count(&mut frame, CONFIRMATION);
        frame.phase = Phase::Confirming;
        state.frames.push(frame);
        return Step { state, decision: Decision::Confirm { attempt }, resumable: None };
    }
    state.frames.push(frame);
    Step { state, decision: Decision::Run, resumable: None }
}

/// Goes on after the facts of the top frame were read; `row` is `None` when the query found nothing.
#[must_use]
pub fn with_facts(mut state: State, row: Option<Map<String, Value>>, world: &World<'_>) -> Step {
    let Some(frame) = state.frames.last_mut() else { return evaluate(state, world, None) };
    let Some(skill) = world.of(frame) else { return evaluate(state, world, None) };
    let missing = skill.manifest.facts.as_ref().and_then(|facts| facts.missing.as_ref());
    match (row, missing) {
        (None, Some(missing)) => {
            let reason = Reason::Missing { with: frame.values() };
            let can_ask = skill.slots().get(&missing.slot).is_some_and(|slot| slot.is_settable());
            if can_ask && frame.slots.shift_remove(&missing.slot).is_some() {
                let slot = missing.slot.clone();
                evaluate(state, world, Some((slot, reason)))
            } else {
                refuse(state, &skill, reason)
            }
        }
        (row, _) => {
            frame.facts = Some(Facts { row: row.unwrap_or_default(), of: frame.values() });
            evaluate(state, world, None)
        }
    }
}

/// Ends the top frame after its run. The step's state is what to store; a request that was left for this one is
/// offered again.
#[must_use]
pub fn after_run(mut state: State, succeeded: bool, row: Map<String, Value>) -> (State, Option<String>) {
    if let Some(frame) = state.frames.pop()
        && succeeded
    {
        let slots = frame.values();
        state.last = Some(Done { skill: frame.skill, version: frame.version, slots, row, turn: state.turn });
    }
    let resumable = offer(&mut state);
    (state, resumable)
}

/// Offers the request below, if there is one.
pub(crate) fn offer(state: &mut State) -> Option<String> {
    let skill = state.top().map(|frame| frame.skill.clone());
    state.offered = skill.is_some();
    skill
}

/// Only says something; a request below is offered again.
pub(crate) fn say(mut state: State, what: Say) -> Step {
    let resumable = offer(&mut state);
    Step { state, decision: Decision::Say(what), resumable }
}

/// Asks for `slot` of `frame`, counting how often.
pub(crate) fn ask(mut state: State, mut frame: Frame, slot: String, reason: Option<Reason>) -> Step {
    let attempt = count(&mut frame, &slot);
    frame.phase = Phase::Filling(Some(slot.clone()));
    state.frames.push(frame);
    Step { state, decision: Decision::Ask { slot, reason, attempt }, resumable: None }
}

fn count(frame: &mut Frame, key: &str) -> u8 {
    let attempts = frame.attempts.entry(key.to_owned()).or_default();
    *attempts = attempts.saturating_add(1);
    *attempts
}

fn refuse(mut state: State, skill: &Skill, reason: Reason) -> Step {
    state.frames.pop();
    say(state, Say::Refused { skill: skill.name().to_owned(), version: skill.version, reason })
}

/// The step to take for the first rule that does not hold.
fn check_rules(state: &mut State, frame: &mut Frame, skill: &Skill, world: &World<'_>) -> Option<Step> {
    let empty = Map::new();
    let slots = with_nulls(frame, skill);
    let facts = frame.facts_row().cloned();
    let today = world.today();
    let scope = expression::Scope {
        slots: &slots,
        facts: facts.as_ref().unwrap_or(&empty),
        context: world.context,
        today: &today,
        calendar: Some(world.calendar),
    };
    let (index, rule) = skill.broken_rule(scope, facts.is_some())?;
    let reason = Reason::Rule { index, with: frame.values(), facts: facts.unwrap_or_default() };
    let state = std::mem::take(state);
    match &rule.slot {
        Some(slot) if skill.slots().get(slot).is_some_and(|slot| slot.is_settable()) => {
            frame.slots.shift_remove(slot);
            Some(ask(state, frame.clone(), slot.clone(), Some(reason)))
        }
        _ => Some(say(state, Say::Refused { skill: skill.name().to_owned(), version: skill.version, reason })),
    }
}

fn default_of(frame: &Frame, skill: &Skill, slot: &str, world: &World<'_>) -> Option<Value> {
    if !skill.has_default(slot) {
        return None;
    }
    let slots = with_nulls(frame, skill);
    let (facts, today) = (Map::new(), world.today());
    skill.default(slot, scope_without_facts(&slots, &facts, &today, world))
}

fn scope_without_facts<'a>(
    slots: &'a Map<String, Value>,
    facts: &'a Map<String, Value>,
    today: &'a str,
    world: &World<'a>,
) -> expression::Scope<'a> {
    expression::Scope { slots, facts, context: world.context, today, calendar: Some(world.calendar) }
}

/// Computes the computed slots, in the order of the manifest, so that one may build on another.
fn compute(frame: &mut Frame, skill: &Skill, world: &World<'_>, turn: u32) {
    let (facts, today) = (Map::new(), world.today());
    for name in skill.slots().iter().filter(|(_, slot)| slot.compute.is_some()).map(|(name, _)| name) {
        let slots = with_nulls(frame, skill);
        match skill.computed(name, scope_without_facts(&slots, &facts, &today, world)) {
            Some(Value::Null) | None => drop(frame.slots.shift_remove(name)),
            Some(value) if frame.slots.get(name).is_some_and(|old| old.value == value) => {}
            Some(value) => {
                let filled = Filled { value, text: None, span: None, by: By::Computed, turn };
                frame.slots.insert(name.clone(), filled);
            }
        }
    }
}

/// All slots of the skill, `null` where unfilled, as expressions see them.
fn with_nulls(frame: &Frame, skill: &Skill) -> Map<String, Value> {
    let value = |name: &String| frame.slots.get(name).map_or(Value::Null, |filled| filled.value.clone());
    skill.slots().keys().map(|name| (name.clone(), value(name))).collect()
}

/// Binds identity-bound slots, whatever was there before.
fn bind_context(frame: &mut Frame, skill: &Skill, world: &World<'_>, turn: u32) {
    for (name, slot) in skill.slots() {
        let Some(source) = slot.context_name() else { continue };
        match world.context.get(source).filter(|value| skill.validate(name, value).is_ok()) {
            Some(value) => {
                let filled = Filled { value: value.clone(), text: None, span: None, by: By::Context, turn };
                if frame.slots.get(name).is_none_or(|old| old.value != filled.value || old.by != By::Context) {
                    frame.slots.insert(name.clone(), filled);
                }
            }
            None => {
                frame.slots.shift_remove(name);
            }
        }
    }
}
