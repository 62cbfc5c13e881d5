//! What is wrong or doubtful in packs that can be read: findings with the place and the remedy.
//!
//! Errors stop a pack from being applied, warnings don't. What needs the model (examples nearer to another skill) is not
//! found here but in `understanding`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::example;
use crate::manifest::Method;
use crate::sql::{Parameter, Statement};
use crate::{Execution, Manifest, Pack, Skill, fold};

mod steps;

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
    /// What is wrong and what to do.
    pub message: String,
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
                findings.push(error(&file, "skill", format!("{} is also defined in {other}", manifest.skill)));
            }
            match Skill::compile(manifest.clone(), 1, &pack.about.pack) {
                Ok(skill) => lint_skill(&file, &skill, &mut findings),
                Err(failure) => findings.push(error(&file, &failure.place, failure.message)),
            }
            if let Some(undo) = manifest.undo.as_ref().map(|undo| undo.skill()).filter(|undo| !all.contains_key(undo)) {
                findings.push(error(&file, "undo", format!("there is no skill {undo}")));
            }
            steps::lint(&file, manifest, &all, &mut findings);
            for text in &manifest.examples {
                let folded = fold(&example::parse(text).text);
                let owner = (manifest.skill.to_string(), file.clone());
                if let Some((skill, other)) = examples.insert(folded, owner) {
                    let message = if skill == manifest.skill.as_str() {
                        format!("{text:?} is there twice")
                    } else {
                        format!("{text:?} is also an example of {skill} in {other}; one of them must go")
                    };
                    let severity = if skill == manifest.skill.as_str() { Severity::Warning } else { Severity::Error };
                    findings.push(Finding { severity, file: file.clone(), place: "examples".into(), message });
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
                findings.push(error(&file, "skill", format!("there is no skill {skill}")));
                continue;
            };
            if let Some(slot) = turn.slot.as_ref().filter(|slot| !manifest.slots.properties.contains_key(*slot)) {
                findings.push(error(&file, "slot", format!("{skill} has no slot {slot}")));
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
            findings.push(error(
                file,
                place,
                "the statement does not name :tenant_id; bind it in every table's condition".into(),
            ));
        }
    }
    let is_read =
        |slot: &str| skill.run.reads_slot(slot) || statements.iter().any(|(_, statement)| statement.reads_slot(slot));
    for (name, slot) in slots {
        if slot.ask.is_none() && manifest.slots.required.contains(name) && slot.is_settable() && slot.fill.is_none() {
            findings.push(warning(file, &format!("slots.{name}"), "no x-ask; the question will be a plain one".into()));
        }
        if !is_read(name) {
            let message = match skill.run {
                Execution::Sql(_) | Execution::Remote { .. } => "no statement uses this slot",
                Execution::Http(_) => "neither the request nor a statement uses this slot",
                Execution::Handoff { .. } | Execution::Steps { .. } => "neither a step nor a statement uses this slot",
                Execution::Knowledge(_) => "an answer from documents takes no slots; the message is the question",
            };
            findings.push(warning(file, &format!("slots.{name}"), message.into()));
        }
    }
    lint_request(file, skill, findings);
    lint_texts(file, skill, findings);
    let mut count = [0, 0];
    for text in &manifest.examples {
        let annotated = example::parse(text);
        for mark in annotated.marks.iter().filter(|mark| !slots.contains_key(&mark.slot)) {
            findings.push(error(file, "examples", format!("{text:?} marks {:?}, which is not a slot", mark.slot)));
        }
        count[usize::from(!annotated.text.chars().any(is_han))] += 1;
    }
    for (count, language) in count.into_iter().zip(["Chinese", "English"]) {
        if count < EXAMPLES_WANTED {
            let message = format!("{count} {language} examples; {EXAMPLES_WANTED} or more make it reliable");
            findings.push(warning(file, "examples", message));
        }
    }
    // What a person does brings no rows that could be missing.
    if manifest.empty.is_none() && !matches!(skill.run, Execution::Handoff { .. } | Execution::Knowledge(_)) {
        findings.push(warning(file, "empty", "no answer for the case that no row comes back".into()));
    }
}

/// What is possible in a request and hardly meant.
fn lint_request(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let Execution::Http(call) = &skill.run else { return };
    if skill.manifest.effect.needs_confirmation() && call.method == Method::Get {
        let message = "a GET should change nothing, and what stands between may repeat it; use another method, or say that the effect is read";
        findings.push(warning(file, "run.http.method", message.into()));
    }
    for column in call.whole_divisions() {
        let message = "a whole number divided by a whole number loses its fraction; write double(…) / 100.0";
        findings.push(warning(file, &format!("run.http.result.{column}"), message.into()));
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
                        format!("the text names {variable:?}, which is there with preview: true only")
                    }
                    _ => format!("the text names {variable:?}, which is no slot, no fact and no column that is there"),
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

/// Whether a character is a Chinese one.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn error(file: &str, place: &str, message: String) -> Finding {
    Finding { severity: Severity::Error, file: file.into(), place: place.into(), message }
}

fn warning(file: &str, place: &str, message: String) -> Finding {
    Finding { severity: Severity::Warning, file: file.into(), place: place.into(), message }
}
