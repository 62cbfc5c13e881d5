//! What a webhook may be: an address that may be called, and kinds of event that there are.

use actix_web::HttpRequest;
use dispatch::events::Topic;
use url::Url;

use crate::{Outbound, Problem, limits};

/// Refuses an address that could never be called. What its name resolves to is checked whenever it is.
pub(super) fn check_url(http: &HttpRequest, outbound: &Outbound, text: &str) -> Result<(), Problem> {
    let refuse = |detail: String| Err(Problem::invalid(http, detail));
    if text.len() > limits::URL {
        return refuse(format!("url is longer than {} bytes", limits::URL));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return refuse(format!("url is not an address such as https://example.com/paigong: {error}")),
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return refuse("url must begin with https:// or http:// and name a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("url must not contain a user name or a password; check the signature instead".to_owned());
    }
    if url.fragment().is_some() {
        return refuse("url must not have a part after #, since that is never sent".to_owned());
    }
    match outbound.client.check(&url) {
        Ok(()) => Ok(()),
        Err(error) => refuse(format!("url may not be called from this installation: {error}")),
    }
}

/// The kinds of event, each once.
pub(super) fn check_events(http: &HttpRequest, mut events: Vec<String>) -> Result<Vec<String>, Problem> {
    let known = Topic::ALL.map(Topic::name);
    if let Some(unknown) = events.iter().find(|event| !known.contains(&event.as_str())) {
        let unknown: String = unknown.chars().take(50).collect();
        return Err(Problem::invalid(http, format!("{unknown:?} is no event; there are {}", known.join(", "))));
    }
    events.sort_unstable();
    events.dedup();
    if events.is_empty() {
        return Err(Problem::invalid(http, format!("events is empty; name some of {}", known.join(", "))));
    }
    Ok(events)
}
