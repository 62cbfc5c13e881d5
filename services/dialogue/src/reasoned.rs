//! Where the rules and the small model come to an end, and what a reasoner's proposal comes to here.
//!
//! A proposal is a reading like any other: it fills slots that the user could have filled, the same schemas, lookups and
//! rules check it, and a write is confirmed by the user. What the recognisers have read themselves stands.

use paigong_core::Language;
use serde_json::{Map, Value};
use skills::Skill;

use crate::decision::{Decision, Reason, Say, Step};
use crate::evaluate::evaluate;
use crate::fill::Filling;
use crate::meaning::Meaning;
use crate::state::{By, Filled, Frame, State};
use crate::turn::{apply, begin};
use crate::{World, memory, parts};

/// What a reasoner could help with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing that the app can do was recognised.
    Request,
    /// The answer to a question can't be read.
    Value {
        /// The skill.
        skill: String,
        /// The slot that was asked for.
        slot: String,
    },
    /// The message asks for several things of which the later ones build on the earlier ones.
    Plan,
}

/// What a reasoner proposes; checked already against the schemas of the skills that it was shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Reasoned {
    /// A skill and what its slots are to be.
    Skill {
        /// The skill.
        skill: String,
        /// Values of slots.
        slots: Map<String, Value>,
    },
    /// The value of the slot that was asked for.
    Value(Value),
    /// A question back, in its words.
    Ask(String),
    /// That a person should take over. It is offered, not done.
    HandOff,
    /// Nothing better.
    Nothing,
}

/// The attempt at which a value was asked for, asked for again, and still not read.
const AFTER_ONE_RETRY: u8 = 3;
/// From here on only the way out helps.
const GIVEN_UP: u8 = 4;

/// What would help with `meaning`, whose step came to `decision` for `state`; `None` for nearly every message.
#[must_use]
pub fn need(state: &State, meaning: &Meaning, decision: &Decision) -> Option<Need> {
    if meaning.payload.is_some() || !meaning.inputs.is_empty() || meaning.act.rest.trim().is_empty() {
        return None;
    }
    match decision {
        Decision::Say(Say::OutOfScope) => Some(Need::Request),
        Decision::Ask { slot, reason: Some(reason), attempt } => {
            let is_unread = matches!(reason, Reason::NotRead | Reason::NotAChoice { .. } | Reason::Invalid(_));
            let is_time = (AFTER_ONE_RETRY..=GIVEN_UP).contains(attempt);
            let skill = state.top()?.skill.clone();
            (is_unread && is_time).then(|| Need::Value { skill, slot: slot.clone() })
        }
        _ => None,
    }
}

/// Whether a message whose step came to `decision` may be a question that documents answer: nothing that the app does was
/// recognised, or a value was asked for and a question came back.
#[must_use]
pub fn may_be_answered(meaning: &Meaning, decision: &Decision) -> bool {
    if meaning.payload.is_some() || !meaning.inputs.is_empty() || meaning.act.rest.trim().is_empty() {
        return false;
    }
    let asks = meaning.has(crate::Stance::Question) || meaning.text.contains(['?', '？', '吗', '呢']);
    match decision {
        Decision::Say(Say::OutOfScope) => true,
        Decision::Ask { reason: Some(Reason::NotRead | Reason::NotAChoice { .. } | Reason::Invalid(_)), .. } => asks,
        _ => false,
    }
}

/// Whether a message that begins something asks for a plan. `before`: the state before its step.
#[must_use]
pub fn needs_plan(before: &State, meaning: &Meaning) -> bool {
    let is_free = before.frames.is_empty() && before.choosing.is_none() && meaning.payload.is_none();
    is_free && meaning.inputs.is_empty() && parts::builds_on_itself(&meaning.text)
}

