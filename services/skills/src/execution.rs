//! How a skill is carried out, compiled: a statement here or on a database of the tenant, a request, a person, or other
//! skills. Doing it is not here.

use std::sync::Arc;

use serde_json::{Map, Value};
use values::Calendar;

use crate::expression::{Expression, cel_map};
use crate::manifest::{self, Run, SkillName};
use crate::{Effect, Manifest, http, sql};

/// How many steps a skill can have.
const STEPS: std::ops::RangeInclusive<usize> = 2..=10;

/// How a skill is carried out.
#[derive(Debug)]
pub enum Execution {
    /// One statement on the product's database, as the pack's role.
    Sql(sql::Statement),
    /// One statement on a database of the tenant.
    Remote {
        /// The name under which the tenant registered it.
        connection: String,
        /// The statement.
        statement: sql::Statement,
    },
    /// One HTTP request.
    Http(http::Call),
    /// A person does it.
    Handoff {
        /// The queue that it is put in.
        queue: String,
    },
    /// Other skills in this order, taken back in reverse when one fails for good.
    Steps {
        /// The skills.
        steps: Vec<Step>,
        /// Whether what was done stays instead.
        keep: bool,
    },
    /// What the documents of these sources say about the message.
    Knowledge(manifest::Knowledge),
}

/// The columns of the row that an answer from documents is: the answer with its citations, the passage alone, and where it
/// stands.
const ANSWER_COLUMNS: [&str; 4] = ["answer", "text", "title", "heading"];

/// One of several skills.
#[derive(Debug)]
pub struct Step {
    /// The skill.
    pub skill: String,
    /// Its slots and what they are filled with.
    pub with: Vec<(String, Expression)>,
}

/// What a step's expressions see.
#[derive(Debug, Clone, Copy)]
pub struct StepScope<'a> {
    /// Every slot of the skill that has the steps; `null` where it is not filled.
    pub slots: &'a Map<String, Value>,
    /// Who is asking.
    pub context: &'a Map<String, Value>,
    /// The local date, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The tenant's business calendar; without one the functions that need it fail.
    pub calendar: Option<&'a Arc<Calendar>>,
    /// The first row of every step before this one, empty where there was none.
    pub steps: &'a [Map<String, Value>],
}

impl Execution {
    /// Compiles the run of `manifest`, of `pack`. An error is the place in the manifest and what is wrong there.
    pub(crate) fn compile(manifest: &Manifest, pack: &str) -> Result<Self, (String, String)> {
        let at = |place: &str| {
            let place = place.to_owned();
            move |message: String| (place, message)
        };
        match &manifest.run {
            Run::Sql { sql, connection } => {
                let statement = match connection {
                    None => sql::compile(sql, &manifest.slots, pack),
                    Some(_) => sql::compile_remote(sql, &manifest.slots),
                };
                let statement = statement.map_err(at("run.sql"))?;
                if !manifest.effect.needs_confirmation() && !statement.is_query {
                    return Err(at("run.sql")("a skill whose effect is read may only SELECT".into()));
                }
                let Some(connection) = connection.clone() else { return Ok(Self::Sql(statement)) };
                check_name(&connection, "connection").map_err(at("run.connection"))?;
                Ok(Self::Remote { connection, statement })
            }
            Run::Http(http) => http::Call::compile(http, manifest.effect, &manifest.slots)
                .map(Self::Http)
                .map_err(|(place, message)| (format!("run.http.{place}"), message)),
            Run::Handoff(handoff) => {
                check_name(&handoff.queue, "queue").map_err(at("run.handoff.queue"))?;
                Ok(Self::Handoff { queue: handoff.queue.clone() })
            }
            Run::Knowledge(knowledge) => {
                if manifest.effect != Effect::Read {
                    return Err(at("effect")("an answer from documents changes nothing; the effect is read".into()));
                }
                if knowledge.sources.is_empty() {
                    let message = "name at least one source; `paigong knowledge list` shows them".to_owned();
                    return Err(at("run.knowledge.sources")(message));
                }
                for source in &knowledge.sources {
                    check_name(source, "source").map_err(at("run.knowledge.sources"))?;
                }
                Ok(Self::Knowledge(knowledge.clone()))
            }
            Run::Steps { steps, keep } => {
                if !STEPS.contains(&steps.len()) {
                    let message = format!("{} steps; {} to {} are possible", steps.len(), STEPS.start(), STEPS.end());
                    return Err(at("run.steps")(message));
                }
                let compile = |(index, step): (usize, &manifest::Step)| {
                    Step::compile(step, index, &manifest.skill)
                        .map_err(|(key, message)| (format!("run.steps.{index}{key}"), message))
                };
                let steps = steps.iter().enumerate().map(compile).collect::<Result<_, _>>()?;
                Ok(Self::Steps { steps, keep: *keep })
            }
        }
    }

