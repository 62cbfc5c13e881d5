//! A typed value as the JSON that a slot wants, if it can be that at all.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value as Json;
use skills::Slot;
use skills::slot::{Format, Kind, ValueKind};
use values::Value;

use crate::state::By;

/// How a typed value fits a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fit {
    /// It is a value.
    Whole(Json, By),
    /// It is a first and a last value: for this slot and the one that ends its range.
    Range(Json, Json, By),
    /// It is only the day of a date-and-time.
    Day(NaiveDate),
    /// It is only the time of a date-and-time.
    Clock(NaiveTime),
}

/// How `value` fits `slot`; `asked` when the slot was just asked for, so that a bare number will do.
pub(crate) fn fit(slot: &Slot, value: &Value, asked: bool) -> Option<Fit> {
    match (slot.json_type(), slot.format) {
        (Kind::String, Some(Format::Date)) => date(value).or_else(|| open_end(slot, value)),
        (Kind::String, Some(Format::DateTime)) => date_time(value),
        (Kind::String, Some(Format::Time)) => match value {
            Value::Time { time } => Some(Fit::Whole(json_time(*time), By::Date)),
            Value::DateTime { at } => Some(Fit::Whole(json_time(at.time()), By::Date)),
            Value::TimeRange { from, to } => Some(Fit::Range(json_time(*from), json_time(*to), By::Date)),
            _ => None,
        },
        (Kind::String, Some(Format::Email)) => match value {
            Value::Email { address } => Some(Fit::Whole(address.clone().into(), By::Contact)),
            _ => None,
        },
        (Kind::String, Some(Format::Uri)) => match value {
            Value::Url { url } => Some(Fit::Whole(url.clone().into(), By::Contact)),
            _ => None,
        },
        (Kind::String, None) => match (slot.value, value) {
            (Some(ValueKind::Phone), Value::Phone { number, .. }) => {
                Some(Fit::Whole(number.clone().into(), By::Contact))
            }
            _ => None,
        },
        (Kind::Boolean, _) => match value {
            Value::Boolean { yes } if asked => Some(Fit::Whole((*yes).into(), By::Boolean)),
            _ => None,
        },
        (Kind::Integer | Kind::Number, _) => {
            let amount = amount(slot.value, value, asked)?;
            let json = if slot.json_type() == Kind::Integer { integer(amount)? } else { number(amount)? };
            Some(Fit::Whole(json, By::Number))
        }
    }
}

fn date(value: &Value) -> Option<Fit> {
    match value {
        Value::Date { date } => Some(Fit::Whole(json_date(*date), By::Date)),
        Value::DateTime { at } => Some(Fit::Whole(json_date(at.date()), By::Date)),
        Value::DateRange { from, to } => Some(Fit::Range(json_date(*from), json_date(*to), By::Date)),
        Value::DateTimeRange { from, to } => Some(Fit::Range(json_date(from.date()), json_date(to.date()), By::Date)),
        _ => None,
    }
}

/// "下周四开始" is the start of a range, "到周五为止" its end; either may be the day of a slot without a range.
fn open_end(slot: &Slot, value: &Value) -> Option<Fit> {
    let (from, to) = match value {
        Value::OpenDateRange { from, to } => (*from, *to),
        Value::OpenDateTimeRange { from, to } => (from.map(|at| at.date()), to.map(|at| at.date())),
        _ => return None,
    };
    let day = if slot.range_from.is_some() { to } else { from.or(to) };
    day.map(|day| Fit::Whole(json_date(day), By::Date))
}

fn date_time(value: &Value) -> Option<Fit> {
    match value {
        Value::DateTime { at } => Some(Fit::Whole(json_date_time(*at), By::Date)),
        Value::DateTimeRange { from, to } => Some(Fit::Range(json_date_time(*from), json_date_time(*to), By::Date)),
        Value::Date { date } => Some(Fit::Day(*date)),
        Value::Time { time } => Some(Fit::Clock(*time)),
        Value::TimeRange { from, .. } => Some(Fit::Clock(*from)),
        _ => None,
    }
}

/// The number that `value` is for a numeric slot of kind `kind`.
fn amount(kind: Option<ValueKind>, value: &Value, asked: bool) -> Option<Decimal> {
    let seconds_in = |unit: i64| {
        if let Value::Duration { duration } = value {
            Some(Decimal::from(duration.seconds()) / Decimal::from(unit))
        } else {
            None
        }
    };
    match (kind, value) {
        (Some(ValueKind::Money), Value::Money { amount, .. }) => Some(*amount),
        (Some(ValueKind::Percent), Value::Percent { percent }) => Some(*percent),
        (Some(ValueKind::Days), Value::Duration { .. }) => seconds_in(86_400),
        (Some(ValueKind::Hours), Value::Duration { .. }) => seconds_in(3_600),
        (Some(ValueKind::Minutes), Value::Duration { .. }) => seconds_in(60),
        // A bare number is money or a plain amount anywhere, but a duration or a percentage only as an answer.
        (None | Some(ValueKind::Money), Value::Number { number }) => Some(*number),
        (
            Some(ValueKind::Days | ValueKind::Hours | ValueKind::Minutes | ValueKind::Percent),
            Value::Number { number },
        ) if asked => Some(*number),
        (None, Value::Quantity { amount, .. }) => Some(*amount),
        _ => None,
    }
}

fn integer(amount: Decimal) -> Option<Json> {
    amount.fract().is_zero().then(|| amount.to_i64()).flatten().map(Json::from)
}

fn number(amount: Decimal) -> Option<Json> {
    if let Some(whole) = integer(amount) {
        return Some(whole);
    }
    serde_json::Number::from_f64(amount.to_f64()?).map(Json::Number)
}

pub(crate) fn json_date(date: NaiveDate) -> Json {
    date.format("%Y-%m-%d").to_string().into()
}

pub(crate) fn json_time(time: NaiveTime) -> Json {
    time.format("%H:%M:%S").to_string().into()
}

pub(crate) fn json_date_time(at: NaiveDateTime) -> Json {
    at.format("%Y-%m-%dT%H:%M:%S").to_string().into()
}

pub(crate) fn as_date(value: &Json) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

pub(crate) fn as_date_time(value: &Json) -> Option<NaiveDateTime> {
    value.as_str()?.parse().ok()
}
