//! Frames of windows: which rows of its partition a row sees.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::calendar::DAY;
use super::number::Number;
use super::relation::Row;
use super::value::{Kind, Value};

/// How far a frame reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// By values: days of moments, else numbers.
    Range,
    /// By places: rows of one value are one.
    Groups,
    /// By places of rows, no two of which have one value.
    Rows,
}

/// `ORDER BY … RANGE BETWEEN … AND …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The column that orders the rows.
    pub by: usize,
    /// What it holds.
    pub kind: Kind,
    /// The greatest value first.
    pub descending: bool,
    /// Unit of its ends.
    pub units: Units,
    /// From here, less than 0 before the current row; from the first row, if none.
    pub start: Option<i64>,
    /// To here; to the last row, if none.
    pub end: Option<i64>,
}

impl Frame {
    /// The rows of a partition that a row of it sees.
    #[must_use]
    pub fn rows<'r>(&self, partition: &[&'r Row], row: &Row) -> Vec<&'r Row> {
        let seen = |other: &&&Row| match self.units {
            Units::Range => self.is_near(row, other),
            Units::Groups | Units::Rows => {
                let steps = self.steps(partition, row, other);
                self.start.is_none_or(|start| start <= steps)
                    && self.end.is_none_or(|end| steps <= end)
            }
        };
        partition.iter().filter(seen).copied().collect()
    }

    /// The same frame from the current row on, or up to it: places are told by the rows in between.
    #[must_use]
    pub fn with_rows_between(&self) -> Self {
        Self {
            start: self.start.map(|start| start.min(0)),
            end: self.end.map(|end| end.max(0)),
            ..self.clone()
        }
    }

    /// Whether a row more takes the place of another.
    #[must_use]
    pub fn is_of_places(&self) -> bool {
        self.units != Units::Range && (self.start.is_some() || self.end.is_some())
    }

    /// The order of two values: what is NULL is last, or first where the greatest is.
    fn order(&self, one: &Value, other: &Value) -> Ordering {
        let order = match (one.is_null(), other.is_null()) {
            (false, false) => one.cmp(other),
            (one, other) => one.cmp(&other),
        };
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }

    fn value(&self, row: &Row) -> Value {
        row.cells[self.by].raw.clone()
    }

    /// How many different values further on the other row is.
    fn steps(&self, partition: &[&Row], row: &Row, other: &Row) -> i64 {
        let (here, there) = (self.value(row), self.value(other));
        let values: BTreeSet<Value> = partition.iter().map(|row| self.value(row)).collect();
        let between = |low: &Value, high: &Value| {
            let after = |v: &&Value| self.order(v, low) == Ordering::Greater;
            let inside = values.iter().filter(after);
            let inside = inside.filter(|v| self.order(v, high) != Ordering::Greater);
            i64::try_from(inside.count()).unwrap()
        };
        between(&here, &there) - between(&there, &here)
    }

    /// Whether the other row's value lies in the range around this row's. A NULL has only NULLs near it.
    fn is_near(&self, row: &Row, other: &Row) -> bool {
        let (here, there) = (self.value(row), self.value(other));
        let reached = |offset: i64, beyond: Ordering| {
            if here.is_null() || there.is_null() {
                return self.order(&there, &here) != beyond;
            }
            self.order(&there, &self.moved(&here, offset)) != beyond
        };
        self.start
            .is_none_or(|start| reached(start, Ordering::Less))
            && self.end.is_none_or(|end| reached(end, Ordering::Greater))
    }

    fn moved(&self, value: &Value, offset: i64) -> Value {
        let offset = if self.descending { -offset } else { offset };
        match value {
            Value::Moment(at) => Value::Moment(at + offset * DAY),
            Value::Number(number) => Value::Number(number.plus(Number::from(offset))),
            // Other values have no offsets but 0.
            other => other.clone(),
        }
    }

    /// The order as SQL; `name` is the column's.
    #[must_use]
    pub fn order_by(&self, name: &str) -> String {
        let order = if self.descending { " DESC" } else { "" };
        format!("ORDER BY {name}{order}")
    }

    /// The ends as SQL.
    #[must_use]
    pub fn ends(&self) -> String {
        let units = match self.units {
            Units::Range => "RANGE",
            Units::Groups => "GROUPS",
            Units::Rows => "ROWS",
        };
        let (start, end) = (
            self.bound(self.start, "PRECEDING"),
            self.bound(self.end, "FOLLOWING"),
        );
        format!("{units} BETWEEN {start} AND {end}")
    }

    fn bound(&self, offset: Option<i64>, unbounded: &str) -> String {
        let Some(offset) = offset else {
            return format!("UNBOUNDED {unbounded}");
        };
        let far = match (self.units, self.kind) {
            (Units::Range, Kind::Moment) => format!("INTERVAL '{} days'", offset.abs()),
            _ => offset.abs().to_string(),
        };
        match offset.cmp(&0) {
            Ordering::Less => format!("{far} PRECEDING"),
            Ordering::Equal => "CURRENT ROW".to_owned(),
            Ordering::Greater => format!("{far} FOLLOWING"),
        }
    }
}
