//! Normal forms of dates, moments and lengths, after TIMEX3.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::duration::Duration;

pub(crate) fn iso(day: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// The TIMEX of a length of time: `P1Y2M`, `PT1H30M`, `P4BD`.
pub(crate) fn length_timex(length: &Duration) -> String {
    use crate::duration::DurationUnit as U;
    let (mut days, mut clock) = (String::new(), String::new());
    for part in &length.parts {
        let (amount, unit) = match part.unit {
            U::Century => (part.amount * rust_decimal::Decimal::ONE_HUNDRED, "Y"),
            U::Decade => (part.amount * rust_decimal::Decimal::TEN, "Y"),
            U::Year => (part.amount, "Y"),
            U::Quarter => (part.amount * rust_decimal::Decimal::from(3), "M"),
            U::Month => (part.amount, "M"),
            U::Fortnight => (part.amount * rust_decimal::Decimal::TWO, "W"),
            U::Week => (part.amount, "W"),
            U::Weekend => (part.amount, "WE"),
            U::Day => (part.amount, "D"),
            U::BusinessDay => (part.amount, "BD"),
            U::Hour => (part.amount, "H"),
            U::Minute => (part.amount, "M"),
            U::Second => (part.amount, "S"),
        };
        let out = if part.unit.is_clock() { &mut clock } else { &mut days };
        out.push_str(&format!("{}{unit}", amount.normalize()));
    }
    if clock.is_empty() { format!("P{days}") } else { format!("P{days}T{clock}") }
}

/// Minutes as `PT1H30M`.
pub(crate) fn minutes_timex(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (h, 0) => format!("PT{h}H"),
        (0, m) => format!("PT{m}M"),
        (h, m) => format!("PT{h}H{m}M"),
    }
}

/// A moment with its full clock: `2016-11-07T16:12:00`.
pub(crate) fn instant_timex(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}
