//! What is the next thing to do for the request on top: ask, look something up, confirm or run.

use serde_json::{Map, Value};
use skills::{Skill, expression};

use crate::decision::{Decision, Note, Reason, Say, Step};
use crate::state::{By, CONFIRMATION, Done, Facts, Filled, Frame, MAX_ROWS, Phase, State};
use crate::{World, batch, choices, turn};

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
    if let Some(broken) = broken_rule(&frame, &skill, world) {
        return refuse(state, frame, &skill, broken, world);
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
    if let Some(slot) = choices::to_check(&frame, &skill).or_else(|| choices::to_find(&frame, &skill)) {
        state.frames.push(frame);
        return Step::new(state, Decision::LookUp { slot });
    }
    let missing = skill.manifest.slots.required.iter().find(|slot| !frame.slots.contains_key(*slot));
    if let Some(slot) = missing.cloned().or_else(|| offered(&frame, &skill)) {
        return ask(state, frame, slot, None);
    }
    if skill.facts.is_some() && frame.facts_row().is_none() {
        state.frames.push(frame);
        return Step::new(state, Decision::Look);
    }
    if let Some(broken) = broken_rule(&frame, &skill, world) {
        return refuse(state, frame, &skill, broken, world);
    }
    if batch::advance(&mut frame) {
        state.frames.push(frame);
        return evaluate(state, world, None);
    }
    if skill.manifest.effect.needs_confirmation() {
        let attempt = count(&mut frame, CONFIRMATION);
        frame.phase = Phase::Confirming;
        state.frames.push(frame);
        return Step::new(state, Decision::Confirm { attempt });
    }
    state.frames.push(frame);
    Step::new(state, Decision::Run)
}

/// An optional slot that is worth one question and has not been asked for.
fn offered(frame: &Frame, skill: &Skill) -> Option<String> {
    let is_open = |name: &String| !frame.slots.contains_key(name) && !frame.attempts.contains_key(name);
    skill
        .slots()
        .iter()
        .find(|(name, slot)| slot.offer && slot.is_settable() && is_open(name))
        .map(|(name, _)| name.clone())
}

/// Goes on after the facts of the top frame were read; `row` is `None` when the query found nothing.
#[must_use]
pub fn with_facts(mut state: State, row: Option<Map<String, Value>>, world: &World<'_>) -> Step {
    let Some(mut frame) = state.frames.pop() else { return evaluate(state, world, None) };
    let Some(skill) = world.of(&frame) else {
        state.frames.push(frame);
        return evaluate(state, world, None);
    };
    let missing = skill.manifest.facts.as_ref().and_then(|facts| facts.missing.as_ref());
    match (row, missing) {
        (None, Some(missing)) => {
            let reason = Reason::Missing { with: frame.values() };
            let slot = frame.slots.contains_key(&missing.slot).then(|| missing.slot.clone());
            refuse(state, frame, &skill, Broken { slot, reason }, world)
        }
        (row, _) => {
            frame.facts = Some(Facts { row: row.unwrap_or_default(), of: frame.values() });
            state.frames.push(frame);
            evaluate(state, world, None)
        }
    }
}

/// Goes on after the run of the top frame: the next run of its batch, the next request that waits, or
/// [`Decision::Done`]; a request that was left for this one is offered again then. `rows` are what the run returned.
#[must_use]
pub fn after_run(mut state: State, succeeded: bool, rows: &[Map<String, Value>], world: &World<'_>) -> Step {
    if let Some(mut frame) = state.frames.pop() {
        if succeeded {
            state.last = Some(finished(&frame, rows, state.turn, world.now));
        }
        if batch::next(&mut frame) {
            state.frames.push(frame);
            return Step::new(state, Decision::Run);
        }
    }
    go_on(state, world)
}

/// A finished run, as the conversation remembers it.
pub(crate) fn finished(frame: &Frame, rows: &[Map<String, Value>], turn: u32, now: chrono::NaiveDateTime) -> Done {
    Done {
        skill: frame.skill.clone(),
        version: frame.version,
        slots: frame.values(),
        rows: remembered(rows),
        turn,
        at: Some(now),
    }
}

/// The first rows of a result, as many as a conversation's state has room for.
fn remembered(rows: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    const MAX_BYTES: usize = 16 * 1024;
    let mut bytes = 0;
    let fits = |row: &&Map<String, Value>| {
        bytes += serde_json::to_string(row).map_or(MAX_BYTES, |text| text.len());
        bytes <= MAX_BYTES
    };
    rows.iter().take(MAX_ROWS).take_while(fits).cloned().collect()
}

