//! What an expression may be used for, from what its inputs may be used for.

use datafusion_common::{Column, DFSchema, ExprSchema};
use datafusion_expr::{BinaryExpr, Case, Expr, ExprSchemable, Operator};
use policy::capability::{Filter, Grain};
use policy::denial::Code;

use crate::arithmetic;
use crate::branch::passes_zero;
use crate::conjunct::unaliased;
use crate::constant::{Quantity, constant_quantity};
use crate::function;
use crate::grain::{moment_on, number_on, span_on};
use crate::linear::strip;
use crate::partial;
use crate::predicate::{Judge, Polarity, Role};
use crate::refusals::{Explain, Refusals};
use crate::size;
use crate::traits::{Growth, Traits};

/// The capabilities of a value expression; what may not be written at all is refused.
pub(crate) fn traits(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let mut found = made(judge, expr);
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let bare = strip(unaliased(expr), schema.as_ref());
    let is_column = bare.try_as_col().is_some();
    if let Some(crowded) = found.crowded.as_mut().filter(|_| !is_column) {
        // More rows move what is computed from a count in any way.
        crowded.growth = Growth::Free;
    }
    if !is_column && !passes_zero(bare) && !matches!(bare, Expr::Case(_)) {
        found.exposed.clone_from(&found.arms);
    }
    found
}

fn made(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    if let Some(value) = constant_quantity(expr) {
        return Traits::constant(value);
    }
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    match strip(expr, schema.as_ref()) {
        Expr::Column(column) => {
            let found = column_traits(judge, expr, column);
            if found.identifier && is_moved(expr, column, schema.as_ref()) {
                return opaque_refused_as(judge, expr, found);
            }
            found
        }
        Expr::Alias(alias) => traits(judge, &alias.expr),
        Expr::Literal(_, _) => Traits::literal(),
        Expr::BinaryExpr(binary) => binary_traits(judge, expr, binary),
        Expr::Negative(inner) => arithmetic::negative(judge, inner),
        Expr::Case(case) => case_traits(judge, case),
        Expr::Cast(cast) => cast_traits(judge, &cast.expr, cast.field.data_type()),
        Expr::TryCast(cast) => cast_traits(judge, &cast.expr, cast.field.data_type()),
        Expr::ScalarFunction(call) => function::traits(judge, expr, call),
        Expr::Not(_)
        | Expr::IsNotNull(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Between(_)
        | Expr::InList(_)
        | Expr::Like(_)
        | Expr::SimilarTo(_) => truth_value(judge, expr),
        other => not_available(judge, other),
    }
}

fn column_traits(judge: &mut Judge<'_>, expr: &Expr, column: &Column) -> Traits {
    if let Some(col) = judge.rel.col(column) {
        return col.traits.clone();
    }
    judge.refusals.add(Code::Unknown, "unknown column").at(expr);
    Traits::default()
}

/// Kinds of expression that never stand below a release.
fn not_available(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let (code, what) = match expr {
        Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::SetComparison(_)
        | Expr::ScalarSubquery(_)
        | Expr::OuterReferenceColumn(_, _) => (
            Code::Subquery,
            "a subquery inside an expression may not read protected rows",
        ),
        Expr::GroupingSet(_) => (Code::GroupingSets, "grouping sets are not available"),
        Expr::WindowFunction(_) => (Code::Window, "a window function may not stand here"),
        Expr::AggregateFunction(_) => (Code::Agg, "an aggregate may not stand here"),
        Expr::ScalarVariable(_, _)
        | Expr::Unnest(_)
        | Expr::HigherOrderFunction(_)
        | Expr::Lambda(_)
        | Expr::LambdaVariable(_) => (Code::Fn, "this is not available in questions"),
        _placeholders_and_wildcards => (Code::Stmt, "this is not available in questions"),
    };
    judge.refusals.add(code, what).at(expr);
    Traits::default()
}

/// Any use of an identifier other than bare.
pub(crate) fn opaque_refused(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let found = traits(judge, expr);
    opaque_refused_as(judge, expr, found)
}

fn opaque_refused_as(judge: &mut Judge<'_>, expr: &Expr, mut found: Traits) -> Traits {
    if found.identifier {
        judge.refuse(&found, expr, "");
        found.identifier = false;
    }
    found
}

/// Whether a day or moment is cast to another type: what is beyond that type's calendar becomes NULL, and many one key.
fn is_moved(expr: &Expr, column: &Column, schema: &DFSchema) -> bool {
    let kind = schema.data_type(column).ok();
    kind.is_none_or(|kind| kind.is_temporal() && expr.get_type(schema).ok().as_ref() != Some(kind))
}

/// A predicate used as a value: TRUE or FALSE.
fn truth_value(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let mut found = judge.predicate(expr, Polarity::Both);
    found.filter = Some(Filter::Grain(Grain::Any));
    found.dimension = names_groups(judge, |j| {
        j.predicate(expr, Polarity::Both);
    });
    found.degree = None;
    found.identifier = false;
    found
}

/// The capabilities alone: what is refused in it is refused elsewhere.
pub(crate) fn unrefused(judge: &Judge<'_>, expr: &Expr) -> Traits {
    let mut scratch = Refusals::default();
    traits(
        &mut Judge {
            rel: judge.rel,
            policies: judge.policies,
            refusals: &mut scratch,
            role: judge.role,
            in_measure: judge.in_measure,
        },
        expr,
    )
}

/// `Any` if the judgement passes with the grains of what leaves.
fn names_groups(judge: &Judge<'_>, run: impl FnOnce(&mut Judge<'_>)) -> Option<Grain> {
    let mut scratch = Refusals::default();
    run(&mut Judge {
        rel: judge.rel,
        policies: judge.policies,
        refusals: &mut scratch,
        role: Role::Dimension,
        in_measure: judge.in_measure,
    });
    scratch.is_empty().then_some(Grain::Any)
}

