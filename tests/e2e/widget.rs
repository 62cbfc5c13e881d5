//! The widget's keys: what a page may do with one, and for whom.

use outbound::seal::Keyring;
use paigong_core::Role;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::console::Console;
use crate::harness::{Server, Tenant};

const SHOP: &str = "https://shop.example.com";
const VISITOR: &str = "visitor-0123456789abcdefghijkl";
const OTHER: &str = "visitor-lkjihgfedcba9876543210";

/// A page with a widget's key.
struct Page<'a> {
    server: &'a Server,
    key: String,
    secret: Option<String>,
}

impl<'a> Page<'a> {
    /// Of the shop, with a key that its owner has created in the console.
    async fn of_shop(server: &'a Server, tenant: &Tenant) -> Self {
        let owner = Console::member(server, tenant, "owner@example.com", Role::Owner).await;
        let new = json!({"label": "shop", "scopes": ["widget"], "origins": [SHOP]});
        let (status, created) = owner.send(Method::POST, &keys(tenant), Some(&new)).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        let key = created["key"].as_str().unwrap().to_owned();
        Self { server, key, secret: created["signing_secret"].as_str().map(str::to_owned) }
    }

    fn post(&self, body: &Value) -> RequestBuilder {
        self.server.client.post(self.server.url("/v1/chat-messages")).bearer_auth(&self.key).json(body)
    }

    fn messages(&self, conversation: &str, user: &str) -> RequestBuilder {
        let path = format!("/v1/conversations/{conversation}/messages?user={user}");
        self.server.client.get(self.server.url(&path)).bearer_auth(&self.key)
    }
}

fn keys(tenant: &Tenant) -> String {
    format!("/tenants/{}/apps/{}/keys", tenant.caller.tenant, tenant.caller.app)
}

fn says(user: &str) -> Value {
    json!({"user": user, "query": "我的订单 SO-20318 到哪了"})
}

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

async fn code(request: RequestBuilder) -> (StatusCode, String) {
    let (status, problem) = answer(request).await;
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

fn forbidden(code: &str) -> (StatusCode, String) {
    (StatusCode::FORBIDDEN, code.to_owned())
}

async fn with_secrets() -> Server {
    let line = Keyring::generate_line("k1").unwrap().to_string();
    Server::start_with(vec![("PAIGONG_SECRET_KEYS", line)]).await
}

#[tokio::test]
async fn a_visitor_talks_and_reads_their_own_conversation_only() {
    let server = with_secrets().await;
    let tenant = server.tenant("shop").await;
    let page = Page::of_shop(&server, &tenant).await;
    let response = page.post(&says(VISITOR)).header("Origin", SHOP).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["access-control-allow-origin"], SHOP);
    assert_eq!(response.headers()["vary"], "Origin");
    let said: Value = response.json().await.unwrap();
    let conversation = said["conversation_id"].as_str().unwrap();

    let (status, own) = answer(page.messages(conversation, VISITOR).header("Origin", SHOP)).await;
    assert_eq!((status, own["data"][0]["query"].as_str()), (StatusCode::OK, Some("我的订单 SO-20318 到哪了")));
    let (status, _) = code(page.messages(conversation, OTHER).header("Origin", SHOP)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "another visitor");
    let mut body = says(OTHER);
    body["conversation_id"] = conversation.into();
    assert_eq!(code(page.post(&body).header("Origin", SHOP)).await.0, StatusCode::NOT_FOUND);

    // What the app's backend talked about with its own users is theirs.
    let mut theirs = Value::Null;
    server.say(&tenant, "E1001", &mut theirs, "我还有几天年假").await;
    let theirs = page.messages(theirs.as_str().unwrap(), "E1001");
    assert_eq!(code(theirs.header("Origin", SHOP)).await, forbidden("user_not_signed"));

    // Streaming is answered to the page as well.
    let mut body = says(VISITOR);
    body["response_mode"] = "streaming".into();
    let stream = page.post(&body).header("Origin", SHOP).send().await.unwrap();
    assert_eq!(stream.headers()["access-control-allow-origin"], SHOP);
    assert!(stream.text().await.unwrap().contains("event: message_end"));

    // Identity is nothing that a page may claim.
    let mut body = says(VISITOR);
    body["context"] = json!({"employee_id": "E1001"});
    let refused = code(page.post(&body).header("Origin", SHOP)).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, "invalid_request".into()));
    for user in ["E1001", "visitor-short", "visitor-"] {
        let refused = code(page.post(&says(user)).header("Origin", SHOP)).await;
        assert_eq!(refused, forbidden("user_not_signed"), "{user}");
    }
}

