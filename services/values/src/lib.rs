//! From text to typed values with spans: dates, numbers, money, phone numbers and more, in Chinese, English and
//! mixed text. Pure and synchronous: no I/O and no clock but the one in [`Context`].
//!
//! ```
//! use values::{Calendar, Context, read};
//! let calendar = Calendar::mainland_china();
//! let now = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(10, 0, 0).unwrap();
//! let readings = read("改成下周三吧，谢谢", &Context::new(now, &calendar));
//! # let _ = readings;
//! ```

pub mod calendar;
pub mod context;
pub mod duration;
pub mod echo;
mod number;
mod reader;
mod text;
pub mod value;

pub use calendar::{Calendar, Workday, WorkdayCount};
pub use context::{Context, Direction, Language, SameWeekday};
pub use duration::{Duration, DurationPart, DurationUnit};
pub use value::{Dimension, Family, Grain, Reading, Recurrence, Span, Value};

use reader::{Found, Reader};

/// Every family, in the order in which they are read.
const FAMILIES: &[Family] = &[
    Family::Number,
    Family::Ordinal,
    Family::Percent,
    Family::NumberRange,
];

/// Reads every value of every family in `text`, in order of position. Readings of one [`Family`] do not overlap;
/// readings of two families may.
#[must_use]
pub fn read(text: &str, context: &Context<'_>) -> Vec<Reading> {
    let reader = Reader::new(text, context);
    let mut readings: Vec<Reading> = FAMILIES.iter().flat_map(|family| of_family(&reader, *family)).collect();
    readings.sort_by_key(|r| (r.span.start, std::cmp::Reverse(r.span.end)));
    readings
}

/// Reads the values of one family only.
#[must_use]
pub fn read_family(text: &str, context: &Context<'_>, family: Family) -> Vec<Reading> {
    of_family(&Reader::new(text, context), family)
}

fn of_family(reader: &Reader<'_>, family: Family) -> Vec<Reading> {
    let mut found: Vec<Found> = Vec::new();
    match family {
        Family::Number => number::read(reader, &mut found),
        Family::Ordinal => number::ordinal::read(reader, &mut found),
        Family::Percent => number::percent::read(reader, &mut found),
        Family::NumberRange => number::range::read(reader, &mut found),
        _ => {}
    }
    found.into_iter().filter_map(|f| reader.reading(f)).collect()
}
