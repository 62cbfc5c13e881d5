//! Amounts that carry a unit: money and quantities.

pub(crate) mod money;
pub(crate) mod quantity;
pub(crate) mod unit;
