//! For tests: a provider that follows a script, and models that obey injected instructions. Only with the feature `testing`.

mod endpoint;
mod injection;

pub use endpoint::{Endpoint, Reply, Seen};
pub use injection::{Injection, Place, injections};
