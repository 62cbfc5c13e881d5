//! What a skill's statement can't do, and what is left of it when it fails.

use dispatch::{Error, Reason, Status};
use serde_json::json;
use store::runs;

use crate::{Scene, skill, unchecked, with_facts};

const ADD: &str =
    "INSERT INTO work.item (tenant_id, name, price) VALUES (:tenant_id, :name, :price) RETURNING name, price";

#[tokio::test]
async fn quotes_semicolons_and_statements_in_a_value_are_just_a_value() {
    let evil = "'); DROP TABLE work.item; -- $1 :name \\ \" $$";
    let scene = Scene::new().await.with(json!({"name": evil, "price": 9.99}));
    let outcome = scene.run(&skill("write", ADD)).await;
    assert_eq!((outcome.status, &outcome.error), (Status::Succeeded, &None));
    assert_eq!(serde_json::to_value(outcome.rows).unwrap(), json!([{"name": evil, "price": 9.99}]));
}

#[tokio::test]
async fn values_arrive_with_the_type_of_their_slot_and_unfilled_ones_as_null() {
    let scene = Scene::new().await.with(json!({"day": "2026-12-02", "flag": true, "number": 7, "price": null}));
    let sql = "SELECT :day + 1 AS day, NOT :flag AS flag, :number * 2 AS number, :price AS price, :name AS name, :today AS today,
                      :now AS now, :user AS usr, :tenant_id AS tenant";
    let outcome = scene.run(&skill("read", sql)).await;
    let expected = json!([{"day": "2026-12-03", "flag": false, "number": 14, "price": null, "name": null, "today": "2026-11-23",
                           "now": "2026-11-23T10:00:00.250", "usr": "u-1", "tenant": scene.tenant.to_string()}]);
    assert_eq!(serde_json::to_value(&outcome.rows).unwrap(), expected, "{outcome:?}");
    let columns: Vec<_> = outcome.rows[0].keys().collect();
    assert_eq!(columns, ["day", "flag", "number", "price", "name", "today", "now", "usr", "tenant"], "in their order");
}

#[tokio::test]
async fn a_skill_sees_the_rows_of_its_tenant_only_also_when_its_statement_forgets_the_tenant() {
    let scene = Scene::new().await;
    let all = skill("read", "SELECT name FROM work.item ORDER BY id");
    assert_eq!(scene.run(&all).await.rows.len(), 2);
    let mut tx = scene.database.begin(scene.neighbour).await.unwrap();
    assert!(dispatch::run(&mut tx, &all, &scene.another_turn()).await.unwrap().rows.is_empty());
    let foreign = format!("UPDATE work.item SET name = '我的' WHERE tenant_id = '{}' RETURNING id", scene.tenant);
    let outcome = dispatch::run(&mut tx, &skill("write", &foreign), &scene.another_turn()).await;
    assert_eq!(outcome.unwrap().error.unwrap().reason, Reason::NothingChanged);
    let smuggled = format!("INSERT INTO work.item (tenant_id, name) VALUES ('{}', '外人') RETURNING id", scene.tenant);
    let mut tx = scene.database.begin(scene.neighbour).await.unwrap();
    let outcome = dispatch::run(&mut tx, &skill("write", &smuggled), &scene.another_turn()).await;
    assert_eq!(outcome.unwrap().error.unwrap().reason, Reason::Permission);
}

#[tokio::test]
async fn a_skill_reaches_neither_another_packs_tables_nor_the_products() {
    let scene = Scene::new().await;
    for sql in [
        "SELECT * FROM other.item",
        "SELECT * FROM paigong.turn",
        "SELECT hash FROM paigong.app_key",
        "SELECT paigong.ensure_role('paigong_pack_work')",
        "SELECT * FROM paigong.authenticate(''::bytea)",
    ] {
        let failure = scene.run(&unchecked("read", sql)).await.error.expect(sql);
        assert_eq!((failure.reason, failure.sqlstate.as_deref()), (Reason::Permission, Some("42501")), "{sql}");
    }
    for sql in ["DELETE FROM other.item RETURNING 1", "UPDATE paigong.turn SET answer = '' RETURNING 1"] {
        assert_eq!(scene.run(&unchecked("write", sql)).await.error.expect(sql).reason, Reason::Permission, "{sql}");
    }
}

