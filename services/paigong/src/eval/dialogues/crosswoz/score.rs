//! Counting: dialogue acts and belief states, and the commonest kinds of error.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::{Value, json};

use super::data::Act;
use super::state::Belief;

/// Predicted, true, and both.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub predicted: usize,
    pub truth: usize,
    pub both: usize,
}

impl Counts {
    pub(super) fn f1(self) -> f64 {
        2.0 * self.both as f64 / ((self.predicted + self.truth) as f64).max(1.0)
    }
}

/// All counts of a run.
#[derive(Debug, Default)]
pub(super) struct Score {
    pub dialogues: usize,
    pub turns: usize,
    pub acts: Counts,
    pub by_kind: BTreeMap<String, Counts>,
    pub exact_turns: usize,
    pub joint: usize,
    pub joint_single: usize,
    pub joint_words: usize,
    pub slots: Counts,
    pub tasks: usize,
    pub goals: usize,
    pub goals_finished: usize,
    pub errors: BTreeMap<String, usize>,
}

impl Score {
    /// Counts the acts of a turn; returns (missing, too many).
    pub(super) fn acts(&mut self, predicted: &BTreeSet<Act>, truth: &BTreeSet<Act>) -> (Vec<Act>, Vec<Act>) {
        let mut count = |kind: &str, predicted: bool, truth: bool| {
            for counts in [&mut self.acts, self.by_kind.entry(kind.to_owned()).or_default()] {
                counts.predicted += usize::from(predicted);
                counts.truth += usize::from(truth);
                counts.both += usize::from(predicted && truth);
            }
        };
        for act in predicted.union(truth) {
            count(kind(act), predicted.contains(act), truth.contains(act));
        }
        self.exact_turns += usize::from(predicted == truth);
        let missing: Vec<Act> = truth.difference(predicted).cloned().collect();
        let extra: Vec<Act> = predicted.difference(truth).cloned().collect();
        for act in &missing {
            // The same slot with another value, or in another domain, is one error, not two.
            let same_slot = extra.iter().find(|other| other[0] == act[0] && other[2] == act[2]);
            let what = match same_slot {
                Some(other) if other[1] != act[1] => "wrong domain",
                Some(_) => "wrong value",
                None => "missed",
            };
            *self.errors.entry(format!("{what}: {}", label(act))).or_default() += 1;
        }
        for act in extra.iter().filter(|act| !missing.iter().any(|other| other[0] == act[0] && other[2] == act[2])) {
            *self.errors.entry(format!("too many: {}", label(act))).or_default() += 1;
        }
        (missing, extra)
    }

    /// Counts a belief state; returns whether all of it is right.
    pub(super) fn belief(&mut self, predicted: &Belief, truth: &Belief) -> bool {
        for key in predicted.keys().chain(truth.keys()).collect::<BTreeSet<_>>() {
            let (own, annotated) = (predicted.get(key), truth.get(key));
            self.slots.predicted += usize::from(own.is_some());
            self.slots.truth += usize::from(annotated.is_some());
            self.slots.both += usize::from(own.is_some() && own == annotated);
        }
        let right = predicted == truth;
        self.joint += usize::from(right);
        right
    }

    /// The commonest kinds of error, with counts.
    pub(super) fn commonest(&self, count: usize) -> Vec<(&str, usize)> {
        let mut errors: Vec<(&str, usize)> = self.errors.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        errors.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        errors.truncate(count);
        errors
    }

    /// The figures for people.
    pub(super) fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Value::Object(figures) = self.json() else { return Ok(()) };
        for (name, value) in figures.iter().filter(|(_, value)| value.is_number()) {
            match value.as_u64() {
                Some(count) => writeln!(out, "{name:42} {count:7}")?,
                None => writeln!(out, "{name:42} {:7.2} %", value.as_f64().unwrap_or_default() * 100.0)?,
            }
        }
        for (kind, counts) in &self.by_kind {
            writeln!(out, "act_f1 of {kind:32} {:7.2} %", counts.f1() * 100.0)?;
        }
        writeln!(out, "commonest kinds of error:")?;
        for (kind, count) in self.commonest(3) {
            writeln!(out, "{count:5}  {kind}")?;
        }
        Ok(())
    }

    /// The figures. `act_f1`, `joint_state_accuracy` and `task_finish` are the names that others refer to.
    pub(super) fn json(&self) -> Value {
        let share = |part: usize| part as f64 / self.turns.max(1) as f64;
        let by_kind: BTreeMap<&String, f64> = self.by_kind.iter().map(|(kind, counts)| (kind, counts.f1())).collect();
        json!({
            "act_f1": self.acts.f1(),
            "act_precision": self.acts.both as f64 / self.acts.predicted.max(1) as f64,
            "act_recall": self.acts.both as f64 / self.acts.truth.max(1) as f64,
            "act_f1_by_kind": by_kind,
            "turns_with_all_acts_right": share(self.exact_turns),
            "joint_state_accuracy": share(self.joint),
            "joint_state_accuracy_words_only": share(self.joint_words),
            "joint_state_accuracy_single_turn": share(self.joint_single),
            "task_finish": self.tasks as f64 / self.dialogues.max(1) as f64,
            "sub_goal_finish": self.goals_finished as f64 / self.goals.max(1) as f64,
            "sub_goals": self.goals,
            "slot_f1": self.slots.f1(),
            "dialogues": self.dialogues,
            "user_turns": self.turns,
            "acts": self.acts.truth,
            "commonest_errors": self.commonest(3).into_iter().map(|(kind, count)| json!({"kind": kind, "count": count})).collect::<Vec<_>>(),
        })
    }
}

/// Intent, or for names and the like what sets it apart.
fn kind(act: &Act) -> &str {
    &act[0]
}

/// Intent and slot without the member of a set.
fn label(act: &Act) -> String {
    format!("{} {}", act[0], act[2].split('-').next().unwrap_or_default())
}
