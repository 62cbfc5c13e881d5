use std::collections::BTreeMap;

use skills::Pack;
use skills::lint::{Finding, Severity, lint};

const HEAD: &str = "title: {zh: 一, en: one}\nexamples: [甲]\nempty: {zh: 无, en: none}\nreply: {zh: 好, en: ok}\n";

/// What lint finds in a pack of these skills: name → the other keys.
fn findings(skills: &[(&str, &str)]) -> Vec<Finding> {
    let mut files = BTreeMap::from([("pack.yaml".to_owned(), "{pack: demo, title: {zh: 演示, en: Demo}}".to_owned())]);
    for (index, (name, keys)) in skills.iter().enumerate() {
        let head = HEAD.replace("甲", &format!("甲{index}"));
        files.insert(format!("{name}.skill.yaml"), format!("skill: {name}\n{head}{keys}\n"));
    }
    let found = lint(&[Pack::read("demo", &files).unwrap()]);
    for Finding { message, .. } in &found {
        assert!(message.zh.chars().any(|c| c >= '\u{4e00}') && message.zh != message.en, "{message:?}");
    }
    found.into_iter().filter(|finding| finding.place != "examples").collect()
}

fn errors(skills: &[(&str, &str)]) -> Vec<String> {
    let found = findings(skills).into_iter().filter(|finding| finding.severity == Severity::Error);
    found.map(|finding| format!("{}: {}", finding.place, finding.message)).collect()
}

fn warnings(skills: &[(&str, &str)]) -> Vec<String> {
    let found = findings(skills).into_iter().filter(|finding| finding.severity == Severity::Warning);
    found.map(|finding| format!("{}: {}", finding.place, finding.message)).collect()
}

const CANCEL: &str = "effect: write\nconfirm: {zh: 好吗, en: ok}\nundo: order.reopen\nrun: {http: {connection: erp, path: '/o/{{ order }}'}}
slots: {required: [order], properties: {order: {type: string, x-ask: {zh: 哪个, en: which}}, by: {type: string, x-source: context.user}}}";
const REOPEN: &str =
    "effect: write\nconfirm: {zh: 好吗, en: ok}\nrun: {http: {connection: erp, path: '/r/{{ order }}'}}
slots: {required: [order], properties: {order: {type: string, x-ask: {zh: 哪个, en: which}}}}";
const REFUND: &str = "effect: money\nconfirm: {zh: 好吗, en: ok}\nrun: {handoff: {queue: money}}
slots: {required: [order, amount, day], properties: {order: {type: string, x-ask: {zh: 哪个, en: which}}, amount: {type: number, x-ask: {zh: 多少, en: how much}}, day: {type: string, x-default: today, x-ask: {zh: 哪天, en: when}}}}";

fn plan(effect: &str, steps: &str) -> Vec<(&'static str, String)> {
    let keys = format!(
        "effect: {effect}\nconfirm: {{zh: 好吗, en: ok}}\nrun: {{steps: [{steps}]}}\nslots: {{required: [order], properties: {{order: {{type: string, x-ask: {{zh: 哪个, en: which}}}}}}}}"
    );
    [("order.cancel", CANCEL), ("order.reopen", REOPEN), ("order.refund", REFUND)]
        .into_iter()
        .map(|(name, keys)| (name, keys.to_owned()))
        .chain([("order.drop", keys)])
        .collect()
}

