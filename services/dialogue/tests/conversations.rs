//! Whole conversations through the pure step function, without model or database.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use dialogue::{Band, Candidate, Catalogue, Decision, Meaning, Payload, Phase, Reason, Say, State, Step, World, act};
use serde_json::{Map, Value, json};
use skills::Skill;

const LEAVE: &str = r#"
skill: leave.request
title: {zh: 请假, en: Request leave}
effect: write
examples: [请假]
slots:
  required: [kind, from, to]
  properties:
    employee: {type: string, x-source: context.user}
    kind: {enum: [annual, sick], x-labels: {annual: {zh: 年假, en: annual leave}, sick: {zh: 病假, en: sick leave}}}
    from: {format: date}
    to: {format: date, x-range-from: from, x-default: slots.from}
    note: {type: string}
rules:
  - {check: "slots.from <= slots.to", say: {zh: 反了, en: reversed}, slot: to}
confirm: {zh: "{{ from }}", en: "{{ from }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :employee, :kind, :from, :to, :note) RETURNING 1"}
reply: {zh: 好, en: ok}
undo: leave.cancel
"#;
const CANCEL: &str = r#"
skill: leave.cancel
title: {zh: 撤销请假, en: Cancel leave}
effect: write
examples: [撤销请假]
slots: {required: [number], properties: {number: {type: string, pattern: '^LR-\d+$'}}}
confirm: {zh: "{{ number }}", en: "{{ number }}"}
run: {sql: "DELETE FROM t WHERE tenant_id = :tenant_id AND number = :number RETURNING 1"}
reply: {zh: 好, en: ok}
"#;
const COMP: &str = r#"
skill: comp_leave.request
title: {zh: 调休, en: Comp leave}
effect: write
examples: [调休]
slots: {required: [date], properties: {date: {format: date}}}
confirm: {zh: "{{ date }}", en: "{{ date }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :date) RETURNING 1"}
reply: {zh: 好, en: ok}
"#;
const ROOM: &str = r#"
skill: room.book
title: {zh: 订会议室, en: Book a room}
effect: write
examples: [订会议室]
slots:
  required: [at, people]
  properties:
    at: {format: date-time}
    people: {type: integer, minimum: 1, maximum: 30}
confirm: {zh: "{{ at }}", en: "{{ at }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :at, :people) RETURNING 1"}
reply: {zh: 好, en: ok}
"#;
const ORDER: &str = r#"
skill: order.status
title: {zh: 查订单, en: Order status}
effect: read
examples: [查订单]
slots: {required: [order], properties: {order: {type: string, pattern: '^SO-\d{5}$', x-read: ['(?i)SO-?(\d{5})', '(?:订单号?|order)\s*(\d{5})'], x-write: 'SO-{}'}}}
facts: {sql: "SELECT 1 FROM t WHERE tenant_id = :tenant_id AND no = :order", missing: {slot: order, say: {zh: 没有, en: none}}}
run: {sql: "SELECT status FROM t WHERE tenant_id = :tenant_id AND no = :order"}
reply: {zh: 好, en: ok}
"#;

struct Skills(Vec<Arc<Skill>>);

impl Skills {
    fn new() -> Self {
        let compile = |text: &&str| {
            let manifest = skills::yaml::read("test", text).expect("a manifest");
            Arc::new(Skill::compile(manifest, 1, "test").expect("a skill"))
        };
        Self([LEAVE, CANCEL, COMP, ROOM, ORDER].iter().map(compile).collect())
    }
}

impl Catalogue for Skills {
    fn live(&self, name: &str) -> Option<Arc<Skill>> {
        self.0.iter().find(|skill| skill.name() == name).cloned()
    }
    fn version(&self, name: &str, version: u32) -> Option<Arc<Skill>> {
        self.live(name).filter(|skill| skill.version == version)
    }
}

/// A conversation on Monday 2026-11-23, 10:00.
struct Talk {
    skills: Skills,
    calendar: values::Calendar,
    context: Map<String, Value>,
    state: State,
}

impl Talk {
    fn new() -> Self {
        let context = json!({"user": "E1001"}).as_object().cloned().expect("map");
        Self { skills: Skills::new(), calendar: values::Calendar::mainland_china(), context, state: State::default() }
    }

