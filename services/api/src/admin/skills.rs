//! `…/skills`: what an app can do: what is live, what is being written, and how it got there. `drafts` is writing, `check` says what
//! is wrong with a draft and what would change, `attempt` talks to it, `scenarios` plays conversation tests with it, `publish` makes it
//! live or takes it back, `packs` brings several in and out.

mod attempt;
mod check;
mod difference;
mod drafts;
mod packs;
mod publish;
mod scenarios;

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use paigong_core::ErrorCode;
use serde::Serialize;
use serde_json::Value;
use skills::Manifest;
use store::apps::App;
use store::drafts::Draft;
use store::keys::Caller;
use store::skills::{Past, Version};
use store::{TenantTx, tenants};
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{May, Signed, View};
use super::refusals::OfMember;
use super::{app, begin};
use crate::{Problem, Shared, limits};
pub(crate) use {attempt::*, check::*, drafts::*, packs::*, publish::*, scenarios::*};

/// A skill in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillRow {
    #[schema(example = "leave.request")]
    skill: String,
    #[schema(example = "hr")]
    pack: String,
    /// In both languages; null where the draft can't be read and nothing is live.
    #[schema(value_type = Option<Object>, example = json!({"zh": "请假申请", "en": "Request leave"}))]
    title: Option<Value>,
    /// Null: not live.
    #[schema(example = 3)]
    live_version: Option<u32>,
    /// none, or draft: something is being written.
    #[schema(example = "draft")]
    state: &'static str,
    /// When the draft was changed last, and by whom.
    draft_updated_at: Option<DateTime<Utc>>,
    draft_author: Option<String>,
    /// read: it only looks; write: it changes something, and is confirmed first. Null where the draft can't be read and nothing is
    /// live.
    #[schema(example = "write")]
    effect: Option<&'static str>,
    /// How many examples it has in each language; null as for `effect`.
    examples: Option<ExampleCounts>,
    /// Its conversation tests.
    #[schema(example = 5)]
    tests: usize,
    /// Runs of the last seven days.
    #[schema(example = 120)]
    runs: i64,
    /// The share of them that succeeded; null without runs.
    #[schema(example = 0.94)]
    completion: Option<f64>,
}

/// Examples by their language.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExampleCounts {
    #[schema(example = 12)]
    zh: usize,
    #[schema(example = 14)]
    en: usize,
}

/// Every skill, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillList {
    data: Vec<SkillRow>,
}

/// A skill with everything about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillView {
    #[schema(example = "leave.request")]
    skill: String,
    live: Option<LiveView>,
    draft: Option<DraftView>,
    /// Newest first.
    versions: Vec<PastView>,
}

/// What is live.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveView {
    #[schema(example = 3)]
    version: u32,
    #[schema(example = "hr")]
    pack: String,
    /// The manifest; the repository's documentation describes its keys.
    #[schema(value_type = Object)]
    manifest: Value,
    /// The same as YAML, to begin a draft with.
    #[schema(example = "skill: leave.request\ntitle:\n  zh: 请假申请\n  en: Request leave\n")]
    text: String,
}

/// A draft.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftView {
    #[schema(example = "leave.request")]
    skill: String,
    #[schema(example = "hr")]
    pack: String,
    /// The manifest as it was typed, valid or not.
    #[schema(example = "skill: leave.request\ntitle: {zh: 请假申请, en: Request leave}\n")]
    text: String,
    /// The version that was live when it was begun.
    #[schema(example = 3)]
    based_on: Option<u32>,
    /// Grows with every change; also the `ETag`.
    #[schema(example = 7)]
    revision: i64,
    #[schema(example = "person:01935b4e-7c2a-7d3e-9f10-2a1b3c4d5e6f")]
    author: String,
    updated_at: DateTime<Utc>,
}

/// A published version.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastView {
    #[schema(example = 3)]
    version: u32,
    #[schema(example = "hr")]
    pack: String,
    #[schema(example = "person:01935b4e-7c2a-7d3e-9f10-2a1b3c4d5e6f")]
    author: String,
    #[schema(example = "half days")]
    note: String,
    published_at: DateTime<Utc>,
}

impl From<Draft> for DraftView {
    fn from(Draft { skill, pack, manifest, based_on, revision, author, updated_at }: Draft) -> Self {
        Self { skill, pack, text: manifest, based_on, revision, author, updated_at }
    }
}

impl From<Past> for PastView {
    fn from(Past { version, pack, author, note, published_at }: Past) -> Self {
        Self { version, pack, author, note, published_at }
    }
}

