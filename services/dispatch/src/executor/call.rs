//! A run over HTTP: at least once, with a stable `Idempotency-Key`; what can't be known is not guessed.
//!
//! | what happened | read, or declared idempotent | other writes |
//! | --- | --- | --- |
//! | nothing was sent (DNS, connect, TLS) | again | again |
//! | 408, 425, 429, 503 | again, when asked to | again, when asked to |
//! | broken off, too late, other 5xx, a success that can't be read | again | unknown |
//! | 2xx | done | done |
//! | 202 | waits for the callback | waits for the callback |
//! | 3xx, other 4xx | failed | failed |

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use outbound::{Failure as Outbound, Request as Message, Timeouts, signature};
use paigong_core::fault;
use skills::http::{Call, Rendered, Scope};

use super::{Skills, Verdict, Work};
use crate::connections::{self, Opened};
use crate::job::{Ending, Next};
use crate::{Error, Failure, Reason, Row};

/// Bytes of a refusal that are kept for the skill's owner.
const EXCERPT: usize = 300;

impl Skills {
    pub(super) async fn call(&self, work: &Work<'_>, call: &Call) -> Result<Verdict, Error> {
        let failed = |failure| Ok(Verdict::End(Ending::Failed(failure), None));
        let opened =
            connections::open_in(&self.store, work.job.tenant, self.keyring.as_deref(), &call.connection, "http")
                .await?;
        let opened = match opened {
            Ok(opened) => opened,
            Err(failure) => return failed(failure),
        };
        let message = match self.message(work, call, &opened) {
            Ok(message) => message,
            Err(failure) => return failed(failure),
        };
        fault::point("call.before");
        let answer = self.client.send(message).await;
        fault::point("call.after");
        Ok(match answer {
            Ok(answer) => self.answered(work, call, &answer),
            Err(Outbound::Refused(message)) => {
                Verdict::End(Ending::Failed(Failure::new(Reason::Forbidden, message)), None)
            }
            Err(error @ Outbound::NotSent { .. }) => {
                self.again(work.job, Failure::new(Reason::Unreachable, paigong_core::chain(&error)), None)
            }
            Err(error) => {
                let status = if let Outbound::Unreadable { status, .. } = &error { Some(*status) } else { None };
                self.uncertain(work, Failure::new(Reason::Lost, paigong_core::chain(&error)), status)
            }
        })
    }

    /// It may have been done.
    fn uncertain(&self, work: &Work<'_>, failure: Failure, status: Option<u16>) -> Verdict {
        if work.job.may_repeat {
            let wait = self.options.retry.wait(work.job.attempt, rand::random());
            self.after(work.job, failure, status, wait, work.writes())
        } else {
            Verdict::End(Ending::Unknown(failure), status)
        }
    }

    fn answered(&self, work: &Work<'_>, call: &Call, answer: &outbound::Response) -> Verdict {
        let status = answer.status;
        let refused = |reason| {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(EXCERPT).collect();
            Failure::new(reason, format!("HTTP {status}: {body}"))
        };
        if call.nothing.contains(&status) {
            return Verdict::End(nothing(work), Some(status));
        }
        match status {
            202 => Verdict::Later(Next::Wait(Some(self.options.longest_report)), None, Some(status)),
            200..=299 => match read(work, call, status, &answer.body) {
                Ok(rows) => Verdict::End(Ending::Succeeded { rows, truncated: false }, Some(status)),
                // The other side says that it was done, so nobody may do it again; only what it says can't be used.
                Err(message) if work.writes() => {
                    Verdict::End(Ending::Unknown(Failure::new(Reason::Result, message)), Some(status))
                }
                Err(message) => Verdict::End(Ending::Failed(Failure::new(Reason::Result, message)), Some(status)),
            },
            408 | 425 | 429 | 503 => {
                let retry = &self.options.retry;
                let chance = rand::random();
                let wait = match retry_after(&answer.headers) {
                    Some(asked) => retry.asked(asked, work.job.attempt, chance),
                    None => retry.wait(work.job.attempt, chance),
                };
                self.after(work.job, refused(Reason::Unreachable), Some(status), wait, false)
            }
            500..=599 => self.uncertain(work, refused(Reason::Lost), Some(status)),
            _ => Verdict::End(Ending::Failed(refused(Reason::Answer)), Some(status)),
        }
    }

