//! What the rows of a run must look like.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};

use super::slot::REGEX_SIZE;
use crate::message::{Message, message};

/// A compiled schema of one row.
#[derive(Debug)]
pub(super) struct Returns(Validator);

impl Returns {
    /// Compiles `schema`, JSON Schema 2020-12 in which `$ref` stays in the document.
    pub(super) fn compile(schema: &Value) -> Result<Self, Message> {
        if !schema.is_object() {
            return Err(message!(
                "returns_schema",
                "须为一行的 JSON Schema：{{type: object, properties: …}}",
                "a JSON Schema of one row is needed: {{type: object, properties: …}}"
            ));
        }
        if let Some(kind) = schema.get("type").filter(|kind| *kind != "object") {
            return Err(message!(
                "returns_schema",
                "它描述一行，类型须为 object，而不是 {kind}",
                "it describes one row, so its type is object, not {kind}"
            ));
        }
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex().size_limit(REGEX_SIZE))
            .build(schema)
            .map(Self)
            .map_err(|error| {
                message!("returns_schema", "不是可用的 JSON Schema：{error}", "it is no JSON Schema that can be used: {error}")
            })
    }

    pub(super) fn check(&self, rows: &[Map<String, Value>]) -> Result<(), String> {
        for (index, row) in rows.iter().enumerate() {
            let row = Value::Object(row.clone());
            if let Err(error) = self.0.validate(&row) {
                let (number, path) = (index + 1, error.instance_path().to_string());
                let place = if path.is_empty() { String::new() } else { format!(", {path}") };
                return Err(format!("returns: row {number}{place}: {}", error.masked()));
            }
        }
        Ok(())
    }
}
