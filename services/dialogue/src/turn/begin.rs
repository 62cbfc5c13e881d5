//! A message while nothing is pending: a new request, or small talk.

use std::sync::Arc;

use serde_json::{Map, Value};
use skills::Skill;
use skills::slot::Fill;

use super::{Act, Band, By, Decision, Filled, Filling, Meaning, Say, Source, State, Step, World, apply, fill, say};
use crate::state::{Choosing, Frame};

/// Skills offered in one question.
const MAX_CHOICES: usize = 4;
/// A candidate this much less likely than the first is not offered.
const CHOICE_SHARE: f32 = 0.25;
/// A first candidate as likely as this stands alone.
const CHOICE_CERTAIN: f32 = 0.7;
/// A candidate less likely than this is noise, unless the first is hardly more.
const CHOICE_FLOOR: f32 = 0.1;
/// A first candidate less likely than this is noise itself.
const CHOICE_CLEAR_OF_NOISE: f32 = 0.25;

/// A message with no request under way.
pub(super) fn begin(mut state: State, meaning: &Meaning, world: &World<'_>) -> Step {
    if let Some(act) = meaning.act.whole() {
        let what = match act {
            Act::Greet => Say::Greeting,
            Act::Thank => Say::Welcome,
            Act::Help => Say::Help,
            Act::Complain => Say::Sorry,
            Act::Undo => return undo(state, world),
            _ => Say::NothingPending,
        };
        return say(state, what);
    }
    let likely = match meaning.band {
        Band::Act => meaning.candidates.iter().take(1).collect(),
        Band::Confirm | Band::Ask => likely(&meaning.candidates),
        Band::Refuse => Vec::new(),
    };
    let skills: Vec<_> = likely.into_iter().filter_map(|candidate| world.permitted(&candidate.skill)).collect();
    match skills.as_slice() {
        [] => out_of_scope(state),
        [only] => start(state, only, &meaning.act.rest, meaning, world),
        several => match best_filled(several, &state, meaning, world) {
            Some(skill) => start(state, &skill, &meaning.act.rest, meaning, world),
            None => {
                let skills: Vec<_> = several.iter().map(|skill| skill.name().to_owned()).collect();
                state.choosing = Some(Choosing { skills: skills.clone(), text: meaning.act.rest.clone(), attempts: 1 });
                Step { state, decision: Decision::Choose { skills, attempt: 1 }, resumable: None }
            }
        },
    }
}

/// The candidates among which a question would be worth asking: just the first when it stands out. A wrong start does
/// little harm, since a write is always confirmed and a read changes nothing; a needless question annoys everybody.
fn likely(candidates: &[crate::Candidate]) -> Vec<&crate::Candidate> {
    let Some(top) = candidates.first() else { return Vec::new() };
    let floor = if top.p < CHOICE_CLEAR_OF_NOISE { 0.0 } else { CHOICE_FLOOR };
    let is_close = |candidate: &&crate::Candidate| candidate.p >= (top.p * CHOICE_SHARE).max(floor);
    if top.p >= CHOICE_CERTAIN { vec![top] } else { candidates.iter().filter(is_close).take(MAX_CHOICES).collect() }
}

/// The one skill among several for which the message says most: "派赵敏明天去WO-3001" names an engineer, which only
/// the assignment of a work order asks for.
fn best_filled(skills: &[Arc<Skill>], state: &State, meaning: &Meaning, world: &World<'_>) -> Option<Arc<Skill>> {
    let filled = |skill: &Arc<Skill>| {
        let frame = Frame::new(skill, &meaning.act.rest);
        let source = Source {
            text: &meaning.act.rest,
            values: &meaning.values,
            sentences: &meaning.sentences,
            tags: &meaning.tags,
            is_tagged: meaning.is_tagged,
            asked: None,
            correcting: false,
            says_so: false,
            offset: 0,
            turn: state.turn,
        };
        fill::fill(skill, &frame, source, world).filled.len()
    };
    let counts: Vec<_> = skills.iter().map(filled).collect();
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let mut best = skills.iter().zip(&counts).filter(|(_, count)| **count == most);
    match (best.next(), best.next()) {
        (Some((skill, _)), None) => Some(Arc::clone(skill)),
        _ => None,
    }
}

