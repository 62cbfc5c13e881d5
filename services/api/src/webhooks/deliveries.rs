//! `/v1/webhooks/{id}/deliveries`: what was sent to a webhook, what came of it, and sending it again.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, deliveries};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::{DeliveryAttemptView, DeliveryView};
use super::{done, find};
use crate::auth::{Authenticated, scope};
use crate::chat::queried;
use crate::conversations::{begin, page};
use crate::{Problem, Shared};

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesQuery {
    /// Only these: pending, delivered or failed.
    state: Option<String>,
    /// Those before this position: the last one of the page before.
    before: Option<i64>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// A page of deliveries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    data: Vec<DeliveryView>,
    has_more: bool,
    limit: u32,
}

/// A delivery with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryDetail {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// What is sent.
    #[schema(value_type = Object)]
    payload: Value,
    /// The attempts that ended, in order.
    history: Vec<DeliveryAttemptView>,
}

/// Lists what was sent to a webhook.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = uuid::Uuid, Path), DeliveriesQuery),
    responses(
        (status = 200, description = "A page, newest first", body = DeliveryPage),
        (status = 400, description = "Not of the documented form", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of this app", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn list(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    id: web::Path<Uuid>,
    query: Result<web::Query<DeliveriesQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let limit = page(query.limit);
    let state = query.state.as_deref();
    if state.is_some_and(|state| !["pending", "delivered", "failed"].contains(&state)) {
        return Err(Problem::explained(
            &http,
            ErrorCode::InvalidRequest,
            "state 须为 pending、delivered 或 failed",
            "state must be pending, delivered or failed",
        ));
    }
    let mut tx = begin(&http, &shared, &caller).await?;
    find(&http, &mut tx, &caller, *id).await?;
    let found = deliveries::list(&mut tx, *id, state, query.before, limit + 1).await;
    let mut found = found.map_err(|error| Problem::of_store(&http, &error))?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let data = found.into_iter().map(DeliveryView::from).collect();
    Ok(HttpResponse::Ok().json(DeliveryPage { data, has_more, limit }))
}

/// Reads a delivery with its attempts and what is sent.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries/{delivery}", tag = "webhooks",
    params(("id" = uuid::Uuid, Path), ("delivery" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The delivery", body = DeliveryDetail),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery of this webhook", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn get(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    ids: web::Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let (webhook, id) = *ids;
    let mut tx = begin(&http, &shared, &caller).await?;
    let delivery = delivery(&http, &mut tx, &caller, webhook, id).await?;
    let payload = deliveries::payload(&mut tx, delivery.event_id).await.map_err(failed)?;
    let history = deliveries::attempts(&mut tx, id).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(DeliveryDetail {
        delivery: delivery.into(),
        payload: serde_json::from_str(&payload).unwrap_or(Value::Null),
        history: history.into_iter().map(DeliveryAttemptView::from).collect(),
    }))
}

/// Sends again what was delivered or given up. It comes after what waits already; its `webhook-id` is the same as before.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(("id" = uuid::Uuid, Path), ("delivery" = uuid::Uuid, Path)),
    responses(
        (status = 202, description = "The delivery, which is pending; one that was pending already stays as it is", body = DeliveryView),
        (status = 401, description = "No valid app key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery of this webhook", body = Problem, content_type = "application/problem+json"),
    ),
    security(("app_key" = ["webhooks"])))]
pub(crate) async fn replay(
    http: HttpRequest,
    shared: web::Data<Shared>,
    caller: Authenticated<scope::Webhooks>,
    ids: web::Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (webhook, id) = *ids;
    let mut tx = begin(&http, &shared, &caller).await?;
    find(&http, &mut tx, &caller, webhook).await?;
    let replayed = deliveries::replay(&mut tx, webhook, id).await.map_err(|error| Problem::of_store(&http, &error))?;
    let delivery = delivery(&http, &mut tx, &caller, webhook, id).await?;
    if replayed {
        done(&http, tx, &caller, "webhook.replayed", webhook, json!({"delivery": id})).await?;
    }
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

/// A delivery of a webhook of the caller's app.
async fn delivery(
    http: &HttpRequest,
    tx: &mut TenantTx,
    caller: &Authenticated<scope::Webhooks>,
    webhook: Uuid,
    id: Uuid,
) -> Result<deliveries::Delivery, Problem> {
    find(http, tx, caller, webhook).await?;
    let found = deliveries::get(tx, webhook, id).await.map_err(|error| Problem::of_store(http, &error))?;
    found.ok_or_else(|| {
        Problem::explained(http, ErrorCode::NotFound, "此 webhook 没有这次投递", "no such delivery of this webhook")
    })
}
