//! What a message means here: an answer, a correction, a new request, a change of mind.

mod accept;
mod again;
pub(crate) mod begin;
mod pick;
mod proceed;

use serde_json::Value;

use crate::decision::{Decision, Payload, Reason, Say, Step};
use crate::evaluate::{ask, evaluate, say};
use crate::fill::{self, Filling, Source};
use crate::meaning::{Band, Meaning};
use crate::state::{By, Filled, MAX_QUEUE, Phase, Queued, State};
use crate::{Act, World, batch, later, memory, running};

/// How like an example a message must be to count as a new request while an answer in free words is awaited,
const DIGRESSION_SIMILARITY: f32 = 0.75;
/// … and while any other answer is, unless the new request is sure: who is vague about an answer asks for nothing else.
const DIGRESSION_LEAST: f32 = 0.6;
/// The share of a message that values must make up to be an answer although it also looks like another request.
const ANSWER_COVERAGE: f32 = 0.5;

/// One turn: the new state and what to do.
#[must_use]
pub fn step(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    state.turn = state.turn.saturating_add(1);
    memory::follow_language(&mut state, meaning);
    let returned = memory::arrive(&mut state, meaning, world);
    if let Some(note) = returned {
        return repeat(state, world).noting(note);
    }
    let put_off = put_off(&mut state, meaning, world);
    if let Some((_, rest)) = &put_off
        && state.top().is_some_and(|frame| frame.phase == Phase::Confirming)
        && rest.act.act.is_none()
        && !rest.text.contains(char::is_alphanumeric)
    {
        // Only the time was said: it is confirmed once more, with it.
        return repeat(state, world);
    }
    let meaning = put_off.as_ref().map_or(meaning, |(_, rest)| rest);
    let contextual = accept::in_context(&state, meaning);
    let meaning = contextual.as_ref().unwrap_or(meaning);
    let before = state.top().map(|frame| frame.skill.clone());
    if let Some(step) = accept::offered(&mut state, meaning, world) {
        return accept::take_up(step, before, meaning, world);
    }
    let mut step = decide(state, meaning, world);
    if let Some((at, _)) = put_off
        && let Some(frame) = step.state.frames.last_mut()
        && world.of(frame).is_some_and(|skill| skill.manifest.later)
    {
        frame.later = Some(at);
    }
    waiting(accept::take_up(step, before, meaning, world), meaning)
}

/// The time at which the message wants its request run, and the message without it; noted at once where the request is
/// under way.
fn put_off(state: &mut State, meaning: &Meaning, world: &World<'_>) -> Option<(chrono::NaiveDateTime, Meaning)> {
    let is_confirming = state.top().is_some_and(|frame| frame.phase == Phase::Confirming);
    if is_confirming
        && later::not_put_off(meaning)
        && let Some(frame) = state.frames.last_mut()
    {
        frame.later = None;
    }
    let under_way = state.top().and_then(|frame| world.of(frame));
    let asked_for = || meaning.candidates.first().and_then(|top| world.permitted(&top.skill));
    if !under_way.or_else(asked_for).is_some_and(|skill| skill.manifest.later) {
        return None;
    }
    let put_off = later::put_off(meaning, world.now)?;
    if let Some(frame) = state.frames.last_mut() {
        frame.later = Some(put_off.0);
    }
    Some(put_off)
}

/// Lets the further requests of the message wait for the first.
fn waiting(mut step: Step, meaning: &Meaning) -> Step {
    let is_over = matches!(step.decision, Decision::HandOff) || meaning.payload.is_some();
    if is_over || meaning.more.is_empty() {
        return step;
    }
    let free = MAX_QUEUE.saturating_sub(step.state.queue.len());
    let more = meaning.more.iter().take(free).map(|part| Queued { skill: part.skill.clone(), text: part.text.clone() });
    step.state.queue.extend(more);
    step.resumable = None;
    step
}

fn decide(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let offered = std::mem::take(&mut state.offered);
    if let Some(payload) = &meaning.payload {
        return pressed(state, payload, meaning, world);
    }
    if !meaning.inputs.is_empty() && state.top().is_some() {
        return form(state, meaning, world);
    }
    match meaning.act.act {
        Some(Act::HandOff) => return hand_off(state),
        Some(Act::CancelAll) if meaning.act.rest.is_empty() => return again::cancel_all(state),
        _ => {}
    }
    if matches!(meaning.act.whole(), Some(Act::Cancel | Act::Undo))
        && state.choosing.is_none()
        && let Some(step) = running::stop(&state)
    {
        return step;
    }
    if let Some(choosing) = state.choosing.take() {
        return begin::chosen(state, choosing, meaning, world);
    }
    if offered && state.top().is_some() {
        match meaning.act.act {
            Some(Act::Affirm | Act::Resume) if meaning.act.rest.is_empty() => return repeat(state, world),
            Some(Act::Deny | Act::Cancel) if meaning.act.rest.is_empty() => return proceed::cancel(state),
            // "yes, it arrived broken": on with it, and the rest is about it.
            Some(Act::Affirm | Act::Resume) => {}
            _ => {}
        }
    }
    if state.top().is_some() {
        return proceed::proceed(state, meaning, world);
    }
    let step = begin::begin(state, meaning, world);
    if !meaning.inputs.is_empty() && step.state.top().is_some() {
        // A form that came with the request itself.
        return form(step.state, meaning, world);
    }
    step
}

