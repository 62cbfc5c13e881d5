//! Runs that do not end with the turn that began them: those that leave the database, that a person does, that were put off.

use chrono::NaiveDateTime;
use paigong_core::RunId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::decision::Step;
use crate::evaluate::{after_run, finished};
use crate::state::{Frame, State};
use crate::{Decision, Say, World};

/// Runs under way that a conversation remembers; a further one drops the oldest.
const MAX_RUNNING: usize = 20;

/// A run that was begun and whose outcome the conversation does not know yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// The run.
    pub run: RunId,
    /// The request.
    pub frame: Frame,
    /// The turn that began it.
    pub turn: u32,
    /// Whether it was said that its outcome can't be known.
    #[serde(default)]
    pub is_unknown: bool,
}

/// How such a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Succeeded,
    /// It was not done.
    Failed,
    /// Whether it was done can't be known, for now.
    Unknown,
}

/// Goes on after the top frame was put into the queue as `run`: what follows does not wait for it.
#[must_use]
pub fn begun(mut state: State, run: RunId, world: &World<'_>) -> Step {
    if let Some(frame) = state.top() {
        let frame = Frame { batch: None, ..frame.clone() };
        if state.running.len() >= MAX_RUNNING {
            state.running.remove(0);
        }
        state.running.push(Running { run, frame, turn: state.turn, is_unknown: false });
    }
    after_run(state, false, &[], world)
}

/// Notes how `run` ended. Returns its request, `None` when the conversation does not remember it, or knows already.
/// `rows` are what it returned.
pub fn ended(
    state: &mut State,
    run: RunId,
    how: Ended,
    rows: &[Map<String, Value>],
    now: NaiveDateTime,
) -> Option<Frame> {
    let at = state.running.iter().position(|running| running.run == run)?;
    if how == Ended::Unknown {
        let running = &mut state.running[at];
        return (!std::mem::replace(&mut running.is_unknown, true)).then(|| running.frame.clone());
    }
    let running = state.running.remove(at);
    if how == Ended::Succeeded {
        state.last = Some(finished(&running.frame, rows, state.turn, now));
    }
    Some(running.frame)
}

/// "取消", "撤销" with nothing else under way: the run that was begun last, unless another one ended since.
pub(crate) fn stop(state: &State) -> Option<Step> {
    let last = state.running.iter().rev().find(|running| !running.is_unknown)?;
    let is_newer = state.last.as_ref().is_none_or(|done| done.turn <= last.turn);
    (state.top().is_none() && is_newer).then(|| Step::new(state.clone(), Decision::Stop { run: last.run }))
}

/// Goes on after it was tried to stop `run`.
#[must_use]
pub fn stopped(mut state: State, run: RunId, is_stopped: bool) -> Step {
    let at = state.running.iter().position(|running| running.run == run);
    let skill = at.map(|at| state.running[at].frame.skill.clone()).unwrap_or_default();
    if let Some(at) = at.filter(|_| is_stopped) {
        state.running.remove(at);
    }
    let what = if is_stopped { Say::Cancelled(skill) } else { Say::NotStoppable { skill } };
    crate::evaluate::say(state, what)
}
