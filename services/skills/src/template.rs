//! Texts with places for values: minijinja without loaders, with fuel, and with filters for dates, times and money.
//!
//! In a template the name of a slot is its value *as people read it* in the language of the reply; `slots.NAME` is the
//! raw value. Columns of the first row come in by name, all rows as `rows`, their number as `count`; what a run would touch
//! is `preview.count` and `preview.rows`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use indexmap::IndexMap;
use minijinja::{Environment, State, UndefinedBehavior, Value as Cell};
use paigong_core::{Bilingual, Language};
use serde_json::{Map, Value};

use crate::Slot;
use crate::message::{Message, message};
use crate::slot::{Format, Kind, ValueKind};

/// Instructions that one rendering may take.
const FUEL: u64 = 20_000;
/// The longest rendered text, in characters; the rest is cut.
pub const MAX_LENGTH: usize = 4_000;

/// What a template sees.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The language of the reply.
    pub language: Language,
    /// The local date, against which dates are written.
    pub today: NaiveDate,
    /// What values that were looked up are called, by slot; they are shown by that.
    pub labels: &'a BTreeMap<String, String>,
    /// Raw slot values.
    pub slots: &'a Map<String, Value>,
    /// The facts row.
    pub facts: &'a Map<String, Value>,
    /// The rows of the run.
    pub rows: &'a [Map<String, Value>],
    /// What the run would touch, for the confirmation of a skill with `preview`.
    pub preview: Option<Preview<'a>>,
}

/// What came of a run that was tried and rolled back.
#[derive(Debug, Clone, Copy)]
pub struct Preview<'a> {
    /// How many rows it touched.
    pub count: u64,
    /// Those that it returned, perhaps not all of them.
    pub rows: &'a [Map<String, Value>],
}

/// The compiled texts of one skill.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    names: BTreeSet<String>,
}

impl Templates {
    /// An empty set for a skill with these slots, whose labels the `label` filter knows.
    #[must_use]
    pub fn new(slots: &IndexMap<String, Slot>) -> Self {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("date", |state: &State<'_, '_>, text: &str| written(state, text, date));
        environment.add_filter("time", |state: &State<'_, '_>, text: &str| written(state, text, time));
        environment.add_filter("datetime", |state: &State<'_, '_>, text: &str| written(state, text, date_time));
        environment.add_filter("money", |amount: &Cell| money(&amount.to_string()));
        environment.add_filter("plural", |count: f64, one: &str, many: &str| {
            let unit = if (count - 1.0).abs() < f64::EPSILON { one } else { many };
            format!("{count} {unit}")
        });
        let labelled = slots.clone();
        environment.add_filter("label", move |state: &State<'_, '_>, value: &str, slot: &str| {
            labelled.get(slot).map_or(value, |slot| slot.label(value, language_of(state))).to_owned()
        });
        Self { environment, names: BTreeSet::new() }
    }

    /// Adds `text` under `name`, in both languages.
    ///
    /// # Errors
    /// When either text is not a template.
    pub fn add(&mut self, name: &str, text: &Bilingual) -> Result<(), Message> {
        for language in Language::ALL {
            self.environment
                .add_template_owned(key(name, language), text.get(language).to_owned())
                .map_err(|error| {
                    message!("not_a_template", "{name}（{language}）不是可用的模板：{error}", "{name} ({language}): {error}")
                })?;
        }
        self.names.insert(name.to_owned());
        Ok(())
    }

    /// Whether a text of this name was added.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Every variable that the text `name` reads, in either language.
    #[must_use]
    pub fn variables(&self, name: &str) -> BTreeSet<String> {
        let read = |language| {
            let template = self.environment.get_template(&key(name, language)).ok();
            template.map(|template| template.undeclared_variables(true)).unwrap_or_default()
        };
        Language::ALL.into_iter().flat_map(read).collect()
    }

    /// Renders the text `name` in the scope's language.
    ///
    /// # Errors
    /// When there is no such text, a name is undefined, or the fuel runs out.
    pub fn render(&self, name: &str, slots: &IndexMap<String, Slot>, scope: Scope<'_>) -> Result<String, String> {
        let template = self.environment.get_template(&key(name, scope.language)).map_err(|error| error.to_string())?;
        let mut names = Map::new();
        if let Some(row) = scope.rows.first() {
            names.extend(row.clone());
        }
        for (slot, schema) in slots {
            let value = scope.slots.get(slot).unwrap_or(&Value::Null);
            let label = scope.labels.get(slot).filter(|_| !value.is_null()).map(|label| Value::from(label.as_str()));
            let shown = label.unwrap_or_else(|| display(schema, value, scope.language, scope.today));
            names.insert(slot.clone(), shown);
        }
        if let Some(row) = scope.rows.first() {
            // A column wins over an unfilled slot of the same name.
            names.extend(
                row.iter()
                    .filter(|(name, _)| scope.slots.get(*name).is_none_or(Value::is_null))
                    .map(|(k, v)| (k.clone(), v.clone())),
            );
        }
        names.insert("slots".into(), Value::Object(scope.slots.clone()));
        names.insert("facts".into(), Value::Object(scope.facts.clone()));
        names.insert("rows".into(), scope.rows.iter().cloned().map(Value::Object).collect());
        names.insert("count".into(), scope.rows.len().into());
        if let Some(Preview { count, rows }) = scope.preview {
            names.insert("preview".into(), serde_json::json!({"count": count, "rows": rows}));
        }
        names.insert("lang".into(), scope.language.tag().into());
        names.insert("today".into(), scope.today.to_string().into());
        let text = template.render(minijinja::value::Serde(&names)).map_err(|error| format!("{error:#}"))?;
        Ok(text.trim().chars().take(MAX_LENGTH).collect())
    }
}

