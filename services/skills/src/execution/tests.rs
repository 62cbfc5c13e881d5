use serde_json::{Map, Value, json};

use super::{Execution, StepScope};
use crate::{Manifest, Skill};

fn manifest(effect: &str, rest: &str) -> Manifest {
    let confirm = if effect == "read" { "" } else { "confirm: {zh: 好吗？, en: OK?}" };
    let text = format!(
        "skill: a.b\ntitle: {{zh: 甲, en: A}}\neffect: {effect}\nexamples: [甲]\n{confirm}\nreply: {{zh: 好, en: ok}}\n\
         slots: {{properties: {{order: {{type: string}}, amount: {{type: number}}}}}}\n{rest}\n"
    );
    crate::yaml::read("a.skill.yaml", &text).expect("a manifest")
}

fn compile(effect: &str, rest: &str) -> Result<Skill, String> {
    Skill::compile(manifest(effect, rest), 1, "a").map_err(|error| format!("{}: {}", error.place, error.message))
}

#[test]
fn every_way_to_run_survives_being_stored() {
    for (effect, rest, kind) in [
        (
            "write",
            "run: {sql: 'UPDATE t SET x = :order WHERE tenant_id = :tenant_id RETURNING x'}\npreview: true\nlater: true",
            "sql",
        ),
        ("read", "run: {sql: 'SELECT x FROM dbo.orders WHERE no = :order', connection: erp}", "remote"),
        (
            "write",
            "run: {http: {connection: erp, path: '/o/{{ order }}', body: {a: ['{{ amount }}']}, nothing: [404], rows: /x}}",
            "http",
        ),
        ("money", "run: {handoff: {queue: finance}}\nreturns: {type: object, required: [nr]}", "handoff"),
        (
            "write",
            "run: {steps: [{skill: x.y, with: {order: slots.order}}, {skill: x.z, with: {amount: 'steps[0].amount'}}]}",
            "steps",
        ),
    ] {
        let skill = compile(effect, rest).expect(rest);
        assert_eq!(skill.run.kind(), kind);
        assert_eq!(skill.run.is_local(), kind == "sql");
        let stored = serde_json::to_string(&skill.manifest).expect("JSON");
        let again: Manifest = serde_json::from_str(&stored).expect("the same manifest");
        assert_eq!(serde_json::to_string(&again).expect("JSON"), stored);
        assert!(Skill::compile(again, 2, "a").is_ok(), "{stored}");
    }
}

#[test]
fn what_does_not_go_together_is_refused_with_what_to_do() {
    for (effect, rest, says) in [
        ("write", "run: {}", "exactly one"),
        ("write", "run: {sql: 'SELECT 1 AS x', handoff: {queue: a}}", "exactly one"),
        ("write", "run: {connection: erp, handoff: {queue: a}}", "goes with sql"),
        ("write", "run: {sql: 'SELECT 1 AS x', connection: 'E R P'}", "lower case"),
        ("write", "run: {sql: 'SELECT pg_sleep(1)', connection: erp}", "not allowed"),
        ("write", "run: {sql: 'SELECT x FROM pg_catalog.pg_roles', connection: erp}", "not allowed"),
        ("write", "run: {sql: 'DROP TABLE t', connection: erp}", "only SELECT"),
        ("read", "run: {sql: 'DELETE FROM t', connection: erp}", "may only SELECT"),
        ("read", "run: {handoff: {queue: a}}", "effect write"),
        ("write", "run: {handoff: {queue: 'A b'}}", "lower case"),
        ("write", "run: {steps: [{skill: x.y}]}", "2 to 10"),
        ("write", "run: {steps: [{skill: x.y}, {skill: x.z, with: {a: 'secrets.b'}}]}", "secrets"),
        ("read", "run: {steps: [{skill: x.y}, {skill: x.z}]}", "effect write"),
        ("read", "run: {sql: 'SELECT 1 AS x'}\nlater: true", "put off"),
        ("write", "run: {handoff: {queue: a}}\npreview: true", "taken back"),
        ("write", "run: {sql: 'SELECT 1 AS x'}\nreturns: {type: nonsense}", "JSON Schema"),
    ] {
        let error = compile(effect, rest).expect_err(rest);
        assert!(error.contains(says), "{rest}: {error}");
    }
}

#[test]
fn steps_take_their_slots_from_the_whole_and_from_the_steps_before() {
    let rest = "run: {steps: [{skill: x.y, with: {order: slots.order, none: 'slots.amount'}}, {skill: x.z, with: {amount: 'steps[0].amount + 1', who: context.user}}]}";
    let skill = compile("write", rest).expect("a skill");
    let Execution::Steps(steps) = &skill.run else { panic!("steps") };
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    let (slots, context) = (object(json!({"order": "SO-1", "amount": null})), object(json!({"user": "u-1"})));
    let rows = [object(json!({"amount": 41}))];
    let scope = |steps| StepScope { slots: &slots, context: &context, today: "2026-11-23", steps };
    assert_eq!(steps[0].slots(scope(&[])), Ok(object(json!({"order": "SO-1"}))));
    assert_eq!(steps[1].slots(scope(&rows)), Ok(object(json!({"amount": 42, "who": "u-1"}))));
    assert!(steps[1].slots(scope(&[])).expect_err("no such step").starts_with("amount:"));
}

#[test]
fn rows_are_checked_against_what_the_skill_promises() {
    let rest =
        "run: {sql: 'SELECT 1 AS nr'}\nreturns: {type: object, required: [nr], properties: {nr: {type: integer}}}";
    let skill = compile("read", rest).expect("a skill");
    let row = |value: Value| value.as_object().cloned().unwrap_or_default();
    assert_eq!(skill.check_rows(&[row(json!({"nr": 1, "more": "x"}))]), Ok(()));
    assert_eq!(skill.check_rows(&[]), Ok(()));
    assert!(
        skill
            .check_rows(&[row(json!({"nr": 1})), row(json!({"nr": "x"}))])
            .expect_err("refused")
            .starts_with("row 2: /nr")
    );
    assert!(skill.check_rows(&[Map::new()]).is_err());
}
