//! Conversation tests of skills: stored beside them, and played with a draft in the app.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use agent::draft::Draft;
use paigong_core::{AppId, ErrorCode, Language};
use serde::{Deserialize, Serialize};
use serde_json::json;
use skills::scenario::{self, Failure, MOST as TESTS, Scenario};
use store::TenantTx;
use store::keys::Caller;
use store::skill_tests::{self, NewTests, SkillTests};
use utoipa::ToSchema;

use super::super::person::{Edit, May, View};
use super::super::refusals::OfMember;
use super::super::{app, begin, commit, parsed};
use super::check::compiled;
use super::packs::too_many_tests;
use super::publish::{Unpublishable, unpublishable};
use super::{caller, drafts, etag, name};
use crate::problem::language;
use crate::{Problem, Shared};

/// How long a run of them may take; those that were not begun by then are not run.
const PATIENCE: Duration = Duration::from_secs(60);

/// The tests of a skill.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestsView {
    /// In the form of `*.test.yaml`; empty: there are none.
    #[schema(
        example = "tests:\n  - name: 请年假\n    user: E1001\n    turns:\n      - {user: 下周三请年假, action: ConfirmSkill}\n"
    )]
    text: String,
    /// Grows with every change; 0: none were ever stored. Also the `ETag`.
    #[schema(example = 3)]
    revision: i64,
}

/// Tests as they are written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestsText {
    /// In the form of `*.test.yaml`; empty: there are to be none.
    #[schema(
        example = "tests:\n  - name: 请年假\n    user: E1001\n    turns:\n      - {user: 下周三请年假, action: ConfirmSkill}\n"
    )]
    text: String,
}

/// What is stored now.
#[derive(Serialize, ToSchema)]
pub(crate) struct StoredTests {
    #[schema(example = 4)]
    revision: i64,
}

/// Tests that can't be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadableTests {
    #[serde(flatten)]
    problem: Problem,
    /// Where, from 1; null: not at one place.
    line: Option<u64>,
    column: Option<u64>,
}

/// Somebody else was faster; what they wrote is in `current`, and nothing was overwritten.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaleTests {
    #[serde(flatten)]
    problem: Problem,
    current: TestsView,
}

/// What came of tests.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TestReport {
    #[schema(example = 3)]
    pub passed: usize,
    #[schema(example = 1)]
    pub failed: usize,
    /// Those for which there was no time; `note` says so.
    #[schema(example = 0)]
    pub not_run: usize,
    pub note: Option<String>,
    /// The skill's own first.
    pub tests: Vec<TestView>,
}

/// One test.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TestView {
    #[schema(example = "请年假")]
    name: String,
    /// The skill that it is stored with.
    #[schema(example = "leave.request")]
    skill: String,
    passed: bool,
    /// The first turn that is wrong, from 1; null: none, or the rows at the end.
    #[schema(example = 2)]
    turn: Option<usize>,
    /// What was said in it.
    said: Option<String>,
    /// What is not as expected, in the language of the request.
    differences: Vec<String>,
    /// What was answered.
    reply: Option<String>,
}

impl TestReport {
    pub(super) fn is_good(&self) -> bool {
        self.failed == 0 && self.not_run == 0
    }
}

impl TestView {
    fn new(skill: &str, scenario: &Scenario, failure: Option<Box<Failure>>, language: Language) -> Self {
        let last = failure.as_ref().and_then(|failure| failure.exchanges.last().cloned());
        let (said, reply) = last.map_or((None, None), |last| (Some(last.said), last.answer));
        let words = |failure: &Failure| failure.differences.iter().map(|one| one.words(language)).collect();
        Self {
            name: scenario.name.clone(),
            skill: skill.to_owned(),
            passed: failure.is_none(),
            turn: failure.as_ref().and_then(|failure| failure.turn),
            said,
            differences: failure.as_deref().map(words).unwrap_or_default(),
            reply,
        }
    }
}

impl From<Option<SkillTests>> for TestsView {
    fn from(tests: Option<SkillTests>) -> Self {
        tests.map_or_else(
            || Self { text: String::new(), revision: 0 },
            |SkillTests { text, revision, .. }| Self { text, revision },
        )
    }
}

/// Shows the conversation tests of a skill.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/tests", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses((status = 200, description = "The tests; their revision is also the ETag", body = TestsView), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn get_tests(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let tests = current(&http, &mut tx, app, &skill).await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", etag(tests.revision))).json(tests))
}

/// Stores the conversation tests of a skill. With `If-Match: "REVISION"` over that revision; without, or with `"0"`, where there are
/// none. An app has at most 200 tests.
#[utoipa::path(put, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/tests", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request"),
           ("If-Match" = Option<String>, Header, description = "The revision that was read, such as `\"3\"`")),
    request_body = TestsText,
    responses(
        (status = 200, description = "Stored; the revision is also the ETag", body = StoredTests),
        (status = 400, description = "They can't be read, or are too many", body = UnreadableTests, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else has changed them; nothing was overwritten", body = StaleTests, content_type = "application/problem+json"),
        OfMember,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn put_tests(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let TestsText { text } = parsed(&http, body)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    if text.contains('\0') {
        return Err(Problem::invalid(&http, "text contains the character U+0000".into()));
    }
    let (skill, revision) = (name(&http)?, drafts::if_match(&http)?.filter(|revision| *revision > 0));
    let tests = match scenario::read("tests", &text) {
        Ok(tests) => tests.len(),
        Err(error) => return Ok(unreadable(&http, &error)),
    };
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let counts = skill_tests::counts(&mut tx, app).await.map_err(failed)?;
    let others: usize = counts.iter().filter(|(other, _)| *other != skill).map(|(_, count)| count).sum();
    if tests + others > TESTS {
        return Err(too_many_tests(&http, tests + others));
    }
    let author = may.actor();
    let new = NewTests { skill: &skill, text: &text, tests, author: &author };
    let Some(revision) = skill_tests::put(&mut tx, app, &new, revision).await.map_err(failed)? else {
        let current = current(&http, &mut tx, app, &skill).await?;
        let mut response = HttpResponse::PreconditionFailed();
        response.insert_header(("ETag", etag(current.revision))).content_type("application/problem+json");
        return Ok(response.json(StaleTests { problem: Problem::new(&http, ErrorCode::Stale, None), current }));
    };
    commit(&http, tx, &may, ("skill.tests_changed", &skill), json!({"app": app, "tests": tests})).await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", etag(revision))).json(StoredTests { revision }))
}

/// Plays the app's conversation tests with the draft in it: the skill's own, then those of the others. Each is a transaction
/// that is taken back. What takes longer than a minute in all is not run.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/test", tag = "skills",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("skill" = String, Path, example = "leave.request")),
    responses(
        (status = 200, description = "What came of them", body = TestReport),
        (status = 422, description = "The draft has errors", body = Unpublishable, content_type = "application/problem+json"),
        OfMember,
    ),
    security(("session" = ["editor"])))]
