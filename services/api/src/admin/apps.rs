//! `…/apps`: the assistants of a tenant.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::{ErrorCode, Language};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::apps;
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{Administer, May, View};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{begin, commit, parsed, text};
use crate::{Problem, Shared};

/// An app.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppView {
    id: Uuid,
    #[schema(example = "demo")]
    name: String,
    /// The language of an answer when the message does not show one.
    #[schema(value_type = String, example = "zh")]
    language: Language,
}

/// Every app, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppList {
    data: Vec<AppView>,
}

/// A new app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApp {
    #[schema(example = "helpdesk")]
    name: String,
    /// zh or en: the language of an answer when the message does not show one.
    #[schema(value_type = String, example = "zh")]
    language: Language,
}

impl From<apps::App> for AppView {
    fn from(app: apps::App) -> Self {
        Self { id: app.id.0, name: app.name, language: app.language }
    }
}

/// Lists the apps.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps", tag = "apps", params(("tenant" = Uuid, Path)),
    responses((status = 200, description = "Every app, by name", body = AppList), OfMember), security(("session" = ["viewer"])))]
pub(crate) async fn list_apps(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let found = apps::list(&mut tx).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(AppList { data: found.into_iter().map(AppView::from).collect() }))
}

/// Creates an app.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps", tag = "apps", params(("tenant" = Uuid, Path)),
    request_body = NewApp,
    responses(
        (status = 201, description = "Created", body = AppView),
        (status = 409, description = "There is an app of that name", body = Problem, content_type = "application/problem+json"),
        OfMemberWithBody,
    ),
    security(("session" = ["owner"])))]
pub(crate) async fn create_app(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let new: NewApp = parsed(&http, body)?;
    let name = text(&http, "name", &new.name, 200)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    if apps::find(&mut tx, &name).await.map_err(failed)?.is_some() {
        let (zh, en) = ("已有同名应用", "there is an app of that name");
        return Err(Problem::explained(&http, ErrorCode::Conflict, zh, en));
    }
    let app = apps::create(&mut tx, &name, new.language).await.map_err(failed)?;
    commit(&http, tx, &may, ("app.created", &app.id.to_string()), json!({"name": name})).await?;
    Ok(HttpResponse::Created().json(AppView::from(app)))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/v1/tenants/{tenant}/apps")
            .route(web::get().to(list_apps))
            .route(web::post().to(create_app)),
    );
}
