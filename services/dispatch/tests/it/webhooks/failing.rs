//! Endpoints that fail, in every way, and what becomes of their webhooks.

use std::time::Duration;

use chrono::Utc;
use store::deliveries;
use store::webhooks::{self, Change, Webhook};
use uuid::Uuid;

use super::endpoint::{Answer, Endpoint};
use super::scene::Scene;

async fn state(scene: &Scene, webhook: Uuid) -> Webhook {
    webhooks::get(&mut scene.begin().await, scene.app, webhook).await.unwrap().unwrap()
}

/// Seconds from now until the delivery is tried again.
fn due_in(delivery: &deliveries::Delivery) -> i64 {
    (delivery.ready_at - Utc::now()).num_seconds()
}

#[tokio::test]
async fn every_kind_of_failure_is_tried_again_until_it_arrives() {
    let endpoint = Endpoint::new(|_, index| match index {
        0 => Answer::Hang,
        1 => Answer::Reset,
        2 => Answer::Garbage,
        3 => Answer::With(302, "location: http://127.0.0.1:1/elsewhere"),
        4 => Answer::Status(404),
        5 => Answer::Status(500),
        _ => Answer::Status(200),
    })
    .await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let running = scene.deliver(|options| options.timeout = Duration::from_millis(400));
    let delivery = scene.settled(webhook, "delivered", 1).await.remove(0);
    running.stop().await;
    assert_eq!((delivery.attempt, delivery.status, &delivery.error), (7, Some(200), &None));
    let attempts = deliveries::attempts(&mut scene.begin().await, delivery.id).await.unwrap();
    let statuses: Vec<_> = attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [None, None, None, Some(302), Some(404), Some(500), Some(200)]);
    for attempt in &attempts[..6] {
        let error = attempt.error.as_deref().unwrap();
        assert!(!error.is_empty() && error.chars().count() <= 500, "{error}");
    }
    assert_eq!(state(&scene, webhook).await.failing_since, None, "a success ends the failing");
}

