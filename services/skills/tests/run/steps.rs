use std::sync::Arc;

use serde_json::{Map, Value, json};
use skills::{Execution, StepScope};
use values::Calendar;

use crate::{map, skill};

fn slots_of(with: &str, slots: &Value, steps: &[Map<String, Value>]) -> Result<Value, String> {
    let skill = skill("write", &format!("{{steps: [{{skill: a.b}}, {{skill: c.d, with: {{{with}}}}}]}}"), "").unwrap();
    let Execution::Steps { steps: compiled, .. } = &skill.run else { panic!("steps") };
    let (slots, context) = (map(slots), map(&json!({"user": "E1"})));
    let calendar = Arc::new(Calendar::mainland_china());
    let scope = StepScope { slots: &slots, context: &context, today: "2026-11-23", calendar: Some(&calendar), steps };
    compiled[1].slots(scope).map(Value::Object)
}

#[test]
fn a_step_is_filled_from_the_slots_the_caller_the_day_and_the_rows_before() {
    let with = "order: slots.order, amount: '-steps[0].amount * 2', by: context.user, on: 'add_workdays(today, 1)', fixed: '\"x\"', note: slots.note";
    let steps = [map(&json!({"amount": 30, "no": "R1"}))];
    let slots = json!({"order": "SO-1", "note": null});
    let expected = json!({"order": "SO-1", "amount": -60, "by": "E1", "on": "2026-11-24", "fixed": "x"});
    assert_eq!(slots_of(with, &slots, &steps), Ok(expected), "what is null is left out");
}

#[test]
fn a_column_that_an_earlier_step_did_not_bring_is_an_error_that_names_the_slot() {
    let error = slots_of("amount: 'steps[0].amount'", &json!({}), &[Map::new()]).unwrap_err();
    assert!(error.starts_with("amount of c.d: ") && error.contains("steps[0].amount"), "{error}");
    assert!(slots_of("amount: 'steps[0].amount'", &json!({}), &[]).is_err());
    let with = "amount: 'has(steps[0].amount) ? steps[0].amount : 0'";
    assert_eq!(slots_of(with, &json!({}), &[Map::new()]), Ok(json!({"amount": 0})));
}
