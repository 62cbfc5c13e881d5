//! `…/keys`: who may speak for an app. A key is shown once, when it is created or rotated.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use outbound::vouching::SigningSecret;
use paigong_core::{Bilingual, ErrorCode, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::TenantTx;
use store::keys::{self, Key, Rights};
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
    /// What it may be used for: chat, runs, knowledge, webhooks, learning; or widget alone.
    #[schema(value_type = Vec<String>, example = json!(["chat", "runs"]))]
    scopes: Vec<Scope>,
    /// The origins of the pages that a widget's key may stand in; empty for other keys.
    origins: Vec<String>,
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
    /// What it may be used for; null: everything but widget. `chat`: talk and read conversations; `runs`: runs and the inbox;
    /// `knowledge`: documents; `webhooks`; `learning`: suggestions and the language model's cost; `widget`: stand in a web page,
    /// where everybody can read it, and talk for its visitor. `widget` goes with no other.
    #[schema(value_type = Option<Vec<String>>, example = json!(["chat", "runs"]))]
    scopes: Option<Vec<Scope>>,
    /// With `widget`: the origins of the pages that it may stand in, 1 to 20.
    #[serde(default)]
    #[schema(example = json!([]))]
    origins: Vec<String>,
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
    /// With `widget`: what the site's backend signs its users' ids with, shown this once; null where secrets can't be stored. The
    /// signature is the hexadecimal HMAC-SHA256 of the user's id, whose key is this text.
    #[schema(example = "pgs_…43 characters")]
    signing_secret: Option<String>,
}

impl From<Key> for KeyView {
    fn from(key: Key) -> Self {
        let (scopes, origins) = (key.rights.scopes().to_vec(), key.rights.origins().to_vec());
        let state = match (key.revoked_at, key.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= Utc::now() => "expired",
            _ => "valid",
        };
        Self {
            id: key.id,
            prefix: key.prefix,
            label: key.label,
            scopes,
            origins,
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
    let rights = Rights::new(new.scopes, new.origins).map_err(|unfit| {
        let Bilingual { zh, en } = unfit.explained();
        Problem::explained(&http, ErrorCode::InvalidRequest, &zh, &en)
    })?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let created = keys::create_with(&mut tx, app.id, &label, new.expires_at, &rights).await;
    let (id, key) = created.map_err(|error| Problem::of_store(&http, &error))?;
    let signing_secret = new_secret(&http, &shared, &mut tx, id, &rights).await?;
    let (scopes, origins) = (rights.scopes(), rights.origins());
    let detail =
        json!({"app": app.id, "label": label, "expires_at": new.expires_at, "scopes": scopes, "origins": origins});
    commit(&http, tx, &may, ("key.created", &id.to_string()), detail).await?;
    Ok(HttpResponse::Created().json(CreatedKey { id, key: key.reveal().to_owned(), signing_secret }))
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
    let (id, key, rights) = rotated.ok_or_else(|| no_such_key(&http))?;
    let signing_secret = new_secret(&http, &shared, &mut tx, id, &rights).await?;
    let detail = json!({"app": app.id, "by": id, "overlap_hours": overlap_hours});
    commit(&http, tx, &may, ("key.rotated", &former.to_string()), detail).await?;
    Ok(HttpResponse::Created().json(CreatedKey { id, key: key.reveal().to_owned(), signing_secret }))
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

/// A secret for the backend of a widget's site; none for other keys, and where secrets can't be sealed: then the widget talks for
/// visitors only.
async fn new_secret(
    http: &HttpRequest,
    shared: &Shared,
    tx: &mut TenantTx,
    key: Uuid,
    rights: &Rights,
) -> Result<Option<String>, Problem> {
    let Some(outbound) = shared.outbound.as_ref().filter(|_| rights.has(Scope::Widget)) else { return Ok(None) };
    let secret = SigningSecret::generate();
    let sealed = secret.seal(&outbound.keyring, tx.tenant().0, key);
    keys::keep_secret(tx, key, &sealed).await.map_err(|error| Problem::of_store(http, &error))?;
    Ok(Some(secret.reveal().to_owned()))
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
