//! `/admin/v1/session`, `/admin/v1/accept` and `/admin/v1/me`: logging in and out, accepting an invitation, one's own name and
//! password. An answer never tells whether an e-mail address is known, neither by its words nor by its time.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::{ErrorCode, Language, Role};
use serde::{Deserialize, Serialize};
use store::attempts::{self, Subject};
use store::passwords::{Password, PasswordHash, Refused};
use store::people::{self, Accepting, Person};
use store::{PlainToken, sessions};
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{self, Session};
use super::refusals::{OfSession, Open};
use super::{parsed, text};
use crate::{Problem, Shared};

/// Who wants to log in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    #[schema(example = "wang.wei@example.com")]
    email: String,
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
}

/// Who accepts an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// The one-time token of the invitation.
    #[schema(example = "4fQm2Zx0rT8wYb1Kc7Ns5Vd3Hj6Lp9Ga0ub2Io4RtXq")]
    token: String,
    /// For the first person of an installation; an invitation names the address itself.
    #[schema(example = "wang.wei@example.com")]
    email: Option<String>,
    /// What the person is called; not needed by who has logged in here before.
    #[schema(example = "王伟")]
    name: Option<String>,
    /// A new password of 12 characters or more; of who has logged in here before, the one that they have.
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
    /// zh or en; otherwise the language of the request.
    #[schema(value_type = Option<String>, example = "zh")]
    locale: Option<Language>,
}

/// A person who is logged in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    person: PersonView,
    /// The tenants that the person is a member of.
    tenants: Vec<TenantView>,
    /// To be sent as `X-CSRF-Token` with every request that is not a GET.
    #[schema(example = "c5d7…64 hexadecimal digits")]
    csrf_token: String,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonView {
    id: Uuid,
    #[schema(example = "wang.wei@example.com")]
    email: String,
    #[schema(example = "王伟")]
    name: String,
    #[schema(value_type = String, example = "zh")]
    locale: Language,
}

/// A tenant of the person's.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantView {
    id: Uuid,
    #[schema(example = "demo")]
    name: String,
    #[schema(value_type = String, example = "owner")]
    role: Role,
}

/// A new name or language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    #[schema(example = "王伟")]
    name: String,
    #[schema(value_type = String, example = "zh")]
    locale: Language,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    #[schema(example = "correct horse battery staple", format = Password)]
    current: String,
    /// 12 characters or more.
    #[schema(example = "another horse, another battery", format = Password)]
    new: String,
}

impl From<Person> for PersonView {
    fn from(Person { id, email, name, locale }: Person) -> Self {
        Self { id, email, name, locale }
    }
}

/// Logs in. The session is in the cookie that comes with the answer.
#[utoipa::path(post, path = "/admin/v1/session", tag = "people", request_body = Login,
    responses(
        (status = 200, description = "Who is logged in now; the session is in the cookie", body = Me),
        (status = 401, description = "E-mail address and password do not belong together (`wrong_credentials`)", body = Problem, content_type = "application/problem+json"),
        Open,
    ),
    security(()))]
pub(crate) async fn login(
    http: HttpRequest,
    shared: web::Data<Shared>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let login: Login = parsed(&http, body)?;
    // An address that can't be one is taken like one that nobody has.
    let email = people::fold_email(&login.email).unwrap_or_default();
    let person = authenticate(&http, &shared, &email, &login.password).await?;
    enter(&http, &shared, person).await
}

/// Logs out: the session ends.
#[utoipa::path(delete, path = "/admin/v1/session", tag = "people",
    responses((status = 204, description = "Logged out"), OfSession), security(("session" = [])))]
pub(crate) async fn logout(
    http: HttpRequest,
    shared: web::Data<Shared>,
    session: Session,
) -> Result<HttpResponse, Problem> {
    let ended = sessions::end(&shared.store, session.token.hash()).await;
    ended.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::NoContent().insert_header((SET_COOKIE, person::no_cookie(&shared))).finish())
}

