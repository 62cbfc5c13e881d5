//! The part of a turn that is one transaction: claim, lock, decide, carry out, answer, save.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, NaiveDateTime, Utc};
use dialogue::{Decision, Meaning, Need, State, World};
use paigong_core::{ConversationId, Language, MessageId, TurnId};
use reasoning::{Proposal, Unavailable};
use serde_json::{Map, Value};
use store::TenantTx;
use store::conversations::{self, NewConversation};
use store::idempotency::{self, Claim};
use store::keys::Caller;
use store::turns::{self, NewTurn};

use crate::answer::{Answer, DecisionReport, Execution, Handoff, Path};
use crate::carry_out::{Carried, Episode};
use crate::kept::Kept;
use crate::reason::{self, Thought, Wanted};
use crate::understand::{Understood, milliseconds};
use crate::{Answered, App, Decided, Error, Request, registry, reply};

/// Where a turn takes place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub conversation: ConversationId,
    /// The conversation's version, which grows by one with each turn; `None` for a new one.
    pub version: Option<i64>,
}

/// Everything that is fixed while a turn's transaction runs.
pub(crate) struct Moment<'a> {
    pub caller: &'a Caller,
    pub request: &'a Request,
    /// This turn, and the conversation that it begins if it is the first: the same however often the transaction runs.
    pub turn: TurnId,
    pub new: ConversationId,
    /// Whether there is a reasoner to ask.
    pub asks: bool,
    /// Answers that a reasoner has written before.
    pub kept: &'a Kept,
    /// The app's documents, where a skill answers from them.
    pub documents: Option<Arc<knowledge::Index>>,
    /// What was embedded of the message, and its vector.
    pub vector: Option<(&'a str, &'a [f32])>,
    /// How long the turn waits for runs that it has put into the queue.
    pub patience: std::time::Duration,
    pub app: &'a Arc<App>,
    pub context: &'a Map<String, Value>,
    pub now: NaiveDateTime,
    pub at: DateTime<Utc>,
    /// How far the database's clock is ahead of `at`'s.
    pub lag: chrono::TimeDelta,
    pub started: Instant,
}

/// What a run of the turn's transaction came to.
pub(crate) enum Turned {
    /// The turn, to be committed.
    Done(Answered, Box<Carried>),
    /// The answer that the same request got before.
    Replayed(Answered),
    /// Somebody is to be asked first; all of it is to be taken back and done again then.
    Wants(Box<Wanted>),
}

