//! A database of its own for every test, copied from a migrated template in some 50 ms. Only with the feature `testing`.
//!
//! Works for a login role that is not a superuser but may create databases and roles. The database is dropped when the
//! test has passed and kept when it has failed; what was kept is swept away after a quarter of an hour.

use sha2::{Digest, Sha256};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::scratch::{self, Scratch};
use crate::{Options, Store, migrate};

const PREFIX: &str = "paigong_test_";
/// Any number; it locks the making of the template among test processes.
const LOCK: i64 = 0x7061_6967;

/// A migrated database that lives as long as this value.
#[derive(Debug)]
pub struct Database {
    /// The store on it.
    pub store: Store,
    scratch: Scratch,
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
        let server = scratch::address(&url).expect("DATABASE_URL is a postgres:// address");
        let mut connection = scratch::connect(&server).await.expect("the server of DATABASE_URL answers");
        scratch::sweep(&mut connection, PREFIX).await.expect("databases can be listed");
        let template = template(&mut connection, &server).await;
        let scratch =
            Scratch::create_as(&mut connection, server, PREFIX, &template).await.expect("a database can be created");
        let mut options = scratch::options(scratch.url());
        change(&mut options);
        let store = Store::connect(options).await.expect("the new database answers");
        Self { store, scratch }
    }

    /// The address of this database.
    #[must_use]
    pub fn url(&self) -> String {
        self.scratch.url()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.scratch.keep();
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
        let mut options = scratch::options(server.clone().database(&unfinished).to_url_lossy().to_string());
        options.max_connections = 1;
        let store = Store::connect(options).await.expect("the template answers");
        store.migrate().await.expect("the migrations can be applied");
        store.close().await;
        run(connection, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(connection, format!("SELECT pg_advisory_unlock({LOCK})")).await;
    name
}

async fn exists(connection: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .expect("databases can be listed")
}

async fn run(connection: &mut PgConnection, statement: String) {
    scratch::run(connection, statement).await.unwrap_or_else(|error| panic!("{error}"));
}
