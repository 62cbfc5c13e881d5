//! The measures of the eighth Dialog System Technology Challenge, by the definitions of its evaluation script: each is
//! computed for every frame of every user turn, then averaged.

use std::collections::BTreeMap;

use super::data::{Goal, Service};
use super::fuzzy::token_sort_ratio;

/// The scores of one frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scores {
    pub intent: f64,
    pub requested: f64,
    /// Mean over the slots that the reference has; `None` where it has none.
    pub average_goal: Option<f64>,
    /// Product over all slots of the service.
    pub joint_goal: f64,
}

/// Compares what was understood with the reference.
pub(super) fn score(service: &Service, reference: &Goal, understood: &Goal) -> Scores {
    let mut active = Vec::new();
    let mut joint = 1.0;
    for slot in &service.slots {
        let truth = reference.slot_values.get(&slot.name).filter(|values| !values.is_empty());
        let found = understood.slot_values.get(&slot.name).and_then(|values| values.first());
        let right = match (truth, found) {
            (None, None) => 1.0,
            (Some(truth), Some(found)) => value_score(slot.is_categorical, truth, found),
            _ => 0.0,
        };
        joint *= right;
        if truth.is_some() {
            active.push(right);
        }
    }
    Scores {
        intent: f64::from(u8::from(reference.active_intent == understood.active_intent)),
        requested: f1(&reference.requested_slots, &understood.requested_slots),
        average_goal: (!active.is_empty()).then(|| active.iter().sum::<f64>() / active.len() as f64),
        joint_goal: joint,
    }
}

/// Categorical values must be the same as the first listed; others may be as near as they are to any listed.
pub(super) fn value_score(is_categorical: bool, truth: &[String], found: &str) -> f64 {
    if is_categorical {
        return f64::from(u8::from(truth.first().is_some_and(|first| first == found)));
    }
    truth.iter().map(|truth| token_sort_ratio(truth, found)).fold(0.0, f64::max)
}

/// F1 of two lists in which order does not count; two empty ones are alike.
fn f1(reference: &[String], found: &[String]) -> f64 {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for slot in reference {
        *left.entry(slot).or_default() += 1;
    }
    let mut both = 0;
    for slot in found {
        if let Some(count) = left.get_mut(slot.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    let share = |of: usize| if of == 0 { 1.0 } else { f64::from(both) / of as f64 };
    let (precision, recall) = (share(found.len()), share(reference.len()));
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// Means over frames.
#[derive(Debug, Default, Clone)]
pub(super) struct Means {
    intent: Mean,
    requested: Mean,
    average_goal: Mean,
    joint_goal: Mean,
}

#[derive(Debug, Default, Clone, Copy)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

impl Means {
    pub(super) fn add(&mut self, scores: &Scores) {
        self.intent.add(scores.intent);
        self.requested.add(scores.requested);
        if let Some(average) = scores.average_goal {
            self.average_goal.add(average);
        }
        self.joint_goal.add(scores.joint_goal);
    }

    pub(super) fn frames(&self) -> usize {
        self.joint_goal.count
    }

    /// Active intent accuracy, requested slot F1, average and joint goal accuracy.
    pub(super) fn values(&self) -> [f64; 4] {
        [self.intent.value(), self.requested.value(), self.average_goal.value(), self.joint_goal.value()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::dialogues::sgd::data::SlotSchema;

    fn service() -> Service {
        let slot = |name: &str, is_categorical| SlotSchema {
            name: name.into(),
            description: String::new(),
            is_categorical,
            possible_values: Vec::new(),
        };
        let slots = vec![slot("city", false), slot("kind", true), slot("day", false)];
        Service { service_name: "Rooms_1".into(), description: String::new(), slots, intents: Vec::new() }
    }

    fn goal(intent: &str, requested: &[&str], values: &[(&str, &[&str])]) -> Goal {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Goal {
            active_intent: intent.into(),
            requested_slots: texts(requested),
            slot_values: values.iter().map(|(slot, values)| ((*slot).to_owned(), texts(values))).collect(),
        }
    }

    #[test]
    fn a_small_dialogue_has_the_scores_that_were_worked_out_by_hand() {
        let service = service();
        let mut means = Means::default();
        // All right; "SF" is one of two ways to say it.
        let first = goal("Find", &[], &[("city", &["San Francisco", "SF"])]);
        means.add(&score(&service, &first, &goal("Find", &[], &[("city", &["SF"])])));
        // Wrong intent; one of two requests; one slot of two; the joint goal fails.
        let second = goal("Book", &["phone", "address"], &[("city", &["SF"]), ("kind", &["double"])]);
        means.add(&score(&service, &second, &goal("Find", &["phone"], &[("city", &["SF"])])));
        // Nothing wanted yet, and a value that nobody said.
        means.add(&score(&service, &goal("NONE", &[], &[]), &goal("NONE", &[], &[("day", &["today"])])));
        let [intent, requested, average, joint] = means.values();
        assert_eq!(means.frames(), 3);
        assert!((intent - 2.0 / 3.0).abs() < 1e-9);
        assert!((requested - (1.0 + 2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-9);
        assert!((average - (1.0 + 0.5) / 2.0).abs() < 1e-9, "frames without a goal do not count");
        assert!((joint - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn categorical_values_must_be_the_same_and_others_near() {
        let truth = ["Kitchen speaker".to_owned()];
        assert!(value_score(true, &truth, "kitchen speaker").abs() < 1e-9);
        assert!((value_score(false, &truth, "kitchen speaker") - 1.0).abs() < 1e-9);
    }
}
