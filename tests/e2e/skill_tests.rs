//! Conversation tests of skills by the admin API: stored, played with a draft, asked before publishing, in and out with their pack.

use paigong_core::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::console::Console;
use crate::harness::{Server, Tenant};

fn base(tenant: &Tenant) -> String {
    format!("/tenants/{}/apps/{}/skills", tenant.caller.tenant, tenant.caller.app)
}

const TESTS: &str = "tests:
  - name: 请假写入一行
    user: E1001
    turns:
      - {user: 下周三到周五请年假, action: ConfirmSkill, skill: leave.request, options: [取消]}
      - {press: 取消, action: Close, execution: none}
      - {user: 下周三到周五请年假, later: 1d, slots: {from: 2026-12-02}}
      - {user: 嗯, execution: succeeded}
    rows:
      - {sql: \"SELECT count(*) FROM hr.leave_request WHERE employee_no = 'E1001' AND starts_on = '2026-12-02'\", equals: 1}
  - name: 出错的
    user: E1001
    turns:
      - {user: 下周三到周五请年假, slots: {from: 2026-12-09}, reply: [没有这句]}
  - name: 别处的表
    user: E1001
    turns:
      - {user: 下周三到周五请年假, skill: leave.request}
    rows:
      - {sql: \"SELECT count(*) FROM paigong.tenant\", equals: 1}
";

#[tokio::test]
async fn tests_are_played_with_a_draft_and_asked_before_it_is_published() {
    let server = Server::start().await;
    let tenant = server.tenant("tests").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let viewer = Console::member(&server, &tenant, "viewer@example.com", Role::Viewer).await;
    let path = format!("{}/leave.request", base(&tenant));
    let tests = format!("{path}/tests");
    let (_, none) = viewer.send(Method::GET, &tests, None).await;
    assert_eq!(none, json!({"text": "", "revision": 0}));
    assert_eq!(viewer.send(Method::PUT, &tests, Some(&json!({"text": TESTS}))).await.0, StatusCode::FORBIDDEN);
    let (status, stored) = editor.send(Method::PUT, &tests, Some(&json!({"text": TESTS}))).await;
    assert_eq!((status, &stored["revision"]), (StatusCode::OK, &json!(1)), "{stored}");
    let (status, stale) = editor.send(Method::PUT, &tests, Some(&json!({"text": "# none"}))).await;
    assert_eq!(
        (status, &stale["code"], &stale["current"]["text"]),
        (StatusCode::PRECONDITION_FAILED, &json!("stale"), &json!(TESTS))
    );
    let (status, refused) =
        editor.send(Method::PUT, &tests, Some(&json!({"text": "tests:\n  - name: x\n    turns: 1\n"}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["line"].as_u64().is_some_and(|line| line >= 2), "{refused}");
    let one = "  - {name: x, user: u, turns: [{user: hi}]}\n".repeat(201);
    let (status, refused) = editor.send(Method::PUT, &tests, Some(&json!({"text": format!("tests:\n{one}")}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["detail"].as_str().unwrap().contains("200"), "{refused}");

    let (_, skill) = editor.send(Method::GET, &path, None).await;
    let draft = format!("{path}/draft");
    editor.send(Method::PUT, &draft, Some(&json!({"text": skill["live"]["text"]}))).await;
    let (status, report) = editor.speaking("zh").send(Method::POST, &format!("{draft}/test"), None).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(
        (&report["passed"], &report["failed"], &report["not_run"]),
        (&json!(1), &json!(2), &json!(0)),
        "{report}"
    );
    let wrong = &report["tests"][1];
    assert_eq!(
        (&wrong["name"], &wrong["skill"], &wrong["turn"]),
        (&json!("出错的"), &json!("leave.request"), &json!(1))
    );
    let differences: Vec<_> =
        wrong["differences"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(differences[0].starts_with("槽位 from：应为 2026-12-09"), "{differences:?}");
    assert!(differences[1].starts_with("回复：应含 \"没有这句\""), "{differences:?}");
    let foreign = report["tests"][2]["differences"][0].as_str().unwrap();
    assert!(foreign.contains("paigong.tenant"), "{foreign}");
    let rows = "SELECT count(*) FROM hr.leave_request WHERE employee_no = 'E1001' AND starts_on = '2026-12-02'";
    assert_eq!(server.value(&tenant, "hr", rows).await, json!(0), "nothing stays");

    let publish = async |body: Value| {
        editor.with("If-Match", "\"1\"").send(Method::POST, &format!("{draft}/publish"), Some(&body)).await
    };
    let (status, refused) = publish(json!({"note": "x"})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("tests_failed")), "{refused}");
    assert_eq!((&refused["report"]["failed"], &refused["findings"]), (&json!(2), &Value::Null));
    assert_eq!(publish(json!({"note": "x", "despite_failures": true})).await.0, StatusCode::OK);
    let owner = Console::member(&server, &tenant, "owner@example.com", Role::Owner).await;
    let (_, audit) = owner.send(Method::GET, &format!("/tenants/{}/audit", tenant.caller.tenant), None).await;
    let entry = audit["data"].as_array().unwrap().iter().find(|entry| entry["action"] == "skill.published").unwrap();
    assert_eq!(entry["detail"]["despite_failures"], true, "{entry}");

    let (_, list) = editor.send(Method::GET, &base(&tenant), None).await;
    let row = list["data"].as_array().unwrap().iter().find(|row| row["skill"] == "leave.request").unwrap();
    assert_eq!((&row["tests"], &row["effect"]), (&json!(3), &json!("write")));
    assert!(row["examples"]["zh"].as_u64().is_some_and(|count| count > 0), "{row}");
}

#[tokio::test]
async fn a_pack_goes_out_as_a_zip_with_its_tests_and_comes_in_again() {
    let server = Server::start().await;
    let tenant = server.tenant("zip").await;
    let other = server.tenant("zip-other").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let stored = format!("{}/leave.request/tests", base(&tenant));
    editor.send(Method::PUT, &stored, Some(&json!({"text": TESTS}))).await;
    let export = editor.request(Method::GET, &format!("/admin/v1{}/export?pack=hr&format=zip", base(&tenant)), None);
    let response = export.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/zip");
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"hr.zip\"");
    let zip = response.bytes().await.unwrap();

    let second = Console::member(&server, &other, "second@example.com", Role::Editor).await;
    let import = async |query: &str, body: Vec<u8>| {
        let request = second.request(Method::POST, &format!("/admin/v1{}/import{query}", base(&other)), None);
        let response = request.header("Content-Type", "application/zip").body(body).send().await.unwrap();
        (response.status(), response.json::<Value>().await.unwrap())
    };
    let (status, refused) = import("", zip.to_vec()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "it has no pack.yaml");
    assert!(refused["detail"].as_str().unwrap().contains("pack"), "{refused}");
    let (status, imported) = import("?pack=hr", zip.to_vec()).await;
    assert_eq!((status, &imported["tests"]), (StatusCode::OK, &json!(["leave.request"])), "{imported}");
    let (_, tests) = second.send(Method::GET, &format!("{}/leave.request/tests", base(&other)), None).await;
    assert_eq!(tests["revision"], 1);
    let read = |text: &str| skills::scenario::read("t", text).unwrap();
    assert_eq!(read(tests["text"].as_str().unwrap()), read(TESTS));
    assert_eq!(import("?pack=hr", b"PK".to_vec()).await.0, StatusCode::BAD_REQUEST);
}
