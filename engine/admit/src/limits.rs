//! What a quotient cannot exceed, because the filter just below it says so.
//!
//! A clamp owes support to those whom it clamps. Where `WHERE y >= 1 AND x <= y * 1.02` stands below, nobody is ever
//! clamped by `least(x / y, 1.02)`, whatever the data, and nothing is owed.

use datafusion_common::ExprSchema;
use datafusion_expr::{BinaryExpr, Expr, Operator};
use policy::number::Decimal;

use crate::constant::{Quantity, constant_quantity};
use crate::linear::{Linear, strip};

/// Which side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Least,
    Greatest,
}

/// Conjuncts that hold for every row, and the schema they are over.
pub(crate) struct Facts<'a> {
    pub(crate) all: &'a [Expr],
    pub(crate) schema: &'a dyn ExprSchema,
}

impl Facts<'_> {
    /// A value that the expression is never below (or above), if one is known. NULL it is never then, either.
    pub(crate) fn limit(&self, expr: &Expr, side: Side) -> Option<Decimal> {
        if let Some(Quantity::Number(n)) = constant_quantity(expr) {
            return Some(n);
        }
        match strip(expr, self.schema) {
            Expr::ScalarFunction(call) => {
                let limits = call.args.iter().map(|arg| self.limit(arg, side));
                // Only where all are known is none of them NULL.
                let limits: Vec<Decimal> = limits.collect::<Option<_>>()?;
                match call.func.name() {
                    "greatest" => limits.into_iter().max(),
                    "least" => limits.into_iter().min(),
                    _other => None,
                }
            }
            Expr::BinaryExpr(BinaryExpr {
                left,
                op: Operator::Divide,
                right,
            }) => self.quotient(left, right, side),
            _other => None,
        }
    }

    /// `x / y` for a positive `y` and exact decimals, cut off after four places at the earliest.
    fn quotient(&self, x: &Expr, y: &Expr, side: Side) -> Option<Decimal> {
        use datafusion_expr::ExprSchemable;
        let exact = |e: &Expr| {
            matches!(
                e.get_type(self.schema),
                Ok(arrow::datatypes::DataType::Decimal128(_, _))
            )
        };
        let places = Decimal::new(1, 4);
        let (x, y) = (strip(x, self.schema), strip(y, self.schema));
        if !(exact(x) && exact(y) && self.is_positive(y)) {
            return None;
        }
        let found = self.comparisons().filter_map(|c| c.slope(x, y, side));
        let found = found.filter(|limit| limit.is_multiple_of(places));
        match side {
            Side::Least => found.max(),
            Side::Greatest => found.min(),
        }
    }

    fn is_positive(&self, y: &Expr) -> bool {
        self.comparisons().any(|c| c.is_above_zero(y))
    }

    /// All facts as linear forms that are at least (or more than) zero.
    fn comparisons(&self) -> impl Iterator<Item = AtLeastZero> {
        self.all.iter().flat_map(|fact| self.comparison(fact))
    }

    fn comparison(&self, fact: &Expr) -> Vec<AtLeastZero> {
        let difference =
            |more: &Expr, less: &Expr| AtLeastZero(Linear::of_difference(more, less, self.schema));
        match fact {
            Expr::Between(b) if !b.negated => {
                vec![difference(&b.expr, &b.low), difference(&b.high, &b.expr)]
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::Gt | Operator::GtEq => vec![difference(left, right)],
                Operator::Lt | Operator::LtEq => vec![difference(right, left)],
                _other => Vec::new(),
            },
            _other => Vec::new(),
        }
    }
}

struct AtLeastZero(Linear);

impl AtLeastZero {
    /// `x - c·y >= 0` bounds `x / y` from below by c, `c·y - x >= 0` from above.
    fn slope(&self, x: &Expr, y: &Expr, side: Side) -> Option<Decimal> {
        let [(a, first), (b, second)] = self.0.terms.as_slice() else {
            return None;
        };
        let (of_x, of_y) = match (first == x, second == y, first == y, second == x) {
            (true, true, _, _) => (*a, *b),
            (_, _, true, true) => (*b, *a),
            _others => return None,
        };
        let zero = Decimal::from(0);
        let fits = match side {
            Side::Least => of_x > zero,
            Side::Greatest => of_x < zero,
        };
        let pure = self.0.constant.is_empty();
        (fits && pure).then(|| of_y.checked_mul(Decimal::from(-1))?.checked_div(of_x))?
    }

    /// `y - c >= 0` with c > 0.
    fn is_above_zero(&self, y: &Expr) -> bool {
        let zero = Decimal::from(0);
        let [(a, term)] = self.0.terms.as_slice() else {
            return false;
        };
        term == y && *a > zero && self.0.constant.number.is_some_and(|n| n < zero)
    }
}
