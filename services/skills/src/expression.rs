//! Conditions, defaults and computed slots in CEL (Common Expression Language), with a limit on their length.
//!
//! CEL has no loops and no side effects; what an expression sees is only what is put into its [`Scope`]. Besides CEL's
//! own functions there are those of `calendar_functions`, over days.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};
use values::Calendar;

use crate::message::{Message, message};

mod calendar_functions;

/// The longest expression that is accepted, in bytes.
pub const MAX_LENGTH: usize = 500;

static ENVIRONMENT: LazyLock<Arc<cel::Env>> = LazyLock::new(|| Arc::new(cel::Env::stdlib()));

/// What expressions can see.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Every slot of the skill; `null` where it is not filled.
    pub slots: &'a Map<String, Value>,
    /// The facts row; empty before it was read.
    pub facts: &'a Map<String, Value>,
    /// Who is asking.
    pub context: &'a Map<String, Value>,
    /// The local date, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The tenant's business calendar; without one the functions that need it fail.
    pub calendar: Option<&'a Arc<Calendar>>,
}

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    source: String,
    program: cel::Program,
    counts_days: bool,
}

impl Expression {
    /// Compiles `source`.
    ///
    /// # Errors
    /// When it is too long, is not CEL, or names a variable that no scope has.
    pub fn compile(source: &str) -> Result<Self, Message> {
        Self::compile_over(source, &["slots", "facts", "context", "today"])
    }

    /// Compiles `source` for a place where only `names` are there.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub(crate) fn compile_over(source: &str, names: &[&str]) -> Result<Self, Message> {
        if source.len() > MAX_LENGTH {
            return Err(message!(
                "expression_too_long",
                "表达式有 {length} 字节，最多 {MAX_LENGTH} 字节",
                "the expression has {length} bytes; at most {MAX_LENGTH} are allowed",
                length = source.len()
            ));
        }
        let program = ENVIRONMENT.compile(source).map_err(
            |error| message!("not_cel", "{source:?} 不是 CEL 表达式：{error}", "{source:?} is not CEL: {error}"),
        )?;
        let unknown =
            program.references().variables().into_iter().find(|name| !names.contains(name)).map(str::to_owned);
        if let (Some(name), Some((last, others))) = (unknown, names.split_last()) {
            return Err(message!(
                "unknown_name",
                "{source:?} 用到 {name:?}；这里只有 {others} 和 {last}",
                "{source:?} names {name:?}; only {others} and {last} are there",
                others = others.join(", ")
            ));
        }
        let counts_days = calendar_functions::NAMES.iter().any(|name| program.references().has_function(name));
        Ok(Self { source: source.to_owned(), program, counts_days })
    }

    /// The value of the expression as JSON.
    ///
    /// # Errors
    /// When a name is missing or the types do not fit.
    pub fn evaluate(&self, scope: Scope<'_>) -> Result<Value, String> {
        let maps = [("slots", scope.slots), ("facts", scope.facts), ("context", scope.context)];
        let variables = maps.map(|(name, map)| (name, cel_map(map)));
        let today = ("today", cel::Value::from(scope.today));
        self.evaluate_over(variables.into_iter().chain([today]), scope.calendar)
    }

    /// The value of the expression over these variables.
    ///
    /// # Errors
    /// As for [`Self::evaluate`].
    pub(crate) fn evaluate_over(
        &self,
        variables: impl IntoIterator<Item = (&'static str, cel::Value)>,
        calendar: Option<&Arc<Calendar>>,
    ) -> Result<Value, String> {
        let mut context = cel::Context::with_env(Arc::clone(&ENVIRONMENT));
        for (name, value) in variables {
            context.add_variable_from_value(name, value);
        }
        if self.counts_days {
            calendar_functions::add(&mut context, calendar).map_err(|error| error.to_string())?;
        }
        let value = self.program.execute(&context).map_err(|error| format!("{:?}: {error}", self.source))?;
        value.json().map_err(|error| error.to_string())
    }

    /// Whether the expression is true; an error counts as false.
    #[must_use]
    pub fn holds(&self, scope: Scope<'_>) -> bool {
        self.evaluate(scope) == Ok(Value::Bool(true))
    }

    /// Whether the expression counts in working days, so that an unknown year makes its value a guess.
    #[must_use]
    pub fn counts_workdays(&self) -> bool {
        calendar_functions::OF_WORKDAYS.iter().any(|name| self.program.references().has_function(name))
    }

    /// Whether the expression reads the facts row.
    #[must_use]
    pub fn reads_facts(&self) -> bool {
        self.program.references().has_variable("facts")
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the expression reads `slots.NAME`.
    #[must_use]
    pub fn reads_slot(&self, name: &str) -> bool {
        self.source.match_indices("slots.").any(|(at, prefix)| {
            let rest = &self.source[at + prefix.len()..];
            rest.strip_prefix(name)
                .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        })
    }
}

/// JSON as CEL sees it. Whole numbers are CEL's `int`, so that they can be reckoned with the whole numbers of a source;
/// serde would make those that are not negative `uint`, and `uint * int` is no operation.
pub(crate) fn cel_value(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(yes) => cel::Value::Bool(*yes),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => cel::Value::Int(whole),
            (None, Some(large)) => cel::Value::UInt(large),
            (None, None) => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => cel::Value::from(text.as_str()),
        Value::Array(items) => cel::Value::from(items.iter().map(cel_value).collect::<Vec<_>>()),
        Value::Object(map) => cel_map(map),
    }
}

