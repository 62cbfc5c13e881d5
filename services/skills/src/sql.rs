//! A skill's SQL: one statement whose `:name` parameters become bound, cast parameters. Nothing is ever spliced in.

use std::ops::ControlFlow;

use serde::Serialize;
use sqlparser::ast::{Expr, ObjectName, Statement as Ast, visit_expressions, visit_relations};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::manifest::Slots;

mod columns;

/// What a parameter is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Parameter {
    /// The value of this slot, NULL when it is not filled.
    Slot(String),
    /// The tenant of the conversation.
    TenantId,
    /// The end user as the integrator names them.
    User,
    /// The local date of the turn.
    Today,
    /// The local time of the turn.
    Now,
    /// The language of the answer: `zh` or `en`.
    Language,
}

impl Parameter {
    /// Every reserved name with its meaning and type.
    const RESERVED: [(&'static str, Self, &'static str); 5] = [
        ("tenant_id", Self::TenantId, "uuid"),
        ("user", Self::User, "text"),
        ("today", Self::Today, "date"),
        ("now", Self::Now, "timestamp"),
        ("lang", Self::Language, "text"),
    ];
}

/// A statement ready to be prepared: `$n` parameters, all bound as text and cast in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SQL with numbered parameters.
    pub text: String,
    /// What each parameter is bound to, `$1` first.
    pub parameters: Vec<Parameter>,
    /// Whether it is a plain query that can run read-only.
    pub is_query: bool,
    /// What the columns of its rows are called; `None` where its text does not say.
    pub columns: Option<Vec<String>>,
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

/// Compiles `sql`, a statement over `slots` for another database, whose tables are not known here. Everything else is
/// checked as for the product's own.
///
/// # Errors
/// As for [`compile`].
pub fn compile_remote(sql: &str, slots: &Slots) -> Result<Statement, String> {
    compile_for(sql, slots, None)
}

/// Compiles `sql`, a statement over `slots`.
///
/// # Errors
/// In words for the author: not one statement, not a SELECT, INSERT, UPDATE or DELETE, an unknown parameter, or a
/// function or table that is not allowed.
pub fn compile(sql: &str, slots: &Slots, pack: &str) -> Result<Statement, String> {
    compile_for(sql, slots, Some(pack))
}

fn compile_for(sql: &str, slots: &Slots, pack: Option<&str>) -> Result<Statement, String> {
    let (text, parameters) = number_parameters(sql, slots)?;
    check_words(&text)?;
    let statements =
        Parser::parse_sql(&PostgreSqlDialect {}, &text).map_err(|error| format!("the SQL can't be parsed: {error}"))?;
    let [statement] = statements.as_slice() else {
        return Err(format!("exactly one statement is allowed, there are {}", statements.len()));
    };
    check_names(statement, pack)?;
    let is_query = match statement {
        Ast::Query(query) => {
            let body = query.to_string().to_uppercase();
            !["INSERT INTO ", "UPDATE ", "DELETE FROM ", "MERGE INTO "].iter().any(|word| body.contains(word))
        }
        Ast::Insert(_) | Ast::Update { .. } | Ast::Delete(_) => false,
        _ => return Err("only SELECT, INSERT, UPDATE and DELETE are allowed".into()),
    };
    Ok(Statement { text, parameters, is_query, columns: columns::columns(statement) })
}

