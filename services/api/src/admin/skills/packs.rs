//! Several skills at once, as files: `NAME.skill.yaml`, the form that `paigong skills` reads. What comes in becomes drafts; a
//! pack's tables are installed from the command line, by who owns the database.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skills::Manifest;
use store::drafts::{self, NewDraft};
use utoipa::{IntoParams, ToSchema};

use super::super::person::{Edit, May, View};
use super::super::refusals::{OfMember, OfMemberWithBody};
use super::super::{app, begin, commit, parsed};
use super::yaml;
use crate::chat::queried;
use crate::{Problem, Shared};

/// Files of one import at most.
const FILES: usize = 200;

/// A pack's files.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackFiles {
    /// The pack whose tables they use: one that skills of the app were published with.
    #[schema(example = "hr")]
    pack: String,
    /// Name → text.
    #[schema(value_type = Object, example = json!({"leave.request.skill.yaml": "skill: leave.request\n…"}))]
    files: BTreeMap<String, String>,
}

/// What became of the files.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    /// Skills that have a new draft.
    #[schema(example = json!(["leave.request"]))]
    drafts: Vec<String>,
    /// Skills whose draft was left alone, because somebody is writing one.
    skipped: Vec<String>,
}

/// The live skills of a pack, as files.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportView {
    #[schema(example = "hr")]
    pack: String,
    #[schema(value_type = Object, example = json!({"leave.request.skill.yaml": "skill: leave.request\n…"}))]
    files: BTreeMap<String, String>,
}

/// Which pack.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    #[param(example = "hr")]
    pack: String,
}

/// Brings skills in as drafts. A draft that somebody is writing is left alone.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/import", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path)), request_body = PackFiles,
    responses((status = 200, description = "What became of the files", body = ImportView), OfMemberWithBody),
    security(("session" = ["editor"])))]
pub(crate) async fn import_skills(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let PackFiles { pack, files } = parsed(&http, body)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    if files.is_empty() || files.len() > FILES || files.values().any(|text| text.contains('\0')) {
        return Err(Problem::invalid(&http, format!("send 1 to {FILES} files without the character U+0000")));
    }
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    if !store::skills::packs_of(&mut tx, app).await.map_err(failed)?.contains(&pack) {
        let (zh, en) = ("此应用没有这个技能包", "the app has no such pack");
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, zh, en));
    }
    let (mut made, mut skipped) = (Vec::new(), Vec::new());
    let author = may.actor();
    for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".skill.yaml")) {
        let manifest: Manifest =
            skills::yaml::read(file, text).map_err(|error| Problem::invalid(&http, error.to_string()))?;
        let skill = manifest.skill.to_string();
        let new = NewDraft { skill: &skill, pack: &pack, manifest: text, author: &author };
        match drafts::put(&mut tx, app, &new, None).await.map_err(failed)? {
            Some(_) => made.push(skill),
            None => skipped.push(skill),
        }
    }
    commit(&http, tx, &may, ("skill.imported", &pack), json!({"app": app, "drafts": made, "skipped": skipped})).await?;
    Ok(HttpResponse::Ok().json(ImportView { drafts: made, skipped }))
}

/// Hands out the live skills of a pack.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/export", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ExportQuery),
    responses(
        (status = 200, description = "Its files", body = ExportView),
        (status = 400, description = "No pack was named", body = Problem, content_type = "application/problem+json"),
        OfMember,
    ),
    security(("session" = ["viewer"])))]
pub(crate) async fn export_skills(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<ExportQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let ExportQuery { pack } = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let live = store::skills::live(&mut tx, app).await.map_err(|error| Problem::of_store(&http, &error))?;
    let own = live.skills.into_iter().filter(|version| version.pack == pack);
    let files: BTreeMap<_, _> =
        own.map(|version| (format!("{}.skill.yaml", version.manifest.skill), yaml(&version.manifest))).collect();
    if files.is_empty() {
        return Err(Problem::explained(&http, ErrorCode::NotFound, "没有这个技能包", "no such pack"));
    }
    Ok(HttpResponse::Ok().json(ExportView { pack, files }))
}
