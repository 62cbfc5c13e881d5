//! `/v1/suggestions` and `/v1/reasoning`: what the small model may learn from what a language model was asked, and what the
//! asking has cost.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Days, NaiveDate, Utc};
use paigong_core::{AppId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::suggestions::{self, Accepted, Suggestion};
use store::{TenantTx, audit, llm};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authenticated, scope};
use crate::chat::{from_json, queried, read_body};
use crate::conversations::{begin, page};
use crate::runs::actor;
use crate::{Problem, Shared, limits};

/// What a user said that only a language model understood, and that was then carried out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionView {
    id: uuid::Uuid,
    conversation_id: uuid::Uuid,
    /// The skill that it turned out to ask for.
    #[schema(example = "leave.request")]
    skill: String,
    /// What was said.
    #[schema(example = "想歇两天")]
    utterance: String,
    /// The same as an example, with its slots marked.
    #[schema(example = "想歇[两天](days)")]
    example: String,
    /// The values that it was carried out with.
    #[schema(value_type = Object)]
    slots: Value,
    language: String,
    /// How often a language model was asked for it.
    times: i32,
    /// open, accepted or rejected.
    state: String,
    decided_by: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Suggestion> for SuggestionView {
    fn from(from: Suggestion) -> Self {
        Self {
            id: from.id,
            conversation_id: from.conversation.0,
            skill: from.skill,
            utterance: from.utterance,
            example: from.example,
            slots: from.slots,
            language: from.language,
            times: from.times,
            state: from.state,
            decided_by: from.decided_by,
            created_at: from.created_at,
        }
    }
}

/// A page of suggestions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionPage {
    data: Vec<SuggestionView>,
    has_more: bool,
    limit: u32,
}

/// Which suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestionQuery {
    /// open (the default), accepted or rejected.
    state: Option<String>,
    /// Suggestions before this one.
    last_id: Option<uuid::Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// What is decided about a suggestion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestionDecision {
    /// `accepted` or `rejected`.
    #[schema(example = "accepted")]
    state: String,
    /// With `accepted`: the skill that it should have been, if not the suggested one.
    skill: Option<String>,
    /// With `accepted`: the example as it should be, with its slots marked.
    example: Option<String>,
    /// Who decides.
    #[serde(default)]
    by: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionOutcome {
    /// accepted or rejected.
    state: String,
    /// The skill that has a new example.
    skill: Option<String>,
    /// Its version, which is live with the next request.
    version: Option<u32>,
}

/// Lists what the small model may learn.
#[utoipa::path(get, path = "/v1/suggestions", tag = "learning", params(SuggestionQuery),
    responses(
        (status = 200, description = "A page, newest first", body = SuggestionPage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["learning"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Learning>,
    query: Result<web::Query<SuggestionQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    Ok(HttpResponse::Ok().json(page_of(&http, &mut tx, caller.0.app, &query).await?))
}

/// A page of the app's suggestions, for whoever may see them.
pub(crate) async fn page_of(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    query: &SuggestionQuery,
) -> Result<SuggestionPage, Problem> {
    let state = query.state.as_deref().unwrap_or("open");
    if !["open", "accepted", "rejected"].contains(&state) {
        return Err(Problem::invalid(http, format!("state {state:?} is not one of open, accepted, rejected")));
    }
    let limit = page(query.limit);
    let found = suggestions::list(tx, app, state, query.last_id, limit + 1).await;
    let found = found.map_err(|error| Problem::of_store(http, &error))?;
    let mut data: Vec<_> = found.into_iter().map(SuggestionView::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(SuggestionPage { data, has_more, limit })
}

/// Accepts or rejects a suggestion. An accepted one is an example of its skill from the next request on.
#[utoipa::path(post, path = "/v1/suggestions/{id}", tag = "learning", params(("id" = uuid::Uuid, Path)), request_body = SuggestionDecision,
    responses(
        (status = 200, description = "What became of it", body = SuggestionOutcome),
        (status = 400, description = "Not of the documented form, or it can't be an example: the detail says what to change", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such open suggestion", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["learning"])))]
pub(crate) async fn decide(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Learning>,
    id: web::Path<uuid::Uuid>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let decision: SuggestionDecision = from_json(&http, &read_body(&http, body)?)?;
    if decision.by.chars().count() > limits::USER || decision.by.contains('\0') {
        return Err(Problem::invalid(&http, format!("by may have {} characters", limits::USER)));
    }
    let (app, by) = (caller.0.app, actor(&caller, &decision.by));
    let mut tx = begin(&http, &shared, &caller).await?;
    let outcome = decided(&http, &mut tx, app, *id, &decision, &by).await?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    audit::record(&mut tx, &by, DECIDED, &id.to_string(), &outcome.detail()).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(outcome))
}

/// What the audit log calls a decision about a suggestion.
pub(crate) const DECIDED: &str = "suggestion.decided";

impl SuggestionOutcome {
    /// For the audit log.
    pub(crate) fn detail(&self) -> Value {
        json!({"state": self.state, "skill": self.skill, "version": self.version})
    }
}

/// Does what was decided about a suggestion, for whoever may.
pub(crate) async fn decided(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    id: uuid::Uuid,
    decision: &SuggestionDecision,
    by: &str,
) -> Result<SuggestionOutcome, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let gone = || Problem::explained(http, ErrorCode::NotFound, "没有这条待处理的建议", "no such open suggestion");
    if [&decision.skill, &decision.example].into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(Problem::explained(
            http,
            ErrorCode::InvalidRequest,
            "文字含有字符 U+0000",
            "a text contains the character U+0000",
        ));
    }
    match decision.state.as_str() {
        "accepted" => {
            let (skill, example) = (decision.skill.as_deref(), decision.example.as_deref());
            match suggestions::accept(tx, app, id, skill, example, by).await.map_err(failed)? {
                Accepted::Live { skill, version } => {
                    Ok(SuggestionOutcome { state: decision.state.clone(), skill: Some(skill), version: Some(version) })
                }
                Accepted::Gone => Err(gone()),
                Accepted::Refused(why) => Err(Problem::invalid(http, why)),
            }
        }
        "rejected" => {
            if !suggestions::reject(tx, app, id, by).await.map_err(failed)? {
                return Err(gone());
            }
            Ok(SuggestionOutcome { state: decision.state.clone(), skill: None, version: None })
        }
        other => Err(Problem::invalid(http, format!("state {other:?} is not one of accepted, rejected"))),
    }
}

/// The last days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// How many days, today included: 1 to 366, default 30.
    days: Option<u32>,
}

/// What asking a language model has cost this app, and what it has spared.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReasoningUse {
    /// The daily budget in tokens: the app's, or else the tenant's; null where there is none.
    daily_tokens: Option<u64>,
    /// By day, newest first.
    days: Vec<ReasoningDay>,
}

