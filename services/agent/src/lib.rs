//! One turn, start to end: load → understand → decide → execute → answer → commit. The only place that knows the order.
//!
//! [`Agent::turn`] is the story; what it calls:
//! * `understand`: message → dialogue act, typed values, likely skills
//! * `turn`: the part that is one transaction; it calls
//! * `dialogue::step`: (state, meaning) → (state, decision), pure
//! * `carry_out`: what decisions need from the database, through `dispatch`, inside the turn's transaction
//! * `reason`: what a language model is asked where the dialogue would be helped, between two runs of the transaction;
//!   `plan`: several skills in order that it proposed; `learn`: what the small model may learn from it
//! * `queued`: runs that do not end with the transaction; `conclude`: waiting for them, and telling how they ended
//! * `documents`: answers from passages; `kept`: those that a model wrote, for the next one who asks the same
//! * `draft`: the app with a skill that is not published yet; `rehearsal`: conversations with it of which nothing stays
//! * `mind`: the model and what was learnt with it; `activation`: another model takes its place while turns go on;
//!   `compare`: what another model would make of an app
//! * `facts`: what stored turns came to; `projector`: makes them beside the turns
//! * `reply`: decisions → text, buttons, schema; `handoff`: what a person needs who takes over
//!
//! Everything a turn writes (its effect, the run, the messages, the new state, the stored answer of its idempotency key)
//! is one transaction: a crash leaves either all of it or nothing. Runs that leave the database are put into the queue by
//! that transaction; the turn waits for them without one, and a second, short transaction tells the conversation.

pub mod activation;
mod answer;
mod app;
mod carry_out;
pub mod compare;
mod conclude;
mod documents;
pub mod draft;
mod error;
pub mod export;
pub mod facts;
mod handoff;
mod kept;
mod learn;
mod learning;
mod learnt;
mod mind;
pub mod offline;
mod older;
mod phrases;
mod plan;
pub mod projector;
mod queued;
mod reason;
mod registry;
pub mod rehearsal;
mod reply;
mod turn;
mod understand;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use dialogue::{Decision, Payload, State};
use paigong_core::{Clock, ConversationId, TurnId};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::Store;
use store::keys::Caller;
use understanding::encoder::Encoder;

pub use answer::{
    ActionKind, Answer, CandidateReport, Choice, Citation, DecisionReport, DialogAction, Exchange, Execution,
    ExecutionStatus, Handoff, NeighbourReport, Path, ReasoningReport,
};
pub use app::{App, BuildError};
pub use error::Error;
pub use mind::MindError;

use mind::Mind;
use turn::{Moment, Turned, slots_of};
use understand::{Understood, understand};

/// What an agent is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where "now" comes from.
    pub clock: Clock,
    /// How long understanding may take before the turn is given up.
    pub understanding_deadline: Duration,
    /// How long a turn waits for the runs that it has put into the queue before it answers that they are under way.
    pub patience: Duration,
    /// Folder for what was learnt from examples, so that a restart need not learn it again; none: nothing is kept.
    pub learnt: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::System,
            understanding_deadline: Duration::from_secs(5),
            patience: Duration::from_secs(8),
            learnt: None,
        }
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
    /// A request of `user` that says nothing.
    #[must_use]
    pub fn of(user: &str) -> Self {
        Self {
            query: String::new(),
            user: user.to_owned(),
            conversation: None,
            payload: None,
            inputs: Map::new(),
            context: Map::new(),
            idempotency: None,
        }
    }

    /// SHA-256 of a request's body, to tell a repetition from another request.
    #[must_use]
    pub fn hash(body: &[u8]) -> [u8; 32] {
        Sha256::digest(body).into()
    }

    /// What came with the text, for the record: `payload`, `inputs`, `context`, each where there was one.
    fn beside_query(&self) -> Option<Value> {
        let payload = self.payload.as_ref().and_then(|payload| serde_json::to_value(payload).ok());
        let entries = |entries: &Map<String, Value>| (!entries.is_empty()).then(|| Value::Object(entries.clone()));
        let parts = [("payload", payload), ("inputs", entries(&self.inputs)), ("context", entries(&self.context))];
        let parts: Map<_, _> = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
        (!parts.is_empty()).then_some(Value::Object(parts))
    }
}

/// An answer, and whether it was given before to the same `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Whether it was only read back.
    pub replayed: bool,
    /// What was decided, unless it was only read back: for whoever runs the agent in process, such as tests of skills.
    pub decided: Option<Decided>,
}

/// What a turn came to.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The skill of the request that the answer's slots belong to, also after its run ended it.
    pub skill: Option<String>,
}

/// Handles turns. Clones share everything.
#[derive(Clone)]
pub struct Agent {
    store: Store,
    mind: Arc<ArcSwap<Mind>>,
    worker: Option<dispatch::Worker>,
    reasoner: Option<reasoning::Reasoner>,
    options: Options,
}

impl Agent {
    /// Puts an agent together. Embeds the background utterances, which takes about a second.
    ///
    /// # Errors
    /// When the encoder can't embed.
    pub async fn new(store: Store, encoder: Encoder, options: Options) -> Result<Self, BuildError> {
        let mind = Mind::new(store.clone(), encoder, options.learnt.as_deref()).await?;
        Ok(Self { store, mind: Arc::new(ArcSwap::from_pointee(mind)), worker: None, reasoner: None, options })
    }

