//! Budgets: never exceeded, never blocked for ever, and what the report says.

use std::time::Duration;

use paigong_core::{AppId, TenantId};
use reasoning::testing::{Endpoint, Reply};
use reasoning::{Purpose, Unavailable};
use serde_json::json;
use store::llm::{self, Reservation};

use crate::{Scene, day, decision, question};

fn nothing() -> Reply {
    decision(json!({"do": "nothing"}))
}

impl Scene {
    async fn budget(&self, app: Option<AppId>, tokens: u64) {
        let mut tx = self.database.begin(self.asker.tenant).await.unwrap();
        llm::set_budget(&mut tx, app, tokens).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn reserve(&self, tenant: TenantId, tokens: u64, lifetime: Duration) -> bool {
        let mut tx = self.database.begin(tenant).await.unwrap();
        let reservation = Reservation {
            id: uuid::Uuid::now_v7(),
            app: self.asker.app,
            day: day(),
            tokens,
            lifetime,
            default_daily_tokens: None,
        };
        let reserved = llm::reserve(&mut tx, &reservation).await.unwrap();
        tx.commit().await.unwrap();
        reserved
    }
}

#[tokio::test]
async fn what_is_spent_is_refused_for_the_tenant_and_for_the_app() {
    let endpoint = Endpoint::start([nothing()]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    let asked = question(Purpose::Fallback, "你好");
    scene.budget(None, 10).await;
    assert_eq!(scene.propose(&asked).await, Err(Unavailable::BudgetSpent));
    scene.budget(None, 1_000_000).await;
    scene.budget(Some(scene.asker.app), 10).await;
    assert_eq!(scene.propose(&asked).await, Err(Unavailable::BudgetSpent));
    assert_eq!((endpoint.seen().len(), scene.spent().await.reserved), (0, 0), "nothing was asked or kept");
    let mut tx = scene.database.begin(scene.asker.tenant).await.unwrap();
    assert_eq!(llm::budgets(&mut tx).await.unwrap().len(), 2);
    assert!(llm::remove_budget(&mut tx, Some(scene.asker.app)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(scene.propose(&asked).await.is_ok());
}

#[tokio::test]
async fn a_tenant_without_a_budget_has_the_configured_one() {
    let endpoint = Endpoint::start([nothing()]).await;
    let scene = Scene::with(&[(endpoint.base_url(), json!({}))], json!({"daily_tokens": 10})).await;
    let asked = question(Purpose::Fallback, "你好");
    assert_eq!(scene.propose(&asked).await, Err(Unavailable::BudgetSpent));
    scene.budget(None, 1_000_000).await;
    assert!(scene.propose(&asked).await.is_ok());
}

#[tokio::test]
async fn twenty_at_once_never_exceed_the_budget() {
    // Each answer costs 120 tokens, twenty of them more than there is; each reservation is for more than 120. So some
    // are refused however the twenty fall, one after the other, too.
    let endpoint = Endpoint::start([Reply::Late(Duration::from_millis(50), Box::new(nothing()))]).await;
    let provider = json!({"max_tokens": 100});
    let options = json!({"concurrency": 20, "queue_wait_ms": 60_000});
    let scene = Scene::with(&[(endpoint.base_url(), provider)], options).await;
    let budget = 2_000;
    scene.budget(None, budget).await;
    let asked = question(Purpose::Fallback, "你好");
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (reasoner, asker, asked) = (scene.reasoner.clone(), scene.asker, asked.clone());
            tokio::spawn(async move { reasoner.propose(&asker, &asked).await })
        })
        .collect();
    let mut refused = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => {}
            Err(unavailable) => {
                assert_eq!(unavailable, Unavailable::BudgetSpent);
                refused += 1;
            }
        }
    }
    let spent = scene.spent().await;
    assert!(refused > 0, "the budget was never tight");
    assert_eq!((spent.calls, spent.reserved), (20 - refused, 0));
    assert!(spent.tokens_in + spent.tokens_out <= budget);
    assert_eq!(endpoint.seen().len() as u64, spent.calls);
}

#[tokio::test]
async fn reservations_at_once_take_turns() {
    let endpoint = Endpoint::start([nothing()]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    scene.budget(None, 1_000).await;
    let tenant = scene.asker.tenant;
    let attempts = (0..20).map(|_| scene.reserve(tenant, 300, Duration::from_secs(60)));
    let mut reserved = 0;
    // All of them under way together.
    let mut running: Vec<_> = attempts.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        running.retain_mut(|attempt| match attempt.as_mut().poll(context) {
            std::task::Poll::Ready(done) => {
                reserved += u64::from(done);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    assert_eq!((reserved, scene.spent().await.reserved), (3, 900));
}

#[tokio::test]
async fn a_reservation_that_nobody_settles_expires() {
    let endpoint = Endpoint::start([nothing()]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    scene.budget(None, 1_000).await;
    assert!(scene.reserve(scene.asker.tenant, 900, Duration::from_secs(2)).await);
    assert!(!scene.reserve(scene.asker.tenant, 900, Duration::from_secs(60)).await);
    let expired = async {
        while !scene.reserve(scene.asker.tenant, 900, Duration::from_secs(60)).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), expired).await.unwrap();
}

#[tokio::test]
async fn a_question_that_was_abandoned_is_settled_with_what_was_sent() {
    let endpoint = Endpoint::start([Reply::Hang]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    let asked = question(Purpose::Fallback, "你好");
    tokio::select! {
        result = scene.propose(&asked) => panic!("{result:?}"),
        () = async { while endpoint.seen().is_empty() { tokio::task::yield_now().await } } => {}
    }
    let settled = async {
        while scene.calls().await.is_empty() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(Duration::from_secs(30), settled).await.unwrap();
    let (calls, spent) = (scene.calls().await, scene.spent().await);
    assert!(calls[0].0 == "dropped" && calls[0].1 > 100, "{calls:?}");
    assert_eq!((spent.tokens_in, spent.reserved), (calls[0].1.unsigned_abs(), 0));
}

#[tokio::test]
async fn the_report_adds_up_by_day_app_and_purpose() {
    let endpoint = Endpoint::start([nothing()]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    for purpose in [Purpose::Fallback, Purpose::Fallback, Purpose::Answer] {
        scene.propose(&question(purpose, "你好")).await.unwrap();
    }
    endpoint.script([Reply::Status(400, "")]);
    scene.propose(&question(Purpose::Answer, "你好")).await.unwrap_err();
    let mut tx = scene.database.begin(scene.asker.tenant).await.unwrap();
    let lines = llm::report(&mut tx, day(), day()).await.unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| {
            (line.purpose.as_str(), line.calls, line.answered, line.tokens_in, line.tokens_out, line.cost_micros)
        })
        .collect();
    assert_eq!(shown, [("answer", 2, 1, 100, 20, 320), ("fallback", 2, 2, 200, 40, 640)]);
    assert!(lines.iter().all(|line| line.app == scene.asker.app && line.day == day()));
    let tomorrow = day().succ_opt().unwrap();
    assert!(llm::report(&mut tx, tomorrow, tomorrow).await.unwrap().is_empty());
}
