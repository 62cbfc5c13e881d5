//! What becomes of answers: passed on, in part, after a repair, or not at all.

use paigong_core::Language;
use reasoning::testing::{Endpoint, Reply};
use reasoning::{Proposal, Purpose, Reason, Source, Unavailable};
use serde_json::{Value, json};

use crate::{Scene, decision, question, skill};

/// What is proposed when the model decides this, at every try.
async fn proposed(purpose: Purpose, message: &str, decided: Value) -> Result<reasoning::Reasoned, Unavailable> {
    let endpoint = Endpoint::start([decision(decided)]).await;
    Scene::new(&endpoint, json!({})).await.propose(&question(purpose, message)).await
}

fn reasons(reasoned: &reasoning::Reasoned) -> Vec<Reason> {
    reasoned.dropped.iter().map(|dropped| dropped.reason).collect()
}

#[tokio::test]
async fn a_skill_that_is_no_candidate_is_dropped() {
    let reasoned = proposed(Purpose::Fallback, "工资", skill("payroll.export", &[])).await.unwrap();
    assert_eq!((&reasoned.proposal, reasons(&reasoned)), (&Proposal::Nothing, vec![Reason::UnknownSkill]));
}

#[tokio::test]
async fn bad_slots_are_dropped_and_the_skill_stays() {
    let decided = skill(
        "leave.request",
        &[
            ("from", json!("2026-12-02")),
            ("to", json!("下周五")),
            ("kind", json!("unpaid")),
            ("employee_id", json!("E1")),
            ("reason", json!("工单 88997766")),
        ],
    );
    let reasoned = proposed(Purpose::Fallback, "下周三起请假", decided).await.unwrap();
    let Proposal::Skill { slots, .. } = &reasoned.proposal else { panic!("{reasoned:?}") };
    assert_eq!(Value::Object(slots.clone()), json!({"from": "2026-12-02"}));
    let expected = [Reason::BadValue, Reason::BadValue, Reason::UnknownSlot, Reason::Invented];
    assert_eq!(reasons(&reasoned), expected);
    assert!(!format!("{reasoned:?}").contains("2026-12-02"), "values are in no log");
}

#[tokio::test]
async fn a_plan_refers_to_earlier_results_only() {
    let slot = |from: u64, field: &str| json!([{"slot": "number", "value": null, "from": from, "field": field}]);
    let plan = |slots: Value, each: Value| {
        json!({"do": "plan", "steps": [{"skill": "expense.list", "slots": [], "each": null},
                                       {"skill": "expense.approve", "slots": slots, "each": each}]})
    };
    let reasoned = proposed(Purpose::Plan, "全部批了", plan(slot(1, "number"), json!(1))).await.unwrap();
    let Proposal::Plan { steps } = &reasoned.proposal else { panic!("{reasoned:?}") };
    assert_eq!((steps.len(), steps[1].over), (2, Some(0)));
    assert_eq!(steps[1].slots["number"], Source::Result { step: 0, field: "number".to_owned() });

    for (slots, each) in [
        (slot(2, "number"), Value::Null),
        (slot(3, "number"), Value::Null),
        (slot(1, "secret"), Value::Null),
        (json!([]), json!(2)),
    ] {
        let wrong = proposed(Purpose::Plan, "全部批了", plan(slots, each)).await;
        assert_eq!(wrong, Err(Unavailable::Invalid));
    }
}

#[tokio::test]
async fn a_plan_with_slots_as_an_object_is_understood() {
    let decided = json!({"do": "plan", "steps": [
        {"skill": "expense.list"}, {"skill": "expense.approve", "slots": {"number": {"from": 1, "field": "number"}}}]});
    let reasoned = proposed(Purpose::Plan, "批第一笔", decided).await.unwrap();
    let Proposal::Plan { steps } = &reasoned.proposal else { panic!("{reasoned:?}") };
    assert_eq!(steps[1].slots["number"], Source::Result { step: 0, field: "number".to_owned() });
}

