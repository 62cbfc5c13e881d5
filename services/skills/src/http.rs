//! A skill's HTTP call: templates compiled once, rendered from validated slots, and the way from an answer to rows.
//!
//! A value can't change what the call is: in the path and the query it is percent-encoded and stays one segment or one
//! parameter, in a header it may not end the line, in the body it is a JSON value. The host is the registration's.

use std::collections::BTreeSet;
use std::time::Duration;

use minijinja::{Environment, UndefinedBehavior};
use paigong_core::Language;
use serde_json::{Map, Value, json};

use crate::execution::is_name;
use crate::expression::{self, Expression};
use crate::manifest::{Http, Slots};
use crate::{Effect, expression::MAX_LENGTH};

mod body;
mod render;
#[cfg(test)]
mod tests;

pub use render::Rendered;

/// Instructions that one template may take.
const FUEL: u64 = 20_000;
/// Rows that an answer may have.
pub const MAX_ROWS: usize = 200;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Headers that are not a skill's to set.
const RESERVED: [&str; 16] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "paigong-callback",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A compiled call.
#[derive(Debug)]
pub struct Call {
    /// The system, as the tenant registered it.
    pub connection: String,
    /// Whether the other system does a repeated request once.
    pub idempotent: bool,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Statuses that mean that there is no such thing.
    pub nothing: Vec<u16>,
    method: String,
    environment: Environment<'static>,
    query: Vec<String>,
    headers: Vec<String>,
    body: Option<Value>,
    rows: Option<String>,
    result: Vec<(String, Column)>,
    reads: BTreeSet<String>,
}

/// Where a column of a row comes from.
#[derive(Debug)]
enum Column {
    Pointer(String),
    Computed(Expression),
}

/// What a call is rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The slots' values as they are, not as people read them.
    pub slots: &'a Map<String, Value>,
    /// Who is asking.
    pub context: &'a Map<String, Value>,
    /// The language of the conversation.
    pub language: Language,
    /// The local date, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The end user.
    pub user: &'a str,
}

impl Call {
    /// Compiles a call of a skill with these slots.
    ///
    /// # Errors
    /// In words for the author: what is wrong and what to change.
    pub(crate) fn compile(http: &Http, effect: Effect, slots: &Slots) -> Result<Self, String> {
        if !is_name(&http.connection) {
            return Err(format!(
                "connection {:?} is not a name; write up to 40 lower case letters, digits and _",
                http.connection
            ));
        }
        let reads_only = effect == Effect::Read;
        let method = http.method.as_deref().unwrap_or(if reads_only { "GET" } else { "POST" }).to_ascii_uppercase();
        if !METHODS.contains(&method.as_str()) {
            return Err(format!("method {method:?} is not one of {}", METHODS.join(", ")));
        }
        if method == "GET" && (http.body.is_some() || !reads_only) {
            return Err("a GET has no body and changes nothing; write another method, or effect: read".into());
        }
        let timeout = http.timeout.unwrap_or(10);
        if !(1..=60).contains(&timeout) {
            return Err(format!("timeout {timeout} is not 1 to 60 seconds"));
        }
        if !http.path.starts_with('/')
            || http.path.contains(['?', '#', '\\'])
            || http.path.chars().any(char::is_control)
        {
            return Err("path begins with / and has no ?, # or \\; what stands after the ? goes into query".into());
        }
        for name in http.headers.keys() {
            let lower = name.to_ascii_lowercase();
            let is_token = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            if !is_token {
                return Err(format!("{name:?} is not a header's name"));
            }
            if RESERVED.contains(&lower.as_str()) || lower.starts_with("webhook-") || lower.starts_with("proxy-") {
                return Err(format!(
                    "the header {name} is not a skill's to set; secrets belong to the connection (`paigong connections put --headers`)"
                ));
            }
        }
        let mut call = Self {
            connection: http.connection.clone(),
            idempotent: http.idempotent.unwrap_or(reads_only),
            timeout: Duration::from_secs(timeout),
            nothing: http.nothing.clone(),
            method,
            environment: environment(),
            query: http.query.keys().cloned().collect(),
            headers: http.headers.keys().cloned().collect(),
            body: http.body.clone(),
            rows: http.rows.clone(),
            result: Vec::new(),
            reads: BTreeSet::new(),
        };
        call.add("path", &http.path, slots)?;
        for (name, text) in &http.query {
            call.add(&format!("query.{name}"), text, slots)?;
        }
        for (name, text) in &http.headers {
            call.add(&format!("headers.{name}"), text, slots)?;
        }
        if let Some(body) = &http.body {
            body::texts(body, &mut |place, text| call.add(&format!("body{place}"), text, slots))?;
        }
        if let Some(pointer) = &http.rows {
            check_pointer("rows", pointer)?;
        }
        for (name, source) in &http.result {
            let column = match source.strip_prefix('=') {
                Some(cel) => {
                    let cel = Expression::compile_with(cel.trim(), &["response", "item", "status"]);
                    Column::Computed(cel.map_err(|message| format!("result.{name}: {message}"))?)
                }
                None => {
                    check_pointer(&format!("result.{name}"), source)?;
                    Column::Pointer(source.clone())
                }
            };
            call.result.push((name.clone(), column));
        }
        Ok(call)
    }