#[tokio::test]
async fn an_endpoint_that_is_busy_is_left_alone_for_as_long_as_it_asks() {
    for (answer, least, most) in [
        (Answer::With(503, "retry-after: 7200"), 7_190, 7_200),
        (Answer::With(429, "retry-after: 1"), 50, 60),
        (Answer::Status(429), 50, 60),
        (Answer::With(503, "retry-after: 999999"), 86_390, 86_400),
        (Answer::With(500, "retry-after: 7200"), 0, 60),
    ] {
        let said = answer.clone();
        let endpoint = Endpoint::new(move |_, _| said.clone()).await;
        let scene = Scene::new().await;
        let webhook = scene.webhook(&endpoint.url()).await;
        scene.emit(None, 1).await;
        let running = scene.deliver(|options| options.schedule.delays = vec![Duration::from_secs(20); 10]);
        let delivery = scene.attempted(webhook, 1).await;
        running.stop().await;
        let due = due_in(&delivery);
        assert!((least..=most).contains(&due), "{answer:?}: again in {due} s");
        assert_eq!(delivery.state, "pending");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_not_called_again_until_it_is_enabled() {
    let endpoint = Endpoint::new(|_, index| Answer::Status(if index == 0 { 410 } else { 200 })).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    let conversation = scene.conversation().await;
    scene.emit(Some(conversation), 1).await;
    scene.emit(Some(conversation), 2).await;
    let running = scene.deliver(|_| {});
    scene.until("it to be disabled", async |scene| !state(scene, webhook).await.enabled).await;
    assert!(state(&scene, webhook).await.disabled_reason.unwrap().contains("410"));
    scene.emit(Some(conversation), 3).await;
    assert_eq!(scene.all(webhook).await.len(), 2, "nothing is written for a webhook that is disabled");
    let mut tx = scene.begin().await;
    let change = Change { enabled: Some(true), ..Change::default() };
    let enabled = webhooks::update(&mut tx, scene.app, webhook, &change).await.unwrap().unwrap();
    assert_eq!((enabled.enabled, enabled.disabled_reason, enabled.failing_since), (true, None, None));
    deliveries::hasten(&mut tx, webhook).await.unwrap();
    tx.commit().await.unwrap();
    scene.settled(webhook, "delivered", 2).await;
    running.stop().await;
    let arrived: Vec<_> = endpoint.all().iter().map(super::endpoint::Received::n).collect();
    assert_eq!(arrived, [1, 1, 2], "what waited goes on where it stopped");
}

#[tokio::test]
async fn what_is_given_up_lets_the_next_go_and_can_be_replayed() {
    let endpoint =
        Endpoint::new(|received, index| Answer::Status(if received.n() == 1 && index < 3 { 500 } else { 200 })).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    let conversation = scene.conversation().await;
    scene.emit(Some(conversation), 1).await;
    scene.emit(Some(conversation), 2).await;
    let running = scene.deliver(|options| options.schedule.delays.truncate(2));
    let failed = scene.settled(webhook, "failed", 1).await.remove(0);
    assert_eq!((failed.attempt, failed.status), (3, Some(500)));
    scene.settled(webhook, "delivered", 1).await;
    let mut tx = scene.begin().await;
    assert!(deliveries::replay(&mut tx, webhook, failed.id).await.unwrap());
    tx.commit().await.unwrap();
    let delivered = scene.settled(webhook, "delivered", 2).await;
    running.stop().await;
    assert_eq!((delivered[1].id, delivered[1].attempt), (failed.id, 4));
    let arrived: Vec<_> = endpoint.all().iter().map(super::endpoint::Received::n).collect();
    assert_eq!(arrived, [1, 1, 1, 2, 1]);
}

#[tokio::test]
async fn a_webhook_that_fails_for_days_is_disabled_and_told_why() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(500)).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let running = scene.deliver(|options| options.schedule.delays = vec![Duration::from_millis(20); 500]);
    scene.until("it to fail", async |scene| state(scene, webhook).await.failing_since.is_some()).await;
    assert!(state(&scene, webhook).await.enabled, "once is no reason");
    scene.set("UPDATE paigong.webhook SET failing_since = failing_since - interval '5 days'").await;
    scene.until("it to be disabled", async |scene| !state(scene, webhook).await.enabled).await;
    running.stop().await;
    let disabled = state(&scene, webhook).await;
    let reason = disabled.disabled_reason.unwrap();
    assert!(reason.contains("5 days") && reason.contains("500"), "{reason}");
    assert_eq!(scene.all(webhook).await[0].state, "pending", "what waits is kept");
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_a_failure_that_says_so() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(200)).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let running = scene.deliver_within(&[], |options| options.schedule.delays = vec![Duration::from_secs(60)]);
    let delivery = scene.attempted(webhook, 1).await;
    running.stop().await;
    assert!(endpoint.all().is_empty());
    assert_eq!((delivery.state.as_str(), delivery.status), ("pending", None));
    assert!(delivery.error.unwrap().contains("private"));
    assert!(state(&scene, webhook).await.failing_since.is_some());
}

#[tokio::test]
async fn secrets_that_cannot_be_opened_are_our_fault_and_cost_the_webhook_nothing() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(200)).await;
    let mut scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let right = std::mem::replace(&mut scene.keyring, std::sync::Arc::new(super::scene::keyring()));
    let running = scene.deliver(|options| options.schedule.delays = vec![Duration::from_millis(20)]);
    let delivery = scene.attempted(webhook, 3).await;
    running.stop().await;
    assert_eq!((delivery.state.as_str(), state(&scene, webhook).await.failing_since), ("pending", None));
    assert!(delivery.error.unwrap().contains("secret_keys"));
    scene.keyring = right;
    let running = scene.deliver(|_| {});
    scene.settled(webhook, "delivered", 1).await;
    running.stop().await;
}
