//! Every endpoint of the OpenAPI document, asked by everybody who may not: nothing answers with what is not theirs, and nothing
//! breaks. A new endpoint is in here by being in the document.

use paigong_core::{Role, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::keys::Rights;

use crate::console::Console;
use crate::harness::{Server, Tenant};

/// One endpoint.
struct Endpoint {
    method: Method,
    path: String,
    /// `app_key`, `session`, or none.
    scheme: Option<String>,
    /// The scope that a key needs.
    scope: Option<Scope>,
    /// The least role that a session needs; none: any.
    role: Option<Role>,
}

/// Every endpoint, with the ids of `tenant` in its path; what has no such thing gets an id that nothing has.
fn endpoints(document: &Value, tenant: &Tenant) -> Vec<Endpoint> {
    let nothing = uuid::Uuid::now_v7().to_string();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let mut path = path.clone();
            for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path")
            {
                let name = parameter["name"].as_str().unwrap();
                let value = match name {
                    "tenant" => tenant.caller.tenant.to_string(),
                    "app" => tenant.caller.app.to_string(),
                    "skill" => "leave.request".to_owned(),
                    _ => nothing.clone(),
                };
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            let security = operation["security"].as_array().and_then(|all| all.first()?.as_object()?.iter().next());
            let role = security.and_then(|(_, roles)| roles.get(0)?.as_str()?.parse().ok());
            let scope = security.and_then(|(_, scopes)| scopes.get(0)?.as_str()?.parse().ok());
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            all.push(Endpoint { method, path, scheme: security.map(|(name, _)| name.clone()), scope, role });
        }
    }
    all
}

#[tokio::test]
async fn every_endpoint_refuses_whoever_may_not() {
    let server = Server::start_with(vec![("PAIGONG_RATE_PER_ADDRESS", "0".to_owned())]).await;
    let (own, other) = (server.tenant("own").await, server.tenant("other").await);
    let document: Value = server.client.get(server.url("/openapi.json")).send().await.unwrap().json().await.unwrap();
    let all = endpoints(&document, &own);
    assert!(all.len() > 50, "{}", all.len());

    let mut tx = server.database.begin(own.caller.tenant).await.unwrap();
    let (id, revoked) = store::keys::create(&mut tx, own.caller.app, "", None).await.unwrap();
    store::keys::revoke(&mut tx, own.caller.app, id).await.unwrap();
    let past = chrono::Utc::now() - chrono::TimeDelta::seconds(1);
    let (_, expired) = store::keys::create(&mut tx, own.caller.app, "", Some(past)).await.unwrap();
    let mut narrow = Vec::new();
    for scope in Scope::ALL {
        let others = Scope::USUAL.into_iter().filter(|other| *other != scope).collect();
        let all_but = Rights::new(Some(others), Vec::new()).unwrap();
        narrow.push((scope, store::keys::create_with(&mut tx, own.caller.app, "", None, &all_but).await.unwrap().1));
    }
    let rights = Rights::new(Some(vec![Scope::Widget]), vec!["https://shop.example.com".into()]).unwrap();
    let (_, widget) = store::keys::create_with(&mut tx, own.caller.app, "", None, &rights).await.unwrap();
    tx.commit().await.unwrap();
    let nobody = Console::nobody(&server);
    let foreign = Console::member(&server, &other, "foreign@example.com", Role::Owner).await;
    let mut members = Vec::new();
    for role in Role::ALL {
        members.push((role, Console::member(&server, &own, &format!("{role}@example.com"), role).await));
    }
    let ask = async |who: &Console<'_>, key: Option<&str>, endpoint: &Endpoint| {
        let request = who.request(endpoint.method.clone(), &endpoint.path, None);
        let response = if let Some(key) = key { request.bearer_auth(key) } else { request }.send().await.unwrap();
        let status = response.status();
        assert!(
            !status.is_server_error() || status == StatusCode::SERVICE_UNAVAILABLE,
            "{} {}: {status}",
            endpoint.method,
            endpoint.path
        );
        if !status.is_success() {
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{}", endpoint.path);
        }
        status
    };

    for endpoint in &all {
        let what = format!("{} {}", endpoint.method, endpoint.path);
        let Some(scheme) = endpoint.scheme.as_deref() else { continue };
        // Nobody, and whoever has been somebody.
        assert_eq!(ask(&nobody, None, endpoint).await, StatusCode::UNAUTHORIZED, "{what}: nobody");
        for key in [revoked.reveal(), expired.reveal(), "nonsense"] {
            assert_eq!(ask(&nobody, Some(key), endpoint).await, StatusCode::UNAUTHORIZED, "{what}: an invalid key");
        }
        if scheme == "app_key" {
            // A key for everything but this, and one that stands in a page.
            let scope = endpoint.scope.unwrap_or_else(|| panic!("{what} names no scope in its security"));
            let (_, without) = narrow.iter().find(|(other, _)| *other == scope).unwrap();
            for key in [without.reveal(), widget.reveal()] {
                assert_eq!(ask(&nobody, Some(key), endpoint).await, StatusCode::FORBIDDEN, "{what}: without {scope}");
            }
            // A person is no app.
            let (_, owner) = members.last().unwrap();
            assert_eq!(ask(owner, None, endpoint).await, StatusCode::UNAUTHORIZED, "{what}: a session");
            continue;
        }
        // A key is no person.
        assert_eq!(ask(&nobody, Some(&own.key), endpoint).await, StatusCode::UNAUTHORIZED, "{what}: a key");
        if !endpoint.path.contains("/tenants/") {
            continue;
        }
        assert_eq!(ask(&foreign, None, endpoint).await, StatusCode::NOT_FOUND, "{what}: another tenant's owner");
        let least = endpoint.role.unwrap_or_else(|| panic!("{what} names no role in its security"));
        for (role, member) in &members {
            if *role < least {
                assert_eq!(ask(member, None, endpoint).await, StatusCode::FORBIDDEN, "{what}: {role}");
            } else if endpoint.method == Method::GET {
                let status = ask(member, None, endpoint).await;
                assert!(
                    ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status),
                    "{what}: {role}: {status}"
                );
            }
            if endpoint.method != Method::GET {
                let status = ask(&member.without_csrf(), None, endpoint).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{what}: {role} without the CSRF token");
            }
        }
    }
}

