//! Errors as `application/problem+json` (RFC 9457) with a stable code, in the language that the client accepts.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use paigong_core::{ErrorCode, Language};
use serde::Serialize;
use utoipa::ToSchema;

/// An error answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A URN that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:paigong:error:invalid_request")]
    pub kind: String,
    /// What kind of problem it is, for people.
    #[schema(example = "请求格式不正确")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// The stable code, for programs.
    #[schema(value_type = String, example = "invalid_request")]
    pub code: ErrorCode,
    /// What was wrong this time, and what to change.
    #[schema(example = "query is missing")]
    pub detail: Option<String>,
    /// Seconds after which to try again.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of this code in the language of the request.
    pub(crate) fn new(request: &HttpRequest, code: ErrorCode, detail: impl Into<Option<String>>) -> Self {
        let retries = matches!(code, ErrorCode::Overloaded | ErrorCode::DatabaseUnavailable | ErrorCode::TurnInFlight);
        Self {
            kind: format!("urn:paigong:error:{}", code.name()),
            title: code.title(language(request)).to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            retry_after: retries.then_some(1),
        }
    }

    /// A problem of this code, explained in the language of the request.
    pub(crate) fn explained(request: &HttpRequest, code: ErrorCode, zh: &str, en: &str) -> Self {
        let detail = if language(request) == Language::Zh { zh } else { en };
        Self::new(request, code, detail.to_owned())
    }

    /// More was asked for than is allowed; it may be tried again after `wait`.
    pub(crate) fn too_many(request: &HttpRequest, wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self { retry_after: Some(seconds.max(1)), ..Self::new(request, ErrorCode::RateLimited, None) }
    }

    /// The request is not of the documented form.
    pub(crate) fn invalid(request: &HttpRequest, detail: String) -> Self {
        Self::new(request, ErrorCode::InvalidRequest, detail)
    }

    /// A failed turn. Faults of ours are logged here, once, and not told in detail.
    pub(crate) fn of_turn(request: &HttpRequest, error: &agent::Error) -> Self {
        let code = error.code();
        let detail = match code {
            ErrorCode::Internal | ErrorCode::DatabaseUnavailable => {
                tracing::error!(error = paigong_core::chain(error), code = code.name(), "a turn failed");
                None
            }
            _ => {
                tracing::info!(%error, code = code.name(), "a turn was refused");
                Some(error.to_string())
            }
        };
        let mut problem = Self::new(request, code, detail);
        if let agent::Error::Encoder(understanding::encoder::Error::Overloaded { retry_after, .. }) = error {
            problem.retry_after = Some(retry_after.as_secs().max(1));
        }
        problem
    }

    /// A failed operation on runs.
    pub(crate) fn of_dispatch(request: &HttpRequest, error: &dispatch::Error) -> Self {
        if let dispatch::Error::Store(error) = error {
            return Self::of_store(request, error);
        }
        tracing::error!(error = paigong_core::chain(error), "a request failed");
        Self::new(request, ErrorCode::Internal, None)
    }

    /// A failed statement.
    pub(crate) fn of_store(request: &HttpRequest, error: &store::Error) -> Self {
        let code = error.code();
        tracing::error!(error = paigong_core::chain(error), code = code.name(), "a request failed");
        Self::new(request, code, None)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.title)?;
        self.detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        let body = serde_json::to_string(self).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}

/// Chinese where the client asks for it first, English otherwise.
pub(crate) fn language(request: &HttpRequest) -> Language {
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.trim_start().to_ascii_lowercase().starts_with("zh") { Language::Zh } else { Language::En }
}

/// Every path and method that is not there.
pub(crate) async fn no_such_endpoint(request: HttpRequest) -> Problem {
    let detail = format!("{} {} is not an endpoint; see /openapi.json", request.method(), request.path());
    Problem::new(&request, ErrorCode::NoSuchEndpoint, detail)
}

/// The middleware that answers a method that a resource does not take like any other address that is not there.
///
/// # Errors
/// What the handlers return.
pub async fn explain_methods(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return Ok(response.map_into_left_body());
    }
    let problem = no_such_endpoint(response.request().clone()).await;
    Ok(response.into_response(problem.error_response()).map_into_right_body())
}

impl actix_web::Responder for Problem {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
