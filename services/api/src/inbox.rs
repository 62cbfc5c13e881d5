//! `/v1/inbox`: what people are to do: conversations that were handed over, and runs that wait for a person.
//! `admin::inbox` is the same for people, with what is here.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use dispatch::review;
use paigong_core::{AppId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, audit, inbox};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::{from_json, queried, read_body};
use crate::conversations::{begin, page};
use crate::runs::actor;
use crate::{Problem, Shared, limits};

/// One thing to do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    id: uuid::Uuid,
    conversation_id: uuid::Uuid,
    /// The run that waits for it.
    run_id: Option<uuid::Uuid>,
    /// Whose work it is: `handoff`, or what the skill names.
    queue: String,
    /// In words, in the language of the conversation.
    summary: String,
    /// Skill, slots, last messages.
    #[schema(value_type = Object)]
    detail: Value,
    /// open, taken, done or rejected.
    state: String,
    assignee: Option<String>,
    note: Option<String>,
    created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

/// A page of the inbox, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InboxPage {
    data: Vec<ItemView>,
    has_more: bool,
    limit: u32,
}

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxQuery {
    /// Only this queue.
    queue: Option<String>,
    /// `true`: those that are done or rejected, too.
    #[serde(default)]
    closed: bool,
    /// Items after this one.
    last_id: Option<uuid::Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// What becomes of an item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemUpdate {
    /// `taken`, `done` or `rejected`; the last two end the run that waits for it.
    #[schema(example = "taken")]
    pub state: String,
    /// Who does it; of a person who is logged in, always that person.
    #[serde(default)]
    pub by: String,
    /// What there is to say about it; of a rejection it is the reason.
    #[serde(default)]
    pub note: String,
    /// With `done`: what came of the run, as the skill's reply needs it; an object or an array of objects.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub result: Value,
}

impl From<inbox::Item> for ItemView {
    fn from(item: inbox::Item) -> Self {
        Self {
            id: item.id,
            conversation_id: item.conversation.0,
            run_id: item.run.map(|run| run.0),
            queue: item.queue,
            summary: item.summary,
            detail: item.detail,
            state: item.state,
            assignee: item.assignee,
            note: item.note,
            created_at: item.created_at,
            closed_at: item.closed_at,
        }
    }
}

/// Lists what is to be done.
#[utoipa::path(get, path = "/v1/inbox", tag = "inbox", params(InboxQuery),
    responses(
        (status = 200, description = "A page, oldest first", body = InboxPage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    query: Result<web::Query<InboxQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    listed(&http, &mut tx, caller.0.app, &query).await
}

/// Takes an item, or closes it.
#[utoipa::path(post, path = "/v1/inbox/{id}", tag = "inbox", params(("id" = uuid::Uuid, Path)), request_body = ItemUpdate,
    responses(
        (status = 200, description = "The item as it is now; a conversation that waits is told", body = ItemView),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such item", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is closed already", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn update(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    id: web::Path<uuid::Uuid>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let update: ItemUpdate = from_json(&http, &read_body(&http, body)?)?;
    let actor = actor(&caller, &update.by);
    let tx = begin(&http, &shared, &caller).await?;
    updated(&http, tx, caller.0.app, *id, update, &actor).await
}

/// A page of what is to be done in an app.
pub(crate) async fn listed(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    query: &InboxQuery,
) -> Result<HttpResponse, Problem> {
    let queue = query.queue.as_deref();
    if queue.is_some_and(|queue| queue.chars().count() > limits::USER || queue.contains('\0')) {
        let detail = format!("queue may have {} characters, none of them U+0000", limits::USER);
        return Err(Problem::invalid(http, detail));
    }
    let limit = page(query.limit);
    let found = inbox::list(tx, app, queue, !query.closed, query.last_id, limit + 1).await;
    let mut data: Vec<_> =
        found.map_err(|error| Problem::of_store(http, &error))?.into_iter().map(ItemView::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(HttpResponse::Ok().json(InboxPage { data, has_more, limit }))
}

/// Moves an item on; whoever it names did it, and `actor` says so.
pub(crate) async fn updated(
    http: &HttpRequest,
    mut tx: TenantTx,
    app: AppId,
    id: uuid::Uuid,
    update: ItemUpdate,
    actor: &str,
) -> Result<HttpResponse, Problem> {
    if !["taken", "done", "rejected"].contains(&update.state.as_str()) {
        let detail = format!("state {:?} is not one of taken, done, rejected", update.state);
        return Err(Problem::invalid(http, detail));
    }
    let is_too_long = update.note.chars().count() > limits::QUERY || update.by.chars().count() > limits::USER;
    if is_too_long || update.note.contains('\0') || update.by.contains('\0') {
        let detail = format!("note may have {} characters, by {}", limits::QUERY, limits::USER);
        return Err(Problem::invalid(http, detail));
    }
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let missing = || Problem::explained(http, ErrorCode::NotFound, "没有这个事项", "no such item");
    let item = inbox::lock(&mut tx, app, id).await.map_err(failed)?.ok_or_else(missing)?;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (by, note) = (text(&update.by), text(&update.note));
    if !inbox::update(&mut tx, id, &update.state, by.as_deref(), note.as_deref()).await.map_err(failed)? {
        let detail = format!("it is {} already", item.state);
        return Err(Problem::new(http, ErrorCode::Conflict, detail));
    }
    if let Some(run) = item.run.filter(|_| update.state != "taken") {
        let report = if update.state == "done" { Ok(review::rows_of(update.result)) } else { Err(update.note.clone()) };
        review::report(&mut tx, run, report).await.map_err(|error| Problem::of_dispatch(http, &error))?;
    }
    let detail = json!({"state": update.state, "note": update.note});
    audit::record(&mut tx, actor, "inbox.updated", &id.to_string(), &detail).await.map_err(failed)?;
    let item = inbox::lock(&mut tx, app, id).await.map_err(failed)?.ok_or_else(missing)?;
    tx.commit().await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(ItemView::from(item)))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/v1/inbox", web::get().to(list)).route("/v1/inbox/{id}", web::post().to(update));
}
