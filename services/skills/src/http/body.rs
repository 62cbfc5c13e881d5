//! The JSON that a request sends.

use serde_json::{Map, Value};

use super::Fault;
use super::text::{Names, Text, Texts, check_key};

/// A body whose texts are compiled.
#[derive(Debug)]
pub(super) enum Body {
    /// A number, a boolean or null.
    Fixed(Value),
    Text(Text),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Body {
    /// Compiles `value`, which stands at `place`.
    pub(super) fn compile(place: &str, value: &Value, texts: &mut Texts) -> Result<Self, Fault> {
        Ok(match value {
            Value::String(source) => Self::Text(texts.add(source).map_err(|message| (place.to_owned(), message))?),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                Self::List(
                    items
                        .map(|(index, item)| Self::compile(&format!("{place}.{index}"), item, texts))
                        .collect::<Result<_, _>>()?,
                )
            }
            Value::Object(object) => {
                let mut compiled = Vec::new();
                for (key, value) in object {
                    let place = format!("{place}.{key}");
                    check_key(key).map_err(|message| (place.clone(), message))?;
                    compiled.push((key.clone(), Self::compile(&place, value, texts)?));
                }
                Self::Object(compiled)
            }
            fixed => Self::Fixed(fixed.clone()),
        })
    }

    /// The JSON with its values; `None`: a value that is not there, which an object leaves out and a list has as null.
    pub(super) fn render(&self, texts: &Texts, names: &Names) -> Result<Option<Value>, String> {
        Ok(match self {
            Self::Fixed(value) => Some(value.clone()),
            Self::Text(text) => text.value(texts, names).map_err(|error| format!("body: {error}"))?,
            Self::List(items) => {
                let items = items.iter().map(|item| Ok(item.render(texts, names)?.unwrap_or_default()));
                Some(Value::Array(items.collect::<Result<_, String>>()?))
            }
            Self::Object(entries) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    if let Some(value) = value.render(texts, names)? {
                        object.insert(key.clone(), value);
                    }
                }
                Some(Value::Object(object))
            }
        })
    }
}
