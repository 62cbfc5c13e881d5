//! A tenant's calendar: its own days over the base, its settings, and that its apps take them up.

use chrono::{NaiveDate, Weekday};
use store::testing::Database;
use store::{apps, calendars};
use values::{Calendar, Notices, SameWeekday};

use crate::tenant;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_tenants_days_lie_over_the_base_and_nobody_elses_change() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let mut tx = database.begin(a).await.unwrap();
    assert_eq!(calendars::load(&mut tx).await.unwrap().calendar, Calendar::mainland_china());
    let notices = Notices::parse("years 2027 2027\n2026-12-24 off 公司日\n2026-10-10 plain\n2026-12-26,work").unwrap();
    calendars::import(&mut tx, &notices).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = database.begin(a).await.unwrap();
    let dates = calendars::load(&mut tx).await.unwrap();
    assert_eq!(dates.own, notices);
    let works = |text: &str| dates.calendar.works(day(text));
    assert!(!works("2026-12-24") && works("2026-12-26") && !works("2026-10-10") && !works("2026-10-01"));
    assert!(dates.calendar.knows(2027) && dates.calendar.knows(2026) && !dates.calendar.knows(2028));
    assert_eq!(apps::find(&mut tx, &app.name).await.unwrap().unwrap().revision, app.revision + 1);

    assert!(calendars::forget(&mut tx, day("2026-12-24")).await.unwrap());
    assert!(!calendars::forget(&mut tx, day("2026-12-24")).await.unwrap());
    assert!(calendars::load(&mut tx).await.unwrap().calendar.works(day("2026-12-24")));

    let mut tx = database.begin(b).await.unwrap();
    assert_eq!(calendars::load(&mut tx).await.unwrap().calendar, Calendar::mainland_china());
}

#[tokio::test]
async fn settings_are_kept_and_days_outlive_them() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    calendars::import(&mut tx, &Notices::parse("2026-12-24 off").unwrap()).await.unwrap();
    let mut settings = calendars::load(&mut tx).await.unwrap().settings;
    settings.base = calendars::Base::WeekendsOnly;
    settings.weekend = vec![Weekday::Fri, Weekday::Sat];
    settings.policy.same_weekday = SameWeekday::WeekAway;
    settings.policy.day_first = true;
    calendars::set(&mut tx, &settings).await.unwrap();
    let dates = calendars::load(&mut tx).await.unwrap();
    assert_eq!(dates.settings, settings);
    let works = |text: &str| dates.calendar.works(day(text));
    assert!(works("2026-10-01") && works("2026-11-29") && !works("2026-11-27") && !works("2026-12-24"));
    settings.weekend =
        vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let refused = calendars::set(&mut tx, &settings).await;
    assert!(refused.is_err(), "a week without a working day");
}
