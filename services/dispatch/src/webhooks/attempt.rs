//! One attempt to deliver: open the secrets, sign, send, judge the answer, write how it ended.
//!
//! | what happened | what becomes of the delivery | and of the webhook |
//! | --- | --- | --- |
//! | 2xx | delivered | not failing |
//! | 410 | again by the schedule, if it is enabled | disabled at once |
//! | 429, 503 | again when asked to, within limits | failing |
//! | any other answer (redirects are not followed), none, an address that may not be called | again by the schedule | failing |
//! | the schedule is used up | failed; those behind it go on | failing |
//! | the secrets can't be opened | again, without end | nothing: that is our fault |
//!
//! A webhook that has been failing for days is disabled with the next failure.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use outbound::{Failure, Request, Timeouts, signature};
use paigong_core::{chain, fault};
use store::deliveries::{self, Claimed, Ended, Next};
use store::{TenantTx, webhooks};
use url::Url;

use super::{Parts, schedule, secrets};

/// Characters of an error that are kept.
const ERROR: usize = 500;
/// Bytes of an answer that are read at most; nobody looks at them.
const ANSWER: usize = 16 * 1024;
/// How long a connection may take to be made, at most.
const CONNECT: Duration = Duration::from_secs(5);
/// How often it is tried to write how an attempt ended. If that fails, too, the event is sent again after the lease.
const WRITES: u32 = 5;

/// How an attempt ended.
struct Report {
    status: Option<u16>,
    outcome: Outcome,
}

enum Outcome {
    Arrived,
    /// The endpoint wants no more.
    Gone,
    /// The endpoint is busy, and may have said for how long.
    Busy(Option<Duration>),
    Failed(String),
    /// Nothing was sent, and the webhook is not to blame.
    OurFault(String),
}

/// Makes one attempt, and writes how it ended.
pub(super) async fn deliver(parts: Arc<Parts>, claimed: Claimed) {
    let started = Instant::now();
    let report = send(&parts, &claimed).await;
    fault::point("webhook.sent");
    let took = started.elapsed();
    for write in 1.. {
        match record(&parts, &claimed, &report, took).await {
            Ok(true) => break,
            Ok(false) => {
                tracing::warn!(delivery = %claimed.id, attempt = claimed.attempt, "a lease was lost before it was written how the attempt ended");
                break;
            }
            Err(error) if write < WRITES => {
                tracing::debug!(error = chain(&error), delivery = %claimed.id, "writing it again");
                tokio::time::sleep(Duration::from_millis(100 << write)).await;
            }
            Err(error) => {
                tracing::error!(error = chain(&error), delivery = %claimed.id, "it can't be written how an attempt ended; the event will be sent again");
                break;
            }
        }
    }
    fault::point("webhook.recorded");
}

async fn send(parts: &Parts, claimed: &Claimed) -> Report {
    let unsent = |outcome| Report { status: None, outcome };
    let opened = secrets::open(&parts.keyring, claimed.tenant, claimed.webhook, &claimed.secrets);
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(error = chain(&error), webhook = %claimed.webhook, "an event can't be signed");
            return unsent(Outcome::OurFault(error.to_string()));
        }
    };
    let Ok(url) = Url::parse(&claimed.url) else {
        return unsent(Outcome::Failed("the webhook's url is not one".into()));
    };
    let (id, body) = (claimed.event.to_string(), claimed.payload.as_bytes());
    let mut headers = match signature::headers(&opened, &id, Utc::now().timestamp(), body) {
        Ok(headers) => headers,
        Err(error) => return unsent(Outcome::OurFault(error.to_string())),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("Paigong/", env!("CARGO_PKG_VERSION"))));
    let total = parts.options.timeout;
    let timeouts = Timeouts { connect: CONNECT.min(total), first_byte: total, total };
    let request = Request { method: http::Method::POST, url, headers, body: body.to_vec(), timeouts, max_body: ANSWER };
    match parts.client.send(request).await {
        Ok(answer) => judged(answer.status, &answer.headers),
        // Whether the rest of an answer can be read does not matter: its status says everything.
        Err(Failure::Unreadable { status, .. }) => judged(status, &HeaderMap::new()),
        Err(error) => unsent(Outcome::Failed(error.to_string())),
    }
}

