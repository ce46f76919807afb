//! Expressions over a row, and the branches in them.

use std::cmp::Ordering;

use super::calendar;
use super::value::{Kind, Value};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// What is done to two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A column by its position.
    Column(usize),
    /// A literal.
    Literal(Value),
    /// A comparison.
    Compare(Op, Box<Expr>, Box<Expr>),
    /// Both.
    And(Box<Expr>, Box<Expr>),
    /// Either.
    Or(Box<Expr>, Box<Expr>),
    /// Not.
    Not(Box<Expr>),
    /// `IS NULL`.
    IsNull(Box<Expr>),
    /// `IN (literals)`.
    In(Box<Expr>, Vec<Value>),
    /// `BETWEEN low AND high`.
    Between(Box<Expr>, Value, Value),
    /// `LIKE 'prefix%'`.
    Prefix(Box<Expr>, String),
    /// `CASE WHEN … THEN … ELSE … END`.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// Arithmetic.
    Math(Sum, Box<Expr>, Box<Expr>),
    /// `date_trunc('month', …)`.
    Month(Box<Expr>),
}

/// An arm of a CASE that may owe support: the rows that take it, and whether it yields a literal 0.
#[derive(Debug, Clone)]
pub struct Branch {
    guards: Vec<(Expr, bool)>,
    /// It adds nothing to a sum.
    pub zero: bool,
}

/// What a column is called or which value it has, by position.
pub type Row<'a> = dyn Fn(usize) -> Value + 'a;

impl Expr {
    /// A comparison with a literal.
    #[must_use]
    pub fn against(self, op: Op, value: Value) -> Self {
        Self::Compare(op, Box::new(self), Box::new(Self::Literal(value)))
    }

    /// Its value in a row.
    #[must_use]
    pub fn value(&self, row: &Row<'_>) -> Value {
        match self {
            Self::Column(at) => row(*at),
            Self::Literal(value) => value.clone(),
            Self::Case(arms, otherwise) => {
                let taken = arms.iter().find(|(when, _)| when.holds(row));
                let value = taken.map(|(_, then)| then).or(otherwise.as_deref());
                value.map_or(Value::Null, |value| value.value(row))
            }
            Self::Math(sum, left, right) => {
                let both = left.value(row).number().zip(right.value(row).number());
                both.map_or(Value::Null, |(a, b)| {
                    Value::Number(match sum {
                        Sum::Plus => a.plus(b),
                        Sum::Minus => a.minus(b),
                        Sum::Times => a.times(b),
                    })
                })
            }
            Self::Month(inner) => match inner.value(row) {
                Value::Moment(at) => Value::Moment(calendar::month(at)),
                _ => Value::Null,
            },
            predicate => Value::of_truth(predicate.truth(row)),
        }
    }

