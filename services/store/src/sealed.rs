//! The columns that hold sealed secrets, to be sealed anew with another key. What is in them is opaque here.

use uuid::Uuid;

use crate::{Error, TenantTx};

/// A table whose column `secrets` is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// The signing secrets of webhooks.
    Webhook,
    /// What an outside system is entered with.
    Connection,
    /// What the backend of a widget's site signs its users' ids with.
    AppKey,
}

impl Table {
    /// Every such table.
    pub const ALL: [Self; 3] = [Self::Webhook, Self::Connection, Self::AppKey];

    /// Its name, which the sealing is bound to.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Connection => "connection",
            Self::AppKey => "app_key",
        }
    }
}

/// At most `limit` ids and secrets of `table` behind the id `after`, locked until the transaction ends.
///
/// # Errors
/// As for any statement.
pub async fn page(
    tx: &mut TenantTx,
    table: Table,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Uuid, Vec<u8>)>, Error> {
    struct Row {
        id: Uuid,
        secrets: Vec<u8>,
    }
    let (tenant, limit) = (tx.tenant().0, i64::from(limit));
    let rows = match table {
        Table::Webhook => {
            sqlx::query_as!(
                Row,
                "SELECT id, secrets FROM paigong.webhook WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2)
                 ORDER BY id LIMIT $3 FOR UPDATE",
                tenant,
                after,
                limit
            )
            .fetch_all(tx.connection())
            .await
        }
        Table::Connection => {
            sqlx::query_as!(
                Row,
                r#"SELECT id, secrets AS "secrets!" FROM paigong.connection
                   WHERE tenant_id = $1 AND secrets IS NOT NULL AND ($2::uuid IS NULL OR id > $2)
                   ORDER BY id LIMIT $3 FOR UPDATE"#,
                tenant,
                after,
                limit
            )
            .fetch_all(tx.connection())
            .await
        }
        Table::AppKey => {
            sqlx::query_as!(
                Row,
                r#"SELECT id, secrets AS "secrets!" FROM paigong.app_key
                   WHERE tenant_id = $1 AND secrets IS NOT NULL AND ($2::uuid IS NULL OR id > $2)
                   ORDER BY id LIMIT $3 FOR UPDATE"#,
                tenant,
                after,
                limit
            )
            .fetch_all(tx.connection())
            .await
        }
    };
    let rows = rows.map_err(Error::of("reading sealed secrets"))?;
    Ok(rows.into_iter().map(|row| (row.id, row.secrets)).collect())
}

/// Puts other sealed bytes in the place of a row's.
///
/// # Errors
/// As for any statement.
pub async fn replace(tx: &mut TenantTx, table: Table, id: Uuid, secrets: &[u8]) -> Result<(), Error> {
    let tenant = tx.tenant().0;
    let statement = match table {
        Table::Webhook => sqlx::query!(
            "UPDATE paigong.webhook SET secrets = $3 WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            secrets
        ),
        Table::Connection => sqlx::query!(
            "UPDATE paigong.connection SET secrets = $3 WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            secrets
        ),
        Table::AppKey => sqlx::query!(
            "UPDATE paigong.app_key SET secrets = $3 WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            secrets
        ),
    };
    statement.execute(tx.connection()).await.map_err(Error::of("replacing sealed secrets"))?;
    Ok(())
}
