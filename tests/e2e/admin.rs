//! The admin API: logging in, people, keys, the audit log.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::console::{Console, PASSWORD};
use crate::harness::Server;

#[tokio::test]
async fn the_first_owner_logs_in_with_a_one_time_token_and_again_with_a_password() {
    let server = Server::start().await;
    let token = store::people::first(&server.database, "main").await.unwrap().expect("nobody exists");
    let nobody = Console::nobody(&server);
    let accept = |password: &str| json!({"token": token.reveal(), "email": "Wang@Example.com", "name": "王伟", "password": password});
    for (language, words) in [("zh-CN", "密码至少 12 个字符"), ("en", "a password has at least 12 characters")] {
        let (status, problem) = nobody.speaking(language).send(Method::POST, "/accept", Some(&accept("short"))).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("weak_password")));
        assert_eq!(problem["detail"], words);
    }
    let owner = nobody.enter("/accept", &accept(PASSWORD)).await;
    assert!(owner.cookie_header.contains("HttpOnly; SameSite=Lax") && owner.cookie_header.contains("Path=/"));
    let (status, me) = owner.send(Method::GET, "/me", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&me["person"]["email"], &me["tenants"][0]["role"]), (&json!("wang@example.com"), &json!("owner")));
    let (status, _) = nobody.send(Method::POST, "/accept", Some(&accept(PASSWORD))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "only once");

    let (status, problem) = owner.without_csrf().send(Method::DELETE, "/session", None).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("csrf_token")));
    let again = owner.enter("/session", &json!({"email": " wang@example.COM", "password": PASSWORD})).await;
    assert_eq!(
        owner.send(Method::GET, "/me", None).await.0,
        StatusCode::UNAUTHORIZED,
        "logging in again ends the former session"
    );
    let change = json!({"current": PASSWORD, "new": "another horse, another battery"});
    let (status, _) =
        again.send(Method::PUT, "/me/password", Some(&json!({"current": "wrong", "new": PASSWORD}))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = again.send(Method::PUT, "/me/password", Some(&change)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        again.send(Method::GET, "/me", None).await.0,
        StatusCode::UNAUTHORIZED,
        "a new password ends every session"
    );
    let last = nobody
        .enter("/session", &json!({"email": "wang@example.com", "password": "another horse, another battery"}))
        .await;
    let (status, me) = last.send(Method::PUT, "/me", Some(&json!({"name": "Wang Wei", "locale": "en"}))).await;
    assert_eq!((status, &me["person"]["locale"]), (StatusCode::OK, &json!("en")));
    assert_eq!(last.send(Method::DELETE, "/session", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(last.send(Method::GET, "/me", None).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_is_answered_alike_for_known_and_unknown_and_then_not_at_all() {
    let server = Server::start().await;
    let tenant = server.tenant("guess").await;
    Console::member(&server, &tenant, "known@example.com", paigong_core::Role::Owner).await;
    let nobody = Console::nobody(&server);
    let mut answers = Vec::new();
    for email in ["known@example.com", "unknown@example.com"] {
        let mut of: Vec<(StatusCode, Value, Value)> = Vec::new();
        // The sixth attempt has to wait a second, the next ones twice as long each: a slow machine gets there as well.
        while of.last().is_none_or(|(status, ..)| *status != StatusCode::TOO_MANY_REQUESTS) && of.len() < 12 {
            let wrong = json!({"email": email, "password": "wrong wrong wrong"});
            let (status, problem) = nobody.send(Method::POST, "/session", Some(&wrong)).await;
            of.push((status, problem["code"].clone(), problem["detail"].clone()));
        }
        assert_eq!(of[0].0, StatusCode::UNAUTHORIZED);
        let (status, code, _) = of.last().unwrap();
        assert_eq!((*status, code), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
        answers.push(of);
    }
    assert_eq!(answers[0][..5], answers[1][..5]);
    // Also with the right password, until the wait is over.
    let right = json!({"email": "known@example.com", "password": PASSWORD});
    assert_eq!(nobody.send(Method::POST, "/session", Some(&right)).await.0, StatusCode::TOO_MANY_REQUESTS);
    let response = server.client.post(server.url("/admin/v1/session")).body("email=a&password=b").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "a form of somebody else's page");
}

#[tokio::test]
async fn members_are_invited_change_roles_and_leave_but_never_the_last_owner() {
    let server = Server::start().await;
    let tenant = server.tenant("members").await;
    let owner = Console::member(&server, &tenant, "owner@example.com", paigong_core::Role::Owner).await;
    let base = format!("/tenants/{}", tenant.caller.tenant);
    let (members, invitations) = (format!("{base}/members"), format!("{base}/invitations"));
    let invite = json!({"email": "Li@example.com", "role": "editor"});
    let (status, invited) = owner.send(Method::POST, &invitations, Some(&invite)).await;
    assert_eq!(status, StatusCode::CREATED, "{invited}");
    let (_, open) = owner.send(Method::GET, &invitations, None).await;
    assert_eq!((&open["data"][0]["email"], &open["data"][0]["token"]), (&json!("li@example.com"), &Value::Null));
    let accept = json!({"token": invited["token"], "name": "李娜", "password": PASSWORD});
    let li = Console::nobody(&server).enter("/accept", &accept).await;
    let (status, problem) = li.speaking("zh").send(Method::POST, &invitations, Some(&invite)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
    assert!(problem["detail"].as_str().unwrap().contains("owner 角色"), "{problem}");
    let (_, list) = li.send(Method::GET, &members, None).await;
    let id = list["data"].as_array().unwrap().iter().find(|member| member["email"] == "li@example.com").unwrap()["id"]
        .clone();
    let path = format!("{members}/{}", id.as_str().unwrap());

    let (status, _) = owner.send(Method::PUT, &path, Some(&json!({"role": "viewer"}))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(li.send(Method::GET, "/me", None).await.0, StatusCode::UNAUTHORIZED, "another role ends the sessions");
    let own = list["data"].as_array().unwrap().iter().find(|member| member["role"] == "owner").unwrap()["id"].clone();
    let own = format!("{members}/{}", own.as_str().unwrap());
    for (method, body) in [(Method::PUT, Some(json!({"role": "editor"}))), (Method::DELETE, None)] {
        let (status, problem) = owner.send(method, &own, body.as_ref()).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("conflict")), "the last owner stays");
    }
    assert_eq!(owner.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(owner.send(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
    let li =
        Console::nobody(&server).enter("/session", &json!({"email": "li@example.com", "password": PASSWORD})).await;
    assert_eq!(li.send(Method::GET, &members, None).await.0, StatusCode::NOT_FOUND, "no tenant of theirs any more");

    let (_, page) = owner.send(Method::GET, &format!("{base}/audit?action=member&limit=3"), None).await;
    let actions: Vec<_> =
        page["data"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["member.removed", "member.role_changed", "member.joined"]);
    let next = format!("{base}/audit?action=member&last_id={}", page["data"][2]["id"].as_str().unwrap());
    let (_, page) = owner.send(Method::GET, &next, None).await;
    assert_eq!(page["data"][0]["action"], "member.invited");
    let (_, check) = owner.send(Method::GET, &format!("{base}/audit/check"), None).await;
    assert_eq!(check["whole"], true, "{check}");
    let verify = crate::harness::command(&server.database.url()).args(["audit", "verify"]).output().unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
    assert!(String::from_utf8_lossy(&verify.stdout).contains("members  whole"));
}

#[tokio::test]
async fn a_key_is_created_used_rotated_and_revoked() {
    let server = Server::start().await;
    let tenant = server.tenant("keys").await;
    let owner = Console::member(&server, &tenant, "owner@example.com", paigong_core::Role::Owner).await;
    let path = format!("/tenants/{}/apps/{}/keys", tenant.caller.tenant, tenant.caller.app);
    let works = async |key: &Value| {
        let request = server.client.get(server.url("/v1/inbox")).bearer_auth(key.as_str().unwrap());
        request.send().await.unwrap().status() == StatusCode::OK
    };
    let (status, first) = owner.send(Method::POST, &path, Some(&json!({"label": "backend"}))).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(works(&first["key"]).await);
    let rotate = |key: &Value| format!("{path}/{}/rotate", key["id"].as_str().unwrap());
    let (_, second) = owner.send(Method::POST, &rotate(&first), Some(&json!({"overlap_hours": 24}))).await;
    assert!(works(&first["key"]).await && works(&second["key"]).await, "both for a day");
    let (_, third) = owner.send(Method::POST, &rotate(&second), Some(&json!({"overlap_hours": 0}))).await;
    assert!(!works(&second["key"]).await && works(&third["key"]).await, "without an overlap, at once");
    let (status, _) = owner.send(Method::POST, &rotate(&second), Some(&json!({"overlap_hours": 0}))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "what has expired is not rotated");
    let revoke = format!("{path}/{}", first["id"].as_str().unwrap());
    assert_eq!(owner.send(Method::DELETE, &revoke, None).await.0, StatusCode::NO_CONTENT);
    assert!(!works(&first["key"]).await);
    let (_, list) = owner.send(Method::GET, &path, None).await;
    let states: Vec<_> = list["data"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["valid", "expired", "revoked", "valid"]);
    assert!(list["data"][0]["last_used_at"].is_string());
    assert!(!list.to_string().contains(third["key"].as_str().unwrap().rsplit_once('_').unwrap().1), "no secret");
    for wrong in [
        json!({"label": ""}),
        json!({"label": "a\u{0}"}),
        json!({"label": "x", "expires_at": "2020-01-01T00:00:00Z"}),
        json!({}),
    ] {
        assert_eq!(owner.send(Method::POST, &path, Some(&wrong)).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
