//! Strings that break things, as messages in conversations in every state: no 5xx, no crash, no wrong row.

use serde_json::{Value, json};

use crate::harness::{Server, Tenant};

/// Our own; a larger list is read from the file that `PAIGONG_TEST_HOSTILE` names (a JSON array of strings).
const STRINGS: [&str; 23] = [
    "",
    " ",
    "\u{0}",
    "null",
    "undefined",
    "'; DROP TABLE hr.leave_request; --",
    "{{ 7 * 7 }}",
    "${jndi:ldap://x}",
    "%s%n%x",
    "<script>alert(1)</script>",
    "\u{202e}反转",
    "\u{feff}\u{200b}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Ω≈ç√∫˜µ≤≥÷",
    "１２３４５",
    "٣٤٥",
    "-1/0",
    "9999999999999999999999999999999",
    "2026-02-30",
    "明年13月45日25点",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "\r\n\t\u{b}\u{c}",
    "𠜎𠜱𠝹𠱓",
];

#[tokio::test]
async fn hostile_strings_in_every_state_change_nothing() {
    let mut server = Server::start().await;
    let tenant = server.tenant("hostile").await;
    let mut strings: Vec<String> = STRINGS.map(str::to_owned).to_vec();
    strings.push("请假".repeat(999));
    strings.push("((((".repeat(490));
    if let Some(file) = std::env::var_os("PAIGONG_TEST_HOSTILE") {
        let more: Vec<String> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        strings.extend(more);
    }
    // What is said before: nothing, a question for an enum, for a date and time, for free words, a confirmation, a choice.
    let states: [&[&str]; 6] =
        [&[], &["我要请假"], &["帮我订个会议室"], &["提工单"], &["下周三到周五请年假"], &["登不上，密码的问题"]];
    let before = rows(&server, &tenant).await;
    for state in states {
        for text in &strings {
            let mut conversation = Value::Null;
            for said in state {
                server.say(&tenant, "E1001", &mut conversation, said).await;
            }
            let body = json!({"user": "E1001", "query": text, "conversation_id": conversation});
            let (status, answer) = server.send(&tenant, &body).await;
            assert!(status.as_u16() < 500, "{state:?} {text:?}: {status} {answer}");
            if answer["execution"]["status"] == "succeeded" {
                assert_eq!(effect(&answer["execution"]["skill"]), "read", "{state:?} {text:?}: {answer}");
            }
        }
    }
    assert!(server.is_alive());
    assert_eq!(rows(&server, &tenant).await, before);
}

/// Everything that the skills reached above could have written.
async fn rows(server: &Server, tenant: &Tenant) -> Vec<Value> {
    vec![
        server.value(tenant, "hr", "SELECT count(*) FROM hr.leave_request").await,
        server.value(tenant, "hr", "SELECT count(*) FROM hr.room_booking").await,
        server.value(tenant, "it", "SELECT count(*) FROM it.ticket").await,
    ]
}

fn effect(skill: &Value) -> &'static str {
    let packs = crate::harness::packs();
    let manifests = packs.iter().flat_map(|pack| &pack.manifests);
    let found = manifests.map(|(_, manifest)| manifest).find(|manifest| *skill == manifest.skill.as_str());
    if found.is_some_and(|manifest| !manifest.effect.needs_confirmation()) { "read" } else { "write" }
}