/// Hands the conversation over; what waited is in the summary, and nothing begins by itself afterwards.
fn hand_off(mut state: State) -> Step {
    state.queue.clear();
    Step::new(state, Decision::HandOff)
}

/// Begins a request that waited for another.
pub(crate) fn start_waiting(state: State, skill: &skills::Skill, text: &str, world: &World<'_>) -> Step {
    begin::start_text(state, skill, text, world)
}

/// A button: taken at its word, if it belongs to what is pending now.
fn pressed(mut state: State, payload: &Payload, meaning: &Meaning, world: &World<'_>) -> Step {
    match payload {
        Payload::Confirm { skill, slots } => match state.top() {
            Some(frame)
                if frame.phase == Phase::Confirming
                    && frame.skill == *skill
                    && frame.to_confirm() == *slots
                    && world.of(frame).is_some() =>
            {
                Step::new(state, Decision::Run)
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
            let choosing = state.choosing.take();
            let Some(skill) = world.permitted(name) else { return say(state, Say::OutOfScope) };
            match choosing {
                Some(choosing) => {
                    state.remember(&choosing.skills, name);
                    begin::start_text(state, &skill, &choosing.text, world)
                }
                None => begin::start(state, &skill, &meaning.text, meaning, world),
            }
        }
        Payload::NoneOfThese {} => {
            state.choosing = None;
            state.misses = state.misses.saturating_add(1);
            say(state, Say::OutOfScope)
        }
        Payload::Skip {} => match state.top().and_then(|frame| frame.asked()).map(str::to_owned) {
            Some(slot) => proceed::skip(state, slot, world),
            None => evaluate(state, world, None),
        },
        Payload::Slot { name, value } => set(state, [(name.clone(), value.clone())], world),
        Payload::Resume {} if state.top().is_some() => repeat(state, world),
        Payload::Resume {} => say(state, Say::NothingPending),
        Payload::HandOff {} => hand_off(state),
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
        let is_settable = skill.slots().get(&name).is_some_and(|slot| slot.is_settable());
        match skill.validate(&name, &value) {
            Ok(()) if is_settable => {
                frame.put(&name, Filled { value, text: None, span: None, by: By::Form, turn });
            }
            Err(reason) if is_settable => problem = Some((name, Reason::Invalid(reason))),
            _ => {}
        }
    }
    evaluate(state, world, problem)
}

/// The pending question once more, not counted as a further attempt.
fn repeat(mut state: State, world: &World<'_>) -> Step {
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
            Step::new(state, Decision::AskChange)
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
pub(crate) fn apply(mut state: State, filling: Filling, world: &World<'_>) -> Step {
    let Some(frame) = state.frames.last_mut() else { return say(state, Say::NothingPending) };
    // A confirmation of new values is a new question.
    if !filling.filled.is_empty() || !filling.days.is_empty() {
        frame.attempts.remove(crate::state::CONFIRMATION);
    }
    for (name, filled) in filling.filled {
        frame.put(&name, filled);
    }
    for (name, day) in filling.days {
        frame.clear(&name);
        frame.days.insert(name, day);
    }
    for (name, all) in filling.several {
        batch::begin(frame, &name, all.into_iter().map(|filled| (filled, None)).collect());
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
    let interrupts = crate::act::interrupts(&meaning.text);
    let (band, least) = match (interrupts, filling.is_empty() && !expects_free_text) {
        // It says itself that something else comes now.
        (true, true) => (Band::Ask, 0.25),
        (true, false) => (Band::Confirm, 0.6),
        (false, true) => (Band::Confirm, 0.5),
        (false, false) => (Band::Act, 0.5),
    };
    let Some(top) = meaning.top(band).filter(|top| top.skill != frame.skill) else { return false };
    let answers_question = frame.asked().is_some_and(|asked| filling.filled.iter().any(|(name, _)| name == asked));
    let is_answer = filling.coverage(&meaning.act.rest) >= ANSWER_COVERAGE
        || (answers_question && !meaning.act.corrects && !interrupts)
        || accept::stays(state, meaning, top, world);
    let like = match (expects_free_text, interrupts || meaning.band == Band::Act) {
        (true, _) => DIGRESSION_SIMILARITY,
        (false, false) => DIGRESSION_LEAST,
        (false, true) => 0.0,
    };
    !is_answer && top.p > least && meaning.similarity >= like
}
