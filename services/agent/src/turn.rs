//! The part of a turn that is one transaction: claim, lock, decide, carry out, answer, save.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, NaiveDateTime, Utc};
use dialogue::{Decision, Meaning, State, World};
use paigong_core::{ConversationId, Language, MessageId, TurnId};
use serde_json::{Map, Value};
use store::TenantTx;
use store::conversations::{self, NewConversation};
use store::idempotency::{self, Claim};
use store::keys::Caller;
use store::turns::{self, NewTurn};

use crate::answer::{Answer, DecisionReport, Execution, Handoff};
use crate::carry_out::Carried;
use crate::understand::{Understood, milliseconds};
use crate::{Answered, App, Decided, Error, Request, registry, reply};

/// Everything that is fixed while a turn's transaction runs.
pub(crate) struct Moment<'a> {
    pub caller: &'a Caller,
    pub request: &'a Request,
    /// How long the turn waits for runs that it has put into the queue.
    pub patience: std::time::Duration,
    pub app: &'a Arc<App>,
    pub context: &'a Map<String, Value>,
    pub now: NaiveDateTime,
    pub at: DateTime<Utc>,
    pub started: Instant,
}

impl Moment<'_> {
    pub(crate) fn world(&self) -> World<'_> {
        self.app.world(self.now, self.context)
    }

    /// The part of a turn that is one transaction.
    pub(crate) async fn transact(
        &self,
        tx: &mut TenantTx,
        understood: &Understood,
    ) -> Result<(Answered, Option<Carried>), Error> {
        let app_id = self.caller.app;
        if let Some((key, hash)) = &self.request.idempotency {
            match idempotency::claim(tx, app_id, key, hash).await? {
                Claim::New => {}
                Claim::Replay { response, .. } => {
                    let answer = serde_json::from_value(response).map_err(|_| Error::Corrupt("a stored answer"))?;
                    return Ok((Answered { answer, replayed: true, decided: None }, None));
                }
                Claim::Mismatch => return Err(Error::IdempotencyMismatch),
            }
        }
        paigong_core::fault::point("turn.claimed");
        let (conversation, mut state, version) = self.conversation(tx).await?;
        let told = self.tell_ended(tx, &mut state).await?;
        let turn = TurnId::new();
        let meaning = &understood.meaning;
        let mut report = understood.report.clone();

        let deciding = Instant::now();
        let step = dialogue::step(state, meaning, &self.world());
        report.timings.insert("decide".into(), milliseconds(deciding));

        let carried = self.carry_out(tx, step, told, (conversation, turn), !meaning.more.is_empty()).await?;
        let handoff = self.handoff(tx, &carried, (conversation, version), meaning).await?;
        let answer = self.answer(conversation, turn, &carried, report, handoff);

        self.save(tx, &answer, meaning, &carried.state, version).await?;
        self.announce(tx, &answer, &carried).await?;
        paigong_core::fault::point("turn.before_commit");
        let decision = carried.episodes.last().map_or(Decision::Done, |episode| episode.decision.clone());
        let decided = Decided { decision, skill: carried.frame().map(|frame| frame.skill.clone()) };
        Ok((Answered { answer, replayed: false, decided: Some(decided) }, Some(carried)))
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
        for frame in state.frames.iter().chain(state.running.iter().map(|running| &running.frame)) {
            if dialogue::Catalogue::version(self.app.as_ref(), &frame.skill, frame.version).is_none() {
                registry::fetch_version(tx, self.app, self.caller.app, &frame.skill, frame.version).await?;
            }
        }
        Ok((id, state, Some(found.version)))
    }

    pub(crate) fn answer(
        &self,
        conversation: ConversationId,
        turn: TurnId,
        carried: &Carried,
        mut report: DecisionReport,
        handoff: Option<Handoff>,
    ) -> Answer {
        let material = reply::Material {
            app: self.app,
            context: self.context,
            state: &carried.state,
            today: self.now.date(),
            more: &carried.later,
        };
        let reply = reply::reply(&carried.episodes, &material);
        report.slots = carried.frame().map(slots_of).unwrap_or_default();
        report.timings.insert("turn".into(), milliseconds(self.started));
        let executions: Vec<Execution> =
            carried.episodes.iter().filter_map(|episode| episode.ran.as_ref()?.execution.clone()).collect();
        Answer {
            conversation_id: conversation,
            message_id: MessageId(turn.0),
            answer: reply.text,
            language: carried.state.language(),
            dialog_action: reply.action,
            decision: report,
            execution: executions.last().cloned(),
            executions,
            handoff,
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
