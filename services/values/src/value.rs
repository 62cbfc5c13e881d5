//! The types of values. How text becomes one of them lives elsewhere.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
pub use crate::reading::{Grain, Reading, Span};

/// What a reading means. Temporal values are local wall-clock values of the conversation's time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Value {
    /// One day.
    Date {
        /// The day.
        date: NaiveDate,
    },
    /// A time of day, of no particular day.
    Time {
        /// The time.
        time: NaiveTime,
    },
    /// A day and a time on it.
    DateTime {
        /// The moment, local.
        at: NaiveDateTime,
    },
    /// Days from one to another, **both inclusive**: two date slots can be filled from it as it is. `to` is earlier
    /// than `from` where the text says so (从12月5日到12月3日), for the dialogue to ask about.
    DateRange {
        /// First day.
        from: NaiveDate,
        /// Last day, itself part of the range.
        to: NaiveDate,
    },
    /// Times of no particular day, from inclusive to exclusive; `to` may be earlier, past midnight.
    TimeRange {
        /// Start.
        from: NaiveTime,
        /// End.
        to: NaiveTime,
    },
    /// Moments from inclusive to exclusive.
    DateTimeRange {
        /// Start.
        from: NaiveDateTime,
        /// End.
        to: NaiveDateTime,
    },
    /// A range of days with one end open: 月底前, "since 2018". The end that is there is inclusive.
    OpenDateRange {
        /// First day, if any.
        from: Option<NaiveDate>,
        /// Last day, if any, itself part of the range.
        to: Option<NaiveDate>,
    },
    /// A range of moments with one end open: "before 3pm tomorrow".
    OpenDateTimeRange {
        /// Start, if any.
        from: Option<NaiveDateTime>,
        /// End, if any.
        to: Option<NaiveDateTime>,
    },
    /// A range of times of day with one end open: 下午三点之前.
    OpenTimeRange {
        /// Start, if any.
        from: Option<NaiveTime>,
        /// End, if any.
        to: Option<NaiveTime>,
    },
    /// A day that no calendar has, such as 2月30日: say so rather than ask again.
    ImpossibleDate {
        /// Year, when said.
        year: Option<i32>,
        /// Month.
        month: u32,
        /// Day.
        day: u32,
    },
    /// A length of time, business days included. See [`Duration::after`] for adding it to a date.
    Duration {
        /// The amounts and units.
        duration: Duration,
    },
    /// A repeating time: 每周三下午三点.
    Recurring {
        /// What repeats.
        recurrence: Recurrence,
    },
    /// A cardinal, decimal or fraction.
    Number {
        /// The number.
        number: Decimal,
    },
    /// A place in an order.
    Ordinal {
        /// 1 is the first; -1 the last, -2 the last but one; 0 is "this one".
        position: i64,
        /// Whether it counts from the one under discussion ("the next one" is +1, "the previous one" -1).
        #[serde(default)]
        relative: bool,
    },
    /// A part of a hundred; 打八折 is 80.
    Percent {
        /// In percent.
        percent: Decimal,
    },
    /// Numbers between two bounds, either of which may be open.
    NumberRange {
        /// Lower bound.
        from: Option<Decimal>,
        /// Upper bound.
        to: Option<Decimal>,
        /// Whether the lower bound belongs to the range.
        from_inclusive: bool,
        /// Whether the upper bound belongs to the range.
        to_inclusive: bool,
    },
    /// An amount of money.
    Money {
        /// In units of the currency, not its fractions.
        amount: Decimal,
        /// ISO 4217, when the text says which.
        currency: Option<String>,
    },
    /// An amount with a unit.
    Quantity {
        /// How many.
        amount: Decimal,
        /// English name of the unit, such as `kilometer`.
        unit: String,
        /// What is measured.
        dimension: Dimension,
    },
    /// A currency named without an amount.
    CurrencyName {
        /// ISO 4217.
        currency: String,
    },
    /// A unit named without an amount.
    UnitName {
        /// As in `Quantity`.
        unit: String,
        /// What it measures.
        dimension: Dimension,
    },
    /// A telephone number.
    Phone {
        /// As written, with separators taken out; `+` kept.
        number: String,
        /// Whether it is a mainland mobile or landline number.
        china: bool,
    },
    /// An e-mail address.
    Email {
        /// The address, host in lower case.
        address: String,
    },
    /// A web address.
    Url {
        /// As written.
        url: String,
    },
    /// An IP address, version 4 or 6.
    Ip {
        /// The address, normalised.
        address: String,
    },
    /// A mainland resident identity number of 18 characters.
    ResidentId {
        /// The number, with a capital X.
        id: String,
        /// Whether the check digit is right.
        checksum_ok: bool,
    },
    /// A unified social credit code (GB 32100) of 18 characters with the right check character.
    CreditCode {
        /// The code, upper case.
        code: String,
    },
    /// A bank card number of 13 to 19 digits that passes Luhn.
    BankCard {
        /// Digits only.
        number: String,
    },
    /// A mainland number plate.
    Plate {
        /// The plate, upper case, without separator.
        plate: String,
    },
    /// A GUID.
    Guid {
        /// As written.
        guid: String,
    },
    /// A `#hashtag`.
    Hashtag {
        /// With the sign.
        tag: String,
    },
    /// An `@mention`.
    Mention {
        /// With the sign.
        name: String,
    },
    /// Words between quotation marks.
    Quoted {
        /// Without the marks.
        text: String,
    },
    /// Yes or no.
    Boolean {
        /// True is yes.
        yes: bool,
    },
    /// A pick out of a list that was offered: "第二个和第三个", "the last one".
    Choice {
        /// 1 is the first; -1 the last.
        positions: Vec<i64>,
    },
}

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Dimension {
    Length,
    Weight,
    Volume,
    Area,
    Data,
    Speed,
    Temperature,
    Age,
    Angle,
    Count,
    Power,
    Energy,
    Pressure,
    Frequency,
}

