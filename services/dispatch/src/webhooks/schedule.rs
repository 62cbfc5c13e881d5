//! When a delivery is tried again. Pure: the chance is passed in.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The delays between attempts, and what an endpoint may ask for instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The delay after the first attempt, the second …; after one more attempt than there are delays it is given up.
    pub delays: Vec<Duration>,
    /// The least delay after 429 and 503.
    pub relief: Duration,
    /// The longest delay that an endpoint may ask for.
    pub longest: Duration,
}

impl Default for Schedule {
    /// Eleven attempts over a day.
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let delays = [5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR];
        Self {
            delays: delays.map(Duration::from_secs).to_vec(),
            relief: Duration::from_mins(1),
            longest: Duration::from_hours(24),
        }
    }
}

impl Schedule {
    /// The delay after attempt number `tries` (from 1), `None` when that was the last. `chance`, from 0 to 1, makes it up to
    /// a fifth shorter or longer, so that what failed together does not come again together.
    pub(crate) fn delay(&self, tries: i32, chance: f64) -> Option<Duration> {
        let index = usize::try_from(tries.saturating_sub(1)).unwrap_or_default();
        self.delays.get(index).map(|delay| delay.mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0)))
    }

    /// The longest delay of the schedule, for what is no fault of the endpoint's.
    pub(crate) fn last(&self) -> Duration {
        self.delays.last().copied().unwrap_or(self.relief)
    }

    /// What to wait when the schedule says `delay` and an endpoint that is busy asks for `asked`.
    pub(crate) fn relieved(&self, delay: Duration, asked: Option<Duration>) -> Duration {
        let least = delay.max(self.relief);
        asked.unwrap_or_default().min(self.longest).max(least)
    }
}

/// What a `Retry-After` header asks for: seconds, or an HTTP date.
pub(crate) fn retry_after(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let at = DateTime::parse_from_rfc2822(header).ok()?.with_timezone(&Utc);
    Some((at - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_grows_over_hours_and_ends() {
        let schedule = Schedule::default();
        let delays: Vec<_> = (1..=11).map(|tries| schedule.delay(tries, 0.5).map(|delay| delay.as_secs())).collect();
        let hours = |hours: u64| Some(hours * 3_600);
        let expected =
            [Some(5), Some(30), Some(120), Some(600), Some(1_800), hours(1), hours(2), hours(4), hours(8), hours(8)];
        assert_eq!(delays[..10], expected);
        assert_eq!(delays[10], None, "the eleventh attempt is the last");
        assert_eq!(schedule.delay(i32::MAX, 0.5), None);
    }

    #[test]
    fn chance_moves_a_delay_by_a_fifth_at_most() {
        let schedule = Schedule::default();
        assert_eq!(schedule.delay(1, 0.0), Some(Duration::from_secs(4)));
        assert_eq!(schedule.delay(1, 1.0), Some(Duration::from_secs(6)));
    }

    #[test]
    fn an_endpoint_is_left_alone_as_long_as_it_asks_within_limits() {
        let schedule = Schedule::default();
        let seconds = Duration::from_secs;
        assert_eq!(schedule.relieved(seconds(5), None), seconds(60));
        assert_eq!(schedule.relieved(seconds(5), Some(seconds(1))), seconds(60));
        assert_eq!(schedule.relieved(seconds(5), Some(seconds(90))), seconds(90));
        assert_eq!(schedule.relieved(seconds(600), Some(seconds(90))), seconds(600));
        assert_eq!(schedule.relieved(seconds(5), Some(seconds(1_000_000))), seconds(86_400));
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T10:00:00Z").expect("a time").with_timezone(&Utc);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(retry_after(" 120 ", now), seconds(120));
        assert_eq!(retry_after("Mon, 23 Nov 2026 10:05:00 GMT", now), seconds(300));
        assert_eq!(retry_after("Mon, 23 Nov 2026 09:00:00 GMT", now), seconds(0), "it has passed");
        for odd in ["", "soon", "-5", "1.5", "99999999999", "Mon, 99 Nov 2026 10:05:00 GMT"] {
            assert_eq!(retry_after(odd, now), None, "{odd}");
        }
    }
}
