//! What is wrong or doubtful in packs that can be read: findings with the place and the remedy.
//!
//! Errors stop a pack from being applied, warnings don't. What needs the model (examples nearer to another skill) is not
//! found here but in `understanding`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::example;
use crate::manifest::Method;
use crate::message::{Message, message};
use crate::sql::{Parameter, Statement};
use crate::{Execution, Manifest, Pack, Skill, fold};

mod place;
mod steps;

pub use place::locate;

/// Examples that a skill should have in each language.
pub const EXAMPLES_WANTED: usize = 15;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pack can't be applied.
    Error,
    /// It can, but users will feel it.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// The file.
    pub file: String,
    /// The key in it.
    pub place: String,
    /// Which entry of the list there, from 0.
    pub entry: Option<usize>,
    /// What is wrong and what to do.
    pub message: Message,
}

/// Lints packs together, since skills of different packs share one app.
#[must_use]
pub fn lint(packs: &[Pack]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut examples: BTreeMap<String, (String, String)> = BTreeMap::new();
    let manifests = packs.iter().flat_map(|pack| &pack.manifests);
    let all: BTreeMap<&str, &Manifest> = manifests.map(|(_, manifest)| (manifest.skill.as_str(), manifest)).collect();
    for pack in packs {
        for (path, manifest) in &pack.manifests {
            let file = format!("{}/{path}", pack.about.pack);
            if let Some(other) = names.insert(manifest.skill.to_string(), file.clone()) {
                let message = message!(
                    "defined_twice",
                    "{skill} 在 {other} 中也有定义",
                    "{skill} is also defined in {other}",
                    skill = manifest.skill
                );
                findings.push(error(&file, "skill", message));
            }
            match Skill::compile(manifest.clone(), 1, &pack.about.pack) {
                Ok(skill) => lint_skill(&file, &skill, &mut findings),
                Err(failure) => findings.push(error(&file, &failure.place, failure.message)),
            }
            if let Some(undo) = manifest.undo.as_ref().map(|undo| undo.skill()).filter(|undo| !all.contains_key(undo)) {
                findings.push(error(&file, "undo", no_skill(undo)));
            }
            steps::lint(&file, manifest, &all, &mut findings);
            for (index, text) in manifest.examples.iter().enumerate() {
                let folded = fold(&example::parse(text).text);
                let owner = (manifest.skill.to_string(), file.clone());
                if let Some((skill, other)) = examples.insert(folded, owner) {
                    let found = if skill == manifest.skill.as_str() {
                        let message = message!("example_twice", "{text:?} 写了两次", "{text:?} is there twice");
                        warning(&file, "examples", message)
                    } else {
                        let message = message!(
                            "example_of_another",
                            "{text:?} 也是 {skill}（{other}）的示例，须去掉其中一个",
                            "{text:?} is also an example of {skill} in {other}; one of them must go"
                        );
                        error(&file, "examples", message)
                    };
                    findings.push(Finding { entry: Some(index), ..found });
                }
            }
        }
        lint_tests(pack, &all, &mut findings);
    }
    findings.sort();
    findings
}

/// Skills and slots that tests expect and that are not there.
fn lint_tests(pack: &Pack, all: &BTreeMap<&str, &Manifest>, findings: &mut Vec<Finding>) {
    for (path, tests) in &pack.scenarios {
        let file = format!("{}/{path}", pack.about.pack);
        for turn in tests.tests.iter().flat_map(|test| &test.turns) {
            let Some(skill) = turn.skill.as_deref() else { continue };
            let Some(manifest) = all.get(skill) else {
                findings.push(error(&file, "skill", no_skill(skill)));
                continue;
            };
            if let Some(slot) = turn.slot.as_ref().filter(|slot| !manifest.slots.properties.contains_key(*slot)) {
                findings.push(error(&file, "slot", no_slot(skill, slot)));
            }
        }
    }
}

