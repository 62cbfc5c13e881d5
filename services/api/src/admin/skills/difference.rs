//! Two manifests compared key by key: what was added, removed or changed, and the same in words for whoever runs the app.

mod words;

use serde::Serialize;
use serde_json::Value;
use skills::example;
use utoipa::ToSchema;

use words::Words;

/// One difference.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Difference {
    /// added, removed or changed.
    #[schema(example = "changed")]
    pub kind: &'static str,
    /// Where, from the manifest's top.
    #[schema(example = "slots.properties.days.maximum")]
    pub path: String,
    /// What is live; absent where it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = 30)]
    pub before: Option<Value>,
    /// What the draft says; absent where it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = 60)]
    pub after: Option<Value>,
    #[schema(example = "天数：最大值由 30 改为 60")]
    pub zh: String,
    #[schema(example = "Days: the most allowed becomes 60 (was 30)")]
    pub en: String,
}

/// What is different in `after`. Lists of texts, such as examples, are compared as sets, since their order says nothing; of other
/// lists, what is equal is left out and the rest told in pairs.
pub(crate) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut walk = Walk { words: Words::new(before, after), path: Vec::new(), found: Vec::new() };
    walk.compare(Some(before), Some(after));
    walk.found
}

struct Walk<'a> {
    words: Words<'a>,
    path: Vec<String>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn compare(&mut self, before: Option<&Value>, after: Option<&Value>) {
        match (before, after) {
            (Some(before), Some(after)) if before == after => {}
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                for (key, value) in old {
                    self.below(key, Some(value), new.get(key));
                }
                for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                    self.below(key, None, Some(value));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) if is_texts(old) && is_texts(new) => {
                self.compare_texts(old, new);
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.compare_lists(old, new),
            (before, after) => self.add(before, after),
        }
    }

    fn below(&mut self, key: &str, before: Option<&Value>, after: Option<&Value>) {
        self.path.push(key.to_owned());
        self.compare(before, after);
        self.path.pop();
    }

    /// An example whose marks alone are different is one that was changed.
    fn compare_texts(&mut self, old: &[Value], new: &[Value]) {
        let plain = |value: &Value| example::parse(value.as_str().unwrap_or_default()).text;
        let mut come: Vec<&Value> = new.iter().filter(|value| !old.contains(value)).collect();
        for gone in old.iter().filter(|value| !new.contains(value)) {
            let same = come.iter().position(|value| plain(value) == plain(gone));
            let marked = same.map(|index| come.remove(index));
            self.add(Some(gone), marked);
        }
        come.into_iter().for_each(|value| self.add(None, Some(value)));
    }

    fn compare_lists(&mut self, old: &[Value], new: &[Value]) {
        let others = |of: &[Value], among: &[Value]| -> Vec<(usize, Value)> {
            of.iter().cloned().enumerate().filter(|(_, value)| !among.contains(value)).collect()
        };
        let (gone, come) = (others(old, new), others(new, old));
        if gone.is_empty() && come.is_empty() {
            return self.add(Some(&Value::from(old)), Some(&Value::from(new)));
        }
        let is_paired = gone.len() == come.len();
        for (index, (number, value)) in gone.iter().enumerate() {
            let other = come.get(index).filter(|_| is_paired).map(|(_, value)| value);
            self.below(&number.to_string(), Some(value), other);
        }
        for (number, value) in come.iter().filter(|_| !is_paired) {
            self.below(&number.to_string(), None, Some(value));
        }
    }

    fn add(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let kind = match (before, after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let words = self.words.of(&self.path, before, after);
        let path = self.path.join(".");
        let (before, after) = (before.cloned(), after.cloned());
        self.found.push(Difference { kind, path, before, after, zh: words.zh, en: words.en });
    }
}

fn is_texts(values: &[Value]) -> bool {
    values.iter().all(Value::is_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_added_removed_and_changed_is_named_at_its_key() {
        let before = json!({"title": {"zh": "请假"}, "examples": ["a", "b"], "rules": [{"check": "x"}], "undo": "u"});
        let after = json!({"title": {"zh": "休假"}, "examples": ["b", "c"], "rules": [{"check": "y"}], "when": "w"});
        let found = between(&before, &after);
        let brief: Vec<_> = found.iter().map(|one| format!("{} {}", one.kind, one.path)).collect();
        assert_eq!(
            brief,
            ["changed title.zh", "removed examples", "added examples", "changed rules.0.check", "removed undo", "added when"]
        );
        assert_eq!(between(&before, &before), []);
    }

    #[test]
    fn what_people_change_most_is_said_in_their_words() {
        let slot = |days: Value| json!({"slots": {"properties": {"days": days}}});
        let title = json!({"zh": "天数", "en": "Days"});
        let cases = [
            (
                slot(json!({"x-title": title, "maximum": 30})),
                slot(json!({"x-title": title, "maximum": 60})),
                "天数：最大值由 30 改为 60",
                "Days: the most allowed becomes 60 (was 30)",
            ),
            (
                slot(json!({"x-title": title, "enum": ["sick"], "x-labels": {"sick": {"zh": "病假", "en": "sick leave"}}, "x-synonyms": {"sick": []}})),
                slot(json!({"x-title": title, "enum": ["sick"], "x-labels": {"sick": {"zh": "病假", "en": "sick leave"}}, "x-synonyms": {"sick": ["生病"]}})),
                "天数：“病假”的同义词新增：“生病”",
                "Days: synonyms of “sick leave”: new: “生病”",
            ),
            (
                slot(json!({"x-title": title, "x-ask": {"zh": "几天", "en": "How long"}})),
                slot(json!({"x-title": title, "x-ask": {"zh": "请几天", "en": "How long"}})),
                "天数：问法（中文）由 “几天” 改为 “请几天”",
                "Days: the question (Chinese) becomes “请几天” (was “几天”)",
            ),
            (json!({"slots": {"properties": {}}}), slot(json!({"x-title": title})), "新增槽位“天数”", "New slot “Days”"),
            (
                json!({"slots": {"required": []}}),
                json!({"slots": {"required": ["days"]}}),
                "必填项新增：“days”",
                "Required details: new: “days”",
            ),
            (json!({"examples": []}), json!({"examples": ["请[三天](days)假"]}), "示例（中文）新增：“请三天假”", "Examples (Chinese): new: “请三天假”"),
            (json!({"examples": ["one day"]}), json!({"examples": ["[one](n) day"]}), "示例（英文）“one day”的标注有改动", "Examples (English): the marks of “one day” are different"),
            (json!({"run": {"sql": "SELECT 1"}}), json!({"run": {"sql": "SELECT 2"}}), "执行的语句有改动", "The statement that is run is different"),
            (
                json!({"rules": []}),
                json!({"rules": [{"check": "slots.a > 1", "say": {"zh": "太少", "en": "too little"}}]}),
                "规则 1 新增：“太少”",
                "Rule 1: new: “too little”",
            ),
            (json!({"effect": "read"}), json!({"effect": "write"}), "影响由 只查询 改为 会改动数据", "The effect becomes changes data (was only reads)"),
            (json!({}), json!({"later": true}), "可以延后执行：是", "May be put off: yes"),
            (json!({"x": {"y": 1}}), json!({"x": {"y": 2}}), "x.y 由 1 改为 2", "x.y becomes 2 (was 1)"),
        ];
        for (before, after, zh, en) in cases {
            let found = between(&before, &after);
            let said: Vec<_> = found.iter().map(|one| (one.zh.as_str(), one.en.as_str())).collect();
            assert_eq!(said, [(zh, en)]);
        }
    }
}
