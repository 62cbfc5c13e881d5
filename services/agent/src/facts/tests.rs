use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

/// A stored turn at a minute, with the action that its answer ends with and more of the answer.
fn turn(minute: i64, query: &str, action: Value, more: &Value) -> Source {
    let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
    let mut action = action;
    action["options"] = json!([]);
    let mut decision = json!({"path": "model", "candidates": [], "slots": {}, "timings": {"turn": 12.4}});
    let mut response = json!({
        "conversation_id": Uuid::nil(), "message_id": Uuid::nil(), "answer": "…", "language": "zh", "dialog_action": action,
        "execution": null, "degraded": false, "created_at": at
    });
    for (key, value) in more.as_object().unwrap() {
        if ["band", "candidates", "in_scope", "path", "reasoning"].contains(&key.as_str()) {
            decision[key] = value.clone();
        } else {
            response[key] = value.clone();
        }
    }
    response["decision"] = decision;
    let request = more.get("request").cloned();
    Source { turn: Uuid::now_v7(), seq: 1 + minute as i32, query: query.to_owned(), request, response, at }
}

fn sure(skill: &str) -> Value {
    json!({"band": "act", "in_scope": 0.99, "candidates": [{"skill": skill, "p": 0.97}, {"skill": "x.y", "p": 0.01}]})
}

fn done(skill: &str) -> Value {
    json!({"executions": [{"id": Uuid::nil(), "skill": skill, "status": "succeeded", "result": [], "error": null}]})
}

fn confirm(skill: &str) -> Value {
    json!({"type": "ConfirmSkill", "skill": skill})
}

fn ask(skill: &str, slot: &str) -> Value {
    json!({"type": "ElicitSlot", "skill": skill, "slot": slot})
}

fn close() -> Value {
    json!({"type": "Close"})
}

fn of(turns: &[Source], minutes: i64) -> Vec<Row> {
    facts(turns, DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes))
}

fn signals(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|row| row.signals.iter().map(String::as_str).collect()).collect()
}

#[test]
fn a_task_goes_from_its_request_to_its_end() {
    for (first, yes) in [("下周三请一天年假", "嗯"), ("book next Wednesday off", "yes")] {
        let turns = [
            turn(0, first, ask("leave.request", "kind"), &sure("leave.request")),
            turn(1, "年假", confirm("leave.request"), &json!({"band": "refuse", "in_scope": 0.4})),
            turn(2, yes, close(), &done("leave.request")),
            turn(3, "谢谢", close(), &json!({"path": "rule"})),
        ];
        let rows = of(&turns, 100);
        let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, ["asked", "confirmed", "done", "other"]);
        assert_eq!((rows[0].task_turns, rows[0].completed), (Some(3), Some(true)));
        assert!(rows[1..].iter().all(|row| row.task_turns.is_none()));
        assert!(rows.iter().all(|row| row.friction == 0.0 && row.due_at.is_none()), "{rows:?}");
        assert_eq!(rows[1].uncertainty, 0.0, "an answer to a question is no request");
        assert!(rows[0].uncertainty < 0.1);
    }
}

#[test]
fn corrections_denials_and_cancelling_are_seen_in_both_languages() {
    let (skill, more) = ("leave.request", sure("leave.request"));
    for (correction, denial, cancel) in [("改为周五", "不对", "算了"), ("Friday instead", "no", "never mind")] {
        let turns = [
            turn(0, "下周三请一天年假", confirm(skill), &more),
            turn(1, correction, confirm(skill), &more),
            turn(2, denial, ask(skill, "from"), &json!({"path": "rule"})),
            turn(3, cancel, close(), &json!({"path": "rule"})),
        ];
        let rows = of(&turns, 4);
        assert_eq!(signals(&rows), [vec![], vec!["correction"], vec!["denial"], vec!["cancel"]], "{correction}");
        assert_eq!((rows[3].outcome, rows[3].skill.as_deref()), ("cancelled", Some(skill)));
        assert_eq!((rows[0].task_turns, rows[0].completed), (Some(4), Some(false)));
    }
}

