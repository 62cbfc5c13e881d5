//! A dialogue made by hand, whose score is known.

use std::collections::{BTreeMap, BTreeSet};

use inquiry::{Memory, Topics};
use serde_json::json;

use super::data::{Act, Data, Dialogue, SystemState};
use super::score::{Counts, Score};
use super::{acts, replay, schema, state};

fn data() -> Data {
    let hotels = json!([["和平宾馆", {"价格": 300, "评分": 4.6}], ["长城饭店", {"价格": 800, "评分": 4.2}]]);
    let restaurants = json!([["小王府", {"推荐菜": ["烤鸭", "红烧肉"], "人均消费": 90}]]);
    let table = |rows: serde_json::Value| serde_json::from_value(rows).expect("a table");
    let database = BTreeMap::from([("酒店", table(hotels)), ("餐馆", table(restaurants)), ("景点", Vec::new())]);
    Data { dialogues: Vec::new(), database }
}

fn predicted(topics: &Topics, memory: &mut Memory, text: &str) -> BTreeSet<Act> {
    let inquiry = replay::read(topics, text, memory, &|_| 0.0);
    memory.hear(&inquiry);
    acts::acts(topics, text, &inquiry)
}

fn set(acts: &[[&str; 4]]) -> BTreeSet<Act> {
    acts.iter().map(|act| act.map(str::to_owned)).collect()
}

#[test]
fn acts_are_written_as_the_data_set_writes_them() {
    let topics = schema::topics(&data());
    let mut memory = Memory::new(&topics);
    let first = predicted(&topics, &mut memory, "你好，帮我找一家评分4.5分以上、价格200-300元、有叫醒服务的酒店，谢谢");
    let expected = set(&[
        ["General", "greet", "none", "none"],
        ["General", "thank", "none", "none"],
        ["Inform", "酒店", "评分", "4.5分以上"],
        ["Inform", "酒店", "价格", "200-300元"],
        ["Inform", "酒店", "酒店设施-叫醒服务", "是"],
        ["Request", "酒店", "名称", ""],
    ]);
    assert_eq!(first, expected);
    memory.tell(topics.position("酒店").expect("a topic"), &["和平宾馆".to_owned()]);
    let second = predicted(&topics, &mut memory, "在这家酒店附近找一家能吃烤鸭的餐馆");
    assert_eq!(second, set(&[["Inform", "餐馆", "推荐菜", "烤鸭"], ["Select", "餐馆", "源领域", "酒店"]]));
    let belief = state::of_memory(&topics, &memory);
    assert_eq!(belief.get(&("餐馆".into(), "周边酒店".into())).map(String::as_str), Some("和平宾馆"));
    assert_eq!(belief.get(&("酒店".into(), "酒店设施".into())).map(String::as_str), Some("叫醒服务"));
}

#[test]
fn a_belief_is_right_only_as_a_whole() {
    let topics = schema::topics(&data());
    let annotation = |text: &str| -> SystemState { serde_json::from_str(text).expect("a state") };
    let full =
        annotation(r#"{"酒店": {"价格": "200-300元", "酒店设施": "叫醒服务 SPA", "selectedResults": ["和平宾馆"]}}"#);
    let other = annotation(r#"{"酒店": {"价格": " 200-300元", "酒店设施": "SPA 叫醒服务", "评分": ""}}"#);
    let more = annotation(r#"{"酒店": {"价格": "200-300元", "酒店设施": "SPA 叫醒服务", "评分": "5分"}}"#);
    let [full, other, more] = [full, other, more].map(|annotated| state::of_annotation(&topics, &annotated));
    let mut score = Score::default();
    assert!(score.belief(&full, &other), "order, white space, empty slots and results do not count");
    assert!(!score.belief(&full, &more));
    assert_eq!((score.joint, score.slots), (1, Counts { predicted: 4, truth: 5, both: 4 }));
}

#[test]
fn a_loaded_state_reads_as_it_was_annotated() {
    let topics = schema::topics(&data());
    let text = r#"{"酒店": {"名称": "和平宾馆", "价格": "200-300元"}, "餐馆": {"推荐菜": "烤鸭 红烧肉", "周边酒店": "和平宾馆"}}"#;
    let annotated: SystemState = serde_json::from_str(text).expect("a state");
    let mut memory = Memory::new(&topics);
    state::load(&topics, &mut memory, &annotated);
    assert_eq!(state::of_memory(&topics, &memory), state::of_annotation(&topics, &annotated));
}

#[test]
fn f1_counts_acts_over_all_turns_and_sorts_the_errors() {
    let mut score = Score::default();
    let truth =
        set(&[["Inform", "酒店", "价格", "300元"], ["Request", "酒店", "电话", ""], ["Request", "酒店", "地址", ""]]);
    let own =
        set(&[["Inform", "酒店", "价格", "400元"], ["Request", "酒店", "电话", ""], ["Request", "餐馆", "地址", ""]]);
    let (missing, extra) = score.acts(&own, &truth);
    assert_eq!((missing.len(), extra.len()), (2, 2));
    score.acts(&set(&[["General", "thank", "none", "none"]]), &set(&[["General", "thank", "none", "none"]]));
    assert!((score.acts.f1() - 0.5).abs() < 1e-9);
    assert_eq!(score.commonest(3), [("wrong domain: Request 地址", 1), ("wrong value: Inform 价格", 1)]);
}

#[test]
fn one_dialogue_in_five_is_kept_for_examples() {
    let text = r#"{"goal": [], "messages": [{"content": "你好", "role": "usr", "dialog_act": []}]}"#;
    let dialogue = |id: &str| Dialogue { id: id.into(), ..serde_json::from_str(text).expect("a dialogue") };
    assert!(dialogue("10").is_example() && !dialogue("11").is_example());
}
