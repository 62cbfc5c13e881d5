//! A pack's own schema: its tables, a role that reaches nothing else, row-level security, and the demo data of a tenant.

use paigong_core::TenantId;
use sha2::{Digest, Sha256};
use skills::Pack;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

use crate::{Error, Store};

/// What [`seed`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// The data is there now.
    Now,
    /// It was there already.
    Before,
    /// The tenant has the data of another version of `seed.sql`; nothing was done, because it may have been worked on since.
    OtherVersion,
}

/// The role that the skills of `pack` run as. Roles belong to the cluster, and their grants to each database.
#[must_use]
pub fn role(pack: &str) -> String {
    format!("paigong_pack_{pack}")
}

/// Whether `name` can be a pack's: lower case letters, digits and _, and not a schema of somebody else. The name is
/// formatted into statements, which is safe for these characters only.
#[must_use]
pub fn is_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !["paigong", "public", "information_schema"].contains(&name)
        && !name.starts_with("pg_")
}

/// Creates or updates the tables of `pack`, as the owner, and closes them: role, grants, row-level security. All or
/// nothing, one installation at a time. Returns the number of its tables.
///
/// # Errors
/// [`Error::Pack`] when the schema's SQL fails, ends the transaction, or has a table that no tenant could own.
pub async fn install(store: &Store, pack: &Pack) -> Result<usize, Error> {
    const OPERATION: &str = "installing a pack";
    let name = checked_name(pack)?;
    let mut tx = store.pool().begin().await.map_err(Error::of(OPERATION))?;
    let before = transaction(&mut tx).await?;
    sqlx::query!(r#"SELECT pg_advisory_xact_lock(hashtext('paigong.packs'))::text AS "locked""#)
        .fetch_one(&mut *tx)
        .await
        .map_err(Error::of(OPERATION))?;
    // For `name` see is_name. The schema's text is the installer's, who owns the database.
    tx.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {name}"))))
        .await
        .map_err(Error::of(OPERATION))?;
    tx.execute(sqlx::raw_sql(AssertSqlSafe(pack.schema.as_str())))
        .await
        .map_err(|error| in_file(name, "schema.sql", error))?;
    if transaction(&mut tx).await? != before {
        return Err(problem(
            name,
            "schema.sql must not contain BEGIN, COMMIT or ROLLBACK; it is installed in a transaction",
        ));
    }
    sqlx::query_scalar!(r#"SELECT paigong.ensure_role($1)::text AS "done""#, role(name))
        .fetch_one(&mut *tx)
        .await
        .map_err(Error::of(OPERATION))?;
    let tables = sqlx::query_scalar!(r#"SELECT paigong.protect_schema($1) AS "tables!""#, name)
        .fetch_one(&mut *tx)
        .await
        .map_err(|error| in_file(name, "schema.sql", error))?;
    refuse_surprises(&mut tx, name).await?;
    let role = role(name);
    let grants = format!(
        "REVOKE ALL ON SCHEMA {name} FROM PUBLIC; GRANT USAGE ON SCHEMA {name} TO {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name} TO {role}; \
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {name} TO {role}; \
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {name} TO {role}"
    );
    tx.execute(sqlx::raw_sql(AssertSqlSafe(grants))).await.map_err(Error::of(OPERATION))?;
    tx.commit().await.map_err(Error::of(OPERATION))?;
    Ok(usize::try_from(tables).unwrap_or_default())
}

/// Puts the demo data of `pack` into `tenant`, once.
///
/// # Errors
/// [`Error::Pack`] when the data's SQL fails or ends the transaction.
pub async fn seed(store: &Store, tenant: TenantId, pack: &Pack) -> Result<Seeded, Error> {
    const OPERATION: &str = "seeding a pack";
    let name = checked_name(pack)?;
    let digest: [u8; 32] = Sha256::digest(pack.seed.as_bytes()).into();
    // As the owner of the tables, on whom row-level security is forced; a UUID has only hexadecimal digits and hyphens.
    let begin = format!("BEGIN; SET LOCAL app.tenant = '{}'", tenant.0.hyphenated());
    let mut tx = store.pool().begin_with(AssertSqlSafe(begin)).await.map_err(Error::of(OPERATION))?;
    let before = transaction(&mut tx).await?;
    // A second seeding of the same tenant waits here for the first.
    let claimed = sqlx::query_scalar!(
        "INSERT INTO paigong.pack_install (tenant_id, pack, seed_digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING pack",
        tenant.0,
        name,
        digest.as_slice()
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(Error::of(OPERATION))?;
    if claimed.is_none() {
        let same = sqlx::query_scalar!(
            r#"SELECT seed_digest = $3 AS "same!" FROM paigong.pack_install WHERE tenant_id = $1 AND pack = $2"#,
            tenant.0,
            name,
            digest.as_slice()
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(Error::of(OPERATION))?;
        return Ok(if same { Seeded::Before } else { Seeded::OtherVersion });
    }
    tx.execute(sqlx::raw_sql(AssertSqlSafe(pack.seed.as_str())))
        .await
        .map_err(|error| in_file(name, "seed.sql", error))?;
    if transaction(&mut tx).await? != before {
        return Err(problem(name, "seed.sql must not contain BEGIN, COMMIT or ROLLBACK; it is run in a transaction"));
    }
    tx.commit().await.map_err(Error::of(OPERATION))?;
    Ok(Seeded::Now)
}

fn checked_name(pack: &Pack) -> Result<&str, Error> {
    let name = pack.about.pack.as_str();
    if is_name(name) { Ok(name) } else { Err(problem(name, "the name can't be a schema's")) }
}

/// The transaction that we are in. It differs after a pack's SQL if that ended ours.
async fn transaction(connection: &mut PgConnection) -> Result<String, Error> {
    sqlx::query_scalar!(r#"SELECT pg_current_xact_id()::text AS "id!""#)
        .fetch_one(connection)
        .await
        .map_err(Error::of("asking for the transaction"))
}

/// A function with its owner's rights would be a way around the pack's role; a constraint that is checked at COMMIT would
/// break the turn after the skill has succeeded.
async fn refuse_surprises(connection: &mut PgConnection, pack: &str) -> Result<(), Error> {
    let surprise = sqlx::query_scalar!(
        r#"SELECT format('the function %s is SECURITY DEFINER; that is not allowed in a pack', p.proname) AS "message!"
           FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = to_regnamespace(quote_ident($1))
           UNION ALL
           SELECT format('the constraint %s is INITIALLY DEFERRED; that is not allowed in a pack', c.conname)
           FROM pg_constraint c WHERE c.condeferred AND c.connamespace = to_regnamespace(quote_ident($1))
           LIMIT 1"#,
        pack
    )
    .fetch_optional(connection)
    .await
    .map_err(Error::of("checking a pack's schema"))?;
    surprise.map_or(Ok(()), |message| Err(problem(pack, &message)))
}

fn in_file(pack: &str, file: &str, error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(database) if !crate::is_unavailable(&error) => problem(pack, &format!("{file}: {}", database.message())),
        _ => Error::of("running a pack's SQL")(error),
    }
}

fn problem(pack: &str, message: &str) -> Error {
    Error::Pack { pack: pack.to_owned(), message: message.to_owned() }
}
