//! One turn, start to end: load → understand → decide → execute → answer → commit. The only place that knows the order.
//!
//! [`Agent::turn`] is the story; what it calls:
//! * `understand`: message → dialogue act, typed values, likely skills
//! * `dialogue::step`: (state, meaning) → (state, decision), pure
//! * `dispatch`: facts and runs of SQL skills, inside the turn's transaction
//! * `reply`: decision → text, buttons, schema
//!
//! Everything a turn writes (its effect, the run, the messages, the new state, the stored answer of its idempotency key)
//! is one transaction: a crash leaves either all of it or nothing.

mod answer;
mod app;
mod error;
mod phrases;
mod registry;
mod reply;
mod understand;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, Utc};
use dialogue::{Decision, Meaning, Payload, State, Step, World};
use paigong_core::{Clock, ConversationId, Language, MessageId, TurnId};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::conversations::{self, NewConversation};
use store::idempotency::{self, Claim};
use store::keys::Caller;
use store::turns::{self, NewTurn};
use store::{Store, TenantTx};
use understanding::encoder::Encoder;

pub use answer::{
    ActionKind, Answer, CandidateReport, Choice, DecisionReport, DialogAction, Execution, ExecutionStatus,
    NeighbourReport, Path,
};
pub use app::{App, BuildError};
pub use error::Error;

use registry::Registry;
use understand::{Means, Understood, milliseconds, understand};

/// What an agent is made of.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where "now" comes from.
    pub clock: Clock,
    /// How long understanding may take before the turn is given up.
    pub understanding_deadline: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Clock::System, understanding_deadline: Duration::from_secs(5) }
    }
}

/// How often a turn's transaction is tried when Postgres asks for it to be done again (serialisation, deadlock).
const MAX_ATTEMPTS: u32 = 3;

/// A message of an end user, authenticated and parsed.
#[derive(Debug, Clone)]
pub struct Request {
    /// What was typed; empty with a button or a form.
    pub query: String,
    /// The end user as the integrator names them.
    pub user: String,
    /// The conversation to go on with.
    pub conversation: Option<ConversationId>,
    /// A button that was pressed.
    pub payload: Option<Payload>,
    /// Values of a form.
    pub inputs: Map<String, Value>,
    /// More about the user's identity, as asserted by the holder of the app key.
    pub context: Map<String, Value>,
    /// The `Idempotency-Key` and the hash of the request's body.
    pub idempotency: Option<(String, [u8; 32])>,
}

impl Request {
    /// SHA-256 of a request's body, to tell a repetition from another request.
    #[must_use]
    pub fn hash(body: &[u8]) -> [u8; 32] {
        Sha256::digest(body).into()
    }
}

/// An answer, and whether it was given before to the same `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Whether it was only read back.
    pub replayed: bool,
}

/// What came of a run, for the reply.
pub(crate) struct Ran {
    pub rows: Vec<Map<String, Value>>,
    pub error: Option<String>,
    pub execution: Option<Execution>,
}

/// Handles turns. Clones share everything.
#[derive(Clone)]
pub struct Agent {
    store: Store,
    encoder: Encoder,
    registry: Arc<Registry>,
    calendar: Arc<values::Calendar>,
    options: Options,
}

impl Agent {
    /// Puts an agent together. Embeds the background utterances, which takes about a second.
    ///
    /// # Errors
    /// When the encoder can't embed.
    pub async fn new(store: Store, encoder: Encoder, options: Options) -> Result<Self, BuildError> {
        let registry = Arc::new(Registry::new(store.clone(), encoder.clone()).await?);
        let calendar = Arc::new(values::Calendar::mainland_china());
        Ok(Self { store, encoder, registry, calendar, options })
    }

    /// The live app of a caller, built or rebuilt if need be.
    ///
    /// # Errors
    /// When its skills can't be read or learnt.
    pub async fn app(&self, caller: &Caller) -> Result<Arc<App>, Error> {
        Ok(self.registry.get(caller.tenant, caller.app, caller.revision).await?)
    }

