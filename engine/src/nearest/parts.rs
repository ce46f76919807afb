//! Changes to the parts of a SELECT and of a query.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Distinct, Expr, JoinConstraint, JoinOperator, Query, Select, Spanned,
    UnaryOperator,
};

use super::edit::{Places, only_select, place};

/// Without LIMIT, ORDER BY and DISTINCT ON.
pub(super) fn unlimited(places: &mut Places, query: &mut Query) {
    let span = query.span();
    let on = |select: &Select| matches!(select.distinct, Some(Distinct::On(_)));
    let chooses = only_select(query).is_some_and(|select| on(select));
    let limited = query.limit_clause.is_some() || query.fetch.is_some() || query.order_by.is_some();
    if (limited || chooses) && places.here(span) {
        query.limit_clause = None;
        query.fetch = None;
        query.order_by = None;
        if let Some(select) = only_select(query).filter(|select| on(select)) {
            select.distinct = None;
        }
    }
}

/// Outer joins become inner ones, a full one first a left one.
pub(super) fn inner_joins(places: &mut Places, select: &mut Select) {
    let span = select.span();
    for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
        let (full, constraint) = match &join.join_operator {
            JoinOperator::Left(on)
            | JoinOperator::LeftOuter(on)
            | JoinOperator::Right(on)
            | JoinOperator::RightOuter(on) => (false, on.clone()),
            JoinOperator::FullOuter(on) => (true, on.clone()),
            _inner => continue,
        };
        if full && places.here(span) {
            join.join_operator = JoinOperator::LeftOuter(constraint.clone());
        }
        if places.here(span) {
            join.join_operator = JoinOperator::Inner(constraint);
        }
    }
}

/// `NOT IN` becomes `IN`, `NOT EXISTS` becomes `EXISTS`.
pub(super) fn present(places: &mut Places, expr: &mut Expr) {
    let span = place(expr);
    match expr {
        Expr::InSubquery { negated, .. } | Expr::Exists { negated, .. }
            if *negated && places.here(span) =>
        {
            *negated = false;
        }
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } if asks_for_rows(inner) && places.here(span) => {
            *expr = inner.as_ref().clone();
        }
        _other => {}
    }
}

fn asks_for_rows(expr: &Expr) -> bool {
    matches!(expr, Expr::Exists { .. } | Expr::InSubquery { .. })
}

/// Comparisons that more rows could undo become `>=`.
pub(super) fn at_least(places: &mut Places, expr: &mut Expr) {
    let span = place(expr);
    if let Expr::BinaryOp { op, .. } = expr
        && matches!(
            op,
            BinaryOperator::Eq | BinaryOperator::NotEq | BinaryOperator::Lt | BinaryOperator::LtEq
        )
        && places.here(span)
    {
        *op = BinaryOperator::GtEq;
    }
}

/// Each condition of WHERE, HAVING and ON but the equalities of a join.
pub(super) fn conditions(places: &mut Places, select: &mut Select) {
    for condition in [
        &mut select.selection,
        &mut select.having,
        &mut select.qualify,
    ] {
        if let Some(whole) = condition.take() {
            *condition = without(places, &whole, |_| true);
        }
    }
    for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
        let (JoinOperator::Join(JoinConstraint::On(on))
        | JoinOperator::Inner(JoinConstraint::On(on))
        | JoinOperator::Left(JoinConstraint::On(on))
        | JoinOperator::LeftOuter(JoinConstraint::On(on))) = &mut join.join_operator
        else {
            continue;
        };
        let equal = |part: &Expr| {
            matches!(
                part,
                Expr::BinaryOp {
                    op: BinaryOperator::Eq,
                    ..
                }
            )
        };
        if let Some(left) = without(places, on, |part| !equal(part)) {
            *on = left;
        }
    }
}

/// A conjunction without one of its parts, if it is this one's turn.
fn without(places: &mut Places, whole: &Expr, may: impl Fn(&Expr) -> bool) -> Option<Expr> {
    let mut parts = Vec::new();
    flatten(whole, &mut parts);
    let kept = parts
        .into_iter()
        .filter(|part| !(may(part) && places.here(place(part))));
    let and = |left: Expr, right: Expr| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    };
    kept.cloned().reduce(and)
}

fn flatten<'e>(whole: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match whole {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            flatten(left, parts);
            flatten(right, parts);
        }
        Expr::Nested(inner)
            if matches!(
                inner.as_ref(),
                Expr::BinaryOp {
                    op: BinaryOperator::And,
                    ..
                }
            ) =>
        {
            flatten(inner, parts);
        }
        part => parts.push(part),
    }
}
