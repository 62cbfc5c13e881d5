//! What every other crate may rely on: languages, ids, the clock of a turn and the public error codes.
//!
//! Depends on nothing of ours. Nothing here knows about skills, models or the database.

mod clock;
mod code;
mod id;
mod language;

pub use clock::Clock;
pub use code::ErrorCode;
pub use id::{AppId, ConversationId, MessageId, RunId, TenantId, TurnId};
pub use language::{Bilingual, Language};
