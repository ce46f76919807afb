//! Pieces of made-up questions: names, groups and conditions that a grain lets through.

use crate::capability::{Filter, Grain, Literal};
use crate::number::Decimal;
use crate::resolve::{ColumnKind, ColumnShape};

/// A column's name in SQL.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Keys of groups by a column at a grain and coarser ones.
pub(super) fn groups(column: &str, grain: Option<&Grain>) -> Vec<String> {
    let column = quoted(column);
    match grain {
        None => Vec::new(),
        Some(Grain::Any) => vec![column],
        Some(Grain::Number(step)) => {
            let steps = multiples(*step);
            steps
                .map(|step| format!("floor({column} / {step}) * {step}"))
                .collect()
        }
        Some(Grain::Time { .. }) => [
            "year", "quarter", "month", "day", "hour", "minute", "second",
        ]
        .iter()
        .map(|unit| format!("date_trunc('{unit}', {column})"))
        .collect(),
    }
}

/// Conditions on a column that a filter might let through.
pub(super) fn conditions(column: &ColumnShape, filter: Option<&Filter>) -> Vec<String> {
    let name = quoted(&column.name);
    let Some(filter) = filter else {
        return Vec::new();
    };
    match filter {
        Filter::Values(values) => {
            let literals = values.iter().map(literal);
            literals.map(|value| format!("{name} = {value}")).collect()
        }
        Filter::Grain(Grain::Number(step)) => multiples(*step)
            .map(|value| format!("{name} >= {value}"))
            .collect(),
        Filter::Grain(Grain::Time { .. }) => moments(column.kind, &name),
        Filter::Grain(Grain::Any) => match column.kind {
            ColumnKind::Text => ["= 'x'", "LIKE 'x%'"].map(|c| format!("{name} {c}")).into(),
            ColumnKind::Bool => vec![format!("{name} = true")],
            ColumnKind::Integer => vec![format!("{name} >= 7")],
            ColumnKind::Decimal | ColumnKind::Float => vec![format!("{name} >= 7.77")],
            ColumnKind::Date | ColumnKind::Timestamp => moments(column.kind, &name),
            ColumnKind::Other => Vec::new(),
        },
    }
}

fn multiples(step: Decimal) -> impl Iterator<Item = Decimal> {
    (1..=7).filter_map(move |n| step.checked_mul(Decimal::from(n)))
}

/// Conditions on moments, each on a grid that the one before is not on.
fn moments(kind: ColumnKind, name: &str) -> Vec<String> {
    let days = [
        "2025-01-01",
        "2025-04-01",
        "2025-02-01",
        "2025-02-03",
        "2025-02-05",
        "2025-02-06",
    ];
    let times = [
        "2025-02-05 04:00:00",
        "2025-02-05 05:00:00",
        "2025-02-05 04:05:00",
        "2025-02-05 04:05:06",
    ];
    match kind {
        ColumnKind::Date => days
            .iter()
            .map(|day| format!("{name} >= DATE '{day}'"))
            .collect(),
        ColumnKind::Timestamp => {
            let midnights = days.iter().map(|day| format!("{day} 00:00:00"));
            let all = midnights.chain(times.iter().map(|time| (*time).to_owned()));
            all.map(|at| format!("{name} >= TIMESTAMP '{at}'"))
                .collect()
        }
        ColumnKind::Text
        | ColumnKind::Integer
        | ColumnKind::Decimal
        | ColumnKind::Float
        | ColumnKind::Bool
        | ColumnKind::Other => Vec::new(),
    }
}

fn literal(value: &Literal) -> String {
    crate::words::literal(value)
}