fn of(skills: &[(&'static str, String)], find: fn(&[(&str, &str)]) -> Vec<String>) -> Vec<String> {
    find(&skills.iter().map(|(name, keys)| (*name, keys.as_str())).collect::<Vec<_>>())
}

#[test]
fn steps_that_fit_together_are_not_complained_of() {
    let good = plan(
        "money",
        "{skill: order.cancel, with: {order: slots.order}}, {skill: order.refund, with: {order: slots.order, amount: '1.0'}}",
    );
    assert_eq!(of(&good, errors), Vec::<String>::new());
    let expected = ["slots.by: neither the request nor a statement uses this slot"];
    assert_eq!(
        of(&good, warnings).into_iter().filter(|warning| !warning.starts_with("reply")).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn steps_that_do_not_fit_are_errors() {
    for (effect, steps, expected) in [
        (
            "write",
            "{skill: order.none}, {skill: order.cancel, with: {order: slots.order}}",
            "run.steps.0: there is no skill order.none",
        ),
        (
            "write",
            "{skill: order.cancel, with: {order: slots.order}}, {skill: order.refund, with: {order: slots.order, amount: '1'}}",
            "effect: it is write, but order.refund is a step and its effect is money; write money",
        ),
        (
            "money",
            "{skill: order.cancel, with: {order: slots.order}}, {skill: order.refund, with: {order: slots.order}}",
            "run.steps.1: order.refund needs amount, and nobody is asked for it in a step; add it to with",
        ),
        (
            "write",
            "{skill: order.cancel, with: {order: slots.order, nr: '1'}}, {skill: order.reopen, with: {order: slots.order}}",
            "run.steps.0.with.nr: order.cancel has no slot nr",
        ),
        (
            "write",
            "{skill: order.cancel, with: {order: slots.order, by: '\"x\"'}}, {skill: order.reopen, with: {order: slots.order}}",
            "run.steps.0.with.by: nobody can set by of order.cancel: it is bound or computed; leave it out",
        ),
    ] {
        assert_eq!(of(&plan(effect, steps), errors), [expected]);
    }
    let mut nested = plan(
        "write",
        "{skill: order.cancel, with: {order: slots.order}}, {skill: order.reopen, with: {order: slots.order}}",
    );
    let outer = nested[3].1.replace("order.cancel", "order.drop");
    nested.push(("order.outer", outer));
    assert_eq!(of(&nested, errors), ["run.steps.0: order.drop has steps itself; write its steps here instead"]);
}

#[test]
fn a_step_that_writes_and_can_not_be_taken_back_should_be_the_last() {
    let early = plan(
        "write",
        "{skill: order.reopen, with: {order: slots.order}}, {skill: order.cancel, with: {order: slots.order}}",
    );
    let expected = "run.steps.0: order.reopen has no undo: when a later step fails, it can't be taken back; give it one, or make it the last step";
    assert!(of(&early, warnings).contains(&expected.to_owned()), "{:?}", of(&early, warnings));
    assert_eq!(of(&early, errors), Vec::<String>::new());
}

#[test]
fn texts_are_checked_against_the_columns_that_are_known() {
    let with = |run: &str| {
        format!("effect: read\nrun: {run}")
            .replace("effect: read", "effect: read\nfacts: {sql: SELECT 1 AS n FROM t WHERE tenant_id = :tenant_id}")
    };
    let skill = |run: &str, reply: &str| {
        let keys = with(run);
        let mut files =
            BTreeMap::from([("pack.yaml".to_owned(), "{pack: demo, title: {zh: 演示, en: Demo}}".to_owned())]);
        let head = HEAD.replace("{zh: 好, en: ok}", &format!("{{zh: '{reply}', en: ok}}"));
        files.insert("a.skill.yaml".to_owned(), format!("skill: a.b\n{head}{keys}\n"));
        let found = lint(&[Pack::read("demo", &files).unwrap()]);
        found
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message.en)
            .collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    assert_eq!(skill("{http: {connection: erp, path: /a}}", "{{ anything }}"), none);
    assert_eq!(skill("{http: {connection: erp, path: /a, result: {id: /id}}}", "{{ id }}"), none);
    assert_eq!(skill("{http: {connection: erp, path: /a, result: {id: /id}}}", "{{ no }}").len(), 1);
    assert_eq!(skill("{sql: SELECT id FROM erp.t, connection: erp}", "{{ id }}"), none, "no tenant is asked for there");
    assert_eq!(skill("{sql: SELECT id FROM erp.t, connection: erp}", "{{ no }}").len(), 1);
    assert_eq!(skill("{handoff: {queue: hr}}", "{{ ticket }}"), none);
}

#[test]
fn a_preview_is_for_the_confirmation_of_a_skill_that_asks_for_it() {
    let keys = |preview: &str, confirm: &str, empty: &str| {
        format!(
            "effect: write\n{preview}\nconfirm: {{zh: '{confirm}', en: ok}}\n{empty}run: {{sql: 'UPDATE t SET a = 1 WHERE tenant_id = :tenant_id RETURNING a'}}"
        )
    };
    let texts = "{{ preview.count }}{% for row in preview.rows %}{{ row.a }}{% endfor %}";
    assert_eq!(errors(&[("a.b", &keys("preview: true", texts, ""))]), Vec::<String>::new());
    let without = errors(&[("a.b", &keys("", texts, ""))]);
    assert_eq!(without.len(), 2);
    assert_eq!(without[0], "confirm: the text names \"preview.count\", which is there with preview: true only");
    assert_eq!(errors(&[("a.b", &keys("preview: true", "{{ preview.sum }}", ""))]).len(), 1);
}

#[test]
fn a_request_that_is_hardly_meant_so_is_a_warning() {
    let get = "effect: write\nconfirm: {zh: 好吗, en: ok}\nrun: {http: {connection: erp, path: /a, method: GET}}";
    assert!(warnings(&[("a.b", get)])[0].starts_with("run.http.method: a GET should change nothing"));
    let divided = "effect: read\nrun: {http: {connection: erp, path: /a, result: {a: = item.a / 100, b: '= item.b / 100.0', c: /c/1, d: '= \"a/1\" + item.d'}}}";
    let found = warnings(&[("a.b", divided)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("run.http.result.a: a whole number divided by a whole number"));
}
