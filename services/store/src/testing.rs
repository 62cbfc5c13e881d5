//! A database of its own for every test, copied from a migrated template in some 50 ms. Only with the feature `testing`.
//!
//! Works for a login role that is not a superuser but may create databases and roles. The database is dropped when the
//! test has passed and kept when it has failed; what was kept is swept away after a quarter of an hour.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::{Options, Store, migrate};

const PREFIX: &str = "paigong_test_";
const KEPT_SECONDS: u64 = 15 * 60;
/// Any number; it locks the making of the template among test processes.
const LOCK: i64 = 0x7061_6967;

/// A migrated database that lives as long as this value.
#[derive(Debug)]
pub struct Database {
    /// The store on it.
    pub store: Store,
    name: String,
    server: PgConnectOptions,
}

impl std::ops::Deref for Database {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Database {
    /// A new database on the server of `DATABASE_URL`.
    ///
    /// # Panics
    /// When there is no such server: a test that needs a database fails without one, it is never skipped.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with other options than the defaults.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let url = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()).expect(
            "this test needs Postgres: `make test` starts one; by hand, set DATABASE_URL to a database whose login role may \
             create databases and roles (CREATE ROLE x LOGIN CREATEDB CREATEROLE)",
        );
        let server = PgConnectOptions::from_str(&url).expect("DATABASE_URL is a postgres:// address");
        let mut connection = server.connect().await.expect("the server of DATABASE_URL answers");
        sweep(&mut connection).await;
        let template = template(&mut connection, &server).await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
        let name = format!("{PREFIX}{now}_{}", uuid::Uuid::new_v4().simple());
        run(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        connection.close().await.expect("the connection closes");
        let mut options = Options::new(server.clone().database(&name).to_url_lossy().to_string());
        options.min_connections = 0;
        change(&mut options);
        let store = Store::connect(options).await.expect("the new database answers");
        Self { store, name, server }
    }

    /// The address of this database.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own: this may be dropped inside of one, outside of any, or while one ends.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = server.connect().await?;
                let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await?;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        match dropping.join() {
            Ok(Ok(())) => {}
            problem => tracing::warn!(?problem, database = self.name, "a test's database was not dropped"),
        }
    }
}

/// The name of the migrated template, made by whoever comes first.
async fn template(connection: &mut PgConnection, server: &PgConnectOptions) -> String {
    let mut hash = Sha256::new();
    migrate::checksums().for_each(|checksum| hash.update(checksum));
    let digest: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("paigong_template_{digest}");
    if exists(connection, &name).await {
        return name;
    }
    run(connection, format!("SELECT pg_advisory_lock({LOCK})")).await;
    if !exists(connection, &name).await {
        // Under another name until it is complete: whoever made it before may have been stopped half-way.
        let unfinished = format!("{name}_unfinished");
        run(connection, format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
        run(connection, format!("CREATE DATABASE {unfinished} TEMPLATE template0")).await;
        let mut options = Options::new(server.clone().database(&unfinished).to_url_lossy().to_string());
        (options.min_connections, options.max_connections) = (0, 1);
        let store = Store::connect(options).await.expect("the template answers");
        store.migrate().await.expect("the migrations can be applied");
        store.close().await;
        run(connection, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(connection, format!("SELECT pg_advisory_unlock({LOCK})")).await;
    name
}

/// Drops what failed tests have left. Others may sweep, too, or use what is there: neither matters.
async fn sweep(connection: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)")
            .bind(PREFIX)
            .fetch_all(&mut *connection)
            .await
            .expect("databases can be listed");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for name in names {
        let made = name[PREFIX.len()..].split('_').next().and_then(|seconds| seconds.parse::<u64>().ok());
        if made.is_some_and(|made| made + KEPT_SECONDS < now) {
            drop(connection.execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}")))).await);
        }
    }
}

async fn exists(connection: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .expect("databases can be listed")
}

/// Names in these statements are ours: letters, digits and _.
async fn run(connection: &mut PgConnection, statement: String) {
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(statement.as_str())))
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}