impl Moment<'_> {
    pub(crate) fn world(&self) -> World<'_> {
        self.app.world(self.now, self.context)
    }

    /// The part of a turn that is one transaction. `thought`: what a reasoner said, once it was asked.
    pub(crate) async fn transact(
        &self,
        tx: &mut TenantTx,
        understood: &Understood,
        thought: Option<&Thought>,
    ) -> Result<Turned, Error> {
        let app_id = self.caller.app;
        if let Some((key, hash)) = &self.request.idempotency {
            match idempotency::claim(tx, app_id, key, hash).await? {
                Claim::New => {}
                Claim::Replay { response, .. } => {
                    let answer = serde_json::from_value(response).map_err(|_| Error::Corrupt("a stored answer"))?;
                    return Ok(Turned::Replayed(Answered { answer, replayed: true, decided: None }));
                }
                Claim::Mismatch => return Err(Error::IdempotencyMismatch),
            }
        }
        paigong_core::fault::point("turn.claimed");
        let (conversation, mut state, version) = self.conversation(tx).await?;
        let told = self.tell_ended(tx, &mut state).await?;
        let place = Place { conversation, version };
        let meaning = &understood.meaning;
        let mut report = understood.report.clone();

        let (carried, shortfall) = match self.decided(tx, state, told, understood, &mut report, place, thought).await? {
            Ok(decided) => decided,
            Err(wanted) => return Ok(Turned::Wants(wanted)),
        };
        if let Some(thought) = thought {
            reason::report(&mut report, thought);
        }
        let handoff = self.handoff(tx, &carried, (conversation, version), meaning).await?;
        let mut answer = self.answer(conversation, self.turn, &carried, report, handoff);
        answer.degraded = shortfall.is_some();
        answer.degraded_reason = shortfall.map(|why| why.name().to_owned());

        self.save(tx, &answer, meaning, &carried.state, version).await?;
        self.announce(tx, &answer, &carried).await?;
        self.suggest(tx, &carried, conversation).await?;
        paigong_core::fault::point("turn.before_commit");
        let decision = carried.episodes.last().map_or(Decision::Done, |episode| episode.decision.clone());
        let decided = Decided { decision, skill: carried.frame().map(|frame| frame.skill.clone()) };
        Ok(Turned::Done(Answered { answer, replayed: false, decided: Some(decided) }, Box::new(carried)))
    }

    /// Decides and does what was decided; with a proposal, where the dialogue alone came to nothing. `Err`: a reasoner is
    /// to be asked first.
    #[expect(clippy::too_many_arguments, reason = "one call; what it needs has nothing else in common")]
    async fn decided(
        &self,
        tx: &mut TenantTx,
        state: State,
        told: Vec<Episode>,
        understood: &Understood,
        report: &mut DecisionReport,
        place: Place,
        thought: Option<&Thought>,
    ) -> Result<Result<(Carried, Option<Unavailable>), Box<Wanted>>, Error> {
        let meaning = &understood.meaning;
        let mut no_plan = None;
        if self.asks && dialogue::needs_plan(&state, meaning) {
            match thought.map(|thought| thought.about(&Need::Plan, place.version)) {
                None => return Ok(Err(Box::new(self.wanted(tx, Need::Plan, &state, report, place).await?))),
                Some(Some(Ok(Proposal::Plan { steps }))) => {
                    let planned = self.planned(tx, state.clone(), steps, meaning, place).await?;
                    if let Some(step) = planned {
                        report.path = Path::Llm;
                        return Ok(Ok((self.carry_out(tx, step, told, place, false, thought).await?, None)));
                    }
                }
                Some(Some(Err(why))) => no_plan = Some(why),
                Some(_) => {}
            }
        }
        let deciding = Instant::now();
        let weighed = if self.documents.is_some() { self.weighed(tx, meaning).await? } else { None };
        let meaning = weighed.as_ref().unwrap_or(meaning);
        let step = dialogue::step(state, meaning, &self.world());
        report.timings.insert("decide".into(), milliseconds(deciding));
        let has_more = !meaning.more.is_empty();
        let before = told.len();
        let mut carried = self.carry_out(tx, step, told, place, has_more, thought).await?;

        let decision = reason::decision(&carried, before);
        if decision.is_some_and(|decision| dialogue::may_be_answered(meaning, decision))
            && let Some(skill) = self.answering(tx, meaning).await?
        {
            let reading = dialogue::Reasoned::Skill { skill, slots: Map::new() };
            carried = self.instead(tx, carried, meaning, &reading, place, thought).await?;
        }
        if thought.is_none()
            && let Some(wanted) = self.to_compose(&carried.episodes, carried.state.language(), place)
        {
            return Ok(Err(Box::new(wanted)));
        }
        let decision = reason::decision(&carried, before);
        let Some(need) = decision.and_then(|decision| dialogue::need(&carried.state, meaning, decision)) else {
            return Ok(Ok((carried, no_plan.or_else(|| thought.and_then(Thought::no_answer)))));
        };
        let reading = match thought.map(|thought| thought.about(&need, place.version)) {
            None if self.asks => {
                return Ok(Err(Box::new(self.wanted(tx, need, &carried.state, report, place).await?)));
            }
            None => return Ok(Ok((carried, Some(Unavailable::NotConfigured)))),
            Some(Some(Ok(proposal))) => reason::as_reading(proposal),
            Some(Some(Err(why))) => return Ok(Ok((carried, Some(why)))),
            // It was about something else: another message came in between.
            Some(None) => return Ok(Ok((carried, no_plan))),
        };
        if reading != dialogue::Reasoned::Nothing {
            report.path = Path::Llm;
        }
        Ok(Ok((self.instead(tx, carried, meaning, &reading, place, thought).await?, None)))
    }

    /// Takes `reading` instead of what the last episode says.
    async fn instead(
        &self,
        tx: &mut TenantTx,
        mut carried: Carried,
        meaning: &Meaning,
        reading: &dialogue::Reasoned,
        place: Place,
        thought: Option<&Thought>,
    ) -> Result<Carried, Error> {
        let Some(last) = carried.episodes.pop() else { return Ok(carried) };
        let Episode { decision, resumable, notes, .. } = last;
        let step = dialogue::Step { state: carried.state, decision, resumable, notes };
        let step = dialogue::with_reasoned(step, meaning, reading, &self.world());
        self.carry_out(tx, step, carried.episodes, place, !meaning.more.is_empty(), thought).await
    }

    /// The conversation's state, locked, or a new one; `version` is `None` for a new one.
    async fn conversation(&self, tx: &mut TenantTx) -> Result<(ConversationId, State, Option<i64>), Error> {
        let Some(id) = self.request.conversation else {
            let state = State { language: Some(self.caller.default_language), ..State::default() };
            return Ok((self.new, state, None));
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
            citations: carried.citations(),
            degraded: false,
            degraded_reason: None,
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
