//! The chain of the audit log: in order, whole, and broken by every kind of change.

use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _};
use store::audit::{self, Chain, Fault, Filter};
use store::testing::Database;

use crate::tenant;

async fn verify(database: &Database, tenant: paigong_core::TenantId) -> Chain {
    let mut tx = database.begin(tenant).await.unwrap();
    audit::verify(&mut tx).await.unwrap()
}

#[tokio::test]
async fn entries_of_many_transactions_at_once_are_one_chain_for_each_tenant() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..24 {
        let (store, tenant) = (database.store.clone(), if index % 3 == 0 { b } else { a });
        tasks.spawn(async move {
            let mut tx = store.begin(tenant).await.unwrap();
            for step in 0..2 {
                let detail = json!({"index": index, "step": step, "text": "\"引号\" \\ \n"});
                audit::record(&mut tx, "person:x", "test.done", &index.to_string(), &detail).await.unwrap();
            }
            if index % 4 == 0 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
        });
    }
    tasks.join_all().await;
    for (tenant, entries) in [(a, 24), (b, 12)] {
        let Chain::Whole { length, head } = verify(&database, tenant).await else { panic!("broken") };
        assert_eq!((length, head.len()), (entries, 64), "what was rolled back has left no gap");
    }
    let mut tx = database.begin(a).await.unwrap();
    let page = audit::list(&mut tx, &Filter { action: Some("test".into()), ..Filter::default() }, 5).await.unwrap();
    let rest = Filter { before: Some(page[4].id), target: Some("1".into()), ..Filter::default() };
    assert!(page.windows(2).all(|pair| pair[0].id > pair[1].id));
    assert_eq!(page.len(), 5);
    assert!(audit::list(&mut tx, &rest, 100).await.unwrap().iter().all(|entry| entry.target == "1"));
    assert!(
        audit::list(&mut tx, &Filter { action: Some("tes".into()), ..Filter::default() }, 5).await.unwrap().is_empty()
    );
}

#[tokio::test]
async fn every_kind_of_change_is_found_at_its_place() {
    let link = "(SELECT audit_id FROM paigong.audit_link WHERE position = 2)";
    let unlock = "ALTER TABLE paigong.audit_link DROP CONSTRAINT audit_link_tenant_id_audit_id_fkey; \
                  ALTER TABLE paigong.audit DISABLE TRIGGER link;";
    for (change, position, fault) in [
        (format!("UPDATE paigong.audit SET actor = 'somebody else' WHERE id = {link}"), 2, Fault::Changed),
        (format!("UPDATE paigong.audit SET detail = '{{\"role\": \"viewer\"}}' WHERE id = {link}"), 2, Fault::Changed),
        (format!("UPDATE paigong.audit SET at = at - interval '1 microsecond' WHERE id = {link}"), 2, Fault::Changed),
        ("UPDATE paigong.audit_link SET hash = sha256('x') WHERE position = 3".into(), 3, Fault::Changed),
        (format!("DELETE FROM paigong.audit WHERE id = {link}"), 2, Fault::EntryMissing),
        ("DELETE FROM paigong.audit_link WHERE position = 2".into(), 2, Fault::LinkMissing),
        (
            "INSERT INTO paigong.audit (tenant_id, id, actor, action, target)
          SELECT tenant_id, gen_random_uuid(), 'x', 'y', 'z' FROM paigong.audit LIMIT 1"
                .into(),
            4,
            Fault::Unlinked,
        ),
    ] {
        let database = Database::new().await;
        let (a, _) = tenant(&database, "甲").await;
        for _ in 0..3 {
            let mut tx = database.begin(a).await.unwrap();
            audit::record(&mut tx, "person:x", "member.role_changed", "y", &json!({"role": "owner"})).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert!(matches!(verify(&database, a).await, Chain::Whole { length: 3, .. }));
        // As whoever owns the database, with everything taken away that is in the way.
        let sql = format!("BEGIN; {unlock} SET LOCAL app.tenant = '{a}'; {change}; COMMIT");
        database.pool().execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        let Chain::Broken { position: found, why, .. } = verify(&database, a).await else {
            panic!("not seen: {change}")
        };
        assert_eq!((found, why), (position, fault), "{change}");
    }
}

#[tokio::test]
async fn a_tenants_role_can_neither_change_nor_link_entries() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    for sql in [
        "UPDATE paigong.audit SET actor = 'x'",
        "DELETE FROM paigong.audit",
        "DELETE FROM paigong.audit_link",
        "UPDATE paigong.audit_link SET position = 1",
        "INSERT INTO paigong.audit_link VALUES (paigong.current_tenant(), 1, gen_random_uuid(), sha256('x'))",
    ] {
        let mut tx = database.begin(a).await.unwrap();
        assert_eq!(crate::code(tx.connection().execute(sql).await), "42501", "{sql}");
    }
}
