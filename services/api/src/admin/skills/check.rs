//! What is wrong or doubtful in a draft, and what would change if it were published.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use agent::draft::{Overlap, Stray};
use paigong_core::{AppId, Bilingual, Language};
use serde::Serialize;
use serde_json::Value;
use skills::lint::{self, Finding, Severity};
use skills::{Manifest, Pack, Skill, pack};
use store::TenantTx;
use store::drafts::Draft;
use utoipa::ToSchema;

use super::super::person::{May, View};
use super::super::refusals::OfMember;
use super::super::{app, begin};
use super::difference::{self, Difference};
use super::{caller, drafts, live_version, name, read};
use crate::problem::language;
use crate::{Problem, Shared};

/// What lint found.
#[derive(Serialize, ToSchema)]
pub(crate) struct LintReport {
    /// Errors first.
    pub findings: Vec<FindingView>,
    /// The draft's examples that sit nearer to another skill's example than to any of their own, the nearest first.
    pub strays: Vec<StrayView>,
    /// Skills that the draft will be mistaken for.
    pub overlaps: Vec<OverlapView>,
    /// Whether it may be published.
    pub publishable: bool,
}

/// One finding.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// error: it can't be published; warning: it can, but users will feel it.
    #[schema(example = "warning")]
    severity: &'static str,
    /// The key in the manifest.
    #[schema(example = "slots.days")]
    place: String,
    /// Which kind of finding it is: stable, for programs.
    #[schema(example = "no_question")]
    code: &'static str,
    /// The line of `place` in the draft's text, or where it can't be read.
    line: Option<u64>,
    column: Option<u64>,
    /// What is wrong and what to do, in the language of the request.
    #[schema(example = "no x-ask; the question will be a plain one")]
    message: String,
}

/// An example nearer to another skill.
#[derive(Serialize, ToSchema)]
pub(crate) struct StrayView {
    #[schema(example = "还有几天假")]
    example: String,
    #[schema(example = "leave.balance")]
    skill: String,
    /// The other skill's example.
    #[schema(example = "我还有几天年假")]
    nearest: String,
    #[schema(example = 0.93)]
    similarity: f32,
    /// How near the nearest example of its own is.
    #[schema(example = 0.71)]
    own: f32,
}

/// A skill that the draft will be mistaken for.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverlapView {
    #[schema(example = "leave.balance")]
    skill: String,
    #[schema(example = 6)]
    strays: usize,
    #[schema(example = 30)]
    of: usize,
}

/// What would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftDiff {
    /// The version that is live; null: none is.
    #[schema(example = 3)]
    live_version: Option<u32>,
    /// Whether another version went live after the draft was begun.
    is_behind: bool,
    /// False: the draft can't be read, and lint says why.
    readable: bool,
    differences: Vec<Difference>,
}

impl From<Stray> for StrayView {
    fn from(Stray { example, skill, nearest, similarity, own }: Stray) -> Self {
        Self { example, skill, nearest, similarity, own }
    }
}

impl From<Overlap> for OverlapView {
    fn from(Overlap { skill, strays, of }: Overlap) -> Self {
        Self { skill, strays, of }
    }
}

impl FindingView {
    pub(super) fn is_error(&self) -> bool {
        self.severity == "error"
    }

    /// What lint found in a draft's text.
    fn new(finding: &Finding, text: &str, language: Language) -> Self {
        let (line, column) = lint::locate(text, finding).unzip();
        Self {
            severity: if finding.severity == Severity::Error { "error" } else { "warning" },
            place: finding.place.clone(),
            code: finding.message.code,
            line,
            column,
            message: finding.message.get(language).to_owned(),
        }
    }

    /// The draft's text can't be read.
    fn unreadable(error: &skills::yaml::Error, language: Language) -> Self {
        let known = |number: u64| (number > 0).then_some(number);
        Self {
            severity: "error",
            place: String::new(),
            code: "unreadable",
            line: known(error.line),
            column: known(error.column),
            message: match language {
                Language::Zh => format!("无法读取：{}", error.what()),
                Language::En => error.what().to_owned(),
            },
        }
    }
}

