//! Lengths of time in the units people say them in, and adding one to a date.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;

/// A length of time: one or more amounts with their units, as said, never converted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Duration {
    /// Largest unit first, as a rule; empty only by default.
    pub parts: Vec<DurationPart>,
}

/// An amount of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DurationPart {
    /// How many; half an hour is 0.5.
    pub amount: Decimal,
    /// Of what.
    pub unit: DurationUnit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DurationUnit {
    Century,
    Decade,
    Year,
    Quarter,
    Month,
    Fortnight,
    Week,
    Weekend,
    Day,
    BusinessDay,
    Hour,
    Minute,
    Second,
}

impl DurationUnit {
    /// Length in seconds, a month as 30 days and a year as 365; a business day as one day.
    #[must_use]
    pub fn seconds(self) -> i64 {
        const DAY: i64 = 86_400;
        match self {
            Self::Century => 36_500 * DAY,
            Self::Decade => 3_650 * DAY,
            Self::Year => 365 * DAY,
            Self::Quarter => 91 * DAY,
            Self::Month => 30 * DAY,
            Self::Fortnight => 14 * DAY,
            Self::Week => 7 * DAY,
            Self::Weekend => 2 * DAY,
            Self::Day | Self::BusinessDay => DAY,
            Self::Hour => 3_600,
            Self::Minute => 60,
            Self::Second => 1,
        }
    }

    /// Whether the unit is finer than a day.
    #[must_use]
    pub fn is_clock(self) -> bool {
        self >= Self::Hour
    }
}

impl Duration {
    /// One amount of one unit.
    #[must_use]
    pub fn of(amount: impl Into<Decimal>, unit: DurationUnit) -> Self {
        Self { parts: vec![DurationPart { amount: amount.into(), unit }] }
    }

    /// Length in seconds by [`DurationUnit::seconds`]; saturates.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.parts.iter().fold(0, |sum: i64, part| {
            let length = part.amount.checked_mul(Decimal::from(part.unit.seconds()));
            sum.saturating_add(length.and_then(|l| l.to_i64()).unwrap_or(i64::MAX))
        })
    }

    /// The moment this long after `start`; `None` when it leaves the calendar's range or when business days
    /// run into a year the calendar does not know nothing about and cannot guess.
    #[must_use]
    pub fn after(&self, start: NaiveDateTime, calendar: &Calendar) -> Option<NaiveDateTime> {
        self.shift(start, 1, calendar)
    }

    /// The moment this long before `start`.
    #[must_use]
    pub fn before(&self, start: NaiveDateTime, calendar: &Calendar) -> Option<NaiveDateTime> {
        self.shift(start, -1, calendar)
    }

    /// The last day of a stretch this long that begins with `first`: 三天 from Monday ends on Wednesday.
    #[must_use]
    pub fn last_day(&self, first: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        if let [DurationPart { amount, unit: DurationUnit::BusinessDay }] = self.parts.as_slice() {
            let count = amount.ceil().to_i64()?.max(1);
            let start = if calendar.works(first) { first } else { calendar.add_workdays(first, 1)? };
            return calendar.add_workdays(start, count - 1);
        }
        let end = self.after(first.and_hms_opt(0, 0, 0)?, calendar)?;
        let last = end.checked_sub_signed(TimeDelta::seconds(1))?.date();
        Some(last.max(first))
    }

    fn shift(&self, start: NaiveDateTime, sign: i64, calendar: &Calendar) -> Option<NaiveDateTime> {
        let mut at = start;
        for part in &self.parts {
            let months = match part.unit {
                DurationUnit::Century => 1200,
                DurationUnit::Decade => 120,
                DurationUnit::Year => 12,
                DurationUnit::Quarter => 3,
                DurationUnit::Month => 1,
                _ => 0,
            };
            if months > 0 {
                let exact = part.amount.checked_mul(Decimal::from(months))?;
                at = shift_months(at, exact.trunc().to_i64()?.checked_mul(sign)?)?;
                let rest = (exact - exact.trunc()) * Decimal::from(30);
                at = shift_days(at, rest.trunc().to_i64()?.checked_mul(sign)?)?;
            } else if part.unit == DurationUnit::BusinessDay {
                let count = part.amount.ceil().to_i64()?.checked_mul(sign)?;
                at = calendar.add_workdays(at.date(), count)?.and_time(at.time());
            } else {
                let seconds = part.amount.checked_mul(Decimal::from(part.unit.seconds()))?.to_i64()?;
                at = at.checked_add_signed(TimeDelta::try_seconds(seconds.checked_mul(sign)?)?)?;
            }
        }
        (at.year().abs() < 10_000).then_some(at)
    }
}

fn shift_months(at: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { at.checked_sub_months(count) } else { at.checked_add_months(count) }
}

fn shift_days(at: NaiveDateTime, days: i64) -> Option<NaiveDateTime> {
    let count = Days::new(days.unsigned_abs());
    if days < 0 { at.checked_sub_days(count) } else { at.checked_add_days(count) }
}
