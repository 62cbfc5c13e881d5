//! Texts of a request with places for values: minijinja without loaders, with fuel, undefined names being errors.

use std::collections::BTreeSet;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value};

use super::{Scope, address};
use crate::manifest::Slots;
use crate::message::{Message, message};

/// Instructions that one rendering may take.
const FUEL: u64 = 20_000;
/// What is there besides the slots.
const RESERVED: [&str; 5] = ["slots", "context", "lang", "today", "user"];
/// The name of the path's template; the others' are numbers.
const PATH: &str = "path";

/// The compiled texts of one request.
#[derive(Debug)]
pub(super) struct Texts {
    environment: Environment<'static>,
    count: usize,
    slots: Vec<String>,
    /// Variables that are read, as in `order` or `context.org`.
    variables: BTreeSet<String>,
}

/// One text.
#[derive(Debug)]
pub(super) enum Text {
    /// It has no places for values.
    Fixed(String),
    /// It is a value and nothing else.
    Value(Vec<String>),
    /// The name of its template.
    Template(String),
}

/// The names that the texts of one run see.
pub(super) struct Names {
    raw: Map<String, Value>,
    shown: minijinja::Value,
}

impl Texts {
    pub(super) fn new(slots: &Slots) -> Result<Self, Message> {
        let slots: Vec<_> = slots.properties.keys().cloned().collect();
        if let Some(slot) = slots.iter().find(|slot| RESERVED.contains(&slot.as_str())) {
            return Err(message!(
                "slot_name",
                "发送请求的技能，槽位不能叫 {slot:?}",
                "a slot of a skill that sends a request can't be called {slot:?}"
            ));
        }
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_formatter(|out, state, value| {
            let text = written(value);
            if state.name() != PATH {
                return out.write_str(&text).map_err(Error::from);
            }
            let refused = |message| Error::new(ErrorKind::InvalidOperation, message);
            if matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable | ValueKind::Plain) {
                return Err(refused("a list or an object can't stand in a path".to_owned()));
            }
            out.write_str(&address::segment(&text).map_err(refused)?).map_err(Error::from)
        });
        Ok(Self { environment, count: 0, slots, variables: BTreeSet::new() })
    }

    /// Adds the path, whose values are encoded wherever they stand.
    pub(super) fn add_path(&mut self, source: &str) -> Result<(), Message> {
        self.compile(PATH, source).map(|_| ())
    }

    /// Adds a text.
    pub(super) fn add(&mut self, source: &str) -> Result<Text, Message> {
        if !is_template(source) {
            return Ok(Text::Fixed(source.to_owned()));
        }
        let name = self.count.to_string();
        self.count += 1;
        let variables = self.compile(&name, source)?;
        Ok(match only_variable(source) {
            Some(variable) if variables.contains(variable) => {
                Text::Value(variable.split('.').map(str::to_owned).collect())
            }
            _ => Text::Template(name),
        })
    }

    /// Adds a text, a number or a boolean.
    pub(super) fn add_scalar(&mut self, value: &Value) -> Result<Text, Message> {
        match value {
            Value::String(source) => self.add(source),
            Value::Number(_) | Value::Bool(_) => Ok(Text::Fixed(value.to_string())),
            _ => Err(message!(
                "http_value",
                "这里只能写文本、数字或布尔值",
                "only a text, a number or a boolean can stand here"
            )),
        }
    }

    fn compile(&mut self, name: &str, source: &str) -> Result<BTreeSet<String>, Message> {
        self.environment
            .add_template_owned(name.to_owned(), source.to_owned())
            .map_err(|error| unusable(source, &error))?;
        let template = self.environment.get_template(name).map_err(|error| unusable(source, &error))?;
        let variables: BTreeSet<_> = template.undeclared_variables(true).into_iter().collect();
        for variable in &variables {
            let (head, rest) = variable.split_once('.').unwrap_or((variable, ""));
            let named = rest.split('.').next().unwrap_or_default();
            let is_known = match head {
                "slots" => named.is_empty() || self.is_slot(named),
                _ => RESERVED.contains(&head) || self.is_slot(head),
            };
            if !is_known {
                return Err(message!(
                    "unknown_name",
                    "{variable:?} 不是槽位；除槽位 {slots:?} 外，可用 slots、context、lang、today 和 user",
                    "{variable:?} is no slot; slots, context, lang, today and user are there besides the slots {slots:?}",
                    slots = self.slots
                ));
            }
        }
        self.variables.extend(variables.iter().cloned());
        Ok(variables)
    }

    fn is_slot(&self, name: &str) -> bool {
        self.slots.iter().any(|slot| slot == name)
    }

    pub(super) fn reads_slot(&self, slot: &str) -> bool {
        self.variables.iter().any(|variable| {
            let path = variable.strip_prefix("slots.").unwrap_or(variable);
            path == "slots" || path.split('.').next() == Some(slot)
        })
    }

    pub(super) fn render_path(&self, names: &Names) -> Result<String, String> {
        self.render(PATH, names)
    }

    fn render(&self, name: &str, names: &Names) -> Result<String, String> {
        let template = self.environment.get_template(name).map_err(|error| error.to_string())?;
        template.render(names.shown.clone()).map_err(|error| format!("{error:#}"))
    }
}

