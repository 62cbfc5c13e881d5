//! `…/analytics`: how an app does: tasks, trouble, cost and speed, by day, skill, version or language; as JSON and as CSV.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{Days, NaiveDate, Utc};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use store::analytics::{self, Line, Wanted};
use utoipa::{IntoParams, ToSchema};

use super::person::{May, View};
use super::refusals::OfMemberWithBody;
use super::skills::caller;
use super::{app, begin};
use crate::chat::queried;
use crate::{Problem, Shared};

/// Days of a question at most.
const DAYS: i64 = 1100;

/// Which turns, and by what they are told apart.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnalyticsQuery {
    /// From this day of the tenant's; 29 days before `until` by default.
    since: Option<NaiveDate>,
    /// To this day, included; today by default.
    until: Option<NaiveDate>,
    /// day (the default), skill, version or language.
    group: Option<String>,
    /// Only turns about this skill.
    skill: Option<String>,
    /// Only turns in `zh` or `en`.
    language: Option<String>,
}

/// The numbers of a group. A rate is of the turns where nothing else is said, and null where there are none to divide by.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnalyticsRow {
    /// The day, the skill, skill and version, or the language; empty for turns about no skill.
    #[schema(example = "2026-11-23")]
    key: String,
    turns: i64,
    /// Conversations with such turns; one of several days counts in each of them, and once in the total.
    conversations: i64,
    /// Requests that were begun.
    tasks: i64,
    /// Those of them that were done.
    completed: i64,
    /// The same as a rate of the tasks.
    completion: Option<f64>,
    /// Turns that a task which was done took.
    turns_per_task: Option<f64>,
    /// It was asked which skill was meant.
    clarification: Option<f64>,
    /// Something was corrected.
    correction: Option<f64>,
    /// The same was said in other words.
    rephrase: Option<f64>,
    /// No was said to a question.
    denial: Option<f64>,
    /// A request was dropped.
    cancel: Option<f64>,
    /// A person was asked for or took over.
    handoff: Option<f64>,
    /// A question was left without an answer for half an hour.
    abandon: Option<f64>,
    /// A language model was asked.
    llm_share: Option<f64>,
    llm_tokens: i64,
    /// In millionths of the operator's currency.
    llm_cost_micros: i64,
    /// Half of the turns were faster, in milliseconds.
    p50_ms: Option<f64>,
    /// 19 of 20 turns were faster.
    p95_ms: Option<f64>,
    /// The mean friction of a turn, 0 to 1.
    friction: Option<f64>,
}

/// The numbers by group, and over all of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct Analytics {
    rows: Vec<AnalyticsRow>,
    total: AnalyticsRow,
}

impl From<Line> for AnalyticsRow {
    fn from(line: Line) -> Self {
        let rate = |part: i64, of: i64| (of > 0).then(|| rounded(part as f64 / of as f64));
        let of_turns = |part: i64| rate(part, line.turns);
        Self {
            turns: line.turns,
            conversations: line.conversations,
            tasks: line.tasks,
            completed: line.completed,
            completion: rate(line.completed, line.tasks),
            turns_per_task: rate(line.completed_turns, line.completed),
            clarification: of_turns(line.clarification),
            correction: of_turns(line.correction),
            rephrase: of_turns(line.rephrase),
            denial: of_turns(line.denial),
            cancel: of_turns(line.cancel),
            handoff: of_turns(line.handoff),
            abandon: of_turns(line.abandon),
            llm_share: of_turns(line.reasoned),
            llm_tokens: line.llm_tokens,
            llm_cost_micros: line.llm_cost_micros,
            p50_ms: line.p50_ms.map(rounded),
            p95_ms: line.p95_ms.map(rounded),
            friction: line.friction.map(rounded),
            key: line.key,
        }
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// Counts what turns came to.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/analytics", tag = "analytics",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), AnalyticsQuery),
    responses((status = 200, description = "By group, in the order of the keys", body = Analytics), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn get_analytics(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<AnalyticsQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    Ok(HttpResponse::Ok().json(count(&http, &shared, &may, query).await?))
}

/// The same for a spreadsheet: a line for each group, then the total.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/analytics.csv", tag = "analytics",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), AnalyticsQuery),
    responses(
        (status = 200, description = "UTF-8 with a line of names; a cell that a spreadsheet would take for a formula begins with `'`",
            body = String, content_type = "text/csv"),
        OfMemberWithBody,
    ),
    security(("session" = ["viewer"])))]
pub(crate) async fn get_analytics_csv(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<AnalyticsQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let Analytics { rows, total } = count(&http, &shared, &may, query).await?;
    // The byte order mark is what makes spreadsheets read UTF-8.
    let mut csv = format!("\u{feff}{}\r\n", COLUMNS.join(","));
    for row in rows.iter().chain([&AnalyticsRow { key: "total".into(), ..total }]) {
        let row = serde_json::to_value(row).unwrap_or_default();
        let cells: Vec<String> = COLUMNS.iter().map(|column| cell(&row[column])).collect();
        csv.push_str(&cells.join(","));
        csv.push_str("\r\n");
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"analytics.csv\""))
        .body(csv))
}

