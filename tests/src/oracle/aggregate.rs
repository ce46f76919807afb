//! Aggregates over rows, as SQL has them.

use std::collections::BTreeSet;

use super::cells::clamped;
use super::expression::Expr;
use super::number::Number;
use super::plan::{Aggregate, Function};
use super::relation::Row;
use super::value::{Kind, Value};

/// What an aggregate yields.
#[must_use]
pub fn kind(aggregate: &Aggregate, columns: &[Kind]) -> Kind {
    let argument = aggregate
        .argument
        .as_ref()
        .map(|argument| argument.kind(columns));
    match (aggregate.function, argument) {
        (Function::Sum | Function::Min | Function::Max | Function::Shift(_), Some(kind)) => kind,
        (Function::Avg, Some(Kind::Decimal(scale))) => Kind::Decimal(scale + 4),
        _ => Kind::Whole,
    }
}

/// The argument in a row: NULL where FILTER leaves the row out.
#[must_use]
pub fn argument(aggregate: &Aggregate, row: &Row) -> Value {
    if aggregate
        .filter
        .as_ref()
        .is_some_and(|filter| !filter.holds(&row.raw()))
    {
        return Value::Null;
    }
    match &aggregate.argument {
        None => Value::whole(1),
        Some(argument) if counts(aggregate.function) => argument.value(&row.raw()),
        Some(argument) => clamped(argument, row),
    }
}

/// It asks for presence, not for amounts.
#[must_use]
pub fn counts(function: Function) -> bool {
    matches!(
        function,
        Function::Rows | Function::Count | Function::Distinct
    )
}

/// The value over some rows, exact.
#[must_use]
pub fn value(aggregate: &Aggregate, rows: &[&Row]) -> Value {
    let known = rows
        .iter()
        .map(|row| argument(aggregate, row))
        .filter(|value| !value.is_null());
    let known: Vec<Value> = known.collect();
    match aggregate.function {
        Function::Rows | Function::Count => Value::whole(known.len()),
        Function::Distinct => Value::whole(known.iter().collect::<BTreeSet<_>>().len()),
        Function::Min => known.into_iter().min().unwrap_or(Value::Null),
        Function::Max => known.into_iter().max().unwrap_or(Value::Null),
        Function::Shift(_) => known.into_iter().next().unwrap_or(Value::Null),
        Function::Sum => {
            let numbers = known.iter().filter_map(Value::number);
            numbers
                .reduce(Number::plus)
                .map_or(Value::Null, Value::Number)
        }
        moment => panic!("{moment:?} is a release"),
    }
}

/// The mean as its type has it: whole numbers give a real one, decimals four digits more, cut off.
#[must_use]
pub fn mean(numbers: &[Number], kind: Kind) -> Option<Told> {
    let sum = numbers.iter().copied().reduce(Number::plus)?;
    Some(match kind {
        Kind::Decimal(scale) => Told::Value(Value::Number(sum.over(numbers.len(), scale + 4))),
        _ => Told::Real(sum.real() / real(numbers.len())),
    })
}

/// The variance: exact sums, divided at the end.
#[must_use]
pub fn variance(numbers: &[Number], sample: bool) -> Option<f64> {
    let less = usize::from(sample);
    if numbers.len() <= less {
        return None;
    }
    let count = Number::from(i64::try_from(numbers.len()).unwrap());
    let sum = numbers.iter().copied().reduce(Number::plus)?;
    let squares = numbers.iter().map(|n| n.times(*n)).reduce(Number::plus)?;
    let above = squares.times(count).minus(sum.times(sum)).real();
    Some(above / real(numbers.len()) / real(numbers.len() - less))
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An exact one.
    Value(Value),
    /// One that is rounded.
    Real(f64),
}

impl Told {
    /// The exact value; a real one cannot be compared here.
    #[must_use]
    pub fn exact(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Real(_) => Value::Null,
        }
    }

    /// Nothing is told.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Value(Value::Null)
    }
}

/// Whether an argument is a bare unit or key.
#[must_use]
pub fn is_identifier(argument: Option<&Expr>, identifiers: &[bool]) -> bool {
    match argument {
        Some(Expr::Column(at)) => identifiers[*at],
        Some(Expr::Case(arms, _)) => arms
            .iter()
            .any(|(_, then)| is_identifier(Some(then), identifiers)),
        _ => false,
    }
}
