//! `…/runs`: what was done and what is under way, for people; what happens is `crate::runs`' business.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::RunId;
use serde::Deserialize;
use store::runs::Filter;
use utoipa::IntoParams;
use uuid::Uuid;

use super::person::{May, Review, View};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{app, begin, id, parsed, sought};
use crate::chat::queried;
use crate::conversations::page;
use crate::runs::{self, Resolution, RunPage, RunView};
use crate::{Problem, Shared, limits};

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunFilter {
    /// In this state; `unknown` is the list of what people have to look into, `dead` of what was given up.
    state: Option<String>,
    /// Of this skill.
    skill: Option<String>,
    /// Of this end user.
    user: Option<String>,
    /// Of this conversation.
    conversation: Option<Uuid>,
    /// Runs before this one.
    last_id: Option<Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// Lists runs.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/runs", tag = "runs",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), RunFilter),
    responses((status = 200, description = "A page, newest first", body = RunPage), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_runs(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<RunFilter>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    runs::check_state(&http, "state", query.state.as_deref())?;
    let filter = Filter {
        state: query.state,
        skill: sought(&http, "skill", query.skill, limits::USER)?,
        end_user: sought(&http, "user", query.user, limits::USER)?,
        conversation: query.conversation,
        before: query.last_id,
    };
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    runs::listed(&http, &mut tx, app, &filter, page(query.limit)).await
}

/// Reads one run, with its attempts and steps.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/runs/{run}", tag = "runs",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("run" = Uuid, Path)),
    responses((status = 200, description = "The run", body = RunView), OfMember), security(("session" = ["viewer"])))]
pub(crate) async fn get_run(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let run = RunId(id(&http, "run")?);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    Ok(HttpResponse::Ok().json(runs::view(&http, &mut tx, app, run).await?))
}

/// Stops a run that was put off or is not begun yet. A run that a worker has in hand is asked to stop.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/runs/{run}/cancel", tag = "runs",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("run" = Uuid, Path)),
    responses(
        (status = 200, description = "It will not be done", body = RunView),
        (status = 202, description = "A worker has it in hand and was asked to stop", body = RunView),
        (status = 409, description = "It is over, or may have been done already", body = Problem, content_type = "application/problem+json"),
        OfMember),
    security(("session" = ["reviewer"])))]
pub(crate) async fn cancel_run(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
) -> Result<HttpResponse, Problem> {
    let run = RunId(id(&http, "run")?);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    runs::cancelled(&http, tx, app, run, &may.actor()).await
}

/// Says what became of a run whose outcome is unknown, or tries one again whose attempts are used up.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/runs/{run}/resolve", tag = "runs",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("run" = Uuid, Path)), request_body = Resolution,
    responses(
        (status = 200, description = "The run as it is now; its conversation is told", body = RunView),
        (status = 409, description = "It is neither unknown nor dead", body = Problem, content_type = "application/problem+json"),
        OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn resolve_run(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let run = RunId(id(&http, "run")?);
    let resolution: Resolution = parsed(&http, body)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    runs::resolved(&http, tx, app, run, resolution, &may.actor()).await
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/runs";
    config
        .route(BASE, web::get().to(list_runs))
        .route(&format!("{BASE}/{{run}}"), web::get().to(get_run))
        .route(&format!("{BASE}/{{run}}/cancel"), web::post().to(cancel_run))
        .route(&format!("{BASE}/{{run}}/resolve"), web::post().to(resolve_run));
}
