//! A skill's SQL: one statement whose `:name` parameters become bound, cast parameters. Nothing is ever spliced in.

use serde::Serialize;
use sqlparser::ast::Statement as Ast;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::manifest::Slots;
use crate::message::{Message, message};

mod columns;
mod names;

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

impl Statement {
    /// Whether a parameter is bound to `slot`.
    #[must_use]
    pub fn reads_slot(&self, slot: &str) -> bool {
        self.parameters.iter().any(|parameter| matches!(parameter, Parameter::Slot(name) if name == slot))
    }
}

/// Compiles `sql`, a statement over `slots` on the tables of `pack`.
///
/// # Errors
/// In words for the author: not one statement, not a SELECT, INSERT, UPDATE or DELETE, an unknown parameter, or a
/// function or table that is not allowed.
pub fn compile(sql: &str, slots: &Slots, pack: &str) -> Result<Statement, Message> {
    compile_checked(sql, slots, |statement| names::check(statement, pack))
}

/// Compiles `sql`, a statement over `slots` on a database of the tenant: its tables are not known here, but catalogues
/// are none of them, and functions are those of the list.
///
/// # Errors
/// As for [`compile`].
pub fn compile_remote(sql: &str, slots: &Slots) -> Result<Statement, Message> {
    compile_checked(sql, slots, names::check_remote)
}

fn compile_checked(
    sql: &str,
    slots: &Slots,
    check_names: impl FnOnce(&Ast) -> Result<(), Message>,
) -> Result<Statement, Message> {
    let (text, parameters) = number_parameters(sql, slots)?;
    check_words(&text)?;
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, &text)
        .map_err(|error| message!("sql_syntax", "SQL 语法有误：{error}", "the SQL can't be parsed: {error}"))?;
    let [statement] = statements.as_slice() else {
        return Err(message!(
            "sql_statements",
            "只能有一条语句，这里有 {count} 条",
            "exactly one statement is allowed, there are {count}",
            count = statements.len()
        ));
    };
    check_names(statement)?;
    let is_query = match statement {
        Ast::Query(query) => {
            let body = query.to_string().to_uppercase();
            !["INSERT INTO ", "UPDATE ", "DELETE FROM ", "MERGE INTO "].iter().any(|word| body.contains(word))
        }
        Ast::Insert(_) | Ast::Update { .. } | Ast::Delete(_) => false,
        _ => {
            return Err(message!(
                "sql_kind",
                "只能用 SELECT、INSERT、UPDATE 和 DELETE",
                "only SELECT, INSERT, UPDATE and DELETE are allowed"
            ));
        }
    };
    Ok(Statement { text, parameters, is_query, columns: columns::columns(statement) })
}

/// Replaces `:name` outside literals, identifiers and comments by a cast `$n`.
fn number_parameters(sql: &str, slots: &Slots) -> Result<(String, Vec<Parameter>), Message> {
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
            return Err(message!(
                "sql_dollar",
                "参数写作 :name，不写 $1；不能用 $ 引号",
                "write parameters as :name, not as $1; dollar quotes are not allowed"
            ));
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

fn parameter(name: &str, slots: &Slots) -> Result<(Parameter, &'static str), Message> {
    if let Some((_, parameter, sql_type)) = Parameter::RESERVED.into_iter().find(|(reserved, ..)| *reserved == name) {
        return Ok((parameter, sql_type));
    }
    let slot = slots.properties.get(name).ok_or_else(|| {
        message!(
            "sql_parameter",
            "SQL 参数 :{name} 没有对应的槽位；槽位有 {slots:?}",
            "the SQL parameter :{name} has no slot; slots are {slots:?}",
            slots = slots.properties.keys().collect::<Vec<_>>()
        )
    })?;
    Ok((Parameter::Slot(name.to_owned()), slot.sql_type()))
}

/// Escapes that would hide a name from the checks.
fn check_words(sql: &str) -> Result<(), Message> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql)
        .tokenize()
        .map_err(|error| message!("sql_syntax", "SQL 无法读取：{error}", "the SQL can't be read: {error}"))?;
    for token in tokens {
        match token {
            Token::UnicodeStringLiteral(_) => {
                return Err(message!(
                    "sql_escape",
                    "不能用 U& 转义，请直接写字符",
                    "U& escapes are not allowed; write the characters themselves"
                ));
            }
            Token::Word(word) if word.quote_style.is_some() && word.value.contains(['\\', '&']) => {
                return Err(message!(
                    "sql_name",
                    "{name:?} 不能作为名称",
                    "{name:?} is not allowed as a name",
                    name = word.value
                ));
            }
            Token::Word(word) if word.value.eq_ignore_ascii_case("u") => {
                return Err(message!(
                    "sql_name",
                    "不能用名称 u：与 & 连写会成为转义",
                    "a name u is not allowed: with & it begins an escape"
                ));
            }
            _ => {}
        }
    }
    Ok(())
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
    fn on_a_database_of_the_tenant_any_table_may_be_named_but_no_catalogue_and_no_other_function() {
        for sql in [
            "SELECT * FROM orders o JOIN erp.sales.item i ON i.no = o.no WHERE o.no = :order",
            "UPDATE orders SET n = :n WHERE no = :order RETURNING no",
            "SELECT upper(name) AS name FROM erp.customer, generate_series(1, 3) AS g",
            "SELECT v FROM unnest(ARRAY[1, 2]) AS v",
        ] {
            assert!(compile_remote(sql, &slots()).is_ok(), "{sql}: {:?}", compile_remote(sql, &slots()));
        }
        for sql in [
            "SELECT 1; DELETE FROM orders",
            "DROP TABLE orders",
            "SELECT * FROM pg_roles",
            "SELECT * FROM pg_catalog.pg_authid",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM orders WHERE no = :nothing",
            "SELECT erp.f(1)",
            "SELECT pg_sleep(1)",
            "SELECT * FROM dblink('host=x', 'SELECT 1') AS t(a int)",
            "SELECT * FROM erp.sneak(1)",
            "SELECT * FROM LATERAL sneak(1) AS s",
            "SELECT * FROM orders, ROWS FROM (sneak(1)) AS s",
            "SELECT * FROM query_to_xml('SELECT 1', true, true, '')",
            "INSERT INTO orders SELECT * FROM sneak(1)",
        ] {
            assert!(compile_remote(sql, &slots()).is_err(), "{sql}");
        }
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
