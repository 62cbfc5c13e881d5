//! Writing a resolved value back in full, so that the user sees which day was understood.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};

use paigong_core::Language;

/// `12月2日（周三）` or `Wed 2 Dec`; with the year when it is not the year of `now`.
#[must_use]
pub fn date(date: NaiveDate, now: NaiveDate, language: Language) -> String {
    let (month, day) = (date.month(), date.day());
    match language {
        Language::Zh if date.year() == now.year() => format!("{month}月{day}日（{}）", zh_weekday(date.weekday())),
        Language::Zh => format!("{}年{month}月{day}日（{}）", date.year(), zh_weekday(date.weekday())),
        Language::En if date.year() == now.year() => date.format("%a %-d %b").to_string(),
        Language::En => date.format("%a %-d %b %Y").to_string(),
    }
}

/// `12月2日（周三）15:00` or `Wed 2 Dec 15:00`.
#[must_use]
pub fn date_time(at: NaiveDateTime, now: NaiveDate, language: Language) -> String {
    let day = date(at.date(), now, language);
    let gap = if language == Language::Zh { "" } else { " " };
    format!("{day}{gap}{:02}:{:02}", at.hour(), at.minute())
}

fn zh_weekday(day: Weekday) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][day.num_days_from_monday() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_echoed_with_its_weekday_and_with_the_year_when_it_is_another() {
        let now = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default();
        let day = NaiveDate::from_ymd_opt(2026, 12, 2).unwrap_or_default();
        assert_eq!(date(day, now, Language::Zh), "12月2日（周三）");
        assert_eq!(date(day, now, Language::En), "Wed 2 Dec");
        let next_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap_or_default();
        assert_eq!(date(next_year, now, Language::Zh), "2027年1月1日（周五）");
        let at = day.and_hms_opt(15, 0, 0).unwrap_or_default();
        assert_eq!(date_time(at, now, Language::En), "Wed 2 Dec 15:00");
    }
}
