//! The bounded queue between callers and encoder threads: two lanes, no timer. Knows nothing of ONNX.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::oneshot;

use super::{Error, tokens::Tokenised};

/// One text waiting to be encoded.
pub(super) struct Entry<R> {
    pub(super) tokens: Tokenised,
    pub(super) wants_tokens: bool,
    pub(super) deadline: Option<Instant>,
    pub(super) queued_at: Instant,
    pub(super) reply: oneshot::Sender<Result<R, Error>>,
}

impl<R> Entry<R> {
    /// Whether nobody waits for the result any more.
    fn is_abandoned(&self, now: Instant) -> bool {
        self.reply.is_closed() || self.deadline.is_some_and(|deadline| deadline <= now)
    }
}

/// Which lane an entry waits in. Bulk entries run only when no interactive one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Interactive,
    Bulk,
}

struct State<R> {
    interactive: VecDeque<Entry<R>>,
    bulk: VecDeque<Entry<R>>,
    idle_workers: usize,
    closed: bool,
}

pub(super) struct Queue<R> {
    state: Mutex<State<R>>,
    arrived: Condvar,
    capacity: usize,
}

impl<R> Queue<R> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { interactive: VecDeque::new(), bulk: VecDeque::new(), idle_workers: 0, closed: false };
        Self { state: Mutex::new(state), arrived: Condvar::new(), capacity }
    }

    /// A panic while the lock is held cannot leave the two lanes inconsistent, so a poisoned lock is used on.
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry, or hands back how many wait when the interactive lane is full. The bulk lane is bounded by its
    /// callers, which keep a window of entries in flight.
    pub(super) fn push(&self, entry: Entry<R>, lane: Lane) -> Result<(), PushError> {
        let mut state = self.lock();
        if state.closed {
            return Err(PushError::Closed);
        }
        match lane {
            Lane::Bulk => state.bulk.push_back(entry),
            Lane::Interactive if state.interactive.len() < self.capacity => state.interactive.push_back(entry),
            Lane::Interactive => return Err(PushError::Full(state.interactive.len())),
        }
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for work and takes this worker's share of it: what is queued, divided among the workers that are free,
    /// up to `limit`. Entries that nobody waits for are dropped here. `None` once the queue is closed.
    pub(super) fn take(&self, limit: Limit) -> Option<Vec<Entry<R>>> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let now = Instant::now();
            let idle = state.idle_workers;
            let State { interactive, bulk, .. } = &mut *state;
            for lane in [interactive, bulk] {
                let batch = take_share(lane, idle, limit, now);
                if !batch.is_empty() {
                    return Some(batch);
                }
            }
            state.idle_workers += 1;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle_workers -= 1;
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.lock().interactive.len()
    }

    /// Wakes every worker to end; entries still queued are dropped, which their callers see as `Stopped`.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.interactive.clear();
        state.bulk.clear();
        drop(state);
        self.arrived.notify_all();
    }
}

/// How much one worker takes at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// Texts in a batch.
    pub(super) texts: usize,
    /// Tokens in a batch, padding counted: the longest text times the number of texts. One text is always taken.
    pub(super) tokens: usize,
}

/// Why an entry was not queued.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PushError {
    Full(usize),
    Closed,
}

fn take_share<R>(lane: &mut VecDeque<Entry<R>>, idle: usize, limit: Limit, now: Instant) -> Vec<Entry<R>> {
    let share = lane.len().div_ceil(idle + 1).min(limit.texts);
    let mut batch = Vec::new();
    let mut longest = 0;
    while batch.len() < share {
        let Some(entry) = lane.pop_front() else { break };
        if entry.is_abandoned(now) {
            // The caller has its own clock; telling it again costs nothing and covers blocking callers.
            let _ = entry.reply.send(Err(Error::DeadlineExceeded));
            continue;
        }
        longest = longest.max(entry.tokens.ids.len());
        if !batch.is_empty() && longest * (batch.len() + 1) > limit.tokens {
            lane.push_front(entry);
            break;
        }
        batch.push(entry);
    }
    batch
}
