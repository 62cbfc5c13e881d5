//! The chat widget: `GET /widget.js`, which sites embed, `GET /demo`, a page that does, and what lets browsers call the two
//! endpoints that the widget uses from other origins.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};

use crate::{Problem, console, problem};

/// Scripts and calls come from this server only, none stands in the page, and no other page may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Says of a request that a widget's key allows its page.
pub(crate) struct FromItsPage;

/// The middleware that lets pages read the answers that their widget's key allows, and why others are refused. It goes around
/// [`rate::limit`](crate::rate::limit), which refuses as well.
///
/// # Errors
/// What the handlers return.
pub async fn cors(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let origin = request.headers().get(ORIGIN).filter(|_| is_for_widgets(request.path())).cloned();
    let mut response = next.call(request).await?;
    let is_allowed = response.request().extensions().get::<FromItsPage>().is_some();
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    if let Some(origin) = origin.filter(|_| is_allowed || is_refusal) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After, Idempotent-Replayed"));
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    Ok(response)
}

/// The endpoints that a widget's key opens.
fn is_for_widgets(path: &str) -> bool {
    path == "/v1/chat-messages" || (path.starts_with("/v1/conversations/") && path.ends_with("/messages"))
}

/// Answers a browser that asks whether a page may ask. It does not say which key will be sent, so every page may; the request
/// itself is refused where the key does not list its origin.
pub(crate) async fn preflight() -> HttpResponse {
    let headers = "Authorization, Content-Type, Accept-Language, Idempotency-Key, X-Paigong-User-Signature";
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, headers))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "7200"))
        .finish()
}

async fn script(http: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut response = file(&http, "widget.js").await?;
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

async fn demo(http: HttpRequest) -> Result<HttpResponse, Problem> {
    file(&http, "demo.html").await
}

/// What the demo loads.
async fn demo_file(http: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = http.match_info().get("file").unwrap_or_default();
    file(&http, &format!("demo.{name}")).await
}

/// A file of the widget; for a few minutes only, since its name does not change with its content.
async fn file(http: &HttpRequest, path: &str) -> Result<HttpResponse, Problem> {
    let Some(file) = paigong_console::find_widget(path) else {
        return Err(problem::no_such_endpoint(http.clone()).await);
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        // The demo reads from its own server, and is known there by its address.
        .insert_header(("Referrer-Policy", "same-origin"));
    Ok(console::body(http, file, response))
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/widget.js", web::get().to(script))
        .route("/demo", web::get().to(demo))
        .route("/demo.{file:js|css}", web::get().to(demo_file));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_endpoints_are_for_widgets() {
        assert!(is_for_widgets("/v1/chat-messages") && is_for_widgets("/v1/conversations/1/messages"));
        for path in ["/v1/conversations", "/v1/conversations/1", "/v1/parse", "/admin/v1/session", "/v1/inbox"] {
            assert!(!is_for_widgets(path), "{path}");
        }
    }
}
