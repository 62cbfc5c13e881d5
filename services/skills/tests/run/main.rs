//! The ways in which a skill is carried out: what a manifest may say, what is sent, what comes back, what lint finds.
#![expect(clippy::unwrap_used, reason = "tests")]

mod answer;
mod lint;
mod manifest;
mod request;
mod shape;
mod steps;

use serde_json::{Map, Value};
use skills::http::{Call, Rendered, Scope};
use skills::{Execution, Manifest, Skill, yaml};

const SLOTS: &str =
    "{required: [order], properties: {order: {type: string}, amount: {type: number}, pieces: {type: integer},
    urgent: {type: boolean}, note: {type: string}, lang_name: {type: string}}}";

/// A manifest with `effect`, `run` and `more` keys, all of them YAML.
fn text(effect: &str, run: &str, more: &str) -> String {
    let confirm = if effect == "read" { "" } else { "confirm: {zh: 好吗, en: ok}" };
    format!(
        "skill: order.test\ntitle: {{zh: 测试, en: Test}}\neffect: {effect}\nexamples: [测试]\nslots: {SLOTS}\n{confirm}\nrun: {run}\nreply: {{zh: 好, en: ok}}\n{more}\n"
    )
}

fn read(effect: &str, run: &str, more: &str) -> Result<Manifest, String> {
    let text = text(effect, run, more);
    yaml::read("t", &text).map_err(|error| error.message)
}

fn skill(effect: &str, run: &str, more: &str) -> Result<Skill, String> {
    Skill::compile(read(effect, run, more)?, 1, "crm").map_err(|error| format!("{}: {}", error.place, error.message))
}

/// A skill whose run is this request, as YAML.
fn http(effect: &str, request: &str) -> Result<Skill, String> {
    skill(effect, &format!("{{http: {{connection: erp, {request}}}}}"), "")
}

fn call(skill: &Skill) -> &Call {
    let Execution::Http(call) = &skill.run else { panic!("a request") };
    call
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn render(skill: &Skill, slots: &Value) -> Result<Rendered, String> {
    let (slots, context) = (map(slots), map(&serde_json::json!({"user": "E1", "org": 7})));
    let language = paigong_core::Language::Zh;
    call(skill).render(Scope { slots: &slots, context: &context, language, today: "2026-11-23", user: "E1" })
}
