//! A process dies at every named point between a claim, its effect, its commit and its acknowledgement.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use store::testing::Database;

use super::bank::{Bank, Mood};
use super::scene::{Client, DEADLINE, Scene};

/// Points of a turn whose effect is part of its transaction. The second message is the one that writes.
const OF_A_TURN: [&str; 6] = [
    "turn.claimed:2",
    "run.before_effect",
    "run.after_effect",
    "turn.before_commit:2",
    "turn.committed:1",
    "turn.committed:2",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_dies_anywhere_is_done_once_when_it_is_sent_again() {
    let database = Database::new().await;
    let scene = Scene::on(database.url(), Bank::new(|_, _| Mood::Fine).await).await;
    for (index, point) in OF_A_TURN.into_iter().enumerate() {
        let (mut server, address) = scene.serve(&[("PAIGONG_TEST_CRASH", point)]);
        let address = Arc::new(Mutex::new(address));
        let client = scene.client(&address);
        let reference = format!("R-t{index}");
        let writing = tokio::spawn(async move { client.write("ledger.transfer", &reference).await });
        server.died().await;
        let (server, again) = scene.serve(&[]);
        *address.lock().unwrap() = again;
        let answer = writing.await.unwrap();
        assert_eq!(answer["execution"]["status"], "succeeded", "{point}: {answer}");
        scene.holds(index + 1).await;
        drop(server);
    }
}

/// Points of a worker, and the skill whose run comes to them.
const OF_A_WORKER: [(&str, &str); 9] = [
    ("job.claimed", "ledger.pay"),
    ("call.before", "ledger.pay"),
    ("call.after", "ledger.pay"),
    ("job.before_record", "ledger.pay"),
    ("job.recorded", "ledger.pay"),
    ("job.claimed", "ledger.charge"),
    ("call.after", "ledger.charge"),
    ("steps.before_commit", "ledger.both"),
    ("call.after", "ledger.both"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_anywhere_leaves_what_another_finishes() {
    let database = Database::new().await;
    let scene = Scene::on(database.url(), Bank::new(|_, _| Mood::Fine).await).await;
    let (_server, address) = scene.serve(&[("PAIGONG_WORKER_CONCURRENCY", "0")]);
    let client = scene.client(&Arc::new(Mutex::new(address)));
    let mut transfers = 0;
    for (index, (point, skill)) in OF_A_WORKER.into_iter().enumerate() {
        let reference = format!("R-w{index}");
        transfers += usize::from(skill == "ledger.both");
        let mut worker = scene.worker(&[("PAIGONG_TEST_CRASH", point)]);
        let writing = {
            let (client, reference) = (client.clone(), reference.clone());
            tokio::spawn(async move { client.write(skill, &reference).await })
        };
        worker.died().await;
        let next = scene.worker(&[]);
        writing.await.unwrap();
        scene.settled().await;
        drop(next);
        scene.holds(transfers).await;
        match skill {
            "ledger.pay" | "ledger.both" => {
                let path = format!("/pay/{reference}");
                assert_eq!(scene.bank.done(&path), 1, "{point} {skill}: the bank does it once");
                assert_eq!(outcome(&client, &reference, skill).await, "succeeded", "{point}");
            }
            _ => {
                let path = format!("/charge/{reference}");
                let is_known = point == "job.claimed";
                assert_eq!(scene.bank.done(&path), usize::from(!is_known), "{point}: never asked twice");
                assert_eq!(outcome(&client, &reference, skill).await, "unknown", "{point}: it may have been done");
            }
        }
    }
    let unknown = client.get("/v1/runs?status=unknown").await;
    assert_eq!(unknown["data"].as_array().map(Vec::len), Some(2), "what can't be known is listed: {unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_arrives_wherever_the_worker_dies() {
    let database = Database::new().await;
    let scene = Scene::on(database.url(), Bank::new(|_, _| Mood::Fine).await).await;
    let (first, address) = scene.serve(&[]);
    let address = Arc::new(Mutex::new(address));
    let client = scene.client(&address);
    let hook = json!({"url": format!("http://{}/hook/all", scene.bank.address), "events": ["run.succeeded"]});
    let (status, created) = client.post("/v1/webhooks", None, &hook).await.unwrap();
    assert!(status.is_success(), "{created}");
    drop(first);
    // Without keys it delivers nothing, so that the workers do.
    let (_server, again) = scene.serve(&[("PAIGONG_SECRET_KEYS", "")]);
    *address.lock().unwrap() = again;
    for (index, point) in ["webhook.claimed", "webhook.sent", "webhook.recorded"].into_iter().enumerate() {
        let mut worker = scene.worker(&[("PAIGONG_TEST_CRASH", point)]);
        client.write("ledger.transfer", &format!("R-h{index}")).await;
        worker.died().await;
    }
    let _worker = scene.worker(&[]);
    let begun = Instant::now();
    while scene.number("SELECT count(*) FROM paigong.delivery WHERE state <> 'delivered'").await > 0 {
        assert!(begun.elapsed() < DEADLINE, "a delivery whose worker died is made again when its lease is over");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let events = scene.number("SELECT count(*) FROM paigong.event").await;
    assert_eq!(i64::try_from(scene.bank.done("/hook/all")).unwrap(), events, "every event has arrived");
    assert!(scene.bank.asked("/hook/all") > scene.bank.done("/hook/all"), "one that was sent and not recorded, twice");
    assert_eq!(events, 3);
}

/// How the run ended, as the ledger says.
async fn outcome(client: &Client, reference: &str, skill: &str) -> String {
    let runs = client.get("/v1/runs?limit=100").await;
    let is_it = |run: &&serde_json::Value| run["skill"] == skill && run["slots"]["reference"] == reference;
    let run = runs["data"].as_array().unwrap().iter().find(is_it).unwrap_or_else(|| panic!("{reference}: {runs}"));
    run["status"].as_str().unwrap().to_owned()
}