fn binary_traits(judge: &mut Judge<'_>, expr: &Expr, binary: &BinaryExpr) -> Traits {
    match binary.op {
        Operator::Plus | Operator::Minus => arithmetic::sum(judge, binary),
        Operator::Multiply => arithmetic::product(judge, binary),
        Operator::Divide => arithmetic::quotient(judge, binary),
        Operator::Modulo => {
            let left = opaque_refused(judge, &binary.left);
            let right = opaque_refused(judge, &binary.right);
            let mut found = only_ungridded(left.meet(&right));
            found.degree = None;
            partial::quotient(judge, binary, (&left, &right), found)
        }
        Operator::And
        | Operator::Or
        | Operator::Eq
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
        | Operator::RegexNotIMatch => truth_value(judge, expr),
        _unlisted => {
            let left = opaque_refused(judge, &binary.left);
            let right = opaque_refused(judge, &binary.right);
            judge
                .refusals
                .rule(
                    Code::Fn,
                    format!("the operator {} is not available", binary.op),
                )
                .at(expr);
            left.meet(&right)
        }
    }
}

/// Only what has no grid stays usable: the value no longer lies on it.
pub(crate) fn only_ungridded(mut found: Traits) -> Traits {
    if !matches!(found.filter, Some(Filter::Grain(Grain::Any))) {
        found.filter = None;
    }
    if found.dimension != Some(Grain::Any) {
        found.dimension = None;
    }
    Traits {
        plain: false,
        known: None,
        lattice: None,
        ratio: None,
        ..found
    }
}

/// Joins what two operands may be used for; a literal off the other's grid takes the grid away.
pub(crate) fn meet_in_place(a: &Traits, a_expr: &Expr, b: &Traits, b_expr: &Expr) -> Traits {
    let mut both = a.meet(b);
    both.plain = a.plain_with(b);
    let fits = |traits: &Traits, literal: &Expr| match traits.filter_grain() {
        Some(Grain::Any) | None => true,
        Some(grain) => match constant_quantity(literal) {
            Some(Quantity::Number(n)) => number_on(grain, n),
            Some(Quantity::Moment(at)) => moment_on(grain, at),
            Some(Quantity::Span(span)) => span_on(grain, span),
            Some(Quantity::Null) => true,
            Some(Quantity::Bool(_) | Quantity::Text(_) | Quantity::Other) | None => false,
        },
    };
    if (a.literal && !fits(b, a_expr)) || (b.literal && !fits(a, b_expr)) {
        both.filter = None;
    }
    both
}

