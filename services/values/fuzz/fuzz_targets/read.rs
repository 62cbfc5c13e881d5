//! Any text in: no panic, spans on characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use values::{Calendar, Context, read};

fuzz_target!(|text: &str| {
    let calendar = Calendar::weekends_only();
    let now = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|d| d.and_hms_opt(10, 0, 0)).unwrap_or_default();
    let length = text.chars().count();
    for reading in read(text, &Context::new(now, &calendar)) {
        assert!(reading.span.start < reading.span.end && reading.span.end <= length);
    }
});
