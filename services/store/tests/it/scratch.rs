//! Databases that live shortly: created, dropped, and their packs' data put back.

use serde_json::json;
use store::scratch::{self, Scratch};
use store::testing::Database;
use store::{Error, Store, packs};

use crate::{pack, tenant, thing};

#[tokio::test]
async fn a_scratch_database_is_empty_at_first_and_gone_at_the_end() {
    let database = Database::new().await;
    let scratch = Scratch::create(&database.url()).await.unwrap();
    let url = scratch.url();
    let store = Store::connect(scratch::options(url.clone())).await.unwrap();
    assert!(store.migrations().await.unwrap().iter().all(|one| one.state == store::MigrationState::Pending));
    store.migrate().await.unwrap();
    // Dropped although somebody is still connected.
    drop(scratch);
    let again = Store::connect(scratch::options(url)).await;
    assert!(again.is_err(), "{again:?}");
}

#[tokio::test]
async fn the_data_of_a_pack_is_put_back_with_its_numbers() {
    let database = Database::new().await;
    let (only, _) = tenant(&database, "甲").await;
    let schema = format!("{} CREATE SEQUENCE IF NOT EXISTS shop.number START 7;", thing("shop"));
    let pack = pack("shop", &schema, "INSERT INTO shop.thing (name) VALUES ('甲' || nextval('shop.number'))");
    packs::install(&database, &pack).await.unwrap();
    packs::seed(&database, only, &pack).await.unwrap();
    let value = async |sql: &str| scratch::value(&database, only, "shop", sql).await;
    const ALL: &str = "SELECT string_agg(id || name, ' ' ORDER BY id) FROM shop.thing";
    assert_eq!(value(ALL).await.unwrap(), json!("1甲7"));
    let mut tx = database.begin(only).await.unwrap();
    let change =
        "SET LOCAL ROLE paigong_pack_shop; INSERT INTO shop.thing (name) VALUES ('乙' || nextval('shop.number'))";
    tx.batch(change, "changing").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(value(ALL).await.unwrap(), json!("1甲7 2乙8"));
    scratch::reset(&database, only, &pack).await.unwrap();
    assert_eq!(value(ALL).await.unwrap(), json!("1甲7"), "one row, numbered as the first");
    assert_eq!(value("SELECT 1 WHERE false").await.unwrap(), json!(null));
    let refused = value("SELECT * FROM paigong.tenant").await;
    assert!(matches!(refused, Err(Error::Pack { .. })), "the pack's role sees its own schema only: {refused:?}");
}
