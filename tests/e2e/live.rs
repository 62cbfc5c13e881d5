//! Skills that change while the server runs.

use serde_json::{Value, json};

use crate::harness::Server;

const NEW: &str = r#"
skill: canteen.menu
title: {zh: 食堂菜单, en: Canteen menu}
effect: read
examples: [今天食堂吃什么, 食堂中午有什么菜, 看看食堂菜单, 今天午饭有啥, what is for lunch today, show me the canteen menu, canteen menu please, what does the canteen serve]
run: {sql: "SELECT 'noodles' AS dish WHERE :tenant_id IS NOT NULL"}
reply: {zh: "今天有 {{ dish }}。", en: "Today: {{ dish }}."}
empty: {zh: 没有。, en: Nothing.}
"#;

#[tokio::test]
async fn a_published_skill_answers_the_next_message_without_a_restart() {
    let server = Server::start().await;
    let tenant = server.tenant("live").await;
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "今天食堂吃什么").await;
    assert_ne!(answer["dialog_action"]["skill"], "canteen.menu");
    let manifest = skills::yaml::read("test", NEW).unwrap();
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    store::skills::publish(&mut tx, tenant.caller.app, "hr", &[manifest], "test", "").await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "今天食堂吃什么").await;
    assert_eq!(answer["answer"], "今天有 noodles。");
}

#[tokio::test]
async fn a_conversation_stays_on_the_version_it_began_with_and_ends_politely_without_it() {
    let server = Server::start().await;
    let tenant = server.tenant("versions").await;
    let mut conversation = Value::Null;
    server.say(&tenant, "E1001", &mut conversation, "下周三到周五请年假").await;
    let packs = crate::harness::packs();
    let found =
        packs.iter().flat_map(|pack| &pack.manifests).find(|(_, manifest)| manifest.skill.as_str() == "leave.request");
    let mut changed = found.unwrap().1.clone();
    changed.reply.zh = "新版本".into();
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    store::skills::publish(&mut tx, tenant.caller.app, "hr", &[changed], "test", "").await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.say(&tenant, "E1001", &mut conversation, "嗯").await;
    assert_eq!(answer["execution"]["status"], "succeeded");
    assert_ne!(answer["answer"], "新版本");
    let mut conversation = Value::Null;
    server.say(&tenant, "E1002", &mut conversation, "下周三到周五请年假").await;
    let answer = server.say(&tenant, "E1002", &mut conversation, "嗯").await;
    assert_eq!(answer["answer"], "新版本", "{}", json!(answer["execution"]));
}
