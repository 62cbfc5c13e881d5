//! `/v1/webhooks`: where an app's events are sent, signed after Standard Webhooks. What was sent is in [`deliveries`].

mod checks;
pub(crate) mod deliveries;
mod view;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use dispatch::webhooks::secrets;
use outbound::signature::Secret;
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::webhooks::{self, Change, NewWebhook};
use store::{TenantTx, audit};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::{Authenticated, scope};
use crate::chat::{from_json, read_body};
use crate::conversations::begin;
use crate::{Outbound, Problem, Shared, limits};
use checks::{check_events, check_url};
use view::{DeliveryView, WebhookView};

/// A webhook to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhookBody {
    /// Where events are sent by POST: `https://`, or `http://` into networks that this installation allows; 2000 characters at most.
    #[schema(example = "https://example.com/paigong")]
    url: String,
    /// run.succeeded, run.failed, run.unknown, handoff.requested, confirm.pending.
    #[schema(example = json!(["run.succeeded", "run.failed"]))]
    events: Vec<String>,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookChange {
    /// Where events are sent. What waits is sent there at once.
    url: Option<String>,
    /// The kinds of event.
    events: Option<Vec<String>>,
    /// Whether anything is sent. Enabling a webhook that was disabled sends at once what still waits.
    enabled: Option<bool>,
}

/// A webhook with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookCreated {
    #[serde(flatten)]
    webhook: WebhookView,
    /// What signatures are made with; shown this once.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    secret: String,
}

/// The webhooks of an app, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookList {
    data: Vec<WebhookView>,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewSecret {
    /// What signatures are made with from now on; shown this once.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    secret: String,
}

/// Creates a webhook.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhookBody,
    responses(
        (status = 201, description = "The webhook with its secret, which is shown this once", body = WebhookCreated),
        (status = 400, description = "Not of the documented form, an address that may not be called, or too many webhooks", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "This installation has no key to seal secrets with", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn create(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let new: NewWebhookBody = from_json(&http, &read_body(&http, body)?)?;
    let outbound = outbound(&http, &shared)?;
    check_url(&http, outbound, &new.url)?;
    let events = check_events(&http, new.events)?;
    let (id, app) = (Uuid::now_v7(), caller.0.app);
    let secret = Secret::generate();
    let sealed = secrets::seal(&outbound.keyring, caller.0.tenant, id, std::slice::from_ref(&secret));
    let mut tx = begin(&http, &shared, &caller).await?;
    if webhooks::count(&mut tx, app).await.map_err(failed)? >= limits::WEBHOOKS {
        let detail = format!("an app has {} webhooks at most; delete one of them first", limits::WEBHOOKS);
        return Err(Problem::invalid(&http, detail));
    }
    let new = NewWebhook { id, app, url: &new.url, events: &events, secrets: &sealed };
    let webhook = webhooks::create(&mut tx, &new).await.map_err(failed)?;
    let detail = json!({"events": events});
    done(&http, tx, &caller, "webhook.created", id, detail).await?;
    let created = WebhookCreated { webhook: webhook.into(), secret: secret.reveal().to_string() };
    Ok(HttpResponse::Created().json(created))
}

/// Lists the app's webhooks.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks",
    responses(
        (status = 200, description = "All of them, without their secrets", body = WebhookList),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &caller).await?;
    let all = webhooks::list(&mut tx, caller.0.app).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(WebhookList { data: all.into_iter().map(WebhookView::from).collect() }))
}