    /// The same agent beside a worker in this process: it is told at once of new jobs, and tells of their end.
    #[must_use]
    pub fn beside(&self, worker: dispatch::Worker) -> Self {
        Self { worker: Some(worker), ..self.clone() }
    }

    /// The same agent with somebody to ask where the small model does not know.
    #[must_use]
    pub fn asking(&self, reasoner: reasoning::Reasoner) -> Self {
        Self { reasoner: Some(reasoner), ..self.clone() }
    }

    /// The same agent with another clock, for tests whose clock moves on.
    #[must_use]
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self { options: Options { clock, ..self.options.clone() }, ..self.clone() }
    }

    /// The model that messages are read with, for whoever stores what it is to find.
    #[must_use]
    pub fn encoder(&self) -> Encoder {
        self.mind().encoder.clone()
    }

    /// What reads messages now. To be held for as long as its apps and vectors are used.
    pub(crate) fn mind(&self) -> Arc<Mind> {
        self.mind.load_full()
    }

    /// When understanding is given up that begins now.
    fn deadline(&self) -> Instant {
        Instant::now() + self.options.understanding_deadline
    }

    /// The passages of the caller's app, and the vector of what is looked for in them.
    ///
    /// # Errors
    /// When they can't be read, or the model is overloaded or fails.
    pub async fn look_up(&self, caller: &Caller, text: &str) -> Result<(Arc<knowledge::Index>, Arc<[f32]>), Error> {
        let mind = self.mind();
        let index = mind.shelf.get(&self.store, caller.tenant, caller.app, caller.revision).await?;
        Ok((index, mind.encoder.embed(text, self.deadline()).await?.vector))
    }

    /// The live app of a caller, built or rebuilt if need be.
    ///
    /// # Errors
    /// When its skills can't be read or learnt.
    pub async fn app(&self, caller: &Caller) -> Result<Arc<App>, Error> {
        self.mind().app(caller).await
    }

    /// Handles one message.
    ///
    /// # Errors
    /// [`Error`] says which; nothing was changed then.
    pub async fn turn(&self, caller: &Caller, request: &Request) -> Result<Answered, Error> {
        let started = Instant::now();
        let mind = self.mind();
        let app = mind.app(caller).await?;
        let at = self.options.clock.now();
        let now = at.with_timezone(&caller.time_zone).naive_local();
        let context = identity(request);

        let understood = understand(request, mind.means(&app, now, &context, self.deadline())).await?;

        let patience = self.options.patience;
        let asks = self.reasoner.is_some();
        let (turn, new) = (TurnId::new(), ConversationId::new());
        let documents = mind.documents_of(caller, &app).await?;
        let moment = Moment {
            caller,
            request,
            turn,
            new,
            asks,
            kept: &mind.kept,
            documents,
            vector: understood.vector.as_ref().map(|(text, vector)| (text.as_str(), &**vector)),
            patience,
            app: &app,
            context: &context,
            now,
            at,
            lag: self.options.clock.lag(),
            started,
        };
        let mut attempt = 1;
        let mut thought = None;
        let (answered, carried) = loop {
            let mut tx = self.store.begin(caller.tenant).await?;
            let result = match moment.transact(&mut tx, &understood, thought.as_ref()).await {
                Ok(Turned::Wants(wanted)) => {
                    tx.rollback().await?;
                    thought = Some(self.think(*wanted, &moment).await);
                    continue;
                }
                Ok(Turned::Replayed(answered)) => tx.rollback().await.map(|()| (answered, None)).map_err(Error::from),
                Ok(Turned::Done(answered, carried)) => {
                    tx.commit().await.map(|()| (answered, Some(*carried))).map_err(Error::from)
                }
                // The connection rolls back when the transaction is dropped, also where it can't be asked to any more.
                Err(error) => Err(error),
            };
            match result {
                Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => attempt += 1,
                result => break result?,
            }
        };
        paigong_core::fault::point("turn.committed");
        self.conclude(&moment, answered, carried).await
    }

    /// Understands a message without a conversation: what would be decided for it as a first message.
    ///
    /// # Errors
    /// [`Error`] says which.
    pub async fn parse(&self, caller: &Caller, request: &Request) -> Result<DecisionReport, Error> {
        let mind = self.mind();
        let app = mind.app(caller).await?;
        let now = self.options.clock.now().with_timezone(&caller.time_zone).naive_local();
        let context = identity(request);
        let means = mind.means(&app, now, &context, self.deadline());
        let Understood { meaning, mut report, .. } = understand(request, means).await?;
        let step = dialogue::step(State::default(), &meaning, &app.world(now, &context));
        report.slots = step.state.top().map(slots_of).unwrap_or_default();
        Ok(report)
    }
}

/// Who is asking: what the integrator asserts, and always the user's name.
fn identity(request: &Request) -> Map<String, Value> {
    let mut context = request.context.clone();
    context.insert("user".into(), request.user.clone().into());
    context
}
