//! Budgets of language models: what is reserved, what is settled, and whose it is.

use std::time::Duration;

use chrono::NaiveDate;
use paigong_core::{AppId, ConversationId, TurnId};
use store::TenantTx;
use store::llm::{self, Call, Reservation};
use store::testing::Database;
use uuid::Uuid;

use crate::tenant;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
}

fn reservation(app: AppId, tokens: u64) -> Reservation {
    let lifetime = Duration::from_secs(60);
    Reservation { id: Uuid::now_v7(), app, day: day(), tokens, lifetime, default_daily_tokens: None }
}

fn call(id: Uuid, app: AppId) -> Call {
    Call {
        id,
        app,
        conversation: ConversationId::new(),
        turn: TurnId::new(),
        day: day(),
        purpose: "fallback",
        provider: "local".to_owned(),
        model: "m".to_owned(),
        prompt_version: "v".to_owned(),
        outcome: "answered",
        reason: Some("长".repeat(300)),
        tokens_in: 30,
        tokens_out: 10,
        cost_micros: 7,
        milliseconds: 5,
        skill: None,
    }
}

/// A row in every table: a budget, a call that is settled, and a reservation that is not.
pub(crate) async fn spend(tx: &mut TenantTx, app: AppId) {
    llm::set_budget(tx, None, 1_000).await.unwrap();
    let (settled, open) = (reservation(app, 100), reservation(app, 100));
    assert!(llm::reserve(tx, &settled).await.unwrap() && llm::reserve(tx, &open).await.unwrap());
    llm::settle(tx, &call(settled.id, app)).await.unwrap();
}

#[tokio::test]
async fn a_call_is_counted_once_however_often_it_is_settled() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let reserved = reservation(app.id, 500);
    assert!(llm::reserve(&mut tx, &reserved).await.unwrap());
    assert_eq!(llm::spent(&mut tx, Some(app.id), day()).await.unwrap().reserved, 500);
    for _ in 0..2 {
        llm::settle(&mut tx, &call(reserved.id, app.id)).await.unwrap();
    }
    let spent = llm::spent(&mut tx, Some(app.id), day()).await.unwrap();
    assert_eq!((spent.calls, spent.tokens_in, spent.tokens_out, spent.reserved, spent.cost_micros), (1, 30, 10, 0, 7));
}

#[tokio::test]
async fn budgets_hold_for_the_tenant_the_app_and_the_day() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, of_b) = tenant(&database, "乙").await;
    let mut tx = database.begin(a).await.unwrap();
    llm::set_budget(&mut tx, None, 150).await.unwrap();
    llm::set_budget(&mut tx, Some(app.id), 100).await.unwrap();
    let other = AppId::new();
    assert!(llm::reserve(&mut tx, &reservation(app.id, 100)).await.unwrap());
    assert!(!llm::reserve(&mut tx, &reservation(app.id, 1)).await.unwrap(), "the app's is spent");
    assert!(llm::reserve(&mut tx, &reservation(other, 50)).await.unwrap());
    assert!(!llm::reserve(&mut tx, &reservation(other, 1)).await.unwrap(), "the tenant's is spent");
    let tomorrow = Reservation { day: day().succ_opt().unwrap(), ..reservation(app.id, 100) };
    assert!(llm::reserve(&mut tx, &tomorrow).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = database.begin(b).await.unwrap();
    assert!(llm::reserve(&mut tx, &reservation(of_b.id, 1_000_000)).await.unwrap(), "another tenant's is its own");
}

#[tokio::test]
async fn calls_are_never_changed() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    for statement in ["UPDATE paigong.llm_call SET tokens_in = 0", "DELETE FROM paigong.llm_call"] {
        let mut tx = database.begin(a).await.unwrap();
        spend(&mut tx, app.id).await;
        let error = sqlx::query(statement).execute(tx.connection()).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{statement}");
    }
}
