//! Packs: installed as often as one likes, closed for everybody else, seeded once for each tenant.

use sqlx::Executor as _;
use store::packs::{self, Seeded};
use store::testing::Database;
use store::{Error, TenantTx};

use crate::{code, pack, tenant, thing};

const SEED: &str = "INSERT INTO shop.thing (name) SELECT '东西' || i FROM generate_series(1, 3) AS i;";

async fn things(mut tx: TenantTx) -> i64 {
    tx.batch("SET LOCAL ROLE paigong_pack_shop", "becoming the pack").await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM shop.thing").fetch_one(tx.connection()).await.unwrap()
}

#[tokio::test]
async fn a_pack_is_installed_twice_and_by_several_at_once() {
    let database = Database::new().await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = database.store.clone();
            tokio::spawn(async move { packs::install(&store, &pack("shop", &thing("shop"), SEED)).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    assert_eq!(packs::install(&database, &pack("shop", &thing("shop"), SEED)).await.unwrap(), 1);
}

#[tokio::test]
async fn several_databases_of_one_cluster_may_create_the_same_role_at_once() {
    // A role that no database of this cluster has seen yet.
    let name = format!("race_{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
    let databases = [Database::new().await, Database::new().await, Database::new().await];
    let tasks: Vec<_> = databases
        .iter()
        .map(|database| {
            let (store, name) = (database.store.clone(), name.clone());
            tokio::spawn(async move { packs::install(&store, &pack(&name, &thing(&name), "")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for database in &databases {
        let (a, _) = tenant(database, "甲").await;
        let mut tx = database.begin(a).await.unwrap();
        tx.batch(
            sqlx::AssertSqlSafe(format!("SET LOCAL ROLE paigong_pack_{name}; SELECT * FROM {name}.thing")),
            "reading",
        )
        .await
        .unwrap();
    }
    // Roles outlive the databases; this one is only ours.
    drop(databases);
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("DROP ROLE paigong_pack_{name}"))).await.unwrap();
}

#[tokio::test]
async fn each_tenant_is_seeded_once_with_rows_of_its_own() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let pack = pack("shop", &thing("shop"), SEED);
    packs::install(&database, &pack).await.unwrap();
    assert_eq!(packs::seed(&database, a, &pack).await.unwrap(), Seeded::Now);
    assert_eq!(packs::seed(&database, a, &pack).await.unwrap(), Seeded::Before);
    assert_eq!(things(database.begin(a).await.unwrap()).await, 3);
    assert_eq!(things(database.begin(b).await.unwrap()).await, 0);
    assert_eq!(packs::seed(&database, b, &pack).await.unwrap(), Seeded::Now);
    assert_eq!(things(database.begin(b).await.unwrap()).await, 3);
    let edited = crate::pack("shop", &thing("shop"), "INSERT INTO shop.thing (name) VALUES ('别的')");
    assert_eq!(packs::seed(&database, a, &edited).await.unwrap(), Seeded::OtherVersion);
    assert_eq!(things(database.begin(a).await.unwrap()).await, 3);
}

#[tokio::test]
async fn two_seedings_at_once_put_the_data_in_once() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    packs::install(&database, &pack("shop", &thing("shop"), SEED)).await.unwrap();
    let seed = || {
        let store = database.store.clone();
        tokio::spawn(async move { packs::seed(&store, a, &pack("shop", &thing("shop"), SEED)).await.unwrap() })
    };
    let (first, second) = (seed(), seed());
    let mut done = [first.await.unwrap(), second.await.unwrap()];
    done.sort_by_key(|seeded| *seeded != Seeded::Now);
    assert_eq!(done, [Seeded::Now, Seeded::Before]);
    assert_eq!(things(database.begin(a).await.unwrap()).await, 3);
}

#[tokio::test]
async fn a_schema_that_tenants_could_not_share_is_refused_with_the_name_of_what_is_wrong() {
    let database = Database::new().await;
    let cases = [
        ("CREATE TABLE bad.free (id int PRIMARY KEY)", "bad.free has no column"),
        ("CREATE TABLE bad.free (tenant_id uuid, id int)", "bad.free has no column"),
        ("CREATE VIEW bad.seen AS SELECT 1 AS one", "the view bad.seen"),
        ("CREATE MATERIALIZED VIEW bad.kept AS SELECT 1 AS one", "bad.kept is a materialized view"),
        ("CREATE FUNCTION bad.reach() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "function reach"),
        (
            "CREATE TABLE bad.later (tenant_id uuid NOT NULL, id int CONSTRAINT later_id UNIQUE DEFERRABLE INITIALLY DEFERRED)",
            "later_id",
        ),
        ("CREATE TABLE bad.t (a nonsense)", "schema.sql: "),
        ("COMMIT; BEGIN", "schema.sql must not contain"),
    ];
    for (statement, expected) in cases {
        let schema = format!("CREATE SCHEMA IF NOT EXISTS bad; {statement};");
        let error = packs::install(&database, &pack("bad", &schema, "")).await.expect_err(statement);
        assert!(matches!(error, Error::Pack { .. }) && error.to_string().contains(expected), "{statement}: {error}");
    }
}

#[tokio::test]
async fn the_role_of_a_pack_has_its_own_schema_and_nothing_else() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    packs::install(&database, &pack("shop", &thing("shop"), SEED)).await.unwrap();
    packs::install(&database, &pack("safe", &thing("safe"), "")).await.unwrap();
    for statement in [
        "SELECT * FROM safe.thing",
        "SELECT * FROM paigong.conversation",
        "SELECT * FROM paigong.app_key",
        "SELECT paigong.ensure_role('paigong_app')",
        "SELECT paigong.protect_schema('shop')",
        "CREATE TABLE shop.mine (a int)",
        "ALTER TABLE shop.thing DISABLE ROW LEVEL SECURITY",
        "TRUNCATE shop.thing",
        "DROP TABLE shop.thing",
        "SELECT setval('shop.thing_id_seq', 1)",
        "COPY shop.thing TO '/tmp/paigong'",
    ] {
        let mut tx = database.begin(a).await.unwrap();
        tx.batch("SET LOCAL ROLE paigong_pack_shop", "becoming the pack").await.unwrap();
        assert_eq!(code(tx.connection().execute(statement).await), "42501", "{statement}");
    }
}
