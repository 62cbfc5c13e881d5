//! The Chinese lunisolar calendar, by a table of its years.

use chrono::{Datelike, NaiveDate};

use super::when::{Day, date, plus};

/// Adds to a day that was said in lunar months the solar days it falls on; the TIMEX keeps the lunar numbers.
pub(crate) fn anchored(day: Day, today: NaiveDate) -> Day {
    let (year, month, number) = day.ymd;
    match year {
        Some(year) => {
            let at = solar(year, month, number);
            Day { future: at, past: at, ..day }
        }
        None => {
            let years = today.year() - 2..=today.year() + 2;
            let mut days: Vec<NaiveDate> = years.filter_map(|y| solar(y, month, number)).collect();
            days.sort_unstable();
            let future = days.iter().copied().find(|d| *d >= today);
            let past = days.iter().rev().copied().find(|d| *d < today);
            Day { future, past, ..day }
        }
    }
}

include!("lunar_years.rs");

/// The solar day of a day of the lunar calendar; `None` outside the table or when the month is shorter.
pub(crate) fn solar(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let index = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
    let (first, lengths, leap) = *YEARS.get(index)?;
    let mut at = date(year, first / 100, first % 100)?;
    // Bit i of `lengths` is the i-th month in order, leap month included: set for thirty days.
    let before = month - 1 + u32::from(leap > 0 && month > leap);
    if !(1..=12).contains(&month) {
        return None;
    }
    let length = |i: u32| if lengths >> i & 1 == 1 { 30 } else { 29 };
    for i in 0..before {
        at = plus(at, length(i));
    }
    (1..=length(before)).contains(&i64::from(day)).then(|| plus(at, i64::from(day) - 1))
}