/// Begins a request for `skill` with what `text` already says.
pub(super) fn start(mut state: State, skill: &Skill, text: &str, meaning: &Meaning, world: &World<'_>) -> Step {
    state.misses = 0;
    let mut frame = Frame::new(skill, text);
    // The typed values belong to this message; an earlier, unclear one is read anew.
    let is_this_message = text == meaning.act.rest;
    let offset = if is_this_message { meaning.act.offset(&meaning.text) } else { 0 };
    let read_anew;
    let values = if is_this_message {
        meaning.values.as_slice()
    } else {
        read_anew = values::read(text, &values::Context::new(world.now, world.calendar));
        &read_anew
    };
    let tags = if is_this_message { meaning.tags.as_slice() } else { &[] };
    let is_tagged = is_this_message && meaning.is_tagged;
    let sentences = if is_this_message { meaning.sentences.as_slice() } else { &[] };
    let source = Source {
        text,
        values,
        sentences,
        tags,
        is_tagged,
        asked: None,
        correcting: false,
        says_so: false,
        offset,
        turn: state.turn,
    };
    let filling = fill::fill(skill, &frame, source, world);
    for (name, slot) in skill.slots() {
        if slot.fill == Some(Fill::Utterance) && !text.trim().is_empty() {
            let value = Value::from(text.trim());
            if skill.validate(name, &value).is_ok() {
                let filled = Filled { value, text: None, span: None, by: By::Utterance, turn: state.turn };
                frame.slots.insert(name.clone(), filled);
            }
        }
    }
    state.push(frame);
    apply(state, filling, world)
}

/// Leaves the top frame for `skill`, taking along the values that fit it.
pub(super) fn switch(mut state: State, skill: &Skill, meaning: &Meaning, world: &World<'_>) -> Step {
    let Some(old) = state.frames.pop() else { return start(state, skill, &meaning.act.rest, meaning, world) };
    let old_skill = world.of(&old);
    let turn = state.turn;
    let mut step = start(state, skill, &meaning.act.rest, meaning, world);
    let Some(frame) = step.state.frames.last_mut().filter(|frame| frame.skill == skill.name()) else { return step };
    let carried: Vec<_> = old
        .slots
        .into_iter()
        .filter(|(_, filled)| !matches!(filled.by, By::Context | By::Default | By::Utterance))
        .filter_map(|(name, filled)| {
            let target = fitting_slot(skill, frame, &name, old_skill.as_deref(), &filled.value)?;
            Some((target, Filled { by: By::Carried, turn, ..filled }))
        })
        .collect();
    if carried.is_empty() {
        return step;
    }
    frame.attempts.clear();
    let filling = Filling { filled: carried, ..Filling::default() };
    apply(step.state, filling, world)
}

/// The unfilled slot of `skill` that can take over a value: of the same name, else the first of the same format.
fn fitting_slot(skill: &Skill, frame: &Frame, name: &str, old: Option<&Skill>, value: &Value) -> Option<String> {
    let is_open = |slot: &str| !frame.slots.contains_key(slot) && skill.validate(slot, value).is_ok();
    if skill.slots().get(name).is_some_and(|slot| slot.source.is_none()) && is_open(name) {
        return Some(name.to_owned());
    }
    let format = old?.slots().get(name)?.format?;
    let fits = |slot: &&String| {
        let schema = &skill.slots()[*slot];
        schema.format == Some(format) && schema.source.is_none() && schema.range_from.is_none() && is_open(slot)
    };
    skill.slots().keys().find(fits).cloned()
}