#[test]
fn a_first_message_corrects_nothing() {
    let rows = of(&[turn(0, "把会议改为周五", close(), &sure("meeting.move"))], 1);
    assert_eq!(signals(&rows), [Vec::<&str>::new()]);
}

#[test]
fn saying_it_in_other_words_complaining_and_wanting_a_person_are_seen_in_both_languages() {
    let refused = json!({"band": "refuse", "in_scope": 0.2, "candidates": [{"skill": "order.track", "p": 0.15}]});
    for (first, again, complaint, person) in [
        ("我的包裹怎么还没动静", "我的包裹到哪了", "太差了", "转人工"),
        ("no news of my parcel yet", "where is my parcel", "this is terrible", "talk to a human"),
    ] {
        let turns = [
            turn(0, first, close(), &refused),
            turn(1, again, close(), &done("order.track")),
            turn(2, complaint, close(), &json!({"path": "rule"})),
            turn(3, person, json!({"type": "Handoff"}), &json!({"path": "rule"})),
        ];
        let rows = of(&turns, 4);
        assert_eq!(signals(&rows), [vec![], vec!["rephrase"], vec!["complaint"], vec!["handoff"]], "{first}");
        assert_eq!(rows[0].outcome, "refused");
        assert!(rows[0].friction > 0.0 && rows[3].friction >= 0.6);
    }
}

#[test]
fn an_open_request_is_abandoned_after_half_an_hour_of_silence() {
    let turns = [turn(0, "请假", ask("leave.request", "from"), &sure("leave.request"))];
    let early = of(&turns, 29);
    assert_eq!(early[0].due_at, Some(turns[0].at + SILENCE));
    assert!(early[0].signals.is_empty());
    let late = of(&turns, 30);
    assert_eq!((signals(&late), late[0].due_at), (vec![vec!["abandon"]], None));
    // Who comes back later has abandoned it meanwhile, however late the facts are made.
    let back = [turns[0].clone(), turn(45, "下周三", confirm("leave.request"), &json!({}))];
    assert_eq!(signals(&of(&back, 46)), [vec!["abandon"], vec![]]);
    let closed = [turn(0, "查年假", close(), &done("leave.balance"))];
    assert_eq!(signals(&of(&closed, 100)), [Vec::<&str>::new()]);
}

#[test]
fn the_same_question_twice_and_a_button_are_told_apart() {
    let turns = [
        turn(0, "请假", ask("leave.request", "from"), &sure("leave.request")),
        turn(1, "那个那个", ask("leave.request", "from"), &json!({})),
        turn(2, "请假请假", confirm("leave.request"), &json!({"request": {"payload": {"kind": "x"}}})),
    ];
    assert_eq!(signals(&of(&turns, 3)), [vec![], vec!["repeat_question"], vec![]]);
}

#[test]
fn uncertainty_is_what_the_margin_leaves() {
    let of_three = |a: f64, b: f64, in_scope: f64| {
        let more = json!({"band": "ask", "in_scope": in_scope, "candidates": [{"skill": "a.b", "p": a}, {"skill": "c.d", "p": b}]});
        of(&[turn(0, "x", close(), &more)], 1)[0].uncertainty
    };
    assert!(of_three(0.97, 0.01, 0.98) < 0.1);
    assert!(of_three(0.48, 0.47, 0.95) > 0.95);
    assert!(of_three(0.01, 0.01, 0.02) < 0.1, "surely none of them");
    assert!(of_three(0.5, 0.0, 0.5) > 0.95, "in scope or not");
}

#[test]
fn an_answer_of_another_form_is_no_fault() {
    let mut odd = turn(0, "你好", close(), &json!({}));
    odd.response = json!({"z": 1});
    let rows = of(&[odd], 1);
    assert_eq!((rows[0].outcome, rows[0].friction, rows[0].language), ("other", 0.0, "zh"));
}

#[test]
fn friction_is_at_most_one() {
    let all = WEIGHTS.map(|(signal, _)| signal);
    assert!((friction(&all, true, true) - 1.0).abs() < f32::EPSILON);
    assert!((friction(&[Signal::Denial], false, false) - 0.3).abs() < 1e-6);
}
