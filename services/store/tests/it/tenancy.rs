//! Row-level security: no tenant sees another's rows, whatever the SQL; and the schema keeps it so.

use std::time::Duration;

use chrono::TimeDelta;
use paigong_core::Role;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use store::deliveries::{self, Ended, Next};
use store::testing::Database;
use store::webhooks::{self, NewWebhook};
use store::{MigrationState, audit, calendars, drafts, idempotency, keys, members, packs, skill_tests, skills};
use uuid::Uuid;

use crate::{code, conversation, pack, people, tenant, tenant_names, thing, turn};

/// The directories of the installation: people are known before a tenant is chosen, and an encoder is everybody's.
const DIRECTORIES: [&str; 5] = ["login_attempt", "model_activation", "model_server", "person", "session"];

/// Every table of the product that has rows of tenants.
async fn tables(database: &Database) -> Vec<String> {
    let (tenant, _) = tenant(database, "甲").await;
    let mut tx = database.begin(tenant).await.unwrap();
    sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'paigong'::regnamespace AND relkind IN ('r', 'p')
                        AND relname <> ALL($1) ORDER BY 1",
    )
    .bind(DIRECTORIES)
    .fetch_all(tx.connection())
    .await
    .unwrap()
}

#[tokio::test]
async fn no_statement_of_a_tenant_reaches_a_row_of_another() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let pack = pack("rls_pack", &thing("rls_pack"), "");
    packs::install(&database, &pack).await.unwrap();
    packs::seed(&database, a, &pack).await.unwrap();
    let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
    let id = conversation(&database, a, &app, "u-1").await;
    let mut tx = database.begin(a).await.unwrap();
    skills::publish(&mut tx, app.id, "rls_pack", &manifests, "", "").await.unwrap();
    keys::create(&mut tx, app.id, "", None).await.unwrap();
    calendars::import(&mut tx, &values::Notices::parse("2027-03-05 off").unwrap()).await.unwrap();
    let (turn, _) = turn(&mut tx, id, "你好").await;
    idempotency::claim(&mut tx, app.id, "k", &[0; 32]).await.unwrap();
    idempotency::store(&mut tx, app.id, "k", 200, &json!({})).await.unwrap();
    sqlx::query("INSERT INTO paigong.run (tenant_id, id, conversation_id, turn_id, skill, skill_version, effect, slots, run_key, state)
                 VALUES ($1, gen_random_uuid(), $2, $3, 's', 1, 'read', '{}', 'k', 'queued')")
        .bind(a.0).bind(id.0).bind(turn.0).execute(tx.connection()).await.unwrap();
    for sql in [
        "INSERT INTO paigong.job (tenant_id, run_id, may_repeat) SELECT tenant_id, id, true FROM paigong.run",
        "INSERT INTO paigong.run_attempt (tenant_id, run_id, attempt, worker, started_at, outcome)
         SELECT tenant_id, id, 1, id, now(), 'again' FROM paigong.run",
        "INSERT INTO paigong.inbox (tenant_id, id, app_id, conversation_id, summary, detail)
         SELECT tenant_id, id, app_id, id, '', '{}' FROM paigong.conversation",
        "INSERT INTO paigong.connection (tenant_id, id, name, kind, address)
         SELECT tenant_id, id, 'erp', 'http', 'https://a.example' FROM paigong.conversation",
        "INSERT INTO paigong.suggestion (tenant_id, id, app_id, conversation_id, skill, utterance, example, slots, language)
         SELECT tenant_id, id, app_id, id, 's.a', 'x', 'x', '{}', 'zh' FROM paigong.conversation",
        "INSERT INTO paigong.knowledge_source (tenant_id, id, app_id, name) SELECT tenant_id, id, app_id, 's' FROM paigong.conversation",
        "INSERT INTO paigong.knowledge_document
             (tenant_id, id, source_id, path, title, content_hash, language, bytes, state)
         SELECT tenant_id, id, id, 'a.md', '', '', 'zh', 0, 'ready' FROM paigong.knowledge_source",
        "INSERT INTO paigong.knowledge_passage
             (tenant_id, id, document_id, ordinal, heading, anchor, text, language, terms)
         SELECT tenant_id, id, id, 0, '', '', 'x', 'zh', '' FROM paigong.knowledge_document",
        "INSERT INTO paigong.passage_vector (tenant_id, passage_id, model_hash, vectors)
         SELECT tenant_id, id, 'h', '' FROM paigong.knowledge_passage",
        "INSERT INTO paigong.turn_fact (tenant_id, turn_id, app_id, conversation_id, seq, at, day, language, path, outcome, uncertainty, friction, reasoned)
         SELECT t.tenant_id, t.id, c.app_id, c.id, t.seq, now(), current_date, 'zh', 'rule', 'other', 0, 0, false
         FROM paigong.turn t JOIN paigong.conversation c ON c.id = t.conversation_id",
        "INSERT INTO paigong.label (tenant_id, turn_id, id, app_id, action, utterance, by)
         SELECT tenant_id, turn_id, turn_id, app_id, 'right', 'x', 'x' FROM paigong.turn_fact",
    ] {
        tx.connection().execute(sql).await.unwrap();
    }
    crate::llm::spend(&mut tx, app.id).await;
    let new = drafts::NewDraft { skill: "s", pack: "p", manifest: "skill: s", author: "person:x" };
    drafts::put(&mut tx, app.id, &new, None).await.unwrap();
    let tests = skill_tests::NewTests { skill: "s", text: "tests: []", tests: 1, author: "person:x" };
    skill_tests::put(&mut tx, app.id, &tests, None).await.unwrap();
    audit::record(&mut tx, "key:k", "webhook.created", "w", &json!({})).await.unwrap();
    members::invite(&mut tx, Some("a@example.com"), Role::Viewer, TimeDelta::days(1)).await.unwrap();
    let (webhook, events) = (Uuid::now_v7(), ["run.succeeded".to_owned()]);
    let new = NewWebhook { id: webhook, app: app.id, url: "https://a.example", events: &events, secrets: b"sealed" };
    webhooks::create(&mut tx, &new).await.unwrap();
    let delivery = deliveries::send_to(&mut tx, app.id, webhook, "test", "{}").await.unwrap().id;
    tx.commit().await.unwrap();
    people::person(&database, a, "owner@example.com", Role::Owner).await;
    let worker = Uuid::now_v7();
    let claimed = deliveries::claim(&database, worker, 1, Duration::from_secs(60), 1).await.unwrap().remove(0);
    assert_eq!((claimed.tenant, claimed.id), (a, delivery));
    let ended = Ended { next: Next::Delivered, took: Duration::ZERO, status: Some(200), error: None };
    let mut tx = database.begin(b).await.unwrap();
    assert!(!deliveries::record(&mut tx, &claimed, worker, &ended).await.unwrap(), "B records for A");
    let mut tx = database.begin(a).await.unwrap();
    assert!(!deliveries::record(&mut tx, &claimed, Uuid::now_v7(), &ended).await.unwrap(), "somebody else records");
    assert!(deliveries::record(&mut tx, &claimed, worker, &ended).await.unwrap());
    tx.commit().await.unwrap();

    for table in tables(&database).await {
        let column = if table == "tenant" { "id" } else { "tenant_id" };
        let count = format!("SELECT count(*) FROM paigong.{table} WHERE {column} = '{a}'");
        let mut tx = database.begin(a).await.unwrap();
        let own: i64 = tx.connection().fetch_one(AssertSqlSafe(count.as_str())).await.unwrap().get(0);
        assert!(own > 0, "{table} has a row of A, so that the test tests it");
        drop(tx);

        let mut tx = database.begin(b).await.unwrap();
        let foreign: i64 = tx.connection().fetch_one(AssertSqlSafe(count.as_str())).await.unwrap().get(0);
        assert_eq!(foreign, 0, "{table}: B counts A's rows");
        drop(tx);
        for statement in [
            format!("UPDATE paigong.{table} SET {column} = {column} WHERE {column} = '{a}'"),
            format!("DELETE FROM paigong.{table} WHERE {column} = '{a}'"),
        ] {
            let mut tx = database.begin(b).await.unwrap();
            match tx.connection().execute(AssertSqlSafe(statement.as_str())).await {
                Ok(done) => assert_eq!(done.rows_affected(), 0, "{statement}"),
                error => assert_eq!(code(error), "42501", "{statement}"),
            }
        }
        // Not even a row of one's own can be handed to another tenant.
        let mut tx = database.begin(b).await.unwrap();
        let hand_over = format!("UPDATE paigong.{table} SET {column} = '{a}' WHERE {column} = '{b}'");
        match tx.connection().execute(AssertSqlSafe(hand_over.as_str())).await {
            Ok(done) => assert_eq!(done.rows_affected(), 0, "{hand_over}"),
            error => assert_eq!(code(error), "42501", "{hand_over}"),
        }
    }
}

