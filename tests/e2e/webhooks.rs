//! Webhooks through the HTTP interface: kept secrets, refused addresses, a signed delivery, its log, and other apps' walls.

use std::time::Duration;

use outbound::signature::{self, Secret};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::{Server, Tenant, command};

/// Longer than a delivery takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

impl Server {
    /// Calls `/v1/webhooks…` and returns status and body, null if there is none.
    async fn webhooks(&self, tenant: &Tenant, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.client.request(method, self.url(&format!("/v1/webhooks{path}"))).bearer_auth(&tenant.key);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    /// Creates a webhook; its id and its secret.
    async fn webhook(&self, tenant: &Tenant, url: &str) -> (String, String) {
        let body = json!({"url": url, "events": ["run.succeeded"]});
        let (status, created) = self.webhooks(tenant, Method::POST, "", body).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        let text = |name: &str| created[name].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    }
}

/// A keyring line, as the command prints it.
fn new_key() -> String {
    let out = command("").args(["secrets", "generate"]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// A server that may call this machine.
async fn start(key: &str) -> Server {
    let allow = ("PAIGONG_OUTBOUND_ALLOW", "192.0.2.0/24,127.0.0.0/8".to_owned());
    Server::start_with(vec![("PAIGONG_SECRET_KEYS", key.to_owned()), allow]).await
}

/// Takes one POST, answers 200, and returns its headers and body.
async fn receive(listener: &TcpListener) -> (http::HeaderMap, String) {
    let received = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        loop {
            assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "a whole request should come");
            let text = String::from_utf8(bytes.clone()).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let headers: http::HeaderMap = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            if body.len() == headers["content-length"].to_str().unwrap().parse::<usize>().unwrap() {
                let body = body.to_owned();
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
                return (headers, body);
            }
        }
    };
    tokio::time::timeout(DEADLINE, received).await.expect("a delivery")
}

fn verifies(secret: &str, (headers, body): &(http::HeaderMap, String)) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let header = |name: &str| headers[name].to_str().unwrap();
    signature::verify(
        &[Secret::parse(secret).unwrap()],
        header("webhook-id"),
        header("webhook-timestamp").parse().unwrap(),
        header("webhook-signature"),
        body.as_bytes(),
        i64::try_from(now).unwrap(),
        signature::TOLERANCE,
    )
    .is_ok()
}

