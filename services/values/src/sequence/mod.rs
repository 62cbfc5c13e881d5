//! Values that are strings of characters: telephone numbers, addresses of the net, identity numbers, tokens.

pub(crate) mod identity;
pub(crate) mod net;
pub(crate) mod phone;
pub(crate) mod token;

use crate::reader::{Found, Reader};
use crate::value::{Reading, Span, Value};

/// A reading of whole characters.
pub(crate) fn reading(reader: &Reader<'_>, start: usize, end: usize, value: Value, rule: &'static str) -> Reading {
    reader.spanning(Span { start, end }, Found::new(0, 0, value, rule))
}

/// Characters from one position to before another, folded or as written.
pub(crate) fn written(chars: &[char], start: usize, end: usize) -> String {
    chars.get(start..end).unwrap_or_default().iter().collect()
}
