//! A conversation test in YAML, one line for each turn, as people write them.

use paigong_core::Language;
use serde_json::{Map, Value};

use super::{Action, Band, Execution, Scenario, Turn};

/// A file of these tests, `comments` before them.
#[must_use]
pub fn file<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>, comments: &[String]) -> String {
    let tests: Vec<String> = scenarios.into_iter().map(test).collect();
    format!("{}tests:\n{}", commented("", comments), tests.join("\n"))
}

/// Lines of comments.
#[must_use]
pub fn commented(indent: &str, comments: &[String]) -> String {
    comments.iter().flat_map(|comment| comment.lines()).map(|line| format!("{indent}# {line}\n")).collect()
}

/// One test as it stands in a file, to be put below its others.
#[must_use]
pub fn test(scenario: &Scenario) -> String {
    let mut text = format!("  - name: {}\n    user: {}\n", scalar(&scenario.name), scalar(&scenario.user));
    if !scenario.context.is_empty() {
        let entries: Map<_, _> = scenario.context.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        text.push_str(&format!("    context: {}\n", value(&Value::Object(entries))));
    }
    if let Some(now) = scenario.now {
        text.push_str(&format!("    now: {}\n", now.to_rfc3339()));
    }
    text.push_str("    turns:\n");
    for one in &scenario.turns {
        text.push_str(&format!("      - {}\n", turn(one)));
    }
    if !scenario.rows.is_empty() {
        text.push_str("    rows:\n");
        for row in &scenario.rows {
            text.push_str(&format!("      - {{sql: {}, equals: {}}}\n", scalar(&row.sql), value(&row.equals)));
        }
    }
    text
}

/// A turn in one line.
fn turn(turn: &Turn) -> String {
    let text = |text: &Option<String>| text.as_deref().map(scalar);
    let list = |texts: &[String]| {
        (!texts.is_empty())
            .then(|| format!("[{}]", texts.iter().map(|text| scalar(text)).collect::<Vec<_>>().join(", ")))
    };
    let entries = |entries: Map<String, Value>| (!entries.is_empty()).then(|| value(&Value::Object(entries)));
    let slots = turn.slots.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let parts = [
        ("user", text(&turn.user)),
        ("press", text(&turn.press)),
        ("inputs", entries(turn.inputs.clone())),
        ("later", turn.later.map(|later| later.to_string())),
        ("action", turn.action.map(Action::word).map(str::to_owned)),
        ("skill", text(&turn.skill)),
        ("slot", text(&turn.slot)),
        ("slots", entries(slots)),
        ("execution", turn.execution.map(Execution::word).map(str::to_owned)),
        ("options", list(&turn.options)),
        ("band", turn.band.map(Band::word).map(str::to_owned)),
        ("language", turn.language.map(Language::tag).map(str::to_owned)),
        ("reply", list(&turn.reply)),
        ("not", list(&turn.not)),
        ("says", text(&turn.says)),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(key, value)| Some(format!("{key}: {}", value?))).collect();
    format!("{{{}}}", parts.join(", "))
}

/// A value in flow style: JSON with the quotes that can be spared left out.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(values) => format!("[{}]", values.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| format!("{}: {}", scalar(name), self::value(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Words that YAML reads as something else than text.
const NO_TEXT: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];

/// A text in one line: plain where nothing in it means anything to YAML, else in double quotes.
pub(super) fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-.，。？！、（）".contains(c);
    let words_only = !text.ends_with(' ') && !text.contains("  ") && text.chars().all(|c| c == ' ' || is_plain(c));
    // A date is plain, too: YAML has no dates here, it stays the text that it is.
    let is_date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10;
    let begins_well = text.starts_with(char::is_alphabetic) || is_date;
    if words_only && begins_well && !NO_TEXT.contains(&text.to_lowercase().as_str()) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text in double quotes, everything that can't be seen escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
