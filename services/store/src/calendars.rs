//! `calendar`, `calendar_day`: how a tenant's dates are read. Whatever changes here raises the revision of all the
//! tenant's apps, so that every replica takes it up with the next request.

use std::str::FromStr as _;

use chrono::{NaiveDate, Weekday};
use values::{Calendar, DayKind, Notices, Policy, SameWeekday};

use crate::{Error, TenantTx};

/// The calendar that a tenant's own days lie over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Base {
    /// The State Council's arrangement, for the years known to this program.
    #[default]
    MainlandChina,
    /// Nothing but the weekend.
    WeekendsOnly,
}

impl Base {
    /// As it is stored.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::MainlandChina => "mainland_china",
            Self::WeekendsOnly => "weekends_only",
        }
    }
}

/// What a tenant has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What lies below the tenant's own days.
    pub base: Base,
    /// Days of the week that are not worked.
    pub weekend: Vec<Weekday>,
    /// What ambiguous dates mean.
    pub policy: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Self { base: Base::default(), weekend: vec![Weekday::Sat, Weekday::Sun], policy: Policy::default() }
    }
}

/// A tenant's settings, its own days, and the calendar that they make.
#[derive(Debug, Clone)]
pub struct Dates {
    /// What it has set.
    pub settings: Settings,
    /// Its own days.
    pub own: Notices,
    /// All of it together.
    pub calendar: Calendar,
}

impl Default for Dates {
    /// Mainland China's calendar as it is shipped.
    fn default() -> Self {
        Self { settings: Settings::default(), own: Notices::default(), calendar: Calendar::mainland_china() }
    }
}

/// How the tenant's dates are read. Two round trips.
///
/// # Errors
/// [`Error::Corrupt`] for a stored value that this program does not know.
pub async fn load(tx: &mut TenantTx) -> Result<Dates, Error> {
    const OPERATION: &str = "reading a calendar";
    let corrupt = |message: String| Error::Corrupt { operation: OPERATION, message };
    let row = sqlx::query!(
        "SELECT base, weekend, known_years, same_weekday, day_first FROM paigong.calendar WHERE tenant_id = $1",
        tx.tenant().0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let days = sqlx::query!(
        "SELECT day, kind, name FROM paigong.calendar_day WHERE tenant_id = $1 ORDER BY day",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let mut settings = Settings::default();
    let mut own = Notices::default();
    if let Some(row) = row {
        settings.base = match row.base.as_str() {
            "mainland_china" => Base::MainlandChina,
            "weekends_only" => Base::WeekendsOnly,
            other => return Err(corrupt(format!("{other:?} is no base of a calendar"))),
        };
        settings.weekend = row.weekend.iter().filter_map(|day| weekday(*day)).collect();
        settings.policy.same_weekday = match row.same_weekday.as_str() {
            "today" => SameWeekday::Today,
            "week_away" => SameWeekday::WeekAway,
            other => return Err(corrupt(format!("{other:?} is no reading of a weekday"))),
        };
        settings.policy.day_first = row.day_first;
        own.years = row.known_years.into_iter().collect();
    }
    for row in days {
        own.days.insert(row.day, (DayKind::from_str(&row.kind).map_err(corrupt)?, row.name));
    }
    let mut calendar = match settings.base {
        Base::MainlandChina => Calendar::mainland_china(),
        Base::WeekendsOnly => Calendar::weekends_only(),
    };
    calendar.weekend.clone_from(&settings.weekend);
    calendar.apply(&own);
    Ok(Dates { settings, own, calendar })
}

/// Changes the settings; days stay.
///
/// # Errors
/// [`Error::Value`] when every day of the week would be off.
pub async fn set(tx: &mut TenantTx, settings: &Settings) -> Result<(), Error> {
    let weekend: Vec<i16> = settings.weekend.iter().filter_map(|day| iso(*day)).collect();
    let same_weekday = match settings.policy.same_weekday {
        SameWeekday::Today => "today",
        SameWeekday::WeekAway => "week_away",
    };
    sqlx::query!(
        "INSERT INTO paigong.calendar (tenant_id, base, weekend, same_weekday, day_first) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id) DO UPDATE SET base = excluded.base, weekend = excluded.weekend,
            same_weekday = excluded.same_weekday, day_first = excluded.day_first, updated_at = now()",
        tx.tenant().0,
        settings.base.tag(),
        &weekend,
        same_weekday,
        settings.policy.day_first
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("changing a calendar"))?;
    raise_revision(tx).await
}

/// Puts the days of `notices` into the calendar, over what was there of them, and marks its years as complete.
///
/// # Errors
/// As for any statement.
pub async fn import(tx: &mut TenantTx, notices: &Notices) -> Result<(), Error> {
    const OPERATION: &str = "importing a calendar";
    let days: Vec<NaiveDate> = notices.days.keys().copied().collect();
    let kinds: Vec<String> = notices.days.values().map(|(kind, _)| kind.tag().to_owned()).collect();
    let names: Vec<String> = notices.days.values().map(|(_, name)| name.clone()).collect();
    sqlx::query!(
        "INSERT INTO paigong.calendar_day (tenant_id, day, kind, name)
         SELECT $1, day, kind, name FROM unnest($2::date[], $3::text[], $4::text[]) AS new (day, kind, name)
         ON CONFLICT (tenant_id, day) DO UPDATE SET kind = excluded.kind, name = excluded.name",
        tx.tenant().0,
        &days,
        &kinds,
        &names
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let years: Vec<i32> = notices.years.iter().copied().collect();
    sqlx::query!(
        "INSERT INTO paigong.calendar (tenant_id, known_years) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET updated_at = now(),
            known_years = ARRAY(SELECT DISTINCT unnest(calendar.known_years || excluded.known_years) ORDER BY 1)",
        tx.tenant().0,
        &years
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    raise_revision(tx).await
}

/// Forgets what was said about `day`; the base applies again. Whether anything was.
///
/// # Errors
/// As for any statement.
pub async fn forget(tx: &mut TenantTx, day: NaiveDate) -> Result<bool, Error> {
    let done = sqlx::query!("DELETE FROM paigong.calendar_day WHERE tenant_id = $1 AND day = $2", tx.tenant().0, day)
        .execute(tx.connection())
        .await
        .map_err(Error::of("changing a calendar"))?;
    raise_revision(tx).await?;
    Ok(done.rows_affected() > 0)
}

async fn raise_revision(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("UPDATE paigong.app SET revision = revision + 1 WHERE tenant_id = $1", tx.tenant().0)
        .execute(tx.connection())
        .await
        .map_err(Error::of("changing a calendar"))?;
    Ok(())
}

/// Monday is 1.
fn weekday(iso: i16) -> Option<Weekday> {
    u8::try_from(iso - 1).ok().and_then(|day| Weekday::try_from(day).ok())
}

fn iso(day: Weekday) -> Option<i16> {
    i16::try_from(day.number_from_monday()).ok()
}
