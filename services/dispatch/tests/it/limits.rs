//! Time, rows, bytes, and a connection that is lost.

use std::time::Duration;

use dispatch::{Error, Reason, Status};
use serde_json::json;
use sqlx::Executor as _;
use store::testing::Database;

use crate::{Scene, skill};

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    let mut scene = Scene::new().await;
    scene.limits.statement_timeout = Duration::from_millis(100);
    let failure =
        scene.run(&skill("read", "SELECT count(*) AS n FROM generate_series(1, 1000000000000)")).await.error.unwrap();
    assert_eq!((failure.reason, failure.sqlstate.as_deref()), (Reason::Timeout, Some("57014")));
}

#[tokio::test]
async fn a_row_that_somebody_else_holds_is_waited_for_only_so_long() {
    let mut scene = Scene::new().await;
    scene.limits.lock_timeout = Duration::from_millis(100);
    let take = skill("write", "UPDATE work.item SET price = 1 WHERE tenant_id = :tenant_id AND id = 1 RETURNING id");
    let mut holder = scene.begin().await;
    assert_eq!(dispatch::run(&mut holder, &take, &scene.request()).await.unwrap().status, Status::Succeeded);
    let failure = scene.run(&take).await.error.unwrap();
    assert_eq!((failure.reason, failure.sqlstate.as_deref()), (Reason::Timeout, Some("55P03")));
}

#[tokio::test]
async fn rows_beyond_the_limit_are_cut_off_and_said_to_be() {
    let scene = Scene::new().await;
    let outcome = scene.run(&skill("read", "SELECT i FROM generate_series(1, 51) AS i")).await;
    assert_eq!((outcome.rows.len(), outcome.truncated), (50, true));
    let outcome = scene.run(&skill("read", "SELECT i FROM generate_series(1, 50) AS i")).await;
    assert_eq!((outcome.rows.len(), outcome.truncated), (50, false));
    let outcome = scene.run(&skill("read", "SELECT repeat('长', 10000) AS t FROM generate_series(1, 20) AS i")).await;
    assert_eq!((outcome.rows.len(), outcome.truncated), (8, true), "256 KiB of 30 KB each");
    let failure = scene.run(&skill("read", "SELECT repeat('长', 100000) AS t")).await.error.unwrap();
    assert_eq!(failure.reason, Reason::Result);
}

#[tokio::test]
async fn a_table_that_was_changed_since_the_statement_was_prepared_is_no_error() {
    let scene = Scene::on(Database::with(|options| options.max_connections = 1).await).await;
    let all = skill("read", "SELECT * FROM work.item WHERE tenant_id = :tenant_id ORDER BY id");
    assert_eq!(scene.run(&all).await.rows[0].len(), 5);
    let mut owner = <sqlx::PgConnection as sqlx::Connection>::connect(&scene.database.url()).await.unwrap();
    owner.execute("ALTER TABLE work.item ADD COLUMN colour text").await.unwrap();
    let outcome = scene.run(&all).await;
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.rows[0]["colour"], json!(null));
}

#[tokio::test]
async fn a_lost_connection_is_not_a_failed_run() {
    let scene = Scene::new().await;
    let mut tx = scene.begin().await;
    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(tx.connection()).await.unwrap();
    let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&scene.database.url()).await.unwrap();
    sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(&mut other).await.unwrap();
    let run = dispatch::run(&mut tx, &skill("read", "SELECT 1 AS one"), &scene.request()).await;
    assert!(matches!(run, Err(Error::Store(store::Error::Unavailable { .. }))), "{run:?}");
}

#[tokio::test]
async fn a_deadlock_is_to_be_tried_again_as_a_whole() {
    let scene = Scene::new().await;
    let take = |id: u32| {
        skill(
            "write",
            &format!("UPDATE work.item SET price = {id} WHERE tenant_id = :tenant_id AND id = {id} RETURNING id"),
        )
    };
    let (mut one, mut two) = (scene.begin().await, scene.begin().await);
    dispatch::run(&mut one, &take(1), &scene.another_turn()).await.unwrap();
    dispatch::run(&mut two, &take(2), &scene.another_turn()).await.unwrap();
    let (first, second) = (take(2), take(1));
    let limits = dispatch::Limits { lock_timeout: Duration::from_secs(4), ..scene.limits };
    let request = || dispatch::Request { limits, ..scene.another_turn() };
    let (request_one, request_two) = (request(), request());
    // Whoever is the victim lets go, and the other one goes on.
    let (first, second) = tokio::join!(
        async {
            let result = dispatch::run(&mut one, &first, &request_one).await;
            if result.is_err() {
                one.rollback().await.unwrap();
            }
            result
        },
        async {
            let result = dispatch::run(&mut two, &second, &request_two).await;
            if result.is_err() {
                two.rollback().await.unwrap();
            }
            result
        }
    );
    let (victim, survivor) = if first.is_err() { (first, second) } else { (second, first) };
    assert!(matches!(victim, Err(Error::Store(store::Error::Retry { .. }))), "{victim:?}");
    assert_eq!(survivor.unwrap().status, Status::Succeeded);
}
