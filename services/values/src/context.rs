//! What a text is read against: the conversation's clock, the tenant's calendar and its settings for what is ambiguous.

use chrono::NaiveDateTime;
use paigong_core::Language;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;

/// Everything `read` needs besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Local wall clock of the conversation.
    pub now: NaiveDateTime,
    /// The tenant's business calendar.
    pub calendar: &'a Calendar,
    /// Which way a date that names no year or week points.
    pub direction: Direction,
    /// What "周三" means when today is Wednesday.
    pub same_weekday: SameWeekday,
    /// Whether 5/6 is the fifth of June; otherwise the sixth of May.
    pub day_first: bool,
    /// The language of what carries none, such as "5/6" or "3.5"; it never hides the other language.
    pub language: Option<Language>,
}

/// Which way a date without its year or week points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The next one, today included: for what is still to be done.
    #[default]
    Future,
    /// The last one: for what has been.
    Past,
}

/// What a weekday said on that very weekday means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameWeekday {
    /// Today.
    #[default]
    Today,
    /// A week from today (a week ago when the direction is past).
    WeekAway,
}

/// A tenant's settings for what is ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What "周三" means when today is Wednesday.
    pub same_weekday: SameWeekday,
    /// Whether 5/6 is the fifth of June; otherwise the sixth of May.
    pub day_first: bool,
}

impl<'a> Context<'a> {
    /// Future-leaning, month first, the weekday of today meaning today.
    #[must_use]
    pub fn new(now: NaiveDateTime, calendar: &'a Calendar) -> Self {
        Self {
            now,
            calendar,
            direction: Direction::default(),
            same_weekday: SameWeekday::default(),
            day_first: false,
            language: None,
        }
    }

    /// The same with a tenant's settings.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { same_weekday: policy.same_weekday, day_first: policy.day_first, ..self }
    }
}
