//! An answer's body, read while it arrives.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::client::reason;
use crate::message::Failure;

/// An answer whose headers have come. Any status is one, as with [`Response`](crate::Response).
#[derive(Debug)]
pub struct Streaming {
    /// 100 to 999.
    pub status: u16,
    /// As they came.
    pub headers: HeaderMap,
    /// What follows them.
    pub body: Body,
}

/// A body that is still arriving. Dropped, it closes the connection.
pub struct Body {
    incoming: Incoming,
    limits: Limits,
    read: usize,
    status: u16,
    origin: String,
    _driver: JoinSet<Result<(), hyper::Error>>,
}

/// How long, and how much, a body is read.
pub(crate) struct Limits {
    /// When the request began.
    pub(crate) start: Instant,
    /// When the body has to be complete.
    pub(crate) until: Instant,
    /// Bytes.
    pub(crate) max: usize,
}

impl Body {
    pub(crate) fn new(
        incoming: Incoming,
        limits: Limits,
        status: u16,
        origin: String,
        driver: JoinSet<Result<(), hyper::Error>>,
    ) -> Self {
        Self { incoming, limits, read: 0, status, origin, _driver: driver }
    }

    /// The next piece, as it comes off the wire; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Failure::Unreadable`]: it is too long, broken off or late. What was returned before is what had arrived.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match timeout_at(self.limits.until, self.next()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(detail)) => Err(self.unreadable(detail)),
            Err(_) => Err(self.unreadable("it took too long".to_owned())),
        }
    }

    /// The rest of it.
    ///
    /// # Errors
    ///
    /// As [`Body::chunk`].
    pub async fn read_to_end(&mut self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.chunk().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Since the request began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.limits.start.elapsed()
    }

    async fn next(&mut self) -> Result<Option<Bytes>, String> {
        let left = self.limits.max - self.read;
        let too_long = || format!("it is longer than {} bytes", self.limits.max);
        if self.incoming.size_hint().lower() > left as u64 {
            return Err(too_long());
        }
        while let Some(frame) = self.incoming.frame().await {
            // Trailers are frames, too, and are of no use here.
            let Ok(data) = frame.map_err(|error| reason(&error))?.into_data() else { continue };
            if data.len() > left {
                return Err(too_long());
            }
            self.read += data.len();
            return Ok(Some(data));
        }
        Ok(None)
    }

    fn unreadable(&self, detail: String) -> Failure {
        Failure::Unreadable { status: self.status, origin: self.origin.clone(), detail }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("status", &self.status).field("read", &self.read).finish_non_exhaustive()
    }
}
