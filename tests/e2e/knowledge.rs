//! Documents by HTTP: imported, asked about, found by their own tenant alone, replaced, removed.

use paigong_core::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::console::Console;
use crate::harness::{Server, Tenant};

async fn put(server: &Server, tenant: &Tenant, path: &str, text: &str) -> (StatusCode, Value) {
    let request = server.client.put(server.url(path)).bearer_auth(&tenant.key).body(text.to_owned());
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn search(server: &Server, tenant: &Tenant, question: &str) -> Value {
    let escaped: String = question.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let request = server.client.get(server.url(&format!("/v1/knowledge/search?q={escaped}")));
    request.bearer_auth(&tenant.key).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_document_is_answered_from_with_the_next_request_and_forgotten_when_it_is_removed() {
    let server = Server::start().await;
    let (tenant, other) = (server.tenant("a").await, server.tenant("b").await);
    let path = "/v1/knowledge/handbook/pets.md";
    let text = "# 宠物制度\n\n## 带宠物上班\n\n每周五可以带猫狗到办公室，须提前一天在前台登记，并自备牵引绳。\n";
    let (status, imported) = put(&server, &tenant, path, text).await;
    assert_eq!((status, &imported["outcome"]), (StatusCode::OK, &json!("imported")), "{imported}");
    assert_eq!(put(&server, &tenant, path, text).await.1["outcome"], "unchanged");

    let question = "可以带宠物猫上班吗";
    let answer = server.say(&tenant, "E1001", &mut Value::Null, question).await;
    let said = answer["answer"].as_str().unwrap();
    assert!(said.contains("每周五") && said.contains("[1] 宠物制度 › 带宠物上班"), "{answer}");
    assert_eq!(answer["citations"][0]["path"], "pets.md");
    let found = search(&server, &tenant, question).await;
    assert_eq!((&found["answerable"], &found["data"][0]["path"]), (&json!(true), &json!("pets.md")), "{found}");
    assert_eq!(search(&server, &other, question).await["data"], json!([]), "another tenant's");

    let list: Value = {
        let request = server.client.get(server.url("/v1/knowledge")).bearer_auth(&tenant.key);
        request.send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(list["data"][0]["documents"][0]["title"], "宠物制度", "{list}");

    for (path, word) in [
        ("/v1/knowledge/handbook/pets.exe", ".md"),
        ("/v1/knowledge/Handbook/pets.md", "lower case"),
        ("/v1/knowledge/handbook/x.pdf", "PDF"),
    ] {
        let (status, problem) = put(&server, &tenant, path, "not a document").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{path}: {problem}");
    }

    let remove = |tenant: &Tenant| server.client.delete(server.url(path)).bearer_auth(&tenant.key).send();
    assert_eq!(remove(&other).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(remove(&tenant).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(remove(&tenant).await.unwrap().status(), StatusCode::NOT_FOUND);
    let answer = server.say(&tenant, "E1001", &mut Value::Null, question).await;
    assert!(!answer["answer"].as_str().unwrap().contains("每周五"), "{answer}");
}

#[tokio::test]
async fn an_editor_keeps_documents_and_says_who_may_read_them() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let viewer = Console::member(&server, &tenant, "viewer@example.com", Role::Viewer).await;
    let base = format!("/tenants/{}/apps/{}/knowledge", tenant.caller.tenant, tenant.caller.app);
    let source = format!("{base}/handbook");
    let bring = async |console: &Console<'_>, path: &str, text: &str| {
        let request = console.request(Method::PUT, &format!("/admin/v1{source}/{path}"), None);
        let response = request.body(text.to_owned()).send().await.unwrap();
        (response.status(), response.json::<Value>().await.unwrap())
    };

    for (body, word) in [
        (json!({"requires": "context.role =="}), "requires"),
        (json!({"requires": " "}), "requires"),
        (json!({"requires": null, "tags": vec!["x"; 21]}), "tags"),
    ] {
        let (status, problem) = editor.send(Method::PUT, &source, Some(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    let body = json!({"requires": "context.role == \"hr\"", "tags": ["2026"]});
    assert_eq!(viewer.send(Method::PUT, &source, Some(&body)).await.0, StatusCode::FORBIDDEN);
    let (status, made) = editor.send(Method::PUT, &source, Some(&body)).await;
    assert_eq!((status, &made["documents"], &made["tags"]), (StatusCode::OK, &json!([]), &json!(["2026"])), "{made}");

    let text = "# 宠物制度\n\n## 带宠物上班\n\n每周五可以带猫狗到办公室，须提前一天在前台登记，并自备牵引绳。\n";
    assert_eq!(bring(&viewer, "zh/pets.md", text).await.0, StatusCode::FORBIDDEN);
    let (status, imported) = bring(&editor, "zh/pets.md", text).await;
    assert_eq!((status, &imported["outcome"]), (StatusCode::OK, &json!("imported")), "{imported}");
    let (status, problem) = bring(&editor.speaking("zh"), "empty.md", " ").await;
    assert_eq!((status, &problem["detail"]), (StatusCode::BAD_REQUEST, &json!("文档里没有文字")), "{problem}");

    // What was brought is still for those only whom the source is for.
    let question = "可以带宠物猫上班吗";
    let body = |context: Value| json!({"user": "E1001", "query": question, "context": context});
    let (_, answer) = server.send(&tenant, &body(json!({}))).await;
    assert!(!answer["answer"].as_str().unwrap().contains("每周五"), "{answer}");
    let (_, answer) = server.send(&tenant, &body(json!({"role": "hr"}))).await;
    assert!(answer["answer"].as_str().unwrap().contains("每周五"), "{answer}");

    let (_, list) = viewer.speaking("zh").send(Method::GET, &base, None).await;
    let documents = list["data"][0]["documents"].as_array().unwrap();
    let states: Vec<_> = documents.iter().map(|one| (one["path"].as_str(), one["error"].as_str())).collect();
    assert_eq!(states, [(Some("empty.md"), Some("文档里没有文字")), (Some("zh/pets.md"), None)], "{list}");
    let (_, list) = viewer.send(Method::GET, &base, None).await;
    assert_eq!(list["data"][0]["documents"][0]["error"], "there is no text in it");
    let (_, parts) = viewer.send(Method::GET, &format!("{source}/zh/pets.md/passages"), None).await;
    assert_eq!(parts["data"][0]["heading"], "宠物制度 > 带宠物上班", "{parts}");
    let escaped: String = question.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let (_, found) = viewer.send(Method::GET, &format!("{base}/search?q={escaped}"), None).await;
    assert_eq!((&found["answerable"], &found["data"][0]["source"]), (&json!(true), &json!("handbook")), "{found}");

    let document = format!("{source}/zh/pets.md");
    assert_eq!(viewer.send(Method::DELETE, &document, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(editor.send(Method::DELETE, &document, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(editor.send(Method::DELETE, &document, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(editor.send(Method::DELETE, &source, None).await.0, StatusCode::NO_CONTENT);
    let (status, problem) = editor.speaking("zh").send(Method::DELETE, &source, None).await;
    assert_eq!((status, &problem["detail"]), (StatusCode::NOT_FOUND, &json!("没有这个来源")), "{problem}");
}

#[tokio::test]
async fn the_models_that_are_installed_are_listed_with_what_was_measured() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let viewer = Console::member(&server, &tenant, "viewer@example.com", Role::Viewer).await;
    let path = format!("/tenants/{}/models", tenant.caller.tenant);
    let (status, list) = viewer.send(Method::GET, &path, None).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    let active: Vec<_> = list["data"].as_array().unwrap().iter().filter(|model| model["active"] == true).collect();
    assert_eq!(active.len(), 1, "{list}");
    assert!(active[0]["results"].as_array().unwrap().iter().any(|result| result["set"] == "massive_zh full"));
    assert_eq!(active[0]["problem"], Value::Null);
}
