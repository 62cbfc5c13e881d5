//! How the answer to a request becomes rows.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::Fault;
use crate::expression::{Expression, cel_value};
use crate::message::{Message, message};

/// The most rows that are taken from one answer; what follows them is left.
pub const MAX_ROWS: usize = 200;

/// What columns can't be called, since texts have these names already.
const RESERVED: [&str; 8] = ["slots", "facts", "rows", "count", "lang", "today", "preview", "loop"];

/// The form of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    rows: Option<String>,
    result: Option<Vec<(String, Column)>>,
}

#[derive(Debug)]
enum Column {
    Pointer(String),
    Expression(Expression),
}

impl Answer {
    pub(super) fn compile(rows: Option<&str>, result: Option<&IndexMap<String, String>>) -> Result<Self, Fault> {
        if let Some(rows) = rows {
            check_pointer(rows).map_err(|message| ("rows".to_owned(), message))?;
        }
        let compile = |(name, source): (&String, &String)| {
            Column::compile(name, source)
                .map(|column| (name.clone(), column))
                .map_err(|message| (format!("result.{name}"), message))
        };
        let result = result.map(|result| result.iter().map(compile).collect::<Result<Vec<_>, _>>()).transpose()?;
        if result.as_ref().is_some_and(Vec::is_empty) {
            let message = message!(
                "http_result",
                "没有列；不写 result 时按对象原样读取",
                "there is no column; without result an object is taken as it is"
            );
            return Err(("result".into(), message));
        }
        Ok(Self { rows: rows.map(str::to_owned), result })
    }

    pub(super) fn columns(&self) -> Option<Vec<String>> {
        Some(self.result.as_ref()?.iter().map(|(name, _)| name.clone()).collect())
    }

    pub(super) fn whole_divisions(&self) -> impl Iterator<Item = &str> {
        self.result.iter().flatten().filter_map(|(name, column)| match column {
            Column::Expression(expression) if divides_by_whole(expression.source()) => Some(name.as_str()),
            _ => None,
        })
    }

    pub(super) fn read(&self, status: u16, body: &[u8]) -> Result<Vec<Map<String, Value>>, String> {
        if !(200..300).contains(&status) {
            return Err(format!("the answer has the status {status}"));
        }
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
        let is_empty = body.is_empty() || status == 204;
        let response = if is_empty {
            Value::Object(Map::new())
        } else {
            serde_json::from_slice(body).map_err(|error| format!("the answer is not JSON: {error}"))?
        };
        let items = match &self.rows {
            None => std::slice::from_ref(&response),
            Some(_) if is_empty => &[],
            Some(pointer) => match response.pointer(pointer) {
                Some(Value::Array(items)) => &items[..items.len().min(MAX_ROWS)],
                Some(Value::Null) => &[],
                Some(_) => return Err(format!("rows: what is at {pointer:?} in the answer is no array")),
                None => return Err(format!("rows: there is nothing at {pointer:?} in the answer")),
            },
        };
        let Some(columns) = &self.result else {
            return items.iter().map(whole).collect();
        };
        let seen = columns.iter().any(|(_, column)| matches!(column, Column::Expression(_)));
        let seen = seen.then(|| cel_value(&response));
        items.iter().map(|item| row(columns, item, seen.as_ref(), status)).collect()
    }
}

/// An item as it is.
fn whole(item: &Value) -> Result<Map<String, Value>, String> {
    match item {
        Value::Object(row) => Ok(row.clone()),
        Value::Array(_) => {
            Err("the answer is an array; say where the rows are (rows: \"\" for the whole of it)".into())
        }
        _ => Err("a row of the answer is no object; name its columns under result".into()),
    }
}

fn row(
    columns: &[(String, Column)],
    item: &Value,
    response: Option<&cel::Value>,
    status: u16,
) -> Result<Map<String, Value>, String> {
    let scope = response.map(|response| {
        [("response", response.clone()), ("item", cel_value(item)), ("status", cel::Value::Int(status.into()))]
    });
    let mut row = Map::new();
    for (name, column) in columns {
        let value = match column {
            Column::Pointer(pointer) => item.pointer(pointer).cloned().unwrap_or_default(),
            Column::Expression(expression) => expression
                .evaluate_over(scope.iter().flatten().cloned(), None)
                .map_err(|error| format!("result.{name}: {error}"))?,
        };
        row.insert(name.clone(), value);
    }
    Ok(row)
}

impl Column {
    fn compile(name: &str, source: &str) -> Result<Self, Message> {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name || RESERVED.contains(&name) {
            return Err(message!(
                "column_name",
                "{name:?} 不能作为列名：用字母、数字和 _；{reserved} 是模板中的名称",
                "{name:?} can't be a column's name: letters, digits and _; {reserved} are names of templates",
                reserved = RESERVED.join(", ")
            ));
        }
        if let Some(source) = source.strip_prefix('=') {
            let names = ["response", "item", "status"];
            return Expression::compile_over(source.trim(), &names).map(Self::Expression);
        }
        check_pointer(source)?;
        Ok(Self::Pointer(source.to_owned()))
    }
}

/// RFC 6901: empty, or parts that begin with `/`, in which `~` is `~0` and `/` is `~1`.
fn check_pointer(pointer: &str) -> Result<(), Message> {
    let is_escaped = |(at, _): (usize, &str)| pointer[at + 1..].starts_with(['0', '1']);
    if (pointer.is_empty() || pointer.starts_with('/')) && pointer.match_indices('~').all(is_escaped) {
        return Ok(());
    }
    Err(message!(
        "json_pointer",
        "{pointer:?} 不是 JSON Pointer（例如 /items、/refund/id）；CEL 表达式以 = 开头",
        "{pointer:?} is no JSON Pointer, such as /items or /refund/id; CEL begins with ="
    ))
}

/// Whether `/` is followed by a whole number outside of texts.
fn divides_by_whole(source: &str) -> bool {
    let mut quote = None;
    for (at, c) in source.char_indices() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '/') => {
                let after = source[at + 1..].trim_start();
                let number = after.trim_start_matches(|c: char| c.is_ascii_digit());
                if number.len() < after.len() && !number.starts_with(['.', 'e', 'E', 'u']) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}
