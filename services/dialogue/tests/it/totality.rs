//! What holds for every state and every message.

use dialogue::{Act, Band, Candidate, Decision, Meaning, Payload, Phase, act};
use proptest::prelude::*;
use serde_json::{Map, json};

use crate::talk::{CALENDAR, Talk};

const SKILLS: [&str; 6] =
    ["leave.request", "leave.cancel", "comp_leave.request", "room.book", "order.status", "no.such_skill"];

/// Messages that mean something here, and any text at all.
fn text() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "下周三到周五请年假",
        "嗯",
        "不对",
        "算了",
        "改为后天",
        "病假",
        "对，不过是从天津走",
        "不是请假，是调休",
        "明天下午3点订会议室，10个人",
        "100个人",
        "SO-20318",
        "订单20399到哪了",
        "no, make it 3",
        "yes please",
        "cancel",
        "skip",
        "撤销",
        "继续",
        "都不是",
        "第二个",
        "从12月5日到12月3日",
        "三十号",
        "help",
        "转人工",
        "LR-7",
        "你好",
        "4pm instead",
        "下周四开始",
        "到周五为止",
    ])
    .prop_map(str::to_owned);
    prop_oneof![3 => known, 1 => ".{0,40}"]
}

fn payload() -> impl Strategy<Value = Option<Payload>> {
    let slots = prop::sample::select(vec!["kind", "from", "to", "employee", "at", "people", "order", "nothing"]);
    let values = prop::sample::select(vec![
        json!("annual"),
        json!("2026-12-02"),
        json!(7),
        json!(null),
        json!("SO-20318"),
        json!(true),
    ]);
    let slot = (slots, values).prop_map(|(name, value)| Payload::Slot { name: name.into(), value });
    let skill = prop::sample::select(SKILLS.to_vec()).prop_map(|name| Payload::Skill { name: name.into() });
    let plain = prop::sample::select(vec![
        Payload::Change {},
        Payload::Cancel {},
        Payload::NoneOfThese {},
        Payload::Resume {},
        Payload::HandOff {},
        Payload::Confirm { skill: "leave.request".into(), slots: Map::new() },
    ]);
    prop_oneof![6 => Just(None), 1 => slot.prop_map(Some), 1 => skill.prop_map(Some), 1 => plain.prop_map(Some)]
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let candidates = prop::collection::vec((prop::sample::select(SKILLS.to_vec()), 0.0f32..1.0), 0..4);
    let bands = prop::sample::select(vec![Band::Refuse, Band::Ask, Band::Confirm, Band::Act]);
    (text(), payload(), candidates, bands, 0.0f32..1.0).prop_map(|(text, payload, candidates, band, similarity)| {
        let reading = act::read(&text);
        Meaning {
            language: None,
            values: values::read(&reading.rest, &values::Context::new(Talk::now(), &CALENDAR)),
            act: reading,
            text,
            candidates: candidates.into_iter().map(|(skill, p)| Candidate { skill: skill.into(), p }).collect(),
            band,
            similarity,
            payload,
            tags: Vec::new(),
            is_tagged: false,
            sentences: Vec::new(),
            inputs: Map::new(),
            more: vec![],
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Never a panic; a write runs only on a yes to its own confirmation; identity is never said; the stack is bounded;
    /// every state can be stored (`Talk::step` stores and reads it back).
    #[test]
    fn every_message_has_an_answer_and_no_write_runs_unconfirmed(meanings in prop::collection::vec(meaning(), 1..12), found in any::<bool>()) {
        let mut talk = Talk::new();
        for meaning in meanings {
            let before = talk.state.clone();
            let mut decision = talk.step(&meaning);
            if decision == Decision::Look {
                let row = found.then(Map::new);
                let step = dialogue::with_facts(talk.state.clone(), row, &talk.world());
                talk.state = step.state;
                decision = step.decision;
                prop_assert_ne!(&decision, &Decision::Look);
            }
            if decision == Decision::Run {
                let frame = talk.state.top().cloned().expect("a frame to run");
                let writes = frame.skill != "order.status";
                let said_yes = meaning.act.whole() == Some(Act::Affirm) || matches!(meaning.payload, Some(Payload::Confirm { .. }));
                let was_asked = before.top().is_some_and(|top| top.phase == Phase::Confirming && top.values() == frame.values());
                prop_assert!(!writes || (said_yes && was_asked), "{frame:?} ran on {:?}", meaning.text);
                talk.state = dialogue::after_run(talk.state.clone(), true, &[], &talk.world()).state;
            }
            prop_assert!(talk.state.frames.len() <= dialogue::state::MAX_FRAMES);
            for frame in &talk.state.frames {
                if let Some(employee) = frame.values().get("employee") {
                    prop_assert_eq!(employee, "E1001");
                }
            }
        }
    }
}
