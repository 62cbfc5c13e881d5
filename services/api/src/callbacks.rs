//! `POST /v1/callbacks/{tenant}/{run}`: another system reports how a run ended that it took with 202. No app key: the
//! report is signed with the connection's key (Standard Webhooks).

use actix_web::{HttpRequest, HttpResponse, web};
use dispatch::executor::Reported;
use paigong_core::{ErrorCode, RunId, TenantId};

use crate::chat::read_body;
use crate::{Problem, Shared};

/// Takes a report. The body is `{"status": "succeeded" | "failed", "result": …, "error": "…"}`; `result` is read as the
/// skill reads an answer.
#[utoipa::path(post, path = "/v1/callbacks/{tenant}/{run}", tag = "runs",
    params(("tenant" = uuid::Uuid, Path), ("run" = uuid::Uuid, Path)),
    request_body(content = Object, description = "status, result and error"),
    responses(
        (status = 204, description = "Taken; a repetition is answered so, too"),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid signature, or no such run", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The run does not wait for a report", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn report(
    http: HttpRequest,
    shared: web::Data<Shared>,
    path: web::Path<(uuid::Uuid, uuid::Uuid)>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let body = read_body(&http, body)?;
    let Some(executor) = &shared.executor else {
        return Err(Problem::explained(
            &http,
            ErrorCode::NotFound,
            "本服务不接收回报",
            "this server takes no callbacks",
        ));
    };
    let header = |name: &str| http.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = [header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")];
    let (tenant, run) = (TenantId(path.0), RunId(path.1));
    let reported = executor.callback(tenant, run, signed, &body).await;
    match reported.map_err(|error| Problem::of_dispatch(&http, &error))? {
        Reported::Taken => Ok(HttpResponse::NoContent().finish()),
        // Who can't sign may not know whether there is such a run.
        Reported::NotSigned => {
            let detail = "sign the report with the connection's key (Standard Webhooks)".to_owned();
            Err(Problem::new(&http, ErrorCode::Unauthorized, detail))
        }
        Reported::Wrong(message) => Err(Problem::invalid(&http, message)),
        Reported::NotWaiting => Err(Problem::explained(
            &http,
            ErrorCode::Conflict,
            "该任务不在等待回报",
            "the run does not wait for a report (any more)",
        )),
    }
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/v1/callbacks/{tenant}/{run}", web::post().to(report));
}