pub(crate) async fn test_draft(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Edit>,
) -> Result<HttpResponse, Problem> {
    let skill = name(&http)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let draft = drafts::draft(&http, &mut tx, app.id, &skill).await?;
    let compiled = match compiled(&http, &mut tx, app.id, &draft).await? {
        Ok(compiled) => compiled,
        Err(findings) => return Ok(unpublishable(&http, findings)),
    };
    let tests = of_app(&http, &mut tx, app.id, &skill, &draft.pack).await?;
    drop(tx);
    let caller = caller(&http, &shared, &may, &app).await?;
    let made = shared.agent.draft(&caller, compiled).await.map_err(|error| Problem::of_turn(&http, &error))?;
    Ok(HttpResponse::Ok().json(play(&http, &shared, &caller, &made, &tests).await?))
}

/// The tests that are stored for one skill.
pub(super) struct OfSkill {
    skill: String,
    /// The packs that the tests' rows may be of: the skill's own, then the others of the app.
    packs: Vec<String>,
    tests: Vec<Scenario>,
}

/// The tests of `skill`, whose draft is of `pack`, and of the other live skills of the app.
pub(super) async fn of_app(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    skill: &str,
    pack: &str,
) -> Result<Vec<OfSkill>, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let live = store::skills::live(tx, app).await.map_err(failed)?.skills;
    let mut packs: BTreeMap<String, String> =
        live.into_iter().map(|version| (version.manifest.skill.to_string(), version.pack)).collect();
    packs.insert(skill.to_owned(), pack.to_owned());
    let all_packs: BTreeSet<&String> = packs.values().collect();
    let stored = skill_tests::list(tx, app).await.map_err(failed)?;
    let mut all: Vec<OfSkill> = stored
        .into_iter()
        .filter_map(|stored| {
            let own = packs.get(&stored.skill)?;
            let others = all_packs.iter().copied().filter(|pack| *pack != own);
            let packs = [own].into_iter().chain(others).cloned().collect();
            // What was stored could be read then; a later program that reads less says so when it is edited.
            let tests = scenario::read(&stored.skill, &stored.text).unwrap_or_default();
            Some(OfSkill { skill: stored.skill, packs, tests })
        })
        .collect();
    all.sort_by_key(|of| of.skill != skill);
    Ok(all)
}

/// Plays tests, at most as many as an app has, until the time is over.
pub(super) async fn play(
    http: &HttpRequest,
    shared: &Shared,
    caller: &Caller,
    draft: &Draft,
    all: &[OfSkill],
) -> Result<TestReport, Problem> {
    let (started, language) = (Instant::now(), language(http));
    let mut report = TestReport { passed: 0, failed: 0, not_run: 0, note: None, tests: Vec::new() };
    for (index, (of, test)) in all.iter().flat_map(|of| of.tests.iter().map(move |test| (of, test))).enumerate() {
        if index >= TESTS || started.elapsed() > PATIENCE {
            report.not_run += 1;
            continue;
        }
        let failure = shared.agent.play(caller, draft, &of.packs, test).await;
        let failure = failure.map_err(|error| Problem::of_turn(http, &error))?;
        *(if failure.is_none() { &mut report.passed } else { &mut report.failed }) += 1;
        report.tests.push(TestView::new(&of.skill, test, failure, language));
    }
    if report.not_run > 0 {
        let (count, seconds) = (report.not_run, PATIENCE.as_secs());
        report.note = Some(match language {
            Language::Zh => format!("一次最多运行 {TESTS} 个测试、{seconds} 秒，还有 {count} 个没有运行"),
            Language::En => {
                format!("{count} more were not run: one run takes at most {TESTS} tests and {seconds} seconds")
            }
        });
    }
    Ok(report)
}

async fn current(http: &HttpRequest, tx: &mut TenantTx, app: AppId, skill: &str) -> Result<TestsView, Problem> {
    let tests = skill_tests::get(tx, app, skill).await.map_err(|error| Problem::of_store(http, &error))?;
    Ok(TestsView::from(tests))
}

fn unreadable(http: &HttpRequest, error: &skills::yaml::Error) -> HttpResponse {
    let (line, column) = (Some(error.line).filter(|line| *line > 0), Some(error.column).filter(|column| *column > 0));
    let zh = format!("第 {} 行无法读取：{}", error.line, error.what());
    let en = format!("line {} can't be read: {}", error.line, error.what());
    let problem = Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en);
    let mut response = HttpResponse::BadRequest();
    response.content_type("application/problem+json").json(UnreadableTests { problem, line, column })
}