    /// Its value where it is a predicate, with three outcomes.
    #[must_use]
    pub fn truth(&self, row: &Row<'_>) -> Option<bool> {
        match self {
            Self::Compare(op, left, right) => {
                let order = left.value(row).compare(&right.value(row))?;
                Some(match op {
                    Op::Eq => order == Ordering::Equal,
                    Op::Ne => order != Ordering::Equal,
                    Op::Lt => order == Ordering::Less,
                    Op::Le => order != Ordering::Greater,
                    Op::Gt => order == Ordering::Greater,
                    Op::Ge => order != Ordering::Less,
                })
            }
            Self::And(left, right) => match (left.truth(row), right.truth(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.truth(row), right.truth(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(inner) => inner.truth(row).map(|truth| !truth),
            Self::IsNull(inner) => Some(inner.value(row).is_null()),
            Self::In(inner, values) => {
                let value = inner.value(row);
                if value.is_null() {
                    None
                } else if values.contains(&value) {
                    Some(true)
                } else if values.contains(&Value::Null) {
                    None
                } else {
                    Some(false)
                }
            }
            Self::Between(inner, low, high) => {
                let low = inner.clone().against(Op::Ge, low.clone());
                let high = inner.clone().against(Op::Le, high.clone());
                Self::And(Box::new(low), Box::new(high)).truth(row)
            }
            Self::Prefix(inner, prefix) => match inner.value(row) {
                Value::Text(text) => Some(text.starts_with(prefix)),
                _ => None,
            },
            other => other.value(row).truth(),
        }
    }

    /// True, and known to be.
    #[must_use]
    pub fn holds(&self, row: &Row<'_>) -> bool {
        self.truth(row) == Some(true)
    }

    /// The expressions directly in it.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Column(_) | Self::Literal(_) => vec![],
            Self::Compare(_, a, b) | Self::And(a, b) | Self::Or(a, b) | Self::Math(_, a, b) => {
                vec![a, b]
            }
            Self::Not(a)
            | Self::IsNull(a)
            | Self::In(a, _)
            | Self::Between(a, _, _)
            | Self::Prefix(a, _)
            | Self::Month(a) => vec![a],
            Self::Case(arms, otherwise) => {
                let arms = arms.iter().flat_map(|(when, then)| [when, then]);
                arms.chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// The columns it reads.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Self::Column(at) => vec![*at],
            other => other
                .children()
                .into_iter()
                .flat_map(Self::columns)
                .collect(),
        }
    }

    /// What it yields.
    #[must_use]
    pub fn kind(&self, columns: &[Kind]) -> Kind {
        match self {
            Self::Column(at) => columns[*at],
            Self::Literal(value) => match value {
                Value::Null | Value::Text(_) => Kind::Text,
                Value::Truth(_) => Kind::Truth,
                Value::Moment(_) => Kind::Moment,
                Value::Number(number) => {
                    let scale = (0..38).find(|scale| {
                        super::number::Number::new(number.at(*scale), *scale) == *number
                    });
                    scale
                        .filter(|scale| *scale > 0)
                        .map_or(Kind::Whole, Kind::Decimal)
                }
            },
            Self::Case(arms, otherwise) => {
                let values = arms
                    .iter()
                    .map(|(_, then)| then)
                    .chain(otherwise.as_deref());
                let known = values.filter(|value| **value != Self::Literal(Value::Null));
                known
                    .map(|value| value.kind(columns))
                    .reduce(wider)
                    .unwrap_or(Kind::Text)
            }
            Self::Math(Sum::Times, a, b) => match (a.kind(columns), b.kind(columns)) {
                (Kind::Decimal(a), Kind::Decimal(b)) => Kind::Decimal(a + b),
                (a, b) => wider(a, b),
            },
            Self::Math(_, a, b) => wider(a.kind(columns), b.kind(columns)),
            Self::Month(_) => Kind::Moment,
            _ => Kind::Truth,
        }
    }

    /// The arms that owe support: all but those that yield NULL.
    #[must_use]
    pub fn branches(&self) -> Vec<Branch> {
        let mut found = Vec::new();
        self.collect(&[], true, &mut found);
        found
    }

    /// `bare`: a literal 0 of an arm is what the whole expression comes to.
    fn collect(&self, given: &[(Expr, bool)], bare: bool, found: &mut Vec<Branch>) {
        let Self::Case(arms, otherwise) = self else {
            let bare = bare && matches!(self, Self::Math(Sum::Times, _, _));
            self.children()
                .into_iter()
                .for_each(|child| child.collect(given, bare, found));
            return;
        };
        let mut before = given.to_vec();
        for (when, then) in arms {
            when.collect(given, false, found);
            let mut guards = before.clone();
            guards.push((when.clone(), true));
            then.arm(guards, bare, found);
            before.push((when.clone(), false));
        }
        if let Some(otherwise) = otherwise {
            otherwise.arm(before, bare, found);
        }
    }

    fn arm(&self, guards: Vec<(Expr, bool)>, bare: bool, found: &mut Vec<Branch>) {
        if *self == Self::Literal(Value::Null) {
            return;
        }
        self.collect(&guards, bare, found);
        let zero = matches!(self, Self::Literal(Value::Number(number)) if number.is_zero());
        found.push(Branch {
            guards,
            zero: zero && bare,
        });
    }
}

impl Branch {
    /// A row takes it.
    #[must_use]
    pub fn taken(&self, row: &Row<'_>) -> bool {
        self.guards
            .iter()
            .all(|(guard, wanted)| guard.holds(row) == *wanted)
    }
}

/// The type that holds numbers of both.
fn wider(a: Kind, b: Kind) -> Kind {
    match (a, b) {
        (Kind::Decimal(a), Kind::Decimal(b)) => Kind::Decimal(a.max(b)),
        (Kind::Decimal(scale), _) | (_, Kind::Decimal(scale)) => Kind::Decimal(scale),
        _ => a,
    }
}
