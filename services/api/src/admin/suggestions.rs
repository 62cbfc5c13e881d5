//! `…/suggestions`: what the small model may learn from what a language model was asked, decided by a person. The same as
//! `/v1/suggestions`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::person::{May, Review};
use super::refusals::OfMemberWithBody;
use super::{app, begin, commit, id, parsed};
use crate::chat::queried;
use crate::learning::{self, SuggestionDecision, SuggestionOutcome, SuggestionPage, SuggestionQuery};
use crate::{Problem, Shared};

/// Lists what the small model may learn.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/suggestions", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), SuggestionQuery),
    responses((status = 200, description = "A page, newest first", body = SuggestionPage), OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn list_suggestions(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    query: Result<web::Query<SuggestionQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    Ok(HttpResponse::Ok().json(learning::page_of(&http, &mut tx, app, &query).await?))
}

/// Accepts or rejects a suggestion; `by` is whoever is logged in. An accepted one is an example of its skill from the next message on.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/suggestions/{suggestion}", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("suggestion" = Uuid, Path)), request_body = SuggestionDecision,
    responses((status = 200, description = "What became of it", body = SuggestionOutcome), OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn decide_suggestion(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let decision: SuggestionDecision = parsed(&http, body)?;
    let suggestion = id(&http, "suggestion")?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let outcome = learning::decided(&http, &mut tx, app, suggestion, &decision, &may.actor()).await?;
    let detail = outcome.detail();
    commit(&http, tx, &may, (learning::DECIDED, &suggestion.to_string()), detail).await?;
    Ok(HttpResponse::Ok().json(outcome))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/suggestions";
    config
        .route(BASE, web::get().to(list_suggestions))
        .route(&format!("{BASE}/{{suggestion}}"), web::post().to(decide_suggestion));
}
