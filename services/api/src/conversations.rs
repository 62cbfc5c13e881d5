//! `GET /v1/conversations`, `/v1/conversations/{id}` and `/v1/conversations/{id}/messages`.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use agent::Answer;
use chrono::{DateTime, Utc};
use paigong_core::{ConversationId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{TenantTx, conversations, turns};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::queried;
use crate::speaker::{SignatureHeader, Speaker};
use crate::{Problem, Shared, limits, widget};

/// Whose conversations, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The end user.
    #[param(min_length = 1, max_length = 200, example = "E1001")]
    user: String,
    /// The last id of the page before.
    last_id: Option<uuid::Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// Whose conversation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// The end user.
    #[param(min_length = 1, max_length = 200, example = "E1001")]
    user: String,
}

/// Whose messages, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagesQuery {
    /// The end user.
    #[param(min_length = 1, max_length = 200, example = "E1001")]
    user: String,
    /// Messages after this number.
    after: Option<i32>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationView {
    id: uuid::Uuid,
    user: String,
    language: String,
    /// Grows by one with every message.
    version: i64,
    /// Requests under way with their slots, the current one last.
    #[schema(value_type = Object)]
    state: Value,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A page of conversations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    data: Vec<ConversationView>,
    has_more: bool,
    limit: u32,
}

/// A message and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// The number in the conversation, from 1.
    number: i32,
    query: String,
    /// The whole answer, as it was given.
    #[schema(value_type = Answer)]
    response: Value,
    created_at: DateTime<Utc>,
}

/// A page of messages, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessagePage {
    data: Vec<MessageView>,
    has_more: bool,
    limit: u32,
}

impl From<conversations::Conversation> for ConversationView {
    fn from(conversation: conversations::Conversation) -> Self {
        Self {
            id: conversation.id.0,
            user: conversation.end_user,
            language: conversation.language.to_string(),
            version: conversation.version,
            state: conversation.state,
            created_at: conversation.created_at,
            updated_at: conversation.updated_at,
        }
    }
}

/// Lists a user's conversations.
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations", params(PageQuery),
    responses(
        (status = 200, description = "A page, newest first", body = ConversationPage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["chat"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Chat>,
    query: Result<web::Query<PageQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let limit = page(query.limit);
    check_user(&http, &query.user)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    let before = query.last_id.map(ConversationId);
    let page = conversations::list(&mut tx, caller.0.app, &query.user, before, limit).await;
    let page = page.map_err(|error| Problem::of_store(&http, &error))?;
    let data = page.conversations.into_iter().map(ConversationView::from).collect();
    Ok(HttpResponse::Ok().json(ConversationPage { data, has_more: page.has_more, limit }))
}

/// Reads a conversation with its state.
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "conversations", params(("id" = uuid::Uuid, Path), UserQuery),
    responses(
        (status = 200, description = "The conversation", body = ConversationView),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such conversation of this user", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["chat"])))]
pub(crate) async fn get(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Chat>,
    id: web::Path<uuid::Uuid>,
    query: Result<web::Query<UserQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    check_user(&http, &query.user)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    let found = find(&http, &mut tx, &caller, &query.user, *id).await?;
    Ok(HttpResponse::Ok().json(ConversationView::from(found)))
}

/// Reads the messages of a conversation with their answers.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "conversations", 
    params(("id" = uuid::Uuid, Path), MessagesQuery, SignatureHeader),
    responses(
        (status = 200, description = "A page, oldest first", body = MessagePage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such conversation of this user", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["chat"]), ("app_key" = ["widget"])))]
pub(crate) async fn messages(
    http: HttpRequest,
    shared: web::Data<Shared>,
    speaker: Speaker,
    id: web::Path<uuid::Uuid>,
    query: Result<web::Query<MessagesQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let limit = page(query.limit);
    check_user(&http, &query.user)?;
    let caller = speaker.acting_for(&http, &query.user)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    let found = find(&http, &mut tx, &caller, &query.user, *id).await?;
    let turns = turns::list(&mut tx, found.id, query.after.unwrap_or(0).max(0), limit + 1).await;
    let mut turns = turns.map_err(|error| Problem::of_store(&http, &error))?;
    let has_more = turns.len() > limit as usize;
    turns.truncate(limit as usize);
    let view = |turn: turns::Turn| MessageView {
        number: turn.seq,
        query: turn.query,
        response: turn.response,
        created_at: turn.created_at,
    };
    let data = turns.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(MessagePage { data, has_more, limit }))
}

async fn find(
    http: &HttpRequest,
    tx: &mut TenantTx,
    caller: &Authenticated<scope::Chat>,
    user: &str,
    id: uuid::Uuid,
) -> Result<conversations::Conversation, Problem> {
    let found = conversations::load(tx, caller.0.app, user, ConversationId(id)).await;
    let found = found.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| {
        Problem::explained(http, ErrorCode::NotFound, "该用户没有这个对话", "no such conversation of this user")
    })
}

/// A transaction that only reads; it ends by being dropped.
pub(crate) async fn begin<S>(
    http: &HttpRequest,
    shared: &web::Data<Shared>,
    caller: &Authenticated<S>,
) -> Result<TenantTx, Problem> {
    shared.store.begin(caller.0.tenant).await.map_err(|error| Problem::of_store(http, &error))
}

fn check_user(http: &HttpRequest, user: &str) -> Result<(), Problem> {
    if user.is_empty() || user.chars().count() > limits::USER || user.chars().any(char::is_control) {
        let detail = format!("user must have 1 to {} characters and no control characters", limits::USER);
        return Err(Problem::invalid(http, detail));
    }
    Ok(())
}

pub(crate) fn page(limit: Option<u32>) -> u32 {
    limit.unwrap_or(20).clamp(1, limits::PAGE)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/v1/conversations", web::get().to(list)).route("/v1/conversations/{id}", web::get().to(get)).service(
        web::resource("/v1/conversations/{id}/messages")
            .route(web::get().to(messages))
            .route(web::method(Method::OPTIONS).to(widget::preflight)),
    );
}