#[tokio::test]
async fn a_row_of_another_tenant_cannot_be_written() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let mut tx = database.begin(b).await.unwrap();
    let written = sqlx::query(
        "INSERT INTO paigong.idempotency (tenant_id, app_id, key, request_hash) VALUES ($1, $2, 'k', sha256('x'))",
    )
    .bind(a.0)
    .bind(app.id.0)
    .execute(tx.connection())
    .await;
    assert_eq!(code(written), "42501");
}

#[tokio::test]
async fn every_table_has_forced_row_level_security_and_keys_that_begin_with_the_tenant() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'paigong'::regnamespace AND c.relkind IN ('r', 'p')
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    assert_eq!(open, Vec::<String>::new(), "tables without forced row-level security and a policy");
    // A policy that shows whoever is no tenant's more than the tenant's rows is one of these, for the login role only.
    let wide: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT c.relname || '.' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         WHERE c.relnamespace = 'paigong'::regnamespace AND p.polroles && ARRAY[0::oid, 'paigong_app'::regrole::oid]
         AND pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%current_tenant()%' ORDER BY 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    assert_eq!(wide, Vec::<String>::new(), "policies of tenants that do not ask for the tenant");
    let without: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'paigong'::regnamespace AND c.relkind IN ('r', 'p')
         AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)
         ORDER BY 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    assert_eq!(
        without,
        ["login_attempt", "model_activation", "model_server", "person", "session", "tenant"],
        "tables that belong to no tenant"
    );
    // The directory of tenants has the tenant as its id and is found by name; a key is found by its hash.
    // What is due is looked for over the queues of all tenants, by time.
    let documented = [
        "tenant_pkey",
        "tenant_name_key",
        "app_key_hash",
        "model_activation_pkey",
        "model_server_pkey",
        "job_leased",
        "job_waiting",
        "job_deadline",
        "run_untold",
        // Somebody logs in, or comes with a token, before a tenant is known.
        "person_pkey",
        "person_email_key",
        "session_pkey",
        "session_person",
        "login_attempt_pkey",
        "membership_person",
        "invitation_hash",
    ];
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE c.relnamespace = 'paigong'::regnamespace AND a.attname <> 'tenant_id' ORDER BY 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    let others: Vec<_> = indexes.iter().filter(|name| !documented.contains(&name.as_str())).collect();
    assert!(others.is_empty(), "indexes that the tenant does not lead: {others:?}");
    let foreign: Vec<String> = sqlx::query_scalar(
        "SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND connamespace = 'paigong'::regnamespace
         AND (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) <> 'tenant_id' ORDER BY 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    // People are in the directory of the installation.
    assert_eq!(
        foreign,
        ["membership_person_id_fkey", "session_person_id_fkey"],
        "foreign keys that could cross tenants"
    );
}

