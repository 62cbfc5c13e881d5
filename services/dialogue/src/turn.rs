//! What a message means here: an answer, a correction, a new request, a change of mind.

mod accept;
mod begin;
mod proceed;

use serde_json::Value;

use crate::decision::{Decision, Payload, Reason, Say, Step};
use crate::evaluate::{ask, evaluate, say};
use crate::fill::{self, Filling, Source};
use crate::meaning::{Band, Meaning};
use crate::state::{By, Filled, Phase, State};
use crate::{Act, World};

/// How like an example a message must be to count as a new request while an answer in free words is awaited.
const DIGRESSION_SIMILARITY: f32 = 0.75;
/// The share of a message that values must make up to be an answer although it also looks like another request.
const ANSWER_COVERAGE: f32 = 0.5;

/// One turn: the new state and what to do.
#[must_use]
pub fn step(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    state.turn = state.turn.saturating_add(1);
    if meaning.language.is_some() {
        state.language = meaning.language;
    }
    let contextual = accept::in_context(&state, meaning);
    let meaning = contextual.as_ref().unwrap_or(meaning);
    let before = state.top().map(|frame| frame.skill.clone());
    if let Some(step) = accept::offered(&mut state, meaning, world) {
        return accept::take_up(step, before, meaning, world);
    }
    let step = stepped(state, meaning, world);
    accept::take_up(step, before, meaning, world)
}

/// One turn, but for what was put to the user.
fn stepped(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let offered = std::mem::take(&mut state.offered);
    if let Some(payload) = &meaning.payload {
        return pressed(state, payload, meaning, world);
    }
    if !meaning.inputs.is_empty() && state.top().is_some() {
        return form(state, meaning, world);
    }
    if meaning.act.act == Some(Act::HandOff) {
        return Step { state, decision: Decision::HandOff, resumable: None };
    }
    if let Some(choosing) = state.choosing.take() {
        return begin::chosen(state, choosing, meaning, world);
    }
    if offered && state.top().is_some() {
        match meaning.act.act {
            Some(Act::Affirm | Act::Resume) if meaning.act.rest.is_empty() => return again(state, world),
            Some(Act::Deny | Act::Cancel) if meaning.act.rest.is_empty() => return proceed::cancel(state),
            _ => {}
        }
    }
    if state.top().is_some() { proceed::proceed(state, meaning, world) } else { begin::begin(state, meaning, world) }
}

/// A button: taken at its word, if it belongs to what is pending now.
fn pressed(mut state: State, payload: &Payload, meaning: &Meaning, world: &World<'_>) -> Step {
    match payload {
        Payload::Confirm { skill, slots } => match state.top() {
            Some(frame)
                if frame.phase == Phase::Confirming
                    && frame.skill == *skill
                    && frame.values() == *slots
                    && world.of(frame).is_some() =>
            {
                Step { state, decision: Decision::Run, resumable: None }
            }
            Some(_) => evaluate(state, world, None),
            None => say(state, Say::NothingPending),
        },
        Payload::Change {} => change(state),
        Payload::Cancel {} => {
            if state.choosing.take().is_some() && state.top().is_none() {
                return say(state, Say::NothingPending);
            }
            proceed::cancel(state)
        }
        Payload::Skill { name } => {
            let text = state.choosing.take().map_or_else(|| meaning.text.clone(), |choosing| choosing.text);
            match world.permitted(name) {
                Some(skill) => begin::start(state, &skill, &text, meaning, world),
                None => say(state, Say::OutOfScope),
            }
        }
        Payload::NoneOfThese {} => {
            state.choosing = None;
            state.misses = state.misses.saturating_add(1);
            say(state, Say::OutOfScope)
        }
        Payload::Slot { name, value } => set(state, [(name.clone(), value.clone())], world),
        Payload::Resume {} if state.top().is_some() => again(state, world),
        Payload::Resume {} => say(state, Say::NothingPending),
        Payload::HandOff {} => Step { state, decision: Decision::HandOff, resumable: None },
    }
}

/// A form: every value goes through the same validator as a typed one.
fn form(state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    set(state, meaning.inputs.clone(), world)
}