fn lint_skill(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let manifest = &skill.manifest;
    let slots = skill.slots();
    let lookups = slots.keys().filter_map(|name| Some((format!("slots.{name}.x-lookup"), skill.lookup(name)?)));
    // A database of the tenant has no tenants.
    let run = if let Execution::Sql(statement) = &skill.run { Some(statement) } else { None };
    let statements: Vec<(String, &Statement)> = [("run.sql", run), ("facts.sql", skill.facts.as_ref())]
        .into_iter()
        .filter_map(|(place, statement)| Some((place.to_owned(), statement?)))
        .chain(lookups)
        .collect();
    for (place, statement) in &statements {
        if !statement.parameters.contains(&Parameter::TenantId) {
            let message = message!(
                "no_tenant",
                "语句没有用到 :tenant_id；请在每张表的条件中带上它",
                "the statement does not name :tenant_id; bind it in every table's condition"
            );
            findings.push(error(file, place, message));
        }
    }
    let is_read =
        |slot: &str| skill.run.reads_slot(slot) || statements.iter().any(|(_, statement)| statement.reads_slot(slot));
    for (name, slot) in slots {
        if slot.ask.is_none() && manifest.slots.required.contains(name) && slot.is_settable() && slot.fill.is_none() {
            let message = message!(
                "no_question",
                "没有 x-ask，将用通用的问法",
                "no x-ask; the question will be a plain one"
            );
            findings.push(warning(file, &format!("slots.{name}"), message));
        }
        if !is_read(name) {
            let message = match skill.run {
                Execution::Sql(_) | Execution::Remote { .. } => {
                    message!("slot_unused", "没有语句用到这个槽位", "no statement uses this slot")
                }
                Execution::Http(_) => message!(
                    "slot_unused",
                    "请求和语句都没有用到这个槽位",
                    "neither the request nor a statement uses this slot"
                ),
                Execution::Handoff { .. } | Execution::Steps { .. } => message!(
                    "slot_unused",
                    "步骤和语句都没有用到这个槽位",
                    "neither a step nor a statement uses this slot"
                ),
                Execution::Knowledge(_) => message!(
                    "slot_unused",
                    "由文档回答不用槽位，用户的话就是问题",
                    "an answer from documents takes no slots; the message is the question"
                ),
            };
            findings.push(warning(file, &format!("slots.{name}"), message));
        }
    }
    lint_request(file, skill, findings);
    lint_texts(file, skill, findings);
    for (index, text) in manifest.examples.iter().enumerate() {
        let annotated = example::parse(text);
        for mark in annotated.marks.iter().filter(|mark| !slots.contains_key(&mark.slot)) {
            let message = message!(
                "mark_of_no_slot",
                "{text:?} 标注了 {slot:?}，它不是槽位",
                "{text:?} marks {slot:?}, which is not a slot",
                slot = mark.slot
            );
            findings.push(Finding { entry: Some(index), ..error(file, "examples", message) });
        }
    }
    for (count, (zh, en)) in manifest.example_counts().into_iter().zip([("中文", "Chinese"), ("英文", "English")]) {
        if count < EXAMPLES_WANTED {
            let message = Message {
                code: "few_examples",
                zh: format!("{zh}示例 {count} 条；达到 {EXAMPLES_WANTED} 条会更可靠"),
                en: format!("{count} {en} examples; {EXAMPLES_WANTED} or more make it reliable"),
            };
            findings.push(warning(file, "examples", message));
        }
    }
    // What a person does brings no rows that could be missing.
    if manifest.empty.is_none() && !matches!(skill.run, Execution::Handoff { .. } | Execution::Knowledge(_)) {
        let message = message!(
            "no_empty",
            "没有写查不到结果时的回复",
            "no answer for the case that no row comes back"
        );
        findings.push(warning(file, "empty", message));
    }
}