    fn now() -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).expect("a time")
    }

    fn world(&self) -> World<'_> {
        World { catalogue: &self.skills, calendar: &self.calendar, now: Self::now(), context: &self.context }
    }

    /// Says `text`, which understanding takes for `skill` (or for nothing).
    fn say(&mut self, text: &str, skill: Option<&str>) -> Decision {
        let reading = act::read(text);
        let meaning = Meaning {
            text: text.into(),
            language: None,
            values: values::read(&reading.rest, &values::Context::new(Self::now(), &self.calendar)),
            act: reading,
            candidates: skill.map(|skill| Candidate { skill: skill.into(), p: 0.95 }).into_iter().collect(),
            band: if skill.is_some() { Band::Act } else { Band::Refuse },
            similarity: 0.9,
            payload: None,
            inputs: Map::new(),
        };
        self.step(&meaning)
    }

    fn press(&mut self, payload: Payload) -> Decision {
        let meaning = Meaning {
            text: String::new(),
            language: None,
            act: act::ActReading::default(),
            candidates: vec![],
            band: Band::Refuse,
            similarity: 0.0,
            values: vec![],
            payload: Some(payload),
            inputs: Map::new(),
        };
        self.step(&meaning)
    }

    fn step(&mut self, meaning: &Meaning) -> Decision {
        let Step { state, decision, .. } = dialogue::step(self.state.clone(), meaning, &self.world());
        // A conversation survives being stored.
        let stored = serde_json::to_string(&state).expect("json");
        self.state = serde_json::from_str(&stored).expect("a state");
        decision
    }

    fn slot(&self, name: &str) -> Value {
        self.state.top().map(|frame| frame.values()).and_then(|slots| slots.get(name).cloned()).unwrap_or_default()
    }
}

fn asks(decision: &Decision, slot: &str) -> bool {
    matches!(decision, Decision::Ask { slot: asked, .. } if asked == slot)
}

fn confirms(decision: &Decision) -> bool {
    matches!(decision, Decision::Confirm { .. })
}

#[test]
fn one_sentence_is_enough_and_yes_runs_it() {
    let mut talk = Talk::new();
    assert!(confirms(&talk.say("下周三到周五请年假", Some("leave.request"))));
    assert_eq!(
        (talk.slot("kind"), talk.slot("from"), talk.slot("to")),
        (json!("annual"), json!("2026-12-02"), json!("2026-12-04"))
    );
    assert_eq!(talk.slot("employee"), json!("E1001"));
    assert_eq!(talk.say("嗯", None), Decision::Run);
}

#[test]
fn a_missing_slot_is_asked_for_and_a_single_day_ends_where_it_begins() {
    let mut talk = Talk::new();
    assert!(asks(&talk.say("帮我请周五的假", Some("leave.request")), "kind"));
    assert!(confirms(&talk.say("病假", None)));
    assert_eq!((talk.slot("from"), talk.slot("to")), (json!("2026-11-27"), json!("2026-11-27")));
}

#[test]
fn a_correction_while_confirming_changes_that_and_nothing_else() {
    let mut talk = Talk::new();
    talk.say("下周三到周五请年假", Some("leave.request"));
    assert!(confirms(&talk.say("改为下周四开始", None)));
    assert!(confirms(&talk.say("对，不过是病假", None)));
    assert_eq!(talk.slot("kind"), json!("sick"));
    let mut talk = Talk::new();
    talk.say("明天下午3点订会议室，10个人", Some("room.book"));
    assert_eq!((talk.slot("at"), talk.slot("people")), (json!("2026-11-24T15:00:00"), json!(10)));
    assert!(confirms(&talk.say("改成4点", None)));
    assert!(confirms(&talk.say("no, make it 12 people", None)));
    assert_eq!(talk.slot("people"), json!(12));
    assert!(confirms(&talk.say("改为后天", None)));
    assert_eq!(talk.slot("at").as_str().map(|at| &at[..10]), Some("2026-11-25"));
}

#[test]
fn an_end_before_the_start_is_refused_with_the_rule_and_the_start_kept() {
    let mut talk = Talk::new();
    let decision = talk.say("请年假从12月5日到12月3日", Some("leave.request"));
    assert!(asks(&decision, "to"), "{decision:?} {:?}", talk.state);
    assert!(matches!(decision, Decision::Ask { reason: Some(Reason::Rule { index: 0, .. }), .. }));
    assert_eq!(talk.slot("from"), json!("2026-12-05"));
    assert!(confirms(&talk.say("12月8日", None)));
}

#[test]
fn another_skill_with_the_same_details_keeps_them() {
    let mut talk = Talk::new();
    talk.say("帮我请周五的假", Some("leave.request"));
    assert!(confirms(&talk.say("不是请假，是调休", Some("comp_leave.request"))));
    assert_eq!(talk.slot("date"), json!("2026-11-27"));
    assert_eq!(talk.state.frames.len(), 1);
}

