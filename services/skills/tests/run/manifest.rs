use serde_json::json;
use skills::manifest::Run;
use skills::{Execution, Manifest};

use crate::{call, http, read, skill};

#[test]
fn every_way_of_being_carried_out_is_known_by_its_kind() {
    let cases = [
        ("{sql: UPDATE orders SET a = 1 WHERE no = :order}", "sql", None),
        ("{sql: UPDATE sales.orders SET a = 1 WHERE no = :order, connection: erp}", "remote", Some("erp")),
        ("{http: {connection: erp, path: /orders}}", "http", Some("erp")),
        ("{handoff: {queue: hr}}", "handoff", None),
        ("{steps: [{skill: a.b}, {skill: c.d, with: {x: 'steps[0].y'}}]}", "steps", None),
    ];
    for (run, kind, connection) in cases {
        let skill = skill("write", run, "").unwrap();
        assert_eq!((skill.run.kind(), skill.connection()), (kind, connection), "{run}");
        assert_eq!(skill.run.is_local(), kind == "sql");
    }
}

#[test]
fn manifests_come_back_from_json_as_they_were() {
    let runs = [
        "{sql: SELECT 1 AS n}",
        "{sql: SELECT 1 AS n, connection: erp}",
        "{handoff: {queue: hr}}",
        "{steps: [{skill: a.b}, {skill: c.d, with: {x: 'steps[0].y', a: slots.order}}]}",
        "{http: {connection: erp, path: /a}}",
        "{http: {connection: erp, method: PATCH, path: '/orders/{{ order }}', query: {lang: '{{ lang }}', limit: 20, all: true},
          headers: {X-Source: paigong}, body: {z: 1.5, a: [null, {order: '{{ order }}'}]}, idempotent: true, timeout: 5,
          rows: /items, result: {z: /id, a: = item.n}, nothing: [404, 410]}}",
    ];
    for run in runs {
        let more = "returns: {type: object, required: [n], properties: {n: {type: integer}}}\nlater: true";
        let manifest = read("write", run, more).unwrap();
        let stored = serde_json::to_value(&manifest).unwrap();
        let back: Manifest = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(back.run, manifest.run);
        assert_eq!((&back.returns, back.later, back.preview), (&manifest.returns, true, false));
        assert_eq!(serde_json::to_string(&back).unwrap(), stored.to_string(), "the order of keys too");
    }
    let plain = serde_json::to_value(read("read", "{sql: SELECT 1 AS n}", "").unwrap()).unwrap();
    assert_eq!(plain["run"], json!({"sql": "SELECT 1 AS n"}));
    assert!(
        ["returns", "preview", "later"].iter().all(|key| plain.get(key).is_none()),
        "what is not said is not stored"
    );
    assert_eq!(Run::sql("SELECT 1"), serde_json::from_value(json!({"sql": "SELECT 1"})).unwrap());
}

#[test]
fn what_is_not_said_has_a_default_that_follows_from_the_effect() {
    let read = http("read", "path: /a").unwrap();
    let write = http("write", "path: /a").unwrap();
    let of = |skill| {
        let call = call(skill);
        (call.method.as_str(), call.idempotent, call.timeout.as_secs())
    };
    assert_eq!(of(&read), ("GET", true, 10));
    assert_eq!(of(&write), ("POST", false, 10));
    assert_eq!(of(&http("money", "path: /a, method: PUT, idempotent: true, timeout: 60").unwrap()), ("PUT", true, 60));
}

/// Checks that each run is refused in words that contain the text beside it.
fn refused(effect: &str, cases: &[(&str, &str)]) {
    for (run, words) in cases {
        let error = skill(effect, run, "").map(|_| ()).expect_err(run);
        assert!(error.contains(words), "{run}\n  {error}");
    }
}

#[test]
fn a_run_is_exactly_one_thing() {
    refused(
        "write",
        &[
            ("{}", "nothing says how it is done; write one of sql, http, handoff, steps or knowledge"),
            ("{sql: DELETE FROM t, handoff: {queue: hr}}", "sql and handoff are both there"),
            ("{http: {connection: erp, path: /a}, steps: []}", "http and steps are both there"),
            ("{connection: erp}", "connection goes with sql"),
            ("{handoff: {queue: hr}, keep: true}", "keep goes with steps"),
            ("{knowledge: {sources: [handbook]}}", "the effect is read"),
            ("{connection: erp, handoff: {queue: hr}}", "connection goes with sql"),
            ("{sqll: DELETE FROM t}", "sqll"),
            ("{handoff: {queue: hr, who: me}}", "who"),
            ("{handoff: {queue: HR team}}", "run.handoff.queue: \"HR team\" can't be the name of a queue"),
            ("{handoff: {queue: ''}}", "can't be the name of a queue"),
            ("{sql: DELETE FROM t, connection: ERP-1}", "run.connection: \"ERP-1\" can't be the name of a connection"),
            ("{sql: SELECT pg_sleep(1), connection: erp}", "the function pg_sleep is not allowed"),
            ("{sql: SELECT * FROM pg_roles, connection: erp}", "the table pg_roles is not allowed"),
            ("{sql: 'SELECT 1; SELECT 2', connection: erp}", "exactly one statement"),
            ("{sql: 'SELECT :nothing', connection: erp}", ":nothing has no slot"),
            ("{sql: SELECT * FROM sales.orders}", "the table sales.orders is not allowed"),
        ],
    );
    refused(
        "read",
        &[
            ("{sql: DELETE FROM t, connection: erp}", "a skill whose effect is read may only SELECT"),
            ("{knowledge: {sources: []}}", "name at least one source"),
            ("{knowledge: {sources: [Hand Book]}}", "can't be the name of a source"),
        ],
    );
}