/// A repeating time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Recurrence {
    /// The period: every 2 weeks. A week when only days of the week are named.
    pub every: Duration,
    /// Days of the week it falls on; empty when not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// Day of the month it falls on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_day: Option<u32>,
    /// Month it falls in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<u32>,
    /// Time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<NaiveTime>,
}

/// A family of types. Readings of one family never overlap one another; those of two may ("3天" is a
/// duration and holds the number 3), so a slot asks for its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are named after the values")]
pub enum Family {
    Temporal,
    Number,
    Ordinal,
    Percent,
    NumberRange,
    Money,
    Quantity,
    Age,
    Temperature,
    Phone,
    Email,
    Url,
    Ip,
    Identity,
    Token,
    Quoted,
    Boolean,
    Choice,
}

impl Value {
    /// The family the value's type belongs to.
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Value::Date { .. }
            | Value::Time { .. }
            | Value::DateTime { .. }
            | Value::DateRange { .. }
            | Value::TimeRange { .. }
            | Value::DateTimeRange { .. }
            | Value::OpenDateRange { .. }
            | Value::OpenDateTimeRange { .. }
            | Value::OpenTimeRange { .. }
            | Value::ImpossibleDate { .. }
            | Value::Duration { .. }
            | Value::Recurring { .. } => Family::Temporal,
            Value::Number { .. } => Family::Number,
            Value::Ordinal { .. } => Family::Ordinal,
            Value::Percent { .. } => Family::Percent,
            Value::NumberRange { .. } => Family::NumberRange,
            Value::Money { .. } | Value::CurrencyName { .. } => Family::Money,
            Value::Quantity { dimension, .. } | Value::UnitName { dimension, .. } => match dimension {
                Dimension::Age => Family::Age,
                Dimension::Temperature => Family::Temperature,
                _ => Family::Quantity,
            },
            Value::Phone { .. } => Family::Phone,
            Value::Email { .. } => Family::Email,
            Value::Url { .. } => Family::Url,
            Value::Ip { .. } => Family::Ip,
            Value::ResidentId { .. } | Value::CreditCode { .. } | Value::BankCard { .. } | Value::Plate { .. } => {
                Family::Identity
            }
            Value::Guid { .. } | Value::Hashtag { .. } | Value::Mention { .. } => Family::Token,
            Value::Quoted { .. } => Family::Quoted,
            Value::Boolean { .. } => Family::Boolean,
            Value::Choice { .. } => Family::Choice,
        }
    }
}
