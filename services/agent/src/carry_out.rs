//! Does what decisions need from the database, one after another, until there is nothing left but to answer. A turn may
//! hold several: the runs of a batch, a request that was answered and the next one that waited for it.

use dialogue::{Decision, Frame, Note, Say, State, Step};
use serde_json::{Map, Value};
use store::TenantTx;

use crate::Error;
use crate::answer::{Citation, Execution, ExecutionStatus};
use crate::documents::{Answered, Sought};
use crate::reason::Thought;
use crate::turn::{Moment, Place};

/// Steps that one turn may take. The dialogue ends by itself long before; this is against a fault of ours.
const MAX_STEPS: usize = 100;

/// Something that was decided and done.
pub(crate) struct Episode {
    pub decision: Decision,
    /// What else is to be mentioned, before it.
    pub notes: Vec<Note>,
    /// The request that it is about, also after its run ended it.
    pub frame: Option<Frame>,
    /// A request that was left and is offered again: its skill.
    pub resumable: Option<String>,
    pub ran: Option<Ran>,
    /// What a run that is to be confirmed would do; of a batch, each item's.
    pub previews: Vec<dispatch::Preview>,
    /// What an answer from documents rests on.
    pub citations: Vec<Citation>,
    /// Where no document answers: the places that come nearest.
    pub related: Vec<String>,
    /// What was found for an answer that a reasoner may write.
    pub sought: Option<Sought>,
}

/// What came of a run, for the reply.
pub(crate) struct Ran {
    pub rows: Vec<Map<String, Value>>,
    pub error: Option<String>,
    /// The rule that stood in its way when it was run: `rule.0`, or `missing`.
    pub rule: Option<String>,
    pub execution: Option<Execution>,
    /// Of a run of several steps that stopped: each step's skill and how it stands.
    pub steps: Vec<(String, String)>,
}

impl Ran {
    pub(crate) fn status(&self) -> ExecutionStatus {
        let without = if self.error.is_some() { ExecutionStatus::Failed } else { ExecutionStatus::Succeeded };
        self.execution.as_ref().map_or(without, |execution| execution.status)
    }
}

/// All that a turn came to.
pub(crate) struct Carried {
    pub state: State,
    /// At least one.
    pub episodes: Vec<Episode>,
    /// Requests of this message that wait: their skills.
    pub later: Vec<String>,
}

impl Carried {
    /// What the answers from documents rest on.
    pub(crate) fn citations(&self) -> Vec<Citation> {
        self.episodes.iter().flat_map(|episode| episode.citations.iter().cloned()).collect()
    }

    /// The request that the end of the answer is about.
    pub(crate) fn frame(&self) -> Option<&Frame> {
        self.episodes.iter().rev().find_map(|episode| episode.frame.as_ref())
    }
}