fn key(name: &str, language: Language) -> String {
    format!("{name}.{language}")
}

/// A slot's value as people read it; `null` stays `null` so that templates can test for it.
#[must_use]
pub fn display(slot: &Slot, value: &Value, language: Language, today: NaiveDate) -> Value {
    let text = match value {
        Value::Null => return Value::Null,
        Value::String(text) => text.clone(),
        Value::Bool(yes) => {
            let (zh, en) = if *yes { ("是", "yes") } else { ("否", "no") };
            return Value::from(if language == Language::Zh { zh } else { en });
        }
        other => other.to_string(),
    };
    let shown = match (slot.format, slot.value) {
        (Some(Format::Date), _) => date(&text, language, today),
        (Some(Format::DateTime), _) => date_time(&text, language, today),
        (Some(Format::Time), _) => time(&text, language, today),
        (_, Some(ValueKind::Money)) => Some(money(&text)),
        _ => Some(slot.label(&text, language).to_owned()),
    };
    match (shown, slot.json_type()) {
        (Some(shown), Kind::String) => Value::from(shown),
        (Some(shown), _) if slot.value == Some(ValueKind::Money) => Value::from(shown),
        _ => value.clone(),
    }
}

fn written(state: &State<'_, '_>, text: &str, write: fn(&str, Language, NaiveDate) -> Option<String>) -> String {
    let today = state.lookup("today").and_then(|day| day.as_str().and_then(|day| day.parse().ok())).unwrap_or_default();
    write(text, language_of(state), today).unwrap_or_else(|| text.to_owned())
}

fn language_of(state: &State<'_, '_>) -> Language {
    let english = state.lookup("lang").is_some_and(|language| language.as_str() == Some("en"));
    if english { Language::En } else { Language::Zh }
}

fn date(text: &str, language: Language, today: NaiveDate) -> Option<String> {
    let day: NaiveDate = text.get(..10)?.parse().ok()?;
    Some(values::echo::date(day, today, language))
}

fn date_time(text: &str, language: Language, today: NaiveDate) -> Option<String> {
    let at: NaiveDateTime = text.get(..16).map(|text| format!("{}:00", text.replace(' ', "T")))?.parse().ok()?;
    Some(values::echo::date_time(at, today, language))
}

fn time(text: &str, _: Language, _: NaiveDate) -> Option<String> {
    let at: NaiveTime = text.parse().ok()?;
    Some(at.format("%H:%M").to_string())
}

/// `1234567.5` → `¥1,234,567.50`.
fn money(text: &str) -> String {
    let Ok(amount) = text.parse::<f64>() else { return text.to_owned() };
    let cents = (amount.abs() * 100.0).round() as u64;
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}¥{grouped}.{:02}", if amount < 0.0 { "-" } else { "" }, cents % 100)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_is_grouped_and_rounded_to_cents() {
        assert_eq!(money("1234567.5"), "¥1,234,567.50");
        assert_eq!(money("0.1"), "¥0.10");
        assert_eq!(money("-12"), "-¥12.00");
    }

    #[test]
    fn slots_are_shown_as_people_read_them_and_undefined_names_are_errors() {
        let slots: IndexMap<String, Slot> = crate::yaml::read(
            "t",
            "{kind: {enum: [annual], x-labels: {annual: {zh: 年假, en: annual leave}}}, from: {format: date}, note: {type: string}}",
        )
        .expect("slots");
        let mut templates = Templates::new(&slots);
        let bilingual = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
        templates
            .add(
                "a",
                &bilingual(
                    "{{ kind }} {{ from }}{% if note %}!{% endif %} {{ slots.kind }} {{ d|date }}",
                    "{{ from }}",
                ),
            )
            .expect("a");
        templates.add("b", &bilingual("{{ nothing }}", "{% for i in range(100000) %}x{% endfor %}")).expect("b");
        let values = json!({"kind": "annual", "from": "2026-12-02"});
        let rows = [json!({"d": "2026-11-24"}).as_object().cloned().expect("row")];
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("day");
        let (empty, labels) = (Map::new(), BTreeMap::new());
        let scope = |language| Scope {
            language,
            today,
            labels: &labels,
            slots: values.as_object().expect("map"),
            facts: &empty,
            rows: &rows,
            preview: None,
        };
        assert_eq!(
            templates.render("a", &slots, scope(Language::Zh)),
            Ok("年假 12月2日（周三） annual 11月24日（周二）".into())
        );
        assert_eq!(templates.render("a", &slots, scope(Language::En)), Ok("Wed 2 Dec".into()));
        assert!(templates.render("b", &slots, scope(Language::Zh)).is_err());
        assert!(templates.render("b", &slots, scope(Language::En)).is_err(), "fuel");
        assert!(templates.variables("b").contains("nothing"));
        let touched = "{{ preview.count|plural('row', 'rows') }}:{% for r in preview.rows %} {{ r.d }}{% endfor %}";
        templates.add("c", &bilingual(touched, touched)).expect("c");
        let preview = Some(Preview { count: 3, rows: &rows });
        let text = templates.render("c", &slots, Scope { preview, ..scope(Language::En) });
        assert_eq!(text, Ok("3 rows: 2026-11-24".into()));
        assert!(templates.render("c", &slots, scope(Language::En)).is_err(), "nothing was tried");
    }
}
