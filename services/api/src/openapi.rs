//! `GET /openapi.json`: the OpenAPI 3.1 document, made from the handlers.

use actix_web::{HttpResponse, web};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{callbacks, chat, conversations, health, inbox, problem, runs, webhooks};

#[derive(OpenApi)]
#[openapi(
    info(title = "Paigong", description = "A message in Chinese or English, a task done. 一句话，把事办成。", license(name = "Apache-2.0")),
    paths(
        chat::chat_message,
        chat::parse,
        conversations::list,
        conversations::get,
        conversations::messages,
        callbacks::report,
        inbox::list,
        inbox::update,
        runs::list,
        runs::get,
        runs::cancel,
        runs::resolve,
        webhooks::create,
        webhooks::list,
        webhooks::get,
        webhooks::update,
        webhooks::delete,
        webhooks::new_secret,
        webhooks::test,
        webhooks::deliveries::list,
        webhooks::deliveries::get,
        webhooks::deliveries::replay,
        health::healthz,
        health::readyz,
    ),
    components(schemas(problem::Problem)),
    modifiers(&AppKey),
    tags(
        (name = "chat", description = "Messages and their answers"),
        (name = "conversations", description = "What was said"),
        (name = "runs", description = "What was done, and what is under way"),
        (name = "inbox", description = "What people are to do"),
        (name = "webhooks", description = "Who is told of it"),
        (name = "health", description = "Probes"),
    )
)]
struct Document;

struct AppKey;

impl Modify for AppKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An app key, as printed by `paigong keys create`."))
            .build();
        document.components.get_or_insert_default().add_security_scheme("app_key", SecurityScheme::Http(scheme));
    }
}

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/openapi.json", web::get().to(|| async { HttpResponse::Ok().json(document()) }));
}