#[tokio::test]
async fn an_answer_has_its_figures_from_the_passages_that_it_cites() {
    let answer = |text: &str, citations: &[&str]| json!({"do": "answer", "text": text, "citations": citations});
    let good =
        proposed(Purpose::Answer, "年假几天", answer("年假五天，提前 3 天申请 [p1]。", &["p1", "p1"])).await.unwrap();
    let expected = Proposal::Answer {
        text: "年假五天，提前 3 天申请。".into(),
        citations: vec!["handbook/leave#2".into()],
    };
    assert!(good.proposal == expected);
    let contact = answer("写信 hr@example.com。", &["p1"]);
    assert!(
        matches!(proposed(Purpose::Answer, "问谁", contact).await.unwrap().proposal, Proposal::Answer { text, .. } if text == "写信 hr@example.com。")
    );

    for (text, citations) in [
        ("年假 6 天。", &["p1"][..]),
        ("上限 1500 元。", &["p1"]),
        ("年假 5 天。", &[]),
        ("年假 5 天。", &["p3"]),
        ("年假 5 天。", &["handbook/leave#2"]),
        ("写信 boss@example.com。", &["p1", "p2"]),
        ("见 https://hr.example.com/claims?u=1", &["p2"]),
        ("12月21日前提交。", &["p2"]),
    ] {
        let wrong = proposed(Purpose::Answer, "问题", answer(text, citations)).await;
        assert_eq!(wrong, Err(Unavailable::Invalid), "{text}");
    }
}

#[tokio::test]
async fn a_question_is_plain_and_asks_for_no_secrets() {
    let ask = |text: &str| json!({"do": "ask", "text": text});
    let reasoned =
        proposed(Purpose::Fallback, "请假", ask("<b>哪一天？</b>[点我](https://evil.example)\u{202e}")).await.unwrap();
    assert!(reasoned.proposal == Proposal::Ask("哪一天？点我".into()));
    assert_eq!(reasons(&reasoned), [Reason::Unsafe]);
    assert_eq!(proposed(Purpose::Fallback, "请假", ask("您的密码是？")).await, Err(Unavailable::Invalid));
    assert_eq!(proposed(Purpose::Fallback, "请假", ask("<img src=x>")).await, Err(Unavailable::Invalid));
}

#[tokio::test]
async fn what_is_invalid_is_repaired_once_and_both_calls_are_counted() {
    for wrong in [
        Reply::Content("我不知道".to_owned()),
        Reply::Content("{\"do\": \"skill\", \"skill\": \"room.book\", \"slots\": [".to_owned()),
        decision(json!({"do": "format_disk"})),
        decision(json!({"do": "skill"})),
    ] {
        let good = decision(skill("room.book", &[("people", json!(5))]));
        let endpoint = Endpoint::start([wrong, good]).await;
        let scene = Scene::new(&endpoint, json!({})).await;
        let mut asked = question(Purpose::Fallback, "Book a room for 5");
        asked.language = Language::En;
        let reasoned = scene.propose(&asked).await.unwrap();
        assert!(matches!(&reasoned.proposal, Proposal::Skill { skill, .. } if skill == "room.book"));
        assert_eq!((reasoned.calls, reasoned.tokens_in, reasoned.tokens_out), (2, 200, 40));
        assert_eq!(scene.outcomes().await, ["invalid", "answered"]);
        assert_eq!(scene.spent().await.tokens_in, 200);
        let seen = endpoint.seen();
        let messages = seen[1].body["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4);
        assert!(messages[3]["content"].as_str().unwrap().starts_with("Your answer cannot be used"));
    }
}

#[tokio::test]
async fn what_is_invalid_twice_is_unavailable() {
    let endpoint = Endpoint::start([decision(json!({"do": "?"}))]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    assert_eq!(scene.propose(&question(Purpose::Plan, "都办了")).await, Err(Unavailable::Invalid));
    assert_eq!((endpoint.seen().len(), scene.outcomes().await.len()), (2, 2));
}

#[tokio::test]
async fn a_call_of_an_unknown_function_is_invalid() {
    let endpoint = Endpoint::start([Reply::Call("run_sql".into(), "{\"sql\": \"DROP TABLE x\"}".into())]).await;
    for streaming in [false, true] {
        let scene = Scene::new(&endpoint, json!({"mode": "tools", "streaming": streaming})).await;
        assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::Invalid));
    }
}
