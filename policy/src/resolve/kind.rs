//! What kinds of values a column holds, and which capabilities fit them.

use std::ops::Range;

use crate::capability::{Filter, Grain, Literal, TimeUnit};
use crate::document::{ColumnRule, PolicyDocument};
use crate::problem::Problem;

/// What a column holds, as far as a policy cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Exact decimals.
    Decimal,
    /// Floating-point numbers.
    Float,
    /// Truth values.
    Bool,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
    /// Anything else: no capability fits.
    Other,
}

/// A column of a table: its exact name and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnShape {
    /// The exact name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

impl ColumnShape {
    /// A column of this name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            name: name.into(),
            kind,
        }
    }
}

impl ColumnKind {
    /// In words, with its article.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal",
            Self::Float => "a floating-point number",
            Self::Bool => "a truth value",
            Self::Date => "a day",
            Self::Timestamp => "a timestamp",
            Self::Other => "of a type that policies do not cover",
        }
    }

    fn is_number(self) -> bool {
        match self {
            Self::Integer | Self::Decimal | Self::Float => true,
            Self::Text | Self::Bool | Self::Date | Self::Timestamp | Self::Other => false,
        }
    }

    fn is_temporal(self) -> bool {
        match self {
            Self::Date | Self::Timestamp => true,
            Self::Text | Self::Integer | Self::Decimal | Self::Float | Self::Bool | Self::Other => {
                false
            }
        }
    }

    /// Whether values may be identifiers: equality must be exact.
    fn identifies(self) -> bool {
        match self {
            Self::Text
            | Self::Integer
            | Self::Decimal
            | Self::Date
            | Self::Bool
            | Self::Timestamp => true,
            Self::Float | Self::Other => false,
        }
    }

    fn takes_grain(self, grain: &Grain) -> bool {
        match grain {
            Grain::Any => self != Self::Other,
            Grain::Number(_) => self.is_number(),
            Grain::Time { unit, .. } => match unit {
                TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour => self == Self::Timestamp,
                TimeUnit::Day
                | TimeUnit::Week
                | TimeUnit::Month
                | TimeUnit::Quarter
                | TimeUnit::Year => self.is_temporal(),
            },
        }
    }

    fn takes_literal(self, literal: &Literal) -> bool {
        match literal {
            Literal::Text(_) => self == Self::Text || self.is_temporal(),
            Literal::Number(_) => self.is_number(),
            Literal::Bool(_) => self == Self::Bool,
        }
    }
}

/// What a rule grants that does not fit the column.
pub(super) fn misfits(
    document: &PolicyDocument,
    rule: &ColumnRule,
    column: &ColumnShape,
) -> Vec<Problem> {
    if rule.hidden {
        return Vec::new();
    }
    let mut check = Check {
        document,
        rule,
        column,
        problems: Vec::new(),
    };
    check.identity();
    check.grains();
    check.measure();
    check.problems
}

struct Check<'c> {
    document: &'c PolicyDocument,
    rule: &'c ColumnRule,
    column: &'c ColumnShape,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn wrong(&mut self, span: &Range<usize>, what: &str, help: &str) {
        let ColumnShape { name, kind } = self.column;
        let message = format!("{what} does not fit `{name}`, which is {}", kind.in_words());
        self.problems
            .push(Problem::error(&self.document.source, span, message).with_help(help));
    }

    fn identity(&mut self) {
        let kind = self.column.kind;
        if !kind.identifies() {
            let help = "cast the column to text or a whole number before sealing";
            if let Some(unit) = &self.rule.unit {
                self.wrong(&unit.span, "`unit`", help);
            }
            if !self.rule.join.is_empty() {
                self.wrong(&self.rule.pattern.span, "`join`", help);
            }
        }
        if self
            .rule
            .absent
            .iter()
            .any(|value| !kind.takes_literal(value))
        {
            self.wrong(
                &self.rule.pattern.span,
                "a value of `absent`",
                "write values of the column's own type",
            );
        }
    }

    fn grains(&mut self) {
        let kind = self.column.kind;
        if let Some(grain) = &self.rule.dimension
            && !kind.takes_grain(&grain.value)
        {
            self.wrong(
                &grain.span,
                &format!("a dimension by {}", grain.value),
                grain_help(kind),
            );
        }
        let Some(filter) = &self.rule.filter else {
            return;
        };
        match &filter.value {
            Filter::Grain(grain) if !kind.takes_grain(grain) => {
                self.wrong(
                    &filter.span,
                    &format!("a filter by {grain}"),
                    grain_help(kind),
                );
            }
            Filter::Values(values) if values.iter().any(|value| !kind.takes_literal(value)) => {
                self.wrong(
                    &filter.span,
                    "a value of `filter`",
                    "write values of the column's own type",
                );
            }
            Filter::Grain(_) | Filter::Values(_) => {}
        }
    }

    fn measure(&mut self) {
        let kind = self.column.kind;
        if let Some(measure) = &self.rule.measure
            && !kind.is_number()
            && kind != ColumnKind::Bool
        {
            self.wrong(
                &measure.span,
                "`measure`",
                "sums are of numbers; count it, or leave `measure` out",
            );
        }
    }
}

fn grain_help(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Float => {
            "write a number, such as 1000"
        }
        ColumnKind::Date => "write a time of a day or more, such as \"1 day\" or \"month\"",
        ColumnKind::Timestamp => "write a time, such as \"1 day\" or \"month\"",
        ColumnKind::Text | ColumnKind::Bool => "write `true`, or a list of values for `filter`",
        ColumnKind::Other => "leave the column out, or cast it before sealing",
    }
}
