//! Lists that have no value in common, where there is no value.
//!
//! `DataFusion` 55.2 makes `false` of `x IN (1) AND x IN (2)`, and `true` of `x NOT IN (1) OR x NOT IN (2)`, also where `x` is NULL and so are they
//! (apache/datafusion#24246, mended after it): NOT of the one, or a count of it, is then another. Of a NULL in a list it thinks as of a value.
//! So before it looks, a NULL is taken out of its list, each comparison is made simple by itself (`CAST(x AS DECIMAL) IN (2.0)` is one about
//! `x`), and what no value, or every value, makes true is written so that NULL stays NULL.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result as DfResult, ScalarValue};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::{merge_schema, split_binary_owned};
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator, binary_expr, lit};
use datafusion::optimizer::simplify_expressions::{ExprSimplifier, SimplifyExpressions};
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use super::amended::Amended;

/// The rule that makes expressions simpler, over lists that it cannot mistake.
pub(crate) fn disjoint_lists() -> Amended<SimplifyExpressions> {
    Amended {
        name: "simplify_expressions_without_disjoint_lists",
        rule: SimplifyExpressions::new(),
        rewrite: |rule, plan, config| {
            let plan = put_plainly(plan, config)?;
            plan.transform_data(|plan| rule.rewrite(plan, config))
        },
    }
}

fn put_plainly(
    plan: LogicalPlan,
    config: &dyn OptimizerConfig,
) -> DfResult<Transformed<LogicalPlan>> {
    let names = NamePreserver::new(&plan);
    let simplifier = simplifier(&plan, config)?;
    plan.map_expressions(|expr| {
        if matches!(expr, Expr::GroupingSet(_)) {
            return Ok(Transformed::no(expr));
        }
        let name = names.save(&expr);
        let put = expr.transform_up(|part| simple(without_null(folded(part)), &simplifier))?;
        let put = put.transform_data(|expr| expr.transform_down(|part| Ok(of_all(part))))?;
        Ok(put.update_data(|expr| name.restore(expr)))
    })
}

/// What the rule itself makes expressions simpler with.
fn simplifier(plan: &LogicalPlan, config: &dyn OptimizerConfig) -> DfResult<ExprSimplifier> {
    let schema = match plan {
        LogicalPlan::TableScan(scan) => {
            DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?
        }
        _other => merge_schema(&plan.inputs()),
    };
    let context = SimplifyContext::builder()
        .with_schema(Arc::new(schema))
        .with_config_options(config.options())
        .with_query_execution_start_time(config.query_execution_start_time());
    Ok(ExprSimplifier::new(context.build()))
}

/// A comparison as the rule will have it, if there is nothing in it that it could mistake.
fn simple(part: Transformed<Expr>, by: &ExprSimplifier) -> DfResult<Transformed<Expr>> {
    let compares = match &part.data {
        Expr::InList(_) => true,
        Expr::BinaryExpr(binary) => matches!(binary.op, Operator::Eq | Operator::NotEq),
        _other => false,
    };
    if !compares || part.data.exists(|expr| Ok(links(expr).is_some()))? {
        return Ok(part);
    }
    part.transform_data(|part| Ok(by.simplify_with_cycle_count_transformed(part)?.0))
}

fn null() -> Expr {
    lit(ScalarValue::Boolean(None))
}

/// A cast of a literal is one.
fn folded(expr: Expr) -> Expr {
    let literal = match &expr {
        Expr::Cast(cast) => cast.expr.as_literal().zip(Some(cast.field.data_type())),
        Expr::TryCast(cast) => cast.expr.as_literal().zip(Some(cast.field.data_type())),
        _other => None,
    };
    let value = literal.and_then(|(value, kind)| value.cast_to(kind).ok());
    value.map_or(expr, lit)
}

/// A list without its NULLs: who is not among the others may be, or may not.
fn without_null(expr: Expr) -> Transformed<Expr> {
    let is_null = |expr: &Expr| matches!(expr, Expr::Literal(value, _) if value.is_null());
    let Expr::InList(mut list) = expr else {
        return Transformed::no(expr);
    };
    if !list.list.iter().any(is_null) {
        return Transformed::no(Expr::InList(list));
    }
    list.list.retain(|value| !is_null(value));
    if list.list.is_empty() {
        return Transformed::yes(null());
    }
    let negated = list.negated;
    let others = Expr::InList(list);
    Transformed::yes(if negated {
        others.and(null())
    } else {
        others.or(null())
    })
}

/// Of conditions that all must hold (AND), or of which one must (OR): those about one value that no value meets, or every value.
fn of_all(expr: Expr) -> Transformed<Expr> {
    let Some(op) = links(&expr) else {
        return Transformed::no(expr);
    };
    let parts = split_binary_owned(expr.clone(), op);
    let members: Vec<Option<Member<'_>>> = parts.iter().map(|part| member(part, op)).collect();
    let all: Vec<&Member<'_>> = members.iter().flatten().collect();
    let Some(found) = all.iter().find(|one| is_decided(one, &all, op)) else {
        return Transformed::no(expr);
    };
    let decided = decided(found.value, op);
    let is_other = |member: &Option<Member<'_>>| {
        let about = member.as_ref();
        about.is_none_or(|member| member.value != found.value)
    };
    let others = parts.iter().zip(&members);
    let others = others.filter(|(_, member)| is_other(member));
    let whole = others.fold(decided, |whole, (part, _)| {
        binary_expr(whole, op, part.clone())
    });
    Transformed::yes(whole)
}

