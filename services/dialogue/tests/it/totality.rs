//! What holds for every state and every message.

use dialogue::{Act, Band, By, Candidate, Decision, Frame, Meaning, Part, Payload, Phase, Reasoned, State, Step, act};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::talk::{CALENDAR, Talk};

const SKILLS: [&str; 8] = [
    "leave.request",
    "leave.cancel",
    "comp_leave.request",
    "room.book",
    "order.status",
    "order.cancel",
    "order.restore",
    "no.such_skill",
];

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
        "取消SO-20318和SO-20399",
        "取消张伟的订单",
        "第二个和第三个",
        "只要第一个",
        "不要第二个",
        "上一步",
        "全都不要了",
        "再来一个，改成周五",
        "same again",
        "没有备注",
        "改成李四",
        "等等，先查一下SO-20318",
        "那SO-20311呢",
        "the cheaper one",
        "它",
        "明早九点执行",
        "明天下午3点订会议室，后天再提交",
        "submit it tomorrow at 9",
        "现在就办",
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
        Payload::Skip {},
        Payload::Confirm { skill: "leave.request".into(), slots: Map::new() },
    ]);
    prop_oneof![6 => Just(None), 1 => slot.prop_map(Some), 1 => skill.prop_map(Some), 1 => plain.prop_map(Some)]
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let candidates = prop::collection::vec((prop::sample::select(SKILLS.to_vec()), 0.0f32..1.0), 0..4);
    let bands = prop::sample::select(vec![Band::Refuse, Band::Ask, Band::Confirm, Band::Act]);
    (text(), payload(), candidates, bands, 0.0f32..1.0, parts()).prop_map(
        |(text, payload, candidates, band, similarity, more)| {
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
                more,
            }
        },
    )
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part =
        (prop::sample::select(SKILLS.to_vec()), text()).prop_map(|(skill, text)| Part { skill: skill.into(), text });
    prop_oneof![5 => Just(vec![]), 1 => prop::collection::vec(part, 1..4)]
}

/// What the world does between two messages.
#[derive(Debug, Clone)]
enum Event {
    Nothing,
    Later(i64),
    Edited(&'static str),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => Just(Event::Nothing),
        1 => (1i64..60 * 24 * 40).prop_map(Event::Later),
        1 => prop::sample::select(SKILLS.to_vec()).prop_map(Event::Edited),
    ]
}

/// What the database answers in one turn.
#[derive(Debug, Clone)]
struct Data {
    found: bool,
    succeeds: bool,
    choices: usize,
    /// What a reasoner proposes, should one be asked.
    reasoned: Reasoned,
}

fn data() -> impl Strategy<Value = Data> {
    (any::<bool>(), any::<bool>(), 0usize..12, reasoned()).prop_map(|(found, succeeds, choices, reasoned)| Data {
        found,
        succeeds,
        choices,
        reasoned,
    })
}

