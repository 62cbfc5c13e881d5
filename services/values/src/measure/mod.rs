//! Amounts that carry a unit: money and quantities.

mod age;
mod currency;
pub(crate) mod money;
pub(crate) mod quantity;
mod temperature;
pub(crate) mod unit;
