//! Asks a language model, when rules and the small model do not know: within a budget, a deadline and a breaker.
//!
//! What comes back is a [`Proposal`]: checked against what was offered, and nothing but a proposal. Nothing is carried out
//! here; whoever asked applies the same checks and confirmations as to anything that a user typed.
//!
//! * [`Reasoner`]: the way of one question: mask → instruct → reserve → call → settle → check
//! * [`Question`], [`Proposal`], [`Reasoned`], [`Unavailable`]: what goes in and what comes out
//! * `prompt`, `schema`: what is sent; `provider`, `sse`, `extract`: how it is sent and read
//! * `mask`, `validate`, `grounding`, `text`: what keeps personal data in, and inventions out
//! * `breaker`, `budget`: when not to ask
//!
//! Neither keys nor what was asked or answered are in any log line or `Debug`.

mod breaker;
mod budget;
mod call;
mod deltas;
mod extract;
mod grounding;
mod mask;
mod options;
mod prompt;
mod proposal;
mod provider;
mod question;
mod reasoner;
mod schema;
mod sse;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod tokens;
mod validate;

pub use breaker::State;
pub use options::{BreakerOptions, Mode, Options, PathStyle, ProviderOptions};
pub use proposal::{Dropped, PlannedStep, Proposal, Reason, Reasoned, Source, Unavailable};
pub use question::{Asker, By, Candidate, Passage, Purpose, Question, Said};
pub use reasoner::{ProviderHealth, Reasoner};
