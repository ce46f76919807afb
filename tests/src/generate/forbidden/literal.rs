//! In a condition on a column of a table.

use crate::oracle::value::Kind;
use crate::oracle::world::{Column, Grain};

use super::Mutator;

fn is_hidden(column: &Column) -> bool {
    column.hidden
}

fn is_key(column: &Column) -> bool {
    !column.hidden && (column.unit.is_some() || column.join.is_some())
}

fn is_text(column: &Column) -> bool {
    column.kind == Kind::Text && column.filter == Some(Grain::Any)
}

fn has_days(column: &Column) -> bool {
    column.filter == Some(Grain::Day)
}

fn has_steps(column: &Column) -> bool {
    matches!(column.filter, Some(Grain::Step(_)))
}

/// A column of this kind that nobody may ask about.
fn is_closed(column: &Column, kind: Kind) -> bool {
    column.kind == kind && column.filter.is_none() && !column.hidden && !is_key(column)
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "a hidden column",
        code: "E_UNKNOWN",
        make: |site| site.where_column(is_hidden, "{} IS NOT NULL"),
    },
    Mutator {
        name: "a key compared with a value",
        code: "E_KEY_EXPR",
        make: |site| site.where_column(is_key, "{} = 'p01'"),
    },
    Mutator {
        name: "a key among values",
        code: "E_KEY_EXPR",
        make: |site| site.where_column(is_key, "{} IN ('p01', 'p02', 'p03')"),
    },
    Mutator {
        name: "a key by its beginning",
        code: "E_KEY_EXPR",
        make: |site| site.where_column(is_key, "{} LIKE 'p0%'"),
    },
    Mutator {
        name: "a key in order",
        code: "E_KEY_EXPR",
        make: |site| site.where_column(is_key, "{} < 'p05'"),
    },
    Mutator {
        name: "a key respelt",
        code: "E_KEY_EXPR",
        make: |site| site.where_column(is_key, "upper({}) = 'P01'"),
    },
    Mutator {
        name: "a coin",
        code: "E_FN",
        make: |site| site.where_column(is_key, "random() < 0.5"),
    },
    Mutator {
        name: "the time",
        code: "E_FN",
        make: |site| site.where_column(has_days, "{} < now()"),
    },
    Mutator {
        name: "a function that is not listed",
        code: "E_FN",
        make: |site| site.where_column(is_text, "strpos({}, 'e') = 2"),
    },
    Mutator {
        name: "a regular expression",
        code: "E_FN",
        make: |site| site.where_column(is_text, "{} ~ '^r.d$'"),
    },
    Mutator {
        name: "a pattern that is no literal",
        code: "E_FILTER_GRAIN",
        make: |site| site.where_column(is_text, "{} LIKE {}"),
    },
    Mutator {
        name: "an amount off the grid",
        code: "E_FILTER_GRAIN",
        make: |site| site.where_column(has_steps, "{} >= 10.37"),
    },
    Mutator {
        name: "an amount moved off the grid",
        code: "E_FILTER_GRAIN",
        make: |site| site.where_column(has_steps, "{} + 3 >= 20"),
    },
    Mutator {
        name: "an hour",
        code: "E_FILTER_GRAIN",
        make: |site| site.where_column(has_days, "{} >= TIMESTAMP '2025-01-29 03:00:00'"),
    },
    Mutator {
        name: "days moved by an hour",
        code: "E_FILTER_GRAIN",
        make: |site| {
            site.where_column(
                has_days,
                "{} + INTERVAL '1 hour' >= TIMESTAMP '2025-01-29 00:00:00'",
            )
        },
    },
    Mutator {
        name: "a number that nobody may ask about",
        code: "E_FILTER_GRAIN",
        make: |site| site.where_column(|column| is_closed(column, Kind::Decimal(2)), "{} > 10"),
    },
    Mutator {
        name: "a moment that nobody may ask about",
        code: "E_FILTER_GRAIN",
        make: |site| {
            site.where_column(
                |column| is_closed(column, Kind::Moment),
                "{} > TIMESTAMP '2025-02-01 00:00:00'",
            )
        },
    },
];
