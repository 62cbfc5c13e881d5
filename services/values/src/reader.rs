//! A message being read: its text, its context, and what has been found before it is turned into readings.

use crate::context::Context;
use crate::text::Text;
use crate::value::{Grain, Reading, Span, Value};

/// What every part of the grammar reads from.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub text: Text,
    pub context: &'a Context<'a>,
}

/// A value and the tokens it covers.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub start: usize,
    pub end: usize,
    pub value: Value,
    pub alternatives: Vec<Value>,
    pub rule: &'static str,
    pub grain: Option<Grain>,
    pub timex: Vec<String>,
}

impl Found {
    pub(crate) fn new(start: usize, end: usize, value: Value, rule: &'static str) -> Self {
        Self { start, end, value, alternatives: Vec::new(), rule, grain: None, timex: Vec::new() }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(message: &str, context: &'a Context<'a>) -> Self {
        Self { text: Text::new(message), context }
    }

    /// The reading for what covers the tokens of `found`.
    pub(crate) fn reading(&self, found: Found) -> Option<Reading> {
        let start = self.text.tokens.get(found.start)?.start;
        let end = self.text.tokens.get(found.end.checked_sub(1)?)?.end;
        Some(self.spanning(Span { start, end }, found))
    }

    /// A reading for characters that need not be whole tokens.
    pub(crate) fn spanning(&self, span: Span, found: Found) -> Reading {
        Reading {
            span,
            text: self.text.raw[span.start..span.end].iter().collect(),
            value: found.value,
            alternatives: found.alternatives,
            rule: found.rule.into(),
            grain: found.grain,
            timex: found.timex,
        }
    }
}