/// The columns of the CSV, as the fields of a row are called.
const COLUMNS: [&str; 20] = [
    "key",
    "turns",
    "conversations",
    "tasks",
    "completed",
    "completion",
    "turns_per_task",
    "clarification",
    "correction",
    "rephrase",
    "denial",
    "cancel",
    "handoff",
    "abandon",
    "llm_share",
    "llm_tokens",
    "llm_cost_micros",
    "p50_ms",
    "p95_ms",
    "friction",
];

/// A cell: quoted where need be, and no formula.
fn cell(value: &serde_json::Value) -> String {
    let Some(text) = value.as_str() else {
        return if value.is_null() { String::new() } else { value.to_string() };
    };
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = format!("{guard}{text}");
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

async fn count(
    http: &HttpRequest,
    shared: &Shared,
    may: &May<View>,
    query: AnalyticsQuery,
) -> Result<Analytics, Problem> {
    let AnalyticsQuery { since, until, group, skill, language } = query;
    let refuse = |zh: &str, en: &str| Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    let group = group.as_deref().unwrap_or("day");
    if !["day", "skill", "version", "language"].contains(&group) {
        return refuse(
            "group 须为 day、skill、version 或 language",
            "group is not one of day, skill, version, language",
        );
    }
    if language.as_deref().is_some_and(|language| !["zh", "en"].contains(&language)) {
        return refuse("language 须为 zh 或 en", "language is not one of zh, en");
    }
    if skill.as_deref().is_some_and(|skill| skill.contains('\0') || skill.len() > 100) {
        return refuse("skill 不是技能名", "skill is not the name of a skill");
    }
    let mut tx = begin(http, shared, may).await?;
    let app = app(http, &mut tx).await?;
    let zone = caller(http, shared, may, &app).await?.time_zone;
    let until = until.unwrap_or_else(|| Utc::now().with_timezone(&zone).date_naive());
    let since = since.unwrap_or_else(|| until.checked_sub_days(Days::new(29)).unwrap_or(until));
    let days = until.signed_duration_since(since).num_days();
    let years = 1970..=9999;
    if !(0..DAYS).contains(&days) || ![since, until].iter().all(|day| years.contains(&chrono::Datelike::year(day))) {
        return refuse("since 至 until 须为 1 至 1100 天", "from since to until must be 1 to 1100 days");
    }
    let (skill, language) = (skill.as_deref(), language.as_deref());
    let wanted = Wanted { app: app.id, since, until, group, skill, language };
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let rows = analytics::lines(&mut tx, &wanted).await.map_err(failed)?;
    let total = analytics::lines(&mut tx, &Wanted { group: "", ..wanted }).await.map_err(failed)?;
    let total = total.into_iter().next().unwrap_or_default();
    Ok(Analytics { rows: rows.into_iter().map(AnalyticsRow::from).collect(), total: total.into() })
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}";
    config
        .route(&format!("{BASE}/analytics"), web::get().to(get_analytics))
        .route(&format!("{BASE}/analytics.csv"), web::get().to(get_analytics_csv));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        for (value, expected) in [
            (json!("=1+1"), "'=1+1"),
            (json!("@x,\"y\""), "\"'@x,\"\"y\"\"\""),
            (json!("leave.request"), "leave.request"),
            (json!(-0.5), "-0.5"),
            (json!(null), ""),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }

    #[test]
    fn every_field_of_a_row_is_a_column() {
        let row = serde_json::to_value(AnalyticsRow::from(Line::default())).unwrap_or_default();
        let mut fields: Vec<_> = row.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let mut columns = COLUMNS.to_vec();
        fields.sort_unstable();
        columns.sort_unstable();
        assert_eq!(fields, columns);
    }

    #[test]
    fn nothing_to_divide_by_is_null() {
        let row = AnalyticsRow::from(Line { turns: 2, correction: 1, ..Line::default() });
        assert_eq!((row.completion, row.correction, row.friction), (None, Some(0.5), None));
    }
}
