//! A call's place in the budget: reserved before it, settled after, whatever becomes of it.

use std::time::Duration;

use paigong_core::TenantId;
use store::Store;
use store::llm::{self, Call, Reservation};
use tokio::time::{Instant, timeout};

use crate::options::ProviderOptions;
use crate::question::{Asker, Purpose};

/// How much longer than the question's deadline a reservation counts, for a process that died.
const GRACE: Duration = Duration::from_secs(60);
/// How long an answer waits for its settlement, which goes on without it.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is to be reserved.
pub(crate) struct Wanted<'a> {
    pub(crate) asker: &'a Asker,
    pub(crate) purpose: Purpose,
    pub(crate) provider: &'a ProviderOptions,
    pub(crate) prompt_version: &'a str,
    pub(crate) tokens_in: u64,
    pub(crate) deadline: Duration,
    pub(crate) daily_tokens: Option<u64>,
}

/// A reservation. Dropped, as when whoever asked went away, it is settled with what is known to have been sent and to have
/// come; if the process dies, it expires.
pub(crate) struct Hold {
    store: Store,
    tenant: TenantId,
    provider: ProviderOptions,
    call: Call,
    /// Of the prompt, about.
    estimate: u64,
    started: Instant,
    settled: bool,
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) tokens_in: u64,
    pub(crate) tokens_out: u64,
    pub(crate) micros: u64,
}

impl Hold {
    /// Reserves what the call costs at most; `None` when that exceeds a budget.
    pub(crate) async fn reserve(store: &Store, wanted: &Wanted<'_>) -> Result<Option<Self>, store::Error> {
        let Wanted { asker, provider, .. } = *wanted;
        let call = Call {
            id: uuid::Uuid::now_v7(),
            app: asker.app,
            conversation: asker.conversation,
            turn: asker.turn,
            day: asker.day,
            purpose: wanted.purpose.name(),
            provider: provider.name.clone(),
            model: provider.model.clone(),
            prompt_version: wanted.prompt_version.to_owned(),
            outcome: "dropped",
            reason: None,
            tokens_in: 0,
            tokens_out: 0,
            cost_micros: 0,
            milliseconds: 0,
            skill: None,
        };
        let reservation = Reservation {
            id: call.id,
            app: asker.app,
            day: asker.day,
            tokens: wanted.tokens_in.saturating_add(provider.max_tokens),
            lifetime: wanted.deadline + GRACE,
            default_daily_tokens: wanted.daily_tokens,
        };
        let mut tx = store.begin(asker.tenant).await?;
        if !llm::reserve(&mut tx, &reservation).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(Self {
            store: store.clone(),
            tenant: asker.tenant,
            provider: provider.clone(),
            call,
            estimate: wanted.tokens_in,
            started: Instant::now(),
            settled: false,
        }))
    }

    /// From now on the prompt may have been received.
    pub(crate) fn sent(&mut self) {
        self.call.tokens_in = self.estimate;
    }

    /// It was not, or nothing is billed for it.
    pub(crate) fn free(&mut self) {
        (self.call.tokens_in, self.call.tokens_out) = (0, 0);
    }

    /// What has come so far; what was sent, if the provider counted it.
    pub(crate) fn came(&mut self, tokens_in: Option<u64>, tokens_out: u64) {
        self.call.tokens_in = tokens_in.unwrap_or(self.estimate);
        self.call.tokens_out = tokens_out;
    }

    /// Writes down how it ended. Goes on when the caller does not wait for it.
    pub(crate) async fn settle(mut self, outcome: &'static str, reason: Option<String>, skill: Option<String>) -> Cost {
        self.settled = true;
        (self.call.outcome, self.call.reason, self.call.skill) = (outcome, reason, skill);
        let call = self.ended();
        let cost = Cost { tokens_in: call.tokens_in, tokens_out: call.tokens_out, micros: call.cost_micros };
        let task = tokio::spawn(write(self.store.clone(), self.tenant, call));
        if timeout(PATIENCE, task).await.is_err() {
            tracing::warn!("settling a call takes long; the answer does not wait for it");
        }
        cost
    }

    fn ended(&self) -> Call {
        let mut call = self.call.clone();
        call.cost_micros = self.provider.cost_micros(call.tokens_in, call.tokens_out);
        call.milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        call
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // Without a runtime nothing can be written; the reservation expires.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(write(self.store.clone(), self.tenant, self.ended()));
        }
    }
}

async fn write(store: Store, tenant: TenantId, call: Call) {
    let written = async {
        let mut tx = store.begin(tenant).await?;
        llm::settle(&mut tx, &call).await?;
        tx.commit().await
    };
    if let Err(error) = written.await {
        tracing::warn!(call = %call.id, error = paigong_core::chain(&error), "what a call cost could not be written down");
    }
}
