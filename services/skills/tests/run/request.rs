use serde_json::{Value, json};

use crate::{http, render};

#[test]
fn a_request_is_rendered_from_raw_values() {
    let skill = http(
        "write",
        "path: '/orders/{{ order }}/refunds', query: {lang: '{{ lang }}', day: '{{ today }}', limit: 20, note: '{{ note }}'},
         headers: {X-Source: paigong, X-Org: '{{ context.org }}', X-Note: '{{ note }}'},
         body: {order: '{{ order }}', amount: '{{ amount }}', by: '{{ user }}', note: '退款 {{ order }}', list: [1, '{{ slots.pieces }}']}",
    )
    .unwrap();
    let request = render(&skill, &json!({"order": "SO-1", "amount": 12.5, "pieces": 3})).unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(request.path_and_query, "/orders/SO-1/refunds?lang=zh&day=2026-11-23&limit=20");
    let headers = [("X-Source", "paigong"), ("X-Org", "7")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.headers, headers);
    let body = json!({"order": "SO-1", "amount": 12.5, "by": "E1", "note": "退款 SO-1", "list": [1, 3]});
    assert_eq!(request.body, Some(body));
}

#[test]
fn a_value_alone_keeps_its_type_and_one_that_is_not_there_leaves_its_key_out() {
    let body = "path: /a, body: {n: '{{pieces}}', a: '{{- amount -}}', u: ' {{ urgent }} ', s: '{{ slots.note }}', t: 'n={{ pieces }}',
        none: 'n={{ note }}', c: '{{ context.user }}', no: '{{ context.absent }}', deep: {s: '{{ note }}'}, list: ['{{ note }}'], k: null}";
    let skill = http("write", body).unwrap();
    let request =
        render(&skill, &json!({"order": "1", "pieces": 3, "amount": 0.1, "urgent": false, "note": null})).unwrap();
    let expected = json!({"n": 3, "a": "0.1", "u": false, "t": "n=3", "none": "n=", "c": "E1", "deep": {}, "list": [null], "k": null});
    assert_eq!(request.body, Some(expected));
    let skill = http("write", "path: /a, body: '{{ note }}'").unwrap();
    assert_eq!(render(&skill, &json!({})).unwrap().body, None);
    let both = http("write", "path: /a, body: {a.b: 'x{{ order }}', a: {b: 'y{{ order }}'}}").unwrap();
    let request = render(&both, &json!({"order": "1"})).unwrap();
    assert_eq!(request.body, Some(json!({"a.b": "x1", "a": {"b": "y1"}})), "keys with dots are their own");
}

#[test]
fn no_value_leads_the_path_elsewhere() {
    let skill = http("read", "path: '/orders/{{ order }}/items/{{ note }}.json'").unwrap();
    let path =
        |order: &str| render(&skill, &json!({"order": order, "note": "n"})).map(|request| request.path_and_query);
    for (order, encoded) in [
        ("a/b", "a%2Fb"),
        ("a?x=1", "a%3Fx%3D1"),
        ("a#b", "a%23b"),
        ("a\\b", "a%5Cb"),
        ("a b", "a%20b"),
        ("%2f", "%252f"),
        ("订单", "%E8%AE%A2%E5%8D%95"),
        ("a..b", "a..b"),
        ("...", "..."),
        ("{{ user }}", "%7B%7B%20user%20%7D%7D"),
    ] {
        assert_eq!(path(order), Ok(format!("/orders/{encoded}/items/n.json")), "{order}");
    }
    for order in ["", ".", "..", "../x", "x/..", "..\\x", "x/./y", "..;/x", "a\r\nb", "a\0b", "%2e%2E"] {
        assert!(path(order).is_err(), "{order:?}");
    }
    assert!(render(&skill, &json!({"order": null, "note": "n"})).unwrap_err().contains("empty"));
    assert!(render(&skill, &json!({"order": ["a"], "note": "n"})).unwrap_err().contains("list"));
    let dots = http("read", "path: '/a/.{{ order }}/b'").unwrap();
    assert!(render(&dots, &json!({"order": "."})).is_err());
    assert!(render(&dots, &json!({"order": "x"})).is_ok());
    let safe = http("read", "path: '/a/{{ order|safe }}'").unwrap();
    assert_eq!(render(&safe, &json!({"order": "a/b"})).unwrap().path_and_query, "/a/a%2Fb");
}

#[test]
fn no_value_adds_a_parameter_or_a_header_or_json() {
    let skill = http(
        "write",
        "path: /a, query: {q: '{{ note }}', r: 'x{{ note }}'}, headers: {X-A: 'v {{ order }}'}, body: {t: 'say {{ note }}', v: '{{ note }}'}",
    )
    .unwrap();
    let note = "1&admin=true#x+\",\"role\":\"admin";
    let request = render(&skill, &json!({"order": "1", "note": note})).unwrap();
    let encoded = "1%26admin%3Dtrue%23x%2B%22%2C%22role%22%3A%22admin";
    assert_eq!(request.path_and_query, format!("/a?q={encoded}&r=x{encoded}"));
    assert_eq!(request.body, Some(json!({"t": format!("say {note}"), "v": note})));
    for order in ["a\r\nX-B: 1", "a\nb", "a\0", "退款", "\u{7f}"] {
        let error = render(&skill, &json!({"order": order, "note": "n"})).unwrap_err();
        assert!(error.contains("headers.X-A") && error.contains("can't stand in a header"), "{error}");
    }
    let template = json!({"order": "{{ user }}{% if x %}", "note": "{{ context }}"});
    let request = render(&skill, &template).unwrap();
    assert_eq!(request.headers[0].1, "v {{ user }}{% if x %}", "a value is no template");
    let long: Value = json!({"order": "1", "note": "长".repeat(1000)});
    assert!(render(&skill, &long).unwrap_err().contains("at most"));
}

