//! Whole conversations through the pure step function.

use dialogue::{Decision, Payload, Phase, Reason, Say, Step};
use serde_json::json;

use crate::talk::Talk;

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
    let Step { state, resumable, .. } = dialogue::after_run(step.state, true, &[], &talk.world());
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
    talk.state = dialogue::after_run(talk.state.clone(), true, &[row], &talk.world()).state;
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

#[test]
fn corrections_are_no_misunderstandings() {
    let mut talk = Talk::new();
    talk.say("下周三请年假", Some("leave.request"));
    for text in ["改成下周四", "改成下周五", "还是病假吧"] {
        let decision = talk.say(text, None);
        assert_eq!(decision, Decision::Confirm { attempt: 1 }, "{text}");
    }
}
