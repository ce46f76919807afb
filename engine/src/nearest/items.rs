//! Changes to what a query asks for: its columns and its groups, which may be named by their number.

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, OrderByKind, Query, Select, SelectItem, Spanned, Value, ValueWithSpan,
};

use super::edit::{Places, only_select};

/// Without one of its columns; what groups or sorts by it goes too, and numbers of later ones move up.
pub(super) fn left_out(places: &mut Places, query: &mut Query) {
    let Some(select) = only_select(query) else {
        return;
    };
    if select.projection.len() < 2 {
        return;
    }
    let spans: Vec<_> = select.projection.iter().map(Spanned::span).collect();
    let wanted = spans
        .into_iter()
        .enumerate()
        .find_map(|(at, span)| places.here(span).then_some(at));
    let Some(at) = wanted else {
        return;
    };
    let item = select.projection.remove(at);
    if let GroupByExpr::Expressions(groups, _) = &mut select.group_by {
        groups.retain_mut(|group| stays(group, &item, at));
    }
    if let Some(OrderByKind::Expressions(sorts)) =
        query.order_by.as_mut().map(|order| &mut order.kind)
    {
        sorts.retain_mut(|sort| stays(&mut sort.expr, &item, at));
        if sorts.is_empty() {
            query.order_by = None;
        }
    }
}

/// Whether a key does not mean the column that was left out; the number of a later one is moved up.
fn stays(key: &mut Expr, item: &SelectItem, at: usize) -> bool {
    if let Some(number) = number(key) {
        if number > at + 1 {
            *key = numbered(number - 1);
        }
        return number != at + 1;
    }
    match item {
        SelectItem::UnnamedExpr(expr) => key != expr,
        SelectItem::ExprWithAlias { expr, alias } => {
            key != expr && !matches!(key, Expr::Identifier(name) if name.value == alias.value)
        }
        SelectItem::ExprWithAliases { .. }
        | SelectItem::QualifiedWildcard(..)
        | SelectItem::Wildcard(_) => true,
    }
}

fn number(key: &Expr) -> Option<usize> {
    match key {
        Expr::Value(ValueWithSpan {
            value: Value::Number(number, _),
            ..
        }) => number.parse().ok(),
        _other => None,
    }
}

/// A column by its number.
pub(super) fn numbered(number: usize) -> Expr {
    Expr::value(Value::Number(number.to_string(), false))
}

/// Grouping sets, ROLLUP and CUBE become one grouping by all that they name.
pub(super) fn plain_groups(places: &mut Places, select: &mut Select) {
    let span = select.span();
    let GroupByExpr::Expressions(groups, modifiers) = &mut select.group_by else {
        return;
    };
    let sets = |group: &Expr| {
        matches!(
            group,
            Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_)
        )
    };
    let plain = !groups.iter().any(sets) && modifiers.is_empty();
    if plain || !places.here(span) {
        return;
    }
    modifiers.clear();
    let mut all: Vec<Expr> = Vec::new();
    for group in std::mem::take(groups) {
        let named = match group {
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => sets.concat(),
            other => vec![other],
        };
        for one in named {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    *groups = all;
}
