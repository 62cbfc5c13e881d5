//! What temporal words mean before they become values: days, clock times, periods, with their TIMEX forms.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

pub(crate) use super::timex::{instant_timex, iso, length_timex, minutes_timex};
use crate::context::{Context, Direction, SameWeekday};
use crate::duration::Duration;
use crate::value::{Grain, Recurrence};

/// A day, with the next and the last one it may be when the words leave that open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Day {
    pub timex: String,
    pub future: Option<NaiveDate>,
    pub past: Option<NaiveDate>,
    /// Year if said, month, day: kept to say that there is no such day, and to complete ranges.
    pub ymd: (Option<i32>, u32, u32),
    pub weekday: Option<Weekday>,
    pub kind: DayKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayKind {
    /// Known by year, month and day or counted from today.
    Definite,
    /// Month and day.
    Yearly,
    /// Day of a month.
    Monthly,
    /// Day of a week.
    Weekly,
    Holiday,
}

/// A time of day. `exact` is false where morning or evening was not said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Clock {
    pub hour: u32,
    pub minute: Option<u32>,
    pub second: Option<u32>,
    pub exact: bool,
    /// Chinese: the twelve-hour reading is offered, not expected.
    pub lenient: bool,
    /// A bare number that is only a time beside a date or in a range.
    pub bare: bool,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub code: &'static str,
    pub from: u32,
    pub to: u32,
}

pub(crate) const MORNING: Part = Part { code: "TMO", from: 8, to: 12 };
pub(crate) const EARLY: Part = Part { code: "TDA", from: 4, to: 8 };
pub(crate) const NOON: Part = Part { code: "TMI", from: 11, to: 13 };
pub(crate) const AFTERNOON: Part = Part { code: "TAF", from: 12, to: 16 };
pub(crate) const EVENING: Part = Part { code: "TEV", from: 16, to: 20 };
pub(crate) const NIGHT: Part = Part { code: "TNI", from: 20, to: 24 };
pub(crate) const DAYTIME: Part = Part { code: "TDT", from: 8, to: 18 };
pub(crate) const HAN_EVENING: Part = Part { code: "TEV", from: 18, to: 24 };

/// Days from one to before another, with the future and the past reading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Period {
    pub timex: String,
    pub future: (NaiveDate, NaiveDate),
    pub past: (NaiveDate, NaiveDate),
    pub grain: Grain,
    /// The start as TIMEX, for ranges of periods.
    pub head: String,
}

/// The meaning of a stretch of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum When {
    Day(Day),
    Clock(Clock),
    Moment(Day, Clock),
    /// An absolute moment, with its TIMEX.
    Instant(NaiveDateTime, String),
    Period(Period),
    Part(Part),
    DayPart(Day, Part),
    DayRange {
        timex: String,
        from: NaiveDate,
        to: NaiveDate,
        grain: Grain,
    },
    ClockRange(Clock, Clock, Option<String>),
    MomentRange {
        timex: Vec<String>,
        from: NaiveDateTime,
        to: NaiveDateTime,
    },
    Length(Duration),
    Recurring {
        timex: String,
        recurrence: Recurrence,
    },
}

/// A meaning and the tokens it covers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub start: usize,
    pub end: usize,
    pub when: When,
    pub rule: &'static str,
}

impl Item {
    pub(crate) fn new(start: usize, end: usize, when: When, rule: &'static str) -> Self {
        Self { start, end, when, rule }
    }
}

pub(crate) fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

pub(crate) fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    if days < 0 { day.checked_sub_days(count) } else { day.checked_add_days(count) }.unwrap_or(day)
}

pub(crate) fn plus_months(day: NaiveDate, months: i32) -> NaiveDate {
    let count = Months::new(months.unsigned_abs());
    if months < 0 { day.checked_sub_months(count) } else { day.checked_add_months(count) }.unwrap_or(day)
}

pub(crate) fn monday(day: NaiveDate) -> NaiveDate {
    plus(day, -i64::from(day.weekday().num_days_from_monday()))
}

pub(crate) fn weekday(number: u32) -> Weekday {
    Weekday::try_from(u8::try_from((number + 6) % 7).unwrap_or(0)).unwrap_or(Weekday::Mon)
}