#[tokio::test]
async fn what_belongs_to_another_tenant_is_not_found_by_its_own_id() {
    let server = Server::start().await;
    let (own, other) = (server.tenant("own").await, server.tenant("other").await);
    let mut conversation = Value::Null;
    let answer = server.say(&own, "E1001", &mut conversation, "我还有几天年假").await;
    let run = answer["execution"]["id"].as_str().unwrap();
    let conversation = conversation.as_str().unwrap();
    for path in [
        format!("/v1/conversations/{conversation}?user=E1001"),
        format!("/v1/conversations/{conversation}/messages?user=E1001"),
        format!("/v1/runs/{run}"),
    ] {
        let get = async |tenant: &Tenant| {
            let response = server.client.get(server.url(&path)).bearer_auth(&tenant.key).send().await.unwrap();
            response.status()
        };
        assert_eq!((get(&own).await, get(&other).await), (StatusCode::OK, StatusCode::NOT_FOUND), "{path}");
    }
    let body = json!({"user": "E1001", "query": "嗯", "conversation_id": conversation});
    assert_eq!(server.send(&other, &body).await.0, StatusCode::NOT_FOUND);
    // In the admin API: another tenant's app, key and person under one's own tenant.
    let owner = Console::member(&server, &other, "owner@example.com", Role::Owner).await;
    let person = Console::member(&server, &own, "person@example.com", Role::Viewer).await;
    let (_, me) = person.send(Method::GET, "/me", None).await;
    let base = format!("/tenants/{}", other.caller.tenant);
    let keys = format!("{base}/apps/{}/keys", own.caller.app);
    assert_eq!(owner.send(Method::GET, &keys, None).await.0, StatusCode::NOT_FOUND);
    let key = format!("{base}/apps/{}/keys/{}", other.caller.app, own.caller.key);
    assert_eq!(owner.send(Method::DELETE, &key, None).await.0, StatusCode::NOT_FOUND);
    let member = format!("{base}/members/{}", me["person"]["id"].as_str().unwrap());
    assert_eq!(owner.send(Method::DELETE, &member, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(person.send(Method::GET, "/me", None).await.0, StatusCode::OK, "and their session goes on");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let settings = vec![("PAIGONG_RATE_PER_KEY", "1".to_owned()), ("PAIGONG_RATE_PER_ADDRESS", "1".to_owned())];
    let server = Server::start_with(settings).await;
    let (one, two) = (server.tenant("one").await, server.tenant("two").await);
    let get = async |key: &str| {
        let response = server.client.get(server.url("/v1/inbox")).bearer_auth(key).send().await.unwrap();
        (response.status(), response.headers().get("retry-after").cloned())
    };
    let mut last = get(&one.key).await;
    for _ in 0..15 {
        last = get(&one.key).await;
    }
    assert_eq!((last.0, last.1.unwrap().to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(get(&two.key).await.0, StatusCode::OK, "another key has its own");
    // Guessing keys by one address, each of them new.
    for guess in 0..15 {
        last = get(&format!("guess-{guess}")).await;
    }
    assert_eq!(last.0, StatusCode::TOO_MANY_REQUESTS);
    let probe = server.client.get(server.url("/healthz")).send().await.unwrap();
    assert_eq!(probe.status(), StatusCode::OK, "probes are never refused");
}

#[tokio::test]
async fn all_keys_of_a_tenant_together_have_a_limit() {
    let settings = vec![("PAIGONG_RATE_PER_TENANT", "1".to_owned()), ("PAIGONG_RATE_PER_ADDRESS", "0".to_owned())];
    let server = Server::start_with(settings).await;
    let (one, two) = (server.tenant("one").await, server.tenant("two").await);
    let mut tx = server.database.begin(one.caller.tenant).await.unwrap();
    let (_, second) = store::keys::create(&mut tx, one.caller.app, "", None).await.unwrap();
    tx.commit().await.unwrap();
    let get = async |key: &str| {
        let response = server.client.get(server.url("/v1/inbox")).bearer_auth(key).send().await.unwrap();
        (response.status(), response.headers().get("retry-after").cloned())
    };
    let mut refused = None;
    for turn in 0..40 {
        let (status, wait) = get(if turn % 2 == 0 { &one.key } else { second.reveal() }).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refused = wait;
            break;
        }
    }
    assert_eq!(refused.expect("a limit").to_str().unwrap(), "1");
    assert_eq!(get("nonsense").await.0, StatusCode::UNAUTHORIZED, "who is nobody takes nothing from a tenant");
    assert_eq!(get(&two.key).await.0, StatusCode::OK, "another tenant has its own");
}
