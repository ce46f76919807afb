//! Aggregates: which there are, what they may be computed from, what their results may be used for.

use arrow::datatypes::DataType;
use datafusion_expr::expr::AggregateFunction;
use datafusion_expr::{Expr, ExprSchemable};
use policy::denial::Code;

use crate::aggregated;
use crate::arms::From;
use crate::branch::{Branch, measure_branches, of_condition, when};
use crate::clamp::clamped;
use crate::constant::constant;
use crate::expression;
use crate::functions;
use crate::linear::strip;
use crate::partial;
use crate::predicate::{Judge, Polarity};
use crate::refusals::Explain;
use crate::size;
use crate::terms;
use crate::traits::{Growth, Traits};

/// Where an aggregate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Below a release.
    Inner,
    /// It is one.
    Release,
}

/// An aggregate, judged and made plain.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Lower-case name: `sum`, `count`, …
    pub(crate) name: String,
    /// COUNT(DISTINCT …).
    pub(crate) distinct: bool,
    /// The argument with FILTER folded in and measures clamped; `None`: rows.
    pub(crate) argument: Option<Expr>,
    /// Branches of the argument.
    pub(crate) branches: Vec<Branch>,
    /// Terms of sums in the argument.
    pub(crate) terms: Vec<From>,
    /// Branches further down that the argument went through.
    pub(crate) traits: Traits,
    /// How it moves when rows are added.
    pub(crate) growth: Growth,
}

/// Judges one aggregate.
pub(crate) fn judge(judge: &mut Judge<'_>, call: &AggregateFunction, place: Place) -> Judged {
    let name = call.func.name().to_owned();
    let params = &call.params;
    listed(judge, call, &name, place);
    let mut condition_traits = Traits::literal();
    if let Some(filter) = &params.filter {
        condition_traits = judge.predicate(filter, Polarity::Both);
    }
    let raw = params.args.first().cloned();
    let bare = raw.as_ref().map(|e| implicit_cast_removed(e, &name, judge));
    let found = argument(judge, &name, params.distinct, bare.as_ref());
    let is_rows = bare
        .as_ref()
        .is_none_or(|e| constant(e).is_some_and(|v| !v.is_null()));
    let clamps = !params.distinct && name != "count";
    let value = bare.map(|e| if clamps { clamped(&e, judge.rel) } else { e });
    let argument = match (&params.filter, value) {
        (Some(filter), Some(value)) => Some(when(filter.as_ref().clone(), value)),
        (None, Some(_)) if name == "count" && is_rows && !params.distinct => None,
        (_, value) => value,
    };
    let whole = whole(params.filter.as_deref(), raw.as_ref());
    let whole = whole.as_ref();
    let branches = whole.map(|e| measure_branches(e, &judge.rel.facts()));
    let mut all = branches.unwrap_or_default();
    let amounts = whole.filter(|_| name != "count");
    let terms = amounts.map(|e| terms::arms(e, judge.rel));
    if let Some(condition) = raw.as_ref().filter(|e| judge.rel.is_condition(e))
        && !found.plain
    {
        all.extend(of_condition(condition));
    }
    all.retain(|b| !(b.zero && name == "sum"));
    let kind = size::type_of(judge, &Expr::AggregateFunction(call.clone()));
    let bits = raw.as_ref().map_or(0, |e| size::bits_in(judge, e, &found));
    let mut traits = aggregated::result(&name, &found, bits, kind.as_ref());
    if place == Place::Release {
        // What is told of a mean is the sum and the count.
        traits.rounded = found.rounded;
    }
    traits.filter = aggregated::repeated(&name, traits.filter, judge.rel.repeats);
    traits.arms.extend(condition_traits.arms.iter().copied());
    traits.exposed.extend(condition_traits.arms);
    traits.owners.extend(condition_traits.owners);
    let growth = aggregated::growth(&name, params.distinct, &found);
    if let Some(crowded) = &mut traits.crowded {
        crowded.growth = growth;
    }
    Judged {
        terms: terms.unwrap_or_default(),
        growth,
        distinct: params.distinct,
        argument,
        branches: all,
        traits,
        name,
    }
}

/// The argument as written with FILTER folded in: clamping adds no branches.
fn whole(filter: Option<&Expr>, argument: Option<&Expr>) -> Option<Expr> {
    Some(match (filter, argument) {
        (Some(filter), Some(argument)) => when(filter.clone(), argument.clone()),
        (Some(filter), None) => when(filter.clone(), datafusion_expr::lit(1_i64)),
        (None, Some(argument)) => argument.clone(),
        (None, None) => return None,
    })
}

fn listed(judge: &mut Judge<'_>, call: &AggregateFunction, name: &str, place: Place) {
    let params = &call.params;
    let known = functions::RELEASED.contains(&name)
        || (place == Place::Inner && functions::INNER.contains(&name));
    let at = params.args.first();
    let mut refuse = |message: String, help: &str| {
        let denial = judge.refusals.rule(Code::Agg, message);
        denial.help(help);
        if let Some(expr) = at {
            denial.at(expr);
        }
    };
    if !known {
        let where_to = if functions::INNER.contains(&name) {
            "min and max are available below the release, in an inner GROUP BY"
        } else {
            "what leaves is count, count distinct, sum, avg, var or stddev"
        };
        refuse(
            format!("the aggregate {name} is not available here"),
            where_to,
        );
    } else if params.distinct && name != "count" {
        refuse(
            format!("{name}(DISTINCT …) is not available"),
            "use count(DISTINCT …)",
        );
    } else if !params.order_by.is_empty()
        || params.null_treatment.is_some()
        || params.args.len() > 1
    {
        refuse(
            format!("{name} takes one argument and no order here"),
            "remove the rest",
        );
    }
}

