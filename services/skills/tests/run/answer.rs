use serde_json::{Map, Value, json};
use skills::http::MAX_ROWS;

use crate::{call, http};

fn answer(request: &str, status: u16, body: &str) -> Result<Value, String> {
    let skill = http("read", &format!("path: /a, {request}"))?;
    let rows = call(&skill).read(status, body.as_bytes())?;
    Ok(rows.into_iter().map(Value::Object).collect())
}

#[test]
fn the_whole_answer_is_one_row_or_the_items_of_an_array_are() {
    assert_eq!(answer("", 200, r#"{"id": "R1", "deep": {"a": 1}}"#), Ok(json!([{"id": "R1", "deep": {"a": 1}}])));
    assert_eq!(
        answer("", 200, "\u{feff}{\"a\": 1}\r\n"),
        Ok(json!([{"a": 1}])),
        "a byte order mark is no JSON, but common"
    );
    assert_eq!(answer("rows: /items", 200, r#"{"items": [{"a": 1}, {"a": 2}]}"#), Ok(json!([{"a": 1}, {"a": 2}])));
    assert_eq!(answer("rows: ''", 200, r#"[{"a": 1}]"#), Ok(json!([{"a": 1}])));
    assert_eq!(answer("rows: /items", 200, r#"{"items": []}"#), Ok(json!([])));
    assert_eq!(answer("rows: /items", 200, r#"{"items": null}"#), Ok(json!([])));
    let many = json!({"items": vec![json!({"a": 1}); MAX_ROWS + 50]}).to_string();
    assert_eq!(answer("rows: /items", 200, &many).unwrap().as_array().unwrap().len(), MAX_ROWS);
}

#[test]
fn columns_are_pointers_into_the_item_or_reckoned() {
    let request = "rows: /data/items, result: {id: /no, name: /who/0/name, absent: /nothing,
        total: '= double(item.cents) / 100.0', n: '= item.n * 2', of: = response.data.page, status: = status, whole: ''}";
    let item = json!({"no": "A", "who": [{"name": "张伟"}], "cents": 1250, "n": 4});
    let body = json!({"data": {"page": "p1", "items": [item]}}).to_string();
    let row = json!({"id": "A", "name": "张伟", "absent": null, "total": 12.5, "n": 8, "of": "p1", "status": 201, "whole": item});
    assert_eq!(answer(request, 201, &body), Ok(json!([row])));
    assert_eq!(answer("rows: /ids, result: {id: ''}", 200, r#"{"ids": [7, 8]}"#), Ok(json!([{"id": 7}, {"id": 8}])));
    assert_eq!(
        answer("result: {total: = response.refund.amount / 100}", 200, r#"{"refund": {"amount": 1200}}"#),
        Ok(json!([{"total": 12}]))
    );
    let skill = http("read", "path: /a, result: {b: /b, a: /a}").unwrap();
    assert_eq!(skill.run.columns(), Some(vec!["b".to_owned(), "a".to_owned()]));
    assert_eq!(http("read", "path: /a").unwrap().run.columns(), None);
}

#[test]
fn an_answer_without_a_body_is_an_empty_one() {
    assert_eq!(answer("", 204, ""), Ok(json!([{}])));
    assert_eq!(answer("", 200, " \n"), Ok(json!([{}])));
    assert_eq!(answer("rows: /items", 204, ""), Ok(json!([])));
    assert_eq!(answer("result: {id: /id}", 204, ""), Ok(json!([{"id": null}])));
    assert_eq!(answer("nothing: [404]", 404, "<html>not found</html>"), Ok(json!([])));
    assert_eq!(answer("nothing: [204, 404]", 204, ""), Ok(json!([])));
}

#[test]
fn an_answer_of_another_form_is_said_to_be() {
    for (request, status, body, words) in [
        ("", 404, "{}", "the status 404"),
        ("", 302, "{}", "the status 302"),
        ("", 500, "{}", "the status 500"),
        ("", 200, "<html>", "is not JSON"),
        ("", 200, "{\"a\": 1} x", "is not JSON"),
        ("", 200, "[{}]", "say where the rows are"),
        ("", 200, "3", "no object"),
        ("rows: /items", 200, "{}", "there is nothing at \"/items\""),
        ("rows: /items", 200, r#"{"items": {}}"#, "is no array"),
        ("rows: /items", 200, r#"{"items": [1]}"#, "name its columns under result"),
        ("result: {n: = item.n + 1}", 200, "{}", "result.n"),
        ("result: {n: = item.n + 1}", 200, r#"{"n": "x"}"#, "result.n"),
    ] {
        let error = answer(request, status, body).expect_err(request);
        assert!(error.contains(words), "{request} {body}\n  {error}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(answer("rows: ''", 200, &deep).unwrap_err().contains("recursion"));
    let skill = http("read", "path: /a").unwrap();
    assert_eq!(call(&skill).read(200, b"\xff\xfe").map(|rows: Vec<Map<String, Value>>| rows.len()).ok(), None);
}
