//! Talking to the outside safely: what leaves the house, to whom, and what is known when it fails.
//!
//! * [`Client`], [`Policy`]: HTTP requests to addresses that others typed in; what may be reached, and whether a request
//!   that failed may have arrived
//! * [`signature`]: Standard Webhooks, for what is sent and for what comes back
//! * [`vouching`]: how a site's backend vouches for the users whom its pages name
//! * [`seal`]: secrets at rest
//!
//! What is sent, when it is sent again and what an answer means are the callers' business.

mod address;
mod body;
mod client;
mod dial;
mod message;
mod policy;
pub mod seal;
pub mod signature;
mod trust;
pub mod vouching;

pub use body::{Body, Streaming};
pub use client::Client;
pub use message::{DEFAULT_MAX_BODY, Failure, Request, Response, Timeouts};
pub use policy::Policy;
pub use trust::Error;
