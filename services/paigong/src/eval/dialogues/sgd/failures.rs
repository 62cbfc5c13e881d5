//! What went wrong and of which kind, by the annotated acts of the turn. Only for reading: nothing here reaches the
//! product.

use std::collections::BTreeMap;

use super::data::{Dialogue, Frame, Goal, Service};
use super::metrics::value_score;

/// One thing that was understood wrongly in a turn, and not already in the turn before.
#[derive(Debug)]
pub(super) struct Failure {
    pub kind: String,
    pub dialogue: String,
    pub turn: usize,
    pub utterance: String,
    pub what: String,
}

/// Collects failures over dialogues.
#[derive(Debug, Default)]
pub(super) struct Failures {
    all: Vec<Failure>,
    standing: BTreeMap<(String, String), String>,
}

/// A value is as good as right from this similarity on.
const RIGHT: f64 = 0.9;

impl Failures {
    /// Begins another dialogue.
    pub(super) fn next_dialogue(&mut self) {
        self.standing.clear();
    }

    /// Notes what differs in one frame.
    pub(super) fn compare(
        &mut self,
        dialogue: &Dialogue,
        turn: usize,
        frame: &Frame,
        service: &Service,
        reference: &Goal,
        found: &Goal,
    ) {
        let acts: Vec<&str> = frame.actions.iter().map(|action| action.act.as_str()).collect();
        let mut add = |kind: String, what: String| {
            let utterance = dialogue.turns.get(turn).map(|turn| turn.utterance.clone()).unwrap_or_default();
            self.all.push(Failure { kind, dialogue: dialogue.dialogue_id.clone(), turn, utterance, what });
        };
        if reference.active_intent != found.active_intent {
            let kind = match (reference.active_intent.as_str(), found.active_intent.as_str()) {
                ("NONE", _) => "intent: goes on after the user ended it",
                (_, "NONE") => "intent: none understood",
                _ => "intent: another",
            };
            add(kind.into(), format!("{} for {}", found.active_intent, reference.active_intent));
        }
        for slot in &reference.requested_slots {
            if !found.requested_slots.contains(slot) {
                add("request: missed".into(), slot.clone());
            }
        }
        for slot in &found.requested_slots {
            if !reference.requested_slots.contains(slot) {
                add("request: not made".into(), slot.clone());
            }
        }
        for slot in &service.slots {
            let truth = reference.slot_values.get(&slot.name);
            let value = found.slot_values.get(&slot.name).and_then(|values| values.first());
            let key = (service.service_name.clone(), slot.name.clone());
            let is_right = match (truth, value) {
                (None, None) => true,
                (Some(truth), Some(value)) => value_score(slot.is_categorical, truth, value) >= RIGHT,
                _ => false,
            };
            if is_right {
                self.standing.remove(&key);
                continue;
            }
            let what = format!("{}: {:?} for {:?}", slot.name, value, truth);
            if self.standing.insert(key, what.clone()).as_ref() == Some(&what) {
                continue;
            }
            let form = if slot.is_categorical {
                "categorical"
            } else if ["date", "time"].iter().any(|word| slot.name.contains(word)) {
                "date or time"
            } else {
                "free"
            };
            let is_said = frame.actions.iter().any(|action| action.act == "INFORM" && action.slot == slot.name);
            let kind = match (truth, value) {
                (None, _) => format!("value: nobody gave it ({form})"),
                (Some(values), _) if is_said && values.iter().any(|value| value == super::schema::ANY) => {
                    "value: any will do".into()
                }
                (Some(_), None) if is_said => format!("value: said now, missed ({form})"),
                (Some(_), Some(_)) if is_said => format!("value: said now, read otherwise ({form})"),
                (Some(_), None) if acts.iter().any(|act| ["SELECT", "AFFIRM"].contains(act)) => {
                    "value: offered and taken, missed".into()
                }
                (Some(_), Some(_)) if acts.iter().any(|act| ["SELECT", "AFFIRM"].contains(act)) => {
                    "value: offered and taken, another".into()
                }
                (Some(_), None) => "value: from before, missed".into(),
                (Some(_), Some(_)) => format!("value: changed since ({form})"),
            };
            add(kind, what);
        }
    }

    /// How often each kind occurs, commonest first.
    pub(super) fn kinds(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for failure in &self.all {
            *counts.entry(&failure.kind).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        counts
    }

    /// All failures, kind by kind.
    pub(super) fn sorted(&self) -> Vec<&Failure> {
        let mut all: Vec<&Failure> = self.all.iter().collect();
        all.sort_by(|a, b| a.kind.cmp(&b.kind));
        all
    }
}
