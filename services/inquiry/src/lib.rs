//! Questions about tables of things: searching by conditions, asking for columns of what was found, relations between
//! things ("a restaurant near that hotel"), picking out of an earlier answer. Pure and sync; the SQL is the caller's.
//!
//! A [`Topic`] is a table: what its things are called, which columns can be asked for and which can be conditions.
//! [`read`](Topics::read) makes an [`Inquiry`] of a message, given the [`Memory`] of what was asked and told before;
//! [`Memory::hear`] takes it in, and [`Memory::tell`] what the system answered. Which words mean what is data of the
//! topics; no topic is built in.
//!
//! Measured on CrossWOZ (`paigong eval dialogues crosswoz`); not yet offered to skills as a kind of its own.
//!
//! Inside: `schema` the topics, `amount` conditions with numbers, `marks` finds all that is mentioned, `read` puts it
//! together, `memory` carries it from message to message.

mod amount;
mod marks;
mod meaning;
mod memory;
mod read;
mod schema;
mod words;

pub use amount::{Amount, Dimension};
pub use meaning::{Asked, Inquiry, Near, Said, Wanted};
pub use memory::{Memory, Remembered};
pub use schema::{Column, Kind, Place, Thing, Topic, Topics};

#[cfg(test)]
mod tests;
