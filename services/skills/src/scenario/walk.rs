//! A test, turn by turn: what to send next, and whether the answer to it is right. Who carries the messages, over HTTP or in
//! the same process, is the caller's business.

use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value};

use super::compare::{NO_BUTTONS, labels, same, shown};
use super::report::{Exchange, Failure, basis};
use super::{Difference, Row, Scenario, Turn, compare};

/// What the user does in one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What is typed; empty with a button, and with a form alone.
    pub query: String,
    /// The payload of the button that is pressed, verbatim.
    pub payload: Option<String>,
    /// The values of a form.
    pub inputs: Map<String, Value>,
    /// When.
    pub at: DateTime<FixedOffset>,
}

/// The way through one test. Ask for a [`message`](Self::message), send it, hand over what was
/// [`answered`](Self::answered), until there are no more; then every [`row`](Self::row).
#[derive(Debug)]
pub struct Walk<'a> {
    scenario: &'a Scenario,
    /// Turns answered so far.
    done: usize,
    at: DateTime<FixedOffset>,
    previous: Value,
    exchanges: Vec<Exchange>,
}

impl<'a> Walk<'a> {
    /// At the beginning of `scenario`.
    #[must_use]
    pub fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, done: 0, at: scenario.begins(), previous: Value::Null, exchanges: Vec::new() }
    }

    /// The next message, or `None` after the last turn.
    ///
    /// # Errors
    /// When the turn presses a button that the previous answer does not have.
    pub fn message(&mut self) -> Result<Option<Message>, Box<Failure>> {
        let Some(turn) = self.scenario.turns.get(self.done) else { return Ok(None) };
        if let Some(later) = turn.later {
            self.at += later.delta();
        }
        self.exchanges.push(Exchange { said: said(turn), answer: None, options: Vec::new() });
        let payload = match &turn.press {
            Some(label) => Some(payload(&self.previous, label).ok_or_else(|| {
                let there = labels(&self.previous).join(", ");
                let found = if there.is_empty() { NO_BUTTONS.into() } else { there };
                self.failure(vec![Difference { what: "press".into(), expected: label.clone(), found }], None)
            })?),
            None => None,
        };
        let query = turn.user.clone().unwrap_or_default();
        Ok(Some(Message { query, payload, inputs: turn.inputs.clone(), at: self.at }))
    }

    /// The id of the conversation, once it has begun.
    #[must_use]
    pub fn conversation(&self) -> Option<&str> {
        self.previous["conversation_id"].as_str()
    }

    /// Takes the answer to the message, as the API's JSON.
    ///
    /// # Errors
    /// When it is not as the turn expects it.
    pub fn answered(&mut self, answer: Value) -> Result<(), Box<Failure>> {
        let Some(turn) = self.scenario.turns.get(self.done) else { return Ok(()) };
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.answer = Some(answer["answer"].as_str().unwrap_or_default().to_owned());
            exchange.options = labels(&answer).into_iter().map(str::to_owned).collect();
        }
        let differences = compare(turn, &answer);
        if !differences.is_empty() {
            return Err(self.failure(differences, Some(basis(&answer))));
        }
        self.done += 1;
        self.previous = answer;
        Ok(())
    }

    /// The failure of a message that got no answer but an error.
    #[must_use]
    pub fn refused(&self, error: impl std::fmt::Display) -> Box<Failure> {
        let (what, expected) = ("answer".to_owned(), "an answer".to_owned());
        self.failure(vec![Difference { what, expected, found: error.to_string() }], None)
    }

    /// Checks what a query found at the end.
    ///
    /// # Errors
    /// When it is not what the test expects.
    pub fn row(&self, row: &Row, found: &Value) -> Result<(), Box<Failure>> {
        if same(found, &row.equals) {
            return Ok(());
        }
        let what = format!("rows: {}", row.sql);
        Err(self.failure(vec![Difference { what, expected: shown(&row.equals), found: shown(found) }], None))
    }

    /// The text of every answer so far, in order.
    pub fn answers(&self) -> impl Iterator<Item = &str> {
        self.exchanges.iter().filter_map(|exchange| exchange.answer.as_deref())
    }

    fn failure(&self, differences: Vec<Difference>, basis: Option<String>) -> Box<Failure> {
        let is_row = self.done >= self.scenario.turns.len();
        Box::new(Failure {
            test: self.scenario.name.clone(),
            turn: (!is_row).then_some(self.done + 1),
            exchanges: self.exchanges.clone(),
            differences,
            basis,
            cause: None,
        })
    }
}

/// What a turn does, for people.
fn said(turn: &Turn) -> String {
    let mut said = turn.later.map(|later| format!("({later} later) ")).unwrap_or_default();
    if let Some(label) = &turn.press {
        said.push_str(&format!("[{label}]"));
    }
    said.push_str(turn.user.as_deref().unwrap_or_default());
    if !turn.inputs.is_empty() {
        let gap = if said.is_empty() || said.ends_with(' ') { "" } else { " " };
        let values: Vec<_> = turn.inputs.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect();
        said.push_str(&format!("{gap}{{{}}}", values.join(", ")));
    }
    said
}

/// What the button `label` of `answer` sends.
fn payload(answer: &Value, label: &str) -> Option<String> {
    let options = answer["dialog_action"]["options"].as_array()?;
    let option = options.iter().find(|option| option["label"] == label)?;
    option["payload"].as_str().map(str::to_owned)
}
