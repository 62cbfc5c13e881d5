//! The form of a decision, as it is asked for and as it is checked.
//!
//! A decision is one flat object: `do` says which kind it is, and the fields of the kind are beside it. Asked for, it is
//! strict: every field is there and may be null, which is what providers can enforce. Checked, it is lenient in what does
//! not matter: fields of other kinds may be absent, slots may be an object.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::question::Purpose;

/// Steps of a plan, at most.
pub(crate) const MAX_STEPS: usize = 5;

impl Purpose {
    /// The kinds of decisions that it allows, each with its fields.
    fn kinds(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Fallback => {
                &[("skill", &["skill", "slots"]), ("ask", &["text"]), ("hand_off", &[]), ("nothing", &[])]
            }
            Self::Value => &[("value", &["value"]), ("nothing", &[])],
            Self::Plan => &[("plan", &["steps"]), ("ask", &["text"]), ("hand_off", &[]), ("nothing", &[])],
            Self::Answer => &[("answer", &["text", "citations"]), ("nothing", &[])],
        }
    }

    fn place(self) -> usize {
        match self {
            Self::Fallback => 0,
            Self::Value => 1,
            Self::Plan => 2,
            Self::Answer => 3,
        }
    }
}

/// What a provider is asked to keep to.
pub(crate) fn asked(purpose: Purpose) -> Value {
    let names: Vec<_> = purpose.kinds().iter().map(|(name, _)| *name).collect();
    let mut properties = Map::new();
    properties.insert("do".to_owned(), json!({"type": "string", "enum": names}));
    for field in purpose.kinds().iter().flat_map(|(_, fields)| *fields) {
        properties.insert((*field).to_owned(), nullable(asked_field(field)));
    }
    closed(properties)
}

/// The same as functions, one per kind of decision.
pub(crate) fn functions(purpose: Purpose) -> Value {
    let function = |(name, fields): &(&str, &[&str])| {
        let properties = fields.iter().map(|field| ((*field).to_owned(), asked_field(field))).collect();
        json!({"type": "function", "function": {"name": name, "parameters": closed(properties)}})
    };
    purpose.kinds().iter().map(function).collect()
}

/// Whether `decision` has the form; if not, what is wrong with it, without repeating any of it.
pub(crate) fn check(purpose: Purpose, decision: &Value) -> Result<(), String> {
    static CHECKED: LazyLock<[Option<Validator>; 4]> =
        LazyLock::new(|| Purpose::ALL.map(|purpose| jsonschema::validator_for(&checked(purpose)).ok()));
    let validator = CHECKED[purpose.place()].as_ref().ok_or("the schema cannot be read")?;
    validator.validate(decision).map_err(|error| format!("at {}: {}", place(&error), error.masked()))
}

fn place(error: &jsonschema::ValidationError<'_>) -> String {
    let path = error.instance_path().to_string();
    if path.is_empty() { "the top".to_owned() } else { path }
}

fn checked(purpose: Purpose) -> Value {
    let kinds: Vec<Value> = purpose
        .kinds()
        .iter()
        .map(|(name, fields)| {
            let properties: Map<_, _> =
                fields.iter().map(|field| ((*field).to_owned(), checked_field(field))).collect();
            json!({"if": {"properties": {"do": {"const": name}}}, "then": {"properties": properties, "required": fields}})
        })
        .collect();
    let names: Vec<_> = purpose.kinds().iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "required": ["do"], "properties": {"do": {"enum": names}}, "allOf": kinds})
}

/// Strict: no other fields, none missing.
fn closed(properties: Map<String, Value>) -> Value {
    let names: Vec<_> = properties.keys().cloned().collect();
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}

fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn any_value() -> Value {
    json!({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"},
                     {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "number"}]}}]})
}

fn asked_field(field: &str) -> Value {
    let object = |fields: Value| match fields {
        Value::Object(properties) => closed(properties),
        other => other,
    };
    match field {
        "slots" => json!({"type": "array", "items": object(json!({"slot": {"type": "string"}, "value": any_value()}))}),
        "steps" => {
            let slot = object(json!({
                "slot": {"type": "string"}, "value": nullable(any_value()),
                "from": nullable(json!({"type": "integer"})), "field": nullable(json!({"type": "string"}))}));
            let step = object(json!({
                "skill": {"type": "string"}, "each": nullable(json!({"type": "integer"})),
                "slots": {"type": "array", "items": slot}}));
            json!({"type": "array", "items": step})
        }
        "citations" => json!({"type": "array", "items": {"type": "string"}}),
        "value" => any_value(),
        _ => json!({"type": "string"}),
    }
}

fn checked_field(field: &str) -> Value {
    let slots = json!({"anyOf": [
        {"type": "object"},
        {"type": "null"},
        {"type": "array", "items": {"type": "object", "required": ["slot"], "properties": {
            "slot": {"type": "string"}, "from": {"type": ["integer", "null"], "minimum": 1}, "field": {"type": ["string", "null"]}}}}]});
    match field {
        "slots" => slots,
        "steps" => json!({"type": "array", "minItems": 1, "maxItems": MAX_STEPS, "items": {
            "type": "object", "required": ["skill"],
            "properties": {"skill": {"type": "string"}, "each": {"type": ["integer", "null"], "minimum": 1}, "slots": slots}}}),
        "citations" => json!({"type": "array", "items": {"type": "string"}}),
        "value" => json!({"not": {"type": ["null", "object"]}}),
        _ => json!({"type": "string", "minLength": 1}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_schema_and_functions() {
        for purpose in Purpose::ALL {
            assert!(jsonschema::validator_for(&asked(purpose)).is_ok(), "{purpose:?}");
            assert!(check(purpose, &json!({"do": "nothing"})).is_ok(), "{purpose:?}");
            assert!(check(purpose, &json!({"do": "sql"})).is_err(), "{purpose:?}");
            assert!(check(purpose, &json!([])).is_err(), "{purpose:?}");
            assert!(functions(purpose).as_array().is_some_and(|list| list.len() == purpose.kinds().len()));
        }
    }

    #[test]
    fn the_form_is_checked_and_nothing_of_it_repeated() {
        let long = json!({"do": "plan", "steps": vec![json!({"skill": "秘密"}); MAX_STEPS + 1]});
        let error = check(Purpose::Plan, &long).expect_err("too long");
        assert!(!error.contains("秘密"), "{error}");
        assert!(
            check(Purpose::Fallback, &json!({"do": "skill", "skill": "a", "slots": [{"slot": "b", "value": 1}]}))
                .is_ok()
        );
        assert!(
            check(Purpose::Fallback, &json!({"do": "skill", "skill": "a", "slots": {"b": 1}, "text": null})).is_ok()
        );
        assert!(check(Purpose::Fallback, &json!({"do": "skill", "slots": {}})).is_err());
        assert!(check(Purpose::Value, &json!({"do": "value", "value": null})).is_err());
    }
}
