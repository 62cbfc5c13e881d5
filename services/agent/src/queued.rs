//! Runs that do not end with the turn's transaction: put into the queue, and told of once they have ended.

use chrono::NaiveDateTime;
use dialogue::{Decision, Ended, Frame, State};
use paigong_core::RunId;
use serde_json::{Map, Value, json};
use skills::{Execution as How, Skill};
use store::inbox::{self, NewItem};
use store::runs::Run;
use store::{TenantTx, runs};

use crate::Error;
use crate::answer::{Answer, Execution, ExecutionStatus};
use crate::carry_out::{Carried, Episode, Ran};
use crate::phrases::Phrases;
use crate::turn::Moment;

impl Moment<'_> {
    /// Puts a run into the queue; what a person is to do goes into the inbox as well.
    pub(crate) async fn put_off(
        &self,
        tx: &mut TenantTx,
        skill: &Skill,
        request: &dispatch::Request<'_>,
        later: Option<NaiveDateTime>,
        frame: Option<&Frame>,
    ) -> Result<(RunId, Ran), Error> {
        let at = later.and_then(|at| at.and_local_timezone(self.caller.time_zone).earliest());
        let at = at.map(|at| at.to_utc());
        let plan = dispatch::job::Plan {
            at,
            lag: self.lag,
            tries: dispatch::retry::Retry::default().tries,
            told_by_turn: self.patience + self.patience,
            ..dispatch::job::Plan::default()
        };
        let run = dispatch::job::enqueue(tx, skill, request, plan).await?;
        let mut status = if at.is_some() { ExecutionStatus::Scheduled } else { ExecutionStatus::Running };
        if let How::Handoff { queue } = &skill.run {
            let say = Phrases(request.language);
            let summary = frame.and_then(|frame| self.in_words(frame, say)).unwrap_or_default();
            let detail = json!({"skill": skill.name(), "slots": request.slots, "user": request.user});
            let new = NewItem {
                app: self.caller.app,
                conversation: request.conversation,
                run: Some(run),
                queue,
                summary: &summary,
                detail: &detail,
            };
            inbox::create(tx, &new).await?;
            let data = json!({"conversation_id": request.conversation, "user": request.user, "run_id": run, "queue": queue,
                              "summary": summary, "skill": skill.name(), "slots": request.slots});
            let topic = dispatch::events::Topic::HandoffRequested;
            dispatch::events::emit(tx, self.caller.app, Some(request.conversation), topic, data).await?;
            status = ExecutionStatus::Waiting;
        }
        let execution = Execution {
            id: run,
            skill: skill.name().to_owned(),
            status,
            scheduled_at: at,
            result: Vec::new(),
            error: None,
        };
        Ok((run, Ran { rows: Vec::new(), error: None, rule: None, execution: Some(execution), steps: Vec::new() }))
    }

    /// What a turn says that others wait for: that a person is wanted, that a yes is.
    pub(crate) async fn announce(&self, tx: &mut TenantTx, answer: &Answer, carried: &Carried) -> Result<(), Error> {
        use dispatch::events::Topic;
        let common = |more: Value| {
            let mut data = json!({"conversation_id": answer.conversation_id, "message_id": answer.message_id,
                                  "user": self.request.user, "answer": answer.answer});
            if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
                data.extend(more);
            }
            data
        };
        let (topic, data) = match (carried.episodes.last().map(|episode| &episode.decision), &answer.handoff) {
            (Some(Decision::HandOff), Some(handoff)) => {
                let detail = json!(handoff);
                let new = NewItem {
                    app: self.caller.app,
                    conversation: answer.conversation_id,
                    run: None,
                    queue: "handoff",
                    summary: &handoff.summary,
                    detail: &detail,
                };
                let item = inbox::create(tx, &new).await?;
                (Topic::HandoffRequested, common(json!({"inbox_id": item, "queue": "handoff", "handoff": handoff})))
            }
            (Some(Decision::Confirm { .. }), _) => {
                let frame = carried.frame();
                let skill = frame.map(|frame| frame.skill.as_str());
                (Topic::ConfirmPending, common(json!({"skill": skill, "slots": frame.map(Frame::values)})))
            }
            _ => return Ok(()),
        };
        dispatch::events::emit(tx, self.caller.app, Some(answer.conversation_id), topic, data).await?;
        Ok(())
    }

    /// Runs of this conversation that have ended since it was told of last, as episodes before anything else.
    pub(crate) async fn tell_ended(&self, tx: &mut TenantTx, state: &mut State) -> Result<Vec<Episode>, Error> {
        if state.running.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = state.running.iter().map(|running| running.run).collect();
        let ended = runs::untold(tx, &ids).await?;
        tell(tx, state, &ended, self.now).await
    }
}

/// Takes the outcomes into the state, and returns what is to be said about them. The conversation is locked.
pub(crate) async fn tell(
    tx: &mut TenantTx,
    state: &mut State,
    ended: &[Run],
    now: NaiveDateTime,
) -> Result<Vec<Episode>, Error> {
    let mut episodes = Vec::new();
    for run in ended {
        dispatch::job::mark_told(tx, run.id).await?;
        let ran = outcome(tx, run).await?;
        let how = match ran.status() {
            ExecutionStatus::Succeeded => Ended::Succeeded,
            ExecutionStatus::Unknown => Ended::Unknown,
            _ => Ended::Failed,
        };
        if let Some(frame) = dialogue::ended(state, run.id, how, &ran.rows, now) {
            episodes.push(Episode::new(Decision::Run, Vec::new(), Some(frame), Some(ran)));
        }
    }
    Ok(episodes)
}

/// A run of the ledger as a turn shows it.
pub(crate) async fn outcome(tx: &mut TenantTx, run: &Run) -> Result<Ran, Error> {
    let text = |key: &str| run.error.as_ref().and_then(|error| Some(error.get(key)?.as_str()?.to_owned()));
    let rows = run.result.as_ref().and_then(|result| result["rows"].as_array()).cloned().unwrap_or_default();
    let rows: Vec<Map<String, Value>> =
        rows.into_iter().filter_map(|row| if let Value::Object(row) = row { Some(row) } else { None }).collect();
    let status = ExecutionStatus::of(&run.state);
    let error = match status {
        ExecutionStatus::Failed | ExecutionStatus::Unknown => text("reason"),
        ExecutionStatus::Cancelled => Some("cancelled".to_owned()),
        _ => None,
    };
    let rule = text("constraint").filter(|_| error.as_deref() == Some("rule"));
    let execution = Execution {
        id: run.id,
        skill: run.skill.clone(),
        status,
        scheduled_at: None,
        result: rows.clone(),
        error: error.clone(),
    };
    let steps = if error.as_deref() == Some("step") { stages(&runs::steps(tx, run.id).await?) } else { Vec::new() };
    Ok(Ran { rows, error, rule, execution: Some(execution), steps })
}

/// The steps of a run and how each stands; one that was taken back is `taken_back`.
fn stages(steps: &[Run]) -> Vec<(String, String)> {
    let forward = steps.iter().filter(|run| run.undoes.is_none());
    let state = |run: &Run| {
        let was_undone = steps.iter().any(|undo| undo.undoes == Some(run.id) && undo.state == "succeeded");
        if was_undone { "taken_back".to_owned() } else { run.state.clone() }
    };
    forward.map(|run| (run.skill.clone(), state(run))).collect()
}
