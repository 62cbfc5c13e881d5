//! Whatever a slot holds, the request has the shape that its manifest gives it.

use proptest::prelude::*;
use serde_json::{Value, json};
use skills::Skill;

use crate::{http, render};

fn request() -> Skill {
    http(
        "write",
        "path: '/v1/orders/{{ order }}/items/{{ slots.note }}', query: {a: '{{ order }}', b: 'x{{ note }}y', c: 1},
         headers: {X-A: fixed}, body: {order: '{{ order }}', note: '{{ note }}!'}",
    )
    .unwrap()
}

/// Texts in which what means something in a request is frequent.
fn value() -> impl Strategy<Value = String> {
    let telling = prop::sample::select(vec![
        "/",
        "?",
        "#",
        "&",
        "=",
        "%",
        ".",
        "..",
        "%2f",
        "%2e",
        "%00",
        ";",
        "\\",
        "\r\n",
        "\n",
        "\0",
        ":",
        "@",
        " ",
        "+",
        "{{ user }}",
        "{% raw %}",
        "\"",
        "}",
        "X-C: 1",
        "//evil.example",
        "订单",
        "\u{202e}",
        "\u{2028}",
        "a",
        "7",
    ]);
    prop_oneof![prop::collection::vec(telling, 0..8).prop_map(|parts| parts.concat()), any::<String>(), "[ -~]{0,12}",]
}

/// `%XX` undone, as a receiver does it.
fn decode(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let code = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(code, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_changes_the_shape_of_a_request(order in value(), note in value()) {
        let skill = request();
        let refused = |text: &str| {
            let is_dots = |part: &str| [".", ".."].contains(&part.to_lowercase().replace("%2e", ".").as_str());
            text.is_empty() || text.chars().any(char::is_control) || text.split(['/', '\\', ';']).any(is_dots)
        };
        let Ok(sent) = render(&skill, &json!({"order": order, "note": note})) else {
            prop_assert!(refused(&order) || refused(&note), "refused without a reason: {:?} {:?}", order, note);
            return Ok(());
        };
        prop_assert!(sent.path_and_query.bytes().all(|byte| byte.is_ascii_graphic()));
        let (path, query) = sent.path_and_query.split_once('?').unwrap();
        let segments: Vec<_> = path.split('/').collect();
        prop_assert_eq!(segments.len(), 6);
        prop_assert_eq!([segments[0], segments[1], segments[2], segments[4]], ["", "v1", "orders", "items"]);
        prop_assert_eq!([decode(segments[3]), decode(segments[5])], [order.clone(), note.clone()]);
        for segment in [segments[3], segments[5]] {
            prop_assert!(!segment.is_empty() && segment != "." && segment != "..");
            prop_assert!(!segment.contains(['?', '#', '\\', ';', '@', ':']));
        }
        let pairs: Vec<_> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        prop_assert_eq!(pairs.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["a", "b", "c"]);
        prop_assert_eq!(decode(pairs[0].1), order.clone());
        prop_assert_eq!(decode(pairs[1].1), format!("x{note}y"));
        prop_assert!(!query.contains('#'));
        prop_assert_eq!(sent.headers, [("X-A".to_owned(), "fixed".to_owned())]);
        prop_assert_eq!(sent.body, Some(json!({"order": order, "note": format!("{note}!")})));
    }

    #[test]
    fn no_value_adds_a_header(order in value(), note in value()) {
        let request = "path: /a, headers: {X-A: '{{ order }}', X-B: 'b{{ note }}c', X-C: '{{ lang }}'}";
        let skill = http("write", request).unwrap();
        let Ok(sent) = render(&skill, &json!({"order": order, "note": note})) else {
            prop_assert!(order.chars().chain(note.chars()).any(|c| !matches!(c, ' '..='~')));
            return Ok(());
        };
        let sent: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = format!("b{note}c");
        prop_assert_eq!(sent, [("X-A", order.trim()), ("X-B", expected.as_str()), ("X-C", "zh")]);
    }

    #[test]
    fn a_query_alone_takes_every_text(note in any::<String>()) {
        let skill = http("read", "path: /a, query: {q: '{{ note }}', z: last}").unwrap();
        let sent = render(&skill, &json!({"note": note})).unwrap();
        let (q, z) = sent.path_and_query.strip_prefix("/a?q=").unwrap().split_once('&').unwrap();
        prop_assert_eq!(decode(q), note);
        prop_assert_eq!(z, "z=last");
    }

    #[test]
    fn no_answer_makes_reading_fail_otherwise_than_by_an_error(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..64)) {
        let skill = http("read", "path: /a, rows: /items, result: {a: /x/0, b: = item.b / item.c}").unwrap();
        let _: Result<Vec<serde_json::Map<String, Value>>, String> = crate::call(&skill).read(status, &body);
    }
}
