//! Who is calling: the app key in `Authorization: Bearer …`.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use paigong_core::ErrorCode;
use store::keys::{self, Caller};

use crate::{Problem, Shared};

/// The caller of an authenticated request.
pub(crate) struct Authenticated(pub Caller);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let refused = |detail: &str| Problem::new(&request, ErrorCode::Unauthorized, detail.to_owned());
            let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            let key = header
                .and_then(|value| value.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, key)| key.trim())
                .ok_or_else(|| refused("send the app key as Authorization: Bearer KEY"))?;
            let Some(shared) = request.app_data::<web::Data<Shared>>() else {
                return Err(Problem::new(&request, ErrorCode::Internal, None));
            };
            match keys::authenticate(&shared.store, key).await {
                Ok(Some(caller)) => Ok(Self(caller)),
                Ok(None) => Err(refused("the app key is unknown, revoked or expired")),
                Err(error) => Err(Problem::of_store(&request, &error)),
            }
        })
    }
}
