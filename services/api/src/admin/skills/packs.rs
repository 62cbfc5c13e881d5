//! Several skills at once, as files: `NAME.skill.yaml` and `NAME.test.yaml`, the form that `paigong skills` reads, in JSON or in a
//! zip. What comes in becomes drafts and tests; a pack's tables are installed from the command line, by who owns the database.

mod archive;

use std::collections::BTreeMap;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::{AppId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use skills::Manifest;
use skills::pack::About;
use skills::scenario::{self, ScenarioFile};
use store::TenantTx;
use store::drafts::{self, NewDraft};
use store::skill_tests::{self, NewTests};
use utoipa::{IntoParams, ToSchema};

use super::super::person::{Edit, May, View};
use super::super::refusals::{OfMember, OfMemberWithBody};
use super::super::{app, begin, commit, parsed};
use super::yaml;
use crate::chat::{queried, read_body};
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

/// Which pack a zip is imported into.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// With a zip: the pack; left out, the one that its `pack.yaml` names.
    #[param(example = "hr")]
    pack: Option<String>,
}

/// What became of the files.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    /// Skills that have a new draft.
    #[schema(example = json!(["leave.request"]))]
    drafts: Vec<String>,
    /// Skills whose draft was left alone, because somebody is writing one.
    skipped: Vec<String>,
    /// Skills that had no conversation tests and have those of the files now.
    #[schema(example = json!(["leave.request"]))]
    tests: Vec<String>,
}

/// The live skills of a pack and their conversation tests, as files.
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
    /// `json`, or `zip`: an attachment.
    #[param(inline)]
    format: Option<ExportFormat>,
}

/// How files are handed out.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    /// As JSON, name → text.
    Json,
    /// As a zip.
    Zip,
}

/// Brings skills in as drafts, and conversation tests for skills that have none. A draft that somebody is writing is left alone. The body
/// is JSON, or a zip of the files of one pack.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/import", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ImportQuery),
    request_body(content((PackFiles = "application/json"), (Vec<u8> = "application/zip"))),
    responses((status = 200, description = "What became of the files", body = ImportView), OfMemberWithBody),
    security(("session" = ["editor"])))]
pub(crate) async fn import_skills(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    query: Result<web::Query<ImportQuery>, actix_web::Error>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let PackFiles { pack, files } = files(&http, queried(&http, query)?, body)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    if files.is_empty() || files.len() > FILES || files.values().any(|text| text.contains('\0')) {
        let zh = format!("请发送 1 至 {FILES} 个文件（*.skill.yaml、*.test.yaml），且不含字符 U+0000");
        let en = format!("send 1 to {FILES} files (*.skill.yaml, *.test.yaml) without the character U+0000");
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, &zh, &en));
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
    let tests = bring_tests(&http, &mut tx, app, &files, &author).await?;
    let detail = json!({"app": app, "drafts": made, "skipped": skipped, "tests": tests});
    commit(&http, tx, &may, ("skill.imported", &pack), detail).await?;
    Ok(HttpResponse::Ok().json(ImportView { drafts: made, skipped, tests }))
}

/// The files of a request, from JSON or from a zip.
fn files(
    http: &HttpRequest,
    ImportQuery { pack }: ImportQuery,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<PackFiles, Problem> {
    let kind = http.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // The second is what some browsers call it.
    if !["application/zip", "application/x-zip-compressed"].contains(&kind.trim()) {
        return parsed(http, body);
    }
    let refuse = |zh: &str, en: &str| Problem::explained(http, ErrorCode::InvalidRequest, zh, en);
    let mut files = archive::read(&read_body(http, body)?).map_err(|why| refuse(&why.zh, &why.en))?;
    let about = files.remove("pack.yaml");
    let named = about.map(|text| skills::yaml::read::<About>("pack.yaml", &text)).transpose();
    let named = named.map_err(|error| Problem::invalid(http, error.to_string()))?.map(|about| about.pack);
    let pack = pack.or(named).ok_or_else(|| {
        refuse(
            "压缩包中没有 pack.yaml；请用参数 pack 指明技能包",
            "the zip has no pack.yaml; name the pack in the parameter pack",
        )
    })?;
    Ok(PackFiles { pack, files })
}

/// Stores the tests of `files` for skills that have none; those skills.
async fn bring_tests(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    files: &BTreeMap<String, String>,
    author: &str,
) -> Result<Vec<String>, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let mut read = Vec::new();
    for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".test.yaml")) {
        let tests = scenario::read(file, text).map_err(|error| Problem::invalid(http, error.to_string()))?;
        read.push((file.as_str(), ScenarioFile { tests }));
    }
    let counts = skill_tests::counts(tx, app).await.map_err(failed)?;
    let (mut stored, mut total) = (Vec::new(), counts.iter().map(|(_, count)| count).sum::<usize>());
    let is_skill = |name: &str| files.contains_key(&format!("{name}.skill.yaml"));
    for (skill, (text, tests)) in scenario::by_skill(read.iter().map(|(name, file)| (*name, file)), is_skill) {
        let new = NewTests { skill: &skill, text: &text, tests, author };
        if skill_tests::put(tx, app, &new, None).await.map_err(failed)?.is_some() {
            stored.push(skill);
            total += tests;
        }
    }
    if total > scenario::MOST && !stored.is_empty() {
        return Err(too_many_tests(http, total));
    }
    Ok(stored)
}

/// An app would have this many tests.
pub(super) fn too_many_tests(http: &HttpRequest, total: usize) -> Problem {
    let most = scenario::MOST;
    let zh = format!("一个应用最多有 {most} 个对话测试，这样会有 {total} 个");
    let en = format!("an app has at most {most} conversation tests; it would have {total}");
    Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en)
}

/// Hands out the live skills of a pack and their conversation tests.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/export", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ExportQuery),
    responses(
        (status = 200, description = "Its files", content((ExportView = "application/json"), (Vec<u8> = "application/zip"))),
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
    let ExportQuery { pack, format } = queried(&http, query)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let live = store::skills::live(&mut tx, app).await.map_err(failed)?;
    let own = live.skills.into_iter().filter(|version| version.pack == pack);
    let mut files: BTreeMap<_, _> =
        own.map(|version| (format!("{}.skill.yaml", version.manifest.skill), yaml(&version.manifest))).collect();
    if files.is_empty() {
        return Err(Problem::explained(&http, ErrorCode::NotFound, "没有这个技能包", "no such pack"));
    }
    for tests in skill_tests::list(&mut tx, app).await.map_err(failed)? {
        if files.contains_key(&format!("{}.skill.yaml", tests.skill)) {
            files.insert(format!("{}.test.yaml", tests.skill), tests.text);
        }
    }
    if format != Some(ExportFormat::Zip) {
        return Ok(HttpResponse::Ok().json(ExportView { pack, files }));
    }
    let zip = archive::write(&files).map_err(|error| {
        tracing::error!(%error, "a zip can't be written");
        Problem::new(&http, ErrorCode::Internal, None)
    })?;
    // The name of a pack that has skills is letters, digits and _.
    let name = format!("attachment; filename=\"{pack}.zip\"");
    Ok(HttpResponse::Ok().content_type("application/zip").insert_header((CONTENT_DISPOSITION, name)).body(zip))
}
