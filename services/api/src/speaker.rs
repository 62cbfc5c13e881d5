//! Who may talk: an app's backend for whomever it likes, or a widget in a web page for its visitor. A widget's key can be read by
//! everybody, so it counts from the pages of its site only, and for a user who is known to nobody else: one that the widget
//! made up for this browser, or one whom the site's backend has vouched for.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN, REFERER};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use outbound::vouching::SigningSecret;
use paigong_core::{ErrorCode, Scope};
use store::keys::Identity;
use url::Url;
use utoipa::IntoParams;

use crate::auth::{Authenticated, identify, scope, scope_missing};
use crate::widget::FromItsPage;
use crate::{Problem, Shared};

/// The header with which a site's backend vouches for its user.
pub(crate) const SIGNATURE: &str = "X-Paigong-User-Signature";

/// The header in the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read from the headers where it is needed")]
pub(crate) struct SignatureHeader {
    /// With a widget's key and a `user` that is no `visitor-…`: the hexadecimal HMAC-SHA256 of `user` by the key's signing
    /// secret, made by the backend of the site.
    #[param(rename = "X-Paigong-User-Signature")]
    signature: Option<String>,
}

/// What the ids of visitors begin with whom nobody vouches for.
const VISITOR: &str = "visitor-";

/// Who sent a request with a key that may talk. Whom they may talk for is to be asked before anything is done.
pub(crate) struct Speaker {
    identity: Identity,
    shared: web::Data<Shared>,
}

impl Speaker {
    fn is_widget(&self) -> bool {
        self.identity.rights.has(Scope::Widget)
    }

    /// The caller who acts for `user`, if they may.
    pub(crate) fn acting_for(self, http: &HttpRequest, user: &str) -> Result<Authenticated<scope::Chat>, Problem> {
        if self.is_widget() && !is_visitor(user) {
            self.check_signature(http, user)?;
        }
        Ok(Authenticated::admitted(self.identity.caller))
    }

    /// Refuses what only a backend may say of a user.
    pub(crate) fn check_context(&self, http: &HttpRequest, is_empty: bool) -> Result<(), Problem> {
        if self.is_widget() && !is_empty {
            let (zh, en) = ("网页组件的密钥不能提供 context", "a widget's key may not send a context");
            return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
        }
        Ok(())
    }

    fn check_signature(&self, http: &HttpRequest, user: &str) -> Result<(), Problem> {
        let refused = |zh: &str, en: &str| Problem::explained(http, ErrorCode::UserNotSigned, zh, en);
        let Some(signature) = http.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()) else {
            return Err(refused(
                "user 须为 visitor- 加 22 至 64 个字符 [A-Za-z0-9_-]，或附上网站后端的签名 X-Paigong-User-Signature",
                "user must be visitor- and 22 to 64 of [A-Za-z0-9_-], or come with the signature of the site's backend in \
                 X-Paigong-User-Signature",
            ));
        };
        let (Some(sealed), Some(outbound)) = (&self.identity.secrets, &self.shared.outbound) else {
            return Err(refused(
                "此密钥没有签名密钥：系统未设置 secret_keys，或密钥在设置之前创建",
                "this key has no signing secret: secret_keys is not set, or was not when the key was created",
            ));
        };
        let caller = &self.identity.caller;
        let secret = SigningSecret::open(&outbound.keyring, caller.tenant.0, caller.key, sealed).map_err(|error| {
            tracing::error!(error = paigong_core::chain(&error), key = %caller.key, "a signing secret can't be opened");
            Problem::new(http, ErrorCode::Internal, None)
        })?;
        if !secret.verifies(user, signature) {
            return Err(refused(
                "签名不正确：应为 HMAC-SHA256(签名密钥, user) 的十六进制",
                "the signature is wrong: it must be the hexadecimal HMAC-SHA256 of user by the signing secret",
            ));
        }
        Ok(())
    }

    /// Refuses a widget whose page is not of its site.
    fn check_page(&self, http: &HttpRequest) -> Result<(), Problem> {
        let page = origin(http);
        let allowed = page.as_deref().is_some_and(|page| {
            self.identity.rights.origins().iter().any(|origin| origin == page) || is_own(http, &self.shared, page)
        });
        if allowed {
            return Ok(());
        }
        let page = page.as_deref().unwrap_or("—");
        let (zh, en) = (
            format!("此密钥不能用于来源为 {page} 的网页；所有者可在密钥的 origins 中添加"),
            format!("this key may not be used by a page of the origin {page}; an owner can list it in a key's origins"),
        );
        Err(Problem::explained(http, ErrorCode::OriginNotAllowed, &zh, &en))
    }
}

impl FromRequest for Speaker {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (identity, shared) = identify(&request).await?;
            let speaker = Self { identity, shared };
            if speaker.is_widget() {
                // Whoever reads the key in the page asks as themselves, not at the expense of all other visitors.
                if let Some(wait) = speaker.shared.rate.take_for_address(&request, Instant::now()) {
                    return Err(Problem::too_many(&request, wait));
                }
                speaker.check_page(&request)?;
                request.extensions_mut().insert(FromItsPage);
            } else if !speaker.identity.rights.has(Scope::Chat) {
                return Err(scope_missing(&request, Scope::Chat));
            }
            Ok(speaker)
        })
    }
}

/// An id that a widget made up: too long to be guessed, and no user of any backend.
fn is_visitor(user: &str) -> bool {
    user.strip_prefix(VISITOR).is_some_and(|secret| {
        (22..=64).contains(&secret.len())
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

/// The origin of the page that a request comes from. Browsers leave it out where a page reads from its own server; then the
/// page's address says it.
fn origin(http: &HttpRequest) -> Option<String> {
    let header = |name| http.headers().get(name)?.to_str().ok().map(str::to_owned);
    header(ORIGIN).or_else(|| Some(Url::parse(&header(REFERER)?).ok()?.origin().ascii_serialization()))
}

/// Whether `page` is of this server: the demo.
fn is_own(http: &HttpRequest, shared: &Shared, page: &str) -> bool {
    if let Some(own) = &shared.own_origin {
        return own == page;
    }
    let host = http.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = page.split_once("://").map(|(_, authority)| authority);
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_visitor_is_too_long_to_be_guessed() {
        let secret = "Ab0_-".repeat(5);
        assert!(is_visitor(&format!("visitor-{secret}")));
        for user in ["E1001", "visitor-", "visitor-short", &format!("visitor-{}", "x".repeat(65)), &secret] {
            assert!(!is_visitor(user), "{user}");
        }
        assert!(!is_visitor(&format!("visitor-{}", "访".repeat(22))));
    }

    #[test]
    fn a_page_is_known_by_its_origin_or_else_by_its_address() {
        let from = |headers: &[(&'static str, &str)]| {
            let request = headers.iter().fold(TestRequest::default(), |request, header| request.insert_header(*header));
            origin(&request.to_http_request())
        };
        let both = [("Origin", "https://a.example"), ("Referer", "https://b.example/page")];
        assert_eq!(from(&both).as_deref(), Some("https://a.example"));
        assert_eq!(
            from(&[("Referer", "https://b.example:8443/demo?key=1")]).as_deref(),
            Some("https://b.example:8443")
        );
        assert_eq!(from(&[("Referer", "nonsense")]), None);
        assert_eq!(from(&[]), None);
    }
}
