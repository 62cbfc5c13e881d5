//! What is sent, what comes back, and what is known when nothing does.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method};
use url::Url;

/// Bytes of an answer's body that are read unless the request says otherwise: 1 MiB.
pub const DEFAULT_MAX_BODY: usize = 1 << 20;

/// One request. Its `Debug` shows neither headers nor body nor the URL's path, which may be secret.
#[derive(Clone)]
pub struct Request {
    /// Any method but `CONNECT` and `TRACE`.
    pub method: Method,
    /// `http` or `https`, without a name or password.
    pub url: Url,
    /// Sent as they are. `Host`, `Content-Length` and the other headers that describe the connection are the client's own;
    /// a request that has one is refused.
    pub headers: HeaderMap,
    /// Sent whole, with its length.
    pub body: Vec<u8>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Bytes of the answer's body that are read; a longer one is [`Failure::Unreadable`].
    pub max_body: usize,
}

impl Request {
    /// A request without headers and body, with the default limits.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            timeouts: Timeouts::default(),
            max_body: DEFAULT_MAX_BODY,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &origin(&self.url))
            .field("body_bytes", &self.body.len())
            .field("timeouts", &self.timeouts)
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

/// How long to wait for an answer. Whichever limit comes first ends the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the start until the connection stands: name, TCP and TLS. Nothing was sent when it passes.
    pub connect: Duration,
    /// From then until the answer's headers are complete; sending the request is part of it.
    pub first_byte: Duration,
    /// From the start until the answer's body is complete.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), first_byte: Duration::from_secs(10), total: Duration::from_secs(15) }
    }
}

/// An answer, read to its end. Any status is one: a redirect is not followed, an error is not judged.
#[derive(Clone)]
pub struct Response {
    /// 100 to 999.
    pub status: u16,
    /// As they came.
    pub headers: HeaderMap,
    /// As it came; nothing is decompressed, and nothing was asked to be compressed.
    pub body: Vec<u8>,
    /// From the start until the body was complete.
    pub elapsed: Duration,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer, and whether the other side may have received the request.
///
/// Says what to change, in words that may be stored and shown: of the URL only scheme, host and port, and no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The policy forbids it, or it is no request. Nothing was sent; trying again is of no use until something was changed.
    #[error("not permitted: {0}")]
    Refused(String),
    /// Name, TCP or TLS failed. The other side surely did not receive the request; trying again is safe.
    #[error("{origin} could not be reached, nothing was sent: {detail}")]
    NotSent {
        /// Scheme, host and port.
        origin: String,
        /// What failed.
        detail: String,
    },
    /// The connection stood, and no answer came. The other side may have received the request, and done what it asks.
    #[error("{origin} may have received the request, but did not answer: {detail}")]
    Lost {
        /// Scheme, host and port.
        origin: String,
        /// What failed.
        detail: String,
    },
    /// An answer came, but its body is too long, broken off or late.
    #[error("{origin} answered {status}, but the answer cannot be read: {detail}")]
    Unreadable {
        /// The answer's status.
        status: u16,
        /// Scheme, host and port.
        origin: String,
        /// What failed.
        detail: String,
    },
}

/// All of a URL that may be shown: paths and queries hold keys, in webhooks' addresses above all.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
