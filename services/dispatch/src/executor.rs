//! How the product does queued runs, by kind of skill.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use outbound::seal::Keyring;
use paigong_core::chain;
use serde_json::{Map, Value};
use skills::{Effect, Execution, Skill};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::job::{Claimed, Ending, Next};
use crate::library::Library;
use crate::retry::Retry;
use crate::worker::{Executor, Verdict};
use crate::{Error, Failure, Limits, Reason, Request};

mod call;
mod callback;
mod checks;
mod local;
pub mod remote;
mod steps;

pub use callback::Reported;

/// Does runs of every kind.
pub struct Skills {
    store: Store,
    library: Library,
    client: outbound::Client,
    keyring: Option<Arc<Keyring>>,
    remotes: remote::Pools,
    options: Options,
}

/// How runs are done.
#[derive(Debug, Clone)]
pub struct Options {
    /// When failed attempts are made again.
    pub retry: Retry,
    /// How much a statement may take.
    pub limits: Limits,
    /// The longest answer of another system, in bytes.
    pub max_answer: usize,
    /// How long another system may take to report on what it took with 202.
    pub longest_report: Duration,
    /// Where other systems reach this installation, such as `https://paigong.example.com`; empty: callbacks get a path.
    pub public_url: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            retry: Retry::default(),
            limits: Limits::default(),
            max_answer: 1024 * 1024,
            longest_report: Duration::from_secs(24 * 3600),
            public_url: String::new(),
        }
    }
}

/// A claimed run with its skill, and what statements and templates are filled from.
struct Work<'a> {
    job: &'a Claimed,
    skill: &'a Skill,
    context: Map<String, Value>,
    limits: Limits,
}

impl<'a> Work<'a> {
    fn request(&'a self) -> Request<'a> {
        Request {
            app: self.job.app,
            conversation: self.job.conversation,
            turn: self.job.turn,
            user: &self.job.asked.user,
            context: &self.context,
            now: self.job.asked.now,
            language: self.job.asked.language,
            time_zone: self.job.time_zone,
            slots: &self.job.slots,
            limits: self.limits,
        }
    }

    fn writes(&self) -> bool {
        self.skill.manifest.effect != Effect::Read
    }
}

impl Skills {
    /// An executor on `store` that calls through `client`. Without a keyring, connections with secrets can't be used.
    #[must_use]
    pub fn new(store: Store, client: outbound::Client, keyring: Option<Arc<Keyring>>, options: Options) -> Self {
        Self { store, library: Library::default(), client, keyring, remotes: remote::Pools::default(), options }
    }

    async fn done(&self, job: &Claimed, stop: &CancellationToken) -> Result<Verdict, Error> {
        let mut tx = self.store.begin(job.tenant).await?;
        let Some(skill) = self.library.version(&mut tx, job.app, &job.skill, job.version).await? else {
            let failure = Failure::new(Reason::Other, format!("version {} of the skill can't be used", job.version));
            return Ok(Verdict::End(Ending::Failed(failure), None));
        };
        if stop.is_cancelled() {
            return Ok(Verdict::End(Ending::Cancelled, None));
        }
        let mut context = job.asked.context.clone();
        context.insert("user".into(), job.asked.user.as_str().into());
        let work = Work { job, skill: &skill, context, limits: self.options.limits };
        match &skill.run {
            Execution::Sql(statement) => local::run(tx, &work, statement).await,
            Execution::Steps { steps, keep } => steps::run(self, tx, &work, steps, *keep).await,
            Execution::Http(call) => {
                drop(tx);
                self.call(&work, call).await
            }
            Execution::Remote { connection, statement } => {
                drop(tx);
                self.remote(&work, connection, statement).await
            }
            // It is done by the turn, and has nothing to be queued for.
            Execution::Knowledge(_) => Ok(Verdict::End(Ending::Succeeded { rows: Vec::new(), truncated: false }, None)),
            Execution::Handoff { .. } => Ok(Verdict::Later(Next::Wait(None), None, None)),
        }
    }

    /// A failed attempt of which it is known that nothing was done.
    fn again(&self, job: &Claimed, failure: Failure, status: Option<u16>) -> Verdict {
        self.after(job, failure, status, self.options.retry.wait(job.attempt, rand::random()), false)
    }

    /// The next attempt after `wait`, or the end when there is none left.
    fn after(&self, job: &Claimed, failure: Failure, status: Option<u16>, wait: Duration, maybe_done: bool) -> Verdict {
        if job.tries_left > 0 {
            Verdict::Later(Next::Again { after: wait, maybe_done }, Some(failure), status)
        } else if maybe_done || job.maybe_done {
            Verdict::End(Ending::Unknown(failure), status)
        } else {
            Verdict::End(Ending::Dead(failure), status)
        }
    }
}

impl Executor for Skills {
    fn execute<'a>(
        &'a self,
        job: &'a Claimed,
        stop: &'a CancellationToken,
    ) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        Box::pin(async move {
            match self.done(job, stop).await {
                Ok(verdict) => verdict,
                // Only the database is asked outside of calls, in transactions that did not commit, or whose commit is
                // found out about by the fence of the next attempt.
                Err(error) => {
                    tracing::warn!(run = %job.run, error = chain(&error), "an attempt could not be made");
                    let failure = Failure::new(Reason::Unreachable, "the product's database could not be used".into());
                    self.again(job, failure, None)
                }
            }
        })
    }
}
