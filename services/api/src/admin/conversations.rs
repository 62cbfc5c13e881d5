//! `…/conversations`: what was said to an app: searched, read turn by turn with why it was answered so, and as a test.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, web};
use agent::export::Told;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use paigong_core::{AppId, ConversationId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::threads::{self, Filter, Thread};
use store::{TenantTx, tenants, turns};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::person::{May, Signed, View};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{app, begin, id, sought};
use crate::chat::queried;
use crate::conversations::page;
use crate::runs::RunView;
use crate::{Problem, Shared, limits};

/// Which conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ThreadFilter {
    /// These words, in any message or answer; 200 characters at most.
    query: Option<String>,
    /// Of this end user.
    user: Option<String>,
    /// With a turn about this skill.
    skill: Option<String>,
    /// zh or en.
    language: Option<String>,
    /// That went on at this time (RFC 3339) or on this day of the tenant's, or later.
    since: Option<String>,
    /// That began before this time (RFC 3339), or on this day of the tenant's or earlier.
    until: Option<String>,
    /// With an answer of this kind: ElicitSlot, ElicitSkill, ConfirmSkill, Close or Handoff.
    act: Option<String>,
    /// Conversations before this one.
    last_id: Option<Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// Which turns of a conversation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TurnFilter {
    /// Turns after this number.
    after: Option<i32>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// A conversation in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadRow {
    id: Uuid,
    user: String,
    #[schema(example = "zh")]
    language: String,
    /// How many.
    turns: i64,
    #[schema(example = "下周三请一天年假")]
    first_query: String,
    last_answer: String,
    /// What it was about.
    #[schema(example = json!(["leave.request"]))]
    skills: Vec<String>,
    /// open (something is under way), handed_off (to a person who has not closed it) or closed.
    #[schema(example = "closed")]
    state: String,
    started_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
}

/// A page of conversations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadPage {
    data: Vec<ThreadRow>,
    has_more: bool,
    limit: u32,
}

/// A conversation with its turns.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadView {
    id: Uuid,
    user: String,
    language: String,
    first_query: String,
    last_answer: String,
    skills: Vec<String>,
    state: String,
    started_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    /// How many turns it has in all.
    turn_count: i64,
    /// A page of them, in order.
    turns: Vec<TurnView>,
    /// What was done in the turns shown.
    runs: Vec<RunView>,
    has_more: bool,
    limit: u32,
}

/// A message, its answer, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TurnView {
    id: Uuid,
    /// The number in the conversation, from 1.
    seq: i32,
    query: String,
    /// What came with it: `payload`, `inputs`, `context`, each where there was one.
    #[schema(value_type = Option<Object>)]
    request: Option<Value>,
    answer: String,
    /// The whole answer, as it was given.
    #[schema(value_type = agent::Answer)]
    response: Value,
    /// What was understood and decided.
    #[schema(value_type = Object)]
    decision: Value,
    /// How long each step took.
    #[schema(value_type = Object)]
    trace: Value,
    created_at: DateTime<Utc>,
}

/// A conversation as a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadTest {
    /// A file of one conversation test (`*.test.yaml`).
    yaml: String,
    /// The test alone, as it stands in such a file: to be put below the tests that a skill has.
    test: String,
    /// The skill that it is about, if it is about one.
    #[schema(example = "leave.request")]
    skill: Option<String>,
}

impl From<Thread> for ThreadRow {
    fn from(of: Thread) -> Self {
        Self {
            id: of.id,
            user: of.end_user,
            language: of.language,
            turns: of.turns,
            first_query: of.first_query,
            last_answer: of.last_answer,
            skills: of.skills,
            state: of.state,
            started_at: of.started_at,
            last_at: of.last_at,
        }
    }
}

impl From<turns::Turn> for TurnView {
    fn from(of: turns::Turn) -> Self {
        Self {
            id: of.id.0,
            seq: of.seq,
            query: of.query,
            request: of.request,
            answer: of.answer,
            response: of.response,
            decision: of.decision,
            trace: of.trace,
            created_at: of.created_at,
        }
    }
}