#[tokio::test]
async fn a_read_skill_and_facts_cannot_write_not_even_through_a_function() {
    let scene = Scene::new().await;
    let failure = scene.run(&skill("read", "SELECT work.sneak() AS id")).await.error.unwrap();
    assert_eq!((failure.reason, failure.sqlstate.as_deref()), (Reason::Permission, Some("25006")));
    let mut tx = scene.begin().await;
    let sneaky = with_facts("write", "SELECT 1 AS one", Some("SELECT work.sneak() AS id"));
    let facts = dispatch::facts(&mut tx, &sneaky, &scene.request()).await;
    assert!(
        matches!(facts, Err(Error::Facts { ref failure, .. }) if failure.reason == Reason::Permission),
        "{facts:?}"
    );
    // The transaction is as writable as before.
    let sneaked =
        dispatch::run(&mut tx, &skill("write", "SELECT work.sneak() AS id"), &scene.another_turn()).await.unwrap();
    assert_eq!(sneaked.status, Status::Succeeded, "{sneaked:?}");
}

#[tokio::test]
async fn role_path_limits_and_mode_hold_during_the_skill_and_are_back_afterwards() {
    let scene = Scene::new().await;
    let settings = "SELECT concat_ws(' ', current_user, current_setting('search_path'), current_setting('transaction_read_only'), \
                    current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('TimeZone'), \
                    current_setting('app.tenant'))";
    let mut tx = scene.begin().await;
    let before: String = sqlx::query_scalar(settings).fetch_one(tx.connection()).await.unwrap();
    assert!(before.starts_with("paigong_app ") && before.contains(" off 15s 5s "), "{before}");
    for (effect, sql, during) in [
        ("read", "SELECT work.settings() AS s", Some("paigong_pack_work work on 5s 2s Asia/Shanghai")),
        ("write", "SELECT work.settings() AS s", Some("paigong_pack_work work off 5s 2s Asia/Shanghai")),
        ("read", "SELECT 1 / 0 AS s", None),
        ("write", "SELECT 1 / 0 AS s", None),
        ("write", "UPDATE work.item SET name = name WHERE false RETURNING 1 AS s", None),
    ] {
        let skill = skill(effect, sql);
        let outcome = dispatch::run(&mut tx, &skill, &scene.another_turn()).await.unwrap();
        assert_eq!(outcome.rows.first().map(|row| row["s"].as_str().unwrap()), during, "{effect}: {sql}");
        let after: String = sqlx::query_scalar(settings).fetch_one(tx.connection()).await.unwrap();
        assert_eq!(after, before, "{effect}: {sql}");
    }
}

#[tokio::test]
async fn a_failed_statement_leaves_no_effect_a_ledger_row_and_a_transaction_that_goes_on() {
    let scene = Scene::new().await.with(json!({"name": "扳手"}));
    let mut tx = scene.begin().await;
    let outcome = dispatch::run(&mut tx, &skill("write", &ADD.replace(":price", "1")), &scene.request()).await.unwrap();
    let failure = outcome.error.unwrap();
    assert_eq!(
        (outcome.status, failure.reason, failure.constraint.as_deref()),
        (Status::Failed, Reason::Constraint, Some("item_name"))
    );
    scene.finish(tx).await;
    let run =
        runs::get(&mut scene.begin().await, scene.app, outcome.run_id).await.unwrap().expect("it is in the ledger");
    assert_eq!((run.state.as_str(), &run.result), ("failed", &None));
    assert_eq!(run.error.unwrap()["reason"], "constraint");
    assert_eq!(scene.items().await, ["扳手", "锤子"]);
}