/// `avg`, `var` and `stddev` are bound with a cast to float that nobody wrote; sums are exact.
fn implicit_cast_removed(expr: &Expr, name: &str, judge: &Judge<'_>) -> Expr {
    let schema = judge.rel.plan.schema();
    if let Expr::Cast(cast) = expr
        && *cast.field.data_type() == DataType::Float64
        && let Ok(from) = cast.expr.get_type(schema.as_ref())
    {
        let exact = match name {
            "avg" => from.is_integer(),
            "var" | "var_pop" | "stddev" | "stddev_pop" => from.is_numeric(),
            _other => false,
        };
        if exact {
            return cast.expr.as_ref().clone();
        }
    }
    expr.clone()
}

/// Judges the argument by the aggregate it is for.
fn argument(judge: &mut Judge<'_>, name: &str, distinct: bool, expr: Option<&Expr>) -> Traits {
    let Some(expr) = expr else {
        return Traits::literal();
    };
    judge.in_measure = true;
    let found = match (name, distinct) {
        ("count", true) => distinct_argument(judge, expr),
        ("count", false) => count_argument(judge, expr),
        ("min" | "max", _) => extreme_argument(judge, expr),
        (_sum_or_moment, _) => {
            let most = if matches!(name, "sum" | "avg") { 2 } else { 1 };
            measure_argument(judge, expr, most)
        }
    };
    judge.in_measure = false;
    found
}

fn measure_argument(judge: &mut Judge<'_>, expr: &Expr, most: u8) -> Traits {
    let found = expression::opaque_refused(judge, expr);
    if found.degree.is_some_and(|d| d <= most) {
        partial::refuse(judge, &found, expr);
    } else {
        judge
            .refusals
            .rule(
                Code::MeasureExpr,
                "only measures, their sums and products of two may be aggregated",
            )
            .of(found.origin.as_ref())
            .at(expr)
            .help("aggregate a column whose policy says `measure`, without casts to float");
    }
    found
}

fn extreme_argument(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let found = expression::opaque_refused(judge, expr);
    partial::refuse(judge, &found, expr);
    if found.degree.is_none() && found.filter.is_none() {
        judge
            .refusals
            .rule(
                Code::MeasureExpr,
                "min and max take a measure or a filter column",
            )
            .of(found.origin.as_ref())
            .at(expr);
    }
    found
}

/// A bare column, a literal, or CASE with conditions and such values.
fn count_argument(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let bare = strip(expr, schema.as_ref());
    if constant(bare).is_some() {
        return Traits::literal();
    }
    match bare {
        Expr::Column(_) => {
            let found = expression::traits(judge, bare);
            partial::refuse(judge, &found, bare);
            found
        }
        Expr::Case(case) => {
            let mut all = Traits::literal();
            for (when, then) in &case.when_then_expr {
                all = all.meet(&case_condition(judge, case, when));
                all = all.meet(&count_argument(judge, then));
            }
            if let Some(otherwise) = &case.else_expr {
                all = all.meet(&count_argument(judge, otherwise));
            }
            all
        }
        other => {
            let found = expression::opaque_refused(judge, other);
            judge
                .refusals
                .rule(
                    Code::MeasureExpr,
                    "count takes a bare column, or CASE WHEN … THEN column END",
                )
                .of(found.origin.as_ref())
                .at(other);
            found
        }
    }
}

fn case_condition(
    judge: &mut Judge<'_>,
    case: &datafusion_expr::expr::Case,
    when: &Expr,
) -> Traits {
    match &case.expr {
        Some(subject) => crate::comparison::judge(
            judge,
            subject,
            datafusion_expr::Operator::Eq,
            when,
            Polarity::Both,
        ),
        None => judge.predicate(when, Polarity::Both),
    }
}

/// A unit or key (bare, or one arm of CASE), or a dimension or filter at its grain.
fn distinct_argument(judge: &mut Judge<'_>, expr: &Expr) -> Traits {
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let bare = strip(expr, schema.as_ref());
    if let Expr::Case(case) = bare
        && let [(when, then)] = case.when_then_expr.as_slice()
        && case
            .else_expr
            .as_deref()
            .is_none_or(|e| constant(e).is_some_and(|v| v.is_null()))
    {
        let condition = case_condition(judge, case, when);
        let mut value = distinct_argument(judge, then);
        value.arms.extend(condition.arms.iter().copied());
        value.exposed.extend(condition.arms);
        value.owners.extend(condition.owners);
        return value;
    }
    let found = expression::traits(judge, bare);
    if found.identifier && !matches!(bare, Expr::Column(_)) {
        judge.refuse(&found, bare, "");
    } else if !found.groups_inside() {
        let code = if found.filter.is_some() || found.dimension.is_some() {
            Code::FilterGrain
        } else {
            Code::MeasureExpr
        };
        judge
            .refusals
            .rule(
                code,
                "count(DISTINCT …) takes units, keys, and dimensions or filters at their grain",
            )
            .of(found.origin.as_ref())
            .at(bare);
    }
    found
}