    fn add(&mut self, place: &str, text: &str, slots: &Slots) -> Result<(), String> {
        if text.len() > 4 * MAX_LENGTH {
            return Err(format!("{place}: the text is too long"));
        }
        let at = |error: minijinja::Error| format!("{place}: {error}");
        self.environment.add_template_owned(place.to_owned(), text.to_owned()).map_err(at)?;
        let template = self.environment.get_template(place).map_err(at)?;
        let mut reads = BTreeSet::new();
        for variable in template.undeclared_variables(true) {
            let (head, rest) = variable.split_once('.').unwrap_or((&variable, ""));
            let slot = rest.split('.').next().unwrap_or_default();
            match head {
                "context" | "lang" | "today" | "user" | "range" | "loop" => {}
                "slots" if slots.properties.contains_key(slot) => drop(reads.insert(slot.to_owned())),
                _ if slots.properties.contains_key(head) => drop(reads.insert(head.to_owned())),
                _ => {
                    return Err(format!(
                        "{place}: {variable:?} is no slot; slots, context, lang, today and user are there"
                    ));
                }
            }
        }
        self.reads.append(&mut reads);
        Ok(())
    }

    /// Whether a template of the call names this slot.
    #[must_use]
    pub fn reads_slot(&self, name: &str) -> bool {
        self.reads.contains(name)
    }

    /// What the columns of its rows are called; `None` where the other system decides.
    #[must_use]
    pub fn columns(&self) -> Option<Vec<String>> {
        (!self.result.is_empty()).then(|| self.result.iter().map(|(name, _)| name.clone()).collect())
    }

    /// The rows of an answer with `status` and `body`; an empty body is an empty object.
    ///
    /// # Errors
    /// In words for the skill's owner: it is not JSON, or not of the form that the skill describes.
    pub fn read(&self, status: u16, body: &[u8]) -> Result<Vec<Map<String, Value>>, String> {
        let response: Value = if body.iter().all(u8::is_ascii_whitespace) {
            json!({})
        } else {
            serde_json::from_slice(body).map_err(|error| format!("the answer is not JSON: {error}"))?
        };
        let items: Vec<&Value> = match &self.rows {
            None => vec![&response],
            Some(pointer) => match response.pointer(pointer) {
                Some(Value::Array(items)) => items.iter().take(MAX_ROWS).collect(),
                _ => return Err(format!("the answer has no array at {pointer:?}")),
            },
        };
        items.into_iter().map(|item| self.row(item, &response, status)).collect()
    }

    fn row(&self, item: &Value, response: &Value, status: u16) -> Result<Map<String, Value>, String> {
        if self.result.is_empty() {
            return match item {
                Value::Object(row) => Ok(row.clone()),
                _ => Err("the answer is not a JSON object; say with result what its columns are".into()),
            };
        }
        let empty = Map::new();
        let scope = expression::Scope { slots: &empty, facts: &empty, context: &empty, today: "", calendar: None };
        let beside = [("response", response.clone()), ("item", item.clone()), ("status", status.into())];
        let mut row = Map::new();
        for (name, column) in &self.result {
            let value = match column {
                Column::Pointer(pointer) => item.pointer(pointer).cloned().unwrap_or_default(),
                Column::Computed(expression) => {
                    expression.evaluate_with(scope, &beside).map_err(|error| format!("result.{name}: {error}"))?
                }
            };
            row.insert(name.clone(), value);
        }
        Ok(row)
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment
}

fn check_pointer(place: &str, pointer: &str) -> Result<(), String> {
    if pointer.is_empty() || pointer.starts_with('/') {
        Ok(())
    } else {
        Err(format!("{place}: {pointer:?} is not a JSON pointer; it begins with /, or, for CEL, with ="))
    }
}
