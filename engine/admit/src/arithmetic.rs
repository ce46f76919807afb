//! Sums, products and quotients: the grid that their values lie on, and whether they are measures still.

use datafusion_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use policy::capability::{Filter, Grain};
use policy::number::Decimal;

use crate::constant::{Quantity, constant_quantity};
use crate::expression::{meet_in_place, only_ungridded, opaque_refused};
use crate::function;
use crate::partial;
use crate::predicate::Judge;
use crate::size::{self, Division};
use crate::traits::Traits;

/// A sum or difference.
pub(crate) fn sum(judge: &mut Judge<'_>, binary: &BinaryExpr) -> Traits {
    let left = opaque_refused(judge, &binary.left);
    let right = opaque_refused(judge, &binary.right);
    let mut both = meet_in_place(&left, &binary.left, &right, &binary.right);
    both.mixed |= both.degree.is_some();
    both.from_zero &= binary.op == Operator::Plus;
    if both.dimension != Some(Grain::Any) {
        both.dimension = None;
    }
    // Twice a column has a grid of twice the step.
    let same = left.origin.is_some() && left.origin == right.origin;
    if same && matches!(both.filter, Some(Filter::Grain(Grain::Number(_)))) {
        both.filter = None;
    }
    inexact(
        judge,
        binary,
        partial::arithmetic(judge, binary, (&left, &right), both),
    )
}

/// Floats swallow what is small beside what is large. They lie on no grid, and are measures only while so small that what is
/// swallowed is nothing. Their multiples are read to so many digits, and are no multiples then.
fn inexact(judge: &Judge<'_>, binary: &BinaryExpr, found: Traits) -> Traits {
    let kind = size::type_of(judge, &Expr::BinaryExpr(binary.clone()));
    match kind {
        Some(kind) if kind.is_floating() => {
            let bits = found.bits;
            let found = Traits {
                rounded: found.rounded || found.scaled,
                ..only_ungridded(found)
            };
            size::faithful(&kind, bits, found)
        }
        Some(_exact) => found,
        None => Traits {
            degree: None,
            ..only_ungridded(found)
        },
    }
}

/// A number with the other sign: what was above zero is below it.
pub(crate) fn negative(judge: &mut Judge<'_>, inner: &Expr) -> Traits {
    let found = opaque_refused(judge, inner);
    Traits {
        plain: false,
        scaled: true,
        above_zero: false,
        from_zero: false,
        bounds: None,
        lattice: found.lattice.clone(),
        ..found
    }
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
            let found = partial::arithmetic(judge, binary, (&left, &right), found);
            return inexact(judge, binary, found);
        }
    };
    let found = scaled(side, both, factor);
    let found = partial::arithmetic(judge, binary, (&left, &right), found);
    inexact(judge, binary, found)
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
    let found = if let Some(Quantity::Number(n)) = constant_quantity(&binary.right) {
        let found = match size::division(binary, n, schema.as_ref()) {
            Division::Apart => divided(&left, both, n),
            Division::Cells(width) => function::bucketed(left.clone(), &Grain::Number(width)),
            Division::Unknown => only_ungridded(both),
        };
        Traits {
            rounded: true,
            ..found
        }
    } else {
        // Bounded from both sides it is a measure again.
        let ratio = (is_share(&left, &right) && !whole).then_some((false, false));
        Traits {
            degree: None,
            ratio,
            ..only_ungridded(both)
        }
    };
    let found = partial::quotient(judge, binary, (&left, &right), found);
    inexact(judge, binary, found)
}

/// A value divided by a literal that keeps all values apart.
fn divided(left: &Traits, both: Traits, divisor: Decimal) -> Traits {
    if let Some(factor) = Decimal::from(1).checked_div(divisor) {
        return scaled(left, both, factor);
    }
    match left.filter_grain() {
        Some(Grain::Number(step)) => {
            let grain = step.checked_div(divisor);
            Traits {
                filter: grain.map(|g| Filter::Grain(Grain::Number(g))),
                scaled: true,
                shrunk: left
                    .shrunk
                    .saturating_add(size::quantity_bits(&Quantity::Number(divisor))),
                ..both
            }
        }
        Some(Grain::Any | Grain::Time { .. }) | None => only_ungridded(both),
    }
}

/// Whether a quotient is one of two measures as they stand. It is cut off behind some digits, and a factor in it would choose
/// for which values nothing is left; so would a count above a measure.
fn is_share(left: &Traits, right: &Traits) -> bool {
    let measured = |t: &Traits| t.degree == Some(1) && !t.scaled;
    let counts = right.lattice.is_some();
    let small = !counts || right.bits <= size::OF_COUNT;
    measured(left) && measured(right) && small && (left.lattice.is_none() || counts)
}

/// A value times a literal: its grid grows with it.
fn scaled(side: &Traits, mut both: Traits, factor: Decimal) -> Traits {
    let above_zero = factor > Decimal::from(0);
    both.plain = side.plain && above_zero;
    both.above_zero = side.above_zero && above_zero;
    both.from_zero = side.from_zero && above_zero;
    both.scaled = true;
    both.shrunk = side.shrunk.saturating_add(size::shrinks(factor));
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