impl Moment<'_> {
    /// Carries out `step` and what follows from it, after the episodes in `told`.
    pub(crate) async fn carry_out(
        &self,
        tx: &mut TenantTx,
        mut step: Step,
        told: Vec<Episode>,
        place: Place,
        has_more: bool,
        thought: Option<&Thought>,
    ) -> Result<Carried, Error> {
        let mut episodes: Vec<Episode> = told;
        let mut notes: Vec<Note> = Vec::new();
        for _ in 0..MAX_STEPS {
            notes.append(&mut step.notes);
            let frame = step.state.top().cloned();
            let skill = frame.as_ref().and_then(|frame| self.world().of(frame));
            let slots = frame.as_ref().map(Frame::values).unwrap_or_default();
            let request = dispatch::Request {
                app: self.caller.app,
                conversation: place.conversation,
                turn: self.turn,
                user: &self.request.user,
                context: &self.request.context,
                now: self.now,
                language: step.state.language(),
                time_zone: self.caller.time_zone,
                slots: &slots,
                limits: dispatch::Limits::default(),
            };
            let Step { state, decision, resumable, .. } = step;
            step = match (decision, skill) {
                (Decision::Look, Some(skill)) => match dispatch::facts(tx, &skill, &request).await {
                    Ok(row) => dialogue::with_facts(state, row, &self.world()),
                    Err(error) => {
                        let ran = failed(error, "facts")?;
                        episodes.push(episode(Decision::Run, &mut notes, frame, Some(ran)));
                        dialogue::after_run(state, false, &[], &self.world())
                    }
                },
                (Decision::LookUp { slot }, Some(skill)) => {
                    match dispatch::choices(tx, &skill, &slot, &request).await {
                        Ok(rows) => dialogue::with_choices(state, &slot, &rows, &self.world()),
                        Err(error) => {
                            let ran = failed(error, "lookup")?;
                            episodes.push(episode(Decision::Run, &mut notes, frame, Some(ran)));
                            dialogue::after_run(state, false, &[], &self.world())
                        }
                    }
                }
                (Decision::Run, Some(skill))
                    if !skill.run.is_local() || frame.as_ref().is_some_and(|frame| frame.later.is_some()) =>
                {
                    let later = frame.as_ref().and_then(|frame| frame.later);
                    let (run, ran) = self.put_off(tx, &skill, &request, later, frame.as_ref()).await?;
                    episodes.push(episode(Decision::Run, &mut notes, frame, Some(ran)));
                    dialogue::begun(state, run, &self.world())
                }
                (Decision::Stop { run }, _) => {
                    let stopped = dispatch::reap::cancel(tx, run).await? == dispatch::reap::Cancelled::Yes;
                    if stopped {
                        dispatch::job::mark_told(tx, run).await?;
                        store::inbox::close_for_run(tx, run).await?;
                    }
                    dialogue::stopped(state, run, stopped)
                }
                (Decision::Run, Some(skill)) if skill.run.is_knowledge() => {
                    let question = frame.as_ref().map(|frame| frame.utterance.clone()).unwrap_or_default();
                    let answered = self.answered(tx, &skill, &request, question.trim(), thought).await?;
                    let next = dialogue::after_run(state, true, &answered.ran.rows, &self.world());
                    let Answered { ran, citations, related, sought } = answered;
                    let episode = episode(Decision::Run, &mut notes, frame, Some(ran));
                    episodes.push(Episode { citations, related, sought, ..episode });
                    next
                }
                (Decision::Run, Some(skill)) => {
                    let ran = ran(&skill, dispatch::run(tx, &skill, &request).await?);
                    let next = dialogue::after_run(state, ran.error.is_none(), &ran.rows, &self.world());
                    episodes.push(episode(Decision::Run, &mut notes, frame, Some(ran)));
                    next
                }
                (Decision::Done, _) => {
                    if let Some(last) = episodes.last_mut() {
                        last.resumable = resumable;
                    }
                    return Ok(carried(state, episodes, has_more));
                }
                (decision @ Decision::Say(_), _) if !state.queue.is_empty() => {
                    episodes.push(episode(decision, &mut notes, frame, None));
                    dialogue::go_on(state, &self.world())
                }
                (decision @ Decision::Confirm { .. }, Some(skill)) if skill.manifest.preview => {
                    match previews(tx, &skill, &request, frame.as_ref()).await? {
                        Ok(previews) if previews.iter().any(|preview| preview.count > 0) => {
                            let episode = episode(decision, &mut notes, frame, None);
                            episodes.push(Episode { resumable, previews, ..episode });
                            return Ok(carried(state, episodes, has_more));
                        }
                        // It would change nothing, or fail: that is said now and not after a yes.
                        failed => {
                            let reason =
                                failed.err().map_or(dispatch::Reason::NothingChanged, |failure| failure.reason);
                            episodes.push(episode(Decision::Run, &mut notes, frame, Some(not_run(reason))));
                            dropped(state, &self.world())
                        }
                    }
                }
                (decision, _) => {
                    let withdrawn = matches!(decision, Decision::Look | Decision::LookUp { .. } | Decision::Run);
                    let decision = if withdrawn { Decision::Say(Say::Withdrawn) } else { decision };
                    episodes.push(Episode { resumable, ..episode(decision, &mut notes, frame, None) });
                    return Ok(carried(state, episodes, has_more));
                }
            };
        }
        Err(Error::Corrupt("a conversation that does not come to an end"))
    }
}

