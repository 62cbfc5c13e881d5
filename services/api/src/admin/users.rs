//! `…/users/{user}/data`: everything that is stored about an end user, to be handed out or erased.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::erasure;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::person::{Administer, May};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{app, begin, commit};
use crate::chat::queried;
use crate::{Problem, Shared, limits};

/// Conversations in one answer.
const CONVERSATIONS: u32 = 1_000;

/// Which part, of a user with very many conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DataQuery {
    /// Conversations after this one.
    last_id: Option<Uuid>,
}

/// Everything about a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserData {
    user: String,
    /// Every row, by table: conversations, turns, runs, attempts, inbox, suggestions, events, answers (kept for requests that are
    /// repeated).
    #[schema(value_type = Object)]
    data: Value,
    /// Whether there are more than a thousand conversations; ask again with `last_id`.
    has_more: bool,
    /// The last conversation in here.
    last_id: Option<Uuid>,
}

/// How much was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasedData {
    conversations: u64,
    turns: u64,
    /// Runs that were emptied; that they were done stays in the ledger.
    runs: u64,
}

/// Hands out everything that is stored about a user of the app.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/users/{user}/data", tag = "conversations",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("user" = String, Path, example = "E1001"), DataQuery),
    responses((status = 200, description = "Every row, by table; none of a user who never said anything", body = UserData), OfMemberWithBody),
    security(("session" = ["owner"])))]
pub(crate) async fn export_user(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    query: Result<web::Query<DataQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let after = queried(&http, query)?.last_id;
    let user = user(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let mut ids = erasure::conversations(&mut tx, app, &user, after, CONVERSATIONS + 1).await.map_err(failed)?;
    let has_more = ids.len() > CONVERSATIONS as usize;
    ids.truncate(CONVERSATIONS as usize);
    let data = erasure::records(&mut tx, app, &ids).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(UserData { user, data, has_more, last_id: ids.last().copied() }))
}

/// Erases what is stored about a user of the app. That something was done stays in the ledger and in the audit log, not what was
/// said; what skills wrote into tables of their own is theirs.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/users/{user}/data", tag = "conversations",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("user" = String, Path, example = "E1001")),
    responses(
        (status = 200, description = "How much it was", body = ErasedData),
        (status = 409, description = "A run of theirs is under way", body = Problem, content_type = "application/problem+json"),
        OfMember),
    security(("session" = ["owner"])))]
pub(crate) async fn erase_user(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let user = user(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let (ids, is_under_way) = erasure::lock(&mut tx, app, &user).await.map_err(failed)?;
    if is_under_way {
        let zh = "此用户还有正在执行的任务，请等它结束或取消后再清除";
        let en = "a run of this user is under way; wait until it is over, or cancel it";
        return Err(Problem::explained(&http, ErrorCode::Conflict, zh, en));
    }
    let erased = erasure::erase(&mut tx, app, &ids).await.map_err(failed)?;
    let view = ErasedData { conversations: erased.conversations, turns: erased.turns, runs: erased.runs };
    // Counts only: an entry of the log that named the user could never be erased.
    let detail = json!({"conversations": view.conversations, "turns": view.turns, "runs": view.runs});
    commit(&http, tx, &may, ("user.erased", &app.to_string()), detail).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// The user in the path, decoded. What can't be one is not found.
fn user(http: &HttpRequest) -> Result<String, Problem> {
    let path: Option<(String, String, String)> = http.match_info().load().ok();
    let user = path
        .map(|(_, _, user)| user)
        .filter(|user| !user.is_empty() && user.chars().count() <= limits::USER && !user.chars().any(char::is_control));
    user.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个用户", "no such user"))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/v1/tenants/{tenant}/apps/{app}/users/{user}/data")
            .route(web::get().to(export_user))
            .route(web::delete().to(erase_user)),
    );
}