fn judged(status: u16, headers: &HeaderMap) -> Report {
    let outcome = match status {
        200..=299 => Outcome::Arrived,
        300..=399 => Outcome::Failed(format!("HTTP {status}: redirects are not followed")),
        410 => Outcome::Gone,
        429 | 503 => {
            let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Outcome::Busy(asked.and_then(|asked| schedule::retry_after(asked, Utc::now())))
        }
        _ => Outcome::Failed(format!("HTTP {status}")),
    };
    Report { status: Some(status), outcome }
}

/// Writes delivery, attempt and webhook together; `false` when the delivery is not this worker's any more.
async fn record(parts: &Parts, claimed: &Claimed, report: &Report, took: Duration) -> Result<bool, store::Error> {
    let schedule = &parts.options.schedule;
    let delay = schedule.delay(claimed.tries, rand::random());
    let again = |delay: Option<Duration>| delay.map_or(Next::Failed, Next::Again);
    let (next, error) = match &report.outcome {
        Outcome::Arrived => (Next::Delivered, None),
        Outcome::Gone => (Next::Again(delay.unwrap_or(schedule.last())), Some("HTTP 410".to_owned())),
        Outcome::Busy(asked) => {
            let delay = delay.map(|delay| schedule.relieved(delay, *asked));
            (again(delay), Some(format!("HTTP {}: busy", report.status.unwrap_or_default())))
        }
        Outcome::Failed(error) => (again(delay), Some(shortened(error))),
        Outcome::OurFault(error) => (Next::Again(delay.unwrap_or(schedule.last())), Some(shortened(error))),
    };
    let error = error.as_deref();
    let mut tx = parts.store.begin(claimed.tenant).await?;
    // The webhook's row before the delivery's, as in every change and deletion of a webhook: nobody waits in a circle.
    let disabled = note(parts, &mut tx, claimed, &report.outcome, error.unwrap_or_default()).await?;
    let ended = Ended { next, took, status: report.status, error };
    if !deliveries::record(&mut tx, claimed, parts.worker, &ended).await? {
        return Ok(false);
    }
    tx.commit().await?;
    if disabled {
        tracing::warn!(webhook = %claimed.webhook, error, "disabled a webhook");
    }
    match next {
        Next::Delivered => tracing::debug!(delivery = %claimed.id, attempt = claimed.attempt, "delivered"),
        Next::Again(after) => {
            tracing::info!(delivery = %claimed.id, attempt = claimed.attempt, error, ?after, "not delivered, again later");
        }
        Next::Failed => tracing::warn!(delivery = %claimed.id, attempt = claimed.attempt, error, "given up"),
    }
    Ok(true)
}

/// Writes what the attempt says of the webhook; whether that disabled it.
async fn note(
    parts: &Parts,
    tx: &mut TenantTx,
    claimed: &Claimed,
    outcome: &Outcome,
    error: &str,
) -> Result<bool, store::Error> {
    match outcome {
        Outcome::OurFault(_) => Ok(false),
        Outcome::Arrived => webhooks::arrived(tx, claimed.webhook).await.map(|()| false),
        Outcome::Gone => webhooks::disable(tx, claimed.webhook, "it answered 410 Gone").await,
        Outcome::Busy(_) | Outcome::Failed(_) => {
            let days = parts.options.give_up_after.as_secs() / 86_400;
            let reason = shortened(&format!("nothing arrived for {days} days; lastly: {error}"));
            webhooks::failed(tx, claimed.webhook, parts.options.give_up_after, &reason).await
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(ERROR).collect()
}
