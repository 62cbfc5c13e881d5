//! Labels of the review: the next message with the same words is read as the reviewer says, and as before once that is taken back.

use paigong_core::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::console::Console;
use crate::harness::{Server, Tenant};

/// What a message is taken for as the first of a conversation: the likeliest skill, if it is not refused.
async fn taken_for(server: &Server, tenant: &Tenant, text: &str) -> (Value, Value) {
    let answer = server.say(tenant, "E1001", &mut Value::Null, text).await;
    let decision = &answer["decision"];
    let skill = if decision["band"] == "refuse" { Value::Null } else { decision["candidates"][0]["skill"].clone() };
    (skill, answer["message_id"].clone())
}

#[tokio::test]
async fn a_label_is_taken_at_its_word_and_taken_back() {
    let server = Server::start().await;
    let tenant = server.tenant("labels").await;
    let reviewer = Console::member(&server, &tenant, "reviewer@example.com", Role::Reviewer).await;
    let review = format!("/tenants/{}/apps/{}/review", tenant.caller.tenant, tenant.caller.app);
    let skills: Vec<String> = vec!["leave.request".into(), "leave.balance".into()];
    let (said, again) = ("下周三到周五请年假", "下周三到周五，请年假！");
    let (skill, turn) = taken_for(&server, &tenant, said).await;
    assert_eq!(skill, json!(skills[0]));
    let turn = turn.as_str().unwrap().to_owned();
    let label = async |body: Value| reviewer.send(Method::POST, &format!("{review}/{turn}"), Some(&body)).await;
    let undo = async || reviewer.send(Method::DELETE, &format!("{review}/{turn}"), None).await.0;

    let (status, view) = label(json!({"action": "skill", "skill": skills[1]})).await;
    assert_eq!((status, &view["live"]), (StatusCode::OK, &json!(true)), "{view}");
    assert_eq!(taken_for(&server, &tenant, again).await.0, json!(skills[1]), "it is what it should have been");
    assert_eq!(undo().await, StatusCode::NO_CONTENT);
    assert_eq!(taken_for(&server, &tenant, again).await.0, json!(skills[0]), "as before");

    let (status, view) = label(json!({"action": "out_of_scope"})).await;
    assert_eq!((status, &view["live"]), (StatusCode::OK, &json!(true)), "{view}");
    assert_eq!(taken_for(&server, &tenant, again).await.0, Value::Null, "the app does no such thing");
    let (_, preview) =
        reviewer.send(Method::POST, &format!("{review}/{turn}/preview"), Some(&json!({"action": "right"}))).await;
    assert!(preview["checked"].is_u64(), "{preview}");

    // Another label in its place takes the first one back.
    let (status, _) = label(json!({"action": "right"})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(taken_for(&server, &tenant, said).await.0, json!(skills[0]));
    assert_eq!(undo().await, StatusCode::NO_CONTENT);
    assert_eq!(taken_for(&server, &tenant, said).await.0, json!(skills[0]), "as before");
}

#[tokio::test]
async fn an_example_that_is_labelled_is_an_example_again_afterwards() {
    let server = Server::start().await;
    let tenant = server.tenant("examples").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let app = format!("/tenants/{}/apps/{}", tenant.caller.tenant, tenant.caller.app);
    let manifest = async || {
        let (_, skill) = editor.send(Method::GET, &format!("{app}/skills/leave.balance"), None).await;
        skill["live"]["manifest"].clone()
    };
    let before = manifest().await;
    let mut examples = before["examples"].as_array().unwrap().iter().filter_map(Value::as_str);
    let example = examples.find(|example| !example.contains('[')).unwrap();
    let (skill, turn) = taken_for(&server, &tenant, example).await;
    assert_eq!(skill, "leave.balance", "{example}");
    let label = format!("{app}/review/{}", turn.as_str().unwrap());
    let (status, view) =
        editor.send(Method::POST, &label, Some(&json!({"action": "skill", "skill": "leave.request"}))).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(taken_for(&server, &tenant, example).await.0, "leave.request");
    assert_eq!(editor.send(Method::DELETE, &label, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(manifest().await, before, "in its place");

    // What a new skill is begun with can be checked and tried at once.
    let (_, view) = editor.send(Method::POST, &label, Some(&json!({"action": "new_skill"}))).await;
    let draft = format!("{app}/skills/{}/draft", view["skill"].as_str().unwrap());
    let (_, lint) = editor.send(Method::POST, &format!("{draft}/lint"), None).await;
    let errors: Vec<_> = lint["findings"].as_array().unwrap().iter().filter(|one| one["severity"] == "error").collect();
    // Its only example is still the other skill's: that is for the editor to decide.
    assert_eq!(errors.len(), 1, "{lint}");
    assert_eq!(errors[0]["code"], "example_of_another", "{lint}");
}
