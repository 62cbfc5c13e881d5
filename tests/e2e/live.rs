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

#[tokio::test]
async fn a_tenants_own_holiday_counts_from_the_next_message_on_and_for_nobody_else() {
    let server = Server::start().await;
    let (own, other) = (server.tenant("own days").await, server.tenant("other days").await);
    let ask = "下周三到周五请年假";
    for tenant in [&own, &other] {
        let answer = server.say(tenant, "E1001", &mut Value::Null, ask).await;
        assert!(answer["answer"].as_str().unwrap_or_default().contains("3 个工作日"), "{}", answer["answer"]);
    }
    let mut tx = server.database.begin(own.caller.tenant).await.unwrap();
    store::calendars::import(&mut tx, &values::Notices::parse("2026-12-03 off 司庆").unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.say(&own, "E1001", &mut Value::Null, ask).await;
    assert!(answer["answer"].as_str().unwrap_or_default().contains("2 个工作日"), "{}", answer["answer"]);
    let answer = server.say(&other, "E1001", &mut Value::Null, ask).await;
    assert!(answer["answer"].as_str().unwrap_or_default().contains("3 个工作日"), "{}", answer["answer"]);
}

#[tokio::test]
async fn ambiguous_dates_follow_the_tenants_setting_and_are_echoed_in_full() {
    let server = Server::start().await;
    let tenant = server.tenant("settings").await;
    let on = |answer: &Value| answer["decision"]["slots"]["from"]["value"].as_str().map(str::to_owned);
    // The clock of the tests stands on Monday 23 November 2026.
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "周一请一天年假").await;
    assert_eq!(on(&answer).as_deref(), Some("2026-11-23"));
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "annual leave on 6/1").await;
    assert_eq!(on(&answer).as_deref(), Some("2027-06-01"));
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    let mut settings = store::calendars::load(&mut tx).await.unwrap().settings;
    settings.policy = values::Policy { same_weekday: values::SameWeekday::WeekAway, day_first: true };
    store::calendars::set(&mut tx, &settings).await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "周一请一天年假").await;
    assert_eq!(on(&answer).as_deref(), Some("2026-11-30"));
    assert!(answer["answer"].as_str().unwrap_or_default().contains("11月30日（周一）"), "{}", answer["answer"]);
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "annual leave on 6/1").await;
    assert_eq!(on(&answer).as_deref(), Some("2027-01-06"));
    // 2027 has not been announced, and the answer says so.
    assert!(answer["answer"].as_str().unwrap_or_default().contains("2027"), "{}", answer["answer"]);
}
