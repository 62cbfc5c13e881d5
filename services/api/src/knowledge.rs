//! `/v1/knowledge`: the documents that an app answers from.

use std::collections::HashMap;

use ::knowledge::document::{Format, Limits};
use ::knowledge::import::{Failure, Outcome};
use ::knowledge::{Import, Query};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use paigong_core::{AppId, ErrorCode, Language, TenantId, chain};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::keys::Caller;
use store::passages::{self, Document, Source};
use store::{TenantTx, audit};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::queried;
use crate::conversations::begin;
use crate::problem::language;
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
    /// Why it failed and what to change, in the language of the request.
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
    outcome: &'static str,
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
    #[schema(example = "handbook")]
    source: String,
    title: String,
    heading: String,
    path: String,
    text: String,
    /// How likely it answers the question, 0 to 1.
    confidence: f32,
}

impl SourceView {
    pub(crate) fn new(source: Source, documents: Vec<Document>, language: Language) -> Self {
        let view = |document: Document| DocumentView {
            error: if language == Language::Zh { document.error_zh.or(document.error) } else { document.error },
            path: document.path,
            title: document.title,
            language: document.language,
            bytes: document.bytes,
            passages: document.passages,
            state: document.state,
            imported_at: document.imported_at,
        };
        let Source { name, requires, tags, .. } = source;
        Self { name, requires, tags, documents: documents.into_iter().map(view).collect() }
    }
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
    let mut tx = begin(&http, &shared, &caller).await?;
    Ok(HttpResponse::Ok().json(sources(&http, &mut tx, caller.0.app).await?))
}

/// Every source of an app, with its documents.
pub(crate) async fn sources(http: &HttpRequest, tx: &mut TenantTx, app: AppId) -> Result<SourceList, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let mut data = Vec::new();
    for source in passages::sources(tx, app).await.map_err(failed)? {
        let documents = passages::documents(tx, source.id).await.map_err(failed)?;
        data.push(SourceView::new(source, documents, language(http)));
    }
    Ok(SourceList { data })
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
    let place = place.into_inner();
    let imported = import(&http, &shared, (caller.0.tenant, caller.0.app), &place, body).await?;
    let tx = begin(&http, &shared, &caller).await?;
    record(&http, tx, &actor(&caller, ""), "knowledge.put", &place, &json!(imported)).await?;
    Ok(HttpResponse::Ok().json(imported))
}

/// Imports the document that a request brings as its body to (source, path).
pub(crate) async fn import(
    http: &HttpRequest,
    shared: &Shared,
    (tenant, app): (TenantId, AppId),
    (source, path): &(String, String),
    body: web::Payload,
) -> Result<Imported, Problem> {
    check_source(http, source)?;
    check_path(http, path)?;
    let bytes = read(http, body).await?;
    let import = Import {
        store: &shared.store,
        encoder: &shared.agent.encoder(),
        tenant,
        app,
        source,
        requires: None,
        tags: &[],
        limits: Limits { bytes: limits::DOCUMENT, ..Limits::default() },
        prune: false,
        dry_run: false,
    };
    match import.put(path, bytes).await {
        Ok(Outcome::Imported(passages)) => Ok(Imported { outcome: "imported", passages: Some(passages) }),
        Ok(Outcome::Unchanged | Outcome::Removed) => Ok(Imported { outcome: "unchanged", passages: None }),
        Ok(Outcome::Failed(error)) => {
            Err(Problem::explained(http, ErrorCode::InvalidRequest, &error.zh(), &error.to_string()))
        }
        Err(Failure::Store(error)) => Err(Problem::of_store(http, &error)),
        Err(error) => {
            tracing::error!(error = chain(&error), "a document can't be imported");
            Err(Problem::explained(http, ErrorCode::Internal, "文档无法导入", "the document can't be imported"))
        }
    }
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
    let tx = begin(&http, &shared, &caller).await?;
    delete_document(&http, tx, caller.0.app, &actor(&caller, ""), &place).await
}

