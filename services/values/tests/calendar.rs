//! The published mainland arrangement and counting in it.
#![expect(clippy::unwrap_used, reason = "tests may fail")]

use chrono::NaiveDate;
use values::{Calendar, Notices, Workday};

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn holidays_and_makeup_days_are_those_published() {
    let calendar = Calendar::mainland_china();
    assert_eq!(calendar.workday(date(2026, 10, 1)), Workday::Off);
    assert_eq!(calendar.workday(date(2026, 10, 10)), Workday::Working, "a Saturday that makes up for 国庆");
    assert_eq!(calendar.workday(date(2026, 11, 21)), Workday::Off);
    assert_eq!(calendar.workdays_between(date(2026, 12, 2), date(2026, 12, 4)).days, 3);
    assert_eq!(calendar.workdays_between(date(2026, 12, 5), date(2026, 12, 30)).days, 18);
}

#[test]
fn a_year_without_a_notice_is_said_to_be_unknown() {
    let calendar = Calendar::mainland_china();
    assert_eq!(calendar.workday(date(2031, 10, 1)), Workday::Unknown { guess: true });
    assert_eq!(calendar.workdays_between(date(2031, 1, 6), date(2031, 1, 10)).unknown_years, [2031]);
}

#[test]
fn adding_working_days_passes_over_holidays() {
    let calendar = Calendar::mainland_china();
    assert_eq!(calendar.add_workdays(date(2026, 9, 30), 1), Some(date(2026, 10, 8)));
    assert_eq!(calendar.add_workdays(date(2026, 10, 8), -1), Some(date(2026, 9, 30)));
    assert_eq!(calendar.add_workdays(date(2026, 10, 8), i64::MAX), None);
}

#[test]
fn a_calendar_survives_export_and_import() {
    let calendar = Calendar::mainland_china();
    let exported = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&exported).unwrap(), calendar);
}

#[test]
fn the_shipped_notices_are_read_without_an_error() {
    let shipped = Notices::parse(include_str!("../data/mainland-china.txt")).expect("every line is read");
    assert!(shipped.days.len() > 500 && shipped.years.contains(&2026));
}

#[test]
fn a_line_that_is_no_notice_is_named_with_what_to_write() {
    for (text, line, part) in [
        ("2026-01-01 off\n\n2026-13-01 off", 3, "2026-13-01"),
        ("2026-01-01 closed", 1, "off, work, plain"),
        ("# fine\nyears 2026", 2, "years 2025 2026"),
        ("12026-01-01 off", 1, ""),
    ] {
        let error = Notices::parse(text).expect_err(text);
        assert_eq!(error.line, line, "{text}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
    let read =
        Notices::parse("\u{feff}2027-01-01,休,元旦\r\n2027-01-03\twork New Year\r\n").expect("commas, tabs, CRLF");
    assert_eq!(read.days.len(), 2);
    assert_eq!(read.days[&date(2027, 1, 3)].1, "New Year");
}
