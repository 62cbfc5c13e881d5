//! Talking to a draft: the whole answers of a conversation with the app as it would be, of which nothing stays.

use actix_web::{HttpRequest, HttpResponse, web};
use agent::{Answer, Request};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::person::{Edit, May};
use super::super::refusals::OfMemberWithBody;
use super::super::{app, begin, parsed, text};
use super::check::compiled;
use super::publish::{Unpublishable, unpublishable};
use super::{caller, drafts, name};
use crate::{Problem, Shared, limits};

/// Messages of one attempt at most.
const MESSAGES: usize = 10;

/// What is said to the draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// One to ten messages, said one after the other in a new conversation: a text, the payload of a button that was answered,
    /// or the values of a form.
    #[schema(example = json!(["请假", {"inputs": {"from": "2026-12-02", "to": "2026-12-02"}}, {"payload": "{\"change\":{}}"}]))]
    messages: Vec<AttemptMessage>,
    /// Who says it, as the integrator would name them.
    #[schema(example = "E1001")]
    user: String,
    /// More about their identity.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Map<String, Value>,
}

/// One message to the draft.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AttemptMessage {
    /// What is typed.
    Text(String),
    /// A button.
    Button(AttemptButton),
    /// A form.
    Form(AttemptForm),
}

/// A button that is pressed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptButton {
    /// The `payload` of one of `dialog_action.options`, verbatim.
    payload: String,
}

/// A form that is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptForm {
    /// The values by slot.
    #[schema(value_type = Object, example = json!({"from": "2026-12-02"}))]
    inputs: Map<String, Value>,
}

/// What was answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriedView {
    /// One answer for each message, as `POST /v1/chat-messages` gives it: text, question or confirmation, the decision with its
    /// candidates, nearest and rival example, slots with where they came from, and what was executed. Nothing of it stays.
    answers: Vec<Answer>,
}

/// Says something to the app as it would be with the draft, and takes back whatever that does.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/try", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    request_body = Attempt,
    responses(
        (status = 200, description = "What was answered", body = TriedView),
        (status = 422, description = "The draft has errors", body = Unpublishable, content_type = "application/problem+json"),
        OfMemberWithBody,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn try_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let attempt: Attempt = parsed(&http, body)?;
    let requests = requests(&http, attempt)?;
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let draft = drafts::draft(&http, &mut tx, app.id, &skill).await?;
    let compiled = match compiled(&http, &mut tx, app.id, &draft).await? {
        Ok(compiled) => compiled,
        Err(findings) => return Ok(unpublishable(&http, findings)),
    };
    drop(tx);
    let failed = |error: agent::Error| Problem::of_turn(&http, &error);
    let caller = caller(&http, &shared, &may, &app).await?;
    let made = shared.agent.draft(&caller, compiled).await.map_err(failed)?;
    let answers = shared.agent.try_out(&caller, &made, &requests).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(TriedView { answers }))
}

fn requests(http: &HttpRequest, attempt: Attempt) -> Result<Vec<Request>, Problem> {
    let user = text(http, "user", &attempt.user, limits::USER)?;
    limits::check_entries("context", &attempt.context).map_err(|detail| Problem::invalid(http, detail))?;
    if attempt.messages.is_empty() || attempt.messages.len() > MESSAGES {
        let (zh, en) = ("messages 须有 1 至 10 条", "messages must have 1 to 10 entries");
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    }
    let one = |message: AttemptMessage| {
        let request = Request::of(&user);
        let request = Request { context: attempt.context.clone(), ..request };
        match message {
            AttemptMessage::Text(query) => {
                let query: String = query.chars().filter(|c| *c != '\0').collect();
                if query.trim().is_empty() || query.chars().count() > limits::QUERY {
                    let (zh, en) = ("每条消息须为 1 至 2000 个字符", "every message must have 1 to 2000 characters");
                    return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
                }
                Ok(Request { query, ..request })
            }
            AttemptMessage::Button(AttemptButton { payload }) => {
                let payload = crate::chat::button(http, &payload)?;
                Ok(Request { payload: Some(payload), ..request })
            }
            AttemptMessage::Form(AttemptForm { inputs }) => {
                limits::check_entries("inputs", &inputs).map_err(|detail| Problem::invalid(http, detail))?;
                Ok(Request { inputs, ..request })
            }
        }
    };
    attempt.messages.into_iter().map(one).collect()
}
