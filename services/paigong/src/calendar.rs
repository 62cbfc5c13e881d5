//! `paigong calendar …`: a tenant's working days, and what ambiguous dates mean for it.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use chrono::{Datelike as _, NaiveDate, Weekday};
use store::calendars::{self, Base, Dates, Settings};
use values::{DayKind, Notices, SameWeekday};

use crate::configuration::Configuration;
use crate::wiring;

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// What to do with the calendar.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Show the settings and every day that is not as its weekday says, in the form that `import` reads.
    Show {
        #[command(flatten)]
        of: Of,
        /// Only this year; without it only the tenant's own days.
        #[arg(long)]
        year: Option<i32>,
    },
    /// Read days from a file: `2027-01-01 off 元旦`, `2027-02-07 work 春节`, `2027-05-04 plain`, one to a line, and
    /// `years 2027 2027` when a year is complete. Other days stay as they are.
    Import {
        #[command(flatten)]
        of: Of,
        /// The file; - is standard input.
        file: PathBuf,
    },
    /// Make one day off, worked, or plain (as its weekday says).
    Day {
        #[command(flatten)]
        of: Of,
        /// Such as 2026-12-24.
        day: NaiveDate,
        /// off, work or plain; or base, to forget what was set for the day.
        kind: String,
        /// What it is called.
        #[arg(default_value = "")]
        name: String,
    },
    /// Change the settings that are given; without any, show them.
    Set {
        #[command(flatten)]
        of: Of,
        /// What lies below the tenant's own days: mainland_china or weekends_only.
        #[arg(long, value_parser = ["mainland_china", "weekends_only"])]
        base: Option<String>,
        /// Days of the week that are not worked, such as sat,sun or fri,sat.
        #[arg(long, value_delimiter = ',')]
        weekend: Option<Vec<Weekday>>,
        /// What "Wednesday" means on a Wednesday: today, or the one a week_away.
        #[arg(long, value_parser = ["today", "week_away"])]
        same_weekday: Option<String>,
        /// Whether 5/6 is the fifth of June rather than the sixth of May.
        #[arg(long)]
        day_first: Option<bool>,
    },
}

/// Whose calendar.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant, created if there is none.
    #[arg(long, default_value = "demo")]
    tenant: String,
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Command::Show { of, .. } | Command::Import { of, .. } | Command::Day { of, .. } | Command::Set { of, .. }) =
            &command;
        let tenant = store::tenants::ensure(&store, &of.tenant).await?;
        let mut tx = store.begin(tenant.id).await?;
        match &command {
            Command::Show { year, .. } => println!("{}", show(&calendars::load(&mut tx).await?, *year)),
            Command::Import { file, .. } => {
                let notices =
                    Notices::parse(&read(file)?).with_context(|| format!("{} can't be read", file.display()))?;
                ensure!(!notices.days.is_empty() || !notices.years.is_empty(), "{} names no day", file.display());
                calendars::import(&mut tx, &notices).await?;
                let calendar = calendars::load(&mut tx).await?.calendar;
                println!("{} days", notices.days.len());
                let mut years: Vec<i32> = notices.days.keys().map(|day| day.year()).collect();
                years.dedup();
                for year in years.into_iter().filter(|year| !calendar.knows(*year)) {
                    println!(
                        "{year} still counts as incomplete; add a line `years {year} {year}` when this is all of it"
                    );
                }
            }
            Command::Day { day, kind, name, .. } if kind == "base" => {
                ensure!(name.is_empty(), "a day that is forgotten has no name");
                let known = calendars::forget(&mut tx, *day).await?;
                println!("{}", if known { "forgotten" } else { "nothing was set for that day" });
            }
            Command::Day { day, kind, name, .. } => {
                // Through the same reader as a file, for the same limits.
                let line = format!("{day} {kind} {name}");
                let notices = Notices::parse(&line).map_err(|error| anyhow::anyhow!("{}", error.message))?;
                calendars::import(&mut tx, &notices).await?;
                println!("{line}");
            }
            Command::Set { base, weekend, same_weekday, day_first, .. } => {
                let before = calendars::load(&mut tx).await?.settings;
                let mut settings = before.clone();
                if let Some(base) = base {
                    settings.base = if base == "weekends_only" { Base::WeekendsOnly } else { Base::MainlandChina };
                }
                if let Some(weekend) = weekend {
                    settings.weekend.clone_from(weekend);
                    settings.weekend.sort_by_key(Weekday::number_from_monday);
                    settings.weekend.dedup();
                    if settings.weekend.len() > 6 {
                        bail!("every day of the week would be off; leave at least one");
                    }
                }
                if let Some(same) = same_weekday {
                    settings.policy.same_weekday =
                        if same == "week_away" { SameWeekday::WeekAway } else { SameWeekday::Today };
                }
                settings.policy.day_first = day_first.unwrap_or(settings.policy.day_first);
                if settings != before {
                    calendars::set(&mut tx, &settings).await?;
                }
                println!("{}", show_settings(&settings));
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    let mut text = String::new();
    let opened: Box<dyn std::io::Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).with_context(|| format!("{} can't be opened", file.display()))?)
    };
    opened.take(MAX_BYTES + 1).read_to_string(&mut text).with_context(|| format!("{} is no UTF-8", file.display()))?;
    ensure!(text.len() as u64 <= MAX_BYTES, "{} is larger than {} MB", file.display(), MAX_BYTES >> 20);
    Ok(text)
}

fn show(dates: &Dates, year: Option<i32>) -> String {
    let mut lines = vec![format!("# {}", show_settings(&dates.settings))];
    if let Some(year) = year {
        let days = |days: &std::collections::BTreeMap<NaiveDate, String>, kind: DayKind| {
            let of_year = days.iter().filter(|(day, _)| day.year() == year);
            of_year.map(|(day, name)| format!("{day} {} {name}", kind.tag())).collect::<Vec<_>>()
        };
        let mut found = days(&dates.calendar.holidays, DayKind::Off);
        found.extend(days(&dates.calendar.makeup, DayKind::Work));
        found.sort();
        let known = dates.calendar.knows(year);
        lines.push(if known { format!("years {year} {year}") } else { format!("# {year} is not complete") });
        lines.extend(found);
    } else {
        lines.extend(dates.own.years.iter().map(|year| format!("years {year} {year}")));
        lines.extend(dates.own.days.iter().map(|(day, (kind, name))| format!("{day} {} {name}", kind.tag())));
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn show_settings(settings: &Settings) -> String {
    let weekend: Vec<String> = settings.weekend.iter().map(|day| day.to_string().to_lowercase()).collect();
    let same = if settings.policy.same_weekday == SameWeekday::Today { "today" } else { "week_away" };
    format!(
        "base {}, weekend {}, same_weekday {same}, day_first {}",
        settings.base.tag(),
        weekend.join(","),
        settings.policy.day_first
    )
}