/// Lists conversations, and searches them.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/conversations", tag = "conversations",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ThreadFilter),
    responses((status = 200, description = "A page, newest first", body = ThreadPage), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_threads(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<ThreadFilter>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let zone = zone(&http, &shared, &may).await?;
    let filter = Filter {
        words: sought(&http, "query", query.query, limits::USER)?,
        end_user: sought(&http, "user", query.user, limits::USER)?,
        skill: sought(&http, "skill", query.skill, limits::USER)?,
        language: sought(&http, "language", query.language, limits::USER)?,
        since: moment(&http, "since", query.since, zone, 0)?,
        until: moment(&http, "until", query.until, zone, 1)?,
        act: sought(&http, "act", query.act, limits::USER)?,
    };
    let limit = page(query.limit);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let found = threads::search(&mut tx, app, &filter, query.last_id, limit + 1).await;
    let found = found.map_err(|error| Problem::of_store(&http, &error))?;
    let mut data: Vec<_> = found.into_iter().map(ThreadRow::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(HttpResponse::Ok().json(ThreadPage { data, has_more, limit }))
}

/// Reads a conversation, turn by turn, with why it was answered so and what was done.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/conversations/{conversation}", tag = "conversations",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("conversation" = Uuid, Path), TurnFilter),
    responses((status = 200, description = "The conversation with a page of its turns", body = ThreadView), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn get_thread(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<TurnFilter>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let query = queried(&http, query)?;
    let limit = page(query.limit);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let of = find(&http, &mut tx, app).await?;
    let conversation = ConversationId(of.id);
    let after = query.after.unwrap_or(0).max(0);
    let mut turns = turns::list(&mut tx, conversation, after, limit + 1).await.map_err(failed)?;
    let has_more = turns.len() > limit as usize;
    turns.truncate(limit as usize);
    let shown: HashSet<_> = turns.iter().map(|turn| turn.id).collect();
    let runs = store::runs::list(&mut tx, conversation).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(ThreadView {
        id: of.id,
        user: of.end_user,
        language: of.language,
        first_query: of.first_query,
        last_answer: of.last_answer,
        skills: of.skills,
        state: of.state,
        started_at: of.started_at,
        last_at: of.last_at,
        turn_count: of.turns,
        turns: turns.into_iter().map(TurnView::from).collect(),
        runs: runs.into_iter().filter(|run| shown.contains(&run.turn)).map(RunView::from).collect(),
        has_more,
        limit,
    }))
}

/// A conversation as a test that expects what was decided then.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/conversations/{conversation}/test", tag = "conversations",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("conversation" = Uuid, Path)),
    responses(
        (status = 200, description = "The test", body = ThreadTest),
        (status = 409, description = "Nothing of it can be told as a test; the detail says why", body = Problem, content_type = "application/problem+json"),
        OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn thread_as_test(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let zone = zone(&http, &shared, &may).await?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let of = find(&http, &mut tx, app).await?;
    let told = agent::export::as_test(&mut tx, ConversationId(of.id), &of.end_user, zone).await;
    match told.map_err(|error| Problem::of_store(&http, &error))? {
        Ok(Told { file, test, skill }) => Ok(HttpResponse::Ok().json(ThreadTest { yaml: file, test, skill })),
        Err(why) => {
            let zh = format!("这段对话无法写成测试：{why}");
            let en = format!("nothing of this conversation can be told as a test: {why}");
            Err(Problem::explained(&http, ErrorCode::Conflict, &zh, &en))
        }
    }
}

/// The conversation in the path.
async fn find(http: &HttpRequest, tx: &mut TenantTx, app: AppId) -> Result<Thread, Problem> {
    let found = threads::get(tx, app, ConversationId(id(http, "conversation")?)).await;
    let found = found.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这段对话", "no such conversation"))
}

/// The time zone of the tenant in the path.
async fn zone(http: &HttpRequest, shared: &Shared, signed: &Signed) -> Result<Tz, Problem> {
    let all = tenants::list(&shared.store).await.map_err(|error| Problem::of_store(http, &error))?;
    let tenant = all.into_iter().find(|tenant| tenant.id == signed.tenant);
    tenant.map(|tenant| tenant.time_zone).ok_or_else(|| Problem::new(http, ErrorCode::NotFound, None))
}

/// A time, or the beginning of the day that is `days` after a day.
fn moment(
    http: &HttpRequest,
    name: &str,
    text: Option<String>,
    zone: Tz,
    days: u64,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = sought(http, name, text, limits::USER)? else { return Ok(None) };
    let time = DateTime::parse_from_rfc3339(&text).map(|time| time.to_utc()).ok();
    let day = || {
        let day = text.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(days))?;
        day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest().map(|time| time.to_utc())
    };
    // Postgres knows no later years.
    let found = time.or_else(day).filter(|time| (0..10_000).contains(&chrono::Datelike::year(time)));
    let refuse = || {
        let zh = format!("{name} 须为 RFC 3339 时间或日期，例如 2026-11-25");
        let en = format!("{name} must be a time of RFC 3339 or a date, such as 2026-11-25");
        Problem::explained(http, ErrorCode::InvalidRequest, &zh, &en)
    };
    found.map(Some).ok_or_else(refuse)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/conversations";
    config
        .route(BASE, web::get().to(list_threads))
        .route(&format!("{BASE}/{{conversation}}"), web::get().to(get_thread))
        .route(&format!("{BASE}/{{conversation}}/test"), web::get().to(thread_as_test));
}
