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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ANY: Limit = Limit { texts: 100, tokens: 1000 };

    type Reply = oneshot::Receiver<Result<usize, Error>>;

    fn entry(length: usize, deadline: Option<Instant>) -> (Entry<usize>, Reply) {
        let (reply, answer) = oneshot::channel();
        let tokens = Tokenised { ids: vec![1; length], spans: Vec::new() };
        (Entry { tokens, wants_tokens: false, deadline, queued_at: Instant::now(), reply }, answer)
    }

    fn push(queue: &Queue<usize>, length: usize, lane: Lane) -> Reply {
        let (entry, answer) = entry(length, None);
        assert_eq!(queue.push(entry, lane), Ok(()));
        answer
    }

    fn lengths(batch: Option<Vec<Entry<usize>>>) -> Vec<usize> {
        batch.unwrap_or_default().iter().map(|entry| entry.tokens.ids.len()).collect()
    }

    #[test]
    fn a_full_queue_refuses_at_once_and_takes_again_when_emptied() {
        let queue = Queue::new(2);
        let _waiting = [push(&queue, 1, Lane::Interactive), push(&queue, 1, Lane::Interactive)];
        assert_eq!(queue.push(entry(1, None).0, Lane::Interactive), Err(PushError::Full(2)));
        assert_eq!(lengths(queue.take(ANY)).len(), 2);
        assert_eq!(queue.push(entry(1, None).0, Lane::Interactive), Ok(()));
    }

    #[test]
    fn an_expired_entry_is_skipped_and_told_so() {
        let queue = Queue::new(8);
        let past = Instant::now() - Duration::from_millis(1);
        let (expired, mut answer) = entry(3, Some(past));
        assert_eq!(queue.push(expired, Lane::Interactive), Ok(()));
        let _alive = push(&queue, 5, Lane::Interactive);
        assert_eq!(lengths(queue.take(ANY)), [5]);
        assert!(matches!(answer.try_recv(), Ok(Err(Error::DeadlineExceeded))));
    }

    #[test]
    fn an_abandoned_entry_is_skipped() {
        let queue = Queue::new(8);
        drop(push(&queue, 3, Lane::Interactive));
        let _alive = push(&queue, 5, Lane::Interactive);
        assert_eq!(lengths(queue.take(ANY)), [5]);
    }

    #[test]
    fn bulk_work_waits_while_interactive_texts_are_queued() {
        let queue = Queue::new(8);
        let _replies =
            [push(&queue, 1, Lane::Bulk), push(&queue, 2, Lane::Interactive), push(&queue, 3, Lane::Interactive)];
        assert_eq!(lengths(queue.take(ANY)), [2, 3]);
        assert_eq!(lengths(queue.take(ANY)), [1]);
    }

    #[test]
    fn a_batch_stops_at_its_token_budget_with_padding_counted() {
        let queue = Queue::new(8);
        let _replies = [2, 2, 9, 2].map(|length| push(&queue, length, Lane::Interactive));
        assert_eq!(lengths(queue.take(Limit { texts: 100, tokens: 12 })), [2, 2]);
        assert_eq!(lengths(queue.take(Limit { texts: 100, tokens: 12 })), [9]);
    }

    #[test]
    fn a_text_longer_than_the_budget_is_run_alone() {
        let queue = Queue::new(8);
        let _reply = push(&queue, 50, Lane::Interactive);
        assert_eq!(lengths(queue.take(Limit { texts: 100, tokens: 12 })), [50]);
    }

    #[test]
    fn closing_ends_waiting_workers_and_callers() {
        let queue = Queue::<usize>::new(8);
        let mut reply = push(&queue, 1, Lane::Interactive);
        queue.close();
        assert!(queue.take(ANY).is_none());
        assert!(reply.try_recv().is_err());
        assert_eq!(queue.push(entry(1, None).0, Lane::Bulk), Err(PushError::Closed));
    }
}
