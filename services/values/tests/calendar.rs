//! The published mainland arrangement and counting in it.
#![expect(clippy::unwrap_used, reason = "tests may fail")]

use chrono::NaiveDate;
use values::{Calendar, Workday};

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
