//! Delivering events, against a real database and endpoints of every kind.

pub(crate) mod endpoint;
mod failing;
mod order;
mod scene;

use outbound::signature;
use serde_json::{Value, json};
use store::{deliveries, webhooks};

use endpoint::{Answer, Endpoint};
use scene::Scene;

#[tokio::test]
async fn an_event_arrives_signed_with_every_secret_and_is_logged() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(204)).await;
    let scene = Scene::new().await;
    let secrets = [signature::Secret::generate(), signature::Secret::generate()];
    let webhook = scene.webhook_with(&endpoint.url(), &["run.succeeded"], &secrets).await;
    scene.emit(None, 7).await;
    let running = scene.deliver(|_| {});
    let received = &endpoint.received(1).await[0];
    let delivery = scene.settled(webhook, "delivered", 1).await.remove(0);

    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("Paigong"), "{received:?}");
    assert_eq!(received.header("webhook-id"), delivery.event_id.to_string());
    let body: Value = serde_json::from_str(&received.body).unwrap();
    assert_eq!((&body["type"], &body["data"]), (&json!("run.succeeded"), &json!({"n": 7})));
    let signatures: Vec<_> = received.header("webhook-signature").split(' ').collect();
    assert_eq!(signatures.len(), 2);
    for secret in &secrets {
        scene::verify(secret, received).unwrap();
    }
    scene::verify(&signature::Secret::generate(), received).unwrap_err();

    let mut tx = scene.begin().await;
    assert_eq!(deliveries::payload(&mut tx, delivery.event_id).await.unwrap(), received.body);
    let attempts = deliveries::attempts(&mut tx, delivery.id).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].attempt, attempts[0].status, &attempts[0].error), (1, Some(204), &None));
    assert!(attempts[0].ended_at >= attempts[0].started_at);
    assert_eq!((delivery.attempt, delivery.status, delivery.error), (1, Some(204), None));
    running.stop().await;
}

#[tokio::test]
async fn an_event_goes_to_the_webhooks_of_its_app_that_want_it_and_to_nobody_else() {
    let (wanted, other) =
        (Endpoint::new(|_, _| Answer::Status(200)).await, Endpoint::new(|_, _| Answer::Status(200)).await);
    let scene = Scene::new().await;
    let webhook = scene.webhook(&wanted.url()).await;
    scene.webhook_with(&other.url(), &["run.failed"], &[signature::Secret::generate()]).await;
    let neighbours = scene.neighbours_webhook(&other.url()).await;
    scene.emit(None, 1).await;
    let running = scene.deliver(|_| {});
    scene.settled(webhook, "delivered", 1).await;
    running.stop().await;
    assert_eq!((wanted.all().len(), other.all().len()), (1, 0));
    let mut tx = scene.database.begin(scene.neighbour).await.unwrap();
    assert!(deliveries::list(&mut tx, neighbours, None, None, 10).await.unwrap().is_empty());
    // Nor can the neighbour see, change or replay what is not its own.
    assert!(deliveries::list(&mut tx, webhook, None, None, 10).await.unwrap().is_empty());
    assert!(webhooks::get(&mut tx, scene.app, webhook).await.unwrap().is_none());
    let delivery = scene.all(webhook).await.remove(0).id;
    assert!(!deliveries::replay(&mut tx, webhook, delivery).await.unwrap());
}

#[tokio::test]
async fn a_test_goes_to_one_webhook_alone_whatever_it_wants() {
    let (tested, other) =
        (Endpoint::new(|_, _| Answer::Status(200)).await, Endpoint::new(|_, _| Answer::Status(200)).await);
    let scene = Scene::new().await;
    let webhook = scene.webhook_with(&tested.url(), &["run.failed"], &[signature::Secret::generate()]).await;
    scene.webhook(&other.url()).await;
    let mut tx = scene.begin().await;
    let delivery = dispatch::webhooks::test(&mut tx, scene.app, webhook).await.unwrap();
    tx.commit().await.unwrap();
    let running = scene.deliver(|_| {});
    assert_eq!(scene.settled(webhook, "delivered", 1).await[0].id, delivery.id);
    running.stop().await;
    let body: Value = serde_json::from_str(&tested.all()[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]["webhook_id"]), (&json!("test"), &json!(webhook)));
    assert!(other.all().is_empty());
}

#[tokio::test]
async fn what_was_delivered_can_be_sent_again_with_the_same_id_and_a_longer_history() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(200)).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let running = scene.deliver(|_| {});
    let first = scene.settled(webhook, "delivered", 1).await.remove(0);
    let mut tx = scene.begin().await;
    assert!(deliveries::replay(&mut tx, webhook, first.id).await.unwrap());
    assert!(!deliveries::replay(&mut tx, webhook, first.id).await.unwrap(), "it is pending already");
    tx.commit().await.unwrap();
    let received = endpoint.received(2).await;
    let again = scene.settled(webhook, "delivered", 1).await.remove(0);
    running.stop().await;
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    assert_eq!(received[0].body, received[1].body);
    assert_eq!((again.id, again.attempt), (first.id, 2));
    assert!(again.position > first.position);
    let attempts = deliveries::attempts(&mut scene.begin().await, first.id).await.unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.attempt).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn old_events_are_forgotten_but_not_what_is_still_to_be_sent() {
    let endpoint = Endpoint::new(|received, _| Answer::Status(if received.n() == 1 { 200 } else { 500 })).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    scene.emit(None, 2).await;
    let running = scene.deliver(|options| options.schedule.delays = vec![endpoint::DEADLINE; 3]);
    scene.settled(webhook, "delivered", 1).await;
    endpoint.received(2).await;
    running.stop().await;
    scene.set("UPDATE paigong.event SET created_at = created_at - interval '31 days'").await;
    scene.set("UPDATE paigong.delivery SET finished_at = finished_at - interval '31 days'").await;
    let running = scene.deliver(|options| options.sweep = std::time::Duration::ZERO);
    scene.until("the old one to be gone", async |scene| scene.all(webhook).await.len() == 1).await;
    assert_eq!(scene.all(webhook).await[0].state, "pending");
    // What waits for a webhook that is disabled is not to be sent: it goes, too.
    let mut tx = scene.begin().await;
    webhooks::disable(&mut tx, webhook, "by hand").await.unwrap();
    tx.commit().await.unwrap();
    scene.until("all of it to be gone", async |scene| scene.all(webhook).await.is_empty()).await;
    running.stop().await;
}
