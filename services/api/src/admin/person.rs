//! Who is logged in, and whether they may: the session's cookie, the CSRF token, the membership and the role. A handler says in
//! the type of its argument what it asks for, so that none can forget to check.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::COOKIE;
use actix_web::{FromRequest, HttpRequest, web};
use paigong_core::{Action, ErrorCode, Role, TenantId};
use store::people::Person;
use store::sessions::Begun;
use store::{PlainToken, members, sessions};
use subtle::ConstantTimeEq as _;

use super::id;
use crate::{Problem, Shared};

/// Seconds that a browser keeps the cookie; the session itself may end earlier.
const KEPT: u32 = 7 * 24 * 3600;

/// A person with a session, in no tenant yet.
pub(crate) struct Session {
    pub person: Person,
    pub token: PlainToken,
}

/// A member of the tenant in the path.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub person: Person,
    pub tenant: TenantId,
}

/// A member of the tenant in the path whose role allows `A`.
pub(crate) struct May<A> {
    pub signed: Signed,
    action: PhantomData<A>,
}

/// What a handler asks for.
pub(crate) trait Asks {
    /// The action that the role has to allow.
    const ACTION: Action;
}

/// To see.
pub(crate) struct View;
/// To decide about what waits for a person.
pub(crate) struct Review;
/// To change and publish skills.
pub(crate) struct Edit;
/// To manage people, keys and apps.
pub(crate) struct Administer;

impl Asks for Edit {
    const ACTION: Action = Action::Edit;
}

impl Asks for Review {
    const ACTION: Action = Action::Review;
}

impl Asks for View {
    const ACTION: Action = Action::View;
}

impl Asks for Administer {
    const ACTION: Action = Action::Administer;
}

impl Signed {
    /// Who it is in the audit log.
    pub(crate) fn actor(&self) -> String {
        format!("person:{}", self.person.id)
    }
}

impl<A> std::ops::Deref for May<A> {
    type Target = Signed;

    fn deref(&self) -> &Signed {
        &self.signed
    }
}

/// The name of the cookie. A browser takes a `__Host-` cookie from HTTPS and this very host only.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-paigong" } else { "paigong" }
}

/// The header that gives a browser its session.
pub(crate) fn cookie(shared: &Shared, begun: &Begun) -> String {
    set_cookie(shared.admin.secure_cookies, begun.token.reveal(), KEPT)
}

/// The header that takes the session from the browser.
pub(crate) fn no_cookie(shared: &Shared) -> String {
    set_cookie(shared.admin.secure_cookies, "", 0)
}

fn set_cookie(secure: bool, value: &str, seconds: u32) -> String {
    let name = cookie_name(secure);
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// The token that changes must bring along in `X-CSRF-Token`: only a page that could read an answer of ours knows it.
pub(crate) fn csrf_token(token: &PlainToken) -> String {
    token.derive("csrf")
}

/// The session's token that the browser sent, valid or not.
pub(crate) fn sent_token(http: &HttpRequest, shared: &Shared) -> Option<PlainToken> {
    let name = cookie_name(shared.admin.secure_cookies);
    http.headers()
        .get_all(COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .find_map(|(_, value)| PlainToken::parse(value))
}

async fn session(http: &HttpRequest) -> Result<Session, Problem> {
    let Some(shared) = http.app_data::<web::Data<Shared>>() else {
        return Err(Problem::new(http, ErrorCode::Internal, None));
    };
    let nobody = || Problem::new(http, ErrorCode::NotSignedIn, None);
    let token = sent_token(http, shared).ok_or_else(nobody)?;
    let person = sessions::find(&shared.store, token.hash()).await.map_err(|error| Problem::of_store(http, &error))?;
    let person = person.ok_or_else(nobody)?;
    if ![Method::GET, Method::HEAD].contains(http.method()) {
        let sent = http.headers().get("X-CSRF-Token").map(|value| value.as_bytes()).unwrap_or_default();
        if !bool::from(csrf_token(&token).as_bytes().ct_eq(sent)) {
            return Err(Problem::new(http, ErrorCode::CsrfToken, None));
        }
    }
    Ok(Session { person, token })
}

/// Whoever is no member of a tenant is not told whether there is one.
async fn member(http: &HttpRequest, action: Action) -> Result<Signed, Problem> {
    let Session { person, .. } = session(http).await?;
    let Some(shared) = http.app_data::<web::Data<Shared>>() else {
        return Err(Problem::new(http, ErrorCode::Internal, None));
    };
    let tenant = TenantId(id(http, "tenant")?);
    let found = members::role_in(&shared.store, tenant, person.id).await;
    let found = found.map_err(|error| Problem::of_store(http, &error))?;
    let (role, _) =
        found.ok_or_else(|| Problem::explained(http, ErrorCode::NotFound, "没有这个租户", "no such tenant"))?;
    if !role.can(action) {
        return Err(forbidden(http, role, action));
    }
    Ok(Signed { person, tenant })
}

fn forbidden(http: &HttpRequest, role: Role, action: Action) -> Problem {
    let least = action.least();
    let (zh, en) = (
        format!("此操作至少需要 {least} 角色，您的角色是 {role}"),
        format!("this needs the role {least}; yours is {role}"),
    );
    Problem::explained(http, ErrorCode::Forbidden, &zh, &en)
}

impl FromRequest for Session {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        let http = http.clone();
        Box::pin(async move { session(&http).await })
    }
}

impl<A: Asks> FromRequest for May<A> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        let http = http.clone();
        Box::pin(async move { Ok(Self { signed: member(&http, A::ACTION).await?, action: PhantomData }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_host_and_no_script() {
        assert_eq!(set_cookie(true, "t", 60), "__Host-paigong=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert_eq!(set_cookie(false, "", 0), "paigong=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
