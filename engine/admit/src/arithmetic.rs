//! Sums, products and quotients: the grid that their values lie on, and whether they are measures still.

use datafusion_expr::{BinaryExpr, ExprSchemable};
use policy::capability::{Filter, Grain};
use policy::number::Decimal;

use crate::constant::{Quantity, constant_quantity};
use crate::expression::{meet_in_place, only_ungridded, opaque_refused};
use crate::function;
use crate::partial;
use crate::predicate::Judge;
use crate::traits::Traits;

/// A sum or difference.
pub(crate) fn sum(judge: &mut Judge<'_>, binary: &BinaryExpr) -> Traits {
    let left = opaque_refused(judge, &binary.left);
    let right = opaque_refused(judge, &binary.right);
    let mut both = meet_in_place(&left, &binary.left, &right, &binary.right);
    both.mixed |= both.degree.is_some();
    if both.dimension != Some(Grain::Any) {
        both.dimension = None;
    }
    // Twice a column has a grid of twice the step.
    let same = left.origin.is_some() && left.origin == right.origin;
    if same && matches!(both.filter, Some(Filter::Grain(Grain::Number(_)))) {
        both.filter = None;
    }
    partial::arithmetic(judge, binary, (&left, &right), both)
}

/// A product.
pub(crate) fn product(judge: &mut Judge<'_>, binary: &BinaryExpr) -> Traits {
    let left = opaque_refused(judge, &binary.left);
    let right = opaque_refused(judge, &binary.right);
    let both = left.meet(&right);
    let (side, factor) = match (
        constant_quantity(&binary.left),
        constant_quantity(&binary.right),
    ) {
        (Some(Quantity::Number(n)), _) => (&right, n),
        (_, Some(Quantity::Number(n))) => (&left, n),
        _no_literal => {
            let degree = left
                .degree
                .zip(right.degree)
                .map(|(a, b)| a.saturating_add(b));
            let found = Traits {
                degree,
                ..only_ungridded(both)
            };
            return partial::arithmetic(judge, binary, (&left, &right), found);
        }
    };
    let found = scaled(side, both, factor);
    partial::arithmetic(judge, binary, (&left, &right), found)
}

/// A quotient.
pub(crate) fn quotient(judge: &mut Judge<'_>, binary: &BinaryExpr) -> Traits {
    let left = opaque_refused(judge, &binary.left);
    let right = opaque_refused(judge, &binary.right);
    let both = left.meet(&right);
    let schema = std::sync::Arc::clone(judge.rel.plan.schema());
    let whole = binary
        .left
        .get_type(schema.as_ref())
        .is_ok_and(|kind| kind.is_integer());
    let found = match constant_quantity(&binary.right) {
        Some(Quantity::Number(n)) if whole => function::bucketed(left.clone(), &Grain::Number(n)),
        Some(Quantity::Number(n)) => match Decimal::from(1).checked_div(n) {
            Some(factor) => scaled(&left, both, factor),
            None => match left.filter_grain() {
                Some(Grain::Number(step)) => {
                    let grain = step.checked_div(n).map(|g| Filter::Grain(Grain::Number(g)));
                    Traits {
                        filter: grain,
                        ..both
                    }
                }
                Some(Grain::Any | Grain::Time { .. }) | None => only_ungridded(both),
            },
        },
        Some(_) | None => {
            // Bounded from both sides it is a measure again.
            let measured = |t: &Traits| t.degree.is_some_and(|d| d <= 1);
            let ratio = (measured(&left) && measured(&right) && !whole).then_some((false, false));
            Traits {
                degree: None,
                ratio,
                ..only_ungridded(both)
            }
        }
    };
    partial::quotient(judge, binary, (&left, &right), found)
}

/// A value times a literal: its grid grows with it.
fn scaled(side: &Traits, mut both: Traits, factor: Decimal) -> Traits {
    both.plain = side.plain && factor.mantissa() != 0;
    both.lattice = match &side.lattice {
        Some(Grain::Number(step)) => step.checked_mul(factor).map(|g| Grain::Number(g.abs())),
        Some(Grain::Any | Grain::Time { .. }) | None => None,
    };
    both.filter = match side.filter_grain() {
        Some(Grain::Any) => Some(Filter::Grain(Grain::Any)),
        Some(Grain::Number(step)) => step
            .checked_mul(factor)
            .map(|g| Filter::Grain(Grain::Number(g.abs()))),
        Some(Grain::Time { .. }) | None => None,
    };
    if both.dimension != Some(Grain::Any) {
        both.dimension = None;
    }
    both
}
