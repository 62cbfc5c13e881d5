//! A test that went wrong, as people read it: the conversation so far, then expected and found, thing by thing.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::Difference;
use super::compare::shown;

/// A message and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// What the user said or pressed.
    pub said: String,
    /// What was answered.
    pub answer: Option<String>,
    /// The labels of the buttons.
    pub options: Vec<String>,
}

/// The first thing in a test that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The test's name.
    pub test: String,
    /// The number of the wrong turn, from 1; `None`: the rows at the end are wrong.
    pub turn: Option<usize>,
    /// The conversation up to there.
    pub exchanges: Vec<Exchange>,
    /// What is not as expected.
    pub differences: Vec<Difference>,
    /// What the wrong answer was based on.
    pub basis: Option<String>,
    /// Why its run failed, where the caller knows.
    pub cause: Option<String>,
}

/// The width of the column of names.
const NAMES: usize = 9;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.exchanges.len().saturating_sub(1);
        for (index, exchange) in self.exchanges.iter().enumerate() {
            let mark = if index == last && self.turn.is_some() { '>' } else { ' ' };
            paragraph(f, mark, "user", &exchange.said)?;
            if let Some(answer) = &exchange.answer {
                paragraph(f, mark, "paigong", answer)?;
            }
            if !exchange.options.is_empty() {
                paragraph(f, mark, "", &format!("[{}]", exchange.options.join("] [")))?;
            }
        }
        for difference in &self.differences {
            writeln!(f, "    {}", difference.what)?;
            paragraph(f, '-', "expected", &difference.expected)?;
            paragraph(f, '+', "found", &difference.found)?;
        }
        for (name, text) in [("because", &self.basis), ("the run", &self.cause)] {
            if let Some(text) = text {
                paragraph(f, ' ', name, text)?;
            }
        }
        Ok(())
    }
}

/// `text` with its name before the first line and the mark before every line.
fn paragraph(f: &mut fmt::Formatter<'_>, mark: char, name: &str, text: &str) -> fmt::Result {
    let mut name = name;
    for line in text.lines().chain(text.is_empty().then_some("(nothing)")) {
        writeln!(f, "  {mark} {name:<NAMES$} {line}")?;
        name = "";
    }
    Ok(())
}

/// What an answer was based on, in a line.
pub(super) fn basis(answer: &Value) -> String {
    let (action, decision) = (&answer["dialog_action"], &answer["decision"]);
    let mut parts = vec![shown(&action["type"])];
    for (name, value) in [("skill", &action["skill"]), ("slot", &action["slot"])] {
        if !value.is_null() {
            parts.push(format!("{name} {}", shown(value)));
        }
    }
    for name in ["act", "band"] {
        if !decision[name].is_null() {
            parts.push(format!("{name} {}", shown(&decision[name])));
        }
    }
    let candidates = decision["candidates"].as_array().map_or(&[][..], Vec::as_slice);
    let likely: Vec<_> = candidates
        .iter()
        .take(3)
        .map(|one| format!("{} {:.2}", shown(&one["skill"]), one["p"].as_f64().unwrap_or_default()))
        .collect();
    if !likely.is_empty() {
        parts.push(format!("candidates {}", likely.join(", ")));
    }
    let slots = decision["slots"].as_object().into_iter().flatten();
    let slots: Vec<_> = slots.map(|(name, slot)| format!("{name}={}", shown(&slot["value"]))).collect();
    if !slots.is_empty() {
        parts.push(format!("slots {}", slots.join(" ")));
    }
    parts.join("; ")
}
