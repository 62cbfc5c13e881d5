//! Conversations and turns: whose they are, and that only one turn can follow a state.

use paigong_core::{ConversationId, Language, TurnId};
use serde_json::json;
use store::testing::Database;
use store::{Error, conversations, runs, turns};

use crate::{conversation, tenant, turn};

#[tokio::test]
async fn a_conversation_is_there_for_its_user_app_and_tenant_only() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, other_app) = tenant(&database, "乙").await;
    let id = conversation(&database, a, &app, "u-1").await;
    let mut tx = database.begin(a).await.unwrap();
    let found = conversations::load(&mut tx, app.id, "u-1", id).await.unwrap().expect("it is there");
    assert_eq!(
        (found.version, found.language, found.state.to_string().as_str()),
        (1, Language::Zh, r#"{"b":1,"a":[1]}"#)
    );
    assert_eq!(conversations::load(&mut tx, app.id, "u-2", id).await.unwrap(), None, "another user");
    assert_eq!(conversations::load(&mut tx, other_app.id, "u-1", id).await.unwrap(), None, "another app");
    assert_eq!(conversations::load(&mut tx, app.id, "u-1", ConversationId::new()).await.unwrap(), None, "no such id");
    let mut tx = database.begin(b).await.unwrap();
    assert_eq!(conversations::load(&mut tx, app.id, "u-1", id).await.unwrap(), None, "another tenant");
}

#[tokio::test]
async fn the_second_of_two_turns_on_the_same_state_is_refused() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u-1").await;
    let mut first = database.begin(a).await.unwrap();
    conversations::lock(&mut first, id, 1).await.unwrap();
    let second = {
        let database = database.store.clone();
        tokio::spawn(async move {
            let mut second = database.begin(a).await.unwrap();
            conversations::lock(&mut second, id, 1).await
        })
    };
    assert_eq!(conversations::save(&mut first, id, 1, &json!({"n": 2}), Language::En).await.unwrap(), 2);
    turn(&mut first, id, "一").await;
    first.commit().await.unwrap();
    assert!(matches!(second.await.unwrap(), Err(Error::Conflict { .. })), "it waited, and found version 2");
    let mut late = database.begin(a).await.unwrap();
    let saved = conversations::save(&mut late, id, 1, &json!({"n": 3}), Language::Zh).await;
    assert!(matches!(saved, Err(Error::Conflict { .. })), "{saved:?}");
    let now = conversations::load(&mut late, app.id, "u-1", id).await.unwrap().unwrap();
    assert_eq!((now.version, now.state, now.language), (2, json!({"n": 2}), Language::En));
}

#[tokio::test]
async fn turns_are_numbered_and_come_back_as_they_were_written() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u-1").await;
    let mut tx = database.begin(a).await.unwrap();
    let (first, one) = turn(&mut tx, id, "下周三请一天年假").await;
    let (_, two) = turn(&mut tx, id, "嗯").await;
    tx.commit().await.unwrap();
    assert_eq!((one, two), (1, 2));
    let mut tx = database.begin(a).await.unwrap();
    let listed = turns::list(&mut tx, id, 0, 10).await.unwrap();
    assert_eq!(listed.iter().map(|turn| turn.query.as_str()).collect::<Vec<_>>(), ["下周三请一天年假", "嗯"]);
    assert_eq!(listed[0].response.to_string(), r#"{"z":1,"a":2}"#, "keys keep their order");
    assert_eq!(turns::list(&mut tx, id, 1, 10).await.unwrap().len(), 1);
    assert_eq!(turns::get(&mut tx, first).await.unwrap().unwrap(), listed[0]);
    assert_eq!(runs::list(&mut tx, id).await.unwrap(), []);
}

#[tokio::test]
async fn a_turn_without_its_conversation_is_refused_at_commit_and_may_be_written_before_it() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    turn(&mut tx, ConversationId::new(), "无主").await;
    assert!(tx.commit().await.is_err());
    let (id, state) = (ConversationId::new(), json!({}));
    let mut tx = database.begin(a).await.unwrap();
    let (written, _) = turn(&mut tx, id, "先写").await;
    let new = conversations::NewConversation { id, app: app.id, end_user: "u", state: &state, language: Language::Zh };
    conversations::insert(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    assert!(turns::get(&mut tx, written).await.unwrap().is_some());
    assert!(turns::get(&mut tx, TurnId::new()).await.unwrap().is_none());
}

#[tokio::test]
async fn conversations_are_listed_in_pages_newest_first() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(conversation(&database, a, &app, "u-1").await);
    }
    conversation(&database, a, &app, "u-2").await;
    ids.reverse();
    let mut tx = database.begin(a).await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = conversations::list(&mut tx, app.id, "u-1", before, 2).await.unwrap();
        seen.extend(page.conversations.iter().map(|conversation| conversation.id));
        before = seen.last().copied();
        if !page.has_more {
            break;
        }
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_text_that_postgres_cannot_store_is_an_error_of_the_value() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let loaded = conversations::load(&mut tx, app.id, "u\0", ConversationId::new()).await;
    assert!(matches!(loaded, Err(Error::Value { .. })), "{loaded:?}");
}

#[tokio::test]
async fn a_savepoint_takes_back_an_error_and_the_transaction_lives_on() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u-1").await;
    let mut tx = database.begin(a).await.unwrap();
    turn(&mut tx, id, "留下").await;
    tx.savepoint().await.unwrap();
    turn(&mut tx, id, "收回").await;
    assert!(tx.batch("SELECT 1/0", "dividing").await.is_err());
    tx.rollback_to_savepoint().await.unwrap();
    tx.savepoint().await.unwrap();
    turn(&mut tx, id, "也留下").await;
    tx.release_savepoint().await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    let queries: Vec<_> = turns::list(&mut tx, id, 0, 10).await.unwrap().into_iter().map(|turn| turn.query).collect();
    assert_eq!(queries, ["留下", "也留下"]);
}

#[tokio::test]
async fn an_exhausted_pool_is_said_to_be_unavailable() {
    let database = Database::with(|options| {
        options.max_connections = 1;
        options.acquire_timeout = std::time::Duration::from_millis(50);
    })
    .await;
    let (a, _) = tenant(&database, "甲").await;
    let held = database.begin(a).await.unwrap();
    let refused = database.begin(a).await.expect_err("there is one connection");
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    assert!(matches!(database.ping().await, Err(Error::Unavailable { .. })));
    drop(held);
    database.ping().await.unwrap();
}
