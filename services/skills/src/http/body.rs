//! The body: JSON whose texts are templates.

use serde_json::{Map, Value};

/// The deepest nesting of a body.
const MAX_DEPTH: usize = 20;

/// Visits every text with its place, such as `/order/lines/0`.
pub(super) fn texts(body: &Value, visit: &mut impl FnMut(&str, &str) -> Result<(), String>) -> Result<(), String> {
    walk(body, "", 0, visit)
}

fn walk(
    value: &Value,
    place: &str,
    depth: usize,
    visit: &mut impl FnMut(&str, &str) -> Result<(), String>,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("body: it is nested deeper than {MAX_DEPTH}"));
    }
    match value {
        Value::String(text) => visit(place, text),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| walk(item, &format!("{place}/{index}"), depth + 1, visit)),
        Value::Object(entries) => {
            entries.iter().try_for_each(|(key, item)| walk(item, &format!("{place}/{key}"), depth + 1, visit))
        }
        _ => Ok(()),
    }
}

/// The body with every text replaced; a key whose value is `None` is left out, in an array it is null.
pub(super) fn fill(
    value: &Value,
    place: &str,
    replace: &impl Fn(&str, &str) -> Result<Option<Value>, String>,
) -> Result<Option<Value>, String> {
    Ok(Some(match value {
        Value::String(text) => return replace(place, text),
        Value::Array(items) => {
            let mut filled = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                filled.push(fill(item, &format!("{place}/{index}"), replace)?.unwrap_or_default());
            }
            Value::Array(filled)
        }
        Value::Object(entries) => {
            let mut filled = Map::new();
            for (key, item) in entries {
                if let Some(item) = fill(item, &format!("{place}/{key}"), replace)? {
                    filled.insert(key.clone(), item);
                }
            }
            Value::Object(filled)
        }
        other => other.clone(),
    }))
}

/// The slot of a text that is only `{{ name }}` or `{{ slots.name }}`.
pub(super) fn only_slot(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let name = name.strip_prefix("slots.").unwrap_or(name);
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_plain.then_some(name)
}
