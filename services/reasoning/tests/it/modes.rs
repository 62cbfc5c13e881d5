//! Good answers, in every mode, whole and in pieces; and what is sent to get them.

use reasoning::testing::{Endpoint, Reply};
use reasoning::{Proposal, Purpose};
use serde_json::json;

use crate::{Scene, decision, question, skill};

const MODES: [&str; 4] = ["json_schema", "tools", "json_object", "plain"];

#[tokio::test]
async fn a_skill_is_proposed_in_every_mode_whole_and_in_pieces() {
    let endpoint = Endpoint::start([decision(skill("leave.request", &[("from", json!("2026-12-02"))]))]).await;
    for mode in MODES {
        for streaming in [false, true] {
            let scene = Scene::new(&endpoint, json!({"mode": mode, "streaming": streaming})).await;
            let reasoned = scene.propose(&question(Purpose::Fallback, "下周三请假")).await.unwrap();
            let Proposal::Skill { skill, slots } = &reasoned.proposal else { panic!("{mode}: {reasoned:?}") };
            assert_eq!((skill.as_str(), &slots["from"]), ("leave.request", &json!("2026-12-02")), "{mode} {streaming}");
            assert_eq!((reasoned.tokens_in, reasoned.tokens_out, reasoned.calls), (100, 20, 1), "{mode} {streaming}");
            // 100 tokens at 2 and 20 at 6 currency units a million, in millionths of a unit.
            assert_eq!(reasoned.cost_micros, 320);
            assert_eq!((&*reasoned.provider, &*reasoned.model), ("a", "m"));
            let spent = scene.spent().await;
            assert_eq!((spent.calls, spent.tokens_in, spent.tokens_out, spent.reserved), (1, 100, 20, 0));
            assert_eq!(scene.calls().await, [("answered".to_owned(), 100, 20)]);
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_as_the_mode_says() {
    let endpoint = Endpoint::start([decision(json!({"do": "nothing"}))]).await;
    for mode in MODES {
        let scene = Scene::new(&endpoint, json!({"mode": mode, "streaming": true, "max_tokens": 77})).await;
        scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap();
        let seen = endpoint.seen().pop().unwrap();
        assert_eq!(seen.path, "/v1/chat/completions");
        assert_eq!(seen.headers["authorization"], "Bearer s3cret");
        assert_eq!((&seen.body["max_tokens"], &seen.body["stream"]), (&json!(77), &json!(true)));
        assert_eq!(seen.body["stream_options"]["include_usage"], true);
        let system = seen.body["messages"][0]["content"].as_str().unwrap();
        assert_eq!(system.contains("JSON Schema，用不到"), ["json_object", "plain"].contains(&mode), "{mode}");
        match mode {
            "json_schema" => {
                let format = &seen.body["response_format"];
                assert_eq!((&format["type"], &format["json_schema"]["strict"]), (&json!("json_schema"), &json!(true)));
                assert_eq!(format["json_schema"]["schema"]["additionalProperties"], false);
            }
            "tools" => {
                let names: Vec<_> =
                    seen.body["tools"].as_array().unwrap().iter().map(|t| &t["function"]["name"]).collect();
                assert_eq!(names, ["skill", "ask", "hand_off", "nothing"]);
                assert_eq!(seen.body["tool_choice"], "required");
            }
            "json_object" => assert_eq!(seen.body["response_format"], json!({"type": "json_object"})),
            _ => assert_eq!(seen.body.get("response_format"), None),
        }
    }
}

#[tokio::test]
async fn a_deployment_is_addressed_as_azure_wants_it() {
    let endpoint = Endpoint::start([decision(json!({"do": "hand_off"}))]).await;
    let scene = Scene::new(&endpoint, json!({"path": "azure", "model": "gpt", "api_version": "2024-10-21"})).await;
    let reasoned = scene.propose(&question(Purpose::Fallback, "转人工")).await.unwrap();
    assert_eq!(reasoned.proposal, Proposal::HandOff);
    let seen = endpoint.seen().pop().unwrap();
    assert_eq!(seen.path, "/v1/openai/deployments/gpt/chat/completions?api-version=2024-10-21");
    assert_eq!(seen.headers["api-key"], "s3cret");
    assert_eq!(seen.headers.get("authorization"), None);
}

#[tokio::test]
async fn fields_of_a_provider_s_own_are_sent_and_ours_can_be_left_out() {
    let endpoint = Endpoint::start([decision(json!({"do": "nothing"}))]).await;
    let extra = json!({"enable_thinking": false, "max_completion_tokens": 50});
    let scene = Scene::new(&endpoint, json!({"extra": extra})).await;
    scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap();
    let body = endpoint.seen().pop().unwrap().body;
    assert_eq!((&body["enable_thinking"], body.get("max_tokens")), (&json!(false), None));
    assert_eq!((&body["max_completion_tokens"], &body["temperature"]), (&json!(50), &json!(0)));
}

#[tokio::test]
async fn json_is_found_in_what_a_talkative_model_writes() {
    let found = json!({"do": "value", "value": "2026-12-02"}).to_string();
    for text in [
        format!("<think>{{\"do\": \"nothing\"}} 不对</think>\n```json\n{found}\n```"),
        format!("好的，结果是：\n{found}\n希望有帮助！"),
        found.replace('}', ",}"),
    ] {
        let endpoint = Endpoint::start([Reply::Content(text.clone())]).await;
        let scene = Scene::new(&endpoint, json!({"mode": "plain"})).await;
        let reasoned = scene.propose(&question(Purpose::Value, "下周三")).await.unwrap();
        assert_eq!(reasoned.proposal, Proposal::Value(json!("2026-12-02")), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_answers_whole_when_pieces_were_asked_for_is_understood() {
    let body =
        json!({"choices": [{"index": 0, "message": {"content": "{\"do\": \"nothing\"}"}, "finish_reason": "stop"}]});
    let raw = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{body}");
    let endpoint = Endpoint::start([Reply::Raw(raw)]).await;
    let scene = Scene::new(&endpoint, json!({"streaming": true})).await;
    let reasoned = scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap();
    assert_eq!(reasoned.proposal, Proposal::Nothing);
    // Nobody counted: both are estimated, and neither is nothing.
    assert!(reasoned.tokens_in > 100 && reasoned.tokens_out > 0, "{reasoned:?}");
}

#[tokio::test]
async fn without_providers_nothing_is_asked() {
    let scene = Scene::with(&[], json!({})).await;
    let unavailable = scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap_err();
    assert_eq!(unavailable.name(), "not_configured");
}
