//! Executes one statement of a skill: as the pack's role, in the pack's schema, within limits, and with nothing but bound values.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use paigong_core::TenantId;
use serde_json::Value;
use skills::sql::{Parameter, Statement};
use sqlx::PgConnection;
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, Either, Executor as _};
use store::{TenantTx, packs};

use crate::{Failure, Reason, Request, Row, rows};

/// How much one statement may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Its whole time.
    pub statement_timeout: Duration,
    /// The wait for rows that others hold.
    pub lock_timeout: Duration,
    /// Rows that come back.
    pub rows: usize,
    /// Their size as JSON, in bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            rows: 50,
            bytes: 256 * 1024,
        }
    }
}

/// What a statement may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look: in a read-only subtransaction that is rolled back.
    Read,
    /// Change, and must come back with a row or have changed one.
    Write,
    /// Change, see what would be changed, and take it back.
    Preview,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The rows, within the limits.
    pub rows: Vec<Row>,
    /// Whether there were more.
    pub truncated: bool,
    /// How many rows there were or were changed.
    pub count: u64,
}

/// Runs `statement` in a subtransaction of `tx`, three round trips; rows that `check` refuses are a failure. `Ok(Err(…))`: the statement failed, what it did is
/// taken back, and `tx` is as it was.
///
/// The subtransaction is what makes the settings safe. `ROLLBACK TO` takes back role, search path, time limits and
/// read-only mode along with the data (tested); after a write, `RELEASE` would keep them, so they are set back first.
///
/// # Errors
/// When the transaction can't go on: the connection is lost, or it must be done again.
pub async fn execute(
    tx: &mut TenantTx,
    pack: &str,
    statement: &Statement,
    access: Access,
    request: &Request<'_>,
    check: impl Fn(&[Row]) -> Result<(), String>,
) -> Result<Result<Found, Failure>, store::Error> {
    if !packs::is_name(pack) {
        return Ok(Err(failure(Reason::Other, format!("{pack:?} is not a pack's name"))));
    }
    if let Some(word) = reaches_out(&statement.text) {
        return Ok(Err(failure(Reason::Permission, format!("{word} is not allowed in a skill's SQL"))));
    }
    tx.batch(AssertSqlSafe(enter(pack, access, request)), "entering a skill").await?;
    let tenant = tx.tenant();
    let mut result = fetch(tx.connection(), tenant, statement, request).await;
    if matches!(result, Err(Trouble::StalePlan)) {
        tx.rollback_to_savepoint().await?;
        let cleared = sqlx::Connection::clear_cached_statements(tx.connection()).await;
        cleared.map_err(store::Error::of("forgetting prepared statements"))?;
        tx.batch(AssertSqlSafe(enter(pack, access, request)), "entering a skill").await?;
        result = fetch(tx.connection(), tenant, statement, request).await;
    }
    let result = match result {
        Ok(found) if access == Access::Write && found.count == 0 => Err(nothing_changed()),
        Ok(found) => check(&found.rows).map(|()| found).map_err(|message| failure(Reason::Result, message)),
        Err(Trouble::Failure(failure)) => Err(failure),
        Err(Trouble::Transaction(error)) => return Err(error),
        Err(Trouble::StalePlan) => Err(failure(Reason::Other, "the tables are being changed; try again".into())),
    };
    if result.is_ok() && access == Access::Write {
        let leave = format!(
            "{}; SET LOCAL search_path TO DEFAULT; SET LOCAL TimeZone TO DEFAULT; RELEASE SAVEPOINT step",
            tx.settings()
        );
        tx.batch(AssertSqlSafe(leave), "leaving a skill").await?;
    } else {
        tx.rollback_to_savepoint().await?;
    }
    Ok(result)
}

/// SET takes no parameters. What is formatted here can't be anything but a name or a number: the pack's name was checked
/// above (lower case letters, digits, _), the time zone is one of chrono-tz's.
fn enter(pack: &str, access: Access, request: &Request<'_>) -> String {
    let read_only = if access == Access::Read { "on" } else { "off" };
    format!(
        "SAVEPOINT step; SET LOCAL ROLE {}; SET LOCAL search_path = {pack}; SET LOCAL TimeZone = '{}'; \
         SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL transaction_read_only = {read_only}",
        packs::role(pack),
        request.time_zone.name(),
        request.limits.statement_timeout.as_millis().max(1),
        request.limits.lock_timeout.as_millis().max(1),
    )
}

