//! What a reading is: a value, where it stands in the message, and how it was read.

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// Half-open range in characters (Unicode scalar values) of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First character of the reading.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
}

impl Span {
    /// Whether two spans share at least one character.
    #[must_use]
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Length in characters.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span covers no character.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

/// One value read in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Where in the message, in characters.
    pub span: Span,
    /// The characters of the span, as written.
    pub text: String,
    /// What it means, by the context's policy where the text is ambiguous.
    pub value: Value,
    /// Other meanings the same characters may have, likeliest first. Echo the value in full when not empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Value>,
    /// How it was read: a stable name such as `zh.weekday`.
    pub rule: std::borrow::Cow<'static, str>,
    /// The finest calendar unit the text names; `None` for what is not temporal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
    /// The temporal normal forms before they are anchored to "now" (`XXXX-WXX-3`), after TIMEX3: that of the value
    /// first, then those of alternatives that differ in it. Empty for what is not temporal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timex: Vec<String>,
}

/// The calendar unit a temporal reading is as fine as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A part of a day such as 今晚.
    DayPart,
    /// A day.
    Day,
    /// Saturday and Sunday.
    Weekend,
    /// A week, Monday first.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A season.
    Season,
    /// A year.
    Year,
    /// Ten years.
    Decade,
    /// A hundred years.
    Century,
}
