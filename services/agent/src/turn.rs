//! The part of a turn that is one transaction: claim, lock, decide, carry out, answer, save.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, NaiveDateTime, Utc};
use dialogue::{Decision, Meaning, State, Step, World};
use paigong_core::{ConversationId, Language, MessageId, TurnId};
use serde_json::{Map, Value};
use store::TenantTx;
use store::conversations::{self, NewConversation};
use store::idempotency::{self, Claim};
use store::keys::Caller;
use store::turns::{self, NewTurn};

use crate::answer::{Answer, DecisionReport, Execution, ExecutionStatus};
use crate::understand::{Understood, milliseconds};
use crate::{Answered, App, Decided, Error, Request, registry, reply};

/// What came of a run, for the reply.
pub(crate) struct Ran {
    pub rows: Vec<Map<String, Value>>,
    pub error: Option<String>,
    pub execution: Option<Execution>,
}

/// Everything that is fixed while a turn's transaction runs.
pub(crate) struct Moment<'a> {
    pub caller: &'a Caller,
    pub request: &'a Request,
    pub app: &'a Arc<App>,
    pub calendar: &'a values::Calendar,
    pub context: &'a Map<String, Value>,
    pub now: NaiveDateTime,
    pub at: DateTime<Utc>,
    pub started: Instant,
}

impl Moment<'_> {
    fn world(&self) -> World<'_> {
        World { catalogue: self.app.as_ref(), calendar: self.calendar, now: self.now, context: self.context }
    }

    /// The part of a turn that is one transaction.
    pub(crate) async fn transact(&self, tx: &mut TenantTx, understood: &Understood) -> Result<Answered, Error> {
        let app_id = self.caller.app;
        if let Some((key, hash)) = &self.request.idempotency {
            match idempotency::claim(tx, app_id, key, hash).await? {
                Claim::New => {}
                Claim::Replay { response, .. } => {
                    let answer = serde_json::from_value(response).map_err(|_| Error::Corrupt("a stored answer"))?;
                    return Ok(Answered { answer, replayed: true, decided: None });
                }
                Claim::Mismatch => return Err(Error::IdempotencyMismatch),
            }
        }
        let (conversation, state, version) = self.conversation(tx).await?;
        let turn = TurnId::new();
        let meaning = &understood.meaning;
        let mut report = understood.report.clone();

        let deciding = Instant::now();
        let step = dialogue::step(state, meaning, &self.world());
        report.timings.insert("decide".into(), milliseconds(deciding));

        let (step, frame, ran) = self.carry_out(tx, step, conversation, turn).await?;
        let answer = self.answer(conversation, turn, &step, frame.as_ref(), ran, report);

        self.save(tx, &answer, meaning, &step.state, version).await?;
        let decided = Decided { decision: step.decision, skill: frame.map(|frame| frame.skill) };
        Ok(Answered { answer, replayed: false, decided: Some(decided) })
    }

    /// The conversation's state, locked, or a new one; `version` is `None` for a new one.
    async fn conversation(&self, tx: &mut TenantTx) -> Result<(ConversationId, State, Option<i64>), Error> {
        let Some(id) = self.request.conversation else {
            let state = State { language: Some(self.caller.default_language), ..State::default() };
            return Ok((ConversationId::new(), state, None));
        };
        let found =
            conversations::load(tx, self.caller.app, &self.request.user, id).await?.ok_or(Error::NoConversation)?;
        conversations::lock(tx, id, found.version).await?;
        let state: State = serde_json::from_value(found.state).map_err(|_| Error::Corrupt("a conversation's state"))?;
        for frame in &state.frames {
            if dialogue::Catalogue::version(self.app.as_ref(), &frame.skill, frame.version).is_none() {
                registry::fetch_version(tx, self.app, self.caller.app, &frame.skill, frame.version).await?;
            }
        }
        Ok((id, state, Some(found.version)))
    }

    /// Does what the decision needs from the database, until there is nothing left but to answer.
    async fn carry_out(
        &self,
        tx: &mut TenantTx,
        mut step: Step,
        conversation: ConversationId,
        turn: TurnId,
    ) -> Result<(Step, Option<dialogue::Frame>, Option<Ran>), Error> {
        loop {
            let frame = step.state.top().cloned();
            let Some(skill) = frame.as_ref().and_then(|frame| self.world().of(frame)) else {
                return Ok((step, frame, None));
            };
            let slots = frame.as_ref().map(dialogue::Frame::values).unwrap_or_default();
            let request = dispatch::Request {
                conversation,
                turn,
                user: &self.request.user,
                now: self.now,
                time_zone: self.caller.time_zone,
                slots: &slots,
                limits: dispatch::Limits::default(),
            };
            match step.decision {
                Decision::Look => match dispatch::facts(tx, &skill, &request).await {
                    Ok(row) => step = dialogue::with_facts(step.state, row, &self.world()),
                    Err(dispatch::Error::Facts { skill, failure }) => {
                        tracing::error!(skill, %failure, "the facts of a skill can't be looked up");
                        let ran = Ran { rows: Vec::new(), error: Some("facts".into()), execution: None };
                        let (state, resumable) = dialogue::after_run(step.state, false, Map::new());
                        return Ok((Step { state, decision: Decision::Run, resumable }, frame, Some(ran)));
                    }
                    Err(error) => return Err(error.into()),
                },
                Decision::Run => {
                    let outcome = dispatch::run(tx, &skill, &request).await?;
                    let ran = ran(&skill, outcome);
                    let row = ran.rows.first().cloned().unwrap_or_default();
                    let (state, resumable) = dialogue::after_run(step.state, ran.error.is_none(), row);
                    return Ok((Step { state, decision: Decision::Run, resumable }, frame, Some(ran)));
                }
                _ => return Ok((step, frame, None)),
            }
        }
    }

    fn answer(
        &self,
        conversation: ConversationId,
        turn: TurnId,
        step: &Step,
        frame: Option<&dialogue::Frame>,
        ran: Option<Ran>,
        mut report: DecisionReport,
    ) -> Answer {
        let material = reply::Material {
            app: self.app,
            context: self.context,
            state: &step.state,
            frame,
            today: self.now.date(),
            resumable: step.resumable.as_deref(),
            ran: ran.as_ref(),
        };
        let reply = reply::reply(&step.decision, &material);
        report.slots = frame.map(slots_of).unwrap_or_default();
        report.timings.insert("turn".into(), milliseconds(self.started));
        Answer {
            conversation_id: conversation,
            message_id: MessageId(turn.0),
            answer: reply.text,
            language: step.state.language(),
            dialog_action: reply.action,
            decision: report,
            execution: ran.and_then(|ran| ran.execution),
            degraded: false,
            created_at: self.at,
        }
    }

    /// Writes the turn, the state and the stored answer.
    async fn save(
        &self,
        tx: &mut TenantTx,
        answer: &Answer,
        meaning: &Meaning,
        state: &State,
        version: Option<i64>,
    ) -> Result<(), Error> {
        let id = answer.conversation_id;
        let state_json = serde_json::to_value(state).map_err(|_| Error::Corrupt("a state to be stored"))?;
        let response = serde_json::to_value(answer).map_err(|_| Error::Corrupt("an answer to be stored"))?;
        let decision = serde_json::to_value(&answer.decision).unwrap_or_default();
        let language: Language = state.language();
        match version {
            Some(version) => drop(conversations::save(tx, id, version, &state_json, language).await?),
            None => {
                let new = NewConversation {
                    id,
                    app: self.caller.app,
                    end_user: &self.request.user,
                    state: &state_json,
                    language,
                };
                conversations::insert(tx, &new).await?;
            }
        }
        let trace = Value::Object(answer.decision.timings.clone());
        let with = self.request.beside_query();
        let new = NewTurn {
            id: TurnId(answer.message_id.0),
            conversation: id,
            query: &meaning.text,
            request: with.as_ref(),
            answer: &answer.answer,
            response: &response,
            decision: &decision,
            trace: &trace,
        };
        turns::insert(tx, &new).await?;
        if let Some((key, _)) = &self.request.idempotency {
            idempotency::store(tx, self.caller.app, key, 200, &response).await?;
        }
        Ok(())
    }
}

