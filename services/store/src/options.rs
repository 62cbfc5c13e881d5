//! How to reach the database.

use std::time::Duration;

use secrecy::SecretString;

/// Address and limits. The defaults suit one process on two cores.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://user:password@host:port/database`
    pub url: SecretString,
    /// Connections at most.
    pub max_connections: u32,
    /// Connections kept open while idle.
    pub min_connections: u32,
    /// How long a request waits for a connection before it is refused as unavailable.
    pub acquire_timeout: Duration,
    /// Longest statement of the product's own (a skill's has limits of its own).
    pub statement_timeout: Duration,
    /// Longest wait for a row that another turn holds.
    pub lock_timeout: Duration,
    /// A transaction that nobody works on is ended after this.
    pub idle_in_transaction_timeout: Duration,
}

impl Options {
    /// The defaults, for the database at `url`.
    #[must_use]
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            min_connections: 1,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(15),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(30),
        }
    }
}