/// A day of the tenant's.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ReasoningDay {
    #[schema(example = "2026-11-23")]
    day: String,
    /// Messages that were answered.
    turns: i64,
    /// Those for which a language model was asked.
    reasoned: i64,
    /// Those that could have used one and had none.
    degraded: i64,
    /// `reasoned` over `turns`.
    share: f64,
    calls: u64,
    tokens_in: u64,
    tokens_out: u64,
    /// In millionths of the operator's currency.
    cost_micros: u64,
    /// Messages that an accepted suggestion made the small model understand, by skill.
    spared: BTreeMap<String, i64>,
    /// What asking for them would have cost, by the average call of the period.
    saved_micros: u64,
    /// Calls, tokens and cost by purpose and the skill that was proposed.
    calls_for: Vec<ReasoningPurpose>,
}

/// What one purpose and skill took on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReasoningPurpose {
    /// fallback, value, plan or answer.
    purpose: String,
    /// What was proposed; null where it was no skill.
    skill: Option<String>,
    calls: u64,
    /// Calls that brought something usable.
    answered: u64,
    tokens_in: u64,
    tokens_out: u64,
    cost_micros: u64,
}

/// Reports tokens, cost, share and savings by day.
#[utoipa::path(get, path = "/v1/reasoning", tag = "learning", params(ReportQuery),
    responses(
        (status = 200, description = "By day, newest first", body = ReasoningUse),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["learning"])))]
pub(crate) async fn report(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Learning>,
    query: Result<web::Query<ReportQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let days = query.days.unwrap_or(30).clamp(1, 366);
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &caller).await?;
    let (app, zone) = (caller.0.app, caller.0.time_zone);
    let today = Utc::now().with_timezone(&zone).date_naive();
    let from = today.checked_sub_days(Days::new(u64::from(days) - 1)).unwrap_or(NaiveDate::MIN);
    let span = i32::try_from(days).unwrap_or(366);
    let lines = llm::report(&mut tx, from, today).await.map_err(failed)?;
    let lines: Vec<_> = lines.into_iter().filter(|line| line.app == app).collect();
    let shares = suggestions::share(&mut tx, app, zone.name(), span).await.map_err(failed)?;
    let spared = suggestions::spared(&mut tx, app, zone.name(), span).await.map_err(failed)?;
    let budgets = llm::budgets(&mut tx).await.map_err(failed)?;
    let own = budgets.iter().find(|budget| budget.app == Some(app));
    let budget = own.or_else(|| budgets.iter().find(|budget| budget.app.is_none()));
    let (calls, cost) = lines.iter().fold((0, 0), |(calls, cost), line| (calls + line.calls, cost + line.cost_micros));
    let average = cost.checked_div(calls).unwrap_or_default();

    let mut by_day: BTreeMap<String, ReasoningDay> = BTreeMap::new();
    for share in shares {
        let day = by_day.entry(share.day).or_default();
        (day.turns, day.reasoned, day.degraded) = (share.turns, share.reasoned, share.degraded);
        day.share = if share.turns > 0 { share.reasoned as f64 / share.turns as f64 } else { 0.0 };
    }
    for line in lines {
        let day = by_day.entry(line.day.to_string()).or_default();
        day.calls += line.calls;
        day.tokens_in += line.tokens_in;
        day.tokens_out += line.tokens_out;
        day.cost_micros += line.cost_micros;
        let llm::Line { purpose, skill, calls, answered, tokens_in, tokens_out, cost_micros, .. } = line;
        day.calls_for.push(ReasoningPurpose { purpose, skill, calls, answered, tokens_in, tokens_out, cost_micros });
    }
    for one in spared {
        let day = by_day.entry(one.day).or_default();
        day.saved_micros += average * one.turns.unsigned_abs();
        day.spared.insert(one.skill, one.turns);
    }
    let days = by_day.into_iter().rev().map(|(name, day)| ReasoningDay { day: name, ..day }).collect();
    let daily_tokens = budget.map(|budget| budget.daily_tokens);
    Ok(HttpResponse::Ok().json(ReasoningUse { daily_tokens, days }))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/suggestions", web::get().to(list))
        .route("/v1/suggestions/{id}", web::post().to(decide))
        .route("/v1/reasoning", web::get().to(report));
}
