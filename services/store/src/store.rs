//! The pool and what can be asked of the server as a whole.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use paigong_core::TenantId;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{Error, Options, TenantTx};

/// Prepared statements kept per connection: every one of ours, and those of some hundred skills.
const STATEMENTS: usize = 512;

/// How long a connection may have idled before it is asked whether it is still there.
const UNTESTED: Duration = Duration::from_secs(2);

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    options: Arc<Options>,
}

/// What the server says of itself, for `paigong doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `server_version_num`, such as 150008.
    pub version: i32,
    /// The role that we are logged in as.
    pub login: String,
    /// Whether that role is a superuser; it need not and should not be.
    pub is_superuser: bool,
    /// Whether that role may create the roles of packs.
    pub can_create_roles: bool,
    /// The name of the database.
    pub database: String,
    /// How far the server's clock is ahead of ours, in milliseconds.
    pub clock_ahead_ms: i64,
}

impl Store {
    /// Opens the pool and one connection.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server can't be reached, also when the address is not one.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let failed = |source| Error::Unavailable { operation: "connecting to the database", source };
        let address = PgConnectOptions::from_str(options.url.expose_secret())
            .map_err(failed)?
            .application_name("paigong")
            .statement_cache_capacity(STATEMENTS);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .min_connections(options.min_connections)
            .acquire_timeout(options.acquire_timeout)
            // A ping before every use would be a round trip of every transaction; only who has idled is asked.
            .test_before_acquire(false)
            .before_acquire(|connection, idle| {
                Box::pin(async move {
                    if idle.idle_for >= UNTESTED {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(address)
            .await
            .map_err(failed)?;
        Ok(Self { pool, options: Arc::new(options) })
    }

    /// Begins a transaction of `tenant`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is no connection in time.
    pub async fn begin(&self, tenant: TenantId) -> Result<TenantTx, Error> {
        TenantTx::begin(self, tenant).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        sqlx::query_scalar!("SELECT 1 AS one")
            .fetch_one(&self.pool)
            .await
            .map_err(Error::of("asking whether the database answers"))?;
        Ok(())
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not answer.
    pub async fn server(&self) -> Result<Server, Error> {
        let row = sqlx::query!(
            r#"SELECT current_setting('server_version_num')::int AS "version!", current_user::text AS "login!",
                      current_database()::text AS "database!", clock_timestamp() AS "now!",
                      r.rolsuper AS "is_superuser!", r.rolcreaterole AS "can_create_roles!"
               FROM pg_roles r WHERE r.rolname = current_user"#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(Error::of("asking the server for its version"))?;
        Ok(Server {
            version: row.version,
            login: row.login,
            is_superuser: row.is_superuser,
            can_create_roles: row.can_create_roles || row.is_superuser,
            database: row.database,
            clock_ahead_ms: (row.now - chrono::Utc::now()).num_milliseconds(),
        })
    }

    /// Ends all connections, after the transactions on them.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The pool, for this crate and for what workers ask of all tenants through functions; never for a tenant's rows.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }
}
