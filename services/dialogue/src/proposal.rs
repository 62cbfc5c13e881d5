//! What was put to the user and may be taken with a yes: the values of a result, values to confirm, a further skill. Also
//! the way to tell a state what somebody else than [`crate::step`] said: a person who took over, another system.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::World;
use crate::state::{Frame, Phase, State};

/// What stands before the user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proposal {
    /// Values by slot or column; several where there is a choice.
    pub values: IndexMap<String, Vec<Put>>,
    /// Whether the values are those of the request on top, read back for confirmation.
    pub confirming: bool,
    /// A skill that was offered.
    pub skill: Option<String>,
    /// Whether it was asked what else can be done.
    pub more: bool,
    /// Whether the user took the values.
    pub accepted: bool,
}

/// A value that was put forward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Put {
    /// The value.
    pub value: Value,
    /// As it was said.
    pub text: String,
}

/// What was said to the user outside of [`crate::step`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Slots of the top request that were asked for.
    pub asked: Vec<String>,
    /// Values that were put forward; several where there is a choice.
    pub values: IndexMap<String, Vec<Put>>,
    /// Whether the values were read back for confirmation.
    pub confirming: bool,
    /// A skill that was offered.
    pub skill: Option<String>,
    /// Whether it was asked what else can be done.
    pub more: bool,
    /// Whether the values are what was found.
    pub found: bool,
    /// Whether the top request was carried out.
    pub done: bool,
}

/// The state after something was said to the user outside of [`crate::step`]. Values that were put forward earlier stand
/// until others take their place.
#[must_use]
pub fn tell(mut state: State, told: Told, world: &World<'_>) -> State {
    state.choosing = None;
    state.offered = false;
    follow(&mut state, &told, world);
    if let Some(frame) = state.frames.last_mut() {
        frame.phase = if told.confirming { Phase::Confirming } else { Phase::Filling(told.asked.into_iter().next()) };
    }
    let mut proposal = state.proposal.take().unwrap_or_default();
    if !told.values.is_empty() {
        proposal.values = told.values;
        proposal.confirming = told.confirming;
        proposal.accepted = false;
    }
    if told.done {
        proposal.confirming = false;
    }
    proposal.skill = told.skill;
    proposal.more = told.more;
    state.proposal = Some(proposal);
    state
}

/// Who asks "how many tickets?" takes the request for one that has tickets: if the skill on top does not have the slots
/// that were asked for or read back, and one other skill of its domain does, that is what is under way.
fn follow(state: &mut State, told: &Told, world: &World<'_>) {
    let Some(top) = state.frames.last() else { return };
    let Some(skill) = world.of(top) else { return };
    let read_back = told.values.keys().filter(|_| told.confirming);
    let spoken_of: Vec<&String> = told.asked.iter().chain(read_back).collect();
    let writes = |skill: &skills::Skill| skill.manifest.effect.needs_confirmation();
    // Who puts forward what was found takes the request for a search.
    let is_search = told.found
        && writes(&skill)
        && state.proposal.as_ref().is_none_or(|old| !old.confirming && old.values.is_empty());
    let has_all = |skill: &skills::Skill| spoken_of.iter().all(|name| skill.slots().contains_key(*name));
    if !is_search && (spoken_of.is_empty() || has_all(&skill)) {
        return;
    }
    let domain = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let others = world.catalogue.names().into_iter().filter(|name| domain(name) == domain(&top.skill));
    let mut fitting = others
        .filter_map(|name| world.permitted(&name))
        .filter(|other| has_all(other) && (!is_search || !writes(other)) && other.name() != skill.name());
    let (Some(other), None) = (fitting.next(), fitting.next()) else { return };
    let mut frame = Frame::new(&other, &top.utterance);
    for (name, filled) in &top.slots {
        let is_own = other.slots().get(name).is_some_and(|slot| slot.is_settable());
        if is_own && other.validate(name, &filled.value).is_ok() {
            frame.slots.insert(name.clone(), filled.clone());
        }
    }
    state.push(frame);
}
