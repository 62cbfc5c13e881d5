//! End-to-end tests: the real binary, a real Postgres, the real model, real HTTP.
//!
//! `harness` starts a server on a database of its own and talks with it; every other module is a subject.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should panic")]

mod admin;
mod console;
mod contract;
mod conversations;
mod faults;
mod harness;
mod hostile;
mod isolation;
mod knowledge;
mod labels;
mod learnt;
mod live;
mod models;
mod packs;
mod reasoning;
mod skill_tests;
mod skills_api;
mod skilltest;
mod webhooks;
mod widget;
