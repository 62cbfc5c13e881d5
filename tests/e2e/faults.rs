//! What is promised when things break: nothing is lost, nothing is done twice, what can't be known is listed as such.
//!
//! A ledger whose sum never changes (`tests/packs/ledger`), a bank that counts how often it was asked, real processes that
//! are killed. `make chaos` runs the same with larger numbers.

mod bank;
mod outage;
mod points;
mod processes;
mod scene;
