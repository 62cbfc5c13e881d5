//! What a message asks about topics.

use rust_decimal::Decimal;

use super::Thing;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Index of the topic.
    pub topic: usize,
    /// The column.
    pub column: String,
    /// What it is to be.
    pub wanted: Wanted,
    /// Whether it comes on top of what was wanted of the column before.
    pub adds: bool,
}

/// What a column is to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Between two numbers, the ends included; one of them may be open.
    Between(Option<Decimal>, Option<Decimal>),
    /// Nothing: free of charge.
    Nothing,
    /// More than nothing.
    Something,
    /// This value.
    Is(String),
    /// A set with this member.
    Has(String),
    /// This thing.
    Thing(Thing),
}

impl Said {
    /// Whether both say the same of the same column.
    pub(super) fn same_value(&self, other: &Self) -> bool {
        self.topic == other.topic && self.column == other.column && self.wanted == other.wanted
    }
}

/// A column that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Index of the topic.
    pub topic: usize,
    /// The column.
    pub column: String,
    /// For a set: whether this is a member.
    pub member: Option<String>,
}

/// A search among the neighbours of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Index of the topic searched.
    pub topic: usize,
    /// Index of the topic of the thing whose neighbours they are.
    pub of: usize,
    /// The thing, if it is known.
    pub thing: Option<Thing>,
}

/// What a message asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inquiry {
    /// The topic searched, if something is searched.
    pub search: Option<usize>,
    /// Conditions.
    pub said: Vec<Said>,
    /// Columns asked for.
    pub asked: Vec<Asked>,
    /// Things named.
    pub named: Vec<Thing>,
    /// The neighbourhood searched.
    pub near: Option<Near>,
    /// Whether the search is among what was just offered.
    pub picks: bool,
}

impl Inquiry {
    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.search.is_none() && self.said.is_empty() && self.asked.is_empty() && self.named.is_empty()
    }

    /// The topic that the message is about.
    #[must_use]
    pub fn about(&self) -> Option<usize> {
        let asked = self.asked.first().map(|asked| asked.topic);
        self.search.or(asked).or_else(|| self.named.last().map(|thing| thing.topic))
    }

    /// Whether things are to be suggested, rather than one that is named be looked up.
    #[must_use]
    pub fn wants_suggestions(&self) -> bool {
        self.search.is_some_and(|topic| self.near.is_none() && self.named.iter().all(|thing| thing.topic != topic))
    }
}
