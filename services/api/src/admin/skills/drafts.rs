//! Writing: one draft for each skill, stored as typed. `If-Match` names the revision that was read, so that of two editors the
//! second one is shown what the first one wrote.

use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::TenantTx;
use store::drafts::{self, Draft, NewDraft};
use utoipa::ToSchema;

use super::super::person::{Edit, May};
use super::super::refusals::{OfMember, OfMemberWithBody};
use super::super::{app, begin, commit, parsed};
use super::{DraftView, etag, live_version, name};
use crate::{Problem, Shared};

/// A draft as it is written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftText {
    /// The manifest as it is typed, valid or not.
    #[schema(example = "skill: leave.request\ntitle: {zh: 请假申请, en: Request leave}\n")]
    text: String,
    /// The pack whose tables it uses: one that skills of the app were published with. Only needed by a new skill.
    #[schema(example = "hr")]
    pack: Option<String>,
}

/// Somebody else was faster; what they wrote is in `current`, and nothing was overwritten.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaleDraft {
    #[serde(flatten)]
    problem: Problem,
    /// The draft as it is now; null: it was discarded or published.
    current: Option<DraftView>,
}

/// Stores a draft. With `If-Match: "REVISION"` over that revision, without where there is none.
#[utoipa::path(put, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request"),
           ("If-Match" = Option<String>, Header, description = "The draft's revision that was read, such as `\"7\"`")),
    request_body = DraftText,
    responses(
        (status = 200, description = "Stored; its revision is also the ETag", body = DraftView),
        (status = 412, description = "Somebody else has changed it; nothing was overwritten", body = StaleDraft, content_type = "application/problem+json"),
        OfMemberWithBody,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn put_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let DraftText { text, pack } = parsed(&http, body)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    if text.contains('\0') {
        return Err(Problem::invalid(&http, "text contains the character U+0000".into()));
    }
    let (skill, revision) = (name(&http)?, if_match(&http)?);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let present = drafts::get(&mut tx, app, &skill).await.map_err(failed)?;
    let known = match (pack, &present) {
        (Some(pack), _) => Some(pack),
        (None, Some(draft)) => Some(draft.pack.clone()),
        (None, None) => live_version(&http, &mut tx, app, &skill).await?.map(|live| live.pack),
    };
    let packs = store::skills::packs_of(&mut tx, app).await.map_err(failed)?;
    let Some(pack) = known.filter(|pack| packs.contains(pack)) else {
        let (zh, en) = (
            format!("pack 须为此应用已有的技能包之一：{}", packs.join("、")),
            format!("pack must be one of the app's packs: {}", packs.join(", ")),
        );
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, &zh, &en));
    };
    let author = may.actor();
    let new = NewDraft { skill: &skill, pack: &pack, manifest: &text, author: &author };
    let Some(draft) = drafts::put(&mut tx, app, &new, revision).await.map_err(failed)? else {
        return stale(&http, drafts::get(&mut tx, app, &skill).await.map_err(failed)?);
    };
    // Every keystroke is autosaved; who begins a draft is worth an entry, who goes on is not.
    if draft.revision == 1 {
        commit(&http, tx, &may, ("skill.draft_begun", &skill), json!({"app": app, "based_on": draft.based_on})).await?;
    } else {
        tx.commit().await.map_err(failed)?;
    }
    Ok(HttpResponse::Ok().insert_header(("ETag", etag(draft.revision))).json(DraftView::from(draft)))
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request"),
           ("If-Match" = String, Header, description = "The draft's revision that was read, such as `\"7\"`")),
    responses(
        (status = 204, description = "Discarded"),
        (status = 400, description = "The If-Match is missing", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else has changed it; nothing was discarded", body = StaleDraft, content_type = "application/problem+json"),
        OfMember,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn discard_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let draft = match matching(&http, &mut tx, app, &skill).await? {
        Ok(draft) => draft,
        Err(response) => return Ok(response),
    };
    let discarded = drafts::discard(&mut tx, app, &skill, draft.revision).await;
    discarded.map_err(|error| Problem::of_store(&http, &error))?;
    commit(&http, tx, &may, ("skill.draft_discarded", &skill), json!({"app": app, "revision": draft.revision})).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The draft of `skill`.
pub(super) async fn draft(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: paigong_core::AppId,
    skill: &str,
) -> Result<Draft, Problem> {
    let found = drafts::get(tx, app, skill).await.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有草稿", "there is no draft"))
}

/// The draft of `skill` at the revision that `If-Match` names, locked; `Err`: what to answer when it is another by now.
pub(super) async fn matching(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: paigong_core::AppId,
    skill: &str,
) -> Result<Result<Draft, HttpResponse>, Problem> {
    let Some(revision) = if_match(http)? else {
        let (zh, en) = ("请用 If-Match 带上所读草稿的版本", "send the revision of the draft that you read as If-Match");
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    };
    let draft = draft(http, tx, app, skill).await?;
    if draft.revision == revision { Ok(Ok(draft)) } else { stale(http, Some(draft)).map(Err) }
}

fn stale(http: &HttpRequest, current: Option<Draft>) -> Result<HttpResponse, Problem> {
    let problem = Problem::new(http, ErrorCode::Stale, None);
    let mut response = HttpResponse::PreconditionFailed();
    if let Some(current) = &current {
        response.insert_header(("ETag", etag(current.revision)));
    }
    response.content_type("application/problem+json");
    Ok(response.json(StaleDraft { problem, current: current.map(DraftView::from) }))
}

/// The revision that the caller has read; `None`: there was none.
pub(super) fn if_match(http: &HttpRequest) -> Result<Option<i64>, Problem> {
    let header = |name| http.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let invalid = || {
        let (zh, en) =
            ("If-Match 须为所读内容的 ETag，例如 \"7\"", "If-Match must be the ETag of what you read, such as \"7\"");
        Problem::explained(http, ErrorCode::InvalidRequest, zh, en)
    };
    match (header(IF_MATCH), header(IF_NONE_MATCH)) {
        (Some(tag), _) => tag.trim_matches('"').parse().map(Some).map_err(|_| invalid()),
        (None, None | Some("*")) => Ok(None),
        (None, Some(_)) => Err(invalid()),
    }
}