/// Proposals, some of which reach for what is nobody's to set, or for what is not there.
fn reasoned() -> impl Strategy<Value = Reasoned> {
    let values = || {
        prop::sample::select(vec![
            json!("annual"),
            json!("2026-12-02"),
            json!(7),
            json!("E9999"),
            json!([1]),
            json!(null),
        ])
    };
    let names = prop::sample::select(vec!["kind", "from", "to", "employee", "people", "order", "nothing"]);
    let slots = prop::collection::vec((names, values()), 0..4)
        .prop_map(|slots| slots.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    let skills = prop::sample::select(SKILLS.iter().copied().chain(["no.such"]).collect::<Vec<_>>());
    prop_oneof![
        4 => (skills, slots).prop_map(|(skill, slots)| Reasoned::Skill { skill: skill.to_owned(), slots }),
        2 => values().prop_map(Reasoned::Value),
        1 => Just(Reasoned::Ask("哪一天？".to_owned())),
        1 => Just(Reasoned::HandOff),
        1 => Just(Reasoned::Nothing),
    ]
}

const NAMES: [&str; 12] = [
    "张伟",
    "章伟",
    "李四",
    "John Smith",
    "王芳",
    "Acme",
    "SO-20318",
    "SO-20399",
    "SO-20311",
    "SO-20325",
    "SO-20331",
    "赵六",
];

fn rows(count: usize) -> Vec<Map<String, Value>> {
    let row = |index: usize| json!({"no": format!("SO-{}", 20300 + index), "label": NAMES[index], "price": 12 - index});
    (0..count).filter_map(|index| row(index).as_object().cloned()).collect()
}

/// Steps one turn to its end, as the agent does, and holds every step to what must always be so.
fn turn(talk: &mut Talk, meaning: &Meaning, data: &Data) -> Result<usize, TestCaseError> {
    let before = talk.state.clone();
    let mut decision = talk.step(meaning);
    let said_yes = meaning.act.whole() == Some(Act::Affirm) || matches!(meaning.payload, Some(Payload::Confirm { .. }));
    let mut confirmed = before.top().filter(|top| said_yes && top.phase == Phase::Confirming).map(Frame::to_confirm);
    let mut batch = before.top().and_then(|top| top.batch.clone());
    let mut steps = 1;
    let mut ended = false;
    let mut was_reasoned = false;
    loop {
        // What is only said or run ends the request that was on top.
        ended |= matches!(decision, Decision::Say(_) | Decision::Run);
        prop_assert!(steps < 100, "a turn that does not end: {decision:?}");
        prop_assert!(talk.state.frames.len() <= dialogue::state::MAX_FRAMES);
        prop_assert!(talk.state.queue.len() <= dialogue::state::MAX_QUEUE);
        for frame in &talk.state.frames {
            if let Some(employee) = frame.values().get("employee") {
                prop_assert_eq!(employee, "E1001", "identity is never said");
            }
        }
        let world_step = match decision {
            Decision::Look => dialogue::with_facts(talk.state.clone(), data.found.then(Map::new), &talk.world()),
            Decision::LookUp { ref slot } => {
                dialogue::with_choices(talk.state.clone(), slot, &rows(data.choices), &talk.world())
            }
            Decision::Run => {
                let frame = talk.state.top().cloned().expect("a frame to run");
                let skill = talk.world().of(&frame).expect("a skill that may run");
                if skill.manifest.effect.needs_confirmation() {
                    let is_confirmed = confirmed.as_ref().is_some_and(|confirmed| match &batch {
                        Some(batch) => batch.items.iter().any(|item| item.filled.value == frame.values()[&batch.slot]),
                        None => *confirmed == frame.to_confirm(),
                    });
                    prop_assert!(is_confirmed, "{frame:?} ran on {:?}", meaning.text);
                }
                if frame.batch.is_none() {
                    // One yes is for one request.
                    (confirmed, batch) = (None, None);
                }
                dialogue::after_run(talk.state.clone(), data.succeeds, &rows(data.choices), &talk.world())
            }
            Decision::Say(_) if !talk.state.queue.is_empty() => dialogue::go_on(talk.state.clone(), &talk.world()),
            _ if !was_reasoned && dialogue::need(&talk.state, meaning, &decision).is_some() => {
                // Whatever was confirmed before: a proposal is no yes.
                (was_reasoned, ended, confirmed, batch) = (true, true, None, None);
                let step = Step { state: talk.state.clone(), decision, resumable: None, notes: Vec::new() };
                dialogue::with_reasoned(step, meaning, &data.reasoned, &talk.world())
            }
            _ => break,
        };
        talk.state = world_step.state;
        decision = world_step.decision;
        steps += 1;
    }
    if !ended {
        nothing_lost(&before, talk, meaning, &decision)?;
    }
    asked_with_a_way_out(&before, talk, &decision)?;
    Ok(steps)
}

/// A filled slot of a request that is still there is lost only where the answer asks for it (with the reason), or where
/// the message takes it back.
fn nothing_lost(before: &State, talk: &Talk, meaning: &Meaning, decision: &Decision) -> Result<(), TestCaseError> {
    let (Some(old), Some(new)) = (before.top(), talk.state.top()) else { return Ok(()) };
    if old.skill != new.skill || old.utterance != new.utterance || before.frames.len() != talk.state.frames.len() {
        return Ok(());
    }
    for (name, filled) in &old.slots {
        let is_asked = matches!(decision, Decision::Ask { slot, .. } if slot == name);
        let is_given = !matches!(filled.by, By::Computed | By::Default | By::Context);
        // A button that names the skill begins it anew, with the same words where they are the same.
        let begins_anew = matches!(meaning.payload, Some(Payload::Skill { .. }));
        let takes_back = meaning.act.act == Some(Act::Back) || !meaning.inputs.is_empty() || begins_anew;
        prop_assert!(
            new.slots.contains_key(name) || new.days.contains_key(name) || is_asked || !is_given || takes_back,
            "{name} was lost on {:?}: {decision:?}",
            meaning.text
        );
    }
    Ok(())
}

/// The same question again counts as a further attempt, unless the user only asked to hear it again; from the third on
/// the answer offers a way out.
fn asked_with_a_way_out(before: &State, talk: &Talk, decision: &Decision) -> Result<(), TestCaseError> {
    let (Decision::Ask { slot, attempt, .. }, Some(old), Some(new)) = (decision, before.top(), talk.state.top()) else {
        return Ok(());
    };
    if old.skill == new.skill && old.utterance == new.utterance && old.asked() == Some(slot) {
        let asked_before = old.attempts.get(slot).copied().unwrap_or_default();
        prop_assert!(*attempt >= asked_before.min(1), "attempts are counted");
        prop_assert_eq!(new.attempts.get(slot).copied().unwrap_or_default(), *attempt);
    }
    Ok(())
}

/// Turns in one conversation, and how many conversations: together more than 100,000 steps.
const TURNS: std::ops::Range<usize> = 1..30;
const CONVERSATIONS: u32 = 8_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: CONVERSATIONS, ..ProptestConfig::default() })]

    /// Never a panic; a write runs only on a yes to its own confirmation; identity is never said; stack and queue are
    /// bounded; nothing is lost; every turn ends; every state can be stored (`Talk::step` stores and reads it back); all
    /// this also when skills are edited or withdrawn meanwhile and when days pass.
    #[test]
    fn every_message_has_an_answer_and_no_write_runs_unconfirmed(
        messages in prop::collection::vec((event(), meaning(), data()), TURNS)
    ) {
        let mut talk = Talk::new();
        for (event, meaning, data) in &messages {
            match event {
                Event::Nothing => {}
                Event::Later(minutes) => talk.later += chrono::TimeDelta::minutes(*minutes),
                Event::Edited(name) => talk.skills.edit(name),
            }
            turn(&mut talk, meaning, data)?;
        }
    }
}
