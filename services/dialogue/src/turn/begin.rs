//! A message while nothing is pending: a new request, or small talk.

use std::sync::Arc;

use serde_json::Value;
use skills::Skill;
use skills::slot::Fill;

use super::{
    Act, Band, By, Decision, Filled, Filling, Meaning, Say, Source, State, Step, World, again, apply, fill, pick, say,
};
use crate::state::{Choosing, Frame};

/// Skills offered in one question.
const MAX_CHOICES: usize = 4;
/// A candidate this much less likely than the first is not offered.
const CHOICE_SHARE: f32 = 0.25;
/// A first candidate as likely as this stands alone.
const CHOICE_CERTAIN: f32 = 0.6;
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
            Act::Undo => return again::undo(state, world),
            Act::Again => return again::once_more(state, meaning, world),
            _ => Say::NothingPending,
        };
        return say(state, what);
    }
    if again::is_once_more(&state, meaning) {
        return again::once_more(state, meaning, world);
    }
    let likely = match meaning.band {
        Band::Act => meaning.candidates.iter().take(1).collect(),
        Band::Confirm | Band::Ask => likely(&meaning.candidates),
        Band::Refuse => Vec::new(),
    };
    let skills: Vec<_> = likely.into_iter().filter_map(|candidate| world.permitted(&candidate.skill)).collect();
    match skills.as_slice() {
        [] => out_of_scope(state),
        [only] => {
            let skill = says_more(only, &state, meaning, world);
            start(state, skill.as_ref().unwrap_or(only), &meaning.act.rest, meaning, world)
        }
        several => match best_filled(several, &state, meaning, world) {
            Some(skill) => start(state, &skill, &meaning.act.rest, meaning, world),
            None => {
                let skills: Vec<_> = several.iter().map(|skill| skill.name().to_owned()).collect();
                if let Some(skill) = state.remembered(&skills).and_then(|name| world.permitted(name)) {
                    return start(state, &skill, &meaning.act.rest, meaning, world);
                }
                state.choosing = Some(Choosing { skills: skills.clone(), text: meaning.act.rest.clone(), attempts: 1 });
                Step::new(state, Decision::Choose { skills, attempt: 1 })
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

/// Another candidate than the one that is likely but not sure, if the message says more for it: who asks to send an engineer
/// to a work order at a time does not only move the time.
fn says_more(likely: &Skill, state: &State, meaning: &Meaning, world: &World<'_>) -> Option<Arc<Skill>> {
    if meaning.band == Band::Act {
        return None;
    }
    let possible = meaning.candidates.iter().filter(|candidate| candidate.p >= CHOICE_FLOOR);
    let skills: Vec<_> = possible.filter_map(|candidate| world.permitted(&candidate.skill)).collect();
    best_filled(&skills, state, meaning, world).filter(|skill| skill.name() != likely.name())
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

/// Begins a request for `skill` with what the message already says.
pub(crate) fn start(state: State, skill: &Skill, text: &str, meaning: &Meaning, world: &World<'_>) -> Step {
    let source = Source {
        text,
        values: &meaning.values,
        sentences: &meaning.sentences,
        tags: &meaning.tags,
        is_tagged: meaning.is_tagged,
        asked: None,
        correcting: false,
        says_so: false,
        offset: meaning.act.offset(&meaning.text),
        turn: state.turn,
    };
    started(state, skill, source, world)
}

/// Begins a request for `skill` with an earlier text, which is read anew.
pub(super) fn start_text(mut state: State, skill: &Skill, text: &str, world: &World<'_>) -> Step {
    let values = values::read(text, &world.reading());
    text.clone_into(&mut state.heard);
    let source = Source {
        text,
        values: &values,
        sentences: &[],
        tags: &[],
        is_tagged: false,
        asked: None,
        correcting: false,
        says_so: false,
        offset: 0,
        turn: state.turn,
    };
    started(state, skill, source, world)
}

fn started(mut state: State, skill: &Skill, source: Source<'_>, world: &World<'_>) -> Step {
    state.misses = 0;
    let mut frame = Frame::new(skill, source.text);
    let filling = fill::fill(skill, &frame, source, world);
    for (name, slot) in skill.slots() {
        if slot.fill == Some(Fill::Utterance) && !source.text.trim().is_empty() {
            let value = Value::from(source.text.trim());
            if skill.validate(name, &value).is_ok() {
                let filled = Filled { value, text: None, span: None, by: By::Utterance, turn: state.turn };
                frame.slots.insert(name.clone(), filled);
            }
        }
    }
    for (name, filled) in &filling.filled {
        frame.put(name, filled.clone());
    }
    pick::from_last(&state, &mut frame, source.text, source.values, world);
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
        .filter(|(_, filled)| is_said(filled.by))
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

/// Whether a value was given by somebody, so that it may go along to another request.
pub(super) fn is_said(by: By) -> bool {
    !matches!(by, By::Context | By::Computed | By::Default | By::Utterance)
}

/// The unfilled slot of `skill` that can take over a value: of the same name, else the first of the same format.
fn fitting_slot(skill: &Skill, frame: &Frame, name: &str, old: Option<&Skill>, value: &Value) -> Option<String> {
    let is_open = |slot: &str| !frame.slots.contains_key(slot) && skill.validate(slot, value).is_ok();
    if skill.slots().get(name).is_some_and(|slot| slot.is_settable()) && is_open(name) {
        return Some(name.to_owned());
    }
    let format = old?.slots().get(name)?.format?;
    let fits = |slot: &&String| {
        let schema = &skill.slots()[*slot];
        schema.format == Some(format) && schema.is_settable() && schema.range_from.is_none() && is_open(slot)
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
        state.remember(&choosing.skills, skill.name());
        // What was said first and what is said now both fill slots.
        let heard = std::mem::take(&mut state.heard);
        let mut first = start_text(state, &skill, &choosing.text, world);
        first.state.heard = heard;
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
    Step::new(state, Decision::Choose { skills, attempt: attempts })
}

fn out_of_scope(mut state: State) -> Step {
    state.misses = state.misses.saturating_add(1);
    say(state, Say::OutOfScope)
}
