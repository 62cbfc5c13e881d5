//! One turn, start to end: load → understand → decide → execute → answer → commit. The only place that knows the order.
//!
//! [`Agent::turn`] is the story; what it calls:
//! * `understand`: message → dialogue act, typed values, likely skills
//! * `turn`: the part that is one transaction; it calls
//! * `dialogue::step`: (state, meaning) → (state, decision), pure
//! * `dispatch`: facts and runs of SQL skills, inside the turn's transaction
//! * `reply`: decision → text, buttons, schema
//!
//! Everything a turn writes (its effect, the run, the messages, the new state, the stored answer of its idempotency key)
//! is one transaction: a crash leaves either all of it or nothing.

mod answer;
mod app;
mod error;
pub mod offline;
mod phrases;
mod registry;
mod reply;
mod turn;
mod understand;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use dialogue::{Payload, State, World};
use paigong_core::{Clock, ConversationId};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::Store;
use store::keys::Caller;
use understanding::encoder::Encoder;

pub use answer::{
    ActionKind, Answer, CandidateReport, Choice, DecisionReport, DialogAction, Execution, ExecutionStatus,
    NeighbourReport, Path,
};
pub use app::{App, BuildError};
pub use error::Error;

use registry::Registry;
use turn::{Moment, slots_of};
use understand::{Means, Understood, understand};

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

        let understood = understand(request, self.means(&app, now, &context)).await?;

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

    fn means<'a>(&'a self, app: &'a App, now: NaiveDateTime, context: &'a Map<String, Value>) -> Means<'a> {
        let deadline = Instant::now() + self.options.understanding_deadline;
        Means {
            encoder: &self.encoder,
            stances: self.registry.stances(),
            app,
            calendar: &self.calendar,
            now,
            context,
            deadline,
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
        let Understood { meaning, mut report } = understand(request, self.means(&app, now, &context)).await?;
        let world = World { catalogue: app.as_ref(), calendar: &self.calendar, now, context: &context };
        let step = dialogue::step(State::default(), &meaning, &world);
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