#[tokio::test]
async fn a_key_counts_from_the_pages_of_its_site_only() {
    let server = with_secrets().await;
    let tenant = server.tenant("shop").await;
    let page = Page::of_shop(&server, &tenant).await;
    for origin in ["https://evil.example", "http://shop.example.com", "https://shop.example.com.evil.example", "null"] {
        let response = page.post(&says(VISITOR)).header("Origin", origin).send().await.unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], origin, "the page may read why");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "origin_not_allowed", "{origin}");
    }
    assert_eq!(code(page.post(&says(VISITOR))).await, forbidden("origin_not_allowed"), "no page at all");
    // The server's own pages: the demo. Browsers name no origin where they only read.
    let own = server.url("");
    let (status, said) = answer(page.post(&says(VISITOR)).header("Origin", &own)).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let conversation = said["conversation_id"].as_str().unwrap();
    let read = page.messages(conversation, VISITOR).header("Referer", format!("{own}/demo?key=1"));
    assert_eq!(answer(read).await.0, StatusCode::OK);

    // A browser asks first, without the key.
    let asked = server.client.request(Method::OPTIONS, server.url("/v1/chat-messages")).header("Origin", SHOP);
    let allowed = asked.header("Access-Control-Request-Method", "POST").send().await.unwrap();
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "*");
    let headers = allowed.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
    for header in ["authorization", "content-type", "x-paigong-user-signature", "idempotency-key"] {
        assert!(headers.contains(header), "{header}: {headers}");
    }
    let elsewhere = server.client.request(Method::OPTIONS, server.url("/v1/runs")).send().await.unwrap();
    assert_eq!(elsewhere.headers().get("access-control-allow-origin"), None, "nothing else is for pages");
    // A method that it does not take is no endpoint, as everywhere.
    let put = server.client.put(server.url("/v1/chat-messages")).bearer_auth(&page.key);
    assert_eq!(code(put).await, (StatusCode::NOT_FOUND, "no_such_endpoint".into()));
    // A backend's key is not for pages: what it reads, no page of another origin sees.
    let backend = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key).json(&says("E1001"));
    let backend = backend.header("Origin", SHOP).send().await.unwrap();
    assert_eq!((backend.status(), backend.headers().get("access-control-allow-origin")), (StatusCode::OK, None));
}