    /// The request. Whatever is wrong with it is the skill's or the registration's fault, and permanent.
    fn message(&self, work: &Work<'_>, call: &Call, opened: &Opened) -> Result<Message, Failure> {
        let job = work.job;
        let wrong = |message: String| Failure::new(Reason::Value, message);
        let unregistered = |message: String| Failure::new(Reason::Unregistered, message);
        let scope = Scope {
            slots: &job.slots,
            context: &work.context,
            language: job.asked.language,
            today: &job.asked.now.date().to_string(),
            user: &job.asked.user,
        };
        let rendered = call.render(scope).map_err(wrong)?;
        let url = address(&opened.connection.address, &rendered)
            .ok_or_else(|| unregistered(format!("the address of {:?} is not one", call.connection)))?;
        let body = rendered.body.as_ref().map(ToString::to_string).unwrap_or_default().into_bytes();
        let mut headers = HeaderMap::new();
        // The registration's headers last: a skill can't take their place.
        let own = rendered.headers.iter().map(|(name, value)| (name, value, false));
        for (name, value, secret) in own.chain(opened.secrets.headers.iter().map(|(name, value)| (name, value, true))) {
            let name = HeaderName::try_from(name).map_err(|_| wrong(format!("{name:?} is no header's name")))?;
            let mut value =
                HeaderValue::try_from(value).map_err(|_| wrong(format!("the value of {name} can't be sent")))?;
            value.set_sensitive(secret);
            headers.insert(name, value);
        }
        if rendered.body.is_some() {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let id = job.run.to_string();
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        put(USER_AGENT.as_str(), concat!("Paigong/", env!("CARGO_PKG_VERSION")));
        put("idempotency-key", &id);
        put("paigong-callback", &format!("{}/v1/callbacks/{}/{id}", self.options.public_url, job.tenant));
        let signing = opened.secrets.signing().map_err(unregistered)?;
        if signing.is_empty() {
            put("webhook-id", &id);
        } else {
            let now = chrono::Utc::now().timestamp();
            let signed = signature::headers(&signing, &id, now, &body).map_err(|error| wrong(error.to_string()))?;
            headers.extend(signed);
        }
        let method = rendered.method.parse().map_err(|_| wrong(format!("{:?} is no method", rendered.method)))?;
        let timeouts = Timeouts {
            connect: Duration::from_secs(5).min(call.timeout),
            first_byte: call.timeout,
            total: call.timeout,
        };
        Ok(Message { method, url, headers, body, timeouts, max_body: self.options.max_answer })
    }
}

/// Base address and path; the base keeps its own path.
fn address(base: &str, rendered: &Rendered) -> Option<url::Url> {
    let base = url::Url::parse(base).ok()?;
    let text = format!("{}{}", base.as_str().trim_end_matches('/'), rendered.path_and_query);
    let whole = url::Url::parse(&text).ok()?;
    (whole.origin() == base.origin()).then_some(whole)
}

/// What the other side answered with "there is no such thing".
fn nothing(work: &Work<'_>) -> Ending {
    if work.writes() {
        Ending::Failed(crate::sql::nothing_changed())
    } else {
        Ending::Succeeded { rows: Vec::new(), truncated: false }
    }
}

/// The rows of an answer, as the skill wants them.
pub(crate) fn read(work: &Work<'_>, call: &Call, status: u16, body: &[u8]) -> Result<Vec<Row>, String> {
    let rows = call.read(status, body)?;
    work.skill.check_rows(&rows)?;
    Ok(rows)
}

/// `Retry-After`: seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    (at.to_utc() - chrono::Utc::now()).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_can_not_leave_the_registered_host() {
        let rendered = |path: &str| Rendered {
            method: "GET".into(),
            path_and_query: path.into(),
            headers: Vec::new(),
            body: None,
        };
        let at = |base: &str, path: &str| address(base, &rendered(path)).map(|url| url.to_string());
        assert_eq!(
            at("https://erp.example/api/", "/orders/1?a=b").as_deref(),
            Some("https://erp.example/api/orders/1?a=b")
        );
        assert_eq!(at("https://erp.example", "@evil.example/").as_deref(), None);
        assert_eq!(at("https://erp.example", ".evil.example/").as_deref(), None);
        assert_eq!(at("https://erp.example", ":8443/").as_deref(), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).expect("a value"));
            retry_after(&headers)
        };
        assert_eq!(of("120"), Some(Duration::from_secs(120)));
        assert!(
            of(&(chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc2822())
                .is_some_and(|wait| wait.as_secs() > 3500)
        );
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert_eq!(of("soon"), None);
    }
}
