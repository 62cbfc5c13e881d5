//! `/v1/runs`: what was done and what is under way; stopping it, and deciding about what can't be known. `admin::runs` is the same
//! for people, with what is here.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use dispatch::reap::Cancelled;
use dispatch::review::{self, Verdict};
use paigong_core::{AppId, ErrorCode, RunId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::runs::{self, Filter};
use store::{TenantTx, audit, inbox};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::{from_json, queried, read_body};
use crate::conversations::{begin, page};
use crate::{Problem, Shared, limits};

/// Every state of a run.
const STATES: [&str; 8] = ["queued", "running", "waiting", "succeeded", "failed", "unknown", "cancelled", "dead"];
/// Attempts that a run gets which is put back into the queue.
const TRIES: i32 = 6;

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
    /// queued, waiting, succeeded, failed, unknown, cancelled or dead (its attempts are used up).
    status: String,
    attempt: i32,
    /// The rows that came back.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it failed, or why it is tried again.
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    /// When it is tried, for the first time or again; null while it is under way, waits or is over.
    due_at: Option<DateTime<Utc>>,
    /// Every attempt that ended; only when one run is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<RunAttemptView>,
    /// Its steps and what took them back; only when one run is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    steps: Vec<RunView>,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunAttemptView {
    attempt: i32,
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    /// succeeded, failed, again, waiting, unknown, lost or released.
    outcome: String,
    /// The status of an HTTP answer.
    status: Option<i32>,
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
}

/// A page of runs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunPage {
    data: Vec<RunView>,
    has_more: bool,
    limit: u32,
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Only runs in this state; `unknown` is the list of what people have to look into, `dead` of what was given up.
    status: Option<String>,
    /// Runs before this one.
    last_id: Option<uuid::Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// What a person has found out about a run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resolution {
    /// `done`, `not_done`, or `retry` (it was not done, and is to be tried again).
    #[schema(example = "done")]
    verdict: String,
    /// With `done`: what came of it, as the skill's reply needs it; an object or an array of objects.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    result: Value,
    /// How that was found out; for the audit log.
    #[serde(default)]
    note: String,
    /// Who says so; for the audit log, which names a person who is logged in whatever this says.
    #[serde(default)]
    by: String,
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
            due_at: run.due_at,
            attempts: Vec::new(),
            steps: Vec::new(),
        }
    }
}

/// Lists runs.
#[utoipa::path(get, path = "/v1/runs", tag = "runs", params(RunsQuery),
    responses(
        (status = 200, description = "A page, newest first", body = RunPage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    query: Result<web::Query<RunsQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let filter = Filter { state: query.status, before: query.last_id, ..Filter::default() };
    check_state(&http, "status", filter.state.as_deref())?;
    let mut tx = begin(&http, &shared, &caller).await?;
    listed(&http, &mut tx, caller.0.app, &filter, page(query.limit)).await
}

/// Reads one run, with its attempts and steps.
#[utoipa::path(get, path = "/v1/runs/{id}", tag = "runs", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The run", body = RunView),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such run", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn get(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    id: web::Path<uuid::Uuid>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &caller).await?;
    let view = view(&http, &mut tx, caller.0.app, RunId(*id)).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Stops a run that was put off or is not begun yet. A run that a worker has in hand is asked to stop; what can't be
/// stopped any more is not.
#[utoipa::path(post, path = "/v1/runs/{id}/cancel", tag = "runs", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "It will not be done", body = RunView),
        (status = 202, description = "A worker has it in hand and was asked to stop", body = RunView),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such run", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is over, or may have been done already", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn cancel(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    id: web::Path<uuid::Uuid>,
) -> Result<HttpResponse, Problem> {
    let tx = begin(&http, &shared, &caller).await?;
    cancelled(&http, tx, caller.0.app, RunId(*id), &actor(&caller, "")).await
}

/// Says what became of a run whose outcome is unknown, or tries one again whose attempts are used up.
#[utoipa::path(post, path = "/v1/runs/{id}/resolve", tag = "runs", params(("id" = uuid::Uuid, Path)), request_body = Resolution,
    responses(
        (status = 200, description = "The run as it is now; its conversation is told", body = RunView),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such run", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is neither unknown nor dead", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["runs"])))]
pub(crate) async fn resolve(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Runs>,
    id: web::Path<uuid::Uuid>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let resolution: Resolution = from_json(&http, &read_body(&http, body)?)?;
    let actor = actor(&caller, &resolution.by);
    let tx = begin(&http, &shared, &caller).await?;
    resolved(&http, tx, caller.0.app, RunId(*id), resolution, &actor).await
}