/// The slots of a request with where each value came from.
pub(crate) fn slots_of(frame: &dialogue::Frame) -> Map<String, Value> {
    let json = |filled: &dialogue::Filled| serde_json::to_value(filled).unwrap_or_default();
    frame.slots.iter().map(|(name, filled)| (name.clone(), json(filled))).collect()
}

/// A run's outcome as the answer shows it.
fn ran(skill: &skills::Skill, outcome: dispatch::Outcome) -> Ran {
    if let Some(failure) = outcome.error.as_ref().filter(|failure| failure.reason != dispatch::Reason::NothingChanged) {
        tracing::warn!(skill = skill.name(), run = %outcome.run_id, reason = ?failure.reason, sqlstate = failure.sqlstate, "a run failed");
    }
    let error = outcome.error.as_ref().and_then(|failure| {
        let reason = serde_json::to_value(failure.reason).ok()?;
        reason.as_str().map(str::to_owned)
    });
    let status = match outcome.status {
        dispatch::Status::Succeeded => ExecutionStatus::Succeeded,
        dispatch::Status::Failed => ExecutionStatus::Failed,
    };
    let execution = Execution {
        id: outcome.run_id,
        skill: skill.name().to_owned(),
        status,
        result: outcome.rows.clone(),
        error: error.clone(),
    };
    Ran { rows: outcome.rows, error, execution: Some(execution) }
}
