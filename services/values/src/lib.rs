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
mod choice;
pub mod context;
pub mod duration;
pub mod echo;
mod measure;
mod number;
mod reader;
mod reading;
mod sequence;
mod temporal;
mod text;
pub mod value;

pub use calendar::{Calendar, DayKind, NoticeError, Notices, Workday, WorkdayCount};
pub use context::{Context, Direction, Policy, SameWeekday};
pub use duration::{Duration, DurationPart, DurationUnit};
pub use paigong_core::Language;
pub use value::{Dimension, Family, Grain, Reading, Recurrence, Span, Value};

use reader::{Found, Reader};

/// Every family that is read by itself.
#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    Family::Temporal,
    Family::Number,
    Family::Ordinal,
    Family::Percent,
    Family::NumberRange,
    Family::Money,
    Family::Boolean,
    Family::Choice,
    Family::Phone,
    Family::Email,
    Family::Url,
    Family::Ip,
    Family::Identity,
    Family::Token,
    Family::Quoted,
];

/// Reads every value of every family in `text`, in order of position. Readings of one [`Family`] do not overlap;
/// readings of two families may.
#[must_use]
pub fn read(text: &str, context: &Context<'_>) -> Vec<Reading> {
    let reader = Reader::new(text, context);
    let mut readings: Vec<Reading> = Vec::new();
    for family in FAMILIES {
        readings.extend(of_family(&reader, *family));
    }
    readings.extend(quantities(&reader));
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
    let mut readings: Vec<Reading> = Vec::new();
    match family {
        Family::Phone => sequence::phone::read(reader, &mut readings),
        Family::Email => sequence::net::emails(reader, &mut readings),
        Family::Url => sequence::net::urls(reader, &mut readings),
        Family::Ip => sequence::net::ips(reader, &mut readings),
        Family::Identity => sequence::identity::read(reader, &mut readings),
        Family::Token => sequence::token::read(reader, &mut readings),
        Family::Quoted => sequence::token::quoted(reader, &mut readings),
        Family::Temporal => temporal::read(reader, &mut found),
        Family::Number => number::read(reader, &mut found),
        Family::Ordinal => number::ordinal::read(reader, &mut found),
        Family::Percent => number::percent::read(reader, &mut found),
        Family::NumberRange => number::range::read(reader, &mut found),
        Family::Money => measure::money::read(reader, &mut found),
        Family::Quantity | Family::Age | Family::Temperature => {
            readings = quantities(reader);
            readings.retain(|r| r.value.family() == family);
        }
        Family::Boolean => choice::boolean(reader, &mut found),
        Family::Choice => choice::choice(reader, &mut found),
    }
    readings.extend(found.into_iter().filter_map(|f| reader.reading(f)));
    readings
}

/// Quantities, temperatures and ages, which are read in one go.
fn quantities(reader: &Reader<'_>) -> Vec<Reading> {
    let mut found = Vec::new();
    measure::quantity::read(reader, &mut found);
    found.into_iter().filter_map(|f| reader.reading(f)).collect()
}
