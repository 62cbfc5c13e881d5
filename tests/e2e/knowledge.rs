//! Documents by HTTP: imported, asked about, found by their own tenant alone, replaced, removed.

use reqwest::StatusCode;
use serde_json::{Value, json};

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
