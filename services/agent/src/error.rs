//! Why a turn was not taken. Nothing was changed in any of these cases.

use paigong_core::ErrorCode;
use understanding::encoder;

use crate::BuildError;

/// A turn's failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The conversation is not there, or is another user's.
    #[error("no such conversation")]
    NoConversation,
    /// The `Idempotency-Key` was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyMismatch,
    /// Stored data can't be read by this version of the product.
    #[error("{0} can't be read")]
    Corrupt(&'static str),
    /// The message could not be encoded.
    #[error("understanding the message")]
    Encoder(#[from] encoder::Error),
    /// The app could not be made live.
    #[error("making the app live")]
    App(#[from] BuildError),
    /// The database refused or is away.
    #[error("reading or writing the turn")]
    Store(#[from] store::Error),
    /// The skill could not be carried out at all.
    #[error("carrying out the skill")]
    Dispatch(#[from] dispatch::Error),
}

impl Error {
    /// Whether the transaction should simply be done again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Store(store::Error::Retry { .. })
                | Self::Dispatch(dispatch::Error::Store(store::Error::Retry { .. }))
        )
    }

    /// The public code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoConversation => ErrorCode::NotFound,
            Self::IdempotencyMismatch => ErrorCode::IdempotencyMismatch,
            Self::Encoder(encoder::Error::Overloaded { .. }) => ErrorCode::Overloaded,
            Self::Encoder(encoder::Error::DeadlineExceeded) => ErrorCode::DeadlineExceeded,
            Self::Store(error) | Self::App(BuildError::Store(error)) => error.code(),
            Self::Dispatch(dispatch::Error::Store(error)) => error.code(),
            Self::Dispatch(_) => ErrorCode::Internal,
            Self::Corrupt(_) | Self::Encoder(_) | Self::App(_) => ErrorCode::Internal,
        }
    }
}
