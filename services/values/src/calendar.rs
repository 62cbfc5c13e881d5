//! The business calendar: which days are worked, and counting in them. The published facts are data in `data/`; how
//! they are written down is [`Notices`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use self::notices::{DayKind, NoticeError, Notices};

mod notices;

/// A tenant's business calendar. Plain data: serialise it to show or edit it, deserialise to import one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Calendar {
    /// Days of the week that are not worked.
    pub weekend: Vec<Weekday>,
    /// Days off by announcement, with the holiday's name.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// Make-up working days (调休), with the name of the holiday they make up for.
    pub makeup: BTreeMap<NaiveDate, String>,
    /// Years whose arrangement is known. Outside them only the weekend is.
    pub years: BTreeSet<i32>,
}

/// Whether a day is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workday {
    /// Worked.
    Working,
    /// A weekend or a holiday.
    Off,
    /// The year's arrangement is not known; the weekend alone says this.
    Unknown {
        /// What the weekend alone says.
        guess: bool,
    },
}

impl Workday {
    /// Whether the day is worked, the guess taken for an unknown year.
    #[must_use]
    pub fn or_guess(self) -> bool {
        matches!(self, Workday::Working | Workday::Unknown { guess: true })
    }
}

/// A count of working days, and the years it had to guess in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkdayCount {
    /// Working days.
    pub days: i64,
    /// Years whose arrangement is not known; say so to the user when not empty.
    pub unknown_years: Vec<i32>,
}

impl Calendar {
    /// Saturdays and Sundays off and nothing else known.
    #[must_use]
    pub fn weekends_only() -> Self {
        Self { weekend: vec![Weekday::Sat, Weekday::Sun], ..Self::default() }
    }

    /// The arrangement published for mainland China, for the years known when this was built.
    #[must_use]
    pub fn mainland_china() -> Self {
        let mut calendar = Self::weekends_only();
        // The file is part of the program; a test reads it strictly.
        if let Ok(notices) = Notices::parse(include_str!("../data/mainland-china.txt")) {
            calendar.apply(&notices);
        }
        calendar
    }

    /// Makes the days of `notices` what they say, over whatever was known of them.
    pub fn apply(&mut self, notices: &Notices) {
        self.years.extend(&notices.years);
        for (date, (kind, name)) in &notices.days {
            self.holidays.remove(date);
            self.makeup.remove(date);
            match kind {
                DayKind::Off => drop(self.holidays.insert(*date, name.clone())),
                DayKind::Work => drop(self.makeup.insert(*date, name.clone())),
                DayKind::Plain => {}
            }
        }
    }

    /// Whether the arrangement of this year is known.
    #[must_use]
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether `date` is worked, or that its year is not known.
    #[must_use]
    pub fn workday(&self, date: NaiveDate) -> Workday {
        let guess = self.works(date);
        match (self.knows(date.year()), guess) {
            (false, guess) => Workday::Unknown { guess },
            (true, true) => Workday::Working,
            (true, false) => Workday::Off,
        }
    }

    /// Whether `date` is worked; in an unknown year by the weekend alone.
    #[must_use]
    pub fn works(&self, date: NaiveDate) -> bool {
        if self.holidays.contains_key(&date) {
            return false;
        }
        self.makeup.contains_key(&date) || !self.weekend.contains(&date.weekday())
    }

    /// Working days from one day to another, both included; zero when `to` is earlier.
    #[must_use]
    pub fn workdays_between(&self, from: NaiveDate, to: NaiveDate) -> WorkdayCount {
        let mut count = WorkdayCount::default();
        let mut date = from;
        while date <= to {
            if !self.knows(date.year()) && count.unknown_years.last() != Some(&date.year()) {
                count.unknown_years.push(date.year());
            }
            count.days += i64::from(self.works(date));
            let Some(next) = date.succ_opt() else { break };
            date = next;
        }
        count
    }

    /// The `count`-th working day after `from` (before it when negative); `from` itself for zero.
    /// `None` when that is more than some two hundred years away.
    #[must_use]
    pub fn add_workdays(&self, from: NaiveDate, count: i64) -> Option<NaiveDate> {
        if count.unsigned_abs() > 52_000 || self.weekend.len() >= 7 {
            return None;
        }
        let mut date = from;
        let mut left = count.abs();
        while left > 0 {
            date = if count > 0 { date.succ_opt()? } else { date.pred_opt()? };
            left -= i64::from(self.works(date));
        }
        Some(date)
    }
}
