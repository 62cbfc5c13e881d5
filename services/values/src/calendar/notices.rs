//! Notices about days: which are off, which are worked although they look off, one to a line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// The most days that one text may name: some hundred years of a busy calendar.
const MAX_DAYS: usize = 20_000;
/// The longest name of a day, in characters.
const MAX_NAME: usize = 60;
/// The years that a notice may be about.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// What a notice says about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// Not worked, whichever day of the week it is.
    Off,
    /// Worked, whichever day of the week it is (调休).
    Work,
    /// As its day of the week says: takes back an earlier notice.
    Plain,
}

impl DayKind {
    /// As it is written in notices and stored.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Work => "work",
            Self::Plain => "plain",
        }
    }
}

impl std::str::FromStr for DayKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_lowercase().as_str() {
            "off" | "holiday" | "休" => Ok(Self::Off),
            "work" | "workday" | "班" => Ok(Self::Work),
            "plain" | "normal" => Ok(Self::Plain),
            _ => Err(format!("{text:?} is none of off, work, plain")),
        }
    }
}

/// Days and what is said about them, and the years whose arrangement is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices {
    /// Kind and name of each day.
    pub days: BTreeMap<NaiveDate, (DayKind, String)>,
    /// Years that are complete.
    pub years: BTreeSet<i32>,
}

/// A line of notices that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct NoticeError {
    /// From 1.
    pub line: usize,
    /// What to change.
    pub message: String,
}

impl Notices {
    /// Reads notices, one to a line: `2026-01-01 off 元旦`, `2026-01-04 work 元旦`, `2026-05-04 plain`, and
    /// `years 2027 2027` for the years whose arrangement is thereby complete. Fields may be set apart by commas instead
    /// of spaces. Empty lines and lines that begin with `#` say nothing.
    ///
    /// # Errors
    /// The first line that is something else.
    pub fn parse(text: &str) -> Result<Self, NoticeError> {
        let mut notices = Self::default();
        for (index, line) in text.trim_start_matches('\u{feff}').split('\n').enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                notices.read(line).map_err(|message| NoticeError { line: index + 1, message })?;
            }
        }
        Ok(notices)
    }

    fn read(&mut self, line: &str) -> Result<(), String> {
        let mut words =
            line.split(|c: char| c.is_whitespace() || c == ',' || c == '，').filter(|word| !word.is_empty());
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let name = words.collect::<Vec<_>>().join(" ");
        if first == "years" {
            let year = |text: &str| text.parse::<i32>().ok().filter(|year| YEARS.contains(year));
            let (Some(from), Some(to)) = (year(second), year(&name)) else {
                return Err("write the first and the last year, such as: years 2025 2026".into());
            };
            self.years.extend(from..=to);
            return Ok(());
        }
        let date: NaiveDate =
            first.parse().map_err(|_| format!("{first:?} is not a day; write it such as 2026-10-01"))?;
        if !YEARS.contains(&date.year()) {
            return Err(format!("the year {} is too far away", date.year()));
        }
        let kind: DayKind = second.parse()?;
        if name.chars().count() > MAX_NAME {
            return Err(format!("the name has more than {MAX_NAME} characters"));
        }
        self.days.insert(date, (kind, name));
        if self.days.len() > MAX_DAYS { Err(format!("more than {MAX_DAYS} days")) } else { Ok(()) }
    }
}
