//! `GET /openapi.json`: the OpenAPI 3.1 document, made from the handlers.

use actix_web::{HttpResponse, web};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{admin, callbacks, chat, conversations, health, inbox, knowledge, learning, problem, runs, webhooks};

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
        knowledge::list,
        knowledge::put,
        knowledge::delete,
        knowledge::search,
        learning::list,
        learning::decide,
        learning::report,
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
        admin::login,
        admin::logout,
        admin::accept,
        admin::me,
        admin::update_me,
        admin::change_password,
        admin::list_members,
        admin::set_role,
        admin::remove_member,
        admin::invite,
        admin::list_invitations,
        admin::withdraw_invitation,
        admin::list_apps,
        admin::create_app,
        admin::list_keys,
        admin::create_key,
        admin::rotate_key,
        admin::revoke_key,
        admin::list_skills,
        admin::get_skill,
        admin::put_draft,
        admin::discard_draft,
        admin::lint_draft,
        admin::diff_draft,
        admin::try_draft,
        admin::get_tests,
        admin::put_tests,
        admin::test_draft,
        admin::publish_draft,
        admin::restore_skill,
        admin::withdraw_skill,
        admin::import_skills,
        admin::export_skills,
        admin::list_threads,
        admin::get_thread,
        admin::thread_as_test,
        admin::export_user,
        admin::erase_user,
        admin::list_runs,
        admin::get_run,
        admin::cancel_run,
        admin::resolve_run,
        admin::list_inbox,
        admin::update_item,
        admin::list_review,
        admin::label_turn,
        admin::preview_label,
        admin::unlabel_turn,
        admin::list_suggestions,
        admin::decide_suggestion,
        admin::get_analytics,
        admin::get_analytics_csv,
        admin::list_sources,
        admin::search_knowledge,
        admin::put_source,
        admin::delete_source,
        admin::put_document,
        admin::delete_document,
        admin::list_passages,
        admin::list_models,
        admin::list_audit,
        admin::check_audit,
        health::healthz,
        health::readyz,
    ),
    components(schemas(problem::Problem)),
    modifiers(&Schemes),
    tags(
        (name = "chat", description = "Messages and their answers"),
        (name = "conversations", description = "What was said"),
        (name = "runs", description = "What was done, and what is under way"),
        (name = "inbox", description = "What people are to do"),
        (name = "models", description = "The encoders that are installed"),
        (name = "knowledge", description = "The documents that answers come from"),
        (name = "learning", description = "What the small model may learn, and what a language model costs"),
        (name = "webhooks", description = "Who is told of it"),
        (name = "people", description = "Who administers: logging in, members, invitations"),
        (name = "apps", description = "The assistants of a tenant"),
        (name = "keys", description = "Who may speak for an app"),
        (name = "skills", description = "What an app can do: drafts, their checks, versions"),
        (name = "review", description = "Turns that are worth being looked at"),
        (name = "analytics", description = "How an app does"),
        (name = "audit", description = "Who did what"),
        (name = "health", description = "Probes"),
    )
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An app key, from the console or `paigong keys create`. The scope that it needs is named beside it; a key with the \
                 scope `widget` counts from the pages of its origins only, and for visitors or users whom the site's backend has \
                 vouched for.",
            ))
            .build();
        let session = ApiKeyValue::with_description(
            "paigong",
            "The session of a person, from logging in (`__Host-paigong` by HTTPS). Whatever is not a GET also needs the header \
             `X-CSRF-Token` with the token from `GET /admin/v1/me`.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("app_key", SecurityScheme::Http(scheme));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        for (path, item) in &mut document.paths.paths {
            let methods = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in methods {
                if let Some(operation) = operation {
                    operation.operation_id = Some(operation_id(method, path));
                    // A callback comes with a token of its own, not with a key.
                    if path.starts_with("/v1/") && operation.security.is_some() {
                        admin::refusals::complete_for_keys(operation);
                    }
                }
            }
        }
    }
}

/// The name of an operation for generated clients: `get_v1_runs_id` for `GET /v1/runs/{id}`. Made of what is unique anyway,
/// since the names of the handlers are not.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/openapi.json", web::get().to(|| async { HttpResponse::Ok().json(document()) }));
}