    /// Handles one message.
    ///
    /// # Errors
    /// [`Error`] says which; nothing was changed then.
    pub async fn turn(&self, caller: &Caller, request: &Request) -> Result<Answered, Error> {
        let started = Instant::now();
        let app = self.app(caller).await?;
        let at = self.options.clock.now();
        let now = at.with_timezone(&caller.time_zone).naive_local();
        let context = identity(request);

        let means = Means {
            encoder: &self.encoder,
            app: &app,
            calendar: &self.calendar,
            now,
            context: &context,
            deadline: Instant::now() + self.options.understanding_deadline,
        };
        let understood = understand(request, means).await?;

        let moment =
            Moment { caller, request, app: &app, calendar: &self.calendar, context: &context, now, at, started };
        let mut attempt = 1;
        loop {
            let mut tx = self.store.begin(caller.tenant).await?;
            let result = match moment.transact(&mut tx, &understood).await {
                Ok(answered) if answered.replayed => tx.rollback().await.map(|()| answered).map_err(Error::from),
                Ok(answered) => tx.commit().await.map(|()| answered).map_err(Error::from),
                // The connection rolls back when the transaction is dropped, also where it can't be asked to any more.
                Err(error) => Err(error),
            };
            match result {
                Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    /// Understands a message without a conversation: what would be decided for it as a first message.
    ///
    /// # Errors
    /// [`Error`] says which.
    pub async fn parse(&self, caller: &Caller, request: &Request) -> Result<DecisionReport, Error> {
        let app = self.app(caller).await?;
        let now = self.options.clock.now().with_timezone(&caller.time_zone).naive_local();
        let context = identity(request);
        let means = Means {
            encoder: &self.encoder,
            app: &app,
            calendar: &self.calendar,
            now,
            context: &context,
            deadline: Instant::now() + self.options.understanding_deadline,
        };
        let Understood { meaning, mut report } = understand(request, means).await?;
        let world = World { catalogue: app.as_ref(), calendar: &self.calendar, now, context: &context };
        let step = dialogue::step(State::default(), &meaning, &world);
        report.slots = step.state.top().map(slots_of).unwrap_or_default();
        Ok(report)
    }
}

/// Everything that is fixed while a turn's transaction runs.
struct Moment<'a> {
    caller: &'a Caller,
    request: &'a Request,
    app: &'a Arc<App>,
    calendar: &'a values::Calendar,
    context: &'a Map<String, Value>,
    now: NaiveDateTime,
    at: DateTime<Utc>,
    started: Instant,
}

impl Moment<'_> {
    fn world(&self) -> World<'_> {
        World { catalogue: self.app.as_ref(), calendar: self.calendar, now: self.now, context: self.context }
    }

    /// The part of a turn that is one transaction.
    async fn transact(&self, tx: &mut TenantTx, understood: &Understood) -> Result<Answered, Error> {
        let app_id = self.caller.app;
        if let Some((key, hash)) = &self.request.idempotency {
            match idempotency::claim(tx, app_id, key, hash).await? {
                Claim::New => {}
                Claim::Replay { response, .. } => {
                    let answer = serde_json::from_value(response).map_err(|_| Error::Corrupt("a stored answer"))?;
                    return Ok(Answered { answer, replayed: true });
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
        Ok(Answered { answer, replayed: false })
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
        let new = NewTurn {
            id: TurnId(answer.message_id.0),
            conversation: id,
            query: &meaning.text,
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

/// Who is asking: what the integrator asserts, and always the user's name.
fn identity(request: &Request) -> Map<String, Value> {
    let mut context = request.context.clone();
    context.insert("user".into(), request.user.clone().into());
    context
}

/// The slots of a request with where each value came from.
fn slots_of(frame: &dialogue::Frame) -> Map<String, Value> {
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
