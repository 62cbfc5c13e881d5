//! The dialogue's tests: whole conversations, and what holds for every sequence of messages.

mod conversations;
mod offers;
mod queued;
mod talk;
mod totality;