fn links(expr: &Expr) -> Option<Operator> {
    match expr {
        Expr::BinaryExpr(BinaryExpr {
            op: op @ (Operator::And | Operator::Or),
            ..
        }) => Some(*op),
        _other => None,
    }
}

/// What no value meets, or every value does, and NULL does not know.
fn decided(value: &Expr, op: Operator) -> Expr {
    if op == Operator::And {
        value.clone().is_null().and(null())
    } else {
        value.clone().is_not_null().or(null())
    }
}

/// A condition that a value is one of some, or none of them.
struct Member<'e> {
    value: &'e Expr,
    among: Vec<&'e Expr>,
    negated: bool,
}

/// What one of several conditions, linked so, asks of a value, if it is about literals. Equalities linked the other way are a list.
fn member(expr: &Expr, linked: Operator) -> Option<Member<'_>> {
    let is_value = |value: &Expr| matches!(value, Expr::Literal(value, _) if !value.is_null());
    match expr {
        Expr::InList(list) => list.list.iter().all(is_value).then(|| Member {
            value: &list.expr,
            among: list.list.iter().collect(),
            negated: list.negated,
        }),
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: op @ (Operator::Eq | Operator::NotEq),
            right,
        }) => is_value(right).then(|| Member {
            value: left,
            among: vec![right],
            negated: *op == Operator::NotEq,
        }),
        Expr::BinaryExpr(BinaryExpr { left, right, .. }) => {
            let op = links(expr).filter(|op| *op != linked)?;
            let (one, other) = (member(left, linked)?, member(right, linked)?);
            let negated = op == Operator::And;
            let alike = one.value == other.value;
            (alike && one.negated == negated && other.negated == negated).then(|| Member {
                among: [one.among, other.among].concat(),
                ..one
            })
        }
        _other => None,
    }
}

/// Whether a list and the others about its value leave none that could be met, or none that is not.
fn is_decided(one: &Member<'_>, all: &[&Member<'_>], op: Operator) -> bool {
    let narrows = |member: &Member<'_>| member.negated == (op == Operator::Or);
    let about = || all.iter().filter(|other| other.value == one.value);
    // Where all must hold, it is in every list and none of those left out; where one must, in every list left out and in no other.
    let stays = |value: &Expr| about().all(|other| other.among.contains(&value) == narrows(other));
    narrows(one) && about().count() > 1 && !one.among.iter().any(|value| stays(value))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::execution::session_state::SessionStateBuilder;
    use datafusion::optimizer::OptimizerRule;
    use datafusion::prelude::SessionContext;

    const CONDITIONS: [&str; 15] = [
        "x IN (1)",
        "x IN (1, 2)",
        "x IN (2, 3)",
        "x IN (4, 5, 6, 7, 8)",
        "x IN (1, NULL)",
        "x NOT IN (1)",
        "x NOT IN (1, 2)",
        "x NOT IN (2, 3, 4, 5, 6)",
        "x NOT IN (3, NULL)",
        "x = 2",
        "x <> 3",
        "y IN (1, 2)",
        "x IN (2.0)",
        "CAST(x AS INT) NOT IN (3, 9)",
        "x + 0 IN (1)",
    ];

    /// Pairs of conditions linked and turned around, and some that stand further apart.
    fn expressions() -> Vec<String> {
        let mut all = Vec::new();
        for one in CONDITIONS {
            for other in CONDITIONS {
                for link in ["AND", "OR"] {
                    all.push(format!("NOT ({one} {link} {other})"));
                    all.push(format!("({one} {link} y = 1) {link} {other}"));
                    all.push(format!("(x = 1 {link} {one}) AND ({other} OR x = 2)"));
                }
            }
        }
        all
    }

    /// What each comes to for every x and y.
    async fn shown(rules: Vec<std::sync::Arc<dyn OptimizerRule + Send + Sync>>) -> Vec<String> {
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_optimizer_rules(rules)
            .build();
        let context = SessionContext::new_with_state(state);
        let values = "CREATE TABLE t AS SELECT * FROM (VALUES (1), (2), (3), (9), (NULL)) a(x), \
             (VALUES (1), (5), (NULL)) b(y)";
        context.sql(values).await.unwrap().collect().await.unwrap();
        let mut shown = Vec::new();
        for some in expressions().chunks(50) {
            let columns = some.join(", ");
            let sql = format!("SELECT x, y, {columns} FROM t ORDER BY x, y");
            let batches = context.sql(&sql).await.unwrap().collect().await.unwrap();
            shown.push(pretty_format_batches(&batches).unwrap().to_string());
        }
        shown
    }

    #[tokio::test]
    async fn null_stays_null_whatever_is_in_lists() {
        let plain = shown(Vec::new()).await;
        assert_eq!(shown(crate::execute::logical_rules()).await, plain);
        let stock = datafusion::optimizer::Optimizer::new().rules;
        assert_ne!(shown(stock).await, plain, "the rule is no longer needed");
    }
}
