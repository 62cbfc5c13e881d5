//! When a failed attempt is made again: full jitter over an exponential, unless the other side says when.

use std::time::Duration;

/// How often and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all.
    pub tries: i32,
    /// The longest wait before the second attempt; it doubles with each further one.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// The longest wait that another system may ask for.
    pub longest_asked: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 6,
            base: Duration::from_secs(2),
            cap: Duration::from_secs(600),
            longest_asked: Duration::from_secs(3600),
        }
    }
}

impl Retry {
    /// The wait after attempt `attempt` (from 1): anything up to `base·2^(attempt-1)`, at most `cap`. `chance` is in 0..1.
    #[must_use]
    pub fn wait(&self, attempt: i32, chance: f64) -> Duration {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(30);
        let longest = self.base.saturating_mul(1_u32 << doublings).min(self.cap);
        longest.mul_f64(chance.clamp(0.0, 1.0))
    }

    /// The wait that the other side asked for, within reason: never sooner than ours, never later than `longest_asked`.
    #[must_use]
    pub fn asked(&self, asked: Duration, attempt: i32, chance: f64) -> Duration {
        asked.max(self.wait(attempt, chance)).min(self.longest_asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_capped() {
        let retry = Retry::default();
        let seconds = |attempt| retry.wait(attempt, 1.0).as_secs();
        assert_eq!([1, 2, 3, 9, 10, 1000].map(seconds), [2, 4, 8, 512, 600, 600]);
        assert_eq!(retry.wait(5, 0.0), Duration::ZERO);
        assert_eq!(retry.asked(Duration::from_secs(30), 1, 0.5), Duration::from_secs(30));
        assert_eq!(retry.asked(Duration::from_secs(86_400), 1, 0.5), Duration::from_secs(3600));
        assert_eq!(retry.asked(Duration::ZERO, 3, 0.5), Duration::from_secs(4));
    }
}
