//! How a skill is carried out, compiled: a statement here or on a database of the tenant, a request, a person, or other
//! skills. Doing it is not here.

use std::sync::Arc;

use serde_json::{Map, Value};
use values::Calendar;

use crate::expression::{Expression, cel_map};
use crate::manifest::{self, Run, SkillName};
use crate::message::{Message, message};
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
    pub(crate) fn compile(manifest: &Manifest, pack: &str) -> Result<Self, (String, Message)> {
        let at = |place: &str| {
            let place = place.to_owned();
            move |message: Message| (place, message)
        };
        match &manifest.run {
            Run::Sql { sql, connection } => {
                let statement = match connection {
                    None => sql::compile(sql, &manifest.slots, pack),
                    Some(_) => sql::compile_remote(sql, &manifest.slots),
                };
                let statement = statement.map_err(at("run.sql"))?;
                if !manifest.effect.needs_confirmation() && !statement.is_query {
                    return Err(at("run.sql")(message!(
                        "read_selects",
                        "effect 为 read 的技能只能用 SELECT",
                        "a skill whose effect is read may only SELECT"
                    )));
                }
                let Some(connection) = connection.clone() else { return Ok(Self::Sql(statement)) };
                check_name(&connection, Named::Connection).map_err(at("run.connection"))?;
                Ok(Self::Remote { connection, statement })
            }
            Run::Http(http) => http::Call::compile(http, manifest.effect, &manifest.slots)
                .map(Self::Http)
                .map_err(|(place, message)| (format!("run.http.{place}"), message)),
            Run::Handoff(handoff) => {
                check_name(&handoff.queue, Named::Queue).map_err(at("run.handoff.queue"))?;
                Ok(Self::Handoff { queue: handoff.queue.clone() })
            }
            Run::Knowledge(knowledge) => {
                if manifest.effect != Effect::Read {
                    return Err(at("effect")(message!(
                        "knowledge_reads",
                        "由文档回答不会改动数据，effect 应为 read",
                        "an answer from documents changes nothing; the effect is read"
                    )));
                }
                if knowledge.sources.is_empty() {
                    return Err(at("run.knowledge.sources")(message!(
                        "no_source",
                        "请至少写一个知识来源；`paigong knowledge list` 可列出",
                        "name at least one source; `paigong knowledge list` shows them"
                    )));
                }
                for source in &knowledge.sources {
                    check_name(source, Named::Source).map_err(at("run.knowledge.sources"))?;
                }
                Ok(Self::Knowledge(knowledge.clone()))
            }
            Run::Steps { steps, keep } => {
                if !STEPS.contains(&steps.len()) {
                    return Err(at("run.steps")(message!(
                        "step_count",
                        "有 {count} 个步骤，可以有 {least} 至 {most} 个",
                        "{count} steps; {least} to {most} are possible",
                        count = steps.len(),
                        least = STEPS.start(),
                        most = STEPS.end()
                    )));
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
    fn compile(step: &manifest::Step, index: usize, owner: &SkillName) -> Result<Self, (String, Message)> {
        if step.skill == *owner {
            let message = message!("step_of_itself", "技能不能以自己为步骤", "a skill can't be a step of itself");
            return Err((".skill".into(), message));
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
fn check_order(source: &str, index: usize) -> Result<(), Message> {
    for (at, prefix) in source.match_indices("steps[") {
        let digits = source[at + prefix.len()..].split(']').next().unwrap_or_default().trim();
        if digits.parse::<usize>().is_ok_and(|named| named >= index) {
            return Err(message!(
                "step_order",
                "{source:?} 引用步骤 {digits}，它不在步骤 {index} 之前；步骤从 0 数起",
                "{source:?} reads step {digits}, which is not before step {index}; they count from 0"
            ));
        }
    }
    Ok(())
}

/// What is named outside of the manifest.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    Connection,
    Queue,
    Source,
}

/// Checks a name of something outside of the manifest.
pub(crate) fn check_name(name: &str, kind: Named) -> Result<(), Message> {
    let is_name = (1..=40).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_name {
        return Ok(());
    }
    let (zh, en) = match kind {
        Named::Connection => ("连接", "connection"),
        Named::Queue => ("队列", "queue"),
        Named::Source => ("知识来源", "source"),
    };
    Err(Message {
        code: "name",
        zh: format!("{name:?} 不能作为{zh}的名称：用 1 至 40 个小写字母、数字和 _"),
        en: format!("{name:?} can't be the name of a {en}: 1 to 40 lower case letters, digits and _"),
    })
}

/// Checks the keys that go only with some ways of being carried out.
pub(crate) fn check_extras(manifest: &Manifest) -> Result<(), (String, Message)> {
    let writes = manifest.effect != Effect::Read;
    if manifest.later && !writes {
        let message = message!(
            "later_writes",
            "只读的技能会立即完成；请去掉 later，或把 effect 改为 write",
            "what only reads is done at once; remove later, or say that the effect is write"
        );
        return Err(("later".into(), message));
    }
    if !manifest.preview {
        return Ok(());
    }
    let refusal = match &manifest.run {
        Run::Sql { connection: Some(connection), .. } => {
            message!(
                "no_preview",
                "在连接 {connection} 上的执行无法先试后撤；请去掉 preview",
                "a run on the connection {connection} can't be tried and rolled back; remove preview"
            )
        }
        Run::Http(_) => message!(
            "no_preview",
            "请求无法先试后撤；请去掉 preview，并在 confirm 中说明会做什么",
            "a request can't be tried and rolled back; remove preview, and say in confirm what it does"
        ),
        Run::Handoff(_) => {
            message!("no_preview", "由人完成的事无法先试；请去掉 preview", "what a person does can't be tried; remove preview")
        }
        Run::Steps { .. } => {
            message!("no_preview", "多个步骤无法先试后撤；请去掉 preview", "steps can't be tried and rolled back; remove preview")
        }
        Run::Knowledge(_) => message!(
            "no_preview",
            "由文档回答没有可预览的内容；请去掉 preview",
            "an answer from documents has nothing to preview; remove it"
        ),
        Run::Sql { .. } if !writes => message!(
            "no_preview",
            "只读的技能没有可预览的内容；请去掉 preview，或把 effect 改为 write",
            "what only reads has nothing to preview; remove it, or say that the effect is write"
        ),
        Run::Sql { .. } if manifest.slots.properties.contains_key("preview") => message!(
            "no_preview",
            "使用 preview 时，槽位不能叫 preview；请改名",
            "with preview no slot can be called preview; rename it"
        ),
        Run::Sql { .. } => return Ok(()),
    };
    Err(("preview".into(), refusal))
}