#[tokio::test]
async fn without_a_tenant_no_row_exists_also_on_a_connection_that_was_used_before() {
    let database = Database::with(|options| options.max_connections = 1).await;
    let (a, app) = tenant(&database, "甲").await;
    conversation(&database, a, &app, "u-1").await;
    // The same connection, as the owner and outside of a tenant's transaction: only the documented directory is open.
    assert_eq!(tenant_names(&database).await, ["甲"]);
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&database.url()).await.unwrap();
    let rows: i64 = connection.fetch_one("SELECT count(*) FROM paigong.conversation").await.unwrap().get(0);
    assert_eq!(rows, 0);
    connection.execute("BEGIN; SET LOCAL app.tenant = '00000000-0000-0000-0000-000000000000'; COMMIT").await.unwrap();
    let rows: i64 = connection.fetch_one("SELECT count(*) FROM paigong.conversation").await.unwrap().get(0);
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn the_login_role_is_no_superuser_and_tenants_work_as_a_role_that_owns_nothing() {
    let database = Database::new().await;
    let server = database.server().await.unwrap();
    assert!(server.version >= 150_000, "{server:?}");
    assert!(!server.is_superuser, "DATABASE_URL must not be a superuser's, or these tests prove nothing: {server:?}");
    assert!(server.can_create_roles, "{server:?}");
    let (a, _) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let role: String = tx.connection().fetch_one("SELECT current_user::text").await.unwrap().get(0);
    assert_eq!(role, "paigong_app");
    assert_eq!(code(tx.connection().execute("CREATE TABLE paigong.mine (a int)").await), "42501");
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_the_status_says_so() {
    let database = Database::new().await;
    database.migrate().await.unwrap();
    let migrations = database.migrations().await.unwrap();
    assert!(migrations.iter().all(|migration| migration.state == MigrationState::Applied), "{migrations:?}");
    assert_eq!(migrations[0].version, 1);
}
