//! The way of one question.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use outbound::Client;
use rand::RngExt as _;
use store::Store;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{Instrument as _, Span, field};

use crate::breaker::{Permit, State};
use crate::budget::{Cost, Hold, Wanted};
use crate::call::{self, Failed};
use crate::deltas::Answer;
use crate::mask::Mask;
use crate::options::Options;
use crate::prompt::{self, Prompt};
use crate::proposal::{Reasoned, Unavailable};
use crate::provider::Provider;
use crate::question::{Asker, Question};
use crate::validate::{self, Check};

/// Before the same provider is asked a second time, when it did not say how long to wait; in milliseconds.
const PAUSE: std::ops::Range<u64> = 50..250;

/// Asks the configured providers. Clones share health and limits; cheap to clone.
#[derive(Clone)]
pub struct Reasoner(Arc<Inner>);

struct Inner {
    options: Options,
    providers: Vec<Provider>,
    client: Client,
    store: Store,
    places: Semaphore,
}

/// How a provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderHealth {
    /// Its name.
    pub name: String,
    /// Its model.
    pub model: String,
    /// Whether it is asked.
    pub state: State,
    /// Failures in a row.
    pub failures: u32,
    /// How long it is left alone.
    pub pause: Duration,
}

/// A question on its way.
struct Asking<'a> {
    asker: &'a Asker,
    question: &'a Question,
    version: &'a str,
    deadline: Instant,
    calls: u32,
    cost: Cost,
}

impl Asking<'_> {
    fn add(&mut self, cost: Cost) {
        self.cost.tokens_in += cost.tokens_in;
        self.cost.tokens_out += cost.tokens_out;
        self.cost.micros = self.cost.micros.saturating_add(cost.micros);
    }
}

/// What a call came to.
enum Outcome {
    /// An answer, not yet judged.
    Answered(Answer, Box<Hold>),
    /// Its breaker is open.
    Closed,
    /// It brought nothing. Whether, and after which pause, the same provider may be asked once more.
    Failed(Option<Duration>),
}

impl Reasoner {
    /// Reads nothing and connects to nothing.
    #[must_use]
    pub fn new(options: Options, client: Client, store: Store) -> Self {
        let providers =
            options.providers.iter().map(|provider| Provider::new(provider.clone(), options.breaker)).collect();
        let places = Semaphore::new(options.concurrency.clamp(1, Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner { providers, client, store, places, options }))
    }

    /// Asks, and checks what is answered.
    ///
    /// Takes no longer than the deadline, but for writing down what it cost. When the future is dropped, what was spent by
    /// then is written down, too.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] says why there is no proposal; everything else goes on without one.
    pub async fn propose(&self, asker: &Asker, question: &Question) -> Result<Reasoned, Unavailable> {
        let span = tracing::info_span!(
            "reason",
            purpose = question.purpose.name(),
            provider = field::Empty,
            model = field::Empty,
            tokens_in = field::Empty,
            tokens_out = field::Empty,
            outcome = field::Empty
        );
        async {
            let result = self.0.propose(asker, question).await;
            let outcome = result.as_ref().map_or_else(|unavailable| unavailable.name(), |_| "answered");
            Span::current().record("outcome", outcome);
            result
        }
        .instrument(span)
        .await
    }

    /// How each provider is, in their order.
    #[must_use]
    pub fn health(&self) -> Vec<ProviderHealth> {
        let of = |provider: &Provider| {
            let (state, failures, pause) = provider.breaker.state();
            let (name, model) = (provider.options.name.clone(), provider.options.model.clone());
            ProviderHealth { name, model, state, failures, pause }
        };
        self.0.providers.iter().map(of).collect()
    }
}

impl Inner {
    async fn propose(&self, asker: &Asker, question: &Question) -> Result<Reasoned, Unavailable> {
        let start = Instant::now();
        if self.providers.is_empty() {
            return Err(Unavailable::NotConfigured);
        }
        let wait = self.options.queue_wait().min(self.options.deadline());
        let Ok(Ok(_place)) = timeout(wait, self.places.acquire()).await else { return Err(Unavailable::Overloaded) };

        let version = prompt::version(question.purpose, question.language);
        let deadline = start + self.options.deadline();
        let mut asking = Asking { asker, question, version: &version, deadline, calls: 0, cost: Cost::default() };
        let mut mask = Mask::new(&question.names);
        let prompt = Prompt::new(question, &mut mask, self.options.history_tokens).map_err(broken_template)?;

        let order: Vec<usize> = (0..self.providers.len()).collect();
        let (place, answer, hold) = self.ask(&mut asking, &prompt, &order).await?;
        let boundary = prompt.boundary().to_owned();
        let judge = |answer: &Answer| {
            let decision = answer.decision(self.providers[place].options.mode)?;
            Check::new(question, &mask, &boundary).proposal(&decision)
        };
        let (proposal, dropped) = match judge(&answer) {
            Ok(judged) => {
                asking.add(hold.settle("answered", None, validate::proposed(&judged.0)).await);
                judged
            }
            Err(complaint) => {
                asking.add(hold.settle("invalid", Some(complaint.clone()), None).await);
                let prompt = prompt.repair(answer.written(), &complaint).map_err(broken_template)?;
                let (_, answer, hold) =
                    self.ask(&mut asking, &prompt, &[place]).await.map_err(|unavailable| match unavailable {
                        Unavailable::Deadline | Unavailable::BudgetSpent => unavailable,
                        _ => Unavailable::Invalid,
                    })?;
                match judge(&answer) {
                    Ok(judged) => {
                        asking.add(hold.settle("answered", None, validate::proposed(&judged.0)).await);
                        judged
                    }
                    Err(complaint) => {
                        asking.add(hold.settle("invalid", Some(complaint), None).await);
                        return Err(Unavailable::Invalid);
                    }
                }
            }
        };
        for dropped in &dropped {
            tracing::info!(reason = dropped.reason.name(), "a part of what was proposed was dropped");
        }
        let provider = &self.providers[place].options;
        Ok(Reasoned {
            proposal,
            provider: provider.name.clone(),
            model: provider.model.clone(),
            prompt_version: version.clone(),
            tokens_in: asking.cost.tokens_in,
            tokens_out: asking.cost.tokens_out,
            cost_micros: asking.cost.micros,
            calls: asking.calls,
            elapsed: start.elapsed(),
            dropped,
        })
    }

