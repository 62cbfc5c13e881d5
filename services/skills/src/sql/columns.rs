//! What the columns of a statement's rows are called, as far as its text says.

use sqlparser::ast::{Expr, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement};

/// The names of the columns, in lower case; `None` where they are not to be known without the database (`*`).
pub(super) fn columns(statement: &Statement) -> Option<Vec<String>> {
    match statement {
        Statement::Query(query) => of_set(&query.body),
        Statement::Insert(insert) => insert.returning.as_deref().map_or(Some(Vec::new()), of_items),
        Statement::Update(update) => update.returning.as_deref().map_or(Some(Vec::new()), of_items),
        Statement::Delete(delete) => delete.returning.as_deref().map_or(Some(Vec::new()), of_items),
        _ => None,
    }
}

/// The first part of a union names its columns.
fn of_set(set: &SetExpr) -> Option<Vec<String>> {
    match set {
        SetExpr::Select(select) => of_items(&select.projection),
        SetExpr::Query(query) => of_set(&query.body),
        SetExpr::SetOperation { left, .. } => of_set(left),
        SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) => columns(statement),
        _ => None,
    }
}

fn of_items(items: &[SelectItem]) -> Option<Vec<String>> {
    items.iter().map(of_item).collect()
}

fn of_item(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.to_lowercase()),
        SelectItem::UnnamedExpr(expression) => of_expression(expression),
        SelectItem::QualifiedWildcard(
            SelectItemQualifiedWildcardKind::ObjectName(_) | SelectItemQualifiedWildcardKind::Expr(_),
            _,
        )
        | SelectItem::Wildcard(_)
        | SelectItem::ExprWithAliases { .. } => None,
    }
}

/// What Postgres calls a column without an alias.
fn of_expression(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Identifier(name) => Some(name.value.to_lowercase()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.to_lowercase()),
        Expr::Function(function) => {
            function.name.0.last().and_then(|part| part.as_ident()).map(|name| name.value.to_lowercase())
        }
        Expr::Cast { expr, .. } | Expr::Nested(expr) => of_expression(expr),
        _ => Some("?column?".to_owned()),
    }
}