/// The word by which a statement could change its own tenant or role. `skills::sql` refuses statements when they are
/// published; this looks again when they run, because everything depends on it: every role may call `set_config`, and
/// functions that run a text as SQL. Escapes in identifiers are refused since they would spell these otherwise.
fn reaches_out(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    if text.contains("u&\"") {
        return Some("an identifier with escapes".into());
    }
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .find(|word| {
            ["set_config", "ts_stat", "ts_rewrite"].contains(word)
                || ["_to_xml", "_to_xmlschema", "_and_xmlschema"].iter().any(|end| word.ends_with(end))
                || word.starts_with("dblink")
        })
        .map(str::to_owned)
}

/// Why the statement did not succeed.
pub(crate) enum Trouble {
    /// It was refused; the transaction can go on from the savepoint.
    Failure(Failure),
    /// The transaction can't go on.
    Transaction(store::Error),
    /// A table was changed since this connection prepared the statement.
    StalePlan,
}

/// The rows within the limits, and how many rows there were or were changed.
pub(crate) async fn fetch(
    connection: &mut PgConnection,
    tenant: TenantId,
    statement: &Statement,
    request: &Request<'_>,
) -> Result<Found, Trouble> {
    // The text is the skill's, compiled by `skills::sql`: one statement, parameters only. The values are bound, as text.
    let mut query = sqlx::query(AssertSqlSafe(statement.text.as_str()));
    for parameter in &statement.parameters {
        query = query.bind(value(parameter, tenant, request));
    }
    let mut stream = connection.fetch_many(query);
    let (mut found, mut bytes, mut problem) = (Found::default(), 0_usize, None);
    // Rows beyond the limits are read and forgotten: a stream that is given up would be emptied by the next statement,
    // with whatever error it ends in. The statement timeout bounds it.
    while let Some(item) = stream.try_next().await.map_err(sort)? {
        let row = match item {
            Either::Left(done) => {
                found.count = found.count.max(done.rows_affected());
                continue;
            }
            Either::Right(row) => row,
        };
        found.count = found.count.max(1);
        if found.truncated || found.rows.len() == request.limits.rows {
            found.truncated = true;
            continue;
        }
        match rows::read(&row, request.time_zone) {
            Ok(row) => {
                bytes += serde_json::to_string(&row).map_or(0, |text| text.len());
                if bytes <= request.limits.bytes {
                    found.rows.push(row);
                } else if found.rows.is_empty() {
                    problem.get_or_insert(format!("one row has {bytes} bytes; {} are allowed", request.limits.bytes));
                } else {
                    found.truncated = true;
                }
            }
            Err(message) => {
                problem.get_or_insert(message);
            }
        }
    }
    match problem {
        None => Ok(found),
        Some(message) => Err(Trouble::Failure(failure(Reason::Result, message))),
    }
}

/// What `parameter` is bound to, as the text that the statement casts.
fn value(parameter: &Parameter, tenant: TenantId, request: &Request<'_>) -> Option<String> {
    match parameter {
        Parameter::TenantId => Some(tenant.to_string()),
        Parameter::User => Some(request.user.to_owned()),
        Parameter::Language => Some(request.language.tag().to_owned()),
        Parameter::Today => Some(request.now.date().to_string()),
        Parameter::Now => Some(request.now.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        Parameter::Slot(slot) => match request.slots.get(slot)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            value => Some(value.to_string()),
        },
    }
}

fn failure(reason: Reason, message: String) -> Failure {
    Failure::new(reason, message)
}

pub(crate) fn nothing_changed() -> Failure {
    failure(Reason::NothingChanged, "no row came back".into())
}

/// What a failed statement means for the transaction.
pub(crate) fn sort(error: sqlx::Error) -> Trouble {
    let database = match error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()) {
        Some(database) if !store::is_unavailable(&error) => database,
        _ => return Trouble::Transaction(store::Error::of("running a skill")(error)),
    };
    let reason = match database.code() {
        // Serialization failure, deadlock: the whole turn is done again.
        "40001" | "40P01" => return Trouble::Transaction(store::Error::of("running a skill")(error)),
        // Its message is translated, the function that raises it is not.
        "0A000" if database.routine() == Some("RevalidateCachedQuery") => return Trouble::StalePlan,
        "57014" | "55P03" => Reason::Timeout,
        // 25006: a write in a read-only transaction.
        "42501" | "25006" => Reason::Permission,
        // P0001: RAISE EXCEPTION in a trigger of the pack, which is a constraint in other words.
        code if code.starts_with("23") || code == "P0001" => Reason::Constraint,
        code if code.starts_with("22") => Reason::Value,
        _ => Reason::Other,
    };
    Trouble::Failure(Failure {
        reason,
        sqlstate: Some(database.code().to_owned()),
        constraint: database.constraint().map(str::to_owned),
        message: database.message().to_owned(),
    })
}
