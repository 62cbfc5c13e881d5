//! The HTTP interface: authentication, limits, JSON in and out, server-sent events, problem+json, OpenAPI. What a request
//! means is `agent`'s business; each resource has a file of its own here, which ends in `configure`.

pub mod admin;
mod auth;
mod callbacks;
mod chat;
mod console;
mod conversations;
mod health;
mod inbox;
mod knowledge;
mod learning;
mod limits;
mod openapi;
mod problem;
pub mod rate;
mod runs;
mod speaker;
mod stream;
mod webhooks;
pub mod widget;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web;
use agent::Agent;
use outbound::seal::Keyring;
use store::Store;

pub use openapi::document;
pub use problem::{Problem, explain_methods};

/// What is needed to store secrets, and to tell which addresses may be called.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Seals secrets.
    pub keyring: Arc<Keyring>,
    /// Knows what may be called.
    pub client: outbound::Client,
}

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    /// Handles turns.
    pub agent: Agent,
    /// For reading what was stored.
    pub store: Store,
    /// Takes the reports of other systems; without it none are taken.
    pub executor: Option<Arc<dispatch::executor::Skills>>,
    /// What webhooks need; without it none can be created.
    pub outbound: Option<Outbound>,
    /// How the admin API is set up.
    pub admin: admin::Options,
    /// The origin at which browsers reach this server, where it is known; else whatever they say is its host.
    pub own_origin: Option<String>,
    /// How often each caller may ask.
    pub rate: Arc<rate::Limiter>,
    /// Whether new work is still taken; false while shutting down.
    pub ready: Arc<AtomicBool>,
}

impl Shared {
    /// Shares an agent and its store, ready for work.
    #[must_use]
    pub fn new(agent: Agent, store: Store) -> Self {
        let ready = Arc::new(AtomicBool::new(true));
        let (admin, rate) = (admin::Options::default(), Arc::default());
        Self { agent, store, executor: None, outbound: None, admin, own_origin: None, rate, ready }
    }

    /// The same with what takes the reports of other systems.
    #[must_use]
    pub fn with_executor(self, executor: Arc<dispatch::executor::Skills>) -> Self {
        Self { executor: Some(executor), ..self }
    }

    /// The same with webhooks.
    #[must_use]
    pub fn with_outbound(self, outbound: Option<Outbound>) -> Self {
        Self { outbound, ..self }
    }

    /// The same with the admin API set up like this.
    #[must_use]
    pub fn with_admin(self, admin: admin::Options) -> Self {
        Self { admin, ..self }
    }

    /// The same, reached by browsers at `public_url`; empty: not known.
    #[must_use]
    pub fn reached_at(self, public_url: &str) -> Self {
        let own_origin = url::Url::parse(public_url).ok().map(|url| url.origin().ascii_serialization());
        Self { own_origin, ..self }
    }

    /// The same with limits on how often each caller may ask; [`rate::limit`] keeps them.
    #[must_use]
    pub fn with_rate(self, options: rate::Options) -> Self {
        Self { rate: Arc::new(rate::Limiter::new(options)), ..self }
    }

    /// Stops being ready: readiness fails from now on, so that no new work is routed here.
    pub fn stop(&self) {
        self.ready.store(false, Ordering::Release);
    }
}

/// The middleware that ends every connection with its next answer once the server [stops](Shared::stop), so that no client
/// sends a request into a connection that is being closed.
///
/// # Errors
/// What the handlers return.
pub async fn part(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let shared = request.app_data::<web::Data<Shared>>().cloned();
    let mut response = next.call(request).await?;
    if shared.is_some_and(|shared| !shared.ready.load(Ordering::Acquire)) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Adds every route, the limits and the error form.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(limits::BODY))
        .app_data(
            web::QueryConfig::default()
                .error_handler(|error, request| Problem::invalid(request, error.to_string()).into()),
        )
        .app_data(
            web::PathConfig::default()
                .error_handler(|error, request| Problem::invalid(request, error.to_string()).into()),
        )
        .configure(health::configure)
        .configure(openapi::configure)
        .configure(chat::configure)
        .configure(conversations::configure)
        .configure(runs::configure)
        .configure(inbox::configure)
        .configure(learning::configure)
        .configure(knowledge::configure)
        .configure(callbacks::configure)
        .configure(webhooks::configure)
        .configure(widget::configure)
        .configure(admin::configure)
        // After the calls of the admin API, since it takes every other path below /admin.
        .configure(console::configure)
        .default_service(web::route().to(problem::no_such_endpoint));
}
