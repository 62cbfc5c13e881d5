//! What every other crate may rely on: languages, ids, roles, scopes, the clock of a turn and the public error codes.
//!
//! Depends on nothing of ours. Nothing here knows about skills, models or the database.

mod clock;
mod code;
pub mod fault;
mod id;
mod language;
mod role;
mod scope;

pub use clock::Clock;
pub use code::ErrorCode;
pub use id::{AppId, ConversationId, MessageId, RunId, TenantId, TurnId};
pub use language::{Bilingual, Language};
pub use role::{Action, Role, UnknownRole};
pub use scope::{Scope, UnknownScope};

/// An error with all its causes, for one line of a log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // A transparent error shows its cause's text already.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
