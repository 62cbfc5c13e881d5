//! A call made of values.

use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Map, Value};

use super::{Call, Scope, body};

/// A call ready to be sent to the registered address.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// In upper case.
    pub method: String,
    /// Begins with `/`; percent-encoded.
    pub path_and_query: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: Option<Value>,
}

/// Stands for a `/`, `?` … that came with a value, while a path is rendered: nothing that a template or a value can hold.
const MARK: char = '\u{10fffd}';

impl Call {
    /// Renders the call. What a value says stays in its place.
    ///
    /// # Errors
    /// In words: a value that can't stand where the call wants it, or a template that can't be rendered.
    pub fn render(&self, scope: Scope<'_>) -> Result<Rendered, String> {
        let unfilled = |name: &&String| !scope.slots.contains_key(*name);
        let mut slots = scope.slots.clone();
        slots.extend(self.reads.iter().filter(unfilled).map(|name| (name.clone(), Value::Null)));
        let scope = Scope { slots: &slots, ..scope };
        let names = names(scope, &|text| text.to_owned());
        let encoded = names_encoded(scope);
        let mut path_and_query = path(&render(&self.environment, "path", &encoded)?)?;
        for (index, name) in self.query.iter().enumerate() {
            let value = render(&self.environment, &format!("query.{name}"), &names)?;
            path_and_query.push(if index == 0 { '?' } else { '&' });
            path_and_query.push_str(&format!("{}={}", percent(name), percent(&value)));
        }
        let mut headers = Vec::with_capacity(self.headers.len());
        for name in &self.headers {
            let value = render(&self.environment, &format!("headers.{name}"), &names)?;
            if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
                return Err(format!("headers.{name}: {value:?} has characters that a header can't carry"));
            }
            headers.push((name.clone(), value));
        }
        let replace = |place: &str, text: &str| match body::only_slot(text) {
            Some("user" | "lang" | "today") | None => {
                Ok(Some(Value::from(render(&self.environment, &format!("body{place}"), &names)?)))
            }
            Some(slot) => Ok(scope.slots.get(slot).filter(|value| !value.is_null()).cloned()),
        };
        let body = match &self.body {
            Some(template) => body::fill(template, "", &replace)?,
            None => None,
        };
        Ok(Rendered { method: self.method.clone(), path_and_query, headers, body })
    }
}

fn render(environment: &Environment<'_>, name: &str, names: &Map<String, Value>) -> Result<String, String> {
    let template = environment.get_template(name).map_err(|error| error.to_string())?;
    template.render(Serde(names)).map_err(|error| format!("{name}: {error:#}"))
}

/// What templates see; texts as `written` puts them.
fn names(scope: Scope<'_>, written: &impl Fn(&str) -> String) -> Map<String, Value> {
    fn put(value: &Value, written: &impl Fn(&str) -> String) -> Value {
        match value {
            // Nothing is written for what is not filled.
            Value::Null => written("").into(),
            Value::String(text) => written(text).into(),
            Value::Array(items) => items.iter().map(|item| put(item, written)).collect(),
            Value::Object(entries) => entries.iter().map(|(key, item)| (key.clone(), put(item, written))).collect(),
            other => other.clone(),
        }
    }
    let all = |map: &Map<String, Value>| -> Map<String, Value> {
        map.iter().map(|(key, value)| (key.clone(), put(value, written))).collect()
    };
    let slots = all(scope.slots);
    let mut names = slots.clone();
    names.insert("slots".into(), Value::Object(slots));
    names.insert("context".into(), Value::Object(all(scope.context)));
    names.insert("lang".into(), scope.language.tag().into());
    names.insert("today".into(), scope.today.into());
    names.insert("user".into(), written(scope.user).into());
    names
}

/// The same with every text between two marks, so that it can be told from the template.
fn names_encoded(scope: Scope<'_>) -> Map<String, Value> {
    names(scope, &|text| format!("{MARK}{}{MARK}", text.replace(MARK, "")))
}

/// A rendered path: what stands between marks is one value, whatever it holds.
fn path(rendered: &str) -> Result<String, String> {
    let mut path = String::new();
    for (index, part) in rendered.split(MARK).enumerate() {
        if index % 2 == 1 {
            if part.is_empty() {
                return Err("path: a value in it is empty".into());
            }
            path.push_str(&percent(part));
        } else {
            part.chars().for_each(|c| match c {
                '/' | '-' | '.' | '_' | '~' | ':' | '@' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ','
                | ';' | '=' | '%' => {
                    path.push(c);
                }
                c => path.push_str(&percent(&c.to_string())),
            });
        }
    }
    if path
        .split('/')
        .any(|segment| matches!(segment, "." | "..") || segment.to_ascii_lowercase().replace("%2e", ".") == "..")
    {
        return Err("path: a part of it is . or .., which would lead elsewhere".into());
    }
    Ok(path)
}

/// Percent-encoding that leaves only unreserved characters (RFC 3986).
fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
