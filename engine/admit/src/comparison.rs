//! Comparisons: one quantity against a literal on its grid, or two quantities with consent.

use datafusion_common::DFSchema;
use datafusion_expr::{Expr, Operator};
use policy::capability::{Filter, Grain, Literal};
use policy::denial::Code;
use policy::number::Decimal;

use crate::chosen;
use crate::conjunct::equates;
use crate::consent;
use crate::expression;
use crate::grain::{moment_on, number_on, span_on};
use crate::linear::{Constant, Linear};
use crate::nearest;
use crate::predicate::{Judge, Polarity, Role};
use crate::refusals::{Explain, Refusals};
use crate::traits::{Growth, Traits};

/// Judges `left op right`.
pub(crate) fn judge(
    judge: &mut Judge<'_>,
    left: &Expr,
    op: Operator,
    right: &Expr,
    polarity: Polarity,
) -> Traits {
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let form = Linear::of_difference(left, right, schema.as_ref());
    let terms: Vec<(Decimal, Expr, Traits)> = form
        .terms
        .iter()
        .map(|(c, e)| (*c, e.clone(), expression::traits(judge, e)))
        .collect();
    let mut all = terms
        .iter()
        .fold(Traits::literal(), |all, (_, _, t)| all.meet(t));
    if terms.iter().any(|(_, _, t)| t.identifier) {
        identifiers(judge, &terms, op, &form.constant);
        all.identifier = false;
        return all;
    }
    check_growth(judge, &terms, op, polarity);
    check_ends(judge, (left, right), &terms);
    match terms.as_slice() {
        [] => {}
        [(coefficient, expr, traits)] => {
            against_literal(judge, *coefficient, expr, traits, op, &form.constant);
        }
        [x, y] => {
            two(judge, x, y, &form.constant);
            chosen::check(judge, &terms, &form.constant);
        }
        [_, rest @ ..] if rest.len() == 2 && rest.iter().all(|(_, _, t)| t.counted) => {
            for (_, expr, traits) in &terms {
                needs_grain(judge, expr, traits);
            }
            between_owners(judge, &terms);
            chosen::check(judge, &terms, &form.constant);
        }
        [(_, expr, traits), ..] => {
            judge.refuse(
                traits,
                expr,
                "a comparison of more than two quantities is not available",
            );
        }
    }
    all
}

/// `key = key`, `key <> key`, `key = 'absent value'`; nothing else.
fn identifiers(
    judge: &mut Judge<'_>,
    terms: &[(Decimal, Expr, Traits)],
    op: Operator,
    constant: &Constant,
) {
    let equality = matches!(op, Operator::Eq | Operator::NotEq);
    let allowed = judge.role == Role::Filter
        && equality
        && match terms {
            [(_, Expr::Column(_), t)] => match &constant.text {
                Some(text) => t.absent.contains(&Literal::Text(text.clone())),
                None => constant.number.is_some_and(|n| {
                    t.absent.contains(&Literal::Number(n))
                        || t.absent.contains(&Literal::Number(
                            n.checked_mul(Decimal::from(-1)).unwrap_or(n),
                        ))
                }),
            },
            [(_, Expr::Column(l), a), (_, Expr::Column(r), b)] => {
                let people = a.identifier && b.identifier && same_people(judge, a, b);
                people && equates(judge.rel, l, judge.rel, r)
            }
            _otherwise => false,
        };
    if !allowed {
        for (_, expr, traits) in terms.iter().filter(|(_, _, t)| t.identifier) {
            judge.refuse(traits, expr, "");
        }
    }
}

/// Whether two identifiers share a domain and all their owners consent to link on it.
fn same_people(judge: &Judge<'_>, a: &Traits, b: &Traits) -> bool {
    let domains = a.domains.intersection(&b.domains).cloned().collect();
    let own = a.owners == b.owners && a.owners.len() == 1;
    let shares = !a.domains.is_disjoint(&b.domains);
    let tables = &judge.rel.tables;
    (shares || own)
        && a.owners.iter().all(|p| {
            b.owners
                .iter()
                .all(|q| consent::mutual(judge.policies, tables, p, q, &domains))
        })
}

