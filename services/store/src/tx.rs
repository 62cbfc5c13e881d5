//! A transaction of one tenant: the only way to that tenant's rows.

use paigong_core::TenantId;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, SqlSafeStr, Transaction};

use crate::{Error, Store};

/// A transaction as the role `paigong_app`, with `app.tenant` set: row-level security shows it one tenant's rows.
///
/// Dropped without [`commit`](Self::commit) it is rolled back, without a round trip of its own; read-only work need not
/// commit. Isolation is READ COMMITTED, which [`idempotency::claim`](crate::idempotency::claim) relies on.
#[derive(Debug)]
pub struct TenantTx {
    tenant: TenantId,
    settings: String,
    inner: Transaction<'static, Postgres>,
}

impl TenantTx {
    pub(crate) async fn begin(store: &Store, tenant: TenantId) -> Result<Self, Error> {
        Self::begin_as(store, tenant, "SET LOCAL ROLE paigong_app; ").await
    }

    /// The same as the login role, for what is done in the directories of the installation for one tenant: it sees the
    /// people of all tenants, and of every other table that tenant's rows only.
    pub(crate) async fn begin_as_login(store: &Store, tenant: TenantId) -> Result<Self, Error> {
        Self::begin_as(store, tenant, "").await
    }

    async fn begin_as(store: &Store, tenant: TenantId, role: &'static str) -> Result<Self, Error> {
        let options = store.options();
        // One round trip: the simple protocol takes several statements at once, but no parameters. This is safe because
        // every value is formatted from a type that can't hold anything but digits: a UUID (hexadecimal, hyphens) and
        // milliseconds (integers). SET LOCAL ends with the transaction, so a pooled connection carries nothing over.
        let settings = format!(
            "{role}SET LOCAL app.tenant = '{}'; SET LOCAL statement_timeout = {}; \
             SET LOCAL lock_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}",
            tenant.0.hyphenated(),
            options.statement_timeout.as_millis(),
            options.lock_timeout.as_millis(),
            options.idle_in_transaction_timeout.as_millis(),
        );
        let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED; {settings}");
        let inner =
            store.pool().begin_with(AssertSqlSafe(begin)).await.map_err(Error::of("beginning a transaction"))?;
        Ok(Self { tenant, settings, inner })
    }

    /// Whose transaction it is.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The statements that set role, tenant and time limits: to set them back after a skill.
    #[must_use]
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// Makes everything durable, and checks the deferred foreign keys.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: the connection was lost, and whether it was committed is *not known*.
    pub async fn commit(self) -> Result<(), Error> {
        self.inner.commit().await.map_err(Error::of("committing"))
    }

    /// Takes everything back, and waits for it.
    ///
    /// # Errors
    /// When the connection was lost, which takes everything back, too.
    pub async fn rollback(self) -> Result<(), Error> {
        self.inner.rollback().await.map_err(Error::of("rolling back"))
    }

    /// Marks the place that [`rollback_to_savepoint`](Self::rollback_to_savepoint) goes back to. May be nested.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn savepoint(&mut self) -> Result<(), Error> {
        self.batch("SAVEPOINT step", "setting a savepoint").await
    }

    /// Forgets the last savepoint, keeping what was done since.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn release_savepoint(&mut self) -> Result<(), Error> {
        self.batch("RELEASE SAVEPOINT step", "releasing a savepoint").await
    }

    /// Takes back what was done since the last savepoint, after an error, too, and forgets it.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), Error> {
        self.batch("ROLLBACK TO SAVEPOINT step; RELEASE SAVEPOINT step", "rolling back to a savepoint").await
    }

    /// Runs fixed statements without parameters, several in one round trip.
    ///
    /// # Errors
    /// The first that fails; the others are not run.
    pub async fn batch(&mut self, statements: impl SqlSafeStr + Send, operation: &'static str) -> Result<(), Error> {
        use sqlx::Executor as _;
        let text = statements.into_sql_str();
        self.inner.execute(sqlx::raw_sql(text)).await.map_err(Error::of(operation))?;
        Ok(())
    }

    /// The connection, for this crate's statements, the ledger's and the skills' executor; nobody else has SQL.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