impl Day {
    pub(crate) fn definite(day: NaiveDate) -> Self {
        Self {
            timex: iso(day),
            future: Some(day),
            past: Some(day),
            ymd: (Some(day.year()), day.month(), day.day()),
            weekday: None,
            kind: DayKind::Definite,
        }
    }

    pub(crate) fn full(year: i32, month: u32, day: u32) -> Self {
        let at = date(year, month, day);
        Self {
            timex: format!("{year:04}-{month:02}-{day:02}"),
            future: at,
            past: at,
            ymd: (Some(year), month, day),
            weekday: None,
            kind: DayKind::Definite,
        }
    }

    /// A month and a day of this, the next or the last year. 29 February finds the next year that has one.
    pub(crate) fn yearly(month: u32, day: u32, today: NaiveDate) -> Self {
        let year = today.year();
        let future = (year..year + 8).filter_map(|y| date(y, month, day)).find(|d| *d >= today);
        let past = (year - 8..=year).rev().filter_map(|y| date(y, month, day)).find(|d| *d < today);
        Self {
            timex: format!("XXXX-{month:02}-{day:02}"),
            future,
            past,
            ymd: (None, month, day),
            weekday: None,
            kind: DayKind::Yearly,
        }
    }

    pub(crate) fn monthly(day: u32, today: NaiveDate) -> Self {
        let first = today.with_day(1).unwrap_or(today);
        let in_month = |offset: i32| plus_months(first, offset).with_day(day);
        let future = (0..4).filter_map(in_month).find(|d| *d >= today);
        let past = (0..4).filter_map(|o| in_month(-o)).find(|d| *d < today);
        Self {
            timex: format!("XXXX-XX-{day:02}"),
            future,
            past,
            ymd: (None, today.month(), day),
            weekday: None,
            kind: DayKind::Monthly,
        }
    }

    pub(crate) fn weekly(number: u32, context: &Context<'_>) -> Self {
        let today = context.now.date();
        let this = plus(monday(today), i64::from(number) - 1);
        let stay = context.same_weekday == SameWeekday::Today;
        let future = if this > today || this == today && stay { this } else { plus(this, 7) };
        let past = if this < today { this } else { plus(this, -7) };
        Self {
            timex: format!("XXXX-WXX-{number}"),
            future: Some(future),
            past: Some(past),
            ymd: (None, 0, 0),
            weekday: Some(weekday(number)),
            kind: DayKind::Weekly,
        }
    }

    /// The day the context's direction picks.
    pub(crate) fn pick(&self, context: &Context<'_>) -> Option<NaiveDate> {
        match context.direction {
            Direction::Future => self.future.or(self.past),
            Direction::Past => self.past.or(self.future),
        }
    }
}

impl Clock {
    pub(crate) fn new(hour: u32, minute: Option<u32>) -> Self {
        Self { hour, minute, second: None, exact: hour > 12 || hour == 0, lenient: false, bare: false }
    }

    pub(crate) fn exact(hour: u32, minute: Option<u32>) -> Self {
        Self { exact: true, ..Self::new(hour, minute) }
    }

    pub(crate) fn timex(&self) -> String {
        use std::fmt::Write as _;
        let mut out = format!("T{:02}", self.hour);
        if let Some(minute) = self.minute.or(self.second.map(|_| 0)) {
            let _ = write!(out, ":{minute:02}");
        }
        if let Some(second) = self.second {
            let _ = write!(out, ":{second:02}");
        }
        out
    }

    pub(crate) fn time(&self) -> NaiveTime {
        NaiveTime::from_hms_opt(self.hour % 24, self.minute.unwrap_or(0), self.second.unwrap_or(0)).unwrap_or_default()
    }

    /// Minutes since midnight.
    pub(crate) fn minutes(&self) -> i64 {
        i64::from(self.hour) * 60 + i64::from(self.minute.unwrap_or(0))
    }

    pub(crate) fn shifted(self) -> Self {
        Self { hour: (self.hour + 12) % 24, ..self }
    }

    pub(crate) fn pm(self) -> Self {
        Self { hour: if self.hour < 12 { self.hour + 12 } else { self.hour }, exact: true, bare: false, ..self }
    }

    pub(crate) fn am(self) -> Self {
        Self { hour: self.hour % 12 + if self.hour > 12 { 12 } else { 0 }, exact: true, bare: false, ..self }
    }