/// Says what is wrong or doubtful in a draft beside the app's other live skills.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/lint", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses((status = 200, description = "What was found", body = LintReport), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn lint_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let draft = drafts::draft(&http, &mut tx, app.id, &skill).await?;
    let (manifest, mut findings) = examine(&http, &mut tx, app.id, &draft).await?;
    drop(tx);
    findings.sort_by_key(|finding| !finding.is_error());
    let publishable = !findings.iter().any(FindingView::is_error);
    let (mut strays, mut overlaps) = (Vec::new(), Vec::new());
    if let Some(compiled) = manifest.and_then(|manifest| Skill::compile(manifest, 1, &draft.pack).ok()) {
        let caller = caller(&http, &shared, &may, &app).await?;
        let made = shared.agent.draft(&caller, compiled).await.map_err(|error| Problem::of_turn(&http, &error))?;
        let (near, over) = made.strays();
        strays.extend(near.into_iter().map(StrayView::from));
        overlaps.extend(over.into_iter().map(OverlapView::from));
    }
    Ok(HttpResponse::Ok().json(LintReport { findings, strays, overlaps, publishable }))
}

/// Says what would change if the draft were published.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/diff", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses((status = 200, description = "The draft against what is live", body = DraftDiff), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn diff_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let draft = drafts::draft(&http, &mut tx, app, &skill).await?;
    let live = live_version(&http, &mut tx, app, &skill).await?;
    let json = |manifest: &Manifest| serde_json::to_value(manifest).unwrap_or_default();
    let before = live.as_ref().map_or_else(|| Value::Object(serde_json::Map::new()), |live| json(&live.manifest));
    let after = read(&draft).ok();
    let differences = after.as_ref().map(|after| difference::between(&before, &json(after))).unwrap_or_default();
    let live_version = live.map(|live| live.version);
    let is_behind = live_version != draft.based_on;
    Ok(HttpResponse::Ok().json(DraftDiff { live_version, is_behind, readable: after.is_some(), differences }))
}

/// The manifest of a draft, if it can be read, and what lint says of it among the app's other live skills.
pub(super) async fn examine(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    draft: &Draft,
) -> Result<(Option<Manifest>, Vec<FindingView>), Problem> {
    let manifest = match read(draft) {
        Ok(manifest) => manifest,
        Err(error) => return Ok((None, vec![FindingView::unreadable(&error, language(http))])),
    };
    let live = store::skills::live(tx, app).await.map_err(|error| Problem::of_store(http, &error))?;
    let others = live.skills.into_iter().filter(|version| version.manifest.skill.as_str() != draft.skill);
    let mut packs: BTreeMap<String, Vec<(String, Manifest)>> = BTreeMap::new();
    for (pack, manifest) in others.map(|version| (version.pack, version.manifest)) {
        packs.entry(pack).or_default().push((manifest.skill.to_string(), manifest));
    }
    // The draft comes last: of two that say the same, the later one has the finding.
    let own = (draft.pack.clone(), vec![(manifest.skill.to_string(), manifest.clone())]);
    let packs: Vec<Pack> = packs.into_iter().chain([own]).map(|(name, manifests)| in_memory(name, manifests)).collect();
    let file = format!("{}/{}", draft.pack, draft.skill);
    let found = lint::lint(&packs).into_iter().filter(|finding| finding.file == file);
    let findings = found.map(|finding| FindingView::new(&finding, &draft.manifest, language(http))).collect();
    Ok((Some(manifest), findings))
}

/// The draft compiled as the skill's next version; or, where it has errors, those.
pub(super) async fn compiled(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    draft: &Draft,
) -> Result<Result<Skill, Vec<FindingView>>, Problem> {
    let (manifest, mut findings) = examine(http, tx, app, draft).await?;
    findings.retain(FindingView::is_error);
    let versions = store::skills::history(tx, app, &draft.skill).await;
    let versions = versions.map_err(|error| Problem::of_store(http, &error))?;
    let next = versions.first().map_or(1, |last| last.version + 1);
    let manifest = manifest.filter(|_| findings.is_empty());
    let compiled = manifest.and_then(|manifest| Skill::compile(manifest, next, &draft.pack).ok());
    Ok(compiled.ok_or(findings))
}

/// A pack of skills that were published, without its files.
fn in_memory(name: String, manifests: Vec<(String, Manifest)>) -> Pack {
    let title = Bilingual { zh: name.clone(), en: name.clone() };
    let about = pack::About { pack: name, title, description: None, knowledge: Vec::new() };
    Pack { about, manifests, schema: String::new(), seed: String::new(), scenarios: Vec::new() }
}