/// What is possible in a request and hardly meant.
fn lint_request(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let Execution::Http(call) = &skill.run else { return };
    if skill.manifest.effect.needs_confirmation() && call.method == Method::Get {
        let message = message!(
            "get_that_writes",
            "GET 不应改动数据，中间环节可能重复发送；请换一种 method，或把 effect 改为 read",
            "a GET should change nothing, and what stands between may repeat it; use another method, or say that the effect is read"
        );
        findings.push(warning(file, "run.http.method", message));
    }
    for column in call.whole_divisions() {
        let message = message!(
            "whole_division",
            "整数除以整数会丢掉小数；请写作 double(…) / 100.0",
            "a whole number divided by a whole number loses its fraction; write double(…) / 100.0"
        );
        findings.push(warning(file, &format!("run.http.result.{column}"), message));
    }
}

/// Names in templates that will never be defined: neither slots nor columns of the statement that the text follows.
fn lint_texts(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let before_run: Option<&[String]> = Some(&[]);
    let columns = skill.run.columns();
    let after_run = columns.as_deref();
    let rules = (0..skill.manifest.rules.len()).map(|index| format!("rule.{index}"));
    let asks = skill.slots().keys().flat_map(|slot| [format!("ask.{slot}"), format!("ask_again.{slot}")]);
    let early = ["confirm".to_owned(), "missing".to_owned()].into_iter().chain(rules).chain(asks);
    let late = ["reply".to_owned(), "empty".to_owned()].into_iter();
    for (name, columns) in early.map(|name| (name, before_run)).chain(late.map(|name| (name, after_run))) {
        if !skill.templates.has(&name) {
            continue;
        }
        for variable in skill.templates.variables(&name) {
            if name == "confirm" && skill.manifest.preview && is_preview(&variable) {
                continue;
            }
            if !is_known(skill, &variable, columns) {
                let message = match variable.split('.').next() {
                    Some("preview") if name == "confirm" && !skill.manifest.preview => {
                        message!(
                            "text_names_preview",
                            "文案中用到 {variable:?}，它只在 preview: true 时才有",
                            "the text names {variable:?}, which is there with preview: true only"
                        )
                    }
                    _ => message!(
                        "text_names_unknown",
                        "文案中用到 {variable:?}，它既不是槽位，也不是 facts 或结果中的列",
                        "the text names {variable:?}, which is no slot, no fact and no column that is there"
                    ),
                };
                findings.push(error(file, &name, message));
            }
        }
    }
}

/// Whether a variable is what a confirmation sees of a run that was tried.
fn is_preview(variable: &str) -> bool {
    variable == "preview"
        || ["preview.count", "preview.rows"]
            .iter()
            .any(|known| variable.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Whether a template's variable will be defined. `columns`: those of the rows; `None` where any may be there.
fn is_known(skill: &Skill, variable: &str, columns: Option<&[String]>) -> bool {
    let (head, rest) = variable.split_once('.').unwrap_or((variable, ""));
    let first = rest.split('.').next().unwrap_or(rest);
    let has =
        |names: Option<&[String]>| rest.is_empty() || names.is_none_or(|names| names.iter().any(|name| name == first));
    match head {
        "slots" => rest.is_empty() || skill.slots().contains_key(first),
        "facts" => skill.facts.as_ref().is_some_and(|facts| has(facts.columns.as_deref())),
        "lang" | "today" | "range" | "loop" => true,
        "rows" | "count" => columns != Some(&[]),
        _ => skill.slots().contains_key(head) || columns.is_none_or(|columns| columns.iter().any(|name| name == head)),
    }
}

fn no_skill(skill: &str) -> Message {
    message!("no_skill", "没有技能 {skill}", "there is no skill {skill}")
}

fn no_slot(skill: &str, slot: &str) -> Message {
    message!("no_slot", "{skill} 没有槽位 {slot}", "{skill} has no slot {slot}")
}

fn error(file: &str, place: &str, message: Message) -> Finding {
    Finding { severity: Severity::Error, file: file.into(), place: place.into(), entry: None, message }
}

fn warning(file: &str, place: &str, message: Message) -> Finding {
    Finding { severity: Severity::Warning, file: file.into(), place: place.into(), entry: None, message }
}
