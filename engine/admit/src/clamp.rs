//! Measures enter an aggregate clamped to the bounds that their policy states, also those that a value computed further
//! down is made of. Predicates and keys see values as they stand, so a computed value is carried twice.

use arrow::datatypes::DataType;
use datafusion_common::{Column, DFSchema, ScalarValue};
use datafusion_expr::expr::Case;
use datafusion_expr::{Cast, Expr, ExprSchemable, TryCast, lit};
use policy::capability::Bounds;
use policy::number::Decimal;

use crate::conjunct::unaliased;
use crate::relation::Rel;

/// What enters aggregates in the expression's stead, where that is another value and no bounds of a bare column say so.
pub(crate) fn in_its_stead(expr: &Expr, rel: &Rel) -> Option<Expr> {
    let bare = unaliased(expr);
    if let Expr::Column(column) = bare {
        return carried(column, rel).map(Expr::Column);
    }
    let clamped = clamped(bare, rel);
    (clamped != *bare).then_some(clamped)
}

fn carried(column: &Column, rel: &Rel) -> Option<Column> {
    rel.col(column).and_then(|col| col.clamped.clone())
}

/// The expression with every measure column in value position clamped.
pub(crate) fn clamped(expr: &Expr, rel: &Rel) -> Expr {
    let again = |e: &Expr| Box::new(clamped(e, rel));
    match expr {
        Expr::Column(column) => match (
            carried(column, rel),
            rel.col(column).and_then(|c| c.traits.bounds),
        ) {
            (Some(instead), _) => Expr::Column(instead),
            (None, Some(bounds)) => clamp_column(expr, bounds, rel.plan.schema()),
            (None, None) => expr.clone(),
        },
        Expr::BinaryExpr(binary) => {
            let mut binary = binary.clone();
            if binary.op.is_numerical_operators() {
                binary.left = again(&binary.left);
                binary.right = again(&binary.right);
            }
            Expr::BinaryExpr(binary)
        }
        Expr::Case(case) => Expr::Case(Case {
            expr: case.expr.clone(),
            when_then_expr: case
                .when_then_expr
                .iter()
                .map(|(when, then)| (when.clone(), again(then)))
                .collect(),
            else_expr: case.else_expr.as_deref().map(again),
        }),
        Expr::Cast(cast) => Expr::Cast(Cast {
            expr: again(&cast.expr),
            field: std::sync::Arc::clone(&cast.field),
        }),
        Expr::TryCast(cast) => Expr::TryCast(TryCast {
            expr: again(&cast.expr),
            field: std::sync::Arc::clone(&cast.field),
        }),
        Expr::Negative(inner) => Expr::Negative(again(inner)),
        Expr::Alias(alias) => clamped(&alias.expr, rel),
        Expr::ScalarFunction(call) => {
            let mut call = call.clone();
            call.args = call.args.iter().map(|arg| clamped(arg, rel)).collect();
            Expr::ScalarFunction(call)
        }
        other => other.clone(),
    }
}

fn clamp_column(column: &Expr, bounds: Bounds, schema: &DFSchema) -> Expr {
    let Ok(kind) = column.get_type(schema) else {
        return column.clone();
    };
    let mut arms = Vec::new();
    if let Some(low) = literal(bounds.low, &kind, true) {
        arms.push((
            Box::new(column.clone().lt(lit(low.clone()))),
            Box::new(lit(low)),
        ));
    }
    if let Some(high) = literal(bounds.high, &kind, false) {
        arms.push((
            Box::new(column.clone().gt(lit(high.clone()))),
            Box::new(lit(high)),
        ));
    }
    if arms.is_empty() {
        return column.clone();
    }
    Expr::Case(Case {
        expr: None,
        when_then_expr: arms,
        else_expr: Some(Box::new(column.clone())),
    })
}

/// The bound in the column's type, rounded inwards; `None` when the type cannot exceed it.
fn literal(bound: Decimal, kind: &DataType, up: bool) -> Option<ScalarValue> {
    match kind {
        DataType::Decimal128(precision, scale) => {
            let scale_u8 = u8::try_from(*scale).ok()?;
            let mantissa = rounded(bound, scale_u8, up)?;
            let limit = 10_i128.checked_pow(u32::from(*precision))?;
            (mantissa.checked_abs()? < limit).then_some(ScalarValue::Decimal128(
                Some(mantissa),
                *precision,
                *scale,
            ))
        }
        DataType::Float64 | DataType::Float32 => {
            let value: f64 = bound.to_string().parse().ok()?;
            ScalarValue::Float64(Some(value)).cast_to(kind).ok()
        }
        integer if integer.is_integer() => {
            let whole = i64::try_from(rounded(bound, 0, up)?).ok()?;
            ScalarValue::Int64(Some(whole))
                .cast_to(integer)
                .ok()
                .filter(|v| !v.is_null())
        }
        _no_number => None,
    }
}

fn rounded(bound: Decimal, scale: u8, up: bool) -> Option<i128> {
    if let Some(exact) = bound.at_scale(scale) {
        return Some(exact);
    }
    let lost = bound.scale().checked_sub(scale)?;
    let divisor = 10_i128.checked_pow(u32::from(lost))?;
    let floor = bound.mantissa().div_euclid(divisor);
    Some(if up { floor.checked_add(1)? } else { floor })
}
