//! `…/keys`: who may speak for an app. A key is shown once, when it is created or rotated.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::keys::{self, Key};
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{Administer, May};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{app, begin, commit, id, parsed, text};
use crate::{Problem, Shared, limits};

/// Hours that a rotated key stays valid at most.
const OVERLAP: u32 = 30 * 24;

/// A key as it may be listed.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyView {
    id: Uuid,
    /// How it begins; what follows is the secret, and nobody knows it.
    #[schema(example = "pg_8KxZ2mQ0aB")]
    prefix: String,
    /// What it is for.
    #[schema(example = "production backend")]
    label: String,
    /// valid, expired or revoked.
    #[schema(example = "valid")]
    state: &'static str,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    /// To the minute.
    last_used_at: Option<DateTime<Utc>>,
}

/// Every key of the app, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyList {
    data: Vec<KeyView>,
}

/// What a new key is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    #[schema(example = "production backend")]
    label: String,
    /// Until when it is valid; null: until it is revoked.
    expires_at: Option<DateTime<Utc>>,
}

/// How a key is rotated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// Hours for which the former key stays valid beside the new one: 0 to 720.
    #[schema(example = 24)]
    overlap_hours: u32,
}

/// A key that was just created.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedKey {
    id: Uuid,
    /// The key. This is the only time that it is shown.
    #[schema(example = "pg_8KxZ2mQ0aB_…43 characters")]
    key: String,
}

impl From<Key> for KeyView {
    fn from(key: Key) -> Self {
        let state = match (key.revoked_at, key.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= Utc::now() => "expired",
            _ => "valid",
        };
        Self {
            id: key.id,
            prefix: key.prefix,
            label: key.label,
            state,
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// Lists the keys of an app, without their secrets.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/keys", tag = "keys",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path)),
    responses((status = 200, description = "Newest first", body = KeyList), OfMember), security(("session" = ["owner"])))]
pub(crate) async fn list_keys(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let found = keys::list(&mut tx, app.id).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(KeyList { data: found.into_iter().map(KeyView::from).collect() }))
}

/// Creates a key. It is shown in this answer only.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/keys", tag = "keys",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path)), request_body = NewKey,
    responses((status = 201, description = "The key", body = CreatedKey), OfMemberWithBody), security(("session" = ["owner"])))]
pub(crate) async fn create_key(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let new: NewKey = parsed(&http, body)?;
    let label = text(&http, "label", &new.label, limits::USER)?;
    if new.expires_at.is_some_and(|end| end <= Utc::now()) {
        let (zh, en) = ("expires_at 须在将来", "expires_at must be in the future");
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, zh, en));
    }
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let created = keys::create(&mut tx, app.id, &label, new.expires_at).await;
    let (id, key) = created.map_err(|error| Problem::of_store(&http, &error))?;
    let detail = json!({"app": app.id, "label": label, "expires_at": new.expires_at});
    commit(&http, tx, &may, ("key.created", &id.to_string()), detail).await?;
    Ok(HttpResponse::Created().json(CreatedKey { id, key: key.reveal().to_owned() }))
}

/// Creates a key in place of another, which stays valid for a while, so that nothing has to stop.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/keys/{key}/rotate", tag = "keys",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("key" = Uuid, Path)), request_body = Rotation,
    responses((status = 201, description = "The new key", body = CreatedKey), OfMemberWithBody),
    security(("session" = ["owner"])))]
pub(crate) async fn rotate_key(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let Rotation { overlap_hours } = parsed(&http, body)?;
    if overlap_hours > OVERLAP {
        let (zh, en) = ("overlap_hours 须为 0 至 720", "overlap_hours must be 0 to 720");
        return Err(Problem::explained(&http, ErrorCode::InvalidRequest, zh, en));
    }
    let former = id(&http, "key")?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let rotated = keys::rotate(&mut tx, app.id, former, TimeDelta::hours(i64::from(overlap_hours))).await;
    let rotated = rotated.map_err(|error| Problem::of_store(&http, &error))?;
    let (id, key) = rotated.ok_or_else(|| no_such_key(&http))?;
    let detail = json!({"app": app.id, "by": id, "overlap_hours": overlap_hours});
    commit(&http, tx, &may, ("key.rotated", &former.to_string()), detail).await?;
    Ok(HttpResponse::Created().json(CreatedKey { id, key: key.reveal().to_owned() }))
}

/// Revokes a key at once.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/keys/{key}", tag = "keys",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("key" = Uuid, Path)),
    responses((status = 204, description = "Revoked"), OfMember), security(("session" = ["owner"])))]
pub(crate) async fn revoke_key(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let key = id(&http, "key")?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let was = keys::revoke(&mut tx, app.id, key).await.map_err(|error| Problem::of_store(&http, &error))?;
    if !was {
        return Err(no_such_key(&http));
    }
    commit(&http, tx, &may, ("key.revoked", &key.to_string()), json!({"app": app.id})).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn no_such_key(http: &HttpRequest) -> Problem {
    Problem::explained(http, ErrorCode::NotFound, "没有这个有效的密钥", "no such valid key")
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/admin/v1/tenants/{tenant}/apps/{app}/keys")
                .route(web::get().to(list_keys))
                .route(web::post().to(create_key)),
        )
        .route("/admin/v1/tenants/{tenant}/apps/{app}/keys/{key}/rotate", web::post().to(rotate_key))
        .route("/admin/v1/tenants/{tenant}/apps/{app}/keys/{key}", web::delete().to(revoke_key));
}