    /// Whether it is done by the turn itself, and its effect, if it has one, is part of the turn's transaction.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Sql(_) | Self::Knowledge(_))
    }

    /// Whether it answers from documents.
    #[must_use]
    pub fn is_knowledge(&self) -> bool {
        matches!(self, Self::Knowledge(_))
    }

    /// `sql`, `remote`, `http`, `handoff`, `steps` or `knowledge`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sql(_) => "sql",
            Self::Remote { .. } => "remote",
            Self::Http(_) => "http",
            Self::Handoff { .. } => "handoff",
            Self::Steps { .. } => "steps",
            Self::Knowledge(_) => "knowledge",
        }
    }

    /// The connection of the tenant that it needs; those of steps are their skills'.
    #[must_use]
    pub fn connection(&self) -> Option<&str> {
        match self {
            Self::Remote { connection, .. } => Some(connection),
            Self::Http(call) => Some(&call.connection),
            Self::Sql(_) | Self::Handoff { .. } | Self::Steps { .. } | Self::Knowledge(_) => None,
        }
    }

    /// The statement, here or on a database of the tenant.
    #[must_use]
    pub fn statement(&self) -> Option<&sql::Statement> {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => Some(statement),
            Self::Http(_) | Self::Handoff { .. } | Self::Steps { .. } | Self::Knowledge(_) => None,
        }
    }

    /// The columns of its rows; `None` where they are not to be known from the manifest.
    #[must_use]
    pub fn columns(&self) -> Option<Vec<String>> {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => statement.columns.clone(),
            Self::Http(call) => call.columns(),
            Self::Knowledge(_) => Some(ANSWER_COLUMNS.map(str::to_owned).to_vec()),
            Self::Handoff { .. } | Self::Steps { .. } => None,
        }
    }

    /// Whether it uses `slot`; a person sees all of them.
    #[must_use]
    pub fn reads_slot(&self, slot: &str) -> bool {
        match self {
            Self::Sql(statement) | Self::Remote { statement, .. } => statement.reads_slot(slot),
            Self::Http(call) => call.reads_slot(slot),
            Self::Handoff { .. } => true,
            Self::Knowledge(_) => false,
            Self::Steps { steps, .. } => {
                let mut expressions = steps.iter().flat_map(|step| &step.with);
                expressions.any(|(_, expression)| expression.reads_slot(slot))
            }
        }
    }
}

impl Step {
    /// Compiles step `index` of `owner`. An error is the key under the step and what is wrong there.
    fn compile(step: &manifest::Step, index: usize, owner: &SkillName) -> Result<Self, (String, String)> {
        if step.skill == *owner {
            return Err((".skill".into(), "a skill can't be a step of itself".into()));
        }
        let mut with = Vec::new();
        for (slot, source) in &step.with {
            let compiled = Expression::compile_over(source, &["slots", "context", "today", "steps"]);
            let compiled = compiled.and_then(|expression| {
                check_order(source, index)?;
                Ok(expression)
            });
            with.push((slot.clone(), compiled.map_err(|message| (format!(".with.{slot}"), message))?));
        }
        Ok(Self { skill: step.skill.to_string(), with })
    }

    /// What the step's skill runs with. A value that is null is left out.
    ///
    /// # Errors
    /// For the skill's owner: an expression that can't be evaluated, such as for a column that an earlier step did not
    /// bring.
    pub fn slots(&self, scope: StepScope<'_>) -> Result<Map<String, Value>, String> {
        let steps = cel::Value::from(scope.steps.iter().map(cel_map).collect::<Vec<_>>());
        let variables = [
            ("slots", cel_map(scope.slots)),
            ("context", cel_map(scope.context)),
            ("today", cel::Value::from(scope.today)),
            ("steps", steps),
        ];
        let mut slots = Map::new();
        for (slot, expression) in &self.with {
            let value = expression
                .evaluate_over(variables.iter().cloned(), scope.calendar)
                .map_err(|error| format!("{slot} of {}: {error}", self.skill))?;
            if !value.is_null() {
                slots.insert(slot.clone(), value);
            }
        }
        Ok(slots)
    }
}

/// A step sees the rows of earlier steps only.
fn check_order(source: &str, index: usize) -> Result<(), String> {
    for (at, prefix) in source.match_indices("steps[") {
        let digits = source[at + prefix.len()..].split(']').next().unwrap_or_default().trim();
        if digits.parse::<usize>().is_ok_and(|named| named >= index) {
            return Err(format!("{source:?} reads step {digits}, which is not before step {index}; they count from 0"));
        }
    }
    Ok(())
}

/// Checks the name of a connection or a queue.
pub(crate) fn check_name(name: &str, kind: &str) -> Result<(), String> {
    let is_name = (1..=40).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_name {
        return Ok(());
    }
    Err(format!("{name:?} can't be the name of a {kind}: 1 to 40 lower case letters, digits and _"))
}

/// Checks the keys that go only with some ways of being carried out.
pub(crate) fn check_extras(manifest: &Manifest) -> Result<(), (String, String)> {
    let writes = manifest.effect != Effect::Read;
    if manifest.later && !writes {
        let message = "what only reads is done at once; remove later, or say that the effect is write".to_owned();
        return Err(("later".into(), message));
    }
    if !manifest.preview {
        return Ok(());
    }
    let refusal = match &manifest.run {
        Run::Sql { connection: Some(connection), .. } => {
            format!("a run on the connection {connection} can't be tried and rolled back; remove preview")
        }
        Run::Http(_) => {
            "a request can't be tried and rolled back; remove preview, and say in confirm what it does".into()
        }
        Run::Handoff(_) => "what a person does can't be tried; remove preview".into(),
        Run::Steps { .. } => "steps can't be tried and rolled back; remove preview".into(),
        Run::Knowledge(_) => "an answer from documents has nothing to preview; remove it".into(),
        Run::Sql { .. } if !writes => {
            "what only reads has nothing to preview; remove it, or say that the effect is write".into()
        }
        Run::Sql { .. } if manifest.slots.properties.contains_key("preview") => {
            "with preview no slot can be called preview; rename it".into()
        }
        Run::Sql { .. } => return Ok(()),
    };
    Err(("preview".into(), refusal))
}