/// An object as CEL sees it.
pub(crate) fn cel_map(map: &Map<String, Value>) -> cel::Value {
    map.iter().map(|(name, value)| (name.clone(), cel_value(value))).collect::<HashMap<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn evaluate(source: &str, slots: &Value) -> Result<Value, String> {
        let empty = Map::new();
        let slots = slots.as_object().expect("an object");
        let calendar = Arc::new(Calendar::mainland_china());
        let scope = Scope { slots, facts: &empty, context: &empty, today: "2026-11-23", calendar: Some(&calendar) };
        Expression::compile(source)?.evaluate(scope)
    }

    #[test]
    fn dates_compare_as_text_and_numbers_across_types() {
        assert_eq!(
            evaluate("slots.from <= slots.to", &json!({"from": "2026-12-05", "to": "2026-12-03"})),
            Ok(json!(false))
        );
        assert_eq!(evaluate("slots.amount > 0 && slots.amount <= 99.5", &json!({"amount": 12})), Ok(json!(true)));
        assert_eq!(evaluate("slots.amount > 10", &json!({"amount": 12.5})), Ok(json!(true)));
        assert_eq!(evaluate("slots.amount * 2 - 1", &json!({"amount": 12})), Ok(json!(23)));
        assert_eq!(evaluate("add_days('2026-11-23', slots.n)", &json!({"n": 2})), Ok(json!("2026-11-25")));
        assert_eq!(evaluate("slots.x == null || slots.x > 3", &json!({"x": null})), Ok(json!(true)));
    }

    #[test]
    fn days_and_working_days_are_counted_in_the_calendar_of_the_tenant() {
        let slots = json!({"from": "2026-09-28", "to": "2026-10-10", "at": "2026-11-27T15:00:00", "none": null});
        // 28, 29, 30 September, 8 and 9 October, and Saturday 10 October, which makes up for the holiday.
        assert_eq!(evaluate("workdays(slots.from, slots.to)", &slots), Ok(json!(6)));
        assert_eq!(evaluate("workdays(slots.to, slots.from)", &slots), Ok(json!(0)));
        assert_eq!(evaluate("days(slots.from, slots.to)", &slots), Ok(json!(13)));
        assert_eq!(evaluate("add_workdays(slots.at, 1)", &slots), Ok(json!("2026-11-30")));
        assert_eq!(evaluate("add_days(slots.at, -27)", &slots), Ok(json!("2026-10-31")));
        assert_eq!(evaluate("is_workday('2026-10-10') && !is_workday('2026-10-11')", &slots), Ok(json!(true)));
        assert!(evaluate("workdays(slots.none, slots.to)", &slots).is_err());
        assert!(evaluate("workdays('soon', slots.to)", &slots).expect_err("refused").contains("soon"));
        assert!(evaluate("add_days(slots.from, 99999999999)", &slots).is_err());
    }

    #[test]
    fn unknown_names_and_long_sources_are_refused() {
        assert!(evaluate("slotz.a == 1", &json!({})).expect_err("refused").contains("slotz"));
        assert!(evaluate(&"1+".repeat(400), &json!({})).expect_err("refused").contains("at most"));
    }
}
