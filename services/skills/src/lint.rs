//! What is wrong or doubtful in packs that can be read: findings with the place and the remedy.
//!
//! Errors stop a pack from being applied, warnings don't. What needs the model (examples nearer to another skill) is not
//! found here but in `understanding`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::example;
use crate::sql::{Parameter, Statement};
use crate::{Execution, Pack, Skill, fold};

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
    let all: BTreeSet<&str> =
        packs.iter().flat_map(|pack| pack.manifests.iter().map(|(_, manifest)| manifest.skill.as_str())).collect();
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
            if let Some(undo) = manifest.undo.as_ref().map(|undo| undo.skill()).filter(|undo| !all.contains(undo)) {
                findings.push(error(&file, "undo", format!("there is no skill {undo}")));
            }
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
        lint_tests(pack, packs, &all, &mut findings);
        lint_steps(pack, packs, &mut findings);
    }
    findings.sort();
    findings
}

/// Skills and slots that tests expect and that are not there.
fn lint_tests(pack: &Pack, packs: &[Pack], all: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    let manifests = || packs.iter().flat_map(|pack| &pack.manifests).map(|(_, manifest)| manifest);
    for (path, tests) in &pack.scenarios {
        let file = format!("{}/{path}", pack.about.pack);
        for turn in tests.tests.iter().flat_map(|test| &test.turns) {
            let Some(skill) = turn.skill.as_deref() else { continue };
            if !all.contains(skill) {
                findings.push(error(&file, "skill", format!("there is no skill {skill}")));
            } else if let Some(slot) = turn.slot.as_ref()
                && !manifests().any(|one| one.skill.as_str() == skill && one.slots.properties.contains_key(slot))
            {
                findings.push(error(&file, "slot", format!("{skill} has no slot {slot}")));
            }
        }
    }
}

/// Steps whose skill is not there, does not fit, or can't be taken back.
fn lint_steps(pack: &Pack, packs: &[Pack], findings: &mut Vec<Finding>) {
    let find = |name: &str| {
        packs
            .iter()
            .flat_map(|pack| &pack.manifests)
            .map(|(_, manifest)| manifest)
            .find(|one| one.skill.as_str() == name)
    };
    for (path, manifest) in pack.manifests.iter().filter(|(_, manifest)| !manifest.run.steps.is_empty()) {
        let file = format!("{}/{path}", pack.about.pack);
        for (index, step) in manifest.run.steps.iter().enumerate() {
            let name = step.skill.as_str();
            let Some(skill) = find(name) else {
                findings.push(error(&file, "run.steps", format!("there is no skill {name}")));
                continue;
            };
            if !skill.run.steps.is_empty() {
                findings.push(error(&file, "run.steps", format!("{name} has steps itself; write its steps here")));
            }
            if skill.effect > manifest.effect {
                findings.push(error(
                    &file,
                    "run.steps",
                    format!("{name} has the effect {:?}; this skill needs at least that", skill.effect),
                ));
            }
            let settable = |slot: &String| skill.slots.properties.get(slot).is_some_and(crate::Slot::is_settable);
            for slot in step.with.keys().filter(|slot| !settable(slot)) {
                findings.push(error(&file, "run.steps", format!("{name} has no slot {slot} that could be set")));
            }
            for slot in skill.slots.required.iter().filter(|slot| settable(slot) && !step.with.contains_key(*slot)) {
                findings.push(error(&file, "run.steps", format!("{name} requires {slot}; say in with what it is")));
            }
            let is_last = index + 1 == manifest.run.steps.len();
            if skill.effect.needs_confirmation() && skill.undo.is_none() && !is_last {
                let message = format!("{name} has no undo; it stays done when a later step fails");
                findings.push(warning(&file, "run.steps", message));
            }
        }
    }
}

fn lint_skill(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let manifest = &skill.manifest;
    let slots = skill.slots();
    let lookups = slots.keys().filter_map(|name| Some((format!("slots.{name}.x-lookup"), skill.lookup(name)?)));
    // Another database knows nothing of our tenants.
    let local = if let Execution::Sql(statement) = &skill.run { Some(statement) } else { None };
    let statements: Vec<(String, &Statement)> = [("run.sql", local), ("facts.sql", skill.facts.as_ref())]
        .into_iter()
        .filter_map(|(place, statement)| Some((place.to_owned(), statement?)))
        .chain(lookups)
        .collect();
    for (place, statement) in &statements {
        if Some(*statement).is_some_and(|statement| !statement.parameters.contains(&Parameter::TenantId)) {
            findings.push(error(
                file,
                place,
                "the statement does not name :tenant_id; bind it in every table's condition".into(),
            ));
        }
    }
    let read: BTreeSet<&str> = statements
        .iter()
        .flat_map(|(_, statement)| &statement.parameters)
        .filter_map(|parameter| if let Parameter::Slot(slot) = parameter { Some(slot.as_str()) } else { None })
        .collect();
    for (name, slot) in slots {
        if slot.ask.is_none() && manifest.slots.required.contains(name) && slot.is_settable() && slot.fill.is_none() {
            findings.push(warning(file, &format!("slots.{name}"), "no x-ask; the question will be a plain one".into()));
        }
        if !read.contains(name.as_str()) && !skill.run.reads_slot(name) {
            findings.push(warning(file, &format!("slots.{name}"), "nothing that is run uses this slot".into()));
        }
    }
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
    if manifest.empty.is_none() {
        findings.push(warning(file, "empty", "no answer for the case that no row comes back".into()));
    }
}

/// Names in templates that will never be defined: neither slots nor columns of the statement that the text follows.
fn lint_texts(file: &str, skill: &Skill, findings: &mut Vec<Finding>) {
    let before_run: Option<&[String]> = Some(&[]);
    let after_run = skill.run.columns();
    let after_run = after_run.as_deref();
    let rules = (0..skill.manifest.rules.len()).map(|index| format!("rule.{index}"));
    let asks = skill.slots().keys().flat_map(|slot| [format!("ask.{slot}"), format!("ask_again.{slot}")]);
    let early = ["confirm".to_owned(), "missing".to_owned()].into_iter().chain(rules).chain(asks);
    let late = ["reply".to_owned(), "empty".to_owned()].into_iter();
    for (name, columns) in early.map(|name| (name, before_run)).chain(late.map(|name| (name, after_run))) {
        if !skill.templates.has(&name) {
            continue;
        }
        for variable in skill.templates.variables(&name) {
            let is_preview =
                name == "confirm" && skill.manifest.preview && variable.split('.').next() == Some("preview");
            if !is_preview && !is_known(skill, &variable, columns) {
                let message =
                    format!("the text names {variable:?}, which is no slot, no fact and no column that is there");
                findings.push(error(file, &name, message));
            }
        }
    }
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