impl Text {
    /// As JSON; `None`: it is a value that is not there.
    pub(super) fn value(&self, texts: &Texts, names: &Names) -> Result<Option<Value>, String> {
        match self {
            Self::Fixed(text) => Ok(Some(Value::from(text.as_str()))),
            Self::Value(path) => {
                let (head, rest) = path.split_first().ok_or("a value without a name")?;
                let found = rest.iter().try_fold(names.raw.get(head), |value, key| Some(value?.get(key)));
                Ok(found.flatten().filter(|value| !value.is_null()).cloned())
            }
            Self::Template(name) => texts.render(name, names).map(|text| Some(Value::from(text))),
        }
    }

    /// As text; `None`: it is a value that is not there.
    pub(super) fn render(&self, texts: &Texts, names: &Names) -> Result<Option<String>, String> {
        match self.value(texts, names)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => Ok(Some(value.to_string())),
            Some(_) => Err("a list or an object can't stand here".into()),
        }
    }
}

impl Names {
    pub(super) fn new(texts: &Texts, scope: Scope<'_>) -> Self {
        let value = |slot: &String| scope.slots.get(slot).cloned().unwrap_or_default();
        let slots: Map<_, _> = texts.slots.iter().map(|slot| (slot.clone(), value(slot))).collect();
        let mut raw = slots.clone();
        raw.insert("slots".into(), Value::Object(slots));
        raw.insert("context".into(), Value::Object(scope.context.clone()));
        raw.insert("lang".into(), scope.language.tag().into());
        raw.insert("today".into(), scope.today.into());
        raw.insert("user".into(), scope.user.into());
        Self { shown: minijinja::Value::from(minijinja::value::Serde(&raw)), raw }
    }
}

/// A value in the midst of a text; one that is not there is nothing.
fn written(value: &minijinja::Value) -> String {
    if value.is_none() { String::new() } else { value.to_string() }
}

fn unusable(source: &str, error: &Error) -> Message {
    message!("not_a_template", "{source:?} 不是可用的模板：{error:#}", "{source:?} is no template: {error:#}")
}

/// Whether a text has places for values.
pub(super) fn is_template(source: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| source.contains(mark))
}

/// Checks a key, which is always fixed.
pub(super) fn check_key(key: &str) -> Result<(), Message> {
    if key.is_empty() || is_template(key) {
        return Err(message!(
            "http_key",
            "{key:?} 不能作为键名；只有值里可以用 {{{{ … }}}}",
            "{key:?} can't be a key; only values have {{{{ … }}}}"
        ));
    }
    Ok(())
}

/// `order`, `slots.order` or `context.org` where the text is nothing but `{{ … }}` around it.
fn only_variable(source: &str) -> Option<&str> {
    let inner = source.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let fits = match inner.split_once('.') {
        Some((head, name)) => ["slots", "context"].contains(&head) && is_name(name),
        None => is_name(inner),
    };
    fits.then_some(inner)
}