    /// What the hour is when this part of the day is said with it.
    pub(crate) fn in_part(self, part: Part) -> Self {
        if self.exact && self.hour > 12 || self.hour == 0 {
            return Self { exact: true, bare: false, ..self };
        }
        match part.code {
            "TMO" | "TDA" | "TMEB" => self.am(),
            "TMI" | "TMEL" => {
                if self.hour < 10 {
                    self.pm()
                } else {
                    Self { exact: true, bare: false, ..self }
                }
            }
            "TNI" | "TEV" => {
                if self.hour == 12 {
                    Self { hour: 0, exact: true, bare: false, ..self }
                } else if self.hour < 5 {
                    self.am()
                } else {
                    self.pm()
                }
            }
            _ => self.pm(),
        }
    }
}

impl Period {
    pub(crate) fn fixed(timex: String, from: NaiveDate, to: NaiveDate, grain: Grain) -> Self {
        Self { timex, future: (from, to), past: (from, to), grain, head: iso(from) }
    }

    pub(crate) fn year(year: i32) -> Option<Self> {
        Some(Self::fixed(format!("{year:04}"), date(year, 1, 1)?, date(year + 1, 1, 1)?, Grain::Year))
    }

    pub(crate) fn month(year: i32, month: u32) -> Option<Self> {
        let from = date(year, month, 1)?;
        Some(Self::fixed(format!("{year:04}-{month:02}"), from, plus_months(from, 1), Grain::Month))
    }

    /// A month of this, the next or the last year.
    pub(crate) fn month_of_any_year(month: u32, today: NaiveDate) -> Option<Self> {
        let first = today.with_day(1)?;
        let year = today.year();
        let this = date(year, month, 1)?;
        let future = if this >= first { this } else { date(year + 1, month, 1)? };
        let past = if this < first { this } else { date(year - 1, month, 1)? };
        Some(Self {
            timex: format!("XXXX-{month:02}"),
            future: (future, plus_months(future, 1)),
            past: (past, plus_months(past, 1)),
            grain: Grain::Month,
            head: format!("XXXX-{month:02}-01"),
        })
    }

    /// The week of `day`, Monday first, by its ISO number.
    pub(crate) fn week(day: NaiveDate) -> Self {
        let from = monday(day);
        let week = from.iso_week();
        Self::fixed(format!("{:04}-W{:02}", week.year(), week.week()), from, plus(from, 7), Grain::Week)
    }

    pub(crate) fn weekend(day: NaiveDate) -> Self {
        let from = plus(monday(day), 5);
        let week = from.iso_week();
        Self::fixed(format!("{:04}-W{:02}-WE", week.year(), week.week()), from, plus(from, 2), Grain::Weekend)
    }

    /// Days counted in a larger unit: `(from,to,P3M)`.
    pub(crate) fn span(from: NaiveDate, to: NaiveDate, length: &str, grain: Grain) -> Self {
        Self::fixed(format!("({},{},{length})", iso(from), iso(to)), from, to, grain)
    }

    pub(crate) fn quarter(year: i32, quarter: u32) -> Option<Self> {
        let from = date(year, quarter.checked_mul(3)?.checked_sub(2)?, 1)?;
        Some(Self::span(from, plus_months(from, 3), "P3M", Grain::Quarter))
    }

    pub(crate) fn half(year: i32, half: u32) -> Option<Self> {
        let from = date(year, if half == 1 { 1 } else { 7 }, 1)?;
        Some(Self::span(from, plus_months(from, 6), "P6M", Grain::HalfYear))
    }

    pub(crate) fn pick(&self, context: &Context<'_>) -> (NaiveDate, NaiveDate) {
        if context.direction == Direction::Future { self.future } else { self.past }
    }
}

/// `n`th (negative: from the end) weekday of a month.
pub(crate) fn nth_weekday(year: i32, month: u32, n: i32, number: u32) -> Option<NaiveDate> {
    let first = date(year, month, 1)?;
    let found = if n > 0 {
        let shift = (7 + i64::from(number) - 1 - i64::from(first.weekday().num_days_from_monday())) % 7;
        plus(first, shift + 7 * (i64::from(n) - 1))
    } else {
        let last = plus(plus_months(first, 1), -1);
        let back = (7 + i64::from(last.weekday().num_days_from_monday()) - (i64::from(number) - 1)) % 7;
        plus(last, -back)
    };
    (found.month() == month).then_some(found)
}
