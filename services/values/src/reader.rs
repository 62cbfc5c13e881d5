//! A message being read: its text, its context, and what has been found before it is turned into readings.

use std::cell::OnceCell;

use crate::context::Context;
use crate::number::Numeral;
use crate::temporal::Item;
use crate::text::Text;
use crate::value::{Grain, Reading, Span, Value};

/// What every part of the grammar reads from.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub text: Text,
    pub context: &'a Context<'a>,
    /// The number at each token, once it has been asked for: five families do.
    pub numbers: Vec<OnceCell<Option<Numeral>>>,
    /// The same of the smallest temporal meanings.
    pub atoms: Vec<OnceCell<Option<Item>>>,
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
        let text = Text::new(message);
        let numbers = vec![OnceCell::new(); text.tokens.len()];
        let atoms = vec![OnceCell::new(); text.tokens.len()];
        Self { text, context, numbers, atoms }
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
