//! Conversation tests: how they are read, walked through, compared, reported, written and updated.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skills::scenario::{Coverage, ScenarioFile, Walk, coverage, update, write};
use skills::{Pack, yaml};

fn read(text: &str) -> ScenarioFile {
    yaml::read("t.test.yaml", text).unwrap()
}

/// Why `turns` are refused.
fn refusal(turns: &str) -> String {
    let text = format!("tests:\n  - name: t\n    user: E1\n    turns:\n{turns}");
    yaml::read::<ScenarioFile>("t.test.yaml", &text).expect_err("it is refused").to_string()
}

fn answer(text: &str) -> Value {
    json!({
        "conversation_id": "c-1", "answer": text, "language": "zh", "execution": null,
        "dialog_action": {"type": "ConfirmSkill", "skill": "leave.request", "slot": null,
                          "options": [{"label": "提交", "payload": "{\"confirm\":1}"}, {"label": "取消", "payload": "{\"cancel\":{}}"}]},
        "decision": {"band": "act", "act": null, "candidates": [{"skill": "leave.request", "p": 0.97}],
                     "slots": {"from": {"value": "2026-12-09", "text": "下周三", "by": "date"}, "days": {"value": 3, "by": "number"}}},
    })
}

#[test]
fn what_makes_no_sense_is_refused_with_its_line() {
    for (turns, line, words) in [
        ("      - {user: 请假, action: ElicitSlots}\n", 5, "ElicitSlots"),
        ("      - {user: 请假}\n      - {user: 好, execution: done}\n", 6, "done"),
        ("      - {user: 请假, replies: [x]}\n", 5, "replies"),
        ("      - {user: 请假}\n      - {user: 好, press: 提交}\n", 6, "not both"),
        ("      - {user: 请假}\n      - {action: Close}\n", 6, "needs `user`"),
        ("      - {press: 提交}\n", 2, "can't press"),
        ("      - {user: 请假, later: 1d}\n", 2, "`now`"),
        ("      - {user: 请假}\n      - {user: 好, later: soon}\n", 6, "1d, 2h"),
        ("      - {user: '  '}\n", 5, "has words"),
        ("      - {user: 请假, reply: ['']}\n", 5, "empty text"),
    ] {
        let error = refusal(turns);
        assert!(error.contains(words), "{turns}: {error}");
        assert!(error.starts_with(&format!("t.test.yaml:{line}:")), "{turns}: {error}");
    }
    let error = refusal("      []\n");
    assert!(error.contains("at least one turn"), "{error}");
}

#[test]
fn a_walk_presses_the_button_of_the_answer_before_and_moves_the_clock() {
    let file = read(
        "tests:\n  - name: t\n    user: E1\n    turns:\n      - {user: 请假, options: [提交]}\n      - {press: 提交, later: 1d2h}\n      - {inputs: {days: 2}}\n",
    );
    let mut walk = Walk::new(&file.tests[0]);
    let message = walk.message().unwrap().unwrap();
    assert_eq!((message.query.as_str(), message.payload, walk.conversation()), ("请假", None, None));
    assert_eq!(message.at.to_rfc3339(), "2026-11-23T10:00:00+08:00");
    walk.answered(answer("提交吗？")).unwrap();
    let message = walk.message().unwrap().unwrap();
    assert_eq!((message.query.as_str(), message.payload.as_deref()), ("", Some("{\"confirm\":1}")));
    assert_eq!((message.at.to_rfc3339().as_str(), walk.conversation()), ("2026-11-24T12:00:00+08:00", Some("c-1")));
    walk.answered(answer("好")).unwrap();
    assert_eq!(walk.message().unwrap().unwrap().inputs["days"], 2);
    walk.answered(answer("完")).unwrap();
    assert_eq!(walk.message().unwrap(), None);
    assert_eq!(walk.answers().collect::<Vec<_>>(), ["提交吗？", "好", "完"]);
}