#[test]
fn a_digression_is_answered_and_the_request_offered_again() {
    let mut talk = Talk::new();
    talk.say("请年假", Some("leave.request"));
    assert_eq!(talk.say("我的订单SO-20318到哪了", Some("order.status")), Decision::Look);
    let row = json!({"x": 1}).as_object().cloned();
    let step = dialogue::with_facts(talk.state.clone(), row, &talk.world());
    assert_eq!(step.decision, Decision::Run);
    let (state, resumable) = dialogue::after_run(step.state, true, Map::new());
    assert_eq!(resumable.as_deref(), Some("leave.request"));
    talk.state = state;
    assert!(asks(&talk.say("好", None), "from"));
    assert!(confirms(&talk.say("周五", None)));
}

#[test]
fn a_number_that_is_not_there_is_asked_again() {
    let mut talk = Talk::new();
    talk.say("订单20399到哪了", Some("order.status"));
    assert_eq!(talk.slot("order"), json!("SO-20399"));
    let step = dialogue::with_facts(talk.state.clone(), None, &talk.world());
    assert!(matches!(step.decision, Decision::Ask { reason: Some(Reason::Missing { .. }), .. }));
    talk.state = step.state;
    talk.say("20318", None);
    assert_eq!(talk.slot("order"), json!("SO-20318"));
}

#[test]
fn no_twice_drops_the_request_and_cancel_does_at_once() {
    let mut talk = Talk::new();
    talk.say("下周三请年假", Some("leave.request"));
    assert_eq!(talk.say("不对", None), Decision::AskChange);
    assert!(matches!(talk.say("不要了", None), Decision::Say(Say::Cancelled(_))));
    talk.say("下周三请年假", Some("leave.request"));
    assert!(matches!(talk.say("算了", None), Decision::Say(Say::Cancelled(_))));
    assert!(talk.state.frames.is_empty());
}

#[test]
fn only_the_button_of_the_pending_request_confirms_it() {
    let mut talk = Talk::new();
    talk.say("下周三请年假", Some("leave.request"));
    let slots = talk.state.top().map(|frame| frame.values()).expect("a frame");
    let button = Payload::Confirm { skill: "leave.request".into(), slots };
    talk.say("改成下周四", None);
    assert!(confirms(&talk.press(button)), "an old button must not confirm new values");
    let slots = talk.state.top().map(|frame| frame.values()).expect("a frame");
    assert_eq!(talk.press(Payload::Confirm { skill: "leave.request".into(), slots }), Decision::Run);
}

#[test]
fn identity_cannot_be_set_by_button_or_form() {
    let mut talk = Talk::new();
    talk.say("下周三请年假", Some("leave.request"));
    talk.press(Payload::Slot { name: "employee".into(), value: json!("E9999") });
    assert_eq!(talk.slot("employee"), json!("E1001"));
}

#[test]
fn a_value_out_of_range_is_refused_with_the_reason() {
    let mut talk = Talk::new();
    let decision = talk.say("明天下午3点订会议室，100个人", Some("room.book"));
    let Decision::Ask { slot, reason: Some(Reason::Invalid(reason)), .. } = decision else { panic!("{decision:?}") };
    assert_eq!((slot.as_str(), reason.zh.as_str()), ("people", "最多 30"));
    assert!(confirms(&talk.say("20", None)));
}

#[test]
fn a_day_without_its_time_is_asked_for_the_time() {
    let mut talk = Talk::new();
    let decision = talk.say("订明天的会议室，5个人", Some("room.book"));
    assert!(matches!(decision, Decision::Ask { reason: Some(Reason::TimeMissing), .. }), "{decision:?}");
    assert!(confirms(&talk.say("下午3点", None)));
    assert_eq!(talk.slot("at"), json!("2026-11-24T15:00:00"));
}

#[test]
fn the_last_run_can_be_undone() {
    let mut talk = Talk::new();
    talk.say("下周三请年假", Some("leave.request"));
    assert_eq!(talk.say("确认", None), Decision::Run);
    let row = json!({"number": "LR-7"}).as_object().cloned().expect("row");
    talk.state = dialogue::after_run(talk.state.clone(), true, row).0;
    assert!(confirms(&talk.say("撤销", None)));
    assert_eq!(
        (talk.state.top().map(|f| f.skill.clone()), talk.slot("number")),
        (Some("leave.cancel".into()), json!("LR-7"))
    );
}

#[test]
fn the_third_question_is_counted() {
    let mut talk = Talk::new();
    talk.say("请假", Some("leave.request"));
    talk.say("随便", None);
    let decision = talk.say("你看着办", None);
    assert!(matches!(decision, Decision::Ask { attempt: 3, reason: Some(Reason::NotRead), .. }), "{decision:?}");
    assert_eq!(talk.state.top().map(|frame| frame.phase.clone()), Some(Phase::Filling(Some("kind".into()))));
}