impl Episode {
    /// Something that was decided, and what came of it if it was done.
    pub(crate) fn new(decision: Decision, notes: Vec<Note>, frame: Option<Frame>, ran: Option<Ran>) -> Self {
        let (previews, citations, related) = (Vec::new(), Vec::new(), Vec::new());
        Self { decision, notes, frame, resumable: None, ran, previews, citations, related, sought: None }
    }
}

fn episode(decision: Decision, notes: &mut Vec<Note>, frame: Option<Frame>, ran: Option<Ran>) -> Episode {
    Episode::new(decision, std::mem::take(notes), frame, ran)
}

/// What the statement would do for the request, or for each item of its batch.
async fn previews(
    tx: &mut TenantTx,
    skill: &skills::Skill,
    request: &dispatch::Request<'_>,
    frame: Option<&Frame>,
) -> Result<Result<Vec<dispatch::Preview>, dispatch::Failure>, Error> {
    let items = frame.and_then(|frame| frame.batch.as_ref()).map(|batch| batch.items.as_slice()).unwrap_or_default();
    let ready = items.iter().filter_map(|item| item.ready.as_ref());
    let mut all: Vec<Map<String, Value>> = ready
        .map(|ready| ready.slots.iter().map(|(name, filled)| (name.clone(), filled.value.clone())).collect())
        .collect();
    if all.is_empty() {
        all.push(request.slots.clone());
    }
    let mut previews = Vec::with_capacity(all.len());
    for slots in &all {
        match dispatch::preview(tx, skill, &dispatch::Request { slots, ..*request }).await? {
            Ok(preview) => previews.push(preview),
            Err(failure) => {
                tracing::warn!(skill = skill.name(), %failure, "a preview failed");
                return Ok(Err(failure));
            }
        }
    }
    Ok(Ok(previews))
}

/// Ends the request on top with all its items.
fn dropped(mut state: State, world: &dialogue::World<'_>) -> Step {
    if let Some(frame) = state.frames.last_mut() {
        frame.batch = None;
    }
    dialogue::after_run(state, false, &[], world)
}

/// A run that is not begun, since it would come to this.
fn not_run(reason: dispatch::Reason) -> Ran {
    Ran { rows: Vec::new(), error: Some(reason.name()), rule: None, execution: None, steps: Vec::new() }
}

fn carried(state: State, episodes: Vec<Episode>, has_more: bool) -> Carried {
    let waiting = || state.queue.iter().map(|queued| queued.skill.clone()).collect();
    let later = if has_more { waiting() } else { Vec::new() };
    Carried { state, episodes, later }
}

/// A query before the run that failed: a fault of the skill, for its owner's log; the user is told that it did not work.
fn failed(error: dispatch::Error, what: &str) -> Result<Ran, Error> {
    match error {
        dispatch::Error::Facts { skill, failure } => {
            tracing::error!(skill, %failure, what, "what a skill must look up first can't be looked up");
            Ok(Ran { rows: Vec::new(), error: Some(what.to_owned()), rule: None, execution: None, steps: Vec::new() })
        }
        error => Err(error.into()),
    }
}

/// A run's outcome as the answer shows it.
pub(crate) fn ran(skill: &skills::Skill, outcome: dispatch::Outcome) -> Ran {
    if let Some(failure) = outcome.error.as_ref().filter(|failure| failure.reason != dispatch::Reason::NothingChanged) {
        tracing::warn!(skill = skill.name(), run = %outcome.run_id, reason = ?failure.reason, sqlstate = failure.sqlstate, "a run failed");
    }
    let error = outcome.error.as_ref().map(|failure| failure.reason.name());
    let status = match outcome.status {
        dispatch::Status::Succeeded => ExecutionStatus::Succeeded,
        dispatch::Status::Failed => ExecutionStatus::Failed,
    };
    let execution = Execution {
        id: outcome.run_id,
        skill: skill.name().to_owned(),
        status,
        scheduled_at: None,
        result: outcome.rows.clone(),
        error: error.clone(),
    };
    Ran { rows: outcome.rows, error, rule: None, execution: Some(execution), steps: Vec::new() }
}