/// Accepts an invitation, or becomes the first owner of the installation, and logs in.
#[utoipa::path(post, path = "/admin/v1/accept", tag = "people", request_body = Acceptance,
    responses(
        (status = 200, description = "Who is logged in now; the session is in the cookie", body = Me),
        (status = 401, description = "The person exists, and this is not the password (`wrong_credentials`)", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The invitation was used, has expired, or never was", body = Problem, content_type = "application/problem+json"),
        Open,
    ),
    security(()))]
pub(crate) async fn accept(
    http: HttpRequest,
    shared: web::Data<Shared>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let acceptance: Acceptance = parsed(&http, body)?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let gone = || {
        let (zh, en) = ("邀请无效、已使用或已过期", "the invitation was used, has expired, or never was");
        Problem::explained(&http, ErrorCode::NotFound, zh, en)
    };
    let token = PlainToken::parse(&acceptance.token).ok_or_else(gone)?.hash();
    let invited = people::invited(&shared.store, token).await.map_err(failed)?.ok_or_else(gone)?;
    let email = invited.email.clone().or_else(|| people::fold_email(acceptance.email.as_deref().unwrap_or_default()));
    let email = email.ok_or_else(|| {
        let (zh, en) = ("email 须为邮箱地址", "email must be an e-mail address");
        Problem::explained(&http, ErrorCode::InvalidRequest, zh, en)
    })?;
    let person = if people::find(&shared.store, &email).await.map_err(failed)?.is_some() {
        let person = authenticate(&http, &shared, &email, &acceptance.password).await?;
        people::accept(&shared.store, &invited, token, Accepting::Known(person)).await
    } else {
        let name = text(&http, "name", acceptance.name.as_deref().unwrap_or_default(), 200)?;
        let locale = acceptance.locale.unwrap_or_else(|| crate::problem::language(&http));
        let password = hashed(&http, &shared, &acceptance.password, &email).await?;
        let new = Accepting::New { email: &email, name: &name, locale, password: &password };
        people::accept(&shared.store, &invited, token, new).await
    };
    let person = person.map_err(failed)?.ok_or_else(gone)?;
    enter(&http, &shared, person).await
}

/// Who is logged in.
#[utoipa::path(get, path = "/admin/v1/me", tag = "people",
    responses((status = 200, description = "The person, the tenants, the CSRF token", body = Me), OfSession),
    security(("session" = [])))]
pub(crate) async fn me(
    http: HttpRequest,
    shared: web::Data<Shared>,
    session: Session,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(of(&http, &shared, session.person, &session.token).await?))
}

/// Changes one's own name and language.
#[utoipa::path(put, path = "/admin/v1/me", tag = "people", request_body = Profile,
    responses((status = 200, description = "As it is now", body = Me), Open, OfSession), security(("session" = [])))]
pub(crate) async fn update_me(
    http: HttpRequest,
    shared: web::Data<Shared>,
    session: Session,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let profile: Profile = parsed(&http, body)?;
    let name = text(&http, "name", &profile.name, 200)?;
    let updated = people::update(&shared.store, session.person.id, &name, profile.locale).await;
    updated.map_err(|error| Problem::of_store(&http, &error))?;
    let person = Person { name, locale: profile.locale, ..session.person };
    Ok(HttpResponse::Ok().json(of(&http, &shared, person, &session.token).await?))
}

/// Changes one's own password. Every session of the person ends; a new one is in the cookie.
#[utoipa::path(put, path = "/admin/v1/me/password", tag = "people", request_body = NewPassword,
    responses((status = 200, description = "Changed; the new session is in the cookie", body = Me), Open, OfSession),
    security(("session" = [])))]
pub(crate) async fn change_password(
    http: HttpRequest,
    shared: web::Data<Shared>,
    session: Session,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let change: NewPassword = parsed(&http, body)?;
    let email = &session.person.email;
    let person = authenticate(&http, &shared, email, &change.current).await?;
    let hash = hashed(&http, &shared, &change.new, email).await?;
    let changed = people::set_password(&shared.store, person, &hash).await;
    changed.map_err(|error| Problem::of_store(&http, &error))?;
    enter(&http, &shared, person).await
}

