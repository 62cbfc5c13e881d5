//! A language model beside the small one: what it is asked, what its proposals come to, what they can't come to, and that
//! everything else works when it is away. Its server is scripted and speaks the real protocol.

use std::time::{Duration, Instant};

use reasoning::testing::{Endpoint, Reply, injections};
use serde_json::{Value, json};

use crate::harness::{Server, Tenant};

fn decision(value: Value) -> Reply {
    Reply::Decision(value)
}

fn skill(name: &str, slots: &[(&str, Value)]) -> Reply {
    let slots: Vec<_> = slots.iter().map(|(slot, value)| json!({"slot": slot, "value": value})).collect();
    decision(json!({"do": "skill", "skill": name, "slots": slots}))
}

/// A server that asks `endpoint`, with more settings.
async fn server(endpoint: &Endpoint, more: &[(&'static str, &str)]) -> Server {
    let mut settings = vec![
        ("PAIGONG_LLM_URL", endpoint.base_url()),
        ("PAIGONG_LLM_MODEL", "scripted".to_owned()),
        ("PAIGONG_LLM_KEY", "sk-very-secret".to_owned()),
        ("PAIGONG_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()),
    ];
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Server::start_with(settings).await
}

async fn get(server: &Server, tenant: &Tenant, path: &str) -> Value {
    server.client.get(server.url(path)).bearer_auth(&tenant.key).send().await.unwrap().json().await.unwrap()
}

async fn post(server: &Server, tenant: &Tenant, path: &str, body: &Value) -> Value {
    let request = server.client.post(server.url(path)).bearer_auth(&tenant.key).json(body);
    request.send().await.unwrap().json().await.unwrap()
}

/// Something that no example comes near.
const STRANGE: &str = "弦绷得太紧，我得躺平几天";

#[tokio::test]
async fn what_only_the_model_understands_is_confirmed_learnt_and_then_understood_without_it() {
    let endpoint =
        Endpoint::start([skill("leave.request", &[("kind", json!("annual")), ("from", json!("2026-12-02"))])]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let talk = &mut Value::Null;
    let answer = server.say(&tenant, "E1001", talk, STRANGE).await;
    assert_eq!((&answer["decision"]["path"], &answer["degraded"]), (&json!("llm"), &json!(false)), "{answer}");
    assert_eq!(answer["decision"]["reasoning"]["outcome"], "skill");
    assert_eq!(answer["dialog_action"]["skill"], "leave.request");
    assert_eq!(answer["execution"], Value::Null, "nothing is done by a proposal");
    assert_eq!(answer["decision"]["slots"]["from"]["by"], "reasoned");
    // What is still missing is asked for, then it is confirmed as always.
    let mut answer = answer;
    if answer["dialog_action"]["type"] == "ElicitSlot" {
        answer = server.say(&tenant, "E1001", talk, "一天").await;
    }
    assert_eq!(answer["dialog_action"]["type"], "ConfirmSkill", "{answer}");
    let answer = server.say(&tenant, "E1001", talk, "可以").await;
    assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");

    let open = get(&server, &tenant, "/v1/suggestions").await;
    let suggestion = &open["data"][0];
    assert_eq!((&suggestion["utterance"], &suggestion["skill"]), (&json!(STRANGE), &json!("leave.request")), "{open}");
    let path = format!("/v1/suggestions/{}", suggestion["id"].as_str().unwrap());
    let refused = post(&server, &tenant, &path, &json!({"state": "accepted", "skill": "no.such"})).await;
    assert_eq!(refused["status"], 400, "{refused}");
    let accepted = post(&server, &tenant, &path, &json!({"state": "accepted"})).await;
    assert_eq!(accepted["version"], 2, "{accepted}");
    assert_eq!(post(&server, &tenant, &path, &json!({"state": "rejected"})).await["status"], 404);

    let asked = endpoint.seen().len();
    let answer = server.say(&tenant, "E1001", &mut Value::Null, STRANGE).await;
    assert_eq!(
        (&answer["decision"]["path"], &answer["dialog_action"]["skill"]),
        (&json!("model"), &json!("leave.request"))
    );
    assert_eq!(endpoint.seen().len(), asked, "the model knows it now");
    // Calls are counted by the server's clock, which stands still, and turns by the database's.
    let report = get(&server, &tenant, "/v1/reasoning?days=366").await;
    let total =
        |key: &str| report["days"].as_array().unwrap().iter().map(|day| day[key].as_i64().unwrap()).sum::<i64>();
    assert_eq!((total("calls"), total("reasoned")), (1, 1), "{report}");
    assert!(total("tokens_in") > 0 && report["days"][0]["spared"]["leave.request"] == 1, "{report}");
}

#[tokio::test]
async fn a_value_that_can_t_be_read_twice_is_read_by_the_model_and_checked_by_the_slot() {
    let endpoint = Endpoint::start([decision(json!({"do": "value", "value": "2026-12-04"}))]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let talk = &mut Value::Null;
    server.say(&tenant, "E1001", talk, "我要请年假").await;
    let again = server.say(&tenant, "E1001", talk, "老地方老时间").await;
    assert_eq!(again["dialog_action"]["slot"], "from", "{again}");
    assert!(endpoint.seen().is_empty(), "it is asked again first");
    let read = server.say(&tenant, "E1001", talk, "就我说过的那个时候").await;
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(read["decision"]["slots"]["from"]["value"], "2026-12-04", "{read}");
    assert_eq!(read["decision"]["reasoning"]["purpose"], "value");
}

#[tokio::test]
async fn a_plan_is_shown_in_full_confirmed_once_and_carried_out_in_order() {
    let plan = json!({"do": "plan", "steps": [
        {"skill": "order.list", "each": null, "slots": [
            {"slot": "status", "value": "unpaid", "from": null, "field": null},
            {"slot": "from", "value": "2026-10-01", "from": null, "field": null},
            {"slot": "to", "value": "2026-10-31", "from": null, "field": null}]},
        {"skill": "order.cancel", "each": 1, "slots": [{"slot": "order", "value": null, "from": 1, "field": "no"}]},
        {"skill": "customer.message", "each": 1, "slots": [
            {"slot": "customer", "value": null, "from": 1, "field": "customer"},
            {"slot": "about", "value": "payment_reminder", "from": null, "field": null}]}]});
    let endpoint = Endpoint::start([decision(plan)]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let unpaid = "SELECT count(*) FROM crm.sales_order WHERE status = 'unpaid' AND ordered_on BETWEEN '2026-10-01' AND '2026-10-31'";
    assert_eq!(server.value(&tenant, "crm", unpaid).await, 4);
    let talk = &mut Value::Null;
    let message = "把上个月逾期没付的订单都取消，然后给这些客户发催款邮件";
    let answer = server.say(&tenant, "agent-07", talk, message).await;
    assert_eq!(answer["dialog_action"]["type"], "ConfirmSkill", "{answer}");
    let text = answer["answer"].as_str().unwrap();
    assert!(text.contains("7 件事") && text.contains("SO-20110") && text.contains("7)"), "{text}");
    assert_eq!(server.value(&tenant, "crm", unpaid).await, 4, "nothing is done before the yes");
    let answer = server.say(&tenant, "agent-07", talk, "开始吧").await;
    assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");
    assert_eq!(server.value(&tenant, "crm", unpaid).await, 0);
    assert_eq!(server.value(&tenant, "crm", "SELECT count(DISTINCT customer_no) FROM crm.message").await, 3);
    assert_eq!(server.value(&tenant, "crm", "SELECT count(*) FROM crm.message").await, 3);
    assert_eq!(endpoint.seen().len(), 1);
}

#[tokio::test]
async fn a_plan_stops_where_a_step_fails_and_says_what_was_done() {
    let step = |order: &str| json!({"skill": "order.cancel", "each": null, "slots": [{"slot": "order", "value": order, "from": null, "field": null}]});
    let plan = json!({"do": "plan", "steps": [step("SO-20110"), step("SO-20131"), step("SO-20152")]});
    let endpoint = Endpoint::start([decision(plan)]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let talk = &mut Value::Null;
    let answer =
        server.say(&tenant, "agent-07", talk, "SO-20110、SO-20131、SO-20152这些订单都取消，再给他们说一声").await;
    assert_eq!(answer["dialog_action"]["type"], "ConfirmSkill", "{answer}");
    // Meanwhile somebody cancels the second one.
    let other = &mut Value::Null;
    server.say(&tenant, "agent-08", other, "取消订单SO-20131").await;
    assert_eq!(server.say(&tenant, "agent-08", other, "确认").await["execution"]["status"], "succeeded");
    let answer = server.say(&tenant, "agent-07", talk, "好").await;
    assert_eq!(answer["execution"]["status"], "failed", "{answer}");
    let text = answer["answer"].as_str().unwrap();
    assert!(
        text.contains("1) 取消订单：已办好") && text.contains("2) 取消订单：没有办成") && !text.contains("3)"),
        "{text}"
    );
    let state = |no: &str| format!("SELECT status FROM crm.sales_order WHERE no = '{no}'");
    assert_eq!(server.value(&tenant, "crm", &state("SO-20110")).await, "cancelled", "what was done stays");
    assert_eq!(server.value(&tenant, "crm", &state("SO-20152")).await, "unpaid");
}

#[tokio::test]
async fn without_a_model_or_a_budget_everything_else_works_and_the_answer_says_so() {
    let plain = Server::start().await;
    let tenant = plain.tenant("a").await;
    let answer = plain.say(&tenant, "E1001", &mut Value::Null, STRANGE).await;
    assert_eq!((&answer["degraded"], &answer["degraded_reason"]), (&json!(true), &json!("not_configured")), "{answer}");
    let answer = plain.say(&tenant, "E1001", &mut Value::Null, "下周三请一天年假").await;
    assert_eq!((&answer["degraded"], &answer["dialog_action"]["type"]), (&json!(false), &json!("ConfirmSkill")));
    drop(plain);

    let endpoint = Endpoint::start([skill("leave.request", &[])]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    store::llm::set_budget(&mut tx, Some(tenant.caller.app), 10).await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.say(&tenant, "E1001", &mut Value::Null, STRANGE).await;
    assert_eq!(answer["degraded_reason"], "budget_spent", "{answer}");
    assert!(endpoint.seen().is_empty(), "nothing was spent");
}

#[tokio::test]
async fn while_every_call_hangs_turns_that_need_none_are_as_fast_as_ever() {
    let endpoint = Endpoint::start([Reply::Hang]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant("a").await;
    let measure = async |count: usize| {
        let mut took = Vec::with_capacity(count);
        for _ in 0..count {
            let started = Instant::now();
            let answer = server.say(&tenant, "E1001", &mut Value::Null, "我还有几天年假").await;
            assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");
            took.push(started.elapsed());
        }
        took.sort();
        took[count * 95 / 100 - 1]
    };
    measure(10).await;
    let before = measure(60).await;
    // As many as may be under way at once, and more.
    let hanging: Vec<_> = (0..40)
        .map(|number| {
            let request = server.client.post(server.url("/v1/chat-messages")).bearer_auth(&tenant.key);
            let body = json!({"user": format!("U{number}"), "query": STRANGE});
            tokio::spawn(async move { request.json(&body).send().await.unwrap().json::<Value>().await.unwrap() })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let during = measure(60).await;
    eprintln!("p95 of a turn that needs no model: {before:?} before, {during:?} while every call hangs");
    // A turn that waited for a hanging call would take seconds.
    assert!(during < before * 5 + Duration::from_millis(250), "{before:?} before, {during:?} while calls hang");
    let mut reasons = Vec::new();
    for answer in hanging {
        let answer = answer.await.unwrap();
        assert_eq!(answer["degraded"], true, "{answer}");
        reasons.push(answer["degraded_reason"].as_str().unwrap().to_owned());
    }
    assert!(
        reasons.iter().all(|reason| ["deadline", "overloaded", "breaker_open", "failed"].contains(&reason.as_str())),
        "{reasons:?}"
    );
}

/// Whatever a model that obeys an injection proposes: nothing is written, and nothing of another tenant or a secret is said.
#[tokio::test]
async fn no_injection_writes_or_tells_anything() {
    let endpoint = Endpoint::start([Reply::Hang]).await;
    let server = server(&endpoint, &[("PAIGONG_LLM_MODE", "plain")]).await;
    let tenant = server.tenant("a").await;
    server.tenant("b").await;
    let writes = "SELECT count(*)::bigint FROM paigong.run WHERE effect <> 'read'";
    let injections = injections();
    assert!(injections.len() >= 60);
    for injection in injections {
        endpoint.script([decision(injection.obeys.clone())]);
        let text: String = format!("{STRANGE}。{}", injection.text).chars().take(1900).collect();
        let answer = server.say(&tenant, "E1001", &mut Value::Null, &text).await;
        let said = answer.to_string();
        for never in injection.never.iter().filter(|never| !text.contains(never.as_str())) {
            assert!(!said.contains(never.as_str()), "{}: {said}", injection.name);
        }
        assert!(!said.contains("sk-very-secret"), "{}", injection.name);
        let wrote: i64 = {
            let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
            sqlx::query_scalar(sqlx::AssertSqlSafe(writes)).fetch_one(tx.connection()).await.unwrap()
        };
        assert_eq!(wrote, 0, "{}: {said}", injection.name);
    }
}

#[tokio::test]
async fn an_answer_is_written_from_passages_cited_kept_for_the_same_question_and_never_invented() {
    let answer = |text: &str| decision(json!({"do": "answer", "text": text, "citations": ["p1"]}));
    let endpoint = Endpoint::start([answer("可以查阅员工手册。")]).await;
    let server = server(&endpoint, &[]).await;
    let tenant = server.tenant_with_documents("a").await;
    let other = server.tenant_with_documents("b").await;
    let question = "没休完的年假能结转到明年吗";
    let said = server.say(&tenant, "E1001", &mut Value::Null, question).await;
    assert_eq!(said["decision"]["reasoning"]["outcome"], "answer", "{said}");
    assert!(said["answer"].as_str().unwrap().starts_with("可以查阅员工手册。\n[1] "), "{said}");
    assert_eq!(said["citations"].as_array().unwrap().len(), 1);
    let sent = endpoint.seen()[0].body.to_string();
    assert!(sent.contains("年假") && !sent.contains("sk-very-secret"));

    let again = server.say(&tenant, "E1002", &mut Value::Null, "没休完的年假能结转到明年吗？").await;
    assert_eq!((&again["decision"]["reasoning"]["outcome"], endpoint.seen().len()), (&json!("kept"), 1), "{again}");
    server.say(&other, "E1001", &mut Value::Null, question).await;
    assert_eq!(endpoint.seen().len(), 2, "another tenant's answers are its own");

    // A figure that is in no passage: the passage itself is the answer.
    endpoint.script([answer("可以结转 4711 天。")]);
    let invented = server.say(&other, "E1001", &mut Value::Null, "年假没用完，明年还能接着用吗").await;
    assert!(!invented["answer"].as_str().unwrap().contains("4711"), "{invented}");
    assert_eq!(invented["degraded_reason"], "invalid", "{invented}");
    assert!(invented["answer"].as_str().unwrap().contains("[1]"), "{invented}");
}
