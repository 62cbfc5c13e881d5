//! The clock of a turn. Dates are resolved against it, so tests and demonstrations can set it.

use chrono::{DateTime, TimeDelta, Utc};

/// Where "now" comes from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still, for tests and demonstrations.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The current instant.
    #[must_use]
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => at,
        }
    }

    /// How far the machine's clock is ahead of this one: nothing, unless this one is set. What is to happen an hour from now
    /// by a clock that is set happens an hour from now all the same.
    #[must_use]
    pub fn lag(self) -> TimeDelta {
        match self {
            Self::System => TimeDelta::zero(),
            Self::Fixed(at) => Utc::now() - at,
        }
    }
}
