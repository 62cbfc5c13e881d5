//! What a model answered, put together: from one JSON document, or from the pieces of a stream.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::options::Mode;
use crate::{extract, tokens};

/// An answer so far.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    content: String,
    /// Functions that it calls, by their place: name and arguments.
    functions: BTreeMap<usize, (String, String)>,
    /// Tokens of what came, about; what it thought before it answered included. A piece of a stream is about a token.
    estimated: u64,
    usage: Option<Usage>,
    finish: Option<String>,
}

/// What the provider counted.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Usage {
    #[serde(default, rename = "prompt_tokens")]
    pub(crate) tokens_in: u64,
    #[serde(default, rename = "completion_tokens")]
    pub(crate) tokens_out: u64,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: usize,
    #[serde(alias = "delta")]
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    #[serde(alias = "reasoning")]
    reasoning_content: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    index: Option<usize>,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<Value>,
}

impl Answer {
    /// Takes in a document, whole or one piece of a stream. The error says why it is none.
    pub(crate) fn add(&mut self, json: &[u8]) -> Result<(), &'static str> {
        let document: Document = serde_json::from_slice(json).map_err(|_| "it is not what chat completions are")?;
        if document.error.is_some() {
            return Err("it reports an error");
        }
        self.usage = document.usage.or(self.usage);
        // One was asked for.
        let Some(choice) = document.choices.into_iter().find(|choice| choice.index == 0) else { return Ok(()) };
        self.finish = choice.finish_reason.or_else(|| self.finish.take());
        let Some(message) = choice.message else { return Ok(()) };
        let content = message.content.as_deref().unwrap_or_default();
        self.content.push_str(content);
        let thought = message.reasoning_content.as_deref().unwrap_or_default();
        self.estimated += tokens::estimate(content) + tokens::estimate(thought);
        for (place, call) in message.tool_calls.into_iter().flatten().enumerate() {
            let Some(function) = call.function else { continue };
            let (name, arguments) = self.functions.entry(call.index.unwrap_or(place)).or_default();
            let called = function.name.unwrap_or_default();
            let text = match function.arguments {
                Some(Value::String(text)) => text,
                // Some servers have the object itself here.
                Some(object @ Value::Object(_)) => object.to_string(),
                _ => String::new(),
            };
            self.estimated += tokens::estimate(&called) + tokens::estimate(&text);
            name.push_str(&called);
            arguments.push_str(&text);
        }
        Ok(())
    }

    /// Whether it said that it has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// What the provider counted, or about what came.
    pub(crate) fn tokens_out(&self) -> u64 {
        self.usage.map_or(self.estimated, |usage| usage.tokens_out)
    }

    /// What the provider counted, if it did.
    pub(crate) fn tokens_in(&self) -> Option<u64> {
        self.usage.map(|usage| usage.tokens_in).filter(|tokens| *tokens > 0)
    }

    /// What it wrote, to be shown to it when it has to do better.
    pub(crate) fn written(&self) -> String {
        let called = self.functions.values().map(|(name, arguments)| format!("{name}({arguments})"));
        std::iter::once(self.content.clone())
            .chain(called)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The decision in it. The error says what is wrong, in words for the model.
    pub(crate) fn decision(&self, mode: Mode) -> Result<Value, String> {
        if self.finish.as_deref() == Some("length") {
            return Err("it was cut off at the longest length; be shorter".to_owned());
        }
        if self.finish.as_deref() == Some("content_filter") {
            return Err("it was withheld".to_owned());
        }
        if mode == Mode::Tools || (self.content.trim().is_empty() && !self.functions.is_empty()) {
            let mut calls = self.functions.values();
            return match (calls.next(), calls.next()) {
                (Some((name, arguments)), None) => called(name, arguments),
                (Some(_), Some(_)) => Err("call exactly one function".to_owned()),
                // Servers that do not know functions write what they would have called.
                (None, _) => extract::object(&self.content).ok_or_else(|| "call one of the functions".to_owned()),
            };
        }
        extract::object(&self.content).ok_or_else(|| "it is not one complete JSON object".to_owned())
    }
}

fn called(name: &str, arguments: &str) -> Result<Value, String> {
    let empty = arguments.trim().is_empty();
    let fields =
        if empty { Value::Object(serde_json::Map::new()) } else { extract::object(arguments).unwrap_or_default() };
    let Value::Object(mut fields) = fields else {
        return Err("the function's arguments are not one complete JSON object".to_owned());
    };
    fields.insert("do".to_owned(), Value::String(name.to_owned()));
    Ok(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(pieces: &[Value]) -> Answer {
        let mut answer = Answer::default();
        pieces.iter().for_each(|piece| answer.add(piece.to_string().as_bytes()).expect("a piece"));
        answer
    }

    #[test]
    fn pieces_of_a_function_call_are_put_together() {
        let piece = |name: Value, text: &str| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": name, "arguments": text}}]}}]});
        let answer = answer(&[
            piece(json!("ask"), ""),
            piece(Value::Null, "{\"text\": \"几"),
            piece(Value::Null, "天？\"}"),
            json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 12}}),
        ]);
        assert_eq!(answer.decision(Mode::Tools), Ok(json!({"text": "几天？", "do": "ask"})));
        assert_eq!((answer.tokens_in(), answer.tokens_out(), answer.is_finished()), (Some(90), 12, true));
    }

    #[test]
    fn what_came_is_estimated_when_nobody_counted() {
        let answer = answer(&[json!({"choices": [{"delta": {"content": "请问几天", "reasoning_content": "想想"}}]})]);
        assert_eq!((answer.tokens_in(), answer.tokens_out(), answer.is_finished()), (None, 6, false));
        assert!(answer.decision(Mode::JsonSchema).is_err());
    }

    #[test]
    fn errors_and_other_documents_are_none() {
        assert!(Answer::default().add(br#"{"error": {"message": "overloaded"}}"#).is_err());
        assert!(Answer::default().add(b"<html>").is_err());
    }
}