/// Goes on with a proposal where `step` had a [`need`].
#[must_use]
pub fn with_reasoned(step: Step, meaning: &Meaning, reasoned: &Reasoned, world: &World<'_>) -> Step {
    match reasoned {
        Reasoned::Skill { skill, slots } => match world.permitted(skill) {
            Some(skill) => start(step.state, &skill, slots, meaning, world),
            None => step,
        },
        Reasoned::Value(value) => fill(step, value, world),
        Reasoned::Ask(text) => {
            let mut state = step.state;
            state.misses = 0;
            Step { state, decision: Decision::Say(Say::AskBack(text.clone())), ..step }
        }
        Reasoned::HandOff => {
            let mut step = step;
            step.state.misses = step.state.misses.max(2);
            step
        }
        Reasoned::Nothing => step,
    }
}

/// Begins a request with what the message says by itself, and with what was proposed for the rest.
fn start(state: State, skill: &Skill, slots: &Map<String, Value>, meaning: &Meaning, world: &World<'_>) -> Step {
    let mut step = begin::start(State { offered: false, ..state }, skill, &meaning.act.rest, meaning, world);
    let Some(frame) = step.state.frames.last_mut().filter(|frame| frame.skill == skill.name()) else { return step };
    frame.reasoned = true;
    let is_open = |name: &str| {
        let by_itself = frame.slots.get(name).map(|filled| filled.by);
        matches!(by_itself, None | Some(By::Default | By::Utterance | By::Computed))
    };
    let open: Map<String, Value> =
        slots.iter().filter(|(name, _)| is_open(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let filled = fitting(skill, &open, step.state.turn);
    if filled.is_empty() {
        return step;
    }
    frame.attempts.clear();
    apply(step.state, Filling { filled, ..Filling::default() }, world)
}

/// Begins a request of which only these values are known, as a step of a plan; beside any conversation.
#[must_use]
pub fn request(language: Language, skill: &Skill, slots: &Map<String, Value>, world: &World<'_>) -> Step {
    let mut state = State { language: Some(language), ..State::default() };
    state.push(Frame::new(skill, ""));
    apply(state, Filling { filled: fitting(skill, slots, 1), ..Filling::default() }, world)
}

/// Begins a plan: a skill that was made for this message and needs nothing but a yes.
#[must_use]
pub fn planned(mut state: State, plan: &Skill, meaning: &Meaning, world: &World<'_>) -> Step {
    state.turn = state.turn.saturating_add(1);
    memory::follow_language(&mut state, meaning);
    state.at = Some(world.now);
    state.misses = 0;
    state.push(Frame { reasoned: true, ..Frame::new(plan, &meaning.text) });
    evaluate(state, world, None)
}

/// The values that the user could have given.
fn fitting(skill: &Skill, slots: &Map<String, Value>, turn: u32) -> Vec<(String, Filled)> {
    let fits = |name: &str, value: &Value| {
        skill.slots().get(name).is_some_and(skills::Slot::is_settable) && skill.validate(name, value).is_ok()
    };
    let fitting = slots.iter().filter(|(name, value)| fits(name, value));
    fitting.map(|(name, value)| (name.clone(), proposed(value, turn))).collect()
}

/// Puts the value into the slot that was asked for, if it may be there.
fn fill(mut step: Step, value: &Value, world: &World<'_>) -> Step {
    let turn = step.state.turn;
    let Some(frame) = step.state.frames.last_mut() else { return step };
    let (Some(skill), Some(slot)) = (world.of(frame), frame.asked().map(str::to_owned)) else { return step };
    let is_settable = skill.slots().get(&slot).is_some_and(skills::Slot::is_settable);
    if !is_settable || skill.validate(&slot, value).is_err() {
        return step;
    }
    apply(step.state, Filling { filled: vec![(slot, proposed(value, turn))], ..Filling::default() }, world)
}

fn proposed(value: &Value, turn: u32) -> Filled {
    Filled { value: value.clone(), text: None, span: None, by: By::Reasoned, turn }
}