#[tokio::test]
async fn a_user_comes_with_the_signature_of_the_sites_backend() {
    let server = with_secrets().await;
    let tenant = server.tenant("shop").await;
    let page = Page::of_shop(&server, &tenant).await;
    let secret = page.secret.clone().expect("a signing secret");
    assert!(secret.starts_with("pgs_"), "{secret}");
    let send = |signature: &str| {
        page.post(&says("E1001")).header("Origin", SHOP).header("X-Paigong-User-Signature", signature)
    };
    let right = hmac(&secret, "E1001");
    let (status, said) = answer(send(&right)).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    for wrong in
        [hmac(&secret, "E1002"), hmac("pgs_another", "E1001"), right[..62].to_owned(), "0".repeat(64), "x".into()]
    {
        assert_eq!(code(send(&wrong)).await, forbidden("user_not_signed"), "{wrong}");
    }
    let conversation = said["conversation_id"].as_str().unwrap();
    let read = |user: &str, signature: &str| {
        let read = page.messages(conversation, user).header("Origin", SHOP);
        read.header("X-Paigong-User-Signature", signature.to_owned())
    };
    assert_eq!(answer(read("E1001", &right)).await.0, StatusCode::OK);
    assert_eq!(code(read("E1002", &hmac(&secret, "E1002"))).await.0, StatusCode::NOT_FOUND, "another's conversation");

    // A rotated key has a secret of its own, and the same rights.
    let owner = Console::nobody(&server);
    let owner =
        owner.enter("/session", &json!({"email": "owner@example.com", "password": crate::console::PASSWORD})).await;
    let (_, list) = owner.send(Method::GET, &keys(&tenant), None).await;
    assert_eq!((&list["data"][0]["scopes"], &list["data"][0]["origins"]), (&json!(["widget"]), &json!([SHOP])));
    assert_eq!(list["data"][1]["scopes"], json!(["chat", "runs", "knowledge", "webhooks", "learning"]));
    let rotate = format!("{}/{}/rotate", keys(&tenant), list["data"][0]["id"].as_str().unwrap());
    let (status, new) = owner.send(Method::POST, &rotate, Some(&json!({"overlap_hours": 1}))).await;
    assert_eq!(status, StatusCode::CREATED, "{new}");
    let key = new["key"].as_str().unwrap().to_owned();
    let rotated = Page { server: &server, key, secret: new["signing_secret"].as_str().map(str::to_owned) };
    let own = rotated.secret.clone().expect("a signing secret");
    assert_ne!(own, secret);
    let signed = |signature: String| {
        rotated.post(&says("E1001")).header("Origin", SHOP).header("X-Paigong-User-Signature", signature)
    };
    assert_eq!(answer(signed(hmac(&own, "E1001"))).await.0, StatusCode::OK);
    assert_eq!(
        code(signed(right.clone())).await,
        forbidden("user_not_signed"),
        "the former secret signs for the former key"
    );
    assert_eq!(answer(send(&right)).await.0, StatusCode::OK, "which is still good");
}

#[tokio::test]
async fn without_keys_for_secrets_a_widget_talks_for_visitors_only() {
    let server = Server::start().await;
    let tenant = server.tenant("shop").await;
    let page = Page::of_shop(&server, &tenant).await;
    assert_eq!(page.secret, None);
    assert_eq!(answer(page.post(&says(VISITOR)).header("Origin", SHOP)).await.0, StatusCode::OK);
    let signed = page.post(&says("E1001")).header("Origin", SHOP).header("X-Paigong-User-Signature", "0".repeat(64));
    assert_eq!(code(signed).await, forbidden("user_not_signed"));
    // What does not go together is refused with the reason, in both languages.
    let owner = Console::nobody(&server);
    let owner =
        owner.enter("/session", &json!({"email": "owner@example.com", "password": crate::console::PASSWORD})).await;
    for (scopes, origins, word) in [
        (json!(["widget", "chat"]), json!([SHOP]), "goes with no other"),
        (json!(["widget"]), json!([]), "origins"),
        (json!(["widget"]), json!(["https://shop.example.com/"]), "is not an origin"),
        (json!(["chat"]), json!([SHOP]), "widget only"),
        (json!([]), json!([]), "at least one"),
        (json!(["everything"]), json!([]), "not as documented"),
    ] {
        let new = json!({"label": "x", "scopes": scopes, "origins": origins});
        let (status, problem) = owner.send(Method::POST, &keys(&tenant), Some(&new)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{new}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        let (_, problem) = owner.speaking("zh").send(Method::POST, &keys(&tenant), Some(&new)).await;
        assert!(!problem["detail"].as_str().unwrap().is_ascii(), "{problem}");
    }
}

#[tokio::test]
async fn the_widget_and_its_demo_are_served_like_other_sites_would() {
    let server = Server::start().await;
    let get = async |path: &str| server.client.get(server.url(path)).send().await.unwrap();
    let script = get("/widget.js").await;
    if paigong_console::find_widget("widget.js").is_none() {
        assert_eq!(script.status(), StatusCode::NOT_FOUND, "not built");
        return;
    }
    assert_eq!(script.status(), StatusCode::OK);
    assert_eq!(script.headers()["access-control-allow-origin"], "*");
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let demo = get("/demo?key=pg_x").await;
    let policy = demo.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self'"), "{policy}");
    assert_eq!(demo.headers()["referrer-policy"], "same-origin");
    for file in ["/demo.js", "/demo.css"] {
        assert_eq!(get(file).await.status(), StatusCode::OK, "{file}");
    }
}

/// As a site's backend would make it.
fn hmac(secret: &str, user: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(user.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
