//! Skills that are made of others: whether those fit together, and can be taken back.

use std::collections::BTreeMap;

use super::{Finding, error, no_skill, no_slot, warning};
use crate::manifest::{Run, Step};
use crate::message::message;
use crate::{Effect, Manifest};

/// Lints the steps of `owner`, if it has any, among `all` skills of the app.
pub(super) fn lint(file: &str, owner: &Manifest, all: &BTreeMap<&str, &Manifest>, findings: &mut Vec<Finding>) {
    let Run::Steps { steps, .. } = &owner.run else { return };
    for (index, step) in steps.iter().enumerate() {
        let place = format!("run.steps.{index}");
        let Some(skill) = all.get(step.skill.as_str()) else {
            findings.push(error(file, &place, no_skill(step.skill.as_str())));
            continue;
        };
        if matches!(skill.run, Run::Steps { .. }) {
            let message = message!(
                "nested_steps",
                "{skill} 本身由多个步骤组成；请把它的步骤写在这里",
                "{skill} has steps itself; write its steps here instead",
                skill = step.skill
            );
            findings.push(error(file, &place, message));
        }
        if skill.effect > owner.effect {
            let (own, needed) = (word(owner.effect), word(skill.effect));
            let message = message!(
                "step_effect",
                "现为 {own}，但步骤 {skill} 的 effect 为 {needed}；请写 {needed}",
                "it is {own}, but {skill} is a step and its effect is {needed}; write {needed}",
                skill = step.skill
            );
            findings.push(error(file, "effect", message));
        }
        lint_slots(file, &place, step, skill, findings);
        let is_last = index + 1 == steps.len();
        if skill.effect.needs_confirmation() && skill.undo.is_none() && !is_last {
            let message = message!(
                "step_without_undo",
                "{skill} 没有 undo：后面的步骤失败时无法撤回；请给它写 undo，或放到最后一步",
                "{skill} has no undo: when a later step fails, it can't be taken back; give it one, or make it the last step",
                skill = step.skill
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
            None => findings.push(error(file, &place, no_slot(step.skill.as_str(), name))),
            Some(slot) if !slot.is_settable() => {
                let message = message!(
                    "slot_not_settable",
                    "{skill} 的 {name} 是绑定或计算得出的，不能设置；请去掉",
                    "nobody can set {name} of {skill}: it is bound or computed; leave it out",
                    skill = step.skill
                );
                findings.push(error(file, &place, message));
            }
            Some(_) => {}
        }
    }
    for name in slots.required.iter().filter(|name| !step.with.contains_key(*name)) {
        let fills_itself = slots.properties.get(name).is_none_or(|slot| !slot.is_settable() || slot.default.is_some());
        if !fills_itself {
            let message = message!(
                "step_needs_slot",
                "{skill} 需要 {name}，步骤中不会询问用户；请写进 with",
                "{skill} needs {name}, and nobody is asked for it in a step; add it to with",
                skill = step.skill
            );
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
