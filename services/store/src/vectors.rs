//! `passage_vector`: what the models made of passages. Those of the next model are made beside those in use, and those of the former
//! one stay for a while.

use paigong_core::{AppId, TenantId};
use uuid::Uuid;

use crate::{Error, Store, TenantTx, passages};

/// Stores the vectors that the model of this identity made for the passages of these ids. Those that are there already, or
/// whose passage is gone, are passed over. Does not raise a revision: see [`tell`].
///
/// # Errors
/// As for any statement.
pub async fn put(tx: &mut TenantTx, model_hash: &str, ids: &[Uuid], vectors: &[Vec<u8>]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.passage_vector (tenant_id, passage_id, model_hash, vectors)
         SELECT p.tenant_id, p.id, $2, n.vectors FROM unnest($3::uuid[], $4::bytea[]) AS n (id, vectors)
         JOIN paigong.knowledge_passage p ON p.tenant_id = $1 AND p.id = n.id
         ON CONFLICT (tenant_id, passage_id, model_hash) DO NOTHING",
        tx.tenant().0,
        model_hash,
        ids,
        vectors
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("storing the vectors of passages"))?;
    Ok(())
}

/// A passage without vectors of some model: what a model reads of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// Its id.
    pub id: Uuid,
    /// Title and headings that it is under.
    pub heading: String,
    /// The question that it answers.
    pub question: Option<String>,
    /// Its text.
    pub text: String,
}

/// At most `limit` passages of the tenant, of whatever app, that have no vectors of the model with this identity.
///
/// # Errors
/// As for any statement.
pub async fn missing(tx: &mut TenantTx, model_hash: &str, limit: i64) -> Result<Vec<Bare>, Error> {
    sqlx::query_as!(
        Bare,
        "SELECT p.id, p.heading, p.question, p.text FROM paigong.knowledge_passage p
         WHERE p.tenant_id = $1 AND NOT EXISTS (SELECT FROM paigong.passage_vector v
             WHERE v.tenant_id = $1 AND v.passage_id = p.id AND v.model_hash = $2)
         ORDER BY p.id LIMIT $3",
        tx.tenant().0,
        model_hash,
        limit
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("looking for passages without vectors"))
}

/// The tenants that have passages without vectors of the model with this identity. One round trip, however many there are.
///
/// # Errors
/// As for any statement.
pub async fn tenants(store: &Store, model_hash: &str) -> Result<Vec<TenantId>, Error> {
    let ids = sqlx::query_scalar!(r#"SELECT t AS "tenant!" FROM paigong.tenants_to_embed($1) t"#, model_hash)
        .fetch_all(store.pool())
        .await
        .map_err(Error::of("looking for passages without vectors"))?;
    Ok(ids.into_iter().map(TenantId).collect())
}

/// Forgets every tenant's vectors of all models but those with these hashes. How many there were.
///
/// # Errors
/// As for any statement.
pub async fn forget(store: &Store, keep: &[String]) -> Result<i64, Error> {
    sqlx::query_scalar!(r#"SELECT paigong.forget_vectors($1) AS "count!""#, keep)
        .fetch_one(store.pool())
        .await
        .map_err(Error::of("forgetting vectors of former models"))
}

/// Says to every app of the tenant with documents that they have got vectors: their indexes are loaded again.
///
/// # Errors
/// As for any statement.
pub async fn tell(tx: &mut TenantTx) -> Result<(), Error> {
    let apps = sqlx::query_scalar!(
        "SELECT DISTINCT app_id FROM paigong.knowledge_source WHERE tenant_id = $1 ORDER BY app_id",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("looking for apps with documents"))?;
    for app in apps {
        passages::changed(tx, AppId(app)).await?;
    }
    Ok(())
}