/// Begins the next request that waits, or offers the one below.
#[must_use]
pub fn go_on(mut state: State, world: &World<'_>) -> Step {
    while !state.queue.is_empty() {
        let queued = state.queue.remove(0);
        if let Some(skill) = world.permitted(&queued.skill) {
            return turn::start_waiting(state, &skill, &queued.text, world).noting(Note::Next(queued.skill));
        }
    }
    let resumable = offer(&mut state);
    Step { resumable, ..Step::new(state, Decision::Done) }
}

/// Offers the request below, if there is one.
fn offer(state: &mut State) -> Option<String> {
    let skill = state.top().map(|frame| frame.skill.clone());
    state.offered = skill.is_some();
    skill
}

/// Only says something; a request below is offered again, unless others wait.
pub(crate) fn say(mut state: State, what: Say) -> Step {
    let resumable = if state.queue.is_empty() { offer(&mut state) } else { None };
    Step { resumable, ..Step::new(state, Decision::Say(what)) }
}

/// Asks for `slot` of `frame`, counting how often.
pub(crate) fn ask(mut state: State, mut frame: Frame, slot: String, reason: Option<Reason>) -> Step {
    let attempt = count(&mut frame, &slot);
    frame.phase = Phase::Filling(Some(slot.clone()));
    state.frames.push(frame);
    Step::new(state, Decision::Ask { slot, reason, attempt })
}

fn count(frame: &mut Frame, key: &str) -> u8 {
    let attempts = frame.attempts.entry(key.to_owned()).or_default();
    *attempts = attempts.saturating_add(1);
    *attempts
}

/// What stands in the way of a request, and the slot to ask again for it, if one can be.
pub(crate) struct Broken {
    pub slot: Option<String>,
    pub reason: Reason,
}

/// Asks for the slot that is wrong, leaves out the item of a batch that can't be done, or ends the request.
pub(crate) fn refuse(mut state: State, mut frame: Frame, skill: &Skill, broken: Broken, world: &World<'_>) -> Step {
    let of_item = frame.batch.as_ref().is_some_and(|batch| broken.slot.as_ref().is_none_or(|slot| *slot == batch.slot));
    if of_item && let Some(label) = batch::leave_out(&mut frame) {
        state.frames.push(frame);
        return evaluate(state, world, None).noting(Note::LeftOut { label, reason: broken.reason });
    }
    match broken.slot.filter(|slot| skill.slots().get(slot).is_some_and(skills::Slot::is_settable)) {
        Some(slot) => {
            frame.clear(&slot);
            ask(state, frame, slot, Some(broken.reason))
        }
        None => {
            let (skill, version) = (skill.name().to_owned(), skill.version);
            say(state, Say::Refused { skill, version, reason: broken.reason })
        }
    }
}

/// The first rule that does not hold.
fn broken_rule(frame: &Frame, skill: &Skill, world: &World<'_>) -> Option<Broken> {
    let empty = Map::new();
    let slots = with_nulls(frame, skill);
    let facts = frame.facts_row();
    let today = world.today();
    let scope = expression::Scope { facts: facts.unwrap_or(&empty), ..scope(&slots, &empty, &today, world) };
    let (index, rule) = skill.broken_rule(scope, facts.is_some())?;
    let reason = Reason::Rule { index, with: frame.values(), facts: facts.cloned().unwrap_or_default() };
    Some(Broken { slot: rule.slot.clone(), reason })
}

fn default_of(frame: &Frame, skill: &Skill, slot: &str, world: &World<'_>) -> Option<Value> {
    if !skill.has_default(slot) {
        return None;
    }
    let slots = with_nulls(frame, skill);
    let (facts, today) = (Map::new(), world.today());
    skill.default(slot, scope(&slots, &facts, &today, world))
}

/// Computes the computed slots, in the order of the manifest, so that one may build on another.
fn compute(frame: &mut Frame, skill: &Skill, world: &World<'_>, turn: u32) {
    let (facts, today) = (Map::new(), world.today());
    for name in skill.slots().iter().filter(|(_, slot)| slot.compute.is_some()).map(|(name, _)| name) {
        let slots = with_nulls(frame, skill);
        match skill.computed(name, scope(&slots, &facts, &today, world)) {
            Some(Value::Null) | None => drop(frame.slots.shift_remove(name)),
            Some(value) if frame.slots.get(name).is_some_and(|old| old.value == value) => {}
            Some(value) => {
                let filled = Filled { value, text: None, span: None, by: By::Computed, turn };
                frame.slots.insert(name.clone(), filled);
            }
        }
    }
}

fn scope<'a>(
    slots: &'a Map<String, Value>,
    facts: &'a Map<String, Value>,
    today: &'a str,
    world: &World<'a>,
) -> expression::Scope<'a> {
    expression::Scope { slots, facts, context: world.context, today, calendar: Some(world.calendar) }
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
