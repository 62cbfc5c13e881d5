//! Two manifests compared key by key: what was added, removed or changed, and the same in words.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
    #[schema(example = "slots.properties.days.maximum：由 30 改为 60")]
    pub zh: String,
    #[schema(example = "slots.properties.days.maximum: 30 becomes 60")]
    pub en: String,
}

/// Characters of a value that are shown in words.
const SHOWN: usize = 80;

/// What is different in `after`. Lists of texts, such as examples, are compared as sets: their order says nothing.
pub(crate) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", Some(before), Some(after), &mut found);
    found
}

fn walk(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(before), Some(after)) if before == after => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            for (key, value) in old {
                walk(&below(key), Some(value), new.get(key), found);
            }
            for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                walk(&below(key), None, Some(value), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if is_texts(old) && is_texts(new) => {
            let gone = old.iter().filter(|value| !new.contains(value));
            gone.for_each(|value| found.push(difference(path, Some(value), None)));
            let come = new.iter().filter(|value| !old.contains(value));
            come.for_each(|value| found.push(difference(path, None, Some(value))));
        }
        (before, after) => found.push(difference(path, before, after)),
    }
}

fn is_texts(values: &[Value]) -> bool {
    values.iter().all(Value::is_string)
}

fn difference(path: &str, before: Option<&Value>, after: Option<&Value>) -> Difference {
    let (kind, zh, en) = match (before, after) {
        (None, Some(new)) => {
            ("added", format!("{path}：新增 {}", shown(new)), format!("{path}: {} is new", shown(new)))
        }
        (Some(old), None) => {
            ("removed", format!("{path}：删除 {}", shown(old)), format!("{path}: {} is gone", shown(old)))
        }
        (old, new) => {
            let [old, new] = [old, new].map(|value| value.map(shown).unwrap_or_default());
            ("changed", format!("{path}：由 {old} 改为 {new}"), format!("{path}: {old} becomes {new}"))
        }
    };
    Difference { kind, path: path.to_owned(), before: before.cloned(), after: after.cloned(), zh, en }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    };
    if text.chars().count() <= SHOWN { text } else { text.chars().take(SHOWN).chain(['…']).collect() }
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
            ["changed title.zh", "removed examples", "added examples", "changed rules", "removed undo", "added when"]
        );
        assert_eq!(found[0].zh, "title.zh：由 “请假” 改为 “休假”");
        assert_eq!(found[2].en, "examples: “c” is new");
        assert_eq!(between(&before, &before), []);
    }
}
