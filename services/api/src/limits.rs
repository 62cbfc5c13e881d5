//! How large things may be. Every limit is refused with a 400 or 413 that names it.

use serde_json::Value;

/// Bytes of a request's body.
pub(crate) const BODY: usize = 64 * 1024;
/// Bytes of a document.
pub(crate) const DOCUMENT: usize = 20 * 1024 * 1024;
/// Characters of a document's path in its source.
pub(crate) const PATH: usize = 300;
/// Bytes of the conversation tests of a skill.
pub(crate) const TESTS: usize = 256 * 1024;
/// Bytes of an import of skills.
pub(crate) const IMPORT: usize = 2 * 1024 * 1024;

/// Bytes of a body where it is not [`BODY`]: data of the resource, beside its `PayloadConfig`.
pub(crate) struct Body(pub usize);

/// Characters of a message.
pub(crate) const QUERY: usize = 2_000;
/// Characters of a user's name.
pub(crate) const USER: usize = 200;
/// Entries of `inputs` and of `context`.
pub(crate) const ENTRIES: usize = 50;
/// Characters of a text in `inputs` and `context`.
pub(crate) const VALUE: usize = 4_000;
/// Bytes of an `Idempotency-Key`.
pub(crate) const KEY: usize = 255;
/// Webhooks of an app at most.
pub(crate) const WEBHOOKS: i64 = 20;
/// Bytes of a webhook's address.
pub(crate) const URL: usize = 2_000;
/// Items on a page at most.
pub(crate) const PAGE: u32 = 100;

/// Checks a map of values that come from outside.
pub(crate) fn check_entries(name: &str, entries: &serde_json::Map<String, Value>) -> Result<(), String> {
    if entries.len() > ENTRIES {
        return Err(format!("{name} has {} entries; at most {ENTRIES} are allowed", entries.len()));
    }
    for (key, value) in entries {
        if key.chars().any(char::is_control) || key.is_empty() || key.len() > 100 {
            return Err(format!("{name} has a key that is empty, too long or has control characters"));
        }
        match value {
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("{name}.{key} must be a text, a number, true, false or null"));
            }
            Value::String(text) if text.chars().count() > VALUE => {
                return Err(format!("{name}.{key} is longer than {VALUE} characters"));
            }
            Value::String(text) if text.contains('\0') => {
                return Err(format!("{name}.{key} contains the character U+0000"));
            }
            _ => {}
        }
    }
    Ok(())
}
