//! When a provider is left alone.
//!
//! Closed: every call passes. After so many failures in a row it opens: no call passes for a time that is drawn between
//! nothing and a limit that doubles ("full jitter", so that many processes do not come back at the same moment). Then it is
//! half open: one call passes, whose end decides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::RngExt as _;
use tokio::time::Instant;

use crate::options::BreakerOptions;

/// What a breaker does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Lets it pass.
    Closed,
    /// Refuses it.
    Open,
    /// Lets one pass, to see.
    HalfOpen,
}

impl State {
    /// As it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// One provider's breaker. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Breaker {
    options: BreakerOptions,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// In a row.
    failures: u32,
    /// How often it opened since it was closed.
    opened: u32,
    /// Until when nothing passes; then one call.
    open_until: Option<Instant>,
    probing: bool,
}

/// The right to make one call. Dropped without a word, as when the call was abandoned, it changes nothing.
#[derive(Debug)]
pub(crate) struct Permit {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    pub(crate) fn new(options: BreakerOptions) -> Self {
        Self { options, inner: Arc::default() }
    }

    /// Whether a call may be made now.
    pub(crate) fn admit(&self) -> Option<Permit> {
        let mut inner = self.lock();
        let Some(until) = inner.open_until else {
            return Some(Permit { breaker: self.clone(), probe: false });
        };
        if inner.probing || Instant::now() < until {
            return None;
        }
        inner.probing = true;
        Some(Permit { breaker: self.clone(), probe: true })
    }

    /// Its state, the failures in a row, and how long it stays open.
    pub(crate) fn state(&self) -> (State, u32, Duration) {
        let inner = self.lock();
        let now = Instant::now();
        match inner.open_until {
            None => (State::Closed, inner.failures, Duration::ZERO),
            Some(until) if now < until => (State::Open, inner.failures, until - now),
            Some(_) => (State::HalfOpen, inner.failures, Duration::ZERO),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it is held.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The provider answered.
    pub(crate) fn succeeded(self) {
        let mut inner = self.breaker.lock();
        // A call from before it opened says nothing about now.
        if self.probe || inner.open_until.is_none() {
            *inner = Inner::default();
        }
    }

    /// It did not.
    pub(crate) fn failed(self) {
        let options = self.breaker.options;
        let mut inner = self.breaker.lock();
        inner.failures = inner.failures.saturating_add(1);
        if self.probe || (inner.open_until.is_none() && inner.failures >= options.failures.max(1)) {
            let limit = options.first_ms.saturating_mul(1 << inner.opened.min(20)).min(options.longest_ms);
            let pause = Duration::from_millis(rand::rng().random_range(0..=limit));
            inner.opened = inner.opened.saturating_add(1);
            inner.open_until = Some(Instant::now() + pause);
        }
    }

    /// It said how long to leave it alone, or that there is no use in asking before somebody has seen to it.
    pub(crate) fn closed_for(self, pause: Duration) {
        let mut inner = self.breaker.lock();
        inner.failures = inner.failures.saturating_add(1);
        inner.opened = inner.opened.saturating_add(1);
        inner.open_until = Some(Instant::now() + pause);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.lock().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        Breaker::new(BreakerOptions { failures: 3, first_ms: 1_000, longest_ms: 60_000, misconfigured_ms: 300_000 })
    }

    fn fail(breaker: &Breaker) {
        breaker.admit().expect("admitted").failed();
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_lets_one_probe_pass() {
        let breaker = breaker();
        fail(&breaker);
        fail(&breaker);
        breaker.admit().expect("admitted").succeeded();
        fail(&breaker);
        fail(&breaker);
        assert_eq!(breaker.state().0, State::Closed);
        fail(&breaker);
        tokio::time::advance(Duration::from_millis(1_001)).await;
        assert_eq!(breaker.state().0, State::HalfOpen);
        let probe = breaker.admit().expect("one probe");
        assert!(breaker.admit().is_none(), "a second probe");
        probe.succeeded();
        assert_eq!(breaker.state(), (State::Closed, 0, Duration::ZERO));
        assert!(breaker.admit().is_some() && breaker.admit().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_the_longest_and_an_abandoned_probe_gives_its_place_back() {
        let breaker = breaker();
        (0..3).for_each(|_| fail(&breaker));
        for round in 1..12_u32 {
            let limit = Duration::from_millis((1_000 << (round - 1)).min(60_000));
            let (_, _, left) = breaker.state();
            assert!(left <= limit, "{round}: {left:?}");
            tokio::time::advance(limit + Duration::from_millis(1)).await;
            drop(breaker.admit().expect("a probe that is abandoned"));
            fail(&breaker);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_stays_open_as_long_as_it_was_told() {
        let breaker = breaker();
        breaker.admit().expect("admitted").closed_for(Duration::from_secs(300));
        tokio::time::advance(Duration::from_secs(299)).await;
        assert!(breaker.admit().is_none());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(breaker.admit().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_success_from_before_does_not_close_it() {
        let breaker = breaker();
        let early = breaker.admit().expect("admitted");
        (0..3).for_each(|_| fail(&breaker));
        early.succeeded();
        assert_ne!(breaker.state().0, State::Closed);
    }
}