#[test]
fn the_first_wrong_turn_is_shown_with_the_conversation_before_it() {
    let file = read(
        "tests:\n  - name: t\n    user: E1\n    turns:\n      - {user: 请假}\n      - {press: 提交, action: Close, execution: succeeded, slots: {from: 2026-12-02, days: '3'}, reply: [LR-], not: [提交], says: 已提交}\n",
    );
    let mut walk = Walk::new(&file.tests[0]);
    walk.message().unwrap();
    walk.answered(answer("提交吗？")).unwrap();
    walk.message().unwrap();
    let failure = walk.answered(answer("再提交吗？\n请说")).unwrap_err();
    assert_eq!(failure.turn, Some(2));
    let expected = "    user      请假
    paigong   提交吗？
              [提交] [取消]
  > user      [提交]
  > paigong   再提交吗？
  >           请说
  >           [提交] [取消]
    action
  - expected  Close
  + found     ConfirmSkill
    execution
  - expected  succeeded
  + found     none
    slots.from
  - expected  2026-12-02
  + found     2026-12-09 (from \"下周三\", by date)
    reply
  - expected  with \"LR-\"
  + found     再提交吗？
  +           请说
    reply
  - expected  without \"提交\"
  + found     再提交吗？
  +           请说
    says
  - expected  已提交
  + found     再提交吗？
  +           请说
    because   ConfirmSkill; skill leave.request; band act; candidates leave.request 0.97; slots from=2026-12-09 days=3
";
    assert_eq!(failure.to_string(), expected);
}

#[test]
fn a_button_that_is_not_there_is_named_with_those_that_are() {
    let file = read("tests:\n  - name: t\n    user: E1\n    turns:\n      - {user: 请假}\n      - {press: 确认}\n");
    let mut walk = Walk::new(&file.tests[0]);
    walk.message().unwrap();
    walk.answered(answer("提交吗？")).unwrap();
    let failure = walk.message().unwrap_err();
    assert_eq!(
        (failure.differences[0].expected.as_str(), failure.differences[0].found.as_str()),
        ("确认", "提交, 取消")
    );
}

#[test]
fn rows_are_compared_as_values_or_as_text() {
    let file = read(
        "tests:\n  - name: t\n    user: E1\n    turns:\n      - {user: 请假}\n    rows:\n      - {sql: SELECT 1, equals: 1}\n",
    );
    let mut walk = Walk::new(&file.tests[0]);
    walk.message().unwrap();
    walk.answered(answer("好")).unwrap();
    let row = &file.tests[0].rows[0];
    for same in [json!(1), json!("1"), json!(1.0)] {
        walk.row(row, &same).unwrap();
    }
    for other in [json!(null), json!(2), json!("")] {
        let failure = walk.row(row, &other).unwrap_err();
        assert_eq!((failure.turn, failure.differences[0].what.as_str()), (None, "rows: SELECT 1"));
    }
}

#[test]
fn a_written_test_reads_back_as_it_was() {
    let file = read(
        "tests:
  - name: '名字: \"引号\" # 不是注释'
    user: E1001
    context: {admin: true, tags: [a, 'true'], level: 3}
    now: 2026-11-23T10:00:35+08:00
    turns:
      - {user: 'I''d like [3] days, ok?', language: en, band: act}
      - {press: 'yes', later: 1d2h, execution: none, options: ['null', 取消], not: ['- x']}
      - {inputs: {days: 2, from: 2026-12-02, code: '007', note: \"a\\tb\\nc\\\\d\"}, slots: {days: null, to: 2026-12-02}, says: \"一\\n二\"}
    rows:
      - {sql: \"SELECT 'x' AS a, 1\", equals: null}
",
    );
    let written = write::file([&file.tests[0]], &["one\ntwo".into()]);
    assert!(written.starts_with("# one\n# two\ntests:\n"), "{written}");
    assert!(written.contains("user: E1001\n"), "{written}");
    assert_eq!(read(&written), file, "{written}");
}

#[test]
fn the_words_of_answers_are_put_beside_the_turns_and_the_rest_stays() {
    let before = "# 说明
tests:
  - name: one   # kept
    user: E1
    turns:
      - {user: I'd like it, reply: [\"a, {b}\"], action: Close}   # kept
      - {user: 好,
         says: old, action: Close}
      - user: 第三句
        action: Close

      - user: 第四句
        says: |
          old
          words
        action: Close
  # kept
  - name: two
    user: E1
    turns: [{user: 一}, {user: 二}]
  - {name: three, user: E1, turns: [{user: 一}]}
";
    let answers = [
        vec!["It's done: [1]".into(), "好的".into(), "第一行\n\n第二行".into(), "一行 # 不是注释".into()],
        vec!["一".into(), "二\n二".into()],
        vec![],
    ];
    let after = update::update("t.test.yaml", before, &answers).unwrap();
    let expected = "# 说明
tests:
  - name: one   # kept
    user: E1
    turns:
      - {user: I'd like it, reply: [\"a, {b}\"], action: Close, says: \"It's done: [1]\"}   # kept
      - {user: 好,
         says: 好的, action: Close}
      - user: 第三句
        action: Close
        says: |-
          第一行

          第二行

      - user: 第四句
        action: Close
        says: \"一行 # 不是注释\"
  # kept
  - name: two
    user: E1
    turns: [{user: 一, says: 一}, {user: 二, says: \"二\\n二\"}]
  - {name: three, user: E1, turns: [{user: 一}]}
";
    assert_eq!(after, expected);
    assert_eq!(update::update("t.test.yaml", &after, &answers).unwrap(), after, "a second time changes nothing");
    assert_eq!(update::lines(before), [3, 18, 21]);
}

#[test]
fn a_turn_that_is_an_alias_is_not_written_over() {
    let text = "tests:\n  - name: one\n    user: E1\n    turns:\n      - &a {user: 一}\n      - *a\n";
    let answers = [vec!["甲".into(), "乙".into()]];
    let error = update::update("t.test.yaml", text, &answers).unwrap_err();
    assert!(error.message.contains("aliases"), "{error}");
}

#[test]
fn coverage_names_what_no_test_visits() {
    let skill = "{skill: note.add, title: {zh: 记, en: Note}, effect: write, examples: [记一下],
        slots: {type: object, required: [text], properties: {text: {type: string}, kind: {enum: [a, b]}, who: {type: string, x-source: context.user}}},
        rules: [{check: slots.text != 'x', say: {zh: 不, en: no}}, {check: slots.text != 'y', say: {zh: 不, en: no}}],
        confirm: {zh: 记吗, en: ok}, run: {sql: 'INSERT INTO demo.note (text) VALUES (:text) RETURNING 1 AS n'},
        reply: {zh: 好, en: ok}, empty: {zh: 无, en: none}, undo: note.drop}";
    let drop = "{skill: note.drop, title: {zh: 删, en: Drop}, effect: read, examples: [删], run: {sql: SELECT 1 AS n}, reply: {zh: 好, en: ok}}";
    let files =
        [("pack.yaml", "{pack: demo, title: {zh: 演示, en: Demo}}"), ("a.skill.yaml", skill), ("b.skill.yaml", drop)];
    let files: BTreeMap<_, _> = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let pack = Pack::read("demo", &files).unwrap();
    let mut coverage = Coverage::new(std::slice::from_ref(&pack));
    assert_eq!(coverage.count(coverage::Kind::Run, None), (0, 2));
    coverage.begin();
    coverage.broken("note.add", 1);
    let run = |skill: &str| {
        json!({"language": "zh", "execution": {"skill": skill, "status": "succeeded", "result": [{"n": 1}], "error": null},
               "decision": {"slots": {"text": {"value": "t", "by": "answer"}, "kind": {"value": "a", "by": "default"}}}})
    };
    coverage.answered(&run("note.add"), Some("note.add"));
    coverage.once("note.add", coverage::Kind::Cancel);
    let expected = "coverage: skills run to the end 1/2, slots filled 1/2, rules broken 1/2, `empty` said 0/1, cancelled 1/1, taken back 0/1, allowed values given 0/2
demo
  skills never run to the end  note.drop
  not run in this language     note.add (en)
  slots never filled           note.add (kind)
  rules never broken           note.add (slots.text != 'x')
  `empty` never said           note.add
  never taken back             note.add (note.drop)
";
    assert_eq!(coverage.to_string(), expected);
    coverage.answered(&run("note.drop"), Some("note.drop"));
    assert_eq!(coverage.count(coverage::Kind::Undo, None), (1, 1), "taken back in the same conversation");
    assert_eq!(coverage.count(coverage::Kind::Run, Some("demo")), (2, 2));
}
