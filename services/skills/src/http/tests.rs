use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Call, Rendered, Scope};
use crate::Effect;
use crate::manifest::{Http, Slots};

fn slots() -> Slots {
    let text =
        "{properties: {order: {type: string}, note: {type: string}, amount: {type: number}, urgent: {type: boolean}}}";
    crate::yaml::read("slots", text).expect("slots")
}

fn compile(yaml: &str) -> Result<Call, String> {
    let http: Http = crate::yaml::read("http", yaml).map_err(|error| error.message)?;
    Call::compile(&http, Effect::Write, &slots())
}

const REFUND: &str = r#"
connection: erp
path: "/orders/{{ order }}/refunds"
query: {lang: "{{ lang }}", note: "{{ note }}"}
headers: {X-Order: "{{ order }}"}
body: {order: "{{ order }}", amount: "{{ amount }}", urgent: "{{ slots.urgent }}", note: "备注：{{ note }}", by: "{{ user }}", tags: ["{{ note }}", 1, null]}
"#;

fn render(call: &Call, slots: Value) -> Result<Rendered, String> {
    let empty = Map::new();
    let slots = slots.as_object().cloned().expect("slots");
    let scope = Scope {
        slots: &slots,
        context: &empty,
        language: paigong_core::Language::Zh,
        today: "2026-11-23",
        user: "u-1",
    };
    call.render(scope)
}

#[test]
fn a_call_is_made_of_values() {
    let call = compile(REFUND).expect("a call");
    let rendered = render(&call, json!({"order": "SO-1", "amount": 12.5, "note": "坏了 & 退"})).expect("rendered");
    assert_eq!(rendered.method, "POST");
    assert_eq!(rendered.path_and_query, "/orders/SO-1/refunds?lang=zh&note=%E5%9D%8F%E4%BA%86%20%26%20%E9%80%80");
    assert_eq!(rendered.headers, [("X-Order".to_owned(), "SO-1".to_owned())]);
    let body = json!({"order": "SO-1", "amount": 12.5, "note": "备注：坏了 & 退", "by": "u-1", "tags": ["坏了 & 退", 1, null]});
    assert_eq!(rendered.body, Some(body), "a value keeps its type, and what is not filled is left out");
    assert!(call.reads_slot("urgent") && call.reads_slot("order"));
}

#[test]
fn a_value_stays_where_it_belongs() {
    let call = compile(REFUND).expect("a call");
    for (order, segment) in [
        ("../admin", "..%2Fadmin"),
        ("a/b", "a%2Fb"),
        ("a?x=1#y", "a%3Fx%3D1%23y"),
        ("{{ user }}", "%7B%7B%20user%20%7D%7D"),
        ("%2e%2e", "%252e%252e"),
        ("\u{10fffd}x\u{10fffd}", "x"),
    ] {
        let rendered = render(&call, json!({"order": order, "note": "x"}));
        if order.is_ascii() {
            let path = rendered.expect("rendered").path_and_query;
            assert_eq!(path, format!("/orders/{segment}/refunds?lang=zh&note=x"), "{order}");
        }
    }
    for order in ["", ".", ".."] {
        let refused = render(&call, json!({"order": order})).expect_err("refused");
        assert!(refused.starts_with("path:"), "{order}: {refused}");
    }
    assert!(render(&call, json!({})).expect_err("refused").contains("empty"), "what is not filled");
    for order in ["a\r\nX-Evil: 1", "a\u{0}"] {
        assert!(render(&call, json!({"order": order})).expect_err("refused").contains("header"), "{order:?}");
    }
}

proptest! {
    #[test]
    fn no_value_changes_what_the_call_is(order in any::<String>(), note in any::<String>()) {
        let call = compile("{connection: erp, path: '/a/{{ order }}/b', query: {n: '{{ note }}', m: x}, body: {o: '{{ order }}'}}").expect("a call");
        if let Ok(rendered) = render(&call, json!({"order": order, "note": note})) {
            let (path, query) = rendered.path_and_query.split_once('?').expect("a query");
            prop_assert_eq!(path.split('/').count(), 4);
            prop_assert!(path.starts_with("/a/") && path.ends_with("/b") && path.is_ascii());
            prop_assert_eq!(query.split('&').count(), 2);
            prop_assert!(query.starts_with("n=") && query.ends_with("&m=x") && !query.contains('#'));
            prop_assert_eq!(rendered.body, Some(json!({"o": order})));
        }
    }
}

#[test]
fn what_can_not_be_meant_is_refused_with_what_to_do() {
    for (yaml, says) in [
        ("{connection: ERP, path: /a}", "connection"),
        ("{connection: erp, path: a}", "begins with /"),
        ("{connection: erp, path: '/a?b=1'}", "query"),
        ("{connection: erp, path: /a, method: TRACE}", "GET, POST"),
        ("{connection: erp, path: /a, method: GET}", "changes nothing"),
        ("{connection: erp, path: /a, timeout: 61}", "1 to 60"),
        ("{connection: erp, path: '/a/{{ nothing }}'}", "no slot"),
        ("{connection: erp, path: '/a/{{ order'}", "path"),
        ("{connection: erp, path: /a, headers: {Authorization: x}}", "connections put"),
        ("{connection: erp, path: /a, headers: {webhook-id: x}}", "connections put"),
        ("{connection: erp, path: /a, headers: {'a b': x}}", "header's name"),
        ("{connection: erp, path: /a, rows: items}", "JSON pointer"),
        ("{connection: erp, path: /a, result: {id: id}}", "begins with /"),
        ("{connection: erp, path: /a, result: {id: '= secret.x'}}", "secret"),
        ("{connection: erp, path: /a, url: 'http://x'}", "url"),
    ] {
        let error = compile(yaml).expect_err(yaml);
        assert!(error.contains(says), "{yaml}: {error}");
    }
}

#[test]
fn an_answer_becomes_rows() {
    let call = compile(REFUND).expect("a call");
    assert_eq!(call.read(200, br#"{"id": 7}"#), Ok(vec![json!({"id": 7}).as_object().cloned().expect("a row")]));
    assert_eq!(call.read(204, b" "), Ok(vec![Map::new()]));
    assert!(call.read(200, b"<html>").expect_err("refused").contains("not JSON"));
    assert!(call.read(200, b"[1]").expect_err("refused").contains("result"));
    let yaml = "{connection: erp, path: /a, rows: /items, result: {id: /no, total: '= item.cents / 100', all: '= size(response.items)', none: /x}}";
    let call = compile(yaml).expect("a call");
    assert_eq!(call.columns(), Some(vec!["id".into(), "total".into(), "all".into(), "none".into()]));
    let rows = call.read(200, br#"{"items": [{"no": "A", "cents": 200}, {"no": "B", "cents": 300}]}"#).expect("rows");
    assert_eq!(
        Value::from_iter(rows),
        json!([{"id": "A", "total": 2, "all": 2, "none": null}, {"id": "B", "total": 3, "all": 2, "none": null}])
    );
    assert!(call.read(200, b"{}").expect_err("refused").contains("/items"));
    assert!(call.read(200, br#"{"items": [{"no": 1}]}"#).expect_err("refused").contains("result.total"));
}
