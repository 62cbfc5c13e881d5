//! `/admin/v1/…`: what people do, in the console or with a script. Everything here is done by a person who is logged in (`person`
//! finds out who, and whether their role allows it); what an app key may do is under `/v1/…`.

mod analytics;
mod apps;
mod audit;
mod conversations;
mod inbox;
mod keys;
mod knowledge;
mod members;
mod models;
mod person;
pub(crate) mod refusals;
mod review;
mod runs;
mod sessions;
mod skills;
mod suggestions;
mod users;

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use paigong_core::{AppId, ErrorCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::TenantTx;
use store::apps::App;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::chat::{from_json, read_body};
use crate::{Problem, Shared};
use person::Signed;
pub(crate) use {
    analytics::*, apps::*, audit::*, conversations::*, inbox::*, keys::*, knowledge::*, members::*, models::*,
    review::*, runs::*, sessions::*, skills::*, suggestions::*, users::*,
};

/// What the admin API is set up with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether browsers reach this server by HTTPS: then the session's cookie is sent by HTTPS only.
    pub secure_cookies: bool,
    /// Passwords that are hashed at once; each takes 19 MiB and a core.
    pub hashing: Arc<Semaphore>,
    /// The folder of models.
    pub models: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self { secure_cookies: false, hashing: Arc::new(Semaphore::new(2)), models: "models".into() }
    }
}

/// A body of the documented form. The content type is asked for because a page of somebody else's can't send it.
fn parsed<T: DeserializeOwned>(http: &HttpRequest, body: Result<web::Bytes, actix_web::Error>) -> Result<T, Problem> {
    let content_type = http.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::explained(
            http,
            ErrorCode::InvalidRequest,
            "请以 Content-Type: application/json 发送请求体",
            "send the body as Content-Type: application/json",
        ));
    }
    from_json(http, &read_body(http, body)?)
}

/// The id in the path called `name`; what is no id is not found.
fn id(http: &HttpRequest, name: &str) -> Result<Uuid, Problem> {
    let id = http.match_info().get(name).and_then(|text| text.parse().ok());
    id.ok_or_else(|| Problem::new(http, ErrorCode::NotFound, None))
}

/// A text for people: trimmed, neither empty nor longer than `most` characters, without control characters.
fn text(http: &HttpRequest, name: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        let zh = format!("{name} 须为 1 至 {most} 个字符，且不含控制字符");
        let en = format!("{name} must have 1 to {most} characters and no control characters");
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en));
    }
    Ok(text.to_owned())
}

/// A text to look for: none where it is empty, at most `most` characters, without control characters.
fn sought(http: &HttpRequest, name: &str, sought: Option<String>, most: usize) -> Result<Option<String>, Problem> {
    sought.filter(|sought| !sought.trim().is_empty()).map(|sought| text(http, name, &sought, most)).transpose()
}

/// A transaction of the tenant in the path, whose member the caller is.
async fn begin(http: &HttpRequest, shared: &Shared, signed: &Signed) -> Result<TenantTx, Problem> {
    shared.store.begin(signed.tenant).await.map_err(|error| Problem::of_store(http, &error))
}

/// The app in the path.
async fn app(http: &HttpRequest, tx: &mut TenantTx) -> Result<App, Problem> {
    let app = store::apps::get(tx, AppId(id(http, "app")?)).await.map_err(|error| Problem::of_store(http, &error))?;
    app.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个应用", "no such app"))
}

/// Writes what was done into the audit log and makes it durable, both in the transaction of the change.
async fn commit(
    http: &HttpRequest,
    mut tx: TenantTx,
    signed: &Signed,
    (action, target): (&str, &str),
    detail: Value,
) -> Result<(), Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    store::audit::record(&mut tx, &signed.actor(), action, target, &detail).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(sessions::configure)
        .configure(members::configure)
        .configure(apps::configure)
        .configure(keys::configure)
        .configure(audit::configure)
        .configure(skills::configure)
        .configure(conversations::configure)
        .configure(users::configure)
        .configure(runs::configure)
        .configure(inbox::configure)
        .configure(analytics::configure)
        .configure(review::configure)
        .configure(suggestions::configure)
        .configure(knowledge::configure)
        .configure(models::configure);
}
