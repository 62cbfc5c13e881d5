//! A database of its own for a while: created on the server of an address, dropped when done with, also after a failure.
//!
//! Conversation tests of skills run on one (`paigong skills test`), and so do this repository's tests (`testing`). The login
//! role needs CREATEDB. What a killed process leaves behind is dropped by the next one that comes later than [`KEPT`].

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use paigong_core::TenantId;
use serde_json::Value;
use skills::Pack;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

use crate::{Error, Options, Store, packs};

/// How long a database is left alone that nobody has dropped: whoever made it may still use it, or look at it.
pub const KEPT: Duration = Duration::from_secs(15 * 60);

/// What the name of every scratch database begins with.
const PREFIX: &str = "paigong_scratch_";

/// A database that lives as long as this value. It is empty, or a copy of its template.
#[derive(Debug)]
pub struct Scratch {
    server: PgConnectOptions,
    name: String,
    is_kept: bool,
}

impl Scratch {
    /// Creates one on the server of `url`. Sweeps away what others have left there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server can't be reached, [`Error::Privilege`] when the role may not create databases.
    pub async fn create(url: &str) -> Result<Self, Error> {
        let server = address(url)?;
        let mut connection = connect(&server).await?;
        sweep(&mut connection, PREFIX).await?;
        Self::create_as(&mut connection, server, PREFIX, "template0").await
    }

    /// Creates one whose name begins with `prefix`, as a copy of `template`.
    pub(crate) async fn create_as(
        connection: &mut PgConnection,
        server: PgConnectOptions,
        prefix: &str,
        template: &str,
    ) -> Result<Self, Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let name = format!("{prefix}{now}_{}", uuid::Uuid::new_v4().simple());
        run(connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
        let scratch = Self { server, name, is_kept: false };
        // Nothing in it is worth waiting for a disk.
        run(connection, format!("ALTER DATABASE {} SET synchronous_commit = off", scratch.name)).await?;
        Ok(scratch)
    }

    /// The address of this database.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// Does not drop it at the end of this value; it is swept away later.
    pub fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own: this may be dropped inside of one, outside of any, or while one ends.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = connect(&server).await?;
                run(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        match dropping.join() {
            Ok(Ok(())) => {}
            problem => tracing::warn!(?problem, database = self.name, "a scratch database was not dropped"),
        }
    }
}

/// Puts the data of `pack` back to how [`packs::seed`] leaves it: tables emptied, numbers counted from their start, seeded
/// anew. Only for a database with one tenant: others would lose their data, too.
///
/// # Errors
/// As [`packs::seed`].
pub async fn reset(store: &Store, tenant: TenantId, pack: &Pack) -> Result<(), Error> {
    let name = pack.about.pack.as_str();
    if !packs::is_name(name) {
        return Err(Error::Pack { pack: name.to_owned(), message: "the name can't be a schema's".into() });
    }
    // One round trip. A sequence that belongs to a column starts anew with its table, the others by themselves.
    let empty = format!(
        "DO $$ DECLARE tables text; item record; BEGIN
             SELECT string_agg(c.oid::regclass::text, ', ') INTO tables FROM pg_class c
             WHERE c.relnamespace = '{name}'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition;
             IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY'; END IF;
             FOR item IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = '{name}'::regnamespace AND c.relkind = 'S'
             LOOP EXECUTE format('ALTER SEQUENCE %s RESTART', item.name); END LOOP;
             DELETE FROM paigong.pack_install WHERE tenant_id = '{}' AND pack = '{name}';
         END $$",
        tenant.0.hyphenated()
    );
    // The tenant is set because row-level security is forced on the owner, too.
    let begin = format!("BEGIN; SET LOCAL app.tenant = '{}'", tenant.0.hyphenated());
    let failed = Error::of("emptying a pack's tables");
    let mut tx = store.pool().begin_with(AssertSqlSafe(begin)).await.map_err(&failed)?;
    tx.execute(sqlx::raw_sql(AssertSqlSafe(empty))).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    packs::seed(store, tenant, pack).await?;
    Ok(())
}

/// The first value of the first row of `sql`, as the role of `pack` and as seen by `tenant`; null where there is no row.
///
/// # Errors
/// [`Error::Pack`] with Postgres' words when the statement can't be run.
pub async fn value(store: &Store, tenant: TenantId, pack: &str, sql: &str) -> Result<Value, Error> {
    let problem = |message: &str| Error::Pack { pack: pack.to_owned(), message: message.to_owned() };
    if !packs::is_name(pack) {
        return Err(problem("the name can't be a schema's"));
    }
    let mut tx = store.begin(tenant).await?;
    tx.batch(
        AssertSqlSafe(format!("SET LOCAL ROLE {}; SET LOCAL transaction_read_only = on", packs::role(pack))),
        "becoming a pack's role",
    )
    .await?;
    let wrapped = format!("SELECT (SELECT to_jsonb(v) FROM ({sql}) AS q(v) LIMIT 1)");
    let found = sqlx::query_scalar::<_, Option<Value>>(AssertSqlSafe(wrapped)).fetch_one(tx.connection()).await;
    match found {
        Ok(value) => Ok(value.unwrap_or_default()),
        Err(error) => Err(match error.as_database_error() {
            Some(database) if !crate::is_unavailable(&error) => problem(&format!("{sql}: {}", database.message())),
            _ => Error::of("reading a value")(error),
        }),
    }
}

/// The server of an address.
pub(crate) fn address(url: &str) -> Result<PgConnectOptions, Error> {
    PgConnectOptions::from_str(url).map_err(Error::of("reading the database's address"))
}

/// One connection to it.
pub(crate) async fn connect(server: &PgConnectOptions) -> Result<PgConnection, Error> {
    server.connect().await.map_err(|source| Error::Unavailable { operation: "connecting to the database", source })
}

/// Options for a store on a database that lives shortly: no connection is kept open.
#[must_use]
pub fn options(url: String) -> Options {
    let mut options = Options::new(url);
    options.min_connections = 0;
    options
}

/// Drops what others have left long enough ago. They may sweep, too, or use what is there: neither matters.
pub(crate) async fn sweep(connection: &mut PgConnection, prefix: &str) -> Result<(), Error> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)")
            .bind(prefix)
            .fetch_all(&mut *connection)
            .await
            .map_err(Error::of("listing databases"))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for name in names {
        let made = name[prefix.len()..].split('_').next().and_then(|seconds| seconds.parse::<u64>().ok());
        let is_ours = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if is_ours && made.is_some_and(|made| made + KEPT.as_secs() < now) {
            // Without FORCE: one that is in use stays.
            drop(run(connection, format!("DROP DATABASE IF EXISTS {name}")).await);
        }
    }
    Ok(())
}

/// Names in these statements are ours: letters, digits and _.
pub(crate) async fn run(connection: &mut PgConnection, statement: String) -> Result<(), Error> {
    const OPERATION: &str = "creating or dropping a scratch database";
    let failed = |source: sqlx::Error| match source.as_database_error().and_then(|error| error.code()).as_deref() {
        Some("42501") => Error::Privilege { operation: OPERATION, source },
        _ => Error::of(OPERATION)(source),
    };
    connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.map_err(failed)?;
    Ok(())
}
