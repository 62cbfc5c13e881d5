//! Runs that do not end with their turn: put off, under way, stopped, told of.

use dialogue::{Decision, Ended, Payload, Say};
use paigong_core::RunId;
use serde_json::{Map, json};

use crate::talk::Talk;

impl Talk {
    fn later(&self) -> Option<String> {
        self.state.top()?.later.map(|at| at.to_string())
    }

    /// Does what the agent does after a run was put into the queue.
    fn begun(&mut self) -> (RunId, Decision) {
        let run = RunId::new();
        let step = dialogue::begun(self.state.clone(), run, &self.world());
        self.state = step.state;
        (run, step.decision)
    }

    fn ended(&mut self, run: RunId, how: Ended) -> bool {
        let rows = [json!({"no": "R-1"}).as_object().cloned().expect("a row")];
        dialogue::ended(&mut self.state, run, how, &rows, Self::now()).is_some()
    }
}

fn confirms(decision: &Decision) -> bool {
    matches!(decision, Decision::Confirm { .. })
}

#[test]
fn a_run_is_put_off_with_the_request_or_at_its_confirmation() {
    for (first, then) in [
        ("明天下午3点订会议室，10个人", "明早九点执行"),
        ("明天下午3点订会议室，10个人", "明早九点再提交吧"),
        ("book a room tomorrow at 3pm for 10 people", "submit it tomorrow at 9am"),
    ] {
        let mut talk = Talk::new();
        assert!(confirms(&talk.say(first, Some("room.book"))), "{first}");
        assert_eq!(talk.later(), None);
        assert!(confirms(&talk.say(then, None)), "{then}");
        assert_eq!(talk.later().as_deref(), Some("2026-11-24 09:00:00"), "{then}");
        assert_eq!((talk.slot("at"), talk.slot("people")), (json!("2026-11-24T15:00:00"), json!(10)), "{then}");
        assert_eq!(talk.say("好的", None), Decision::Run);
    }
    let mut talk = Talk::new();
    assert!(confirms(&talk.say("周五下午3点订会议室，10个人，后天提交", Some("room.book"))));
    assert_eq!(talk.later().as_deref(), Some("2026-11-25 09:00:00"), "a day without a time is its morning");
    assert_eq!(talk.slot("at"), json!("2026-11-27T15:00:00"), "the time to run is no slot's");
    assert!(confirms(&talk.say("现在就办", None)));
    assert_eq!(talk.later(), None);
}

#[test]
fn a_skill_that_does_not_allow_it_is_not_put_off() {
    let mut talk = Talk::new();
    talk.say("下周三到周五请年假", Some("leave.request"));
    talk.say("明早九点执行", None);
    assert_eq!(talk.later(), None);
}

#[test]
fn an_old_button_does_not_confirm_another_time() {
    let mut talk = Talk::new();
    talk.say("明天下午3点订会议室，10个人", Some("room.book"));
    let slots = talk.state.top().map(dialogue::Frame::to_confirm).unwrap_or_default();
    talk.say("明早九点执行", None);
    let button = Payload::Confirm { skill: "room.book".into(), slots };
    assert!(confirms(&talk.press(button)));
    let slots = talk.state.top().map(dialogue::Frame::to_confirm).unwrap_or_default();
    assert_eq!(talk.press(Payload::Confirm { skill: "room.book".into(), slots }), Decision::Run);
}

#[test]
fn a_run_under_way_can_be_stopped_and_its_end_is_remembered() {
    let mut talk = Talk::new();
    talk.say("明天下午3点订会议室，10个人", Some("room.book"));
    talk.say("好的", None);
    let (run, decision) = talk.begun();
    assert_eq!(decision, Decision::Done);
    assert!(talk.state.frames.is_empty());
    assert_eq!(talk.say("取消", None), Decision::Stop { run });
    let step = dialogue::stopped(talk.state.clone(), run, false);
    assert_eq!(step.decision, Decision::Say(Say::NotStoppable { skill: "room.book".into() }));
    talk.state = step.state;

    assert!(talk.ended(run, Ended::Unknown), "that it is not known is said once");
    assert!(!talk.ended(run, Ended::Unknown));
    assert_eq!(talk.say("取消", None), Decision::Say(Say::NothingPending), "nobody can stop what may be done");
    assert!(talk.ended(run, Ended::Succeeded), "and how it came out, too");
    assert!(!talk.ended(run, Ended::Succeeded));
    assert_eq!(talk.state.last.as_ref().map(|done| done.skill.as_str()), Some("room.book"));
    assert_eq!(
        talk.state.last.as_ref().map(|done| done.rows.clone()),
        Some(vec![Map::from_iter([("no".into(), "R-1".into())])])
    );
}

#[test]
fn what_is_stopped_is_forgotten() {
    let mut talk = Talk::new();
    talk.say("明天下午3点订会议室，10个人", Some("room.book"));
    talk.say("好的", None);
    let (run, _) = talk.begun();
    let step = dialogue::stopped(talk.state.clone(), run, true);
    assert_eq!(step.decision, Decision::Say(Say::Cancelled("room.book".into())));
    talk.state = step.state;
    assert!(!talk.ended(run, Ended::Failed));
}

#[test]
fn several_runs_go_on_side_by_side() {
    let mut talk = Talk::new();
    talk.say("取消SO-20318和SO-20399", Some("order.cancel"));
    let mut decision = talk.say("好的", None);
    // Lookups and facts are not this test's subject; whatever is asked first, the batch runs item by item.
    let mut runs = 0;
    while decision == Decision::Run {
        decision = talk.begun().1;
        runs += 1;
    }
    assert_eq!(talk.state.running.len(), runs);
}
