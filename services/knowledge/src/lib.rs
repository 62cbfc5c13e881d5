//! Documents → passages → the passages that answer a question, or "none does".
//!
//! * [`document`]: files (Markdown, HTML, text, CSV of questions, PDF) → blocks under headings
//! * [`passages`]: blocks → passages with their headings, of a length that can be shown and embedded
//! * [`Import`]: passages with terms and embeddings → the database, only what has changed
//! * [`embed`]: the vectors of passages, also of those that were imported when another model was active
//! * [`Shelf`]: an app's passages from the database, in memory, as an [`Index`]
//! * [`Index::search`]: BM25 and embeddings, fused; whether there is an answer at all
//! * [`same_question`]: whether a kept answer to one question may be given to another
//!
//! Who may read a source is its `requires`, which the caller evaluates: the search takes the permitted sources. What is said
//! to the user is not decided here.

mod answerable;
mod concepts;
pub mod document;
pub mod embed;
mod error;
pub mod import;
mod index;
mod language;
mod lexical;
pub mod measure;
pub mod passages;
mod same;
mod sentence;
mod shelf;
mod terms;
mod vectors;

pub use answerable::Features;
pub use error::Error;
pub use import::Import;
pub use index::{Found, Hit, Index, Query};
pub use same::same_question;
pub use shelf::Shelf;