#[tokio::test]
async fn failures_are_told_apart() {
    let scene = Scene::new().await.with(json!({"name": "", "day": "not a day", "number": 0}));
    for (sql, reason) in [
        ("INSERT INTO work.item (tenant_id, name) VALUES (:tenant_id, :name) RETURNING id", Reason::Constraint),
        ("SELECT :day AS day", Reason::Value),
        ("SELECT 1 / :number AS x", Reason::Value),
        ("SELECT * FROM work.nothing", Reason::Other),
        ("SELECT interval '1 day' AS p", Reason::Result),
    ] {
        assert_eq!(scene.run(&skill("write", sql)).await.error.expect(sql).reason, reason, "{sql}");
    }
    let scene = scene.with(json!({"name": "a\0b"}));
    let mut tx = scene.begin().await;
    let outcome = dispatch::run(&mut tx, &skill("read", "SELECT :name AS name"), &scene.request()).await.unwrap();
    assert_eq!(outcome.error.unwrap().reason, Reason::Value, "NUL, which Postgres has no text for");
    scene.finish(tx).await;
}

#[tokio::test]
async fn a_write_that_changes_nothing_has_failed_and_what_else_it_did_is_taken_back() {
    let scene = Scene::new().await.with(json!({"name": "没有"}));
    let sql = "WITH noted AS (INSERT INTO work.item (tenant_id, name) VALUES (:tenant_id, '记录') RETURNING id)
               UPDATE work.item SET price = 1 WHERE tenant_id = :tenant_id AND name = :name RETURNING name";
    let mut tx = scene.begin().await;
    let outcome = dispatch::run(&mut tx, &skill("write", sql), &scene.request()).await.unwrap();
    assert_eq!(outcome.error.unwrap().reason, Reason::NothingChanged);
    scene.finish(tx).await;
    assert_eq!(scene.items().await, ["扳手", "锤子"]);
}

#[tokio::test]
async fn facts_are_the_first_row_or_none() {
    let scene = Scene::new().await.with(json!({"name": "锤子"}));
    let facts = "SELECT price FROM work.item WHERE tenant_id = :tenant_id AND name = :name";
    let with = with_facts("write", "SELECT 1 AS one", Some(facts));
    let mut tx = scene.begin().await;
    let found = dispatch::facts(&mut tx, &with, &scene.request()).await.unwrap();
    assert_eq!(found.map(serde_json::Value::Object), Some(json!({"price": 30})));
    let without = skill("write", "SELECT 1 AS one");
    assert_eq!(dispatch::facts(&mut tx, &without, &scene.request()).await.unwrap(), None);
    let scene = scene.with(json!({"name": "没有"}));
    assert_eq!(dispatch::facts(&mut tx, &with, &scene.request()).await.unwrap(), None);
}

#[tokio::test]
async fn no_spelling_of_a_statement_changes_the_tenant() {
    // Whether skills::sql refuses such a statement or not: it does not run.
    let scene = Scene::new().await;
    for sql in [
        r#"SELECT U&"set\005fconfig"('app.tenant', '', true) AS x"#,
        r#"SELECT pg_catalog."set_config"('app.tenant', '', true) AS x"#,
        "SELECT query_to_xml_and_xmlschema('SELECT set_config(''app.tenant'', ''x'', true)', true, true, '') AS x",
        "SELECT word FROM ts_stat('SELECT to_tsvector(current_setting(''app.tenant''))')",
    ] {
        let statement =
            skills::sql::Statement { text: sql.into(), parameters: Vec::new(), is_query: true, columns: None };
        let mut tx = scene.begin().await;
        let access = dispatch::sql::Access::Read;
        let result =
            dispatch::sql::execute(&mut tx, "work", &statement, access, &scene.request(), |_| Ok(())).await.unwrap();
        assert_eq!(result.expect_err(sql).reason, Reason::Permission, "{sql}");
    }
}