/// Reads one webhook.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The webhook, without its secrets", body = WebhookView),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn get(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &caller).await?;
    let webhook = find(&http, &mut tx, &caller, *id).await?;
    Ok(HttpResponse::Ok().json(WebhookView::from(webhook)))
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = uuid::Uuid, Path)), request_body = WebhookChange,
    responses(
        (status = 200, description = "The webhook as it is now", body = WebhookView),
        (status = 400, description = "Not of the documented form, or an address that may not be called", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "This installation has no key to seal secrets with", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn update(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let change: WebhookChange = from_json(&http, &read_body(&http, body)?)?;
    if let Some(url) = &change.url {
        check_url(&http, outbound(&http, &shared)?, url)?;
    }
    let events = change.events.map(|events| check_events(&http, events)).transpose()?;
    let mut tx = begin(&http, &shared, &caller).await?;
    let before = find(&http, &mut tx, &caller, *id).await?;
    let wanted = Change { url: change.url.as_deref(), events: events.as_deref(), enabled: change.enabled };
    let after = webhooks::update(&mut tx, caller.0.app, *id, &wanted).await.map_err(failed)?;
    let after = after.ok_or_else(|| no_such_webhook(&http))?;
    if after.enabled && (!before.enabled || after.url != before.url) {
        store::deliveries::hasten(&mut tx, *id).await.map_err(failed)?;
    }
    // Not the address: tokens in it are nobody else's business.
    let detail = json!({"url": change.url.is_some(), "events": events, "enabled": change.enabled});
    done(&http, tx, &caller, "webhook.updated", *id, detail).await?;
    Ok(HttpResponse::Ok().json(WebhookView::from(after)))
}

/// Deletes a webhook with its deliveries.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 204, description = "It is gone; what waited for it is not sent"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn delete(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &caller).await?;
    let deleted = webhooks::delete(&mut tx, caller.0.app, *id).await;
    if !deleted.map_err(|error| Problem::of_store(&http, &error))? {
        return Err(no_such_webhook(&http));
    }
    done(&http, tx, &caller, "webhook.deleted", *id, json!({})).await?;
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}

/// Makes a new secret. The one before signs as well until the next is made, so that receivers can change over.
#[utoipa::path(post, path = "/v1/webhooks/{id}/secret", tag = "webhooks", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The new secret, which is shown this once", body = NewSecret),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "This installation has no key to seal secrets with", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn new_secret(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let outbound = outbound(&http, &shared)?;
    let mut tx = begin(&http, &shared, &caller).await?;
    let sealed = webhooks::lock_secrets(&mut tx, caller.0.app, *id).await.map_err(failed)?;
    let sealed = sealed.ok_or_else(|| no_such_webhook(&http))?;
    let mut all = vec![Secret::generate()];
    let before = secrets::open(&outbound.keyring, caller.0.tenant, *id, &sealed);
    all.extend(before.map_err(|error| unsealed(&http, &error))?.into_iter().take(1));
    let resealed = secrets::seal(&outbound.keyring, caller.0.tenant, *id, &all);
    webhooks::replace_secrets(&mut tx, *id, &resealed).await.map_err(failed)?;
    done(&http, tx, &caller, "webhook.secret_replaced", *id, json!({})).await?;
    Ok(HttpResponse::Ok().json(NewSecret { secret: all[0].reveal().to_string() }))
}

/// Sends an event of the kind `test` to this webhook alone.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 202, description = "Its delivery; read it again to see how it went", body = DeliveryView),
        (status = 400, description = "The webhook is disabled", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn test(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &caller).await?;
    if !find(&http, &mut tx, &caller, *id).await?.enabled {
        return Err(Problem::explained(
            &http,
            ErrorCode::InvalidRequest,
            "此 webhook 已停用，请先启用",
            "the webhook is disabled; enable it first",
        ));
    }
    let delivery = dispatch::webhooks::test(&mut tx, caller.0.app, *id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

/// A webhook of the caller's app.
async fn find(
    http: &HttpRequest,
    tx: &mut TenantTx,
    caller: &Authenticated<scope::Webhooks>,
    id: Uuid,
) -> Result<webhooks::Webhook, Problem> {
    let found = webhooks::get(tx, caller.0.app, id).await.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| no_such_webhook(http))
}

fn no_such_webhook(http: &HttpRequest) -> Problem {
    Problem::explained(http, ErrorCode::NotFound, "此应用没有这个 webhook", "no such webhook of this app")
}

/// Writes who did it, and makes it durable.
async fn done(
    http: &HttpRequest,
    mut tx: TenantTx,
    caller: &Authenticated<scope::Webhooks>,
    action: &str,
    target: Uuid,
    detail: serde_json::Value,
) -> Result<(), Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let actor = format!("key:{}", caller.0.key);
    audit::record(&mut tx, &actor, action, &target.to_string(), &detail).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

fn outbound<'a>(http: &HttpRequest, shared: &'a Shared) -> Result<&'a Outbound, Problem> {
    shared.outbound.as_ref().ok_or_else(|| {
        let (zh, en) = (
            "无法存储机密：请系统管理员设置 secret_keys（PAIGONG_SECRET_KEYS），值由 `paigong secrets generate` 生成",
            "secrets can't be stored: whoever runs this installation has to set secret_keys (PAIGONG_SECRET_KEYS), to what \
             `paigong secrets generate` prints",
        );
        Problem::explained(http, ErrorCode::NotConfigured, zh, en)
    })
}

fn unsealed(http: &HttpRequest, error: &dyn std::error::Error) -> Problem {
    tracing::error!(error = paigong_core::chain(error), "a webhook's secrets can't be opened");
    Problem::new(http, ErrorCode::Internal, None)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/webhooks", web::post().to(create))
        .route("/v1/webhooks", web::get().to(list))
        .route("/v1/webhooks/{id}", web::get().to(get))
        .route("/v1/webhooks/{id}", web::patch().to(update))
        .route("/v1/webhooks/{id}", web::delete().to(delete))
        .route("/v1/webhooks/{id}/secret", web::post().to(new_secret))
        .route("/v1/webhooks/{id}/test", web::post().to(test))
        .route("/v1/webhooks/{id}/deliveries", web::get().to(deliveries::list))
        .route("/v1/webhooks/{id}/deliveries/{delivery}", web::get().to(deliveries::get))
        .route("/v1/webhooks/{id}/deliveries/{delivery}/replay", web::post().to(deliveries::replay));
}
