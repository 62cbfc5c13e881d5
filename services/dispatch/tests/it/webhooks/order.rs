//! The order within a conversation, and that nothing is lost or made in parallel, whoever delivers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::deliveries;
use tokio::sync::watch;

use super::endpoint::{Answer, Endpoint};
use super::scene::Scene;

#[tokio::test]
async fn a_conversation_waits_for_its_first_event_and_other_conversations_do_not() {
    // The first event of the one conversation fails until the other conversation's has arrived.
    let other_arrived = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&other_arrived);
    let endpoint = Endpoint::new(move |received, _| match received.n() {
        1 if !seen.load(Ordering::SeqCst) => Answer::Status(500),
        10 => {
            seen.store(true, Ordering::SeqCst);
            Answer::Status(200)
        }
        _ => Answer::Status(200),
    })
    .await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    let (one, other) = (scene.conversation().await, scene.conversation().await);
    for n in 1..=3 {
        scene.emit(Some(one), n).await;
    }
    scene.emit(Some(other), 10).await;
    let running = scene.deliver(|options| options.schedule.delays = vec![Duration::from_millis(20); 500]);
    let delivered = scene.settled(webhook, "delivered", 4).await;
    running.stop().await;
    let mut arrived: Vec<_> = endpoint.all().iter().map(super::endpoint::Received::n).filter(|n| *n != 10).collect();
    arrived.dedup();
    assert_eq!(arrived, [1, 2, 3]);
    assert!(delivered[0].attempt > 1, "{delivered:?}");
    assert_eq!(delivered[1].attempt, 1, "nobody tried the second before the first had arrived");
}

#[tokio::test]
async fn two_workers_deliver_every_event_once_and_a_conversations_in_order() {
    let endpoint = Endpoint::new(|_, _| Answer::Status(200)).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    for conversation in 0..5 {
        let id = scene.conversation().await;
        for n in 0..8 {
            scene.emit(Some(id), conversation * 100 + n).await;
        }
    }
    let workers = [scene.deliver(|_| {}), scene.deliver(|_| {})];
    let delivered = scene.settled(webhook, "delivered", 40).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(endpoint.all().len(), 40, "none came twice");
    assert!(delivered.iter().all(|delivery| delivery.attempt == 1));
    let mut last = HashMap::new();
    for received in endpoint.all() {
        let (conversation, n) = (received.n() / 100, received.n() % 100);
        assert_eq!(last.insert(conversation, n).map_or(0, |before| before + 1), n, "conversation {conversation}");
    }
    // One webhook has half of one worker's places at most, however many workers there are.
    assert!(endpoint.most_at_once.lock().unwrap().1 <= 4);
}

#[tokio::test]
async fn an_endpoint_that_hangs_does_not_hold_up_another() {
    let (hanging, good) = (Endpoint::new(|_, _| Answer::Hang).await, Endpoint::new(|_, _| Answer::Status(200)).await);
    let scene = Scene::new().await;
    scene.webhook(&hanging.url()).await;
    for n in 0..50 {
        scene.emit(None, n).await;
    }
    let running = scene.deliver(|_| {});
    hanging.received(4).await;
    let webhook = scene.webhook(&good.url()).await;
    for n in 0..20 {
        scene.emit(None, n).await;
    }
    scene.settled(webhook, "delivered", 20).await;
    assert_eq!(hanging.all().len(), 4, "half the places are its own, and the others are not");
    running.kill().await;
}

#[tokio::test]
async fn a_worker_that_dies_before_it_has_written_so_is_followed_by_another_with_the_same_id() {
    let endpoint = Endpoint::new(|_, index| if index == 0 { Answer::Hang } else { Answer::Status(200) }).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let lease = |options: &mut dispatch::webhooks::Options| options.lease = Duration::from_millis(300);
    let first = scene.deliver(lease);
    endpoint.received(1).await;
    first.kill().await;
    let second = scene.deliver(lease);
    let delivery = scene.settled(webhook, "delivered", 1).await.remove(0);
    second.stop().await;
    let all = endpoint.all();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].header("webhook-id"), all[1].header("webhook-id"));
    assert_eq!(delivery.attempt, 2);
    let attempts = deliveries::attempts(&mut scene.begin().await, delivery.id).await.unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.attempt).collect::<Vec<_>>(), [2], "the first never ended");
}

#[tokio::test]
async fn a_worker_whose_lease_is_over_writes_nothing() {
    let (open, gate) = watch::channel(false);
    let endpoint =
        Endpoint::new(move |_, index| if index == 0 { Answer::Gate(gate.clone()) } else { Answer::Status(201) }).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    scene.emit(None, 1).await;
    let slow = scene.deliver(|options| options.lease = Duration::from_millis(200));
    endpoint.received(1).await;
    slow.cancel();
    let quick = scene.deliver(|_| {});
    scene.settled(webhook, "delivered", 1).await;
    open.send(true).unwrap();
    slow.stop().await;
    quick.stop().await;
    let delivery = scene.all(webhook).await.remove(0);
    assert_eq!((delivery.status, delivery.attempt), (Some(201), 2));
    assert_eq!(deliveries::attempts(&mut scene.begin().await, delivery.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_worker_that_is_stopped_finishes_what_is_under_way_and_begins_nothing() {
    let (open, gate) = watch::channel(false);
    let endpoint = Endpoint::new(move |_, _| Answer::Gate(gate.clone())).await;
    let scene = Scene::new().await;
    let webhook = scene.webhook(&endpoint.url()).await;
    let conversation = scene.conversation().await;
    scene.emit(Some(conversation), 1).await;
    scene.emit(Some(conversation), 2).await;
    let running = scene.deliver(|_| {});
    endpoint.received(1).await;
    running.cancel();
    open.send(true).unwrap();
    running.stop().await;
    let states: Vec<_> = scene.all(webhook).await.into_iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, ["delivered", "pending"]);
    assert_eq!(endpoint.all().len(), 1);
}