/// The answer to a question which skill was meant.
pub(super) fn chosen(mut state: State, choosing: Choosing, meaning: &Meaning, world: &World<'_>) -> Step {
    match meaning.act.act {
        Some(Act::Cancel) if meaning.act.rest.is_empty() => return say(state, Say::NothingPending),
        Some(Act::NoneOfThese | Act::Deny) if meaning.act.rest.is_empty() => {
            state.misses = state.misses.saturating_add(1);
            return say(state, Say::OutOfScope);
        }
        _ => {}
    }
    let refuses = matches!(meaning.act.act, Some(Act::NoneOfThese | Act::Deny));
    let offered = |name: &str| choosing.skills.iter().any(|skill| skill == name);
    let by_position = meaning.values.iter().find_map(|reading| match &reading.value {
        values::Value::Choice { positions } => positions.first().copied(),
        values::Value::Ordinal { position, .. } => Some(*position),
        values::Value::Number { number } => number.to_string().parse().ok(),
        _ => None,
    });
    let index = by_position.and_then(|position| {
        let count = i64::try_from(choosing.skills.len()).ok()?;
        let index = if position < 0 { count + position } else { position - 1 };
        usize::try_from(index).ok()
    });
    let is_short = meaning.text.chars().count() <= 12;
    let by_title = choosing.skills.iter().find(|name| {
        world.catalogue.live(name).is_some_and(|skill| {
            let title = &skill.manifest.title;
            let said = skills::fold(&meaning.text);
            [&title.zh, &title.en].into_iter().any(|title| said.contains(&skills::fold(title)))
        })
    });
    let by_meaning = meaning.candidates.iter().find(|candidate| offered(&candidate.skill) && candidate.p > 0.3);
    let name = if refuses {
        None
    } else {
        by_title
            .or_else(|| index.filter(|_| is_short).and_then(|index| choosing.skills.get(index)))
            .or_else(|| by_meaning.map(|candidate| &candidate.skill))
            .cloned()
    };
    if let Some(skill) = name.and_then(|name| world.permitted(&name)) {
        // What was said first and what is said now both fill slots.
        let first = start(state, &skill, &choosing.text, meaning, world);
        return if meaning.values.is_empty() { first } else { super::proceed::also_read(first, meaning, world) };
    }
    // Another request after all: the first likely skill that was not among those refused.
    let other = meaning.candidates.iter().find(|candidate| !offered(&candidate.skill));
    if let Some(other) = other.filter(|other| meaning.band >= Band::Ask && (refuses || other.p > 0.3))
        && let Some(skill) = world.permitted(&other.skill)
    {
        return start(state, &skill, &meaning.act.rest, meaning, world);
    }
    if choosing.attempts >= 2 || refuses {
        return out_of_scope(state);
    }
    let attempts = choosing.attempts + 1;
    let skills = choosing.skills.clone();
    state.choosing = Some(Choosing { attempts, ..choosing });
    Step { state, decision: Decision::Choose { skills, attempt: attempts }, resumable: None }
}

/// Takes back the last run by the skill declared for it.
fn undo(state: State, world: &World<'_>) -> Step {
    let Some(done) = state.last.clone() else { return say(state, Say::NothingPending) };
    let undo = world.catalogue.version(&done.skill, done.version).and_then(|skill| skill.manifest.undo.clone());
    let Some(skill) = undo.and_then(|name| world.permitted(name.as_str())) else {
        return say(state, Say::NothingPending);
    };
    let known: Map<String, Value> = done.slots.into_iter().chain(done.row).collect();
    let mut frame = Frame::new(&skill, "");
    for (name, slot) in skill.slots() {
        if let Some(value) =
            known.get(name).filter(|value| slot.source.is_none() && skill.validate(name, value).is_ok())
        {
            let filled = Filled { value: value.clone(), text: None, span: None, by: By::Carried, turn: state.turn };
            frame.slots.insert(name.clone(), filled);
        }
    }
    let mut state = state;
    state.push(frame);
    super::evaluate(state, world, None)
}

fn out_of_scope(mut state: State) -> Step {
    state.misses = state.misses.saturating_add(1);
    say(state, Say::OutOfScope)
}
