//! What looks back: the same again, taking back the last run, one question back, dropping everything.

use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::{Band, By, Decision, Filled, Meaning, Reason, Say, Source, State, Step, World, begin, evaluate, fill, say};
use crate::act::contains_words;
use crate::evaluate::ask;
use crate::state::{Frame, Phase};

/// How a request begins that repeats the last one with changes, folded.
const ONCE_MORE: &[&str] = &["再", "another", "one more", "also another", "还要", "还想"];
/// How a question is put again for something else: the beginning and the end, folded.
const AND_THIS: &[(&str, &[&str])] = &[
    ("那", &["呢", "呢?", "呢？"]),
    ("what about ", &[""]),
    ("how about ", &[""]),
    ("and ", &["?", "？"]),
    ("and for ", &[""]),
];
/// Turns after which the last run is no longer what "another one" speaks of.
const FRESH_TURNS: u32 = 8;

/// "再订一间周二的": the skill that ran last, asked for as one more.
pub(super) fn is_once_more(state: &State, meaning: &Meaning) -> bool {
    let Some(last) = state.last.as_ref().filter(|last| state.turn.saturating_sub(last.turn) <= FRESH_TURNS) else {
        return false;
    };
    let folded = skills::fold(meaning.text.trim());
    let says_so = ONCE_MORE.iter().any(|word| folded.starts_with(word) && contains_words(&folded, word));
    let same = || meaning.candidates.first().is_some_and(|top| top.skill == last.skill) && meaning.band >= Band::Ask;
    meaning.act.act == Some(crate::Act::Again)
        || says_so && same()
        || asks_for_this(&folded) && !is_another(meaning, last)
}

/// "那EX-2014呢？", "what about Friday?"
fn asks_for_this(folded: &str) -> bool {
    AND_THIS.iter().any(|(begins, ends)| folded.starts_with(begins) && ends.iter().any(|end| folded.ends_with(end)))
}

/// Whether the message surely asks for another skill than the last one.
fn is_another(meaning: &Meaning, last: &crate::state::Done) -> bool {
    meaning.top(Band::Confirm).is_some_and(|top| top.skill != last.skill)
}

/// The last request again, with what the message changes.
pub(super) fn once_more(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    let Some(last) = state.last.clone() else { return say(state, Say::NothingPending) };
    let Some(skill) = world.permitted(&last.skill) else { return say(state, Say::Withdrawn) };
    let mut frame = Frame::new(&skill, &meaning.act.rest);
    carry(&mut frame, &skill, &last.slots, state.turn);
    let source = Source {
        text: &meaning.act.rest,
        values: &meaning.values,
        sentences: &[],
        tags: &meaning.tags,
        is_tagged: false,
        asked: None,
        correcting: true,
        says_so: true,
        offset: meaning.act.offset(&meaning.text),
        turn: state.turn,
    };
    let filling = fill::fill(&skill, &frame, source, world);
    state.push(frame);
    super::apply(state, filling, world)
}

/// Takes back the last run by the skill declared for it.
pub(super) fn undo(mut state: State, world: &World<'_>) -> Step {
    let Some(done) = state.last.clone() else { return say(state, Say::NothingPending) };
    let undo = world.catalogue.version(&done.skill, done.version).and_then(|skill| skill.manifest.undo.clone());
    let not_undoable = |too_late| Say::NotUndoable { skill: done.skill.clone(), too_late };
    let Some(undo) = undo else { return say(state, not_undoable(false)) };
    let within = undo.minutes().and_then(|minutes| TimeDelta::try_minutes(minutes.into()));
    if within.zip(done.at).is_some_and(|(within, at)| world.now - at > within) {
        return say(state, not_undoable(true));
    }
    let Some(skill) = world.permitted(undo.skill()) else { return say(state, not_undoable(false)) };
    let row = done.rows.into_iter().next().unwrap_or_default();
    let known: Map<String, Value> = done.slots.into_iter().chain(row).collect();
    let mut frame = Frame::new(&skill, "");
    carry(&mut frame, &skill, &known, state.turn);
    state.push(frame);
    evaluate(state, world, None)
}

/// Fills every slot that is called like a known value and allows it.
fn carry(frame: &mut Frame, skill: &skills::Skill, known: &Map<String, Value>, turn: u32) {
    for (name, slot) in skill.slots() {
        let value = known.get(name).filter(|value| slot.is_settable() && skill.validate(name, value).is_ok());
        if let Some(value) = value {
            let filled = Filled { value: value.clone(), text: None, span: None, by: By::Carried, turn };
            frame.slots.insert(name.clone(), filled);
        }
    }
}

/// Back to the question that was answered last.
pub(super) fn back(mut state: State, world: &World<'_>) -> Step {
    let Some(frame) = state.top() else { return say(state, Say::NothingPending) };
    let Some(skill) = world.of(frame) else { return evaluate(state, world, None) };
    let is_answer = |name: &str, filled: &Filled| {
        begin::is_said(filled.by) && skill.slots().get(name).is_some_and(skills::Slot::is_settable)
    };
    let answered = frame.slots.iter().filter(|(name, filled)| is_answer(name, filled));
    let latest = answered.max_by_key(|(_, filled)| filled.turn).map(|(name, _)| name.clone());
    let Some((slot, mut frame)) = latest.zip(state.frames.pop()) else { return evaluate(state, world, None) };
    frame.clear(&slot);
    frame.attempts.remove(&slot);
    if skill.lookup(&slot).is_some() {
        // Its choices are to be shown again, and what was said before is not to be found among them once more.
        frame.utterance.clear();
        frame.phase = Phase::Filling(Some(slot));
        state.heard.clear();
        state.frames.push(frame);
        return evaluate(state, world, None);
    }
    ask(state, frame, slot, Some(Reason::Back))
}

/// Drops everything.
pub(super) fn cancel_all(mut state: State) -> Step {
    let under_way = state.frames.drain(..).rev().map(|frame| frame.skill);
    let all: Vec<String> = under_way.chain(state.queue.drain(..).map(|queued| queued.skill)).collect();
    state.choosing = None;
    if all.is_empty() {
        say(state, Say::NothingPending)
    } else {
        Step::new(state, Decision::Say(Say::CancelledAll(all)))
    }
}
