//! `/admin`: the console's files. Whatever is no file and no call of the admin API is a page of the console, which finds its
//! own way from the address.

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use paigong_console::{File, find};

use crate::{Problem, problem};

/// Scripts, images and calls come from this server only, and no other page may frame the console. Styles may be inline: the
/// component library makes them while it runs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Paigong</title><p>此版本未包含管理控制台：先运行 make console，再编译。\
    <p>This build has no console: run make console, then compile again.";

async fn page(http: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = http.match_info().get("path").unwrap_or_default();
    if path == "v1" || path.starts_with("v1/") {
        return Err(problem::no_such_endpoint(http).await);
    }
    if let Some(file) = find(path) {
        return Ok(answer(&http, file));
    }
    // A missing asset is missing: answered with a page, a browser would take it for a broken script.
    if path.starts_with("assets/") {
        return Ok(HttpResponse::NotFound().finish());
    }
    Ok(find("index.html").map_or_else(
        || guarded(HttpResponse::NotFound()).insert_header((CONTENT_TYPE, "text/html; charset=utf-8")).body(NOT_BUILT),
        |file| answer(&http, file),
    ))
}

fn answer(http: &HttpRequest, file: &File) -> HttpResponse {
    let mut response = guarded(HttpResponse::Ok());
    let kept = if file.is_immutable() { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((CACHE_CONTROL, kept));
    body(http, file, response)
}

/// The answer with the file in it, packed where the browser can unpack it.
pub(crate) fn body(http: &HttpRequest, file: &File, mut response: HttpResponseBuilder) -> HttpResponse {
    response.insert_header((CONTENT_TYPE, file.media_type()));
    let accepts = http.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match file.gzip {
        Some(gzip) if accepts.contains("gzip") => {
            response.insert_header((CONTENT_ENCODING, "gzip")).insert_header((VARY, "Accept-Encoding")).body(gzip)
        }
        _ => response.body(file.bytes),
    }
}

fn guarded(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .insert_header(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("X-Frame-Options", "DENY"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"));
    response
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let files = web::resource("/admin/{path:.*}").route(web::get().to(page));
    config
        .service(web::redirect("/", "/admin/"))
        .service(web::redirect("/admin", "/admin/"))
        .service(files.default_service(web::route().to(problem::no_such_endpoint)));
}
