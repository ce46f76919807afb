//! Constants that the question chose, behind the back of the grid.
//!
//! A literal is compared with a gridded column only on its grid. A literal that goes through a column first (a
//! projection, VALUES, CASE, a count times a factor, a public table) is the same literal: what a gridded quantity is
//! compared with is either nobody's choice (columns and their aggregates), or on its grid whatever the data.

use datafusion_expr::Expr;
use policy::capability::Grain;
use policy::denial::Code;
use policy::number::Decimal;

use crate::comparison::{Term, offset_on};
use crate::constant::Quantity;
use crate::grain::{moment_on, nests, number_on};
use crate::linear::Constant;
use crate::predicate::{Judge, Role};
use crate::refusals::Explain;
use crate::traits::Traits;

/// Refuses a comparison in which a gridded quantity meets a value that the question may have chosen off its grid.
pub(crate) fn check(judge: &mut Judge<'_>, terms: &[Term], constant: &Constant) {
    if judge.role == Role::Dimension {
        return;
    }
    for (index, (coefficient, expr, traits)) in terms.iter().enumerate() {
        let Some(grain) = traits.filter_grain().filter(|grain| **grain != Grain::Any) else {
            continue;
        };
        let others = terms
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        let fit = others.map(|(_, term)| term).all(|(factor, _, other)| {
            Against {
                grain,
                coefficient: *coefficient,
                factor: *factor,
            }
            .fits(other)
        });
        if !(fit && offset_on(grain, *coefficient, constant)) {
            refuse(judge, expr, traits, grain);
        }
    }
}

fn refuse(judge: &mut Judge<'_>, expr: &Expr, traits: &Traits, grain: &Grain) {
    judge
        .refusals
        .rule(
            Code::FilterGrain,
            format!("it is compared with a value that need not lie on its grid ({grain})"),
        )
        .of(traits.origin.as_ref())
        .at(expr)
        .help(format!(
            "compare it with a column, or with whole multiples of {grain}"
        ));
}

/// A gridded quantity, `coefficient` times, against another, `factor` times.
struct Against<'a> {
    grain: &'a Grain,
    coefficient: Decimal,
    factor: Decimal,
}

impl Against<'_> {
    fn fits(&self, other: &Traits) -> bool {
        // A factor further down is one that nobody has looked at.
        if other.plain && !other.scaled {
            return true;
        }
        if let Some(known) = &other.known {
            return known.iter().all(|value| self.constant_fits(value));
        }
        match (&other.lattice, other.filter_grain()) {
            (Some(cells), _) => self.cells_fit(cells),
            (None, Some(cells)) if *cells != Grain::Any => self.cells_fit(cells),
            (None, _) => false,
        }
    }

    fn constant_fits(&self, value: &Quantity) -> bool {
        match value {
            Quantity::Null => true,
            Quantity::Number(n) => self.scaled(*n).is_some_and(|n| number_on(self.grain, n)),
            Quantity::Moment(at) => self.is_plain_difference() && moment_on(self.grain, *at),
            Quantity::Bool(_) | Quantity::Text(_) | Quantity::Span(_) | Quantity::Other => false,
        }
    }

    /// Whether all multiples of these cells, times the factor, are on the grid.
    fn cells_fit(&self, cells: &Grain) -> bool {
        match (self.grain, cells) {
            (Grain::Number(step), Grain::Number(n)) => self
                .scaled(*n)
                .is_some_and(|n| n.abs().is_multiple_of(*step)),
            (Grain::Time { .. }, Grain::Time { .. }) => {
                self.is_plain_difference() && nests(self.grain, cells)
            }
            (Grain::Any | Grain::Number(_) | Grain::Time { .. }, _) => false,
        }
    }

    fn scaled(&self, n: Decimal) -> Option<Decimal> {
        n.checked_mul(self.factor)?.checked_div(self.coefficient)
    }

    fn is_plain_difference(&self) -> bool {
        self.factor.checked_mul(Decimal::from(-1)) == Some(self.coefficient)
    }
}