    /// Asks these providers in order, until one answers; one that surely did not bill anything a second time, if no other is
    /// left.
    async fn ask(
        &self,
        asking: &mut Asking<'_>,
        prompt: &Prompt,
        order: &[usize],
    ) -> Result<(usize, Answer, Box<Hold>), Unavailable> {
        let mut unavailable = Unavailable::BreakerOpen;
        let mut again = None;
        for &place in order {
            match self.attempt(asking, prompt, place).await? {
                Outcome::Answered(answer, hold) => return Ok((place, answer, hold)),
                Outcome::Closed => {}
                Outcome::Failed(pause) => {
                    unavailable = Unavailable::Failed;
                    again = again.or(pause.map(|pause| (place, pause)));
                }
            }
        }
        if let Some((place, pause)) = again
            && Instant::now() + pause < asking.deadline
        {
            sleep(pause).await;
            if let Outcome::Answered(answer, hold) = self.attempt(asking, prompt, place).await? {
                return Ok((place, answer, hold));
            }
        }
        Err(if Instant::now() < asking.deadline { unavailable } else { Unavailable::Deadline })
    }

    /// One call. An error ends the question; everything else concerns this provider alone.
    async fn attempt(&self, asking: &mut Asking<'_>, prompt: &Prompt, place: usize) -> Result<Outcome, Unavailable> {
        let provider = &self.providers[place];
        if Instant::now() >= asking.deadline {
            return Err(Unavailable::Deadline);
        }
        let Some(permit) = provider.breaker.admit() else { return Ok(Outcome::Closed) };
        let wanted = Wanted {
            asker: asking.asker,
            purpose: asking.question.purpose,
            provider: &provider.options,
            prompt_version: asking.version,
            tokens_in: prompt.tokens(),
            deadline: self.options.deadline(),
            daily_tokens: self.options.daily_tokens,
        };
        let mut hold = match timeout_at(asking.deadline, Hold::reserve(&self.store, &wanted)).await {
            Ok(Ok(Some(hold))) => Box::new(hold),
            Ok(Ok(None)) => return Err(Unavailable::BudgetSpent),
            Ok(Err(error)) => {
                tracing::warn!(error = paigong_core::chain(&error), "the budget could not be asked");
                return Err(Unavailable::Failed);
            }
            Err(_) => return Err(Unavailable::Deadline),
        };
        asking.calls += 1;
        let left = asking.deadline.saturating_duration_since(Instant::now());
        let called = call::ask(&self.client, provider, asking.question.purpose, prompt, left, &mut hold).await;
        let failed = match called {
            Ok(answer) => {
                permit.succeeded();
                let span = Span::current();
                span.record("provider", &provider.options.name).record("model", &provider.options.model);
                span.record("tokens_in", answer.tokens_in()).record("tokens_out", answer.tokens_out());
                return Ok(Outcome::Answered(answer, hold));
            }
            Err(failed) => failed,
        };
        self.tell(permit, failed);
        tracing::warn!(
            provider = provider.options.name,
            outcome = failed.outcome(),
            reason = failed.reason(),
            "a provider did not answer"
        );
        asking.add(hold.settle(failed.outcome(), Some(failed.reason()), None).await);
        Ok(Outcome::Failed(match failed {
            Failed::Unsent | Failed::Busy(_, None) => Some(Duration::from_millis(rand::rng().random_range(PAUSE))),
            Failed::Busy(_, pause) => pause,
            _ => None,
        }))
    }

    /// What a failure means for the calls after it.
    fn tell(&self, permit: Permit, failed: Failed) {
        let breaker = self.options.breaker;
        match failed {
            Failed::Misconfigured(_) => permit.closed_for(Duration::from_millis(breaker.misconfigured_ms)),
            Failed::Busy(_, Some(pause)) => permit.closed_for(pause.min(Duration::from_millis(breaker.longest_ms))),
            _ => permit.failed(),
        }
    }
}

fn broken_template(error: String) -> Unavailable {
    tracing::error!(error, "the instructions cannot be rendered");
    Unavailable::Failed
}

impl fmt::Debug for Reasoner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reasoner").field("providers", &self.0.providers).finish_non_exhaustive()
    }
}
