//! What can go wrong in the database, sorted by what the caller does about it.

use paigong_core::ErrorCode;

/// A failed operation. `Display` names the operation; the cause is the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection: the pool is exhausted, the server is down or shutting down. Try again later.
    #[error("{operation}: the database is not available")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A statement or a lock took longer than allowed.
    #[error("{operation}: took too long")]
    Timeout {
        /// What was being done.
        operation: &'static str,
        /// Which limit.
        #[source]
        source: sqlx::Error,
    },
    /// Serialization failure or deadlock: the whole transaction may be done again.
    #[error("{operation}: collided with another transaction")]
    Retry {
        /// What was being done.
        operation: &'static str,
        /// With what.
        #[source]
        source: sqlx::Error,
    },
    /// Somebody else was faster: the version, the number or the name is taken.
    #[error("{operation}: {what} was changed by somebody else")]
    Conflict {
        /// What was being done.
        operation: &'static str,
        /// What is taken: a constraint's name, or `version`.
        what: String,
    },
    /// A row does not have the form that this version of the program writes.
    #[error("{operation}: stored data can't be read: {message}")]
    Corrupt {
        /// What was being done.
        operation: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A text that Postgres can't store (a NUL character), or a value outside its column's range.
    #[error("{operation}: the value can't be stored")]
    Value {
        /// What was being done.
        operation: &'static str,
        /// Which and why.
        #[source]
        source: sqlx::Error,
    },
    /// The login role lacks a right, such as CREATEDB.
    #[error("{operation}: the database role may not")]
    Privilege {
        /// What was being done.
        operation: &'static str,
        /// Postgres' words.
        #[source]
        source: sqlx::Error,
    },
    /// A pack's SQL can't be installed.
    #[error("pack {pack}: {message}")]
    Pack {
        /// The pack.
        pack: String,
        /// What to change.
        message: String,
    },
    /// The migrations could not be applied.
    #[error("the database could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Everything else: a fault of ours.
    #[error("{operation} failed")]
    Database {
        /// What was being done.
        operation: &'static str,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
}

impl Error {
    /// Sorts a failure of `operation`; for `map_err`.
    pub fn of(operation: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| {
            if is_unavailable(&source) {
                return Self::Unavailable { operation, source };
            }
            let Some(database) = source.as_database_error() else {
                return match source {
                    sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                        Self::Corrupt { operation, message: source.to_string() }
                    }
                    source => Self::Database { operation, source },
                };
            };
            match database.code().as_deref() {
                Some("57014" | "55P03") => Self::Timeout { operation, source },
                Some("40001" | "40P01") => Self::Retry { operation, source },
                Some("23505") => {
                    Self::Conflict { operation, what: database.constraint().unwrap_or("a unique value").to_owned() }
                }
                Some(code) if code.starts_with("22") || code == "23514" => Self::Value { operation, source },
                _ => Self::Database { operation, source },
            }
        }
    }

    /// The public error code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unavailable { .. } => ErrorCode::DatabaseUnavailable,
            Self::Timeout { .. } => ErrorCode::DeadlineExceeded,
            Self::Conflict { .. } | Self::Retry { .. } => ErrorCode::TurnInFlight,
            Self::Value { .. } => ErrorCode::InvalidRequest,
            Self::Corrupt { .. }
            | Self::Pack { .. }
            | Self::Privilege { .. }
            | Self::Migrate(_)
            | Self::Database { .. } => ErrorCode::Internal,
        }
    }
}

/// Whether `error` says that the database could not be reached, or went away.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed => true,
        // Class 08: connection exceptions. 25P03: ended for idling in a transaction. 53300: too many connections.
        // 57P01 to 57P03: shutting down, crashed, starting.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || ["25P03", "53300", "57P01", "57P02", "57P03"].contains(&code.as_ref())
        }),
        _ => false,
    }
}