fn against_literal(
    judge: &mut Judge<'_>,
    coefficient: Decimal,
    expr: &Expr,
    traits: &Traits,
    op: Operator,
    constant: &Constant,
) {
    if constant.null {
        return;
    }
    let allowed = match judge.role {
        Role::Filter => match &traits.filter {
            Some(Filter::Grain(grain)) => on_grid(grain, coefficient, constant),
            Some(Filter::Values(values)) => {
                matches!(op, Operator::Eq | Operator::NotEq)
                    && literal_of(coefficient, constant).is_some_and(|v| values.contains(&v))
            }
            None => false,
        },
        Role::Dimension => traits
            .dimension
            .as_ref()
            .is_some_and(|grain| on_grid(grain, coefficient, constant)),
    };
    if allowed {
        return;
    }
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let (why, help) = match (&traits.filter, judge.role) {
        (Some(Filter::Grain(grain)), Role::Filter) => {
            let near = near(grain, (coefficient, expr), op, constant, &schema);
            let near = near.map_or_else(String::new, |near| format!(": {near}"));
            (
                format!("the literal is not on its grid ({grain})"),
                Some(format!("compare it with whole multiples of {grain}{near}")),
            )
        }
        (Some(Filter::Values(values)), Role::Filter) => (
            format!("only {} agreed values may be asked for", values.len()),
            nearest::one_of(expr, &schema, values)
                .map(|list| format!("ask for some of them: {list}")),
        ),
        (None, Role::Filter) => ("it may not be used in predicates".to_owned(), None),
        (_, Role::Dimension) => ("it may not name output groups like this".to_owned(), None),
    };
    judge.refuse(traits, expr, &why);
    if let Some(help) = help {
        judge.refusals.last_help(help);
    }
}

/// The literal `-constant / coefficient` that the quantity is compared with.
/// The comparisons on the grid that are next to this one.
fn near(
    grain: &Grain,
    (coefficient, expr): (Decimal, &Expr),
    op: Operator,
    constant: &Constant,
    schema: &DFSchema,
) -> Option<String> {
    let one = Decimal::from(1);
    let op = if coefficient.is_positive() {
        op
    } else {
        nearest::turned(op)
    };
    let around = match (constant.number, constant.moment) {
        (Some(number), None) if constant.span.is_zero() => {
            let value = number
                .checked_mul(Decimal::from(-1))?
                .checked_div(coefficient)?;
            nearest::numbers(grain, value)?
        }
        (None, Some(at)) if constant.span.is_zero() && coefficient.abs() == one => {
            nearest::moments(grain, at, expr, schema)?
        }
        (_, _) => return None,
    };
    nearest::conditions(expr, schema, op, &around)
}

fn literal_of(coefficient: Decimal, constant: &Constant) -> Option<Literal> {
    if let Some(text) = &constant.text {
        return Some(Literal::Text(text.clone()));
    }
    if let Some(truth) = constant.truth {
        return Some(Literal::Bool(truth));
    }
    let number = constant.number?.checked_mul(Decimal::from(-1))?;
    number.checked_div(coefficient).map(Literal::Number)
}

/// Whether the constant lies on the grid of the quantity that it is compared with.
fn on_grid(grain: &Grain, coefficient: Decimal, constant: &Constant) -> bool {
    if *grain == Grain::Any {
        return true;
    }
    if constant.other || constant.text.is_some() || constant.truth.is_some() {
        return false;
    }
    let number = match constant.number {
        None => true,
        Some(n) => n
            .checked_div(coefficient)
            .is_some_and(|n| number_on(grain, n)),
    };
    let moment = constant.moment.is_none_or(|at| moment_on(grain, at));
    let span = constant.span.is_zero() || span_on(grain, constant.span);
    let zero = constant.number.is_none() && constant.moment.is_none() && constant.span.is_zero();
    number && moment && span && (!zero || matches!(grain, Grain::Number(_) | Grain::Any))
}

pub(crate) type Term = (Decimal, Expr, Traits);

fn needs_grain(judge: &mut Judge<'_>, expr: &Expr, traits: &Traits) -> bool {
    let has = match judge.role {
        Role::Filter => traits.filter_grain().is_some(),
        Role::Dimension => traits.dimension == Some(Grain::Any),
    };
    if !has || traits.partial {
        judge.refuse(traits, expr, "it may not be compared with other columns");
    }
    has && !traits.partial
}

fn two(judge: &mut Judge<'_>, x: &Term, y: &Term, constant: &Constant) {
    let has_x = needs_grain(judge, &x.1, &x.2);
    let has_y = needs_grain(judge, &y.1, &y.2);
    if !(has_x && has_y) {
        return;
    }
    between_owners(judge, &[x.clone(), y.clone()]);
    if !(factor_allowed(x.0, y.0) || x.2.counted || y.2.counted) {
        judge
            .refusals
            .rule(
                Code::FilterGrain,
                "the factor between two columns must be a multiple of 0.01 from 0.01 to 100",
            )
            .of(x.2.origin.as_ref())
            .at(&x.1);
    }
    let empty = constant.number.is_none() && constant.span.is_zero();
    let offset_allowed = empty
        || [x, y].iter().all(|(c, _, t)| {
            t.filter_grain()
                .is_some_and(|grain| offset_on(grain, *c, constant))
        });
    if !offset_allowed || constant.other || constant.moment.is_some() || constant.text.is_some() {
        judge
            .refusals
            .rule(
                Code::FilterGrain,
                "the offset between two columns must lie on their grid",
            )
            .of(x.2.origin.as_ref())
            .at(&x.1);
    }
}

