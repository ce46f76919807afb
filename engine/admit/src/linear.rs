//! Comparisons brought to one form: a weighted sum of quantities against a constant.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion_common::ExprSchema;
use datafusion_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use policy::number::Decimal;

use crate::constant::{Quantity, constant_quantity};
use crate::grain::Span;
use crate::size::{self, Division};

/// `Σ coefficient · term + constant`, everything on the left of a comparison with zero.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    /// Leaves that are no sums: columns, function calls, CASE.
    pub(crate) terms: Vec<(Decimal, Expr)>,
    /// The constant, by kind.
    pub(crate) constant: Constant,
}

/// The constant of a linear form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Constant {
    pub(crate) number: Option<Decimal>,
    pub(crate) moment: Option<chrono::NaiveDateTime>,
    pub(crate) span: Span,
    pub(crate) text: Option<String>,
    pub(crate) truth: Option<bool>,
    pub(crate) null: bool,
    pub(crate) other: bool,
}

impl Constant {
    /// Whether there is none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.number.is_none_or(|n| n.mantissa() == 0)
            && self.moment.is_none()
            && self.span.is_zero()
            && self.text.is_none()
            && self.truth.is_none()
            && !self.null
            && !self.other
    }
}

/// Removes aliases and casts that lose nothing.
pub(crate) fn strip<'a>(expr: &'a Expr, schema: &dyn ExprSchema) -> &'a Expr {
    match expr {
        Expr::Alias(alias) => strip(&alias.expr, schema),
        Expr::Cast(cast) => {
            let from = cast.expr.get_type(schema).ok();
            match from {
                Some(from) if is_widening(&from, cast.field.data_type()) => {
                    strip(&cast.expr, schema)
                }
                Some(_) | None => expr,
            }
        }
        other => other,
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// Digits before the point that an integer type can hold.
fn whole_digits(kind: &DataType) -> Option<i16> {
    match kind {
        DataType::Int8 | DataType::UInt8 => Some(3),
        DataType::Int16 | DataType::UInt16 => Some(5),
        DataType::Int32 | DataType::UInt32 => Some(10),
        DataType::Int64 => Some(19),
        DataType::UInt64 => Some(20),
        DataType::Decimal128(precision, scale) => {
            Some(i16::from(*precision).saturating_sub(i16::from(*scale)))
        }
        _no_number => None,
    }
}

/// Whether a cast keeps every value apart from every other: no truncation, no float of an exact number.
pub(crate) fn is_widening(from: &DataType, to: &DataType) -> bool {
    if from == to || (is_text(from) && is_text(to)) {
        return true;
    }
    match (from, to) {
        (DataType::Dictionary(_, value), _) => is_widening(value, to),
        (DataType::Date32 | DataType::Date64, DataType::Timestamp(_, None))
        | (DataType::Float32, DataType::Float64) => true,
        (DataType::Timestamp(from, None), DataType::Timestamp(to, None)) => {
            fineness(*from) <= fineness(*to)
        }
        (_, DataType::Decimal128(_, to_scale)) => {
            let from_scale = match from {
                DataType::Decimal128(_, scale) => *scale,
                _integer => 0,
            };
            match (whole_digits(from), whole_digits(to)) {
                (Some(from_digits), Some(to_digits)) => {
                    from_scale <= *to_scale && from_digits <= to_digits
                }
                (None, _) | (_, None) => false,
            }
        }
        _integers if from.is_integer() && to.is_integer() => {
            let (from_digits, to_digits) = (whole_digits(from), whole_digits(to));
            match (from.is_unsigned_integer(), to.is_unsigned_integer()) {
                (false, true) => false,
                (true, false) => from_digits < to_digits,
                (true, true) | (false, false) => from_digits <= to_digits,
            }
        }
        _narrowing => false,
    }
}

/// A moment in coarser units is that of many.
fn fineness(unit: TimeUnit) -> u8 {
    match unit {
        TimeUnit::Second => 0,
        TimeUnit::Millisecond => 1,
        TimeUnit::Microsecond => 2,
        TimeUnit::Nanosecond => 3,
    }
}

impl Linear {
    /// `left - right`.
    pub(crate) fn of_difference(left: &Expr, right: &Expr, schema: &dyn ExprSchema) -> Self {
        let mut form = Self {
            terms: Vec::new(),
            constant: Constant::default(),
        };
        form.add(left, Decimal::from(1), schema);
        form.add(right, Decimal::from(-1), schema);
        form.terms
            .retain(|(coefficient, _)| *coefficient != Decimal::from(0));
        form
    }

    fn add(&mut self, expr: &Expr, factor: Decimal, schema: &dyn ExprSchema) {
        if let Some(value) = constant_quantity(expr) {
            self.add_constant(value, factor);
            return;
        }
        let bare = strip(expr, schema);
        match bare {
            Expr::Negative(inner) => {
                if let Some(negated) = factor.checked_mul(Decimal::from(-1)) {
                    return self.add(inner, negated, schema);
                }
            }
            Expr::BinaryExpr(binary)
                if is_exact(bare, schema) && self.add_binary(binary, factor, schema) =>
            {
                return;
            }
            _leaf => {}
        }
        self.add_term(bare, factor);
    }

    fn add_binary(
        &mut self,
        binary: &BinaryExpr,
        factor: Decimal,
        schema: &dyn ExprSchema,
    ) -> bool {
        let (left, right) = (binary.left.as_ref(), binary.right.as_ref());
        let number = |e: &Expr| match constant_quantity(e) {
            Some(Quantity::Number(n)) => Some(n),
            Some(_) | None => None,
        };
        let scaled = match binary.op {
            Operator::Plus => {
                self.add(left, factor, schema);
                self.add(right, factor, schema);
                return true;
            }
            Operator::Minus => {
                let Some(negated) = factor.checked_mul(Decimal::from(-1)) else {
                    return false;
                };
                self.add(left, factor, schema);
                self.add(right, negated, schema);
                return true;
            }
            Operator::Multiply => match (number(left), number(right)) {
                (Some(n), _) => factor.checked_mul(n).map(|f| (right, f)),
                (_, Some(n)) => factor.checked_mul(n).map(|f| (left, f)),
                (None, None) => None,
            },
            Operator::Divide => number(right)
                .filter(|n| size::division(binary, *n, schema) == Division::Apart)
                .and_then(|n| factor.checked_div(n))
                .map(|f| (left, f)),
            _other => None,
        };
        if let Some((inner, factor)) = scaled {
            self.add(inner, factor, schema);
        }
        scaled.is_some()
    }

    fn add_term(&mut self, expr: &Expr, factor: Decimal) {
        let same = self.terms.iter_mut().find(|(_, term)| term == expr);
        match same {
            Some((coefficient, _)) => {
                let scale = coefficient.scale().max(factor.scale());
                if let (Some(a), Some(b)) = (coefficient.at_scale(scale), factor.at_scale(scale)) {
                    *coefficient = Decimal::new(a.saturating_add(b), scale);
                }
            }
            None => self.terms.push((factor, expr.clone())),
        }
    }

    fn add_constant(&mut self, value: Quantity, factor: Decimal) {
        let unit = factor == Decimal::from(1) || factor == Decimal::from(-1);
        let sign = if factor < Decimal::from(0) { -1 } else { 1 };
        match value {
            Quantity::Number(n) => {
                let sum = factor
                    .checked_mul(n)
                    .and_then(|n| match self.constant.number {
                        None => Some(n),
                        Some(before) => {
                            let scale = before.scale().max(n.scale());
                            let total = before.at_scale(scale)?.checked_add(n.at_scale(scale)?)?;
                            Some(Decimal::new(total, scale))
                        }
                    });
                self.constant.other |= sum.is_none();
                self.constant.number = sum;
            }
            Quantity::Moment(at) if unit && self.constant.moment.is_none() => {
                self.constant.moment = Some(at);
            }
            Quantity::Span(span) if unit => {
                let total = &mut self.constant.span;
                total.months = total
                    .months
                    .saturating_add(span.months.saturating_mul(sign));
                total.seconds = total
                    .seconds
                    .saturating_add(span.seconds.saturating_mul(sign));
                total.nanos = total.nanos.saturating_add(span.nanos.saturating_mul(sign));
            }
            Quantity::Text(text) => self.constant.text = Some(text),
            Quantity::Bool(truth) => self.constant.truth = Some(truth),
            Quantity::Null => self.constant.null = true,
            Quantity::Moment(_) | Quantity::Span(_) | Quantity::Other => {
                self.constant.other = true;
            }
        }
    }
}

/// Whether arithmetic is what it is on paper: floats round.
fn is_exact(expr: &Expr, schema: &dyn ExprSchema) -> bool {
    expr.get_type(schema).is_ok_and(|kind| !kind.is_floating())
}
