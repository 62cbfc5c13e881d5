//! `/v1/knowledge`: the documents that an app answers from.

use ::knowledge::document::{Format, Limits};
use ::knowledge::import::{Failure, Outcome};
use ::knowledge::{Import, Query};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use paigong_core::{ErrorCode, chain};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::passages::{self, Source};
use store::{TenantTx, audit};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::queried;
use crate::conversations::begin;
use crate::runs::actor;
use crate::{Problem, Shared, limits};

/// A set of documents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceView {
    #[schema(example = "handbook")]
    name: String,
    /// CEL on `context`: who may read it; null = everybody.
    requires: Option<String>,
    tags: Vec<String>,
    documents: Vec<DocumentView>,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentView {
    #[schema(example = "zh/travel.md")]
    path: String,
    #[schema(example = "差旅制度")]
    title: String,
    language: String,
    bytes: i64,
    passages: i64,
    /// ready, or failed: the last import failed, and what was there before is still searched.
    state: String,
    error: Option<String>,
    imported_at: DateTime<Utc>,
}

/// All sources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceList {
    data: Vec<SourceView>,
}

/// What became of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Imported {
    /// imported, or unchanged: it was there already from the same content.
    outcome: String,
    /// Passages of a document that was imported.
    passages: Option<usize>,
}

/// A question.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// As it would be asked.
    #[param(example = "出差住宿标准是多少")]
    q: String,
    /// Only this source.
    source: Option<String>,
    /// 1 to 20, default 5.
    limit: Option<usize>,
}

/// What is found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchResult {
    /// Whether one of the first hits counts as an answer.
    answerable: bool,
    /// The best first.
    data: Vec<HitView>,
}

/// A passage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitView {
    id: uuid::Uuid,
    title: String,
    heading: String,
    path: String,
    text: String,
    /// How likely it answers the question, 0 to 1.
    confidence: f32,
}

/// Lists sources and their documents.
#[utoipa::path(get, path = "/v1/knowledge", tag = "knowledge",
    responses(
        (status = 200, description = "Every source", body = SourceList),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["knowledge"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Knowledge>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &caller).await?;
    let mut data = Vec::new();
    for Source { id, name, requires, tags } in passages::sources(&mut tx, caller.0.app).await.map_err(failed)? {
        let documents = passages::documents(&mut tx, id).await.map_err(failed)?;
        let documents = documents.into_iter().map(|document| DocumentView {
            path: document.path,
            title: document.title,
            language: document.language,
            bytes: document.bytes,
            passages: document.passages,
            state: document.state,
            error: document.error,
            imported_at: document.imported_at,
        });
        data.push(SourceView { name, requires, tags, documents: documents.collect() });
    }
    Ok(HttpResponse::Ok().json(SourceList { data }))
}

/// Imports a document: Markdown, HTML, text, PDF or CSV of questions, by the end of its path. One that is there is
/// replaced; it is searched from the next request on.
#[utoipa::path(put, path = "/v1/knowledge/{source}/{path}", tag = "knowledge",
    params(("source" = String, Path, example = "handbook"), ("path" = String, Path, example = "travel.md")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "It is there", body = Imported),
        (status = 400, description = "It can't be read: the detail says what to change", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "It is too large", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["knowledge"])))]
pub(crate) async fn put(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Knowledge>,
    place: web::Path<(String, String)>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (source, path) = place.into_inner();
    check(&http, &source, &path)?;
    let bytes = read(&http, body).await?;
    let import = Import {
        store: &shared.store,
        encoder: shared.agent.encoder(),
        tenant: caller.0.tenant,
        app: caller.0.app,
        source: &source,
        requires: None,
        tags: &[],
        limits: Limits { bytes: limits::DOCUMENT, ..Limits::default() },
        prune: false,
        dry_run: false,
    };
    let imported = match import.put(&path, bytes).await {
        Ok(Outcome::Imported(passages)) => Imported { outcome: "imported".to_owned(), passages: Some(passages) },
        Ok(Outcome::Unchanged | Outcome::Removed) => Imported { outcome: "unchanged".to_owned(), passages: None },
        Ok(Outcome::Failed(error)) => return Err(Problem::invalid(&http, chain(&error))),
        Err(Failure::Store(error)) => return Err(Problem::of_store(&http, &error)),
        Err(error) => {
            tracing::error!(error = chain(&error), "a document can't be imported");
            return Err(Problem::new(&http, ErrorCode::Internal, "the document can't be imported".to_owned()));
        }
    };
    let detail = json!({"source": source, "path": path, "outcome": imported.outcome, "passages": imported.passages});
    record(&http, begin(&http, &shared, &caller).await?, &caller, "knowledge.put", &detail).await?;
    Ok(HttpResponse::Ok().json(imported))
}

