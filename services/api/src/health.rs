//! `GET /healthz` (the process lives) and `GET /readyz` (it can do its work).

use std::sync::atomic::Ordering;

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Problem, Shared};

/// A good state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`; anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
    /// The product's version.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Says that the process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "It lives", body = Health)))]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(OK)
}

/// Says whether requests can be served now.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "Ready", body = Health),
    (status = 503, description = "Shutting down, or the database is away", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn readyz(http: HttpRequest, shared: web::Data<Shared>) -> Result<HttpResponse, Problem> {
    if !shared.ready.load(Ordering::Acquire) {
        return Err(Problem::new(&http, ErrorCode::Overloaded, "shutting down".to_owned()));
    }
    shared.store.ping().await.map_err(|_| Problem::new(&http, ErrorCode::DatabaseUnavailable, None))?;
    Ok(HttpResponse::Ok().json(OK))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/healthz", web::get().to(healthz)).route("/readyz", web::get().to(readyz));
}
