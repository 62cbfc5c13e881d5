//! How often each caller may ask: a bucket of tokens for every app key, one for all keys of a tenant, and one for every network
//! address that asks without a good key, or with a widget's, which everybody can read. In memory, so each process counts for itself; the brake on guessing passwords is in the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, ResponseError as _, web};
use ipnet::IpNet;
use paigong_core::TenantId;
use sha2::{Digest, Sha256};

use crate::{Problem, Shared};

/// Seconds' worth of requests that may come at once.
const BURST: f64 = 10.0;
/// Buckets that are kept at most; beyond, those that are full again are forgotten, since a new one is full, too.
const KEPT: usize = 50_000;

/// How much is allowed. The default is no limit.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Requests a second of one app key; 0: no limit.
    pub per_key: u32,
    /// Requests a second of all app keys of a tenant together; 0: no limit.
    pub per_tenant: u32,
    /// Requests a second of one address without a good key; 0: no limit.
    pub per_address: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Counts requests.
#[derive(Debug, Default)]
pub struct Limiter {
    options: Options,
    buckets: Mutex<HashMap<Caller, Bucket>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Caller {
    /// The hash of whatever was sent as a key.
    Key([u8; 32]),
    Address(IpAddr),
    Tenant(TenantId),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// A network such as `10.0.0.0/8`, or a single address.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

impl Limiter {
    /// With these limits.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, buckets: Mutex::default() }
    }

    /// Where a request comes from: the last address on its way that is no trusted proxy's.
    #[must_use]
    pub fn address(&self, http: &HttpRequest) -> Option<IpAddr> {
        let is_trusted = |ip: &IpAddr| self.options.trusted_proxies.iter().any(|network| network.contains(ip));
        let peer = http.peer_addr()?.ip();
        if !is_trusted(&peer) {
            return Some(peer);
        }
        let forwarded = http.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
        let way: Vec<IpAddr> =
            forwarded.flat_map(|value| value.split(',')).map_while(|text| text.trim().parse().ok()).collect();
        Some(way.into_iter().rev().find(|ip| !is_trusted(ip)).unwrap_or(peer))
    }

    /// Takes a token for a request of one of the tenant's keys; `Some`: there is none, and how long it takes until there is.
    pub(crate) fn take_for_tenant(&self, tenant: TenantId, now: Instant) -> Option<Duration> {
        self.take(Caller::Tenant(tenant), 1.0, now)
    }

    /// The same for a request whose key says nothing of who sent it.
    pub(crate) fn take_for_address(&self, http: &HttpRequest, now: Instant) -> Option<Duration> {
        self.address(http).and_then(|address| self.take(Caller::Address(address), 1.0, now))
    }

    /// Takes `tokens` for a request of `caller` at `now`; `Some`: there are none, and how long it takes until there are.
    fn take(&self, caller: Caller, tokens: f64, now: Instant) -> Option<Duration> {
        let rate = f64::from(match caller {
            Caller::Key(_) => self.options.per_key,
            Caller::Address(_) => self.options.per_address,
            Caller::Tenant(_) => self.options.per_tenant,
        });
        if rate <= 0.0 {
            return None;
        }
        let capacity = rate * BURST;
        let filled = |bucket: &Bucket| {
            (bucket.tokens + now.saturating_duration_since(bucket.at).as_secs_f64() * rate).min(capacity)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() >= KEPT && !buckets.contains_key(&caller) {
            // Whatever has rested for the burst's time is full.
            buckets.retain(|_, bucket| now.saturating_duration_since(bucket.at).as_secs_f64() < BURST);
        }
        let bucket = buckets.entry(caller).or_insert(Bucket { tokens: capacity, at: now });
        let there = filled(bucket);
        let lacks = there < 1.0;
        *bucket = Bucket { tokens: if lacks { there } else { there - tokens }, at: now };
        lacks.then(|| Duration::from_secs_f64((1.0 - there) / rate))
    }
}

/// The middleware that refuses what is too much. A request with a key counts for the key, and for its address only if the key
/// is no good, so that a backend is not held back by its many users, and guessing keys by one address is.
///
/// # Errors
/// What the handlers return.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let shared = request.app_data::<web::Data<Shared>>().cloned();
    let is_probe = ["/healthz", "/readyz"].contains(&request.path());
    let Some(shared) = shared.filter(|_| !is_probe) else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    let now = Instant::now();
    let key = request.headers().get(AUTHORIZATION).map(|value| Caller::Key(Sha256::digest(value.as_bytes()).into()));
    let address = shared.rate.address(request.request()).map(Caller::Address);
    // What comes with a key only looks at the address's bucket.
    let asks = [key.map(|key| (key, 1.0)), address.map(|address| (address, if key.is_some() { 0.0 } else { 1.0 }))];
    for (caller, tokens) in asks.into_iter().flatten() {
        if let Some(wait) = shared.rate.take(caller, tokens, now) {
            let refused = Problem::too_many(request.request(), wait).error_response();
            return Ok(request.into_response(refused).map_into_right_body());
        }
    }
    let response = next.call(request).await?;
    if let (Some(_), Some(address), StatusCode::UNAUTHORIZED) = (key, address, response.status()) {
        // The request was answered; the next one may not be.
        let _ = shared.rate.take(address, 1.0, now);
    }
    Ok(response.map_into_left_body())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn limiter(proxies: &[&str]) -> Limiter {
        let trusted_proxies = proxies.iter().filter_map(|text| network(text)).collect();
        Limiter::new(Options { per_key: 2, per_tenant: 3, per_address: 1, trusted_proxies })
    }

    #[test]
    fn a_burst_is_allowed_then_the_rate_and_each_caller_has_its_own() {
        let (limiter, start) = (limiter(&[]), Instant::now());
        let (one, other) = (Caller::Key([1; 32]), Caller::Key([2; 32]));
        assert_eq!((0..25).filter(|_| limiter.take(one, 1.0, start).is_none()).count(), 20);
        assert!(limiter.take(one, 1.0, start).expect("too much") <= Duration::from_millis(500));
        assert!(limiter.take(other, 1.0, start).is_none());
        let later = start + Duration::from_secs(1);
        assert_eq!((0..25).filter(|_| limiter.take(one, 1.0, later).is_none()).count(), 2);
        let looking = (0..25).filter(|_| limiter.take(other, 0.0, start).is_none()).count();
        assert_eq!(looking, 25, "looking takes nothing");
        let none = Limiter::default();
        assert!((0..1000).all(|_| none.take(one, 1.0, start).is_none()));
    }

    #[test]
    fn a_tenant_and_an_address_have_limits_of_their_own() {
        let (limiter, start) = (limiter(&[]), Instant::now());
        let (tenant, other) = (TenantId(uuid::Uuid::from_u128(1)), TenantId(uuid::Uuid::from_u128(2)));
        assert_eq!((0..40).filter(|_| limiter.take_for_tenant(tenant, start).is_none()).count(), 30);
        assert!(limiter.take_for_tenant(other, start).is_none());
        let peer = "1.1.1.1:1".parse().expect("an address");
        let request = TestRequest::default().peer_addr(peer).to_http_request();
        assert_eq!((0..20).filter(|_| limiter.take_for_address(&request, start).is_none()).count(), 10);
    }

    #[test]
    fn many_callers_do_not_fill_the_memory() {
        let (limiter, start) = (limiter(&[]), Instant::now());
        for index in 0..KEPT + 10 {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&index.to_le_bytes());
            limiter.take(Caller::Key(key), 1.0, start + Duration::from_millis(index as u64));
        }
        assert!(limiter.buckets.lock().expect("unpoisoned").len() < KEPT);
    }

    #[test]
    fn only_a_trusted_proxy_says_where_a_request_comes_from() {
        let from = |proxies: &[&str], peer: &str, forwarded: &str| {
            let peer = format!("{peer}:1").parse().expect("an address");
            let request = TestRequest::default().peer_addr(peer).insert_header(("X-Forwarded-For", forwarded));
            limiter(proxies).address(&request.to_http_request()).expect("an address").to_string()
        };
        assert_eq!(from(&[], "1.1.1.1", "2.2.2.2"), "1.1.1.1");
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", "9.9.9.9, 2.2.2.2, 10.0.0.7"), "2.2.2.2");
        assert_eq!(from(&["10.0.0.1"], "10.0.0.1", ""), "10.0.0.1");
        assert_eq!(from(&["10.0.0.1"], "1.1.1.1", "2.2.2.2"), "1.1.1.1");
    }
}
