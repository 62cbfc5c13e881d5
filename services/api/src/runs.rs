//! `GET /v1/runs/{id}`: one execution in the ledger.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use paigong_core::{ErrorCode, RunId};
use serde::Serialize;
use serde_json::Value;
use store::runs;
use utoipa::ToSchema;

use crate::auth::Authenticated;
use crate::conversations::begin;
use crate::{Problem, Shared};

/// One execution of a skill.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunView {
    id: uuid::Uuid,
    conversation_id: uuid::Uuid,
    /// The answer that it was part of.
    message_id: uuid::Uuid,
    skill: String,
    skill_version: i32,
    /// read, write or money.
    effect: String,
    /// The values that it ran with.
    #[schema(value_type = Object)]
    slots: Value,
    /// queued, running, succeeded, failed, unknown, cancelled or dead.
    status: String,
    attempt: i32,
    /// The rows that came back.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<runs::Run> for RunView {
    fn from(run: runs::Run) -> Self {
        Self {
            id: run.id.0,
            conversation_id: run.conversation.0,
            message_id: run.turn.0,
            skill: run.skill,
            skill_version: run.skill_version,
            effect: run.effect,
            slots: run.slots,
            status: run.state,
            attempt: run.attempt,
            result: run.result,
            error: run.error,
            created_at: run.created_at,
            finished_at: run.finished_at,
        }
    }
}

/// Reads one run.
#[utoipa::path(get, path = "/v1/runs/{id}", tag = "runs", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The run", body = RunView),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such run", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = [])))]
pub(crate) async fn get(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated,
    id: web::Path<uuid::Uuid>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &caller).await?;
    let run = runs::get(&mut tx, caller.0.app, RunId(*id)).await.map_err(|error| Problem::of_store(&http, &error))?;
    let run = run.ok_or_else(|| Problem::new(&http, ErrorCode::NotFound, "no such run".to_owned()))?;
    Ok(HttpResponse::Ok().json(RunView::from(run)))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/v1/runs/{id}", web::get().to(get));
}
