//! Equalities with a literal, all written alike.
//!
//! `DataFusion` 55.2 takes two equalities of one column with literals for a contradiction unless they are the same word for word
//! (`simplify_predicates`): `x = 1 AND 1 = x` finds nothing, and neither does `x = y AND x = 1` over `1 AS y`, of which
//! the literal keeps its name. So before that is looked at, names of literals go, literals stand on the right, and what is said twice is said once.

use datafusion::common::Result as DfResult;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{BinaryExpr, Expr, Filter, LogicalPlan, Operator};
use datafusion::optimizer::OptimizerRule;
use datafusion::optimizer::push_down_filter::PushDownFilter;

use super::amended::Amended;

/// The rule that pushes filters down, over plain equalities: it is in it that they are compared.
pub(crate) fn plain_equalities() -> Amended<PushDownFilter> {
    Amended {
        name: "push_down_filter_of_plain_equalities",
        rule: PushDownFilter::new(),
        rewrite: |rule, plan, config| {
            let LogicalPlan::Filter(filter) = plan else {
                return rule.rewrite(plan, config);
            };
            let predicate = said_once(filter.predicate)?;
            let filter = Filter::try_new(predicate, filter.input)?;
            rule.rewrite(LogicalPlan::Filter(filter), config)
        },
    }
}

/// A condition with plain equalities, each of its parts once.
fn said_once(predicate: Expr) -> DfResult<Expr> {
    let plain = predicate.transform_up(|expr| Ok(equality(expr)))?.data;
    let mut parts: Vec<Expr> = Vec::new();
    for part in split_conjunction_owned(plain.clone()) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ok(conjunction(parts).unwrap_or(plain))
}

fn equality(expr: Expr) -> Transformed<Expr> {
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::Eq,
        right,
    }) = expr
    else {
        return Transformed::no(expr);
    };
    let (left, right) = (unnamed(*left), unnamed(*right));
    let turned = left.as_literal().is_some() && right.as_literal().is_none();
    let (left, right) = if turned { (right, left) } else { (left, right) };
    Transformed::yes(Expr::BinaryExpr(BinaryExpr::new(
        Box::new(left),
        Operator::Eq,
        Box::new(right),
    )))
}

/// A literal without a name or notes; anything else as it is.
fn unnamed(expr: Expr) -> Expr {
    match expr.clone().unalias_nested().data {
        Expr::Literal(value, _) => Expr::Literal(value, None),
        _other => expr,
    }
}