#[test]
fn what_a_request_may_not_say_is_refused_with_what_to_do() {
    for (request, words) in [
        ("path: orders", "run.http.path: \"orders\" must begin with one /"),
        ("path: //evil.example/a", "must begin with one /"),
        ("path: 'https://evil.example/a'", "the address before it is the connection's"),
        ("path: '/a?b=1'", "write what follows it under query"),
        ("path: '/a#b'", "no #"),
        ("path: '/a//b'", "empty part"),
        ("path: '/a/../b'", "lead elsewhere"),
        ("path: '/a/%2E%2e/b'", "lead elsewhere"),
        ("path: '/a b'", "write it as %XX"),
        ("path: '/订单'", "write it as %XX"),
        ("path: '/a%2{{ order }}'", "write it as %XX"),
        ("path: '/a{% if note %}/b{% endif %}'", "only {{ … }} can stand"),
        ("path: '/{{ \"}}\" }}/a'", "write it as %XX"),
        ("path: '/{{ order'", "{{ without }}"),
        ("path: '/{{ absent }}'", "\"absent\" is no slot"),
        ("path: '/{{ slots.absent }}'", "\"slots.absent\" is no slot"),
        ("path: '/{{ facts.no }}'", "\"facts.no\" is no slot"),
        ("path: '/{{ range(9) }}'", "\"range\" is no slot"),
        ("path: /a, query: {a: [1]}", "run.http.query.a: only a text, a number or a boolean"),
        ("path: /a, query: {'{{ order }}': a}", "can't be a key"),
        ("path: /a, headers: {authorization: x}", "registered there, never written in a skill"),
        ("path: /a, headers: {Cookie: x}", "the connection's"),
        ("path: /a, headers: {Host: x}", "the connection's"),
        ("path: /a, headers: {Content-Length: '1'}", "leave it out"),
        ("path: /a, headers: {Transfer-Encoding: chunked}", "leave it out"),
        ("path: /a, headers: {Idempotency-Key: '{{ order }}'}", "say idempotent: true"),
        ("path: /a, headers: {Webhook-Id: x}", "run.http.headers.Webhook-Id"),
        ("path: /a, headers: {'X A': x}", "is no name of a header"),
        ("path: /a, headers: {X-A: \"a\\r\\nB: c\"}", "can't stand in a header"),
        ("path: /a, headers: {X-A: a, x-a: b}", "the header is there twice"),
        ("path: /a, method: GET, body: {}", "a GET has no body"),
        ("path: /a, method: get", "GET"),
        ("path: /a, body: {'{{ order }}': 1}", "can't be a key"),
        ("path: /a, body: {a: ['{{ absent }}']}", "run.http.body.a.0: \"absent\" is no slot"),
        ("path: /a, body: {a: '{% include \"x\" %}'}", "is no template"),
        ("path: /a, timeout: 0", "1 to 60"),
        ("path: /a, timeout: 61", "1 to 60"),
        ("path: /a, nothing: [500]", "run.http.nothing: 500"),
        ("path: /a, rows: items", "is no JSON Pointer"),
        ("path: /a, result: {}", "there is no column"),
        ("path: /a, result: {id: id}", "CEL begins with ="),
        ("path: /a, result: {id: /a~2}", "is no JSON Pointer"),
        ("path: /a, result: {count: /n}", "names of templates"),
        ("path: /a, result: {a-b: /n}", "can't be a column's name"),
        ("path: /a, result: {n: = slots.order}", "only response, item and status are there"),
        ("path: /a, secret: x", "secret"),
        ("method: POST", "path"),
    ] {
        let error = http("write", request).map(|_| ()).expect_err(request);
        assert!(error.contains(words), "{request}\n  {error}");
    }
    let error = http("read", "path: /a, body: {}").map(|_| ()).unwrap_err();
    assert!(error.contains("a GET has no body"), "a read is a GET: {error}");
    let slots = "slots: {properties: {context: {type: string}}}";
    let text = format!(
        "skill: a.b\ntitle: {{zh: 一, en: a}}\neffect: read\nexamples: [a]\n{slots}\nrun: {{http: {{connection: erp, path: /a}}}}\nreply: {{zh: 好, en: ok}}"
    );
    let manifest = skills::yaml::read("t", &text).unwrap();
    let error = skills::Skill::compile(manifest, 1, "crm").unwrap_err();
    assert!(error.message.en.contains("can't be called \"context\""), "{error}");
}

#[test]
fn a_text_that_never_ends_runs_out_of_fuel() {
    let text = "{% for a in note %}{% for b in note %}{% for c in note %}{{ c }}{% endfor %}{% endfor %}{% endfor %}";
    let skill = http("write", &format!("path: /a, body: {{a: '{text}'}}")).unwrap();
    assert!(render(&skill, &json!({"order": "1", "note": "x".repeat(500)})).is_err());
}
