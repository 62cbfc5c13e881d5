//! The packs' own conversation tests (`skills/*/*.test.yaml`), over HTTP, with the rows that they must leave behind.

use serde_json::{Value, json};
use skills::scenario::{Scenario, Turn};

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

/// Runs every conversation of one file, each with a tenant of its own, and tells all that went wrong.
async fn run(pack: &str, language: &str) {
    let server = Server::start().await;
    let file = format!("{pack}.{language}.test.yaml");
    let found = server.scenarios().into_iter().find(|(_, name, _)| *name == file);
    let (_, _, tests) = found.expect("the file of conversation tests");
    let mut wrong = Vec::new();
    for (index, test) in tests.tests.iter().enumerate() {
        let tenant = server.tenant(&format!("{pack}-{language}-{index}")).await;
        if let Err(report) = converse(&server, &tenant, pack, test).await {
            wrong.push(report);
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
async fn converse(server: &Server, tenant: &Tenant, pack: &str, test: &Scenario) -> Result<(), String> {
    let mut transcript = format!("── {}\n", test.name);
    let mut conversation = Value::Null;
    for turn in &test.turns {
        let body = json!({
            "user": test.user, "query": turn.user, "conversation_id": conversation, "context": test.context,
        });
        let (status, answer) = server.send(tenant, &body).await;
        transcript.push_str(&format!("U {}\nP {}\n", turn.user, answer["answer"].as_str().unwrap_or("(none)")));
        if !status.is_success() {
            return Err(format!("{transcript}   status {status}: {answer}"));
        }
        conversation = answer["conversation_id"].clone();
        let differences = compare(turn, &answer);
        if !differences.is_empty() {
            return Err(format!("{transcript}   {}\n   {}", differences.join("\n   "), summary(&answer)));
        }
    }
    for row in &test.rows {
        let value = server.value(tenant, pack, &row.sql).await;
        if !same(&value, &row.equals) {
            return Err(format!("{transcript}   {}\n   is {value}, expected {}", row.sql, row.equals));
        }
    }
    Ok(())
}

/// Everything in which an answer is not as expected.
fn compare(turn: &Turn, answer: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut check = |what: &str, found: &Value, expected: &Value| {
        if !same(found, expected) {
            differences.push(format!("{what} is {found}, expected {expected}"));
        }
    };
    let action = &answer["dialog_action"];
    for (what, found, expected) in [
        ("action", &action["type"], &turn.action),
        ("skill", &action["skill"], &turn.skill),
        ("slot", &action["slot"], &turn.slot),
    ] {
        if let Some(expected) = expected {
            check(what, found, &json!(expected));
        }
    }
    for (name, expected) in &turn.slots {
        check(&format!("slots.{name}"), &answer["decision"]["slots"][name]["value"], expected);
    }
    if let Some(expected) = &turn.execution {
        let none = json!("none");
        let found = if answer["execution"].is_null() { &none } else { &answer["execution"]["status"] };
        check("execution", found, &json!(expected));
    }
    let text = answer["answer"].as_str().unwrap_or_default();
    for part in &turn.reply {
        if !text.contains(part) {
            differences.push(format!("the reply does not contain {part:?}"));
        }
    }
    differences
}

/// Equal as JSON, or as text: a date or a number may be written either way in YAML.
fn same(found: &Value, expected: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let number = |value: &Value| text(value).parse::<f64>().ok();
    found == expected || text(found) == text(expected) || (number(found).is_some() && number(found) == number(expected))
}

fn summary(answer: &Value) -> String {
    let decision = &answer["decision"];
    let slots: serde_json::Map<_, _> = decision["slots"]
        .as_object()
        .map(|slots| slots.iter().map(|(name, slot)| (name.clone(), slot["value"].clone())).collect())
        .unwrap_or_default();
    format!(
        "[{} {} {}] act {} band {} in scope {} candidates {} slots {}",
        answer["dialog_action"]["type"],
        answer["dialog_action"]["skill"],
        answer["dialog_action"]["slot"],
        decision["act"],
        decision["band"],
        decision["in_scope"],
        decision["candidates"].as_array().map_or(String::new(), |all| all
            .iter()
            .take(3)
            .map(|one| format!(
                "{}={:.2} ",
                one["skill"].as_str().unwrap_or_default(),
                one["p"].as_f64().unwrap_or_default()
            ))
            .collect()),
        Value::Object(slots),
    )
}
