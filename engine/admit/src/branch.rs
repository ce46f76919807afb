//! Branches: every WHEN, ELSE and FILTER below a release owes its own support.
//!
//! Otherwise `SUM(CASE WHEN <one person> THEN 1000000 ELSE 1 END)` would hide in a crowd.

use datafusion_common::ScalarValue;
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_expr::expr::Case;
use datafusion_expr::{BinaryExpr, Expr, Operator};

use crate::constant::{Quantity, constant_quantity};

/// A branch: the rows that take it, and whether what it yields is a literal zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    /// Boolean: this row takes it.
    pub(crate) taken: Expr,
    /// It yields a literal 0, which adds nothing to a SUM.
    pub(crate) zero: bool,
}

/// All branches of an expression whose arm is not a literal NULL.
pub(crate) fn branches(expr: &Expr) -> Vec<Branch> {
    let mut found = Vec::new();
    collect(expr, None, &mut found);
    found
}

fn collect(expr: &Expr, given: Option<&Expr>, found: &mut Vec<Branch>) {
    if let Expr::Case(case) = expr {
        arms(case, given, found);
        return;
    }
    let walked = expr.apply_children(|child| {
        collect(child, given, found);
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
}

fn arms(case: &Case, given: Option<&Expr>, found: &mut Vec<Branch>) {
    let mut before: Option<Expr> = given.cloned();
    for (when, then) in &case.when_then_expr {
        let condition = match &case.expr {
            Some(subject) => binary(
                subject.as_ref().clone(),
                Operator::Eq,
                when.as_ref().clone(),
            ),
            None => when.as_ref().clone(),
        };
        collect(when, given, found);
        let taken = and(before.clone(), Expr::IsTrue(Box::new(condition.clone())));
        arm(then, taken, found);
        before = Some(and(before, Expr::IsNotTrue(Box::new(condition))));
    }
    if let (Some(otherwise), Some(taken)) = (&case.else_expr, before) {
        arm(otherwise, taken, found);
    }
}

fn arm(value: &Expr, taken: Expr, found: &mut Vec<Branch>) {
    let quantity = constant_quantity(value);
    if quantity == Some(Quantity::Null) {
        return;
    }
    let zero = matches!(quantity, Some(Quantity::Number(n)) if n.mantissa() == 0);
    let branch = Branch { taken, zero };
    collect(value, Some(&branch.taken), found);
    if !found.contains(&branch) {
        found.push(branch);
    }
}

fn and(before: Option<Expr>, expr: Expr) -> Expr {
    match before {
        Some(before) => binary(before, Operator::And, expr),
        None => expr,
    }
}

fn binary(left: Expr, op: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr {
        left: Box::new(left),
        op,
        right: Box::new(right),
    })
}

/// `CASE WHEN condition THEN value END`.
pub(crate) fn when(condition: Expr, value: Expr) -> Expr {
    Expr::Case(Case {
        expr: None,
        when_then_expr: vec![(Box::new(condition), Box::new(value))],
        else_expr: None,
    })
}

/// A literal NULL of a type.
pub(crate) fn null(kind: &arrow::datatypes::DataType) -> Expr {
    let value = ScalarValue::try_from(kind).unwrap_or(ScalarValue::Null);
    Expr::Literal(value, None)
}
