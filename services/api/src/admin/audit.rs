//! `…/audit`: who did what in a tenant, and whether the log is still what was written.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use paigong_core::{ErrorCode, Language};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::{self, Chain, Entry, Filter};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::begin;
use super::person::{Administer, May};
use super::refusals::{OfMember, OfMemberWithBody};
use crate::chat::queried;
use crate::conversations::page;
use crate::problem::language;
use crate::{Problem, Shared};

/// An entry of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    id: Uuid,
    at: DateTime<Utc>,
    /// `person:…`, `key:…`, `command line`, or an end user.
    #[schema(example = "person:01935b4e-7c2a-7d3e-9f10-2a1b3c4d5e6f")]
    actor: String,
    #[schema(example = "member.invited")]
    action: String,
    /// The id of what it was done to.
    #[schema(example = "01935b4e-8d3b-7e4f-a021-3b2c4d5e6f70")]
    target: String,
    #[schema(value_type = Object)]
    detail: Value,
    /// Its place in the chain; null for entries from before there was one.
    #[schema(example = 17)]
    position: Option<i64>,
}

/// A page of the log, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPage {
    data: Vec<AuditEntry>,
    has_more: bool,
    limit: u32,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Entries before this one.
    last_id: Option<Uuid>,
    /// Of this action, such as `member.invited`, or of all that begin with it and a full stop, such as `member`.
    action: Option<String>,
    /// Of this actor.
    actor: Option<String>,
    /// About this.
    target: Option<String>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// Whether the log is what was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditCheck {
    whole: bool,
    /// Links of the chain, or the place of the first one that does not hold.
    #[schema(example = 17)]
    position: i64,
    /// The hash of the last link of a whole chain. Noted elsewhere, it tells later whether entries were removed from the end.
    head: Option<String>,
    /// The entry at fault.
    entry: Option<Uuid>,
    /// What is wrong, in the language of the request.
    why: Option<&'static str>,
}

impl From<Entry> for AuditEntry {
    fn from(Entry { id, at, actor, action, target, detail, position }: Entry) -> Self {
        Self { id, at, actor, action, target, detail, position }
    }
}

impl AuditCheck {
    fn new(chain: Chain, language: Language) -> Self {
        match chain {
            Chain::Whole { length, head } => {
                Self { whole: true, position: length, head: Some(head), entry: None, why: None }
            }
            Chain::Broken { position, entry, why } => {
                Self { whole: false, position, head: None, entry, why: Some(why.words(language)) }
            }
        }
    }
}

/// Lists what was done.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/audit", tag = "audit", params(("tenant" = Uuid, Path), AuditQuery),
    responses((status = 200, description = "A page, newest first", body = AuditPage), OfMemberWithBody),
    security(("session" = ["owner"])))]
pub(crate) async fn list_audit(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    query: Result<web::Query<AuditQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let AuditQuery { last_id, action, actor, target, limit } = queried(&http, query)?;
    if [&action, &actor, &target].into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(Problem::explained(
            &http,
            ErrorCode::InvalidRequest,
            "筛选条件含有字符 U+0000",
            "a filter contains the character U+0000",
        ));
    }
    let limit = page(limit);
    let filter = Filter { before: last_id, action, actor, target };
    let mut tx = begin(&http, &shared, &may).await?;
    let found = audit::list(&mut tx, &filter, limit + 1).await.map_err(|error| Problem::of_store(&http, &error))?;
    let mut data: Vec<_> = found.into_iter().map(AuditEntry::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(HttpResponse::Ok().json(AuditPage { data, has_more, limit }))
}

/// Checks the whole chain and says where it breaks first.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/audit/check", tag = "audit", params(("tenant" = Uuid, Path)),
    responses((status = 200, description = "What checking came to", body = AuditCheck), OfMember),
    security(("session" = ["owner"])))]
pub(crate) async fn check_audit(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let chain = audit::verify(&mut tx).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(AuditCheck::new(chain, language(&http))))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/tenants/{tenant}/audit", web::get().to(list_audit))
        .route("/admin/v1/tenants/{tenant}/audit/check", web::get().to(check_audit));
}
