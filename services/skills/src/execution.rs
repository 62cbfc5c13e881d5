//! How a skill is carried out, compiled.

use serde_json::{Map, Value};

use crate::expression::{Expression, Scope};
use crate::manifest::Slots;
use crate::{Effect, Manifest, http, sql};

#[cfg(test)]
mod tests;

/// The most steps that a skill may have.
pub const MAX_STEPS: usize = 10;

/// How a skill is carried out.
#[derive(Debug)]
pub enum Execution {
    /// A statement on the product's database, in the transaction of the turn.
    Sql(sql::Statement),
    /// A statement on another database.
    Remote {
        /// The database, as the tenant registered it.
        connection: String,
        /// The statement.
        statement: sql::Statement,
    },
    /// A call to another system.
    Http(Box<http::Call>),
    /// Work for a person.
    Handoff {
        /// Whose work it is.
        queue: String,
    },
    /// Other skills, one after another; taken back in reverse when one fails for good.
    Steps(Vec<Step>),
}

/// One of several skills.
#[derive(Debug)]
pub struct Step {
    /// The skill.
    pub skill: String,
    /// Its slots.
    pub with: Vec<(String, Expression)>,
}

/// What the slots of a step are made from.
#[derive(Debug, Clone, Copy)]
pub struct StepScope<'a> {
    /// The slots of the whole.
    pub slots: &'a Map<String, Value>,
    /// Who is asking.
    pub context: &'a Map<String, Value>,
    /// The local date, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The first row of each step before.
    pub steps: &'a [Map<String, Value>],
}

impl Step {
    /// The slots that the step runs with; those whose value is null are left out.
    ///
    /// # Errors
    /// When an expression can't be evaluated; names the slot.
    pub fn slots(&self, scope: StepScope<'_>) -> Result<Map<String, Value>, String> {
        let empty = Map::new();
        let StepScope { slots, context, today, steps } = scope;
        let scope = Scope { slots, facts: &empty, context, today, calendar: None };
        let mut values = Map::new();
        for (name, expression) in &self.with {
            let value = expression.evaluate_with(scope, &[("steps", Value::from_iter(steps.iter().cloned()))]);
            let value = value.map_err(|error| format!("{name}: {error}"))?;
            if !value.is_null() {
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
    }
}

impl Execution {
    /// Whether its effect is part of the turn's transaction.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Sql(_))
    }

    /// `sql`, `remote`, `http`, `handoff` or `steps`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sql(_) => "sql",
            Self::Remote { .. } => "remote",
            Self::Http(_) => "http",
            Self::Handoff { .. } => "handoff",
            Self::Steps(_) => "steps",
        }
    }

    /// Its statement, if it is one.
    #[must_use]
    pub fn statement(&self) -> Option<&sql::Statement> {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => Some(statement),
            _ => None,
        }
    }

    /// The outside system that it needs.
    #[must_use]
    pub fn connection(&self) -> Option<&str> {
        match self {
            Self::Remote { connection, .. } => Some(connection),
            Self::Http(call) => Some(&call.connection),
            _ => None,
        }
    }

    /// What the columns of its rows are called; `None` where that is not to be known.
    #[must_use]
    pub fn columns(&self) -> Option<Vec<String>> {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => statement.columns.clone(),
            Self::Http(call) => call.columns(),
            Self::Handoff { .. } | Self::Steps(_) => None,
        }
    }

    /// Whether it reads this slot.
    #[must_use]
    pub fn reads_slot(&self, name: &str) -> bool {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => {
                statement.parameters.contains(&sql::Parameter::Slot(name.to_owned()))
            }
            Self::Http(call) => call.reads_slot(name),
            // A person sees all of them.
            Self::Handoff { .. } => true,
            Self::Steps(steps) => {
                steps.iter().flat_map(|step| &step.with).any(|(_, expression)| expression.reads_slot(name))
            }
        }
    }

    /// Compiles the key `run` of `manifest`.
    ///
    /// # Errors
    /// The place and, in words, what to change.
    pub(crate) fn compile(manifest: &Manifest, pack: &str) -> Result<Self, (&'static str, String)> {
        let run = &manifest.run;
        let ways = [run.sql.is_some(), run.http.is_some(), run.handoff.is_some(), !run.steps.is_empty()];
        if ways.into_iter().filter(|there| *there).count() != 1 {
            return Err(("run", "write exactly one of sql, http, handoff and steps".into()));
        }
        if run.connection.is_some() && run.sql.is_none() {
            return Err(("run.connection", "it goes with sql; http has a connection of its own".into()));
        }
        let execution = if let Some(text) = &run.sql {
            statement(text, run.connection.as_deref(), &manifest.slots, pack)?
        } else if let Some(call) = &run.http {
            let call = http::Call::compile(call, manifest.effect, &manifest.slots);
            Self::Http(Box::new(call.map_err(|message| ("run.http", message))?))
        } else if let Some(handoff) = &run.handoff {
            if !is_name(&handoff.queue) {
                let message =
                    format!("{:?} is not a queue; write up to 40 lower case letters, digits and _", handoff.queue);
                return Err(("run.handoff.queue", message));
            }
            Self::Handoff { queue: handoff.queue.clone() }
        } else {
            Self::Steps(steps(manifest)?)
        };
        execution.check_effect(manifest.effect)?;
        Ok(execution)
    }

    fn check_effect(&self, effect: Effect) -> Result<(), (&'static str, String)> {
        if effect.needs_confirmation() {
            return Ok(());
        }
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } if !statement.is_query => {
                Err(("run.sql", "a skill whose effect is read may only SELECT".into()))
            }
            Self::Handoff { .. } => Err(("run.handoff", "work for a person needs the effect write or money".into())),
            Self::Steps(_) => Err(("run.steps", "several steps need the effect write or money".into())),
            _ => Ok(()),
        }
    }
}

fn statement(
    text: &str,
    connection: Option<&str>,
    slots: &Slots,
    pack: &str,
) -> Result<Execution, (&'static str, String)> {
    let at = |message| ("run.sql", message);
    match connection {
        None => Ok(Execution::Sql(sql::compile(text, slots, pack).map_err(at)?)),
        Some(connection) if !is_name(connection) => Err((
            "run.connection",
            format!("{connection:?} is not a connection's name; write up to 40 lower case letters, digits and _"),
        )),
        Some(connection) => {
            let statement = sql::compile_remote(text, slots).map_err(at)?;
            Ok(Execution::Remote { connection: connection.to_owned(), statement })
        }
    }
}

fn steps(manifest: &Manifest) -> Result<Vec<Step>, (&'static str, String)> {
    let steps = &manifest.run.steps;
    if !(2..=MAX_STEPS).contains(&steps.len()) {
        return Err(("run.steps", format!("there are {}; write 2 to {MAX_STEPS}", steps.len())));
    }
    let compile = |(name, source): (&String, &String)| match Expression::compile_with(source, &["steps"]) {
        Ok(expression) => Ok((name.clone(), expression)),
        Err(message) => Err(("run.steps", format!("{name}: {message}"))),
    };
    steps
        .iter()
        .map(|step| {
            let with = step.with.iter().map(compile).collect::<Result<_, _>>()?;
            Ok(Step { skill: step.skill.to_string(), with })
        })
        .collect()
}

/// Whether a text can be the name of a connection or a queue.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