#[test]
fn steps_are_two_to_ten_and_look_back_only() {
    let eleven = format!("{{steps: [{}]}}", ["{skill: a.b}"; 11].join(", "));
    refused(
        "write",
        &[
            ("{steps: [{skill: a.b}]}", "run.steps: 1 steps; 2 to 10 are possible"),
            (&eleven, "11 steps"),
            ("{steps: [{skill: order.test}, {skill: a.b}]}", "run.steps.0.skill: a skill can't be a step of itself"),
            ("{steps: [{skill: a.b, with: {x: 'steps[0].y'}}, {skill: c.d}]}", "which is not before step 0"),
            ("{steps: [{skill: a.b}, {skill: c.d, with: {x: 'steps[1].y'}}]}", "run.steps.1.with.x"),
            (
                "{steps: [{skill: a.b}, {skill: c.d, with: {x: facts.y}}]}",
                "only slots, context, today and steps are there",
            ),
            ("{steps: [{skill: a.b}, {skill: c.d, with: {x: 'slots.'}}]}", "is not CEL"),
            ("{steps: [{skill: a.b, using: {}}, {skill: c.d}]}", "using"),
            ("{steps: [{skill: nonsense}, {skill: c.d}]}", "is not a skill name"),
        ],
    );
}

#[test]
fn only_a_write_on_the_own_database_can_be_previewed_and_only_a_write_be_done_later() {
    let sql = "{sql: UPDATE t SET a = 1 WHERE no = :order RETURNING no}";
    assert!(skill("write", sql, "preview: true\nlater: true").is_ok());
    for (effect, run, more, words) in [
        ("read", "{sql: SELECT 1 AS n}", "preview: true", "preview: what only reads has nothing to preview; remove it"),
        ("read", "{sql: SELECT 1 AS n}", "later: true", "later: what only reads is done at once; remove later"),
        (
            "write",
            "{sql: DELETE FROM t, connection: erp}",
            "preview: true",
            "the connection erp can't be tried and rolled back",
        ),
        ("write", "{http: {connection: erp, path: /a}}", "preview: true", "a request can't be tried and rolled back"),
        ("write", "{handoff: {queue: hr}}", "preview: true", "what a person does can't be tried"),
        ("money", "{steps: [{skill: a.b}, {skill: c.d}]}", "preview: true", "steps can't be tried"),
    ] {
        let error = skill(effect, run, more).map(|_| ()).expect_err(run);
        assert!(error.contains(words), "{run}\n  {error}");
    }
}

#[test]
fn rows_that_do_not_fit_what_is_promised_are_told_apart_without_their_values() {
    let more = "returns: {type: object, required: [id], properties: {id: {type: string, pattern: '^R'}, at: {type: string, format: date}}}";
    let skill = skill("read", "{http: {connection: erp, path: /a}}", more).unwrap();
    let rows = |values: &[serde_json::Value]| values.iter().map(crate::map).collect::<Vec<_>>();
    assert_eq!(skill.check_rows(&[]), Ok(()));
    assert_eq!(skill.check_rows(&rows(&[json!({"id": "R1", "at": "2026-11-23", "more": 1})])), Ok(()));
    let error = skill.check_rows(&rows(&[json!({"id": "R1"}), json!({"id": 13800138000_i64})])).unwrap_err();
    assert!(
        error.starts_with("returns: row 2, /id: ") && error.contains("string") && !error.contains("138"),
        "{error}"
    );
    let error = skill.check_rows(&rows(&[json!({"at": "2026-11-23"})])).unwrap_err();
    assert!(error.starts_with("returns: row 1: ") && error.contains("id"), "{error}");
    assert!(skill.check_rows(&rows(&[json!({"id": "R1", "at": "soon"})])).is_err(), "formats count");
    assert_eq!(http("read", "path: /a").unwrap().check_rows(&rows(&[json!({})])), Ok(()));
}

#[test]
fn a_schema_of_rows_stays_in_its_document() {
    for (schema, words) in [
        ("{$ref: 'https://example.com/row.json'}", "returns: it is no JSON Schema that can be used"),
        ("{$ref: 'file:///etc/passwd'}", "returns: it is no JSON Schema that can be used"),
        ("{type: array}", "its type is object"),
        ("[1]", "a JSON Schema of one row is needed"),
        ("{type: object, properties: {a: {type: text}}}", "returns: it is no JSON Schema that can be used"),
    ] {
        let error = skill("read", "{sql: SELECT 1 AS n}", &format!("returns: {schema}")).map(|_| ()).expect_err(schema);
        assert!(error.contains(words), "{schema}\n  {error}");
    }
    let inner = "returns: {$defs: {no: {type: string}}, properties: {id: {$ref: '#/$defs/no'}}}";
    assert!(skill("read", "{sql: SELECT 1 AS n}", inner).is_ok());
}

#[test]
fn the_execution_is_what_the_manifest_says() {
    let skill = skill("write", "{handoff: {queue: hr_2}}", "").unwrap();
    assert!(matches!(&skill.run, Execution::Handoff { queue } if queue == "hr_2"));
    assert!(skill.run.statement().is_none() && skill.run.columns().is_none() && skill.run.reads_slot("order"));
}

#[test]
fn the_examples_of_the_readme_can_be_used() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../skills/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut kinds = Vec::new();
    for block in blocks.filter(|block| block.lines().find(|line| !line.starts_with('#')).unwrap().starts_with("run:")) {
        let text = crate::text("money", "PLACEHOLDER", "").replace("run: PLACEHOLDER\n", block);
        let manifest = skills::yaml::read("t", &text).unwrap();
        kinds.push(skills::Skill::compile(manifest, 1, "crm").unwrap().run.kind());
    }
    assert_eq!(kinds, ["remote", "http", "handoff", "steps"]);
}