pub(crate) fn offset_on(grain: &Grain, coefficient: Decimal, constant: &Constant) -> bool {
    let number = constant.number.is_none_or(|n| {
        n.checked_div(coefficient)
            .is_some_and(|n| number_on(grain, n))
    });
    number && (constant.span.is_zero() || span_on(grain, constant.span))
}

/// `c = -c₂/c₁` is a multiple of 0.01 in [0.01, 100], one way round or the other.
fn factor_allowed(a: Decimal, b: Decimal) -> bool {
    let hundredth = Decimal::new(1, 2);
    let fits = |top: Decimal, bottom: Decimal| {
        top.checked_mul(Decimal::from(-1))
            .and_then(|t| t.checked_div(bottom))
            .is_some_and(|c| {
                c.is_multiple_of(hundredth) && c >= hundredth && c <= Decimal::from(100)
            })
    };
    fits(a, b) || fits(b, a)
}

/// Columns of different owners are compared only where both list each other.
fn between_owners(judge: &mut Judge<'_>, terms: &[Term]) {
    for (index, (_, expr, x)) in terms.iter().enumerate() {
        for (_, _, y) in terms.iter().skip(index + 1) {
            if !consents(x, y) {
                judge
                    .refusals
                    .rule(
                        Code::Compare,
                        "their owners have not agreed to compare these columns",
                    )
                    .of(x.origin.as_ref())
                    .at(expr)
                    .help("each column's policy has to list the other owner under `compare`");
            }
        }
    }
}

fn consents(x: &Traits, y: &Traits) -> bool {
    let lists = |from: &Traits, owner, other| {
        from.compare
            .get(owner)
            .is_some_and(|with| with.contains(other))
    };
    x.owners.iter().all(|p| {
        y.owners
            .iter()
            .all(|q| p == q || (lists(x, p, q) && lists(y, q, p)))
    })
}

/// Refuses what a side of the comparison is NULL for: the end of a type, or a divisor, that the question moved off the grid.
fn check_ends(judge: &mut Judge<'_>, (left, right): (&Expr, &Expr), terms: &[Term]) {
    let free = |traits: &Traits| match judge.role {
        Role::Filter => traits.filter == Some(Filter::Grain(Grain::Any)),
        Role::Dimension => traits.dimension == Some(Grain::Any),
    };
    if terms.iter().all(|(_, _, traits)| free(traits)) {
        return;
    }
    let ends = [left, right].map(|side| expression::unrefused(judge, side).partial);
    if let (true, Some((_, expr, traits))) = (ends.contains(&true), terms.first()) {
        judge.refuse(
            traits,
            expr,
            "computed like this it may be NULL, which compares it with another number",
        );
    }
}

/// Conditions on rows of several owners that more rows could undo need consent to negation.
fn check_growth(judge: &mut Judge<'_>, terms: &[Term], op: Operator, polarity: Polarity) {
    let zero = Decimal::from(0);
    let rising = match (op, polarity) {
        (Operator::Gt | Operator::GtEq, Polarity::Positive)
        | (Operator::Lt | Operator::LtEq, Polarity::Negative) => Some(true),
        (Operator::Lt | Operator::LtEq, Polarity::Positive)
        | (Operator::Gt | Operator::GtEq, Polarity::Negative) => Some(false),
        _both_ways => None,
    };
    for (coefficient, expr, traits) in terms {
        let Some(crowded) = traits.crowded else {
            continue;
        };
        let safe = match (crowded.growth, rising) {
            (Growth::Up, Some(rising)) => (*coefficient > zero) == rising,
            (Growth::Down, Some(rising)) => (*coefficient < zero) == rising,
            (Growth::Free, _) | (Growth::Up | Growth::Down, None) => false,
        };
        if !safe {
            refuse_undone(judge.refusals, traits, expr);
        }
    }
}

/// Refuses a condition on rows of several owners that did not consent to negation.
pub(crate) fn refuse_undone(refusals: &mut Refusals, traits: &Traits, expr: &Expr) {
    if traits.crowded.is_some() {
        refusals
            .rule(
                Code::Negation,
                "more rows of another owner could undo this condition",
            )
            .of(traits.origin.as_ref())
            .at(expr)
            .help("compare counts and sums of GROUP BY with >=, or ask the owners for `negation = true`");
    }
}
