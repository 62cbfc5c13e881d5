//! The client: one request, one connection, one answer.
//!
//! It is written on `hyper`'s HTTP/1.1 connection rather than on a pooling client, for two promises that such a client
//! cannot make:
//!
//! * What failed before the connection stood was surely not received, and what failed after may have been: the line between
//!   [`Failure::NotSent`] and [`Failure::Lost`] is a line in [`Client::stream`].
//! * Nothing is sent twice. A pool hands out connections that the server is just closing; a request on one of them is
//!   neither surely received nor surely not, and libraries differ in what they repeat. Here no connection is used twice.
//!   What it costs is a handshake, shortened by TLS' resumption of the session.
//!
//! `reqwest`, which the workspace has for plain http, stays without TLS: its only rustls feature without aws-lc
//! (`rustls-no-provider`) makes every `reqwest::Client` of the binary panic unless a provider is installed for the process.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::body::{Body, Limits, Streaming};
use crate::dial;
use crate::message::{Failure, Request, Response, origin};
use crate::policy::Policy;
use crate::trust::{self, Error};

/// About how many bytes of an answer's headers are read, and of its body at once; hyper may read one buffer more.
const BUFFER: usize = 64 * 1024;

/// Longer than any wait; keeps sums of times in range.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("paigong/", env!("CARGO_PKG_VERSION")));

/// Headers that describe the connection or the message's length, or that choose another host than the one that was checked.
const RESERVED: [HeaderName; 9] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::EXPECT,
    HeaderName::from_static("keep-alive"),
];

/// Sends requests where the policy permits, and nowhere else.
///
/// No redirect is followed, no proxy of the environment is asked, nothing is decompressed, no cookie is kept, nothing is
/// repeated. HTTP/1.1. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    policy: Arc<Policy>,
    tls: Arc<rustls::ClientConfig>,
}

impl Client {
    /// A client that believes the certificates that the machine believes (`SSL_CERT_FILE` names others), or Mozilla's where
    /// the machine has none. Reads files.
    ///
    /// # Errors
    ///
    /// When the machine's certificates are there but none can be read.
    pub fn new(policy: Policy) -> Result<Self, Error> {
        Self::with_roots(policy, &[])
    }

    /// As [`Client::new`], and believes these certificates, too: PEM, one or more; those of a company's own authority.
    ///
    /// # Errors
    ///
    /// As [`Client::new`], and when these are not certificates.
    pub fn with_roots(policy: Policy, pem: &[u8]) -> Result<Self, Error> {
        Ok(Self { policy: Arc::new(policy), tls: Arc::new(trust::config(pem)?) })
    }

    /// What can be said about an address without DNS; for when somebody registers one. What it permits, [`Client::send`] may
    /// still refuse, once the name is resolved.
    ///
    /// # Errors
    ///
    /// Says what is not permitted, and what would be.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        self.policy.check(url)
    }

    /// The addresses of a host that a connection other than HTTP may be made to, such as a database's: those in the networks
    /// that are allowed by name.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] when none of its addresses is, [`Failure::NotSent`] when the name is not found.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let origin = format!("{host}:{port}");
        let found = match tokio::net::lookup_host((host, port)).await {
            Ok(found) => found.collect::<Vec<_>>(),
            Err(error) => {
                return Err(Failure::NotSent { origin, detail: format!("the name was not found: {error}") });
            }
        };
        self.policy.select(&found, false).map_err(|why| Failure::Refused(format!("{origin}: {why}")))
    }

    /// Sends a request and reads its answer. Any status is an answer.
    ///
    /// When the future is dropped, the connection is closed; the request may have been received.
    ///
    /// # Errors
    ///
    /// A [`Failure`] says whether the other side may have received the request.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let Streaming { status, headers, mut body } = self.stream(request).await?;
        let bytes = body.read_to_end().await?;
        Ok(Response { status, headers, body: bytes, elapsed: body.elapsed() })
    }

    /// As [`Client::send`], but returns as soon as the answer's headers are there; the body is read piece by piece, under
    /// the same limits.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; what ends the body early is said by [`Body::chunk`].
    pub async fn stream(&self, request: Request) -> Result<Streaming, Failure> {
        let start = Instant::now();
        let Request { method, url, headers, body, timeouts, max_body } = request;
        let total = start + timeouts.total.min(LONGEST_WAIT);

        self.check(&url).map_err(Failure::Refused)?;
        let message = message(method, &url, headers, body).map_err(Failure::Refused)?;

        // Not a byte of the request leaves before this line has its connection.
        let until = total.min(start + timeouts.connect.min(LONGEST_WAIT));
        let stream = dial::connect(&self.policy, &self.tls, &url, until).await?;

        let lost = |detail: String| Failure::Lost { origin: origin(&url), detail };
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| lost(reason(&error)))?;
        // Goes with the body; dropped, however this ends, and the connection with it.
        let mut driver = JoinSet::new();
        driver.spawn(connection);

        let until = total.min(Instant::now() + timeouts.first_byte.min(LONGEST_WAIT));
        let answer = match timeout_at(until, sender.send_request(message)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(lost(reason(&error))),
            Err(_) => return Err(lost("it took too long".to_owned())),
        };

        let (head, incoming) = answer.into_parts();
        let status = head.status.as_u16();
        let limits = Limits { start, until: total, max: max_body };
        let body = Body::new(incoming, limits, status, origin(&url), driver);
        Ok(Streaming { status, headers: head.headers, body })
    }
}

/// The message as HTTP/1.1 has it: origin-form, with the headers that are the client's own. The error says what to change.
fn message(
    method: Method,
    url: &Url,
    mut headers: HeaderMap,
    body: Vec<u8>,
) -> Result<http::Request<Full<Bytes>>, String> {
    if method == Method::CONNECT || method == Method::TRACE {
        return Err(format!("the method {method}; use another"));
    }
    if let Some(name) = RESERVED.iter().find(|name| headers.contains_key(*name)) {
        return Err(format!("the header {name}, which is the client's own; leave it out"));
    }
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let uri = Uri::try_from(target)
        .map_err(|_| "the address has characters that a request cannot carry; write them as %XX".to_owned())?;
    let host = HeaderValue::from_str(&url[url::Position::BeforeHost..url::Position::AfterPort])
        .map_err(|_| "the host is not one that a request can carry".to_owned())?;
    headers.insert(header::HOST, host);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.entry(header::USER_AGENT).or_insert(USER_AGENT);

    let mut message = http::Request::new(Full::from(body));
    *message.method_mut() = method;
    *message.uri_mut() = uri;
    *message.headers_mut() = headers;
    Ok(message)
}

/// An error and what caused it. hyper's and the system's errors name what went wrong, never what was sent.
pub(crate) fn reason(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}
