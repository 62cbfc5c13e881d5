//! Writing a resolved value back in full, so that the user sees which day was understood.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};

use crate::context::Language;

/// `12月2日（周三）` or `Wed 2 Dec`; with the year when it is not the year of `now`.
#[must_use]
pub fn date(date: NaiveDate, now: NaiveDate, language: Language) -> String {
    let (month, day) = (date.month(), date.day());
    match language {
        Language::Chinese if date.year() == now.year() => format!("{month}月{day}日（{}）", zh_weekday(date.weekday())),
        Language::Chinese => format!("{}年{month}月{day}日（{}）", date.year(), zh_weekday(date.weekday())),
        Language::English if date.year() == now.year() => date.format("%a %-d %b").to_string(),
        Language::English => date.format("%a %-d %b %Y").to_string(),
    }
}

/// `12月2日（周三）15:00` or `Wed 2 Dec 15:00`.
#[must_use]
pub fn date_time(at: NaiveDateTime, now: NaiveDate, language: Language) -> String {
    let day = date(at.date(), now, language);
    let gap = if language == Language::Chinese { "" } else { " " };
    format!("{day}{gap}{:02}:{:02}", at.hour(), at.minute())
}

fn zh_weekday(day: Weekday) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][day.num_days_from_monday() as usize]
}