#[tokio::test]
async fn a_test_is_delivered_signed_and_can_be_looked_up_and_replayed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let key = new_key();
    let server = start(&key).await;
    let tenant = server.tenant("webhooks").await;
    let (id, secret) =
        server.webhook(&tenant, &format!("http://{}/hook?token=x", listener.local_addr().unwrap())).await;

    let (status, delivery) = server.webhooks(&tenant, Method::POST, &format!("/{id}/test"), Value::Null).await;
    assert_eq!((status, &delivery["status"]), (StatusCode::ACCEPTED, &json!("pending")), "{delivery}");
    let received = receive(&listener).await;
    assert!(verifies(&secret, &received));
    assert_eq!(received.0["webhook-id"], delivery["event_id"].as_str().unwrap());
    let path = format!("/{id}/deliveries/{}", delivery["id"].as_str().unwrap());
    let found = delivered(&server, &tenant, &path, 1).await;
    assert_eq!(found["payload"], serde_json::from_str::<Value>(&received.1).unwrap());
    assert_eq!((&found["history"][0]["number"], &found["history"][0]["status"]), (&json!(1), &json!(200)));

    // A new secret signs beside the one before; the one before that is forgotten.
    let mut secrets = vec![secret];
    for _ in 0..2 {
        let (status, new) = server.webhooks(&tenant, Method::POST, &format!("/{id}/secret"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        secrets.push(new["secret"].as_str().unwrap().to_owned());
    }
    let (status, replayed) = server.webhooks(&tenant, Method::POST, &format!("{path}/replay"), Value::Null).await;
    assert_eq!((status, &replayed["status"]), (StatusCode::ACCEPTED, &json!("pending")), "{replayed}");
    let again = receive(&listener).await;
    assert_eq!((&again.0["webhook-id"], &again.1), (&received.0["webhook-id"], &received.1));
    assert_eq!(secrets.iter().map(|secret| verifies(secret, &again)).collect::<Vec<_>>(), [false, true, true]);
    delivered(&server, &tenant, &path, 2).await;

    for (query, count) in [("", 1), ("?state=delivered", 1), ("?state=failed", 0), ("?before=0", 0)] {
        let (status, page) =
            server.webhooks(&tenant, Method::GET, &format!("/{id}/deliveries{query}"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}: {page}");
        assert_eq!(page["has_more"], json!(false));
    }

    // With another key first, everything is sealed anew, and the old key is of no use any more.
    let newer = new_key();
    let rotate = |keys: String| {
        let out = command(&server.database.url()).args(["secrets", "rotate"]).env("PAIGONG_SECRET_KEYS", keys).output();
        let out = out.unwrap();
        let said = [out.stdout, out.stderr].concat();
        (out.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    let (good, said) = rotate(format!("{newer},{key}"));
    assert!(good && said.contains("sealed anew 1, with the first key already 0"), "{said}");
    let (good, said) = rotate(newer);
    assert!(good && said.contains("sealed anew 0, with the first key already 1"), "{said}");
    let (good, said) = rotate(key);
    assert!(!good && said.contains("1 can't be opened"), "{said}");
}

/// Waits until the delivery at `path` has arrived after so many attempts; it.
async fn delivered(server: &Server, tenant: &Tenant, path: &str, attempts: i64) -> Value {
    let waiting = async {
        loop {
            let (_, found) = server.webhooks(tenant, Method::GET, path, Value::Null).await;
            if found["status"] == "delivered" && found["attempts"] == json!(attempts) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.expect("the delivery is written down")
}

#[tokio::test]
async fn webhooks_are_created_changed_and_deleted_with_every_step_in_the_audit() {
    let server = start(&new_key()).await;
    let tenant = server.tenant("webhooks").await;
    let (id, secret) = server.webhook(&tenant, "https://example.com/hook").await;
    assert!(secret.starts_with("whsec_"), "{secret}");
    let (status, all) = server.webhooks(&tenant, Method::GET, "", Value::Null).await;
    assert_eq!((status, all["data"].as_array().unwrap().len()), (StatusCode::OK, 1));
    assert!(!all.to_string().contains("secret"), "{all}");
    let one = format!("/{id}");
    assert_eq!(
        server.webhooks(&tenant, Method::GET, &one, Value::Null).await,
        (StatusCode::OK, all["data"][0].clone())
    );
    let change = json!({"events": ["run.failed", "run.unknown", "run.failed"], "enabled": false});
    let (status, changed) = server.webhooks(&tenant, Method::PATCH, &one, change).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!((&changed["events"], &changed["enabled"]), (&json!(["run.failed", "run.unknown"]), &json!(false)));
    assert_eq!(changed["url"], "https://example.com/hook");
    let (status, refused) = server.webhooks(&tenant, Method::POST, &format!("{one}/test"), Value::Null).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    assert_eq!(server.webhooks(&tenant, Method::DELETE, &one, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(server.webhooks(&tenant, Method::DELETE, &one, Value::Null).await.0, StatusCode::NOT_FOUND);

    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    let audit: Vec<(String, String, String)> =
        sqlx::query_as("SELECT actor, action, target FROM paigong.audit WHERE action LIKE 'webhook.%' ORDER BY id")
            .fetch_all(tx.connection())
            .await
            .unwrap();
    let actor = format!("key:{}", tenant.caller.key);
    let step = |action: &str| (actor.clone(), format!("webhook.{action}"), id.clone());
    assert_eq!(audit, [step("created"), step("updated"), step("deleted")]);
}

#[tokio::test]
async fn what_no_webhook_can_be_is_refused_with_what_to_change() {
    let server = start(&new_key()).await;
    let tenant = server.tenant("webhooks").await;
    let long = format!("https://example.com/{}", "x".repeat(2_000));
    for (url, events, detail) in [
        ("", json!(["run.failed"]), "not an address"),
        ("ftp://example.com", json!(["run.failed"]), "https://"),
        ("https://me:secret@example.com", json!(["run.failed"]), "password"),
        ("https://example.com/#top", json!(["run.failed"]), "#"),
        ("https://8.8.8.8:2222/", json!(["run.failed"]), "port"),
        ("https://10.0.0.1/", json!(["run.failed"]), "10.0.0.1"),
        ("https://[::1]/", json!(["run.failed"]), "::1"),
        ("https://169.254.169.254/latest", json!(["run.failed"]), "169.254.169.254"),
        (&long, json!(["run.failed"]), "2000"),
        ("https://example.com", json!([]), "events is empty"),
        ("https://example.com", json!(["run.done"]), "run.succeeded"),
    ] {
        let (status, problem) = server.webhooks(&tenant, Method::POST, "", json!({"url": url, "events": events})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{url} {events}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{url} {events}: {problem}");
    }
    let (status, _) = server.webhooks(&tenant, Method::POST, "", json!({"url": "https://example.com"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for _ in 0..20 {
        server.webhook(&tenant, "https://example.com/hook").await;
    }
    let body = json!({"url": "https://example.com", "events": ["run.failed"]});
    let (status, problem) = server.webhooks(&tenant, Method::POST, "", body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("20"), "{problem}");
}

#[tokio::test]
async fn another_apps_webhook_does_not_exist() {
    let server = start(&new_key()).await;
    let (own, other) = (server.tenant("own").await, server.tenant("other").await);
    let (id, _) = server.webhook(&own, "https://example.com/hook").await;
    let delivery = uuid::Uuid::nil();
    for (method, path, body) in [
        (Method::GET, String::new(), Value::Null),
        (Method::PATCH, String::new(), json!({"enabled": false})),
        (Method::DELETE, String::new(), Value::Null),
        (Method::POST, "/secret".to_owned(), Value::Null),
        (Method::POST, "/test".to_owned(), Value::Null),
        (Method::GET, "/deliveries".to_owned(), Value::Null),
        (Method::GET, format!("/deliveries/{delivery}"), Value::Null),
        (Method::POST, format!("/deliveries/{delivery}/replay"), Value::Null),
    ] {
        let (status, problem) = server.webhooks(&other, method.clone(), &format!("/{id}{path}"), body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {problem}");
    }
    assert_eq!(server.webhooks(&other, Method::GET, "", Value::Null).await.1, json!({"data": []}));
    let response = server.client.get(server.url("/v1/webhooks")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_key_no_webhook_can_be_created_and_the_answer_says_what_is_missing() {
    let server = Server::start().await;
    let tenant = server.tenant("webhooks").await;
    let body = json!({"url": "https://example.com", "events": ["run.failed"]});
    let (status, problem) = server.webhooks(&tenant, Method::POST, "", body).await;
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("not_configured")));
    assert!(problem["detail"].as_str().unwrap().contains("paigong secrets generate"), "{problem}");
}
