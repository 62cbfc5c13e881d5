//! The dialogue's tests: whole conversations, and what holds for every sequence of messages.

mod conversations;
mod offers;
mod talk;
mod totality;