/// A page of the runs of an app.
pub(crate) async fn listed(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    filter: &Filter,
    limit: u32,
) -> Result<HttpResponse, Problem> {
    let found = runs::of_app(tx, app, filter, limit + 1).await.map_err(|error| Problem::of_store(http, &error))?;
    let mut data: Vec<_> = found.into_iter().map(RunView::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(HttpResponse::Ok().json(RunPage { data, has_more, limit }))
}

/// Refuses what is no state of a run.
pub(crate) fn check_state(http: &HttpRequest, name: &str, state: Option<&str>) -> Result<(), Problem> {
    match state.filter(|state| !STATES.contains(state)) {
        Some(state) => Err(Problem::invalid(http, format!("{name} {state:?} is not one of {}", STATES.join(", ")))),
        None => Ok(()),
    }
}

/// Stops a run.
pub(crate) async fn cancelled(
    http: &HttpRequest,
    mut tx: TenantTx,
    app: AppId,
    run: RunId,
    actor: &str,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    view(http, &mut tx, app, run).await?;
    let cancelled = dispatch::reap::cancel(&mut tx, run).await.map_err(|error| Problem::of_dispatch(http, &error))?;
    if cancelled == Cancelled::TooLate {
        let detail = "it is over, or it may have been done already; GET the run says which".to_owned();
        return Err(Problem::new(http, ErrorCode::Conflict, detail));
    }
    if cancelled == Cancelled::Yes {
        inbox::close_for_run(&mut tx, run).await.map_err(failed)?;
    }
    let detail = json!({"asked": cancelled != Cancelled::Yes});
    audit::record(&mut tx, actor, "run.stopped", &run.to_string(), &detail).await.map_err(failed)?;
    let view = view(http, &mut tx, app, run).await?;
    tx.commit().await.map_err(failed)?;
    let mut response = if cancelled == Cancelled::Yes { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    Ok(response.json(view))
}

/// Applies what was found out about a run.
pub(crate) async fn resolved(
    http: &HttpRequest,
    mut tx: TenantTx,
    app: AppId,
    run: RunId,
    resolution: Resolution,
    actor: &str,
) -> Result<HttpResponse, Problem> {
    let verdict = match resolution.verdict.as_str() {
        "done" => Verdict::Done(review::rows_of(resolution.result)),
        "not_done" => Verdict::NotDone,
        "retry" => Verdict::Retry,
        other => {
            return Err(Problem::invalid(http, format!("verdict {other:?} is not one of done, not_done, retry")));
        }
    };
    let is_too_long = resolution.note.chars().count() > limits::QUERY || resolution.by.chars().count() > limits::USER;
    if is_too_long || resolution.note.contains('\0') {
        let detail = format!("note may have {} characters, by {}", limits::QUERY, limits::USER);
        return Err(Problem::invalid(http, detail));
    }
    view(http, &mut tx, app, run).await?;
    let done = review::resolve(&mut tx, run, &verdict, actor, &resolution.note, TRIES).await;
    if !done.map_err(|error| Problem::of_dispatch(http, &error))? {
        let detail = "only a run that is unknown or dead can be resolved".to_owned();
        return Err(Problem::new(http, ErrorCode::Conflict, detail));
    }
    let view = view(http, &mut tx, app, run).await?;
    tx.commit().await.map_err(|error| Problem::of_store(http, &error))?;
    Ok(HttpResponse::Ok().json(view))
}

/// Who did it, for the audit log.
pub(crate) fn actor<S>(caller: &Authenticated<S>, by: &str) -> String {
    let by: String = by.chars().filter(|c| !c.is_control()).collect();
    if by.is_empty() { format!("key:{}", caller.0.key) } else { format!("key:{} {by}", caller.0.key) }
}

/// One run with its attempts and steps.
pub(crate) async fn view(http: &HttpRequest, tx: &mut TenantTx, app: AppId, id: RunId) -> Result<RunView, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let run = runs::get(tx, app, id).await.map_err(failed)?;
    let run = run.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个任务", "no such run"))?;
    let attempts = runs::attempts(tx, id).await.map_err(failed)?;
    let attempts = attempts.into_iter().map(|attempt| RunAttemptView {
        attempt: attempt.attempt,
        started_at: attempt.started_at,
        ended_at: attempt.ended_at,
        outcome: attempt.outcome,
        status: attempt.status,
        error: attempt.error,
    });
    let steps = runs::steps(tx, id).await.map_err(failed)?.into_iter().map(RunView::from).collect();
    Ok(RunView { attempts: attempts.collect(), steps, ..RunView::from(run) })
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/runs", web::get().to(list))
        .route("/v1/runs/{id}", web::get().to(get))
        .route("/v1/runs/{id}/cancel", web::post().to(cancel))
        .route("/v1/runs/{id}/resolve", web::post().to(resolve));
}
