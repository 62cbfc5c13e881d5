//! The functions over days that expressions may call. A day is a text that begins with `YYYY-MM-DD`.
//!
//! | function | value |
//! | --- | --- |
//! | `days(from, to)` | days from one to the other, both counted; 0 when `to` is earlier |
//! | `workdays(from, to)` | the same, working days only |
//! | `add_days(day, n)` | the day `n` days later |
//! | `add_workdays(day, n)` | the `n`-th working day after it, before it when negative |
//! | `is_workday(day)` | whether it is worked |

use std::sync::Arc;

use cel::{Context, DeclarationError, ExecutionError};
use chrono::{NaiveDate, TimeDelta};
use values::Calendar;

/// All functions.
pub(super) const NAMES: &[&str] = &["days", "workdays", "add_days", "add_workdays", "is_workday"];
/// Those that depend on which days are worked.
pub(super) const OF_WORKDAYS: &[&str] = &["workdays", "add_workdays", "is_workday"];

/// The longest span that is counted, in days.
const MAX_DAYS: i64 = 40_000;

pub(super) fn add(context: &mut Context<'_, '_>, calendar: Option<&Arc<Calendar>>) -> Result<(), DeclarationError> {
    context.add_function("days", |from: Arc<String>, to: Arc<String>| {
        let (from, to) = (day("days", &from)?, day("days", &to)?);
        Ok::<i64, ExecutionError>((to - from).num_days().saturating_add(1).max(0))
    })?;
    context.add_function("add_days", |from: Arc<String>, count: i64| {
        let later = TimeDelta::try_days(count).and_then(|delta| day("add_days", &from).ok()?.checked_add_signed(delta));
        later
            .map(written)
            .ok_or_else(|| ExecutionError::function_error("add_days", format!("{from:?} + {count} days is no day")))
    })?;
    let Some(calendar) = calendar else { return Ok(()) };
    let of = Arc::clone(calendar);
    context.add_function("workdays", move |from: Arc<String>, to: Arc<String>| {
        let (from, to) = (day("workdays", &from)?, day("workdays", &to)?);
        if (to - from).num_days() > MAX_DAYS {
            return Err(ExecutionError::function_error("workdays", format!("more than {MAX_DAYS} days")));
        }
        Ok(of.workdays_between(from, to).days)
    })?;
    let of = Arc::clone(calendar);
    context.add_function("add_workdays", move |from: Arc<String>, count: i64| {
        let later = of.add_workdays(day("add_workdays", &from)?, count);
        later
            .map(written)
            .ok_or_else(|| ExecutionError::function_error("add_workdays", format!("{count} days are too many")))
    })?;
    let of = Arc::clone(calendar);
    context.add_function("is_workday", move |at: Arc<String>| {
        Ok::<bool, ExecutionError>(of.works(day("is_workday", &at)?))
    })
}

fn day(function: &str, text: &str) -> Result<NaiveDate, ExecutionError> {
    let parsed = text.get(..10).and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| ExecutionError::function_error(function, format!("{text:?} is no day")))
}

fn written(day: NaiveDate) -> Arc<String> {
    Arc::new(day.to_string())
}
