//! Rows become counts, and values of somebody's become means.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments,
    GroupByExpr, Ident, ObjectName, Query, SelectItem, Spanned,
};

use super::edit::{Places, only_select, place};
use super::items::numbered;

/// Aggregates whose value is one person's.
const OF_ONE: &[&str] = &[
    "approx_median",
    "approx_percentile_cont",
    "approx_percentile_cont_with_weight",
    "first_value",
    "last_value",
    "max",
    "median",
    "min",
    "percentile_cont",
    "quantile_cont",
];

/// Counts the rows of the outermost query, by its columns or all together.
pub(super) fn counted(places: &mut Places, query: &mut Query, by_columns: bool) {
    let span = query.span();
    let Some(select) = only_select(query) else {
        return;
    };
    let named = |item: &SelectItem| {
        matches!(
            item,
            SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. }
        )
    };
    if (by_columns && !select.projection.iter().all(named)) || !places.here(span) {
        return;
    }
    let mut groups = Vec::new();
    if by_columns {
        groups = (1..=select.projection.len()).map(numbered).collect();
    } else {
        select.projection.clear();
    }
    select.projection.push(SelectItem::ExprWithAlias {
        expr: count(),
        alias: Ident::new("n"),
    });
    select.distinct = None;
    select.group_by = GroupByExpr::Expressions(groups, Vec::new());
    query.order_by = None;
}

fn count() -> Expr {
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("count")]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: arguments(FunctionArg::Unnamed(FunctionArgExpr::Wildcard)),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

fn arguments(one: FunctionArg) -> FunctionArguments {
    FunctionArguments::List(FunctionArgumentList {
        duplicate_treatment: None,
        args: vec![one],
        clauses: Vec::new(),
    })
}

/// A count of rows, over the same window if it is one.
pub(super) fn count_instead(places: &mut Places, expr: &mut Expr) {
    let span = place(expr);
    let Expr::Function(call) = expr else {
        return;
    };
    if !places.here(span) {
        return;
    }
    let over = call.over.take();
    if let Expr::Function(mut counted) = count() {
        counted.over = over;
        *call = counted;
    }
}

/// The mean of what an aggregate picks one of.
pub(super) fn mean(places: &mut Places, expr: &mut Expr) {
    let span = place(expr);
    let Expr::Function(call) = expr else {
        return;
    };
    let name = call.name.to_string().to_lowercase();
    if !OF_ONE.contains(&name.as_str()) || call.over.is_some() {
        return;
    }
    let first = match &call.args {
        FunctionArguments::List(list) => list.args.first().cloned(),
        FunctionArguments::None | FunctionArguments::Subquery(_) => None,
    };
    let sorted = call.within_group.first();
    let sorted = sorted.map(|sort| FunctionArg::Unnamed(FunctionArgExpr::Expr(sort.expr.clone())));
    if let Some(argument) = sorted.or(first)
        && places.here(span)
    {
        call.name = ObjectName::from(vec![Ident::new("avg")]);
        call.args = arguments(argument);
        call.within_group = Vec::new();
    }
}
