//! The packs' own conversation tests (`skills/*/*.test.yaml`), over HTTP, with the rows that they must leave behind.

use serde_json::json;
use skills::scenario::{Failure, Scenario, Walk};

use crate::harness::{Server, Tenant};

#[tokio::test]
async fn the_hr_pack_talks_chinese() {
    run("hr", "zh").await;
}

#[tokio::test]
async fn the_hr_pack_talks_english() {
    run("hr", "en").await;
}

#[tokio::test]
async fn the_it_pack_talks_chinese() {
    run("it", "zh").await;
}

#[tokio::test]
async fn the_it_pack_talks_english() {
    run("it", "en").await;
}

#[tokio::test]
async fn the_crm_pack_talks_chinese() {
    run("crm", "zh").await;
}

#[tokio::test]
async fn the_crm_pack_talks_english() {
    run("crm", "en").await;
}

#[tokio::test]
async fn the_field_pack_talks_chinese() {
    run("field", "zh").await;
}

#[tokio::test]
async fn the_field_pack_talks_english() {
    run("field", "en").await;
}

/// Runs every conversation of one file, each on fresh data, and tells all that went wrong.
async fn run(pack: &str, language: &str) {
    let mut server = Server::start().await;
    let file = format!("{pack}.{language}.test.yaml");
    let found = server.scenarios().into_iter().find(|(_, name, _)| *name == file);
    let (_, _, tests) = found.expect("the file of conversation tests");
    let tenant = server.tenant_with_documents("only").await;
    let mut wrong = Vec::new();
    for test in &tests.tests {
        server.reset(&tenant).await;
        if let Err(failure) = converse(&mut server, &tenant, pack, test).await {
            wrong.push(format!("── {}\n{failure}", test.name));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} conversations went wrong:\n\n{}",
        wrong.len(),
        tests.tests.len(),
        wrong.join("\n\n")
    );
}

/// One conversation up to its first wrong turn.
async fn converse(server: &mut Server, tenant: &Tenant, pack: &str, test: &Scenario) -> Result<(), Box<Failure>> {
    let mut walk = Walk::new(test);
    while let Some(message) = walk.message()? {
        server.set_clock(&message.at.to_rfc3339());
        let body = json!({
            "user": test.user, "query": message.query, "payload": message.payload, "inputs": message.inputs,
            "conversation_id": walk.conversation(), "context": test.context,
        });
        let (status, answer) = server.send(tenant, &body).await;
        if !status.is_success() {
            return Err(walk.refused(format!("status {status}: {answer}")));
        }
        walk.answered(answer)?;
    }
    for row in &test.rows {
        walk.row(row, &server.value(tenant, pack, &row.sql).await)?;
    }
    Ok(())
}
