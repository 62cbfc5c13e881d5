//! `POST /v1/chat-messages` and `POST /v1/parse`.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use agent::{Answer, DecisionReport, Request};
use dialogue::Payload;
use paigong_core::{ConversationId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::auth::{Authenticated, scope};
use crate::speaker::{SignatureHeader, Speaker};
use crate::{Problem, Shared, limits, stream, widget};

/// A message of an end user.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ChatMessage {
    /// What the user typed. May be empty with `payload` or `inputs`.
    #[serde(default)]
    #[schema(example = "下周三请一天年假")]
    pub query: String,
    /// The end user's stable id in your system.
    #[schema(example = "E1001")]
    pub user: String,
    /// The conversation to go on with; leave it out (or empty) to begin one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub conversation_id: Option<String>,
    /// Values of a form, by slot.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub inputs: Map<String, Value>,
    /// The payload of a pressed button, verbatim.
    #[serde(default)]
    pub payload: Option<String>,
    /// What your system knows of the user's identity beyond `user`; skills bind it, users can't set it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
    /// How to answer.
    #[serde(default)]
    pub response_mode: ResponseMode,
}

/// How to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ResponseMode {
    /// One JSON document.
    #[default]
    Blocking,
    /// Server-sent events: `ping` every 10 s, `message`, `message_end` with the whole answer, `error`.
    Streaming,
}

/// A message to be understood without a conversation.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ParseRequest {
    /// What the user typed.
    #[schema(example = "改为后天")]
    pub query: String,
    /// The end user, since who asks decides which skills exist.
    #[serde(default)]
    pub user: String,
    /// More about the user's identity.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
}

/// Answers a message.
#[utoipa::path(
    post,
    path = "/v1/chat-messages",
    tag = "chat",
    request_body = ChatMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key returns the first answer for 24 hours and does nothing twice."), SignatureHeader),
    responses(
        (status = 200, description = "The answer; `text/event-stream` in streaming mode. `Idempotent-Replayed: true` marks a repeated one.", body = Answer),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such conversation of this user", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another message of the conversation is being handled", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key was used for another request", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["chat"]), ("app_key" = ["widget"]))
)]
pub(crate) async fn chat_message(
    http: HttpRequest,
    shared: web::Data<Shared>,
    speaker: Speaker,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let body = read_body(&http, body)?;
    let message: ChatMessage = from_json(&http, &body)?;
    let mode = message.response_mode;
    speaker.check_context(&http, message.context.is_empty())?;
    let request = checked(&http, message, &body)?;
    let caller = speaker.acting_for(&http, &request.user)?;
    if mode == ResponseMode::Streaming {
        return Ok(stream::respond(http, shared, caller.0, request));
    }
    let answered = shared.agent.turn(&caller.0, &request).await.map_err(|error| Problem::of_turn(&http, &error))?;
    let mut response = HttpResponse::Ok();
    if answered.replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(answered.answer))
}

/// Understands a message without doing anything.
#[utoipa::path(
    post,
    path = "/v1/parse",
    tag = "chat",
    request_body = ParseRequest,
    responses(
        (status = 200, description = "What would be decided for it as a first message", body = DecisionReport),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Busy; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["chat"]))
)]
pub(crate) async fn parse(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Chat>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let body = read_body(&http, body)?;
    let parse: ParseRequest = from_json(&http, &body)?;
    let message = ChatMessage {
        query: parse.query,
        user: if parse.user.is_empty() { "anonymous".into() } else { parse.user },
        conversation_id: None,
        inputs: Map::new(),
        payload: None,
        context: parse.context,
        response_mode: ResponseMode::Blocking,
    };
    let request = checked(&http, message, &body)?;
    let report = shared.agent.parse(&caller.0, &request).await.map_err(|error| Problem::of_turn(&http, &error))?;
    Ok(HttpResponse::Ok().json(report))
}

pub(crate) fn read_body(http: &HttpRequest, body: Result<web::Bytes, actix_web::Error>) -> Result<web::Bytes, Problem> {
    body.map_err(|error| {
        if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
            let limit = http.app_data::<web::Data<limits::Body>>().map_or(limits::BODY, |limit| limit.0);
            let detail = format!("the body is larger than {limit} bytes");
            Problem::new(http, paigong_core::ErrorCode::TooLarge, detail)
        } else {
            Problem::invalid(http, error.to_string())
        }
    })
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(http: &HttpRequest, body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let (zh, en) = (format!("请求体与文档不符：{error}"), format!("the body is not as documented: {error}"));
        Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en)
    })
}

/// A query of the documented form. Looked at after the caller: who may not ask is not told what is wrong with the question.
pub(crate) fn queried<T>(http: &HttpRequest, query: Result<web::Query<T>, actix_web::Error>) -> Result<T, Problem> {
    query.map(web::Query::into_inner).map_err(|error| {
        let problem = error.as_error::<Problem>().cloned();
        problem.unwrap_or_else(|| Problem::invalid(http, error.to_string()))
    })
}

/// The message as the agent takes it, every limit checked.
fn checked(http: &HttpRequest, message: ChatMessage, body: &[u8]) -> Result<Request, Problem> {
    let refuse = |detail: String| Problem::invalid(http, detail);
    let query: String = message.query.chars().filter(|c| *c != '\0').collect();
    if query.chars().count() > limits::QUERY {
        return Err(refuse(format!("query is longer than {} characters", limits::QUERY)));
    }
    let user = message.user.trim();
    if user.is_empty() || user.chars().count() > limits::USER || user.chars().any(char::is_control) {
        return Err(refuse(format!("user must have 1 to {} characters and no control characters", limits::USER)));
    }
    limits::check_entries("inputs", &message.inputs).map_err(refuse)?;
    limits::check_entries("context", &message.context).map_err(refuse)?;
    let payload = message.payload.as_deref().filter(|payload| !payload.is_empty());
    let payload = payload.map(|payload| button(http, payload)).transpose()?;
    if query.trim().is_empty() && payload.is_none() && message.inputs.is_empty() {
        return Err(refuse("query is empty; send a text, a payload or inputs".into()));
    }
    let conversation: Option<ConversationId> = match message.conversation_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| refuse("conversation_id is not a conversation's id".into()))?),
        None => None,
    };
    let key = match http.headers().get("Idempotency-Key") {
        Some(value) => {
            let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= limits::KEY);
            Some(key.ok_or_else(|| {
                refuse(format!("Idempotency-Key must have 1 to {} visible ASCII characters", limits::KEY))
            })?)
        }
        None => None,
    };
    Ok(Request {
        query,
        user: user.to_owned(),
        conversation,
        payload,
        inputs: message.inputs,
        context: message.context,
        idempotency: key.map(|key| (key.to_owned(), Request::hash(body))),
    })
}

/// The payload of a button.
pub(crate) fn button(http: &HttpRequest, payload: &str) -> Result<Payload, Problem> {
    let refuse = |detail: String| Err(Problem::invalid(http, detail));
    if payload.contains("\\u0000") {
        return refuse("payload contains the character U+0000".into());
    }
    serde_json::from_str(payload)
        .or_else(|error| refuse(format!("payload is not one that was sent with an option: {error}")))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/chat-messages")
                .route(web::post().to(chat_message))
                .route(web::method(Method::OPTIONS).to(widget::preflight)),
        )
        .route("/v1/parse", web::post().to(parse));
}
