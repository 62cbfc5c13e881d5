//! Idempotency keys: done once, answered as often as asked.

use serde_json::json;
use store::idempotency::{self, Claim};
use store::testing::Database;

use crate::tenant;

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_first_answer() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    assert_eq!(idempotency::claim(&mut tx, app.id, "k-1", &[1; 32]).await.unwrap(), Claim::New);
    idempotency::store(&mut tx, app.id, "k-1", 200, &json!({"z": 1, "a": 2})).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    let Claim::Replay { status, response } = idempotency::claim(&mut tx, app.id, "k-1", &[1; 32]).await.unwrap() else {
        panic!("the key is known");
    };
    assert_eq!((status, response.to_string().as_str()), (200, r#"{"z":1,"a":2}"#), "byte for byte");
    assert_eq!(idempotency::claim(&mut tx, app.id, "k-1", &[2; 32]).await.unwrap(), Claim::Mismatch);
    assert_eq!(idempotency::claim(&mut tx, app.id, "k-2", &[2; 32]).await.unwrap(), Claim::New);
}

/// Spawns a claim on another connection, and returns when Postgres says that it waits for the first.
async fn waiting_claim(
    database: &Database,
    tenant: paigong_core::TenantId,
    app: paigong_core::AppId,
) -> tokio::task::JoinHandle<Claim> {
    let store = database.store.clone();
    let claim = tokio::spawn(async move {
        let mut tx = store.begin(tenant).await.unwrap();
        idempotency::claim(&mut tx, app, "k", &[1; 32]).await.unwrap()
    });
    let mut observer = <sqlx::PgConnection as sqlx::Connection>::connect(&database.url()).await.unwrap();
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&mut observer)
        .await
        .unwrap();
        if waiting > 0 {
            return claim;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_concurrent_claim_waits_for_the_first_and_replays_its_answer() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut first = database.begin(a).await.unwrap();
    assert_eq!(idempotency::claim(&mut first, app.id, "k", &[1; 32]).await.unwrap(), Claim::New);
    let second = waiting_claim(&database, a, app.id).await;
    idempotency::store(&mut first, app.id, "k", 201, &json!("好")).await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), Claim::Replay { status: 201, response: json!("好") });
}

#[tokio::test]
async fn a_concurrent_claim_is_new_when_the_first_is_rolled_back() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut first = database.begin(a).await.unwrap();
    assert_eq!(idempotency::claim(&mut first, app.id, "k", &[1; 32]).await.unwrap(), Claim::New);
    let second = waiting_claim(&database, a, app.id).await;
    first.rollback().await.unwrap();
    assert_eq!(second.await.unwrap(), Claim::New);
}

#[tokio::test]
async fn an_expired_key_is_new_again_and_can_be_swept() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    for key in ["old", "older", "fresh"] {
        idempotency::claim(&mut tx, app.id, key, &[1; 32]).await.unwrap();
        idempotency::store(&mut tx, app.id, key, 200, &json!(1)).await.unwrap();
    }
    tx.batch("UPDATE paigong.idempotency SET expires_at = now() WHERE key LIKE 'old%'", "ageing").await.unwrap();
    assert_eq!(idempotency::claim(&mut tx, app.id, "old", &[9; 32]).await.unwrap(), Claim::New);
    assert_eq!(idempotency::sweep(&mut tx).await.unwrap(), 1, "only the older one has expired now");
    assert_eq!(idempotency::claim(&mut tx, app.id, "fresh", &[9; 32]).await.unwrap(), Claim::Mismatch);
}

#[tokio::test]
async fn an_answer_without_a_claim_is_refused() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    assert!(idempotency::store(&mut tx, app.id, "k", 200, &json!(1)).await.is_err());
}
