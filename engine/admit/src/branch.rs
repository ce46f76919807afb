//! Branches: every WHEN, ELSE and FILTER below a release owes its own support.
//!
//! Otherwise `SUM(CASE WHEN <one person> THEN 1000000 ELSE 1 END)` would hide in a crowd.

use datafusion_common::ScalarValue;
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_expr::expr::Case;
use datafusion_expr::{BinaryExpr, Expr, Operator};

use crate::constant::{Quantity, constant_quantity};
use crate::limits::{Facts, Side};

/// A branch: the rows that take it, and whether what it yields is a literal zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    /// Boolean: this row takes it.
    pub(crate) taken: Expr,
    /// It yields a literal 0, which adds nothing to a SUM.
    pub(crate) zero: bool,
    /// Nobody may have taken it: a 0 that stands in for NULL, mostly in no row.
    pub(crate) lenient: bool,
}

impl Branch {
    /// A branch that somebody must have taken.
    pub(crate) fn strict(taken: Expr, zero: bool) -> Self {
        Self {
            taken,
            zero,
            lenient: false,
        }
    }
}

/// All branches of an expression whose arm is not a literal NULL.
pub(crate) fn branches(expr: &Expr) -> Vec<Branch> {
    let mut found = Vec::new();
    collect(expr, At::whole(), &mut found);
    found
}

/// Where in an expression we are.
#[derive(Clone, Copy)]
struct At<'a> {
    /// What holds of the rows that come here.
    given: Option<&'a Expr>,
    /// A 0 here makes the whole expression 0: nothing is added to it.
    neutral: bool,
}

impl At<'_> {
    fn whole() -> Self {
        At {
            given: None,
            neutral: true,
        }
    }
}

/// Whether a 0 below makes this expression 0 too: a factor, a sign, a cast.
pub(crate) fn passes_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(_) | Expr::Cast(_) | Expr::TryCast(_) | Expr::Negative(_) => true,
        Expr::BinaryExpr(binary) => binary.op == Operator::Multiply,
        _other => false,
    }
}

