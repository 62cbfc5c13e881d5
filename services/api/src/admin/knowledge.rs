//! `…/knowledge`: the documents that an app answers from, kept by people. The same as `/v1/knowledge`, and who may read a source.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skills::expression::Expression;
use store::passages::{self, Part};
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{Edit, May, View};
use super::refusals::{OfMember, OfMemberWithBody};
use super::skills::caller;
use super::{app, begin, commit, parsed, text};
use crate::chat::queried;
use crate::knowledge::{self, Imported, SearchQuery, SearchResult, SourceList, SourceView};
use crate::problem::language;
use crate::{Problem, Shared, limits};

/// Passages of a document that are shown at most.
const PASSAGES: i64 = 500;
/// Tags of a source at most.
const TAGS: usize = 20;
/// Characters of a condition.
const CONDITION: usize = 1_000;

/// Who may read a source, and its marks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSource {
    /// CEL on `context`: who may read it; null = everybody.
    #[schema(example = "context.role == \"hr\"")]
    requires: Option<String>,
    #[serde(default)]
    #[schema(example = json!(["2026"]))]
    tags: Vec<String>,
}

/// A passage of a document.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassageView {
    id: Uuid,
    /// Title and headings that it is under.
    #[schema(example = "差旅制度 > 住宿")]
    heading: String,
    /// The question that it answers, in a file of questions.
    question: Option<String>,
    text: String,
}

/// A document's passages.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassageList {
    /// In their order, the first 500.
    data: Vec<PassageView>,
}

impl From<Part> for PassageView {
    fn from(Part { id, heading, question, text }: Part) -> Self {
        Self { id, heading, question, text }
    }
}

/// Lists sources and their documents.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path)),
    responses((status = 200, description = "Every source", body = SourceList), OfMember), security(("session" = ["viewer"])))]
pub(crate) async fn list_sources(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    Ok(HttpResponse::Ok().json(knowledge::sources(&http, &mut tx, app).await?))
}

/// Searches as an answer would be looked for, in every source whatever it requires.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/search", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), SearchQuery),
    responses((status = 200, description = "The best passages", body = SearchResult), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn search_knowledge(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<SearchQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    drop(tx);
    let caller = caller(&http, &shared, &may, &app).await?;
    Ok(HttpResponse::Ok().json(knowledge::find(&http, &shared, &caller, &query).await?))
}

/// Says who may read a source and how it is marked; makes one if there is none of this name.
#[utoipa::path(put, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/{source}", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("source" = String, Path, example = "handbook")),
    request_body = NewSource,
    responses((status = 200, description = "It is there", body = SourceView), OfMemberWithBody),
    security(("session" = ["editor"])))]
pub(crate) async fn put_source(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let new: NewSource = parsed(&http, body)?;
    let name = part(&http, "source");
    knowledge::check_source(&http, &name)?;
    let requires = new.requires.map(|condition| text(&http, "requires", &condition, CONDITION)).transpose()?;
    if let Some(Err(error)) = requires.as_deref().map(Expression::compile) {
        let (zh, en) = (format!("requires 不是有效的条件：{error}"), format!("requires is no condition: {error}"));
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, &zh, &en));
    }
    if new.tags.len() > TAGS {
        let (zh, en) = (format!("tags 最多 {TAGS} 个"), format!("tags may have {TAGS} entries at most"));
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, &zh, &en));
    }
    let tags = new.tags.iter().map(|tag| text(&http, "tags", tag, limits::USER)).collect::<Result<Vec<_>, _>>()?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let source = passages::put_source(&mut tx, app, &name, requires.as_deref(), &tags).await.map_err(failed)?;
    let documents = passages::documents(&mut tx, source.id).await.map_err(failed)?;
    let detail = json!({"app": app, "requires": requires, "tags": tags});
    commit(&http, tx, &may, ("knowledge.source", &name), detail).await?;
    Ok(HttpResponse::Ok().json(SourceView::new(source, documents, language(&http))))
}

/// Forgets a source with all its documents.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/{source}", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("source" = String, Path)),
    responses((status = 204, description = "It is gone"), OfMember), security(("session" = ["editor"])))]
pub(crate) async fn delete_source(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
) -> Result<HttpResponse, Problem> {
    let name = part(&http, "source");
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    knowledge::source(&http, &mut tx, app, &name).await?;
    passages::delete_source(&mut tx, app, &name).await.map_err(|error| Problem::of_store(&http, &error))?;
    commit(&http, tx, &may, ("knowledge.source_deleted", &name), json!({"app": app})).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Imports a document: Markdown, HTML, text, PDF or CSV of questions, by the end of its path. One that is there is replaced; it is
/// searched from the next request on.
#[utoipa::path(put, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/{source}/{path}", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("source" = String, Path, example = "handbook"),
           ("path" = String, Path, example = "travel.md")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, description = "It is there", body = Imported), OfMemberWithBody),
    security(("session" = ["editor"])))]
pub(crate) async fn put_document(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let place = (part(&http, "source"), part(&http, "path"));
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    drop(tx);
    let imported = knowledge::import(&http, &shared, (may.tenant, app), &place, body).await?;
    let tx = begin(&http, &shared, &may).await?;
    knowledge::record(&http, tx, &may.actor(), "knowledge.put", &place, &json!(imported)).await?;
    Ok(HttpResponse::Ok().json(imported))
}

/// Removes a document.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/{source}/{path}", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("source" = String, Path), ("path" = String, Path)),
    responses((status = 204, description = "It is gone"), OfMember), security(("session" = ["editor"])))]
pub(crate) async fn delete_document(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
) -> Result<HttpResponse, Problem> {
    let place = (part(&http, "source"), part(&http, "path"));
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    knowledge::delete_document(&http, tx, app, &may.actor(), &place).await
}

/// Shows the passages of a document.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge/{source}/{path}/passages", tag = "knowledge",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("source" = String, Path), ("path" = String, Path)),
    responses((status = 200, description = "In their order", body = PassageList), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_passages(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let place = (part(&http, "source"), part(&http, "path"));
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let document = knowledge::document(&http, &mut tx, app, &place).await?;
    let parts = passages::parts(&mut tx, document.id, PASSAGES).await;
    let parts = parts.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(PassageList { data: parts.into_iter().map(PassageView::from).collect() }))
}

/// A part of the path, as it is meant.
fn part(http: &HttpRequest, name: &str) -> String {
    http.match_info().query(name).to_owned()
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/knowledge";
    let document = format!("{BASE}/{{source}}/{{path:.+}}");
    config
        .route(BASE, web::get().to(list_sources))
        .route(&format!("{BASE}/search"), web::get().to(search_knowledge))
        .route(&format!("{BASE}/{{source}}"), web::put().to(put_source))
        .route(&format!("{BASE}/{{source}}"), web::delete().to(delete_source))
        .route(&format!("{document}/passages"), web::get().to(list_passages))
        .route(&document, web::put().to(put_document))
        .route(&document, web::delete().to(delete_document));
}