/// Lists the skills of an app, live ones and drafts.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path)),
    responses((status = 200, description = "Every skill, by name", body = SkillList), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_skills(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let live = store::skills::live(&mut tx, app).await.map_err(failed)?;
    let drafts = store::drafts::list(&mut tx, app).await.map_err(failed)?;
    let uses = store::skills::uses(&mut tx, app).await.map_err(failed)?;
    let tests = store::skill_tests::counts(&mut tx, app).await.map_err(failed)?;
    let mut rows: BTreeMap<String, SkillRow> = BTreeMap::new();
    for version in live.skills {
        let skill = version.manifest.skill.to_string();
        let row = row(skill.clone(), version.pack, Some(&version.manifest));
        rows.insert(skill, SkillRow { live_version: Some(version.version), ..row });
    }
    for draft in drafts {
        let manifest = read(&draft).ok();
        let row = rows.entry(draft.skill.clone());
        let row = row.or_insert_with(|| self::row(draft.skill, draft.pack, manifest.as_ref()));
        (row.state, row.draft_updated_at, row.draft_author) = ("draft", Some(draft.updated_at), Some(draft.author));
    }
    for (skill, count) in tests {
        if let Some(row) = rows.get_mut(&skill) {
            row.tests = count;
        }
    }
    for one in uses {
        if let Some(row) = rows.get_mut(&one.skill) {
            row.runs = one.runs;
            row.completion = (one.runs > 0).then(|| one.succeeded as f64 / one.runs as f64);
        }
    }
    Ok(HttpResponse::Ok().json(SkillList { data: rows.into_values().collect() }))
}

/// Shows a skill: what is live, the draft, the versions.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses((status = 200, description = "Everything about it; the draft's revision is also the ETag", body = SkillView), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn get_skill(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let versions = store::skills::history(&mut tx, app, &skill).await.map_err(failed)?;
    let draft = store::drafts::get(&mut tx, app, &skill).await.map_err(failed)?;
    if versions.is_empty() && draft.is_none() {
        return Err(no_such_skill(&http));
    }
    let live = live_version(&http, &mut tx, app, &skill).await?.map(|live| LiveView {
        version: live.version,
        pack: live.pack,
        text: yaml(&live.manifest),
        manifest: serde_json::to_value(&live.manifest).unwrap_or_default(),
    });
    let mut response = HttpResponse::Ok();
    if let Some(draft) = &draft {
        response.insert_header(("ETag", etag(draft.revision)));
    }
    let versions = versions.into_iter().map(PastView::from).collect();
    Ok(response.json(SkillView { skill, live, draft: draft.map(DraftView::from), versions }))
}

fn row(skill: String, pack: String, manifest: Option<&Manifest>) -> SkillRow {
    let examples = |manifest: &Manifest| {
        let [zh, en] = manifest.example_counts();
        ExampleCounts { zh, en }
    };
    SkillRow {
        skill,
        pack,
        title: manifest.and_then(|manifest| serde_json::to_value(&manifest.title).ok()),
        live_version: None,
        state: "none",
        draft_updated_at: None,
        draft_author: None,
        effect: manifest.map(|manifest| if manifest.effect.needs_confirmation() { "write" } else { "read" }),
        examples: manifest.map(examples),
        tests: 0,
        runs: 0,
        completion: None,
    }
}

/// The name of a skill in the path. What can't be one is not found.
fn name(http: &HttpRequest) -> Result<String, Problem> {
    let name = http.match_info().get("skill").unwrap_or_default().to_owned();
    skills::SkillName::try_from(name).map(String::from).map_err(|_| no_such_skill(http))
}

fn no_such_skill(http: &HttpRequest) -> Problem {
    Problem::explained(http, ErrorCode::NotFound, "没有这个技能", "no such skill")
}

/// The version of `skill` that is live.
async fn live_version(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: paigong_core::AppId,
    skill: &str,
) -> Result<Option<Version>, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    match store::skills::live_version(tx, app, skill).await.map_err(failed)? {
        Some(version) => store::skills::version(tx, app, skill, version).await.map_err(failed),
        None => Ok(None),
    }
}

/// The manifest of a draft, as far as it can be read.
fn read(draft: &Draft) -> Result<Manifest, skills::yaml::Error> {
    let manifest: Manifest = skills::yaml::read(&draft.skill, &draft.manifest)?;
    if manifest.skill.as_str() == draft.skill {
        return Ok(manifest);
    }
    let message = format!("skill: is {}, and this is the draft of {}", manifest.skill, draft.skill);
    Err(skills::yaml::Error { file: draft.skill.clone(), line: 1, column: 1, message })
}

/// A manifest as YAML.
fn yaml(manifest: &Manifest) -> String {
    skills::yaml::write(manifest).unwrap_or_default()
}

fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// A person as the agent sees a caller: the app of the path, without a key.
pub(super) async fn caller(http: &HttpRequest, shared: &Shared, signed: &Signed, app: &App) -> Result<Caller, Problem> {
    let all = tenants::list(&shared.store).await.map_err(|error| Problem::of_store(http, &error))?;
    let tenant = all.into_iter().find(|tenant| tenant.id == signed.tenant);
    let tenant = tenant.ok_or_else(|| Problem::new(http, ErrorCode::NotFound, None))?;
    Ok(Caller {
        tenant: signed.tenant,
        app: app.id,
        key: Uuid::nil(),
        time_zone: tenant.time_zone,
        default_language: app.language,
        revision: app.revision,
    })
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}";
    let of = |path: &str| format!("{BASE}/skills/{{skill}}{path}");
    config
        .route(&format!("{BASE}/skills"), web::get().to(list_skills))
        .route(&format!("{BASE}/skills/export"), web::get().to(export_skills))
        .service(
            web::resource(format!("{BASE}/skills/import"))
                .app_data(web::PayloadConfig::new(limits::IMPORT))
                .app_data(web::Data::new(limits::Body(limits::IMPORT)))
                .route(web::post().to(import_skills)),
        )
        .route(&of(""), web::get().to(get_skill))
        .service(web::resource(of("/draft")).route(web::put().to(put_draft)).route(web::delete().to(discard_draft)))
        .route(&of("/draft/lint"), web::post().to(lint_draft))
        .route(&of("/draft/diff"), web::get().to(diff_draft))
        .route(&of("/draft/try"), web::post().to(try_draft))
        .route(&of("/draft/test"), web::post().to(test_draft))
        .service(
            web::resource(of("/tests"))
                .app_data(web::PayloadConfig::new(limits::TESTS))
                .app_data(web::Data::new(limits::Body(limits::TESTS)))
                .route(web::get().to(get_tests))
                .route(web::put().to(put_tests)),
        )
        .route(&of("/draft/publish"), web::post().to(publish_draft))
        .route(&of("/restore"), web::post().to(restore_skill))
        .route(&of("/withdraw"), web::post().to(withdraw_skill));
}
