//! The ledger: effect, run and turn happen together, once, or not at all.

use dispatch::{Error, Request, Status, ledger};
use paigong_core::{ConversationId, TurnId};
use serde_json::json;
use store::runs;

use crate::{Scene, skill};

const ADD: &str = "INSERT INTO work.item (tenant_id, name) VALUES (:tenant_id, :name) RETURNING name";

#[tokio::test]
async fn effect_run_and_turn_are_committed_together() {
    let scene = Scene::new().await.with(json!({"name": "钳子"}));
    let mut tx = scene.begin().await;
    let outcome = dispatch::run(&mut tx, &skill("write", ADD), &scene.request()).await.unwrap();
    assert_eq!(outcome.status, Status::Succeeded);
    scene.finish(tx).await;
    assert_eq!(scene.items().await, ["扳手", "锤子", "钳子"]);
    let runs = runs::list(&mut scene.begin().await, scene.conversation).await.unwrap();
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    assert_eq!(
        (run.id, run.turn, run.state.as_str(), run.effect.as_str()),
        (outcome.run_id, scene.turn, "succeeded", "write")
    );
    assert_eq!((run.skill.as_str(), run.skill_version, &run.slots), ("work.test", 1, &json!({"name": "钳子"})));
    assert_eq!(run.result, Some(json!({"rows": [{"name": "钳子"}], "truncated": false})));
    assert!(run.finished_at.unwrap() >= run.created_at);
}

#[tokio::test]
async fn without_a_commit_there_is_neither_effect_nor_run() {
    let scene = Scene::new().await.with(json!({"name": "钳子"}));
    let mut tx = scene.begin().await;
    dispatch::run(&mut tx, &skill("write", ADD), &scene.request()).await.unwrap();
    drop(tx);
    assert_eq!(scene.items().await, ["扳手", "锤子"]);
    assert!(runs::list(&mut scene.begin().await, scene.conversation).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_same_run_is_not_executed_twice() {
    let scene = Scene::new().await.with(json!({"name": "钳子"}));
    // Without the unique name: only the ledger stands in the way.
    let add = skill(
        "write",
        "UPDATE work.item SET price = price + 1 WHERE tenant_id = :tenant_id AND id = 1 RETURNING price",
    );
    let mut tx = scene.begin().await;
    dispatch::run(&mut tx, &add, &scene.request()).await.unwrap();
    scene.finish(tx).await;
    let mut tx = scene.begin().await;
    let again = dispatch::run(&mut tx, &add, &scene.request()).await;
    assert!(matches!(again, Err(Error::AlreadyRun)), "{again:?}");
    tx.rollback().await.unwrap();
    let price = scene.run(&skill("read", "SELECT price FROM work.item WHERE tenant_id = :tenant_id AND id = 1")).await;
    assert!(price.error.is_none());
    assert_eq!(price.rows[0]["price"], json!(13.5));
}

#[tokio::test]
async fn the_run_key_tells_runs_apart_by_every_part_and_not_by_the_order_of_slots() {
    let scene = Scene::new().await.with(json!({"name": "a", "price": 1}));
    let (one, request) = (skill("write", ADD), scene.request());
    let key = |request: &Request<'_>| ledger::run_key(scene.tenant, &one, request);
    let reordered = json!({"price": 1, "name": "a"});
    assert_eq!(key(&request), key(&Request { slots: reordered.as_object().unwrap(), ..request }));
    assert_eq!(key(&request).len(), 64);
    let other_slots = json!({"name": "a", "price": 2});
    let changed = [
        key(&Request { turn: TurnId::new(), ..request }),
        key(&Request { conversation: ConversationId::new(), ..request }),
        key(&Request { slots: other_slots.as_object().unwrap(), ..request }),
        ledger::run_key(scene.neighbour, &one, &request),
        ledger::run_key(scene.tenant, &skills::Skill::compile(one.manifest.clone(), 2, "work").unwrap(), &request),
    ];
    assert!(!changed.contains(&key(&request)));
}
