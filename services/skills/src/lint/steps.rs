//! Skills that are made of others: whether those fit together, and can be taken back.

use std::collections::BTreeMap;

use super::{Finding, error, warning};
use crate::manifest::{Run, Step};
use crate::{Effect, Manifest};

/// Lints the steps of `owner`, if it has any, among `all` skills of the app.
pub(super) fn lint(file: &str, owner: &Manifest, all: &BTreeMap<&str, &Manifest>, findings: &mut Vec<Finding>) {
    let Run::Steps { steps, .. } = &owner.run else { return };
    for (index, step) in steps.iter().enumerate() {
        let place = format!("run.steps.{index}");
        let Some(skill) = all.get(step.skill.as_str()) else {
            findings.push(error(file, &place, format!("there is no skill {}", step.skill)));
            continue;
        };
        if matches!(skill.run, Run::Steps { .. }) {
            let message = format!("{} has steps itself; write its steps here instead", step.skill);
            findings.push(error(file, &place, message));
        }
        if skill.effect > owner.effect {
            let (own, needed) = (word(owner.effect), word(skill.effect));
            let message =
                format!("it is {own}, but {} is a step and its effect is {needed}; write {needed}", step.skill);
            findings.push(error(file, "effect", message));
        }
        lint_slots(file, &place, step, skill, findings);
        let is_last = index + 1 == steps.len();
        if skill.effect.needs_confirmation() && skill.undo.is_none() && !is_last {
            let message = format!(
                "{} has no undo: when a later step fails, it can't be taken back; give it one, or make it the last step",
                step.skill
            );
            findings.push(warning(file, &place, message));
        }
    }
}

/// A step fills slots that are there and may be set, and all that nothing else fills.
fn lint_slots(file: &str, place: &str, step: &Step, skill: &Manifest, findings: &mut Vec<Finding>) {
    let slots = &skill.slots;
    for name in step.with.keys() {
        let place = format!("{place}.with.{name}");
        match slots.properties.get(name) {
            None => findings.push(error(file, &place, format!("{} has no slot {name}", step.skill))),
            Some(slot) if !slot.is_settable() => {
                let message = format!("nobody can set {name} of {}: it is bound or computed; leave it out", step.skill);
                findings.push(error(file, &place, message));
            }
            Some(_) => {}
        }
    }
    for name in slots.required.iter().filter(|name| !step.with.contains_key(*name)) {
        let fills_itself = slots.properties.get(name).is_none_or(|slot| !slot.is_settable() || slot.default.is_some());
        if !fills_itself {
            let message = format!("{} needs {name}, and nobody is asked for it in a step; add it to with", step.skill);
            findings.push(error(file, place, message));
        }
    }
}

/// The effect as it is written.
fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Money => "money",
    }
}