/// Sets slots of the top frame to values that did not come from text.
fn set(mut state: State, values: impl IntoIterator<Item = (String, Value)>, world: &World<'_>) -> Step {
    let turn = state.turn;
    let Some(frame) = state.frames.last_mut() else { return say(state, Say::NothingPending) };
    let Some(skill) = world.of(frame) else { return evaluate(state, world, None) };
    let mut problem = None;
    for (name, value) in values {
        let is_settable = skill.slots().get(&name).is_some_and(|slot| slot.source.is_none());
        match skill.validate(&name, &value) {
            Ok(()) if is_settable => {
                frame.days.remove(&name);
                frame.slots.insert(name, Filled { value, text: None, span: None, by: By::Form, turn });
            }
            Err(reason) if is_settable => problem = Some((name, Reason::Invalid(reason))),
            _ => {}
        }
    }
    evaluate(state, world, problem)
}

/// The pending question once more, not counted as a further attempt.
fn again(mut state: State, world: &World<'_>) -> Step {
    if let Some(frame) = state.frames.last_mut() {
        let key = frame.asked().unwrap_or(crate::state::CONFIRMATION).to_owned();
        if let Some(attempts) = frame.attempts.get_mut(&key) {
            *attempts = attempts.saturating_sub(1);
        }
    }
    match state.top().map(|frame| frame.phase.clone()) {
        Some(Phase::Changing) => change(state),
        _ => evaluate(state, world, None),
    }
}

/// Asks what is to be changed.
fn change(mut state: State) -> Step {
    match state.frames.last_mut() {
        Some(frame) => {
            frame.phase = Phase::Changing;
            Step { state, decision: Decision::AskChange, resumable: None }
        }
        None => say(state, Say::NothingPending),
    }
}

/// Reads what the message says about the top frame's slots.
fn read(state: &State, meaning: &Meaning, world: &World<'_>, correcting: bool) -> Filling {
    let Some((frame, skill)) = state.top().and_then(|frame| Some((frame, world.of(frame)?))) else {
        return Filling::default();
    };
    let source = Source {
        text: &meaning.act.rest,
        values: &meaning.values,
        sentences: &meaning.sentences,
        tags: &meaning.tags,
        is_tagged: meaning.is_tagged,
        asked: frame.asked(),
        correcting,
        says_so: meaning.act.corrects || meaning.act.act == Some(Act::Deny),
        offset: meaning.act.offset(&meaning.text),
        turn: state.turn,
    };
    fill::fill(&skill, frame, source, world)
}

/// Puts what was read into the top frame and decides.
fn apply(mut state: State, filling: Filling, world: &World<'_>) -> Step {
    let Some(frame) = state.frames.last_mut() else { return say(state, Say::NothingPending) };
    // A confirmation of new values is a new question.
    if !filling.filled.is_empty() || !filling.days.is_empty() {
        frame.attempts.remove(crate::state::CONFIRMATION);
    }
    for (name, filled) in filling.filled {
        frame.days.remove(&name);
        frame.slots.insert(name, filled);
    }
    for (name, day) in filling.days {
        frame.slots.shift_remove(&name);
        frame.days.insert(name, day);
    }
    let problem = filling.refused.into_iter().next().map(|(slot, reason)| (slot, Reason::Invalid(reason)));
    evaluate(state, world, problem)
}

/// Whether the message asks for another skill than the top frame's, surely enough to leave it for now.
fn is_digression(
    state: &State,
    meaning: &Meaning,
    filling: &Filling,
    expects_free_text: bool,
    world: &World<'_>,
) -> bool {
    let Some(frame) = state.top() else { return false };
    let band = if filling.is_empty() && !expects_free_text { Band::Confirm } else { Band::Act };
    let Some(top) = meaning.top(band).filter(|top| top.skill != frame.skill) else { return false };
    let answers_question = frame.asked().is_some_and(|asked| filling.filled.iter().any(|(name, _)| name == asked));
    let is_answer = filling.coverage(&meaning.act.rest) >= ANSWER_COVERAGE
        || (answers_question && !meaning.act.corrects)
        || accept::stays(state, meaning, top, world);
    !is_answer && top.p > 0.5 && (!expects_free_text || meaning.similarity >= DIGRESSION_SIMILARITY)
}
