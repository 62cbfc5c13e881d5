//! Finds the JSON object in what a model wrote around it.

use serde_json::Value;

const MAX_TRIES: usize = 32;

/// The object in `text`: fenced, after some words, behind `<think>…</think>`, with commas too many. `None` when there is
/// none, or it breaks off.
pub(crate) fn object(text: &str) -> Option<Value> {
    // What it thought is not what it says; a thought that does not end has no answer behind it.
    let text = match text.rfind("</think>") {
        Some(end) => &text[end + "</think>".len()..],
        None if text.contains("<think>") => return None,
        None => text,
    };
    // Each try reads the rest of the text; more braces than these are no answer.
    for (from, _) in text.match_indices('{').take(MAX_TRIES) {
        let Some(length) = length(&text[from..]) else {
            // A brace among the words before it is skipped. What begins like an object and breaks off is not: what is
            // complete within it is not what was meant.
            if text[from + 1..].trim_start().starts_with('"') {
                return None;
            }
            continue;
        };
        let candidate = &text[from..from + length];
        let value =
            serde_json::from_str(candidate).or_else(|_| serde_json::from_str(&without_trailing_commas(candidate)));
        if let Ok(value @ Value::Object(_)) = value {
            return Some(value);
        }
    }
    None
}

/// The length of the object that `text` begins with; `None` when it does not end.
fn length(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Removes commas before a closing bracket.
fn without_trailing_commas(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '}' | ']' if !quoted => {
                let content = kept.trim_end();
                if content.ends_with(',') {
                    kept.truncate(content.len() - 1);
                }
            }
            _ => {}
        }
        kept.push(character);
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_object_is_found_in_what_is_around_it() {
        let expected = json!({"do": "ask", "text": "a } b"});
        for text in [
            r#"{"do": "ask", "text": "a } b"}"#,
            "```json\n{\"do\": \"ask\", \"text\": \"a } b\"}\n```",
            "好的，结果如下 {见下}：\n{\"do\": \"ask\", \"text\": \"a } b\"} 完毕",
            "<think>{\"do\": \"nothing\"}</think>{\"do\": \"ask\", \"text\": \"a } b\",}",
            "{\"do\": \"ask\", \"text\": \"a } b\" ,\n }",
        ] {
            assert_eq!(object(text), Some(expected.clone()), "{text}");
        }
    }

    #[test]
    fn what_breaks_off_is_not_accepted() {
        for text in [
            r#"{"do": "skill", "slots": {"a": 1"#,
            r#"{"do": "ask", "text": "no"#,
            r#"{"do": "plan", "steps": [{"do": "ask"}"#,
            "<think>{\"do\": \"ask\"}",
            "[1, 2]",
            "好的",
            "",
        ] {
            assert_eq!(object(text), None, "{text}");
        }
    }
}
