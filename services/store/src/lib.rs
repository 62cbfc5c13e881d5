//! The product's tables in Postgres. Every statement that is neither a skill's nor the ledger's is in this crate.
//!
//! * [`Store`]: the pool; migrations, health
//! * [`TenantTx`]: a transaction of one tenant, the only way to that tenant's rows
//! * one module per table, each function one statement: [`tenants`], [`apps`], [`keys`], [`skills`] and their [`skill_tests`], [`packs`], [`passages`] and their [`vectors`],
//!   [`conversations`], [`turns`], [`runs`], [`idempotency`], [`calendars`], [`webhooks`], [`deliveries`] with its attempts and
//!   events, [`suggestions`], [`facts`], [`analytics`] and [`review`], [`llm`], [`audit`], [`people`] with their [`members`]hips, [`sessions`], [`passwords`] and [`attempts`]
//!   to log in
//! * [`models`]: the encoder that the installation wants, and those that its servers run
//! * [`sealed`]: the columns that hold sealed secrets, to be sealed anew
//! * [`scratch`]: a database that lives shortly, for tests of skills
//!
//! State, decision and response are opaque JSON here; what they mean is said in `dialogue` and `api`.

pub mod analytics;
pub mod apps;
pub mod attempts;
pub mod audit;
pub mod calendars;
pub mod connections;
pub mod conversations;
pub mod deliveries;
pub mod drafts;
pub mod erasure;
mod error;
pub mod facts;
pub mod idempotency;
pub mod inbox;
pub mod keys;
pub mod llm;
pub mod members;
mod migrate;
pub mod models;
mod options;
pub mod packs;
pub mod passages;
pub mod passwords;
pub mod people;
pub mod review;
pub mod runs;
pub mod scratch;
pub mod sealed;
pub mod sessions;
pub mod skill_tests;
pub mod skills;
mod store;
pub mod suggestions;
pub mod tenants;
#[cfg(feature = "testing")]
pub mod testing;
pub mod threads;
mod token;
pub mod turns;
mod tx;
pub mod vectors;
pub mod webhooks;

pub use error::{Error, is_unavailable};
pub use migrate::{Migration, MigrationState};
pub use options::Options;
pub use store::{Server, Store};
pub use token::{PlainToken, TokenHash};
pub use tx::TenantTx;
