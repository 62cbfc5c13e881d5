//! The promises of the HTTP interface: keys, errors, idempotency, one turn at a time, streaming, restart.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::Server;

const LEAVE_ROWS: &str = "SELECT count(*) FROM hr.leave_request WHERE employee_no = 'E1001' AND starts_on = '2026-12-02' AND ends_on = '2026-12-04'";

#[tokio::test]
async fn a_request_without_a_good_key_is_told_so_in_its_language() {
    let server = Server::start().await;
    let body = json!({"user": "E1001", "query": "hi"});
    for (key, language, title) in [("", "zh-CN", "密钥无效"), ("pg_a_b", "en", "The app key is missing or not valid")]
    {
        let request =
            server.client.post(server.url("/v1/chat-messages")).header("Accept-Language", language).json(&body);
        let response = if key.is_empty() { request } else { request.bearer_auth(key) }.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: Value = response.json().await.unwrap();
        assert_eq!((&problem["code"], &problem["title"]), (&json!("unauthorized"), &json!(title)));
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_what_to_change() {
    let server = Server::start().await;
    let tenant = server.tenant("bad-input").await;
    for (body, detail) in [
        (json!({"query": "hi"}), "user"),
        (json!({"user": "u", "query": ""}), "query is empty"),
        (json!({"user": "u", "query": "x".repeat(2_001)}), "2000 characters"),
        (json!({"user": "u", "query": "hi", "conversation_id": "nonsense"}), "conversation_id"),
        (json!({"user": "u", "query": "hi", "payload": "nonsense"}), "payload"),
        (json!({"user": "u", "query": "hi", "response_mode": "both"}), "blocking"),
        (json!({"user": "u", "query": "hi", "inputs": {"a": {"b": 1}}}), "inputs.a"),
        (json!({"user": "u\u{0}", "query": "hi"}), "control"),
    ] {
        let (status, problem) = server.send(&tenant, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{body}: {problem}");
    }
    let request = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key);
    let response = request.body(vec![b'x'; 70_000]).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let response = server.client.get(server.url("/v1/nothing")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "no_such_endpoint");
}

#[tokio::test]
async fn a_repeated_confirmation_has_one_effect_and_one_answer() {
    let server = Server::start().await;
    let tenant = server.tenant("idempotency").await;
    let mut conversation = Value::Null;
    server.say(&tenant, "E1001", &mut conversation, "下周三到周五请年假").await;
    let confirm = json!({"user": "E1001", "query": "确认", "conversation_id": conversation});
    let send = || async {
        let request = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key);
        let response = request.header("Idempotency-Key", "confirm-1").json(&confirm).send().await.unwrap();
        let replayed = response.headers().contains_key("Idempotent-Replayed");
        (response.status(), replayed, response.json::<Value>().await.unwrap())
    };
    let answers = join_all((0..8).map(|_| send())).await;
    let first = answers.iter().find(|(_, replayed, _)| !replayed).expect("one that did it");
    assert_eq!(first.2["execution"]["status"], "succeeded", "{}", first.2);
    for (status, _, answer) in &answers {
        assert_eq!((*status, answer), (StatusCode::OK, &first.2));
    }
    assert_eq!(answers.iter().filter(|(_, replayed, _)| !replayed).count(), 1);
    assert_eq!(server.value(&tenant, "hr", LEAVE_ROWS).await, json!(1));

    let other = json!({"user": "E1001", "query": "算了", "conversation_id": conversation});
    let request = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key);
    let response = request.header("Idempotency-Key", "confirm-1").json(&other).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let run = first.2["execution"]["id"].as_str().unwrap();
    let request = server.client.get(server.url(&format!("/v1/runs/{run}"))).bearer_auth(&tenant.key);
    let run: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!((&run["status"], &run["skill"]), (&json!("succeeded"), &json!("leave.request")));
}

#[tokio::test]
async fn two_tabs_that_confirm_at_once_run_it_once() {
    let server = Server::start().await;
    let tenant = server.tenant("two-tabs").await;
    let mut conversation = Value::Null;
    server.say(&tenant, "E1001", &mut conversation, "下周三到周五请年假").await;
    let confirm = json!({"user": "E1001", "query": "确认", "conversation_id": conversation});
    let answers = join_all((0..6).map(|_| server.send(&tenant, &confirm))).await;
    let ran = answers.iter().filter(|(_, answer)| answer["execution"]["status"] == "succeeded").count();
    assert_eq!(ran, 1, "{answers:?}");
    for (status, answer) in &answers {
        assert!([StatusCode::OK, StatusCode::CONFLICT].contains(status), "{status} {answer}");
    }
    assert_eq!(server.value(&tenant, "hr", LEAVE_ROWS).await, json!(1));
}

