//! Where an answer, as JSON, is not as a turn expects it. The only place that compares the two.

use paigong_core::Language;
use serde::Serialize;
use serde_json::{Value, json};

use super::Turn;

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What: `action`, `slots.from`, `reply` …
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What was found, with the words that it was read from.
    pub found: String,
}

impl Difference {
    /// The same in a sentence.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let Self { what, expected, found } = self;
        let (name, slot) = match what.split_once('.') {
            Some(("slots", slot)) => ("slots", Some(slot)),
            _ => (what.split_once(": ").map_or(what.as_str(), |(name, _)| name), None),
        };
        if language == Language::En {
            return format!("{what}: expected {expected}, found {found}");
        }
        let name = match name {
            "action" => "动作",
            "skill" => "技能",
            "slot" => "所问的槽位",
            "slots" => "槽位",
            "execution" => "执行结果",
            "band" => "把握",
            "language" => "语言",
            "options" | "press" => "按钮",
            "reply" => "回复",
            "says" => "回复全文",
            "rows" => "数据",
            "answer" => "回复",
            other => other,
        };
        let name = match (slot, what.split_once(": ")) {
            (Some(slot), _) => format!("{name} {slot}"),
            (None, Some((_, detail))) => format!("{name}（{detail}）"),
            (None, None) => name.to_owned(),
        };
        let expected = match (expected.strip_prefix("with "), expected.strip_prefix("without ")) {
            (Some(part), _) if what == "reply" => format!("应含 {part}"),
            (_, Some(part)) if what == "reply" => format!("不应含 {part}"),
            _ => format!("应为 {}", in_chinese(expected)),
        };
        format!("{name}：{expected}，实际为 {}", in_chinese(found))
    }
}

/// What is not there, in Chinese.
fn in_chinese(shown: &str) -> &str {
    match shown {
        NOTHING | "none" => "无",
        NO_BUTTONS => "没有按钮",
        "an answer" => "有回复",
        other => other,
    }
}

const NOTHING: &str = "nothing";
pub(super) const NO_BUTTONS: &str = "no buttons";

/// Everything in which `answer`, the public JSON of an answer, is not as `turn` expects it.
#[must_use]
pub fn compare(turn: &Turn, answer: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut differ = |what: &str, expected: String, found: String| {
        all.push(Difference { what: what.to_owned(), expected, found });
    };
    let (action, decision) = (&answer["dialog_action"], &answer["decision"]);
    let none = json!("none");
    let status = if answer["execution"].is_null() { &none } else { &answer["execution"]["status"] };
    let words = [
        ("action", turn.action.map(super::Action::word), &action["type"]),
        ("skill", turn.skill.as_deref(), &action["skill"]),
        ("slot", turn.slot.as_deref(), &action["slot"]),
        ("execution", turn.execution.map(super::Execution::word), status),
        ("band", turn.band.map(super::Band::word), &decision["band"]),
        ("language", turn.language.map(paigong_core::Language::tag), &answer["language"]),
    ];
    for (what, expected, found) in words {
        if let Some(expected) = expected.filter(|expected| found.as_str() != Some(expected)) {
            differ(what, expected.to_owned(), shown(found));
        }
    }
    for (name, expected) in &turn.slots {
        let found = &decision["slots"][name];
        if !same(&found["value"], expected) {
            differ(&format!("slots.{name}"), shown(expected), with_source(found));
        }
    }
    let labels = labels(answer);
    for label in turn.options.iter().filter(|label| !labels.contains(&label.as_str())) {
        differ("options", label.clone(), if labels.is_empty() { NO_BUTTONS.into() } else { labels.join(", ") });
    }
    let text = answer["answer"].as_str().unwrap_or_default();
    for part in turn.reply.iter().filter(|part| !text.contains(*part)) {
        differ("reply", format!("with {part:?}"), text.to_owned());
    }
    for part in turn.not.iter().filter(|part| text.contains(*part)) {
        differ("reply", format!("without {part:?}"), text.to_owned());
    }
    if let Some(expected) = turn.says.as_ref().filter(|expected| expected.trim_end() != text.trim_end()) {
        differ("says", expected.clone(), text.to_owned());
    }
    all
}

/// The labels of an answer's buttons.
#[must_use]
pub fn labels(answer: &Value) -> Vec<&str> {
    let options = answer["dialog_action"]["options"].as_array().map_or(&[][..], Vec::as_slice);
    options.iter().filter_map(|option| option["label"].as_str()).collect()
}

/// Equal as JSON, or as text: a date or a number may be written either way in YAML.
#[must_use]
pub fn same(found: &Value, expected: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let number = |value: &Value| text(value).parse::<f64>().ok();
    let is_simple = |value: &Value| !value.is_null();
    found == expected
        || (is_simple(found) && is_simple(expected))
            && (text(found) == text(expected) || (number(found).is_some() && number(found) == number(expected)))
}

/// A value as people read it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => NOTHING.into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A slot's value with the words that it was read from, or the way it came.
fn with_source(filled: &Value) -> String {
    let value = shown(&filled["value"]);
    match (filled["text"].as_str(), filled["by"].as_str()) {
        (Some(text), Some(by)) => format!("{value} (from {text:?}, by {by})"),
        (None, Some(by)) => format!("{value} (by {by})"),
        _ => value,
    }
}
