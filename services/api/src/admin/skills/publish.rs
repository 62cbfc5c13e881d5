//! Making a draft live, going back to an earlier version, taking a skill out. Versions are never changed.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::super::person::{Edit, May};
use super::super::refusals::{OfMember, OfMemberWithBody};
use super::super::{app, begin, commit, parsed, text};
use super::check::{FindingView, compiled};
use super::drafts::StaleDraft;
use super::scenarios::TestReport;
use super::{caller, drafts, name, no_such_skill, scenarios};
use crate::{Problem, Shared, limits};

/// Why a draft is published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    /// What is new, for the history.
    #[schema(example = "half days")]
    note: String,
    /// Publish it although conversation tests fail; the audit log has it.
    #[serde(default)]
    despite_failures: bool,
}

/// What is live now.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublishedView {
    #[schema(example = "leave.request")]
    skill: String,
    #[schema(example = 4)]
    version: u32,
    /// Whether that version is new; false: it is what was live already.
    is_new: bool,
}

/// Which version is to be live again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restoration {
    #[schema(example = 3)]
    version: u32,
    /// Why, for the audit log.
    #[schema(example = "half days confuse the payroll")]
    note: String,
}

/// A draft that can't be published.
#[derive(Serialize, ToSchema)]
pub(crate) struct Unpublishable {
    #[serde(flatten)]
    problem: Problem,
    /// The errors; absent where it has none and tests fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<FindingView>>,
    /// What came of the conversation tests, with `tests_failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<TestReport>,
}

/// The answer about a draft that has these errors.
pub(super) fn unpublishable(http: &HttpRequest, findings: Vec<FindingView>) -> HttpResponse {
    refused(Unpublishable {
        problem: Problem::new(http, ErrorCode::LintErrors, None),
        findings: Some(findings),
        report: None,
    })
}

/// The answer about a draft with which tests fail.
fn untested(http: &HttpRequest, report: TestReport) -> HttpResponse {
    let problem = Problem::new(http, ErrorCode::TestsFailed, report.note.clone());
    refused(Unpublishable { problem, findings: None, report: Some(report) })
}

fn refused(body: Unpublishable) -> HttpResponse {
    let mut response = HttpResponse::UnprocessableEntity();
    response.content_type("application/problem+json").json(body)
}

/// Publishes a draft that has no errors and with which the app's conversation tests pass: it is live with the next message, and the
/// draft is gone.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/publish", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request"),
           ("If-Match" = String, Header, description = "The draft's revision that was read, such as `\"7\"`")),
    request_body = Publication,
    responses(
        (status = 200, description = "Live", body = PublishedView),
        (status = 412, description = "Somebody else has changed the draft; nothing was published", body = StaleDraft, content_type = "application/problem+json"),
        (status = 422, description = "It has errors (`lint_errors`), or tests fail (`tests_failed`)", body = Unpublishable, content_type = "application/problem+json"),
        OfMemberWithBody,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn publish_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let Publication { note, despite_failures } = parsed(&http, body)?;
    let note = text(&http, "note", &note, limits::USER)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let draft = match drafts::matching(&http, &mut tx, app.id, &skill).await? {
        Ok(draft) => draft,
        Err(response) => return Ok(response),
    };
    let compiled = match compiled(&http, &mut tx, app.id, &draft).await? {
        Ok(compiled) => compiled,
        Err(findings) => return Ok(unpublishable(&http, findings)),
    };
    let tests = scenarios::of_app(&http, &mut tx, app.id, &skill, &draft.pack).await?;
    // Nothing is held while the tests are played: whoever changes the draft meanwhile is told apart by its revision.
    drop(tx);
    let manifest = compiled.manifest.clone();
    let report = if tests.is_empty() {
        None
    } else {
        let caller = caller(&http, &shared, &may, &app).await?;
        let made = shared.agent.draft(&caller, compiled).await.map_err(|error| Problem::of_turn(&http, &error))?;
        Some(scenarios::play(&http, &shared, &caller, &made, &tests).await?)
    };
    let report = match report {
        Some(report) if !report.is_good() && !despite_failures => return Ok(untested(&http, report)),
        report => report,
    };
    let mut tx = begin(&http, &shared, &may).await?;
    let draft = match drafts::matching(&http, &mut tx, app.id, &skill).await? {
        Ok(draft) => draft,
        Err(response) => return Ok(response),
    };
    let published = store::skills::publish(&mut tx, app.id, &draft.pack, &[manifest], &may.actor(), &note).await;
    let published = published.map_err(failed)?;
    store::drafts::discard(&mut tx, app.id, &skill, draft.revision).await.map_err(failed)?;
    let Some(one) = published.into_iter().next() else { return Err(Problem::new(&http, ErrorCode::Internal, None)) };
    let mut detail = json!({"app": app.id, "version": one.version, "is_new": one.is_new, "note": note});
    if let Some(report) = report {
        let TestReport { passed, failed, not_run, .. } = report;
        detail["tests"] = json!({"passed": passed, "failed": failed, "not_run": not_run});
        detail["despite_failures"] = (!report.is_good()).into();
    }
    commit(&http, tx, &may, ("skill.published", &skill), detail).await?;
    Ok(HttpResponse::Ok().json(PublishedView { skill: one.skill, version: one.version, is_new: one.is_new }))
}

/// Makes an earlier version live again.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/restore", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    request_body = Restoration,
    responses((status = 200, description = "Live", body = PublishedView), OfMemberWithBody),
    security(("session" = ["editor"])))]
pub(crate) async fn restore_skill(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let Restoration { version, note } = parsed(&http, body)?;
    let note = text(&http, "note", &note, limits::USER)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    if store::skills::version(&mut tx, app, &skill, version).await.map_err(failed)?.is_none() {
        return Err(Problem::explained(&http, ErrorCode::NotFound, "没有这个版本", "no such version"));
    }
    store::skills::restore(&mut tx, app, &skill, version).await.map_err(failed)?;
    let detail = json!({"app": app, "version": version, "note": note});
    commit(&http, tx, &may, ("skill.restored", &skill), detail).await?;
    Ok(HttpResponse::Ok().json(PublishedView { skill, version, is_new: false }))
}

/// Takes a skill out of what is live. Its versions stay, for conversations under way and for restoring.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/withdraw", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses((status = 204, description = "Not live any more"), OfMember), security(("session" = ["editor"])))]
pub(crate) async fn withdraw_skill(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let was = store::skills::withdraw(&mut tx, app, &skill).await.map_err(|error| Problem::of_store(&http, &error))?;
    if !was {
        return Err(no_such_skill(&http));
    }
    commit(&http, tx, &may, ("skill.withdrawn", &skill), json!({"app": app})).await?;
    Ok(HttpResponse::NoContent().finish())
}