/// The person who has this e-mail address and this password. Attempts are counted before they are made.
async fn authenticate(http: &HttpRequest, shared: &Shared, email: &str, given: &str) -> Result<Uuid, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let address = shared.rate.address(http).map(|ip| ip.to_string()).unwrap_or_default();
    let subjects = [Subject::Address(&address), Subject::Email(email)];
    for subject in subjects {
        if let Some(wait) = attempts::count(&shared.store, subject).await.map_err(failed)? {
            return Err(Problem::too_many(http, wait));
        }
    }
    let (person, hash) = people::find(&shared.store, email).await.map_err(failed)?.unzip();
    let password = Password::given(given);
    let is_right = blocking(http, shared, move || password.is_of(hash.as_ref())).await?;
    let Some(person) = person.filter(|_| is_right) else {
        return Err(Problem::new(http, ErrorCode::WrongCredentials, None));
    };
    for subject in subjects {
        attempts::succeeded(&shared.store, subject).await.map_err(failed)?;
    }
    Ok(person.id)
}

/// The hash of a password that is being chosen.
async fn hashed(http: &HttpRequest, shared: &Shared, chosen: &str, email: &str) -> Result<PasswordHash, Problem> {
    let password = Password::choose(chosen, email).map_err(|refused| {
        let (zh, en) = match refused {
            Refused::Short => ("密码至少 12 个字符", "a password has at least 12 characters"),
            Refused::Long => ("密码最长 512 字节", "a password has at most 512 bytes"),
            Refused::Guessable => ("密码太容易被猜到", "the password is too easy to guess"),
        };
        Problem::explained(http, ErrorCode::WeakPassword, zh, en)
    })?;
    let hash = blocking(http, shared, move || password.hash()).await?;
    hash.ok_or_else(|| Problem::new(http, ErrorCode::Internal, None))
}

/// Runs what takes a core and memory, a few at a time, on a thread that may block.
async fn blocking<T: Send + 'static>(
    http: &HttpRequest,
    shared: &Shared,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let internal = || Problem::new(http, ErrorCode::Internal, None);
    let _turn = shared.admin.hashing.acquire().await.map_err(|_| internal())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| internal())
}

/// Begins a new session in place of the one that the browser may have.
pub(super) async fn enter(http: &HttpRequest, shared: &Shared, id: Uuid) -> Result<HttpResponse, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    if let Some(former) = person::sent_token(http, shared) {
        sessions::end(&shared.store, former.hash()).await.map_err(failed)?;
    }
    let begun = sessions::begin(&shared.store, id).await.map_err(failed)?;
    let found = sessions::find(&shared.store, begun.token.hash()).await.map_err(failed)?;
    let found = found.ok_or_else(|| Problem::new(http, ErrorCode::NotSignedIn, None))?;
    let me = of(http, shared, found, &begun.token).await?;
    Ok(HttpResponse::Ok().insert_header((SET_COOKIE, person::cookie(shared, &begun))).json(me))
}

async fn of(http: &HttpRequest, shared: &Shared, person: Person, token: &PlainToken) -> Result<Me, Problem> {
    let tenants = sessions::tenants(&shared.store, person.id).await;
    let tenants = tenants.map_err(|error| Problem::of_store(http, &error))?;
    let tenants = tenants.into_iter().map(|(id, name, role)| TenantView { id: id.0, name, role }).collect();
    Ok(Me { person: person.into(), tenants, csrf_token: person::csrf_token(token) })
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/admin/v1/session").route(web::post().to(login)).route(web::delete().to(logout)))
        .route("/admin/v1/accept", web::post().to(accept))
        .service(web::resource("/admin/v1/me").route(web::get().to(me)).route(web::put().to(update_me)))
        .route("/admin/v1/me/password", web::put().to(change_password));
}