/// Removes the document at (source, path).
pub(crate) async fn delete_document(
    http: &HttpRequest,
    mut tx: TenantTx,
    app: AppId,
    actor: &str,
    place: &(String, String),
) -> Result<HttpResponse, Problem> {
    let document = document(http, &mut tx, app, place).await?.id;
    let deleted = passages::delete_documents(&mut tx, app, &[document]).await;
    deleted.map_err(|error| Problem::of_store(http, &error))?;
    record(http, tx, actor, "knowledge.deleted", place, &json!({})).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The source of this name; 404.
pub(crate) async fn source(http: &HttpRequest, tx: &mut TenantTx, app: AppId, name: &str) -> Result<Source, Problem> {
    let found = passages::find_source(tx, app, name).await.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个来源", "no such source"))
}

/// The document at (source, path); 404.
pub(crate) async fn document(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    (name, path): &(String, String),
) -> Result<Document, Problem> {
    let source = source(http, tx, app, name).await?;
    let documents = passages::documents(tx, source.id).await.map_err(|error| Problem::of_store(http, &error))?;
    let found = documents.into_iter().find(|document| document.path == *path);
    found.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个文档", "no such document"))
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
    Ok(HttpResponse::Ok().json(find(&http, &shared, &caller.0, &query).await?))
}

/// What an answer would be looked for in, whoever asks.
pub(crate) async fn find(
    http: &HttpRequest,
    shared: &Shared,
    caller: &Caller,
    query: &SearchQuery,
) -> Result<SearchResult, Problem> {
    let text = query.q.trim();
    if text.is_empty() || text.chars().count() > limits::QUERY || text.contains('\0') {
        let zh = format!("q 须有 1 至 {} 个字符", limits::QUERY);
        let en = format!("q must have 1 to {} characters", limits::QUERY);
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en));
    }
    let mut tx = shared.store.begin(caller.tenant).await.map_err(|error| Problem::of_store(http, &error))?;
    let sources = passages::sources(&mut tx, caller.app).await.map_err(|error| Problem::of_store(http, &error))?;
    drop(tx);
    let is_wanted = |source: &Source| query.source.as_ref().is_none_or(|name| *name == source.name);
    let names: HashMap<_, _> = sources.into_iter().filter(is_wanted).map(|source| (source.id, source.name)).collect();
    let agent = &shared.agent;
    let failed = |error: agent::Error| Problem::of_turn(http, &error);
    let (index, vector) = agent.look_up(caller, text).await.map_err(failed)?;
    let limit = query.limit.unwrap_or(5).clamp(1, 20);
    let sources: Vec<_> = names.keys().copied().collect();
    let found = index.search(&Query { text, vector: &vector, sources: &sources, limit });
    let hits = found.hits.into_iter().map(|hit| HitView {
        id: hit.passage,
        source: names.get(&hit.source).cloned().unwrap_or_default(),
        title: hit.title,
        heading: hit.heading,
        path: hit.path,
        text: hit.text,
        confidence: hit.confidence,
    });
    Ok(SearchResult { answerable: found.answerable, data: hits.collect() })
}

/// Whether a source may have this name.
pub(crate) fn check_source(http: &HttpRequest, name: &str) -> Result<(), Problem> {
    let is_name = (1..=40).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c));
    if is_name {
        return Ok(());
    }
    let zh = "来源名称须为 1 至 40 个小写字母、数字、_ . 或 -";
    let en = "a source's name has 1 to 40 lower case letters, digits, _ . and -";
    Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en))
}

/// Whether a document may have this path.
fn check_path(http: &HttpRequest, path: &str) -> Result<(), Problem> {
    let refused = |zh: &str, en: &str| Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    let is_path = path.chars().count() <= limits::PATH && !path.chars().any(char::is_control);
    if !is_path || path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        let zh = format!("文档路径不合规；最多 {} 个字符，不含 .. 与控制字符", limits::PATH);
        let en = format!("the path is not one of a document; at most {} characters", limits::PATH);
        return refused(&zh, &en);
    }
    match Format::of(path) {
        Some(_) => Ok(()),
        None => refused(
            "路径须以 .md、.html、.txt、.csv 或 .pdf 结尾",
            "the path must end in .md, .html, .txt, .csv or .pdf",
        ),
    }
}

async fn read(http: &HttpRequest, mut body: web::Payload) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| Problem::invalid(http, error.to_string()))?;
        if bytes.len() + chunk.len() > limits::DOCUMENT {
            let zh = format!("文档超过 {} 字节", limits::DOCUMENT);
            let en = format!("the document is larger than {} bytes", limits::DOCUMENT);
            return Err(Problem::explained(http, ErrorCode::TooLarge, &zh, &en));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Writes what `actor` did to (source, path) into the audit log, and makes it durable.
pub(crate) async fn record(
    http: &HttpRequest,
    mut tx: TenantTx,
    actor: &str,
    action: &str,
    (source, path): &(String, String),
    outcome: &serde_json::Value,
) -> Result<(), Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let detail = json!({"source": source, "path": path, "outcome": outcome});
    audit::record(&mut tx, actor, action, path, &detail).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/knowledge", web::get().to(list))
        .route("/v1/knowledge/search", web::get().to(search))
        .route("/v1/knowledge/{source}/{path:.+}", web::put().to(put))
        .route("/v1/knowledge/{source}/{path:.+}", web::delete().to(delete));
}
