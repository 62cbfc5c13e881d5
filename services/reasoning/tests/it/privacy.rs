//! What leaves the house: no personal data, no keys in anything that is shown.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reasoning::testing::{Endpoint, Reply};
use reasoning::{By, Proposal, Purpose, Said};
use serde_json::{Value, json};

use crate::{Scene, decision, question, skill};

#[tokio::test]
async fn masked_values_come_back_into_slots_and_questions() {
    let written = decision(skill("leave.request", &[("reason", json!("找[phone_1]或 ⟦NAME_1⟧"))]));
    let endpoint = Endpoint::start([written]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    let mut asked = question(Purpose::Fallback, "请假，有事找13812345678或王小明");
    asked.names = vec!["王小明".to_owned()];
    let reasoned = scene.propose(&asked).await.unwrap();
    let Proposal::Skill { slots, .. } = &reasoned.proposal else { panic!("{reasoned:?}") };
    assert_eq!(slots["reason"], "找13812345678或 王小明");
    endpoint.script([decision(json!({"do": "ask", "text": "是 ⟦NAME_1⟧ 吗？"}))]);
    let Proposal::Ask(text) = scene.propose(&asked).await.unwrap().proposal else { panic!("no question") };
    assert_eq!(text, "是 王小明 吗？");
    let sent = endpoint.seen();
    assert!(sent.iter().all(|seen| !seen.raw.contains("13812345678") && !seen.raw.contains("王小明")));
}

/// A number of a person in some dress, an address or a name, with what surrounds it.
fn personal() -> impl Strategy<Value = (String, String)> {
    let phone = "1[3-9][0-9]{9}".prop_map(|digits| (digits.clone(), digits));
    let grouped = ("1[3-9][0-9]", "[0-9]{4}", "[0-9]{4}", "[ -]")
        .prop_map(|(a, b, c, sign)| (format!("{a}{sign}{b}{sign}{c}"), format!("{a}{sign}{b}{sign}{c}")));
    let id =
        ("[1-9][0-9]{5}", 1950..2010_u32, 1..=12_u32, 1..=28_u32, "[0-9]{3}[0-9X]").prop_map(|(area, y, m, d, end)| {
            let id = format!("{area}{y}{m:02}{d:02}{end}");
            (id.clone(), id)
        });
    let email = ("[a-z]{2,8}", "[a-z]{2,8}").prop_map(|(a, b)| (format!("{a}.{b}@mail.example"), format!("{a}.{b}@")));
    let person = Just(("欧阳小明".to_owned(), "欧阳小明".to_owned()));
    let abroad = "\\+[1-9][0-9]{9,12}".prop_map(|number| (number.clone(), number));
    prop_oneof![phone, grouped, id, email, person, abroad]
}

#[tokio::test]
async fn no_personal_data_of_a_question_reaches_the_wire() {
    let endpoint = Endpoint::start([decision(json!({"do": "nothing"}))]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    let mut runner = TestRunner::deterministic();
    let words = prop::sample::select(vec!["请打", "，谢谢", " call ", "：", "是我的", "\n", "。", "转3号", "(", "和"]);
    let texts = prop::collection::vec((words, personal()), 1..5);
    for round in 0..60 {
        let mut secrets = vec!["s3cret".to_owned()];
        let mut text = || {
            let parts = texts.new_tree(&mut runner).unwrap().current();
            let mut text = String::new();
            for (word, (shown, secret)) in parts {
                text.push_str(word);
                text.push_str(&shown);
                secrets.push(secret);
            }
            text
        };
        let purpose = Purpose::ALL[round % 4];
        let mut asked = question(purpose, &text());
        asked.history = vec![Said { by: By::User, text: text() }, Said { by: By::Assistant, text: text() }];
        asked.names = vec!["欧阳小明".to_owned()];
        asked.passages[0].text = text();
        asked.passages[1].heading = text();
        asked.candidates[0].description = text();
        scene.propose(&asked).await.unwrap();
        let sent = endpoint.seen().pop().unwrap().body.to_string();
        for secret in &secrets {
            assert!(!sent.contains(secret.as_str()), "{secret} in {sent}");
        }
    }
}

#[tokio::test]
async fn neither_keys_nor_texts_are_shown() {
    let endpoint = Endpoint::start([Reply::Status(500, "")]).await;
    let scene = Scene::new(&endpoint, json!({})).await;
    let mut asked = question(Purpose::Fallback, "很私密的话");
    asked.history = vec![Said { by: By::User, text: "更私密的话".to_owned() }];
    let shown = format!("{:?} {:?} {:?}", scene.reasoner, asked, scene.reasoner.health());
    for secret in ["s3cret", "私密", "hr@example.com"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let _: Result<_, _> = scene.propose(&asked).await;
    let mut tx = scene.database.begin(scene.asker.tenant).await.unwrap();
    let kept: Vec<Value> =
        sqlx::query_scalar("SELECT to_jsonb(c) FROM paigong.llm_call c").fetch_all(tx.connection()).await.unwrap();
    assert!(!json!(kept).to_string().contains("私密"), "{kept:?}");
}
