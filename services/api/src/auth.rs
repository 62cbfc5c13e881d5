//! Who is calling: the app key in `Authorization: Bearer …`, and whether it may. A handler says in the type of its argument
//! which scope it asks for, so that none can forget to check.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use paigong_core::{ErrorCode, Scope};
use store::keys::{self, Caller, Identity};

use crate::{Problem, Shared};

/// The caller of an authenticated request, whose key has the scope `S`.
pub(crate) struct Authenticated<S>(pub Caller, PhantomData<S>);

/// What a handler asks for.
pub(crate) trait Asks {
    /// The scope that the key must have.
    const SCOPE: Scope;
}

/// The scopes as types.
pub(crate) mod scope {
    use paigong_core::Scope;

    use super::Asks;

    pub(crate) struct Chat;
    pub(crate) struct Runs;
    pub(crate) struct Knowledge;
    pub(crate) struct Webhooks;
    pub(crate) struct Learning;

    impl Asks for Chat {
        const SCOPE: Scope = Scope::Chat;
    }

    impl Asks for Runs {
        const SCOPE: Scope = Scope::Runs;
    }

    impl Asks for Knowledge {
        const SCOPE: Scope = Scope::Knowledge;
    }

    impl Asks for Webhooks {
        const SCOPE: Scope = Scope::Webhooks;
    }

    impl Asks for Learning {
        const SCOPE: Scope = Scope::Learning;
    }
}

impl<S> Authenticated<S> {
    /// For a caller who was checked in another way.
    pub(crate) fn admitted(caller: Caller) -> Self {
        Self(caller, PhantomData)
    }
}

impl<S: Asks> FromRequest for Authenticated<S> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (identity, _) = identify(&request).await?;
            if !identity.rights.has(S::SCOPE) {
                return Err(scope_missing(&request, S::SCOPE));
            }
            Ok(Self::admitted(identity.caller))
        })
    }
}

/// Whose key was sent. Counts the request for the tenant.
pub(crate) async fn identify(request: &HttpRequest) -> Result<(Identity, web::Data<Shared>), Problem> {
    let refused = |zh: &str, en: &str| Problem::explained(request, ErrorCode::Unauthorized, zh, en);
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = header
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .ok_or_else(|| {
            refused("请以 Authorization: Bearer KEY 发送应用密钥", "send the app key as Authorization: Bearer KEY")
        })?;
    let Some(shared) = request.app_data::<web::Data<Shared>>() else {
        return Err(Problem::new(request, ErrorCode::Internal, None));
    };
    let known = keys::authenticate(&shared.store, key).await.map_err(|error| Problem::of_store(request, &error))?;
    let identity =
        known.ok_or_else(|| refused("应用密钥不存在、已吊销或已过期", "the app key is unknown, revoked or expired"))?;
    if let Some(wait) = shared.rate.take_for_tenant(identity.caller.tenant, Instant::now()) {
        return Err(Problem::too_many(request, wait));
    }
    Ok((identity, shared.clone()))
}

pub(crate) fn scope_missing(request: &HttpRequest, scope: Scope) -> Problem {
    let (zh, en) = (format!("此操作需要密钥具有 {scope} 权限"), format!("this needs a key with the scope {scope}"));
    Problem::explained(request, ErrorCode::ScopeMissing, &zh, &en)
}
