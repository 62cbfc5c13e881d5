//! What people see of conversations: search, the thread, a test made of it; and that nothing is left of a user who is erased.

use paigong_core::Role;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};

use crate::console::Console;
use crate::harness::{Server, Tenant};

/// Tables of the product with a row that has `text` somewhere.
async fn tables_with(server: &Server, tenant: &Tenant, text: &str) -> Vec<String> {
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'paigong'::regnamespace AND relkind IN ('r', 'p')
         AND has_table_privilege(oid, 'SELECT') ORDER BY 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let count = format!("SELECT count(*) FROM paigong.{table} t WHERE strpos(t::text, '{text}') > 0");
        let rows: i64 = tx.connection().fetch_one(AssertSqlSafe(count)).await.unwrap().get(0);
        if rows > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn a_conversation_is_found_read_told_as_a_test_and_erased() {
    let server = Server::start().await;
    let tenant = server.tenant("甲").await;
    let base = format!("/tenants/{}/apps/{}", tenant.caller.tenant, tenant.caller.app);
    let reviewer = Console::member(&server, &tenant, "reviewer@example.com", Role::Reviewer).await;
    let owner = Console::member(&server, &tenant, "owner@example.com", Role::Owner).await;
    let (mut conversation, mut other) = (Value::Null, Value::Null);
    server.say(&tenant, "E1001", &mut conversation, "下周三到周五请年假").await;
    let done = server.say(&tenant, "E1001", &mut conversation, "嗯").await;
    assert_eq!(done["execution"]["status"], "succeeded", "{done}");
    server.say(&tenant, "E1002", &mut other, "我还有几天年假").await;
    let id = conversation.as_str().unwrap();

    let get = async |who: &Console<'_>, path: &str| who.send(Method::GET, &format!("{base}{path}"), None).await;
    let (status, found) = get(&reviewer, "/conversations?query=下周三到周五").await;
    assert_eq!(status, StatusCode::OK, "{found}");
    assert_eq!(found["data"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found["data"][0]["id"], &found["data"][0]["turns"]), (&conversation, &2.into()));
    assert_eq!(found["data"][0]["skills"], serde_json::json!(["leave.request"]));
    for (filter, expected) in [
        ("user=E1001", 1),
        ("skill=leave.request", 1),
        ("language=en", 0),
        ("act=confirmskill", 1),
        ("since=2000-01-01", 2),
        ("until=2000-01-01", 0),
        ("query=%25", 0),
    ] {
        let (_, found) = get(&reviewer, &format!("/conversations?{filter}")).await;
        assert_eq!(found["data"].as_array().map(Vec::len), Some(expected), "{filter}: {found}");
    }
    for filter in ["since=yesterday", "query=a%00b", "limit=x"] {
        assert_eq!(get(&reviewer, &format!("/conversations?{filter}")).await.0, StatusCode::BAD_REQUEST, "{filter}");
    }
    let (_, thread) = get(&reviewer, &format!("/conversations/{id}")).await;
    assert_eq!(thread["turns"][0]["query"], "下周三到周五请年假");
    assert_eq!(thread["runs"][0]["skill"], "leave.request", "{thread}");
    let (_, test) = get(&reviewer, &format!("/conversations/{id}/test")).await;
    assert!(test["yaml"].as_str().unwrap().contains("下周三到周五请年假"), "{test}");
    let (_, runs) = get(&reviewer, "/runs?user=E1001&skill=leave.request&state=succeeded").await;
    assert_eq!(runs["data"].as_array().unwrap().len(), 1, "{runs}");

    let data = format!("{base}/users/E1001/data");
    assert_eq!(reviewer.send(Method::GET, &data, None).await.0, StatusCode::FORBIDDEN);
    let (status, all) = owner.send(Method::GET, &data, None).await;
    assert_eq!((status, all["data"]["turns"].as_array().unwrap().len()), (StatusCode::OK, 2), "{all}");
    let (status, erased) = owner.send(Method::DELETE, &data, None).await;
    assert_eq!(status, StatusCode::OK, "{erased}");
    assert_eq!((&erased["conversations"], &erased["turns"]), (&1.into(), &2.into()), "{erased}");
    assert_eq!(tables_with(&server, &tenant, "下周三到周五").await, Vec::<String>::new());
    // The chain of the audit log can't be changed: who had something done is still in it, not what was said.
    assert_eq!(tables_with(&server, &tenant, "E1001").await, ["audit"]);
    assert_eq!(get(&reviewer, &format!("/conversations/{id}")).await.0, StatusCode::NOT_FOUND);
    let (_, runs) = get(&reviewer, "/runs?skill=leave.request").await;
    assert_eq!(runs["data"][0]["slots"], serde_json::json!({}), "the ledger has its row: {runs}");
    let left = tables_with(&server, &tenant, "E1002").await;
    assert!(left.contains(&"conversation".to_owned()), "nobody else was erased: {left:?}");
}