#[tokio::test]
async fn a_conversation_survives_a_killed_server() {
    let mut server = Server::start().await;
    let tenant = server.tenant("killed").await;
    let mut conversation = Value::Null;
    server.say(&tenant, "E1001", &mut conversation, "下周三到周五请年假").await;
    server.kill_and_restart();
    let answer = server.say(&tenant, "E1001", &mut conversation, "嗯").await;
    assert_eq!(answer["execution"]["status"], "succeeded");
    assert_eq!(server.value(&tenant, "hr", LEAVE_ROWS).await, json!(1));
}

#[tokio::test]
async fn nobody_reads_what_is_not_theirs() {
    let server = Server::start().await;
    let (ours, theirs) = (server.tenant("ours").await, server.tenant("theirs").await);
    let mut conversation = Value::Null;
    let answer = server.say(&ours, "E1001", &mut conversation, "where is my order SO-20318").await;
    let id = conversation.as_str().unwrap().to_owned();
    let run = answer["execution"]["id"].as_str().unwrap().to_owned();
    let get = |key: &str, path: String| server.client.get(server.url(&path)).bearer_auth(key.to_owned()).send();
    for (key, path, expected) in [
        (&ours.key, format!("/v1/conversations/{id}?user=E1001"), StatusCode::OK),
        (&ours.key, format!("/v1/conversations/{id}/messages?user=E1001"), StatusCode::OK),
        (&ours.key, format!("/v1/runs/{run}"), StatusCode::OK),
        (&ours.key, format!("/v1/conversations/{id}?user=E1002"), StatusCode::NOT_FOUND),
        (&theirs.key, format!("/v1/conversations/{id}?user=E1001"), StatusCode::NOT_FOUND),
        (&theirs.key, format!("/v1/conversations/{id}/messages?user=E1001"), StatusCode::NOT_FOUND),
        (&theirs.key, format!("/v1/runs/{run}"), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(get(key, path.clone()).await.unwrap().status(), expected, "{path}");
    }
    let list: Value = get(&theirs.key, "/v1/conversations?user=E1001".into()).await.unwrap().json().await.unwrap();
    assert_eq!(list["data"], json!([]));
    let body = json!({"user": "E1001", "query": "嗯", "conversation_id": id});
    assert_eq!(server.send(&theirs, &body).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn streaming_gives_the_same_answer_as_events() {
    let server = Server::start().await;
    let tenant = server.tenant("streaming").await;
    let body = json!({"user": "E1001", "query": "where is my order SO-20318", "response_mode": "streaming"});
    let request = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key).json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let events: Vec<_> = text
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("event: ")?.split_once("\ndata: "))
        .map(|(name, data)| (name, serde_json::from_str::<Value>(data).unwrap()))
        .collect();
    assert_eq!(events.first().unwrap().0, "ping");
    assert_eq!(events.last().unwrap().0, "message_end");
    let message = &events.iter().find(|(name, _)| *name == "message").unwrap().1;
    assert_eq!(message["answer"], events.last().unwrap().1["answer"]);
    assert_eq!(events.last().unwrap().1["execution"]["status"], "succeeded");
}

#[tokio::test]
async fn parse_explains_and_changes_nothing() {
    let server = Server::start().await;
    let tenant = server.tenant("parse").await;
    let body = json!({"query": "下周三到周五请年假", "user": "E1001"});
    let request = server.client.post(server.url("/v1/parse")).bearer_auth(&tenant.key).json(&body);
    let report: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(report["candidates"][0]["skill"], "leave.request");
    assert_eq!(report["slots"]["from"]["value"], "2026-12-02");
    assert_eq!(report["slots"]["to"]["value"], "2026-12-04");
    let list = server.client.get(server.url("/v1/conversations?user=E1001")).bearer_auth(&tenant.key);
    assert_eq!(list.send().await.unwrap().json::<Value>().await.unwrap()["data"], json!([]));
}