fn cast_traits(judge: &mut Judge<'_>, inner: &Expr, to: &arrow::datatypes::DataType) -> Traits {
    use arrow::datatypes::DataType;
    let found = opaque_refused(judge, inner);
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let from = inner.get_type(schema.as_ref()).ok();
    let moment = matches!(from, Some(DataType::Timestamp(_, _)));
    if partial::keeps(from.as_ref(), to, &found) {
        return found;
    }
    match to {
        DataType::Date32 if moment => {
            let day = Grain::Time {
                count: 1,
                unit: policy::capability::TimeUnit::Day,
            };
            function::bucketed(found, &day)
        }
        DataType::Float64 | DataType::Float32
            if from
                .as_ref()
                .is_some_and(|from| from.is_numeric() || *from == DataType::Boolean) =>
        {
            let exact = from.as_ref().is_some_and(DataType::is_numeric);
            let bare = exact && !found.counted && found.degree != Some(0);
            let bits = size::bits_in(judge, inner, &found);
            let found = size::faithful(to, bits, found);
            Traits {
                degree: found.degree.filter(|_| !bare),
                ..found
            }
        }
        _narrowing => Traits {
            partial: partial::cast(from.as_ref(), to, &found),
            degree: None,
            ..only_ungridded(found)
        },
    }
}

fn case_traits(judge: &mut Judge<'_>, case: &Case) -> Traits {
    let null = Expr::Literal(datafusion_common::ScalarValue::Null, None);
    let mut conditions = Traits::literal();
    let mut values: Option<(Traits, Expr)> = None;
    let otherwise = case.else_expr.as_deref().unwrap_or(&null);
    let arms = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
    for value in arms.chain([otherwise]) {
        let found = opaque_refused(judge, value);
        values = Some(match values {
            None => (found, value.clone()),
            Some((all, expr)) => (
                meet_in_place(&all, &expr, &found, value),
                if all.literal { value.clone() } else { expr },
            ),
        });
    }
    let mut result = values.map(|(all, _)| all).unwrap_or_default();
    for (when, _) in &case.when_then_expr {
        conditions = conditions.meet(&condition(judge, case, when));
    }
    let named = names_groups(judge, |j| {
        for (when, _) in &case.when_then_expr {
            condition(j, case, when);
        }
    });
    result.dimension = match (named, &result.dimension) {
        (Some(_), Some(Grain::Any)) => Some(Grain::Any),
        (Some(_) | None, _) => None,
    };
    result.literal = false;
    choose(judge, case, &mut result);
    result.owners.extend(conditions.owners);
    result.arms.extend(conditions.arms.iter().copied());
    result.exposed.extend(conditions.arms);
    result.counted |= conditions.counted;
    result
}

/// A choice between a value and nothing is that value with its cut; one between values is several statistics in one.
fn choose(judge: &mut Judge<'_>, case: &Case, result: &mut Traits) {
    let arms = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
    let told = told(arms.chain(case.else_expr.as_deref()));
    if let [one] = told.as_slice() {
        result.cut = match strip(one, judge.rel.plan.schema().as_ref()) {
            Expr::Column(column) => judge.rel.col(column).and_then(|col| col.traits.cut),
            _computed => None,
        };
    }
    result.mixed |= told.len() > 1 && result.degree.is_some();
}

/// What one of several values comes to that is not nothing, each once.
pub(crate) fn told<'e>(arms: impl Iterator<Item = &'e Expr>) -> Vec<&'e Expr> {
    let mut told: Vec<&Expr> = Vec::new();
    for arm in arms {
        let neutral = match constant_quantity(arm) {
            Some(Quantity::Null) => true,
            Some(Quantity::Number(n)) => n.mantissa() == 0,
            Some(
                Quantity::Bool(_)
                | Quantity::Text(_)
                | Quantity::Moment(_)
                | Quantity::Span(_)
                | Quantity::Other,
            )
            | None => false,
        };
        if !neutral && !told.contains(&arm) {
            told.push(arm);
        }
    }
    told
}

fn condition(judge: &mut Judge<'_>, case: &Case, when: &Expr) -> Traits {
    match &case.expr {
        Some(subject) => {
            crate::comparison::judge(judge, subject, Operator::Eq, when, Polarity::Both)
        }
        None => judge.predicate(when, Polarity::Both),
    }
}
