//! Migrations: compiled in, applied in order, each in a transaction, by one process at a time.

use std::collections::HashMap;
use std::sync::LazyLock;

use sqlx::migrate::Migrator;

use crate::{Error, Store};

const TABLE: &str = "public._sqlx_migrations";

/// The files. What a newer program has applied already is no reason to stop an older one: migrations only expand.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../migrations");
    migrator.set_ignore_missing(true);
    // With its schema: the search path begins with the login role's name, and that may be `paigong`.
    migrator.dangerous_set_table_name(TABLE);
    migrator
});

/// One migration and whether this database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The number in the file's name.
    pub version: i64,
    /// The rest of the file's name.
    pub description: String,
    /// How the database and the program compare.
    pub state: MigrationState,
}

/// How the database and the program compare in one migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationState {
    /// The database has it.
    Applied,
    /// The database does not have it yet: run `paigong migrate`.
    Pending,
    /// The file was edited after it had been applied.
    Changed,
    /// The database has it and this program does not know it: the program is older than the database.
    Unknown,
}

impl Store {
    /// Brings the database up to this program. A database that is ahead is left alone.
    ///
    /// # Errors
    /// [`Error::Migrate`] when a migration fails or was edited afterwards.
    pub async fn migrate(&self) -> Result<(), Error> {
        Ok(MIGRATIONS.run(self.pool()).await?)
    }

    /// Every migration that the program or the database knows, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn migrations(&self) -> Result<Vec<Migration>, Error> {
        let failed = Error::of("reading the migrations");
        let known = sqlx::query_scalar!(r#"SELECT to_regclass($1) IS NOT NULL AS "known!""#, TABLE)
            .fetch_one(self.pool())
            .await
            .map_err(&failed)?;
        let mut applied = HashMap::new();
        if known {
            // Not checked at compile time: the table is sqlx's, and absent from a fresh database.
            let rows: Vec<(i64, String, Vec<u8>)> =
                sqlx::query_as("SELECT version, description, checksum FROM public._sqlx_migrations WHERE success")
                    .fetch_all(self.pool())
                    .await
                    .map_err(&failed)?;
            applied.extend(rows.into_iter().map(|(version, description, checksum)| (version, (description, checksum))));
        }
        let mut all: Vec<_> = MIGRATIONS
            .iter()
            .map(|migration| {
                let state = match applied.remove(&migration.version) {
                    None => MigrationState::Pending,
                    Some((_, checksum)) if checksum == *migration.checksum => MigrationState::Applied,
                    Some(_) => MigrationState::Changed,
                };
                Migration { version: migration.version, description: migration.description.to_string(), state }
            })
            .collect();
        all.extend(applied.into_iter().map(|(version, (description, _))| Migration {
            version,
            description,
            state: MigrationState::Unknown,
        }));
        all.sort_by_key(|migration| migration.version);
        Ok(all)
    }
}

/// The checksums of all migrations, in order: they name the database template of the tests.
#[cfg(feature = "testing")]
pub(crate) fn checksums() -> impl Iterator<Item = &'static [u8]> {
    MIGRATIONS.iter().map(|migration| migration.checksum.as_ref())
}