/// Replaces `:name` outside literals, identifiers and comments by a cast `$n`.
fn number_parameters(sql: &str, slots: &Slots) -> Result<(String, Vec<Parameter>), String> {
    let mut text = String::with_capacity(sql.len() + 64);
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut rest = sql.trim().trim_end_matches(';');
    while let Some(c) = rest.chars().next() {
        if let Some(length) = opaque_length(rest) {
            text.push_str(&rest[..length]);
            rest = &rest[length..];
        } else if rest.starts_with("::") {
            text.push_str("::");
            rest = &rest[2..];
        } else if c == ':' && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end =
                rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(rest.len(), |at| at + 1);
            let (parameter, sql_type) = parameter(&rest[1..end], slots)?;
            let index = parameters.iter().position(|known| *known == parameter).unwrap_or_else(|| {
                parameters.push(parameter);
                parameters.len() - 1
            });
            text.push_str(&format!("(${}::{sql_type})", index + 1));
            rest = &rest[end..];
        } else if c == '$' {
            return Err("write parameters as :name, not as $1; dollar quotes are not allowed".into());
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok((text, parameters))
}

/// The length in bytes of the literal, quoted identifier or comment that `text` begins with.
fn opaque_length(text: &str) -> Option<usize> {
    let until = |start: usize, end: &str| text[start..].find(end).map_or(text.len(), |at| start + at + end.len());
    if text.starts_with("--") {
        Some(until(2, "\n"))
    } else if text.starts_with("/*") {
        Some(until(2, "*/"))
    } else if text.starts_with('\'') {
        Some(until(1, "'"))
    } else if text.starts_with('"') {
        Some(until(1, "\""))
    } else {
        None
    }
}

fn parameter(name: &str, slots: &Slots) -> Result<(Parameter, &'static str), String> {
    if let Some((_, parameter, sql_type)) = Parameter::RESERVED.into_iter().find(|(reserved, ..)| *reserved == name) {
        return Ok((parameter, sql_type));
    }
    let slot = slots.properties.get(name).ok_or_else(|| {
        format!("the SQL parameter :{name} has no slot; slots are {:?}", slots.properties.keys().collect::<Vec<_>>())
    })?;
    Ok((Parameter::Slot(name.to_owned()), slot.sql_type()))
}

/// Escapes that would hide a name from the checks.
fn check_words(sql: &str) -> Result<(), String> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql)
        .tokenize()
        .map_err(|error| format!("the SQL can't be read: {error}"))?;
    for token in tokens {
        match token {
            Token::UnicodeStringLiteral(_) => {
                return Err("U& escapes are not allowed; write the characters themselves".into());
            }
            Token::Word(word) if word.quote_style.is_some() && word.value.contains(['\\', '&']) => {
                return Err(format!("{:?} is not allowed as a name", word.value));
            }
            Token::Word(word) if word.value.eq_ignore_ascii_case("u") => {
                return Err("a name u is not allowed: with & it begins an escape".into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Every function must be known to be harmless or the pack's own, every table the pack's own or of the statement. Of another
/// database (`pack` is `None`) the tables may be any but the system's.
fn check_names(statement: &Ast, pack: Option<&str>) -> Result<(), String> {
    let parts = |name: &ObjectName| -> Vec<String> {
        name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).collect()
    };
    let check = |kind: &str, name: &ObjectName, allowed: &dyn Fn(&str) -> bool| {
        let parts = parts(name);
        let is_allowed = match parts.as_slice() {
            [single] => allowed(single),
            [schema, name] => match pack {
                Some(pack) => schema == pack,
                None => kind == "table" && schema != "information_schema" && allowed(schema) && allowed(name),
            },
            _ => false,
        };
        if is_allowed {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(format!("the {kind} {name} is not allowed in a skill's SQL"))
        }
    };
    let functions = visit_expressions(statement, |expression| match expression {
        Expr::Function(function) => check("function", &function.name, &|name| FUNCTIONS.contains(&name)),
        _ => ControlFlow::Continue(()),
    });
    // A relation without a schema is a common table expression, a table of the pack (its schema is the search path), or
    // a function in FROM.
    let relations = visit_relations(statement, |name| {
        check("table", name, &|name| !name.starts_with("pg_") && !name.contains("xml") && !name.starts_with("ts_"))
    });
    match (functions, relations) {
        (ControlFlow::Break(error), _) | (_, ControlFlow::Break(error)) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Slots {
        crate::yaml::read(
            "t",
            "{properties: {order: {type: string}, from: {type: string, format: date}, n: {type: integer}}}",
        )
        .expect("slots")
    }

    #[test]
    fn parameters_are_numbered_cast_and_reused() {
        let read =
            compile("SELECT ':n', a::text FROM t WHERE d = :from AND e > :from AND n = :n -- :x\n", &slots(), "hr")
                .expect("sql");
        assert_eq!(
            read.text.trim_end(),
            "SELECT ':n', a::text FROM t WHERE d = ($1::date) AND e > ($1::date) AND n = ($2::bigint) -- :x"
        );
        assert_eq!(read.parameters, [Parameter::Slot("from".into()), Parameter::Slot("n".into())]);
        assert!(read.is_query);
    }

    #[test]
    fn anything_but_one_plain_statement_is_refused() {
        for sql in [
            "SELECT 1; DELETE FROM t",
            "DROP TABLE t",
            "SELECT pg_sleep(1)",
            "SELECT set_config('role', 'x', true)",
            "SELECT $$a$$",
            "SELECT :nothing",
            "SET ROLE x",
            "TRUNCATE t",
            "COPY t TO '/tmp/x'",
            "SELECT 'it''s",
            r#"SELECT U&"set\\005fconfig"('app.tenant', 'x', true)"#,
            r#"SELECT "set_config"('app.tenant', 'x', true)"#,
            "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
            "SELECT * FROM query_to_xml('SELECT 1', true, true, '')",
            "SELECT ts_stat('SELECT 1')",
            "SELECT * FROM paigong.tenant",
            "SELECT * FROM crm.orders",
            "SELECT crm.f(1)",
            "SELECT * FROM pg_roles",
            "SELECT 1 FROM t ORDER BY pg_sleep(1)",
        ] {
            assert!(compile(sql, &slots(), "hr").is_err(), "{sql}");
        }
        assert!(
            !compile("WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x", &slots(), "hr").expect("sql").is_query
        );
        assert!(!compile("UPDATE t SET a = :n", &slots(), "hr").expect("sql").is_query);
    }
}
