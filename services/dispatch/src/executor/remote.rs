//! SQL on another Postgres that the tenant registered. The effect and a receipt are one transaction there, so that an
//! attempt whose outcome was lost is found out about by the next one. Exactly once.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use paigong_core::{chain, fault};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use skills::sql::Statement;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::{Skills, Verdict, Work};
use crate::connections::{self, Opened};
use crate::job::Ending;
use crate::review::rows_of;
use crate::sql::{self, Trouble};
use crate::{Error, Failure, Reason};

/// The table in the other database. Made when the connection is registered.
pub const RECEIPTS: &str = "CREATE TABLE IF NOT EXISTS paigong_receipt (
    run_id uuid PRIMARY KEY, attempt integer NOT NULL, result json, applied_at timestamptz NOT NULL DEFAULT now())";

/// Connections that are kept to one database.
const CONNECTIONS: u32 = 4;

/// Pools by connection; one that was registered anew gets another.
#[derive(Default)]
pub(super) struct Pools(Mutex<HashMap<Uuid, (DateTime<Utc>, PgPool)>>);

impl Pools {
    fn get(&self, opened: &Opened, options: PgConnectOptions) -> PgPool {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pools.get(&opened.connection.id).filter(|(of, _)| *of == opened.connection.updated_at);
        if let Some((_, pool)) = known {
            return pool.clone();
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(options);
        pools.insert(opened.connection.id, (opened.connection.updated_at, pool.clone()));
        pool
    }
}

impl Skills {
    pub(super) async fn remote(
        &self,
        work: &Work<'_>,
        connection: &str,
        statement: &Statement,
    ) -> Result<Verdict, Error> {
        let opened =
            connections::open_in(&self.store, work.job.tenant, self.keyring.as_deref(), connection, "postgres").await?;
        let opened = match opened {
            Ok(opened) => opened,
            Err(failure) => return Ok(Verdict::End(Ending::Failed(failure), None)),
        };
        let options = match address(&opened, &self.client).await {
            Ok(options) => options,
            Err(failure) if failure.reason == Reason::Unreachable => return Ok(self.again(work.job, failure, None)),
            Err(failure) => return Ok(Verdict::End(Ending::Failed(failure), None)),
        };
        let pool = self.remotes.get(&opened, options);
        let mut connection = match pool.acquire().await {
            Ok(connection) => connection,
            Err(error) => return Ok(self.again(work.job, unreachable(&error), None)),
        };
        let mut is_committing = false;
        Ok(match effect(&mut connection, work, statement, &mut is_committing).await {
            Ok(ending) => Verdict::End(ending, None),
            // Not committed, or committed with its receipt: the next attempt finds out which, if there is one.
            Err(error) => {
                let wait = self.options.retry.wait(work.job.attempt, rand::random());
                self.after(work.job, unreachable(&error), None, wait, is_committing)
            }
        })
    }
}

fn unreachable(error: &sqlx::Error) -> Failure {
    Failure::new(Reason::Unreachable, format!("the other database: {}", chain(error)))
}

/// Where the database is, as an address that the installation allows.
pub(crate) async fn address(opened: &Opened, client: &outbound::Client) -> Result<PgConnectOptions, Failure> {
    let wrong = |message: &str| Failure::new(Reason::Unregistered, message.to_owned());
    let url = opened.secrets.url().ok_or_else(|| wrong("the connection has no database address"))?;
    let options =
        PgConnectOptions::from_str(url.expose_secret()).map_err(|_| wrong("the database address is not one"))?;
    if options.get_socket().is_some() {
        return Err(Failure::new(Reason::Forbidden, "a database is reached over TCP, not by a socket file".into()));
    }
    let allowed = client.resolve(options.get_host(), options.get_port()).await.map_err(|error| match error {
        outbound::Failure::Refused(message) => Failure::new(Reason::Forbidden, message),
        error => Failure::new(Reason::Unreachable, chain(&error)),
    })?;
    let address = allowed.first().ok_or_else(|| wrong("the database's host has no address"))?;
    // The address that was checked is the one that is dialled; only a certificate is checked against the name.
    let is_named = matches!(options.get_ssl_mode(), sqlx::postgres::PgSslMode::VerifyFull);
    let options = if is_named { options } else { options.host(&address.ip().to_string()) };
    Ok(options.application_name("paigong"))
}

async fn effect(
    connection: &mut PgConnection,
    work: &Work<'_>,
    statement: &Statement,
    is_committing: &mut bool,
) -> Result<Ending, sqlx::Error> {
    let job = work.job;
    let mut tx = connection.begin().await?;
    let settings = format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL TimeZone = '{}'; SET LOCAL transaction_read_only = {}",
        work.limits.statement_timeout.as_millis().max(1),
        work.limits.lock_timeout.as_millis().max(1),
        job.time_zone.name(),
        if work.writes() { "off" } else { "on" },
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(&mut *tx).await?;
    if work.writes() {
        let is_new =
            sqlx::query("INSERT INTO paigong_receipt (run_id, attempt) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(job.run.0)
                .bind(job.attempt)
                .execute(&mut *tx)
                .await?
                .rows_affected()
                == 1;
        if !is_new {
            let result: Option<Value> = sqlx::query_scalar("SELECT result FROM paigong_receipt WHERE run_id = $1")
                .bind(job.run.0)
                .fetch_one(&mut *tx)
                .await?;
            let mut result = result.unwrap_or_default();
            let rows = rows_of(result["rows"].take());
            return Ok(Ending::Succeeded { rows, truncated: result["truncated"] == Value::Bool(true) });
        }
    }
    fault::point("remote.before_effect");
    let found = match sql::fetch(&mut tx, job.tenant, statement, &work.request()).await {
        Ok(found) => found,
        Err(Trouble::Failure(failure)) => return Ok(Ending::Failed(failure)),
        Err(Trouble::StalePlan) => return Err(sqlx::Error::Protocol("a table was changed meanwhile".into())),
        Err(Trouble::Transaction(store::Error::Retry { source, .. } | store::Error::Unavailable { source, .. })) => {
            return Err(source);
        }
        Err(Trouble::Transaction(error)) => {
            return Ok(Ending::Failed(Failure::new(Reason::Other, chain(&error))));
        }
    };
    if work.writes() && found.count == 0 {
        return Ok(Ending::Failed(sql::nothing_changed()));
    }
    if let Err(message) = work.skill.check_rows(&found.rows) {
        return Ok(Ending::Failed(Failure::new(Reason::Result, message)));
    }
    if work.writes() {
        sqlx::query("UPDATE paigong_receipt SET result = $2::text::json WHERE run_id = $1")
            .bind(job.run.0)
            .bind(json!({"rows": found.rows, "truncated": found.truncated}).to_string())
            .execute(&mut *tx)
            .await?;
        fault::point("remote.before_commit");
        *is_committing = true;
        tx.commit().await?;
        fault::point("remote.committed");
    }
    Ok(Ending::Succeeded { rows: found.rows, truncated: found.truncated })
}

/// Registers nothing, only looks whether the database can be used, and makes the table of receipts.
///
/// # Errors
/// In words for whoever registers it.
pub async fn prepare(opened: &Opened, client: &outbound::Client) -> Result<(), String> {
    let options = address(opened, client).await.map_err(|failure| failure.message)?;
    let mut connection = PgConnection::connect_with(&options).await.map_err(|error| chain(&error))?;
    let made = sqlx::raw_sql(RECEIPTS).execute(&mut connection).await;
    made.map_err(|error| {
        format!("the table of receipts can't be made ({error}); grant CREATE, or make it yourself: {RECEIPTS}")
    })?;
    Ok(())
}
