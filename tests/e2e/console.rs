//! Somebody who uses the admin API as a browser does: with a cookie and a CSRF token.

use paigong_core::{Language, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::members;
use store::passwords::Password;
use store::people::{self, Accepting};

use crate::harness::{Server, Tenant};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A person, or nobody yet.
#[derive(Clone)]
pub(crate) struct Console<'a> {
    server: &'a Server,
    /// The whole `Set-Cookie`.
    pub cookie_header: String,
    csrf: String,
    language: &'static str,
    pub headers: Vec<(&'static str, String)>,
}

impl<'a> Console<'a> {
    pub(crate) fn nobody(server: &'a Server) -> Self {
        Self { server, cookie_header: String::new(), csrf: String::new(), language: "en", headers: Vec::new() }
    }

    /// A member of `tenant`, logged in.
    pub(crate) async fn member(server: &'a Server, tenant: &Tenant, email: &str, role: Role) -> Self {
        let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
        let (_, token) = members::invite(&mut tx, Some(email), role, chrono::TimeDelta::days(1)).await.unwrap();
        tx.commit().await.unwrap();
        let invited = people::invited(&server.database, token.hash()).await.unwrap().unwrap();
        let password = Password::choose(PASSWORD, email).unwrap().hash().unwrap();
        let new = Accepting::New { email, name: "somebody", locale: Language::Zh, password: &password };
        people::accept(&server.database, &invited, token.hash(), new).await.unwrap().unwrap();
        Self::nobody(server).enter("/session", &json!({"email": email, "password": PASSWORD})).await
    }

    pub(crate) fn speaking(&self, language: &'static str) -> Self {
        Self { language, ..self.clone() }
    }

    pub(crate) fn without_csrf(&self) -> Self {
        Self { csrf: String::new(), ..self.clone() }
    }

    /// The same with one more header.
    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name, value.to_owned()));
        other
    }

    /// Sends a request and returns status and body.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let response = self.request(method, &format!("/admin/v1{path}"), body).send().await.unwrap();
        let status = response.status();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    /// A request of any path.
    pub(crate) fn request(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let mut request = self.server.client.request(method, self.server.url(path));
        if let Some((cookie, _)) = self.cookie_header.split_once(';') {
            request = request.header("Cookie", cookie);
        }
        if !self.csrf.is_empty() {
            request = request.header("X-CSRF-Token", &self.csrf);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request = request.header("Accept-Language", self.language);
        if let Some(body) = body { request.json(body) } else { request }
    }

    /// Logs in or accepts an invitation.
    pub(crate) async fn enter(&self, path: &str, body: &Value) -> Self {
        let response = self.request(Method::POST, &format!("/admin/v1{path}"), Some(body)).send().await.unwrap();
        let cookie_header = response.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
        let (status, me): (_, Value) = (response.status(), response.json().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{me}");
        let csrf = me["csrf_token"].as_str().unwrap().to_owned();
        Self { cookie_header: cookie_header.expect("a cookie"), csrf, ..self.clone() }
    }
}
