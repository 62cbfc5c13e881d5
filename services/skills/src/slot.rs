//! One slot: a JSON Schema (2020-12) with the keywords that matter for single values, and `x-` keywords for dialogue.

use indexmap::IndexMap;
use paigong_core::Bilingual;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A slot as written. Unknown keywords are refused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Slot {
    /// The JSON type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The string format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The allowed values.
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// A regular expression (linear time, no look-around).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<serde_json::Number>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<serde_json::Number>,
    /// Numbers must be larger than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive_minimum: Option<serde_json::Number>,
    /// Numbers must be a multiple of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_of: Option<serde_json::Number>,
    /// Shortest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// Longest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// For readers of the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,

    /// What the slot is called in both languages.
    #[serde(rename = "x-title", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
    /// The question.
    #[serde(rename = "x-ask", default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Bilingual>,
    /// The question put differently the second time.
    #[serde(rename = "x-ask-again", default, skip_serializing_if = "Option::is_none")]
    pub ask_again: Option<Bilingual>,
    /// Other words for an allowed value, in any language.
    #[serde(rename = "x-synonyms", default, skip_serializing_if = "IndexMap::is_empty")]
    pub synonyms: IndexMap<String, Vec<String>>,
    /// What an allowed value is called when it is shown.
    #[serde(rename = "x-labels", default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<String, Bilingual>,
    /// `context.NAME`: bound from the caller's identity; neither user nor model can set it.
    #[serde(rename = "x-source", default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Which kind of typed value to read, where type and format do not say it.
    #[serde(rename = "x-value", default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueKind>,
    /// Regular expressions whose first group is the value.
    #[serde(rename = "x-read", default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<String>,
    /// How the group of `x-read` is written, `{}` standing for it, such as `SO-{}`.
    #[serde(rename = "x-write", default, skip_serializing_if = "Option::is_none")]
    pub write: Option<String>,
    /// This slot ends a range that begins in the slot named here.
    #[serde(rename = "x-range-from", default, skip_serializing_if = "Option::is_none")]
    pub range_from: Option<String>,
    /// Whether the value of the same name in the request or result before is taken over when the user gives none.
    #[serde(rename = "x-carry", default, skip_serializing_if = "std::ops::Not::not")]
    pub carry: bool,
    /// A CEL expression for the value when the user gave none; evaluated instead of asking.
    #[serde(rename = "x-default", default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// A query whose rows are the only values there are: the first column is the value, the second what it is called,
    /// further ones other names for it.
    #[serde(rename = "x-lookup", default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// Ask for it once although it is not required; the user may skip it.
    #[serde(rename = "x-offer", default, skip_serializing_if = "std::ops::Not::not")]
    pub offer: bool,
    /// A CEL expression for a value that follows from others: it is computed anew whenever they change, and nobody can
    /// set it.
    #[serde(rename = "x-compute", default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<String>,
    /// Whether a date without its year or week is rather past or still to come.
    #[serde(rename = "x-prefer", default, skip_serializing_if = "Option::is_none")]
    pub prefer: Option<Prefer>,
    /// Take the value from somewhere else than a marked word.
    #[serde(rename = "x-fill", default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
}

/// Where the values of a slot come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// One SELECT with `:slot` parameters.
    pub sql: String,
    /// Whether no other values are allowed; otherwise the rows are only what is offered.
    #[serde(default = "yes")]
    pub strict: bool,
}

fn yes() -> bool {
    true
}

/// The JSON types that a slot can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// Yes or no.
    Boolean,
}

/// The string formats that are read from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `2026-12-02`
    Date,
    /// `15:00:00`
    Time,
    /// `2026-12-02T15:00:00`, local to the conversation's time zone.
    DateTime,
    /// An e-mail address.
    Email,
    /// A web address.
    Uri,
}

/// Kinds of typed value that type and format do not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// An amount of money; the number is in the app's currency unless the user names another.
    Money,
    /// A percentage as a number: `15 %` is 15.
    Percent,
    /// A duration in whole days.
    Days,
    /// A duration in minutes.
    Minutes,
    /// A duration in hours.
    Hours,
    /// A telephone number.
    Phone,
}

/// Which way a date without its year or week points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// The next one: for what is planned. The default.
    Future,
    /// The last one: for what has been.
    Past,
}

/// Where a free text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// The message that asked for the skill, whole.
    Utterance,
}

impl Slot {
    /// Whether the value is bound from the caller's identity, and from which name in `context`.
    #[must_use]
    pub fn context_name(&self) -> Option<&str> {
        self.source.as_deref().and_then(|source| source.strip_prefix("context."))
    }

    /// Whether the user may give the value: it is neither bound to their identity nor computed.
    #[must_use]
    pub fn is_settable(&self) -> bool {
        self.source.is_none() && self.compute.is_none()
    }

    /// The JSON type, `string` where none is written.
    #[must_use]
    pub fn json_type(&self) -> Kind {
        self.kind.unwrap_or(Kind::String)
    }

    /// Whether any text is a possible value: nothing in the schema says how to recognise one.
    #[must_use]
    pub fn is_free_text(&self) -> bool {
        self.json_type() == Kind::String
            && self.format.is_none()
            && self.options.is_empty()
            && self.pattern.is_none()
            && self.value.is_none()
            && self.lookup.is_none()
            && self.is_settable()
    }

    /// The standard keywords alone, as a JSON Schema for validators and forms.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        let mut schema = match serde_json::to_value(self) {
            Ok(Value::Object(schema)) => schema,
            _ => Map::new(),
        };
        schema.retain(|key, _| !key.starts_with("x-"));
        schema.entry("type").or_insert_with(|| Value::from("string"));
        // Local date-times carry no offset, which the standard format requires.
        if self.format == Some(Format::DateTime) || self.format == Some(Format::Time) {
            schema.remove("format");
            let pattern = if self.format == Some(Format::Time) {
                r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
            } else {
                r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
            };
            schema.insert("pattern".into(), Value::from(pattern));
        }
        Value::Object(schema)
    }

    /// The Postgres type that a bound value is cast to.
    #[must_use]
    pub fn sql_type(&self) -> &'static str {
        match (self.json_type(), self.format) {
            (Kind::Integer, _) => "bigint",
            (Kind::Number, _) => "numeric",
            (Kind::Boolean, _) => "boolean",
            (Kind::String, Some(Format::Date)) => "date",
            (Kind::String, Some(Format::Time)) => "time",
            (Kind::String, Some(Format::DateTime)) => "timestamp",
            (Kind::String, _) => "text",
        }
    }

    /// What an allowed value is called in `language`; the value itself where it has no label.
    #[must_use]
    pub fn label<'a>(&'a self, value: &'a str, language: paigong_core::Language) -> &'a str {
        self.labels.get(value).map_or(value, |label| label.get(language))
    }
}
