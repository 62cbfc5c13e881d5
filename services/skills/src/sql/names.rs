//! Which names a statement may use: functions from a list of harmless ones, tables that are its own business.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, ObjectName, Statement, TableFactor, Visit, Visitor, visit_expressions, visit_relations};

use crate::message::{Message, message};

/// What a name stands for.
#[derive(Clone, Copy)]
enum Kind {
    Function,
    Table,
}

/// Functions that a statement may call besides those of its own pack: pure ones, aggregates and window functions. An
/// allow-list, since Postgres has many that run text as SQL, change settings or reach files.
const FUNCTIONS: &[&str] = &[
    "abs",
    "age",
    "array_agg",
    "array_length",
    "array_position",
    "array_to_string",
    "avg",
    "bool_and",
    "bool_or",
    "btrim",
    "cardinality",
    "ceil",
    "ceiling",
    "char_length",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "date_part",
    "date_trunc",
    "dense_rank",
    "every",
    "exists",
    "extract",
    "first_value",
    "floor",
    "format",
    "generate_series",
    "greatest",
    "initcap",
    "json_agg",
    "json_build_array",
    "json_build_object",
    "jsonb_agg",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_array_length",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object_agg",
    "lag",
    "last_value",
    "lead",
    "least",
    "left",
    "length",
    "localtime",
    "localtimestamp",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "max",
    "min",
    "mod",
    "mode",
    "now",
    "nth_value",
    "ntile",
    "nullif",
    "num_nonnulls",
    "num_nulls",
    "overlay",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "position",
    "power",
    "rank",
    "regexp_match",
    "regexp_replace",
    "regexp_split_to_array",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row",
    "row_number",
    "row_to_json",
    "rpad",
    "rtrim",
    "sign",
    "split_part",
    "starts_with",
    "string_agg",
    "strpos",
    "substr",
    "substring",
    "sum",
    "to_char",
    "to_date",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "translate",
    "trim",
    "trunc",
    "unnest",
    "upper",
];

/// Every function must be known to be harmless or the pack's own, every table the pack's own or of the statement.
pub(super) fn check(statement: &Statement, pack: &str) -> Result<(), Message> {
    let check = |kind: Kind, name: &ObjectName, allowed: &dyn Fn(&str) -> bool| {
        let is_allowed = match parts(name).as_slice() {
            [single] => allowed(single),
            [schema, _] => schema == pack,
            _ => false,
        };
        verdict(is_allowed, kind, name)
    };
    let functions = visit_expressions(statement, |expression| match expression {
        Expr::Function(function) => check(Kind::Function, &function.name, &|name| FUNCTIONS.contains(&name)),
        _ => ControlFlow::Continue(()),
    });
    // A relation without a schema is a common table expression, a table of the pack (its schema is the search path), or
    // a function in FROM.
    let relations = visit_relations(statement, |name| {
        check(Kind::Table, name, &|name| !name.starts_with("pg_") && !name.contains("xml") && !name.starts_with("ts_"))
    });
    match (functions, relations) {
        (ControlFlow::Break(error), _) | (_, ControlFlow::Break(error)) => Err(error),
        _ => Ok(()),
    }
}

/// For a statement on a database of the tenant: any table but a catalogue's, no function but those of the list, also
/// where one stands in place of a table.
pub(super) fn check_remote(statement: &Statement) -> Result<(), Message> {
    match statement.visit(&mut Remote) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Remote;

impl Remote {
    fn function(name: &ObjectName) -> ControlFlow<Message> {
        let is_allowed = matches!(parts(name).as_slice(), [single] if FUNCTIONS.contains(&single.as_str()));
        verdict(is_allowed, Kind::Function, name)
    }
}

impl Visitor for Remote {
    type Break = Message;

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<Message> {
        match expression {
            Expr::Function(function) => Self::function(&function.name),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<Message> {
        let is_catalogue = |part: &String| part.starts_with("pg_") || part == "information_schema";
        let parts = parts(name);
        verdict(!parts.is_empty() && !parts.iter().any(is_catalogue), Kind::Table, name)
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Message> {
        match factor {
            TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. } => Self::function(name),
            TableFactor::Table { .. }
            | TableFactor::Derived { .. }
            | TableFactor::TableFunction { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break(message!(
                "sql_table",
                "技能的 SQL 中，{factor} 不能当作表使用",
                "{factor} is not allowed in place of a table in a skill's SQL"
            )),
        }
    }
}

/// The parts of a name in lower case. One that is not a plain name has none.
fn parts(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).collect()
}

fn verdict(is_allowed: bool, kind: Kind, name: &ObjectName) -> ControlFlow<Message> {
    if is_allowed {
        ControlFlow::Continue(())
    } else {
        ControlFlow::Break(match kind {
            Kind::Function => message!(
                "sql_function",
                "技能的 SQL 中不能调用函数 {name}",
                "the function {name} is not allowed in a skill's SQL"
            ),
            Kind::Table => {
                message!("sql_table", "技能的 SQL 中不能使用表 {name}", "the table {name} is not allowed in a skill's SQL")
            }
        })
    }
}
