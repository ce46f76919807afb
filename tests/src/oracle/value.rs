//! Values, and comparison with three outcomes.

use std::cmp::Ordering;

use super::calendar;
use super::number::Number;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Whole,
    /// Decimals with so many digits behind the point.
    Decimal(u32),
    /// Truth values.
    Truth,
    /// Moments.
    Moment,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing known.
    Null,
    /// TRUE or FALSE.
    Truth(bool),
    /// A number, whole or not.
    Number(Number),
    /// A text.
    Text(String),
    /// A moment in microseconds since 1970.
    Moment(i64),
}

impl Value {
    /// A whole number.
    #[must_use]
    pub fn whole(value: usize) -> Self {
        Self::Number(Number::new(i128::try_from(value).unwrap(), 0))
    }

    /// A text.
    #[must_use]
    pub fn text(value: &str) -> Self {
        Self::Text(value.to_owned())
    }

    /// Nothing known?
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth, if it is known.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Truth(truth) => Some(*truth),
            Self::Null => None,
            other => panic!("{other:?} is no truth value"),
        }
    }

    /// From a truth that may be unknown.
    #[must_use]
    pub fn of_truth(truth: Option<bool>) -> Self {
        truth.map_or(Self::Null, Self::Truth)
    }

    /// Order; unknown if either is.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        (!self.is_null() && !other.is_null()).then(|| self.cmp(other))
    }

    /// As a literal of SQL.
    #[must_use]
    pub fn literal(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Truth(truth) => truth.to_string().to_uppercase(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Moment(at) => format!("TIMESTAMP '{}'", calendar::text(*at, ' ')),
        }
    }
}
