//! What would be allowed instead of a comparison or group key that is not: in SQL, to be put in its place.

use arrow::datatypes::DataType;
use chrono::{Datelike, Months, NaiveDateTime, TimeDelta};
use datafusion_common::{Column, DFSchema};
use datafusion_expr::{Expr, ExprSchemable, Operator};
use policy::capability::{Grain, Literal, TimeUnit};
use policy::number::Decimal;

use crate::grain::{cell_months, cell_seconds};

/// A column as the question may write it; `None` where its name alone is not clear.
pub(crate) fn written(expr: &Expr, schema: &DFSchema) -> Option<String> {
    let Expr::Column(column) = expr else {
        return None;
    };
    let alone = schema.fields_with_unqualified_name(&column.name).len() == 1;
    let name = quoted(&column.name);
    match (&column.relation, alone) {
        (_, true) => Some(name),
        (Some(relation), false) if relation.schema().is_none() => {
            Some(format!("{}.{name}", quoted(relation.table())))
        }
        (Some(_) | None, false) => None,
    }
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    Column::from_name(name).quoted_flat_name()
}

/// Conditions on a column that are next to one whose literal lies off the grid.
pub(crate) fn conditions(
    column: &Expr,
    schema: &DFSchema,
    op: Operator,
    [low, high]: &[String; 2],
) -> Option<String> {
    let name = written(column, schema)?;
    let sign = match op {
        Operator::Eq => return Some(format!("`{name} >= {low} AND {name} < {high}`")),
        Operator::NotEq => "<>",
        Operator::Lt => "<",
        Operator::LtEq => "<=",
        Operator::Gt => ">",
        Operator::GtEq => ">=",
        _other => return None,
    };
    Some(format!("`{name} {sign} {low}` or `{name} {sign} {high}`"))
}

/// The same comparison with its sides swapped.
pub(crate) fn turned(op: Operator) -> Operator {
    match op {
        Operator::Lt => Operator::Gt,
        Operator::LtEq => Operator::GtEq,
        Operator::Gt => Operator::Lt,
        Operator::GtEq => Operator::LtEq,
        same => same,
    }
}

/// The numbers of a grid below and above one that is not on it.
pub(crate) fn numbers(grain: &Grain, value: Decimal) -> Option<[String; 2]> {
    let Grain::Number(step) = grain else {
        return None;
    };
    let scale = step.scale().max(value.scale());
    let (step, value) = (step.at_scale(scale)?, value.at_scale(scale)?);
    let cells = value.checked_div_euclid(step)?;
    let low = cells.checked_mul(step)?;
    let high = low.checked_add(step)?;
    Some([low, high].map(|mantissa| Decimal::new(mantissa, scale).to_string()))
}

/// The moments of a grid before and after one that is not on it, as literals of the column's type.
pub(crate) fn moments(
    grain: &Grain,
    at: NaiveDateTime,
    column: &Expr,
    schema: &DFSchema,
) -> Option<[String; 2]> {
    let Grain::Time { count, unit } = grain else {
        return None;
    };
    let [low, high] = around(*count, *unit, at)?;
    let written = |moment: NaiveDateTime| match column.get_type(schema).ok()? {
        DataType::Date32 => Some(format!("DATE '{}'", moment.format("%Y-%m-%d"))),
        DataType::Timestamp(_, _) => Some(format!(
            "TIMESTAMP '{}'",
            moment.format("%Y-%m-%d %H:%M:%S")
        )),
        _other => None,
    };
    Some([written(low)?, written(high)?])
}

fn around(count: u32, unit: TimeUnit, at: NaiveDateTime) -> Option<[NaiveDateTime; 2]> {
    if let Some((width, shift)) = cell_seconds(count, unit) {
        let since = at.and_utc().timestamp();
        let into = since.checked_add(shift)?.checked_rem_euclid(width)?;
        let low = chrono::DateTime::from_timestamp(since.checked_sub(into)?, 0)?.naive_utc();
        return Some([low, low.checked_add_signed(TimeDelta::seconds(width))?]);
    }
    let width = cell_months(count, unit)?;
    let index = i64::from(at.year()) * 12 + i64::from(at.month0());
    let into = u32::try_from(index.checked_rem_euclid(width)?).ok()?;
    let first = at
        .date()
        .with_day(1)?
        .checked_sub_months(Months::new(into))?;
    let next = first.checked_add_months(Months::new(u32::try_from(width).ok()?))?;
    Some([first.and_hms_opt(0, 0, 0)?, next.and_hms_opt(0, 0, 0)?])
}

/// The agreed values, as a condition.
pub(crate) fn one_of(column: &Expr, schema: &DFSchema, values: &[Literal]) -> Option<String> {
    const MOST: usize = 8;
    let name = written(column, schema)?;
    let literal = |value: &Literal| match value {
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::Number(number) => number.to_string(),
        Literal::Bool(flag) => flag.to_string(),
    };
    let few: Vec<String> = values.iter().take(MOST).map(literal).collect();
    (!few.is_empty()).then(|| format!("`{name} IN ({})`", few.join(", ")))
}

/// A column truncated to a grain.
pub(crate) fn truncated(column: &str, grain: &Grain) -> Option<String> {
    let name = quoted(column);
    match grain {
        Grain::Any => Some(format!("`{name}`")),
        Grain::Number(step) => Some(format!("`floor({name} / {step}) * {step}`")),
        Grain::Time { count: 1, unit } => Some(format!("`date_trunc('{unit}', {name})`")),
        Grain::Time { .. } => None,
    }
}