fn collect(expr: &Expr, at: At<'_>, found: &mut Vec<Branch>) {
    if let Expr::Case(case) = expr {
        arms(case, at, found);
        return;
    }
    if let Expr::Cast(datafusion_expr::Cast { expr: inner, .. })
    | Expr::TryCast(datafusion_expr::TryCast { expr: inner, .. }) = expr
        && is_truth(inner)
    {
        truth(inner, at, found);
    }
    let at = At {
        neutral: at.neutral && passes_zero(expr),
        ..at
    };
    let walked = expr.apply_children(|child| {
        collect(child, at, found);
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
}

/// Whether an expression is written as a condition.
fn is_truth(expr: &Expr) -> bool {
    match expr {
        Expr::BinaryExpr(binary) => {
            binary.op.is_logic_operator()
                || matches!(
                    binary.op,
                    Operator::Eq
                        | Operator::NotEq
                        | Operator::Lt
                        | Operator::LtEq
                        | Operator::Gt
                        | Operator::GtEq
                        | Operator::IsDistinctFrom
                        | Operator::IsNotDistinctFrom
                        | Operator::RegexMatch
                        | Operator::RegexIMatch
                        | Operator::RegexNotMatch
                        | Operator::RegexNotIMatch
                        | Operator::LikeMatch
                        | Operator::ILikeMatch
                        | Operator::NotLikeMatch
                        | Operator::NotILikeMatch
                )
        }
        Expr::Alias(alias) => is_truth(&alias.expr),
        // What makes a truth of something else, and what chooses among truths.
        Expr::Cast(datafusion_expr::Cast { field, .. })
        | Expr::TryCast(datafusion_expr::TryCast { field, .. }) => {
            *field.data_type() == arrow::datatypes::DataType::Boolean
        }
        Expr::ScalarFunction(call) => call.args.iter().any(is_truth),
        Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Between(_)
        | Expr::InList(_)
        | Expr::Like(_)
        | Expr::SimilarTo(_) => true,
        _value => false,
    }
}

/// A condition made a number is a CASE WHEN it holds THEN 1 ELSE 0.
fn truth(condition: &Expr, at: At<'_>, found: &mut Vec<Branch>) {
    let holds = Expr::IsTrue(Box::new(condition.clone()));
    let fails = Expr::IsFalse(Box::new(condition.clone()));
    for (taken, zero) in [(holds, false), (fails, at.neutral)] {
        let taken = and(at.given.cloned(), taken);
        let branch = Branch::strict(taken, zero);
        if !found.contains(&branch) {
            found.push(branch);
        }
    }
}

fn arms(case: &Case, at: At<'_>, found: &mut Vec<Branch>) {
    let mut before: Option<Expr> = at.given.cloned();
    for (when, then) in &case.when_then_expr {
        let condition = match &case.expr {
            Some(subject) => binary(
                subject.as_ref().clone(),
                Operator::Eq,
                when.as_ref().clone(),
            ),
            None => when.as_ref().clone(),
        };
        let inside = At {
            neutral: false,
            ..at
        };
        collect(when, inside, found);
        let taken = and(before.clone(), Expr::IsTrue(Box::new(condition.clone())));
        arm(then, taken, at.neutral, found);
        before = Some(and(before, Expr::IsNotTrue(Box::new(condition))));
    }
    if let (Some(otherwise), Some(taken)) = (&case.else_expr, before) {
        arm(otherwise, taken, at.neutral, found);
    }
}

fn arm(value: &Expr, taken: Expr, neutral: bool, found: &mut Vec<Branch>) {
    let quantity = constant_quantity(value);
    if quantity == Some(Quantity::Null) {
        return;
    }
    let zero = neutral && matches!(quantity, Some(Quantity::Number(n)) if n.mantissa() == 0);
    let branch = Branch::strict(taken, zero);
    let below = At {
        given: Some(&branch.taken),
        neutral,
    };
    collect(value, below, found);
    if !found.contains(&branch) {
        found.push(branch);
    }
}

pub(crate) fn and(before: Option<Expr>, expr: Expr) -> Expr {
    match before {
        Some(before) => binary(before, Operator::And, expr),
        None => expr,
    }
}

pub(crate) fn binary(left: Expr, op: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr {
        left: Box::new(left),
        op,
        right: Box::new(right),
    })
}

/// All branches of what is aggregated: CASE, and the functions that choose one of their arguments as CASE would.
///
/// `SUM(greatest(amount, 9000))` is a CASE in disguise. Each choice is taken by the rows in which it alone decides;
/// a literal that the facts exclude is never chosen and owes nothing.
pub(crate) fn measure_branches(expr: &Expr, facts: &Facts<'_>) -> Vec<Branch> {
    let mut found = branches(expr);
    choices(expr, facts, true, &mut found);
    found
}

fn choices(expr: &Expr, facts: &Facts<'_>, neutral: bool, found: &mut Vec<Branch>) {
    if let Expr::ScalarFunction(call) = expr {
        for (index, value) in call.args.iter().enumerate() {
            let others = call
                .args
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            let others: Vec<&Expr> = others.map(|(_, e)| e).collect();
            if let Some(taken) = chosen(call.func.name(), index, value, &others, facts) {
                add_choice(call.func.name(), value, taken, neutral, found);
            }
        }
    }
    let neutral = neutral && (passes_zero(expr) || matches!(expr, Expr::Case(_)));
    let walked = expr.apply_children(|child| {
        choices(child, facts, neutral, found);
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
}

fn add_choice(name: &str, value: &Expr, taken: Expr, neutral: bool, found: &mut Vec<Branch>) {
    let quantity = constant_quantity(value);
    if quantity == Some(Quantity::Null) {
        return;
    }
    let nothing = matches!(quantity, Some(Quantity::Number(n)) if n.mantissa() == 0);
    let branch = Branch {
        taken,
        zero: neutral && nothing,
        lenient: nothing && matches!(name, "coalesce" | "nvl" | "ifnull"),
    };
    if !found.contains(&branch) {
        found.push(branch);
    }
}

/// The rows in which a function's argument decides its value; `None` if it never does or the function does not choose.
fn chosen(
    name: &str,
    index: usize,
    value: &Expr,
    others: &[&Expr],
    facts: &Facts<'_>,
) -> Option<Expr> {
    let beats = |op: Operator| {
        let all = others.iter().map(|other| {
            let wins = binary(value.clone(), op, (*other).clone());
            let alone = Expr::IsNull(Box::new((*other).clone()));
            binary(Expr::IsTrue(Box::new(wins)), Operator::Or, alone)
        });
        all.fold(value.clone().is_not_null(), |all, e| and(Some(all), e))
    };
    let excluded = |side: Side| {
        let literal = constant_quantity(value).and_then(|q| match q {
            Quantity::Number(n) => Some(n),
            _other => None,
        });
        literal.is_some_and(|n| {
            others.iter().any(|other| {
                facts.limit(other, side).is_some_and(|limit| match side {
                    Side::Greatest => limit <= n,
                    Side::Least => limit >= n,
                })
            })
        })
    };
    match name {
        "greatest" => (!excluded(Side::Least)).then(|| beats(Operator::Gt)),
        "least" => (!excluded(Side::Greatest)).then(|| beats(Operator::Lt)),
        "coalesce" | "nvl" | "ifnull" => {
            let before = others
                .iter()
                .take(index)
                .map(|e| Expr::IsNull(Box::new((*e).clone())));
            Some(before.fold(value.clone().is_not_null(), |all, e| and(Some(all), e)))
        }
        "nullif" if index == 0 => {
            let other = others.first()?;
            let differs = binary(value.clone(), Operator::NotEq, (*other).clone());
            Some(Expr::IsTrue(Box::new(differs)))
        }
        _no_choice => None,
    }
}

/// The two arms of a condition that stands where a value does.
pub(crate) fn of_condition(condition: &Expr) -> [Branch; 2] {
    let arm = |taken| Branch::strict(taken, false);
    [
        arm(Expr::IsTrue(Box::new(condition.clone()))),
        arm(Expr::IsNotTrue(Box::new(condition.clone()))),
    ]
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