/// Removes a document.
#[utoipa::path(delete, path = "/v1/knowledge/{source}/{path}", tag = "knowledge",
    params(("source" = String, Path, example = "handbook"), ("path" = String, Path, example = "travel.md")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["knowledge"])))]
pub(crate) async fn delete(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Knowledge>,
    place: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (source, path) = place.into_inner();
    check(&http, &source, &path)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let missing = || Problem::new(&http, ErrorCode::NotFound, "no such document".to_owned());
    let mut tx = begin(&http, &shared, &caller).await?;
    let found = passages::find_source(&mut tx, caller.0.app, &source).await.map_err(failed)?.ok_or_else(missing)?;
    let documents = passages::documents(&mut tx, found.id).await.map_err(failed)?;
    let document = documents.into_iter().find(|document| document.path == path).ok_or_else(missing)?;
    passages::delete_documents(&mut tx, caller.0.app, &[document.id]).await.map_err(failed)?;
    record(&http, tx, &caller, "knowledge.deleted", &json!({"source": source, "path": path})).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Searches as an answer would be looked for, in every source whatever it requires.
#[utoipa::path(get, path = "/v1/knowledge/search", tag = "knowledge", params(SearchQuery),
    responses(
        (status = 200, description = "The best passages", body = SearchResult),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The model is busy", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["knowledge"])))]
pub(crate) async fn search(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Knowledge>,
    query: Result<web::Query<SearchQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let text = query.q.trim();
    if text.is_empty() || text.chars().count() > limits::QUERY || text.contains('\0') {
        return Err(Problem::invalid(&http, format!("q must have 1 to {} characters", limits::QUERY)));
    }
    let mut tx = begin(&http, &shared, &caller).await?;
    let sources = passages::sources(&mut tx, caller.0.app).await.map_err(|error| Problem::of_store(&http, &error))?;
    let is_wanted = |source: &Source| query.source.as_ref().is_none_or(|name| *name == source.name);
    let sources: Vec<_> = sources.into_iter().filter(is_wanted).map(|source| source.id).collect();
    let agent = &shared.agent;
    let failed = |error: agent::Error| Problem::of_turn(&http, &error);
    let index = agent.documents(&caller.0).await.map_err(failed)?;
    let vector = agent.embed(text).await.map_err(failed)?;
    let limit = query.limit.unwrap_or(5).clamp(1, 20);
    let found = index.search(&Query { text, vector: &vector, sources: &sources, limit });
    let hits = found.hits.into_iter().map(|hit| HitView {
        id: hit.passage,
        title: hit.title,
        heading: hit.heading,
        path: hit.path,
        text: hit.text,
        confidence: hit.confidence,
    });
    Ok(HttpResponse::Ok().json(SearchResult { answerable: found.answerable, data: hits.collect() }))
}

fn check(http: &HttpRequest, source: &str, path: &str) -> Result<(), Problem> {
    let is_name = (1..=40).contains(&source.len())
        && source.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c));
    if !is_name {
        let detail = "a source's name has 1 to 40 lower case letters, digits, _ . and -".to_owned();
        return Err(Problem::invalid(http, detail));
    }
    let is_path = path.chars().count() <= limits::PATH && !path.chars().any(char::is_control);
    if !is_path || path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        return Err(Problem::invalid(
            http,
            format!("the path is not one of a document; at most {} characters", limits::PATH),
        ));
    }
    match Format::of(path) {
        Some(_) => Ok(()),
        None => Err(Problem::invalid(http, "the path must end in .md, .html, .txt, .csv or .pdf".to_owned())),
    }
}

async fn read(http: &HttpRequest, mut body: web::Payload) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| Problem::invalid(http, error.to_string()))?;
        if bytes.len() + chunk.len() > limits::DOCUMENT {
            let detail = format!("the document is larger than {} bytes", limits::DOCUMENT);
            return Err(Problem::new(http, ErrorCode::TooLarge, detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn record(
    http: &HttpRequest,
    mut tx: TenantTx,
    caller: &Authenticated<scope::Knowledge>,
    action: &str,
    detail: &serde_json::Value,
) -> Result<(), Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let target = detail["path"].as_str().unwrap_or_default();
    audit::record(&mut tx, &actor(caller, ""), action, target, detail).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/knowledge", web::get().to(list))
        .route("/v1/knowledge/search", web::get().to(search))
        .route("/v1/knowledge/{source}/{path:.+}", web::put().to(put))
        .route("/v1/knowledge/{source}/{path:.+}", web::delete().to(delete));
}
