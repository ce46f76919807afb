//! The functions that questions may call, by where they stand.

/// Below a release: total, cheap, and no way to cut up an identifier.
const BELOW: &[&str] = &[
    "abs",
    "ceil",
    "coalesce",
    "date_bin",
    "date_part",
    "date_trunc",
    "floor",
    "greatest",
    "ifnull",
    "least",
    "ln",
    "lower",
    "nullif",
    "nvl",
    "round",
    "sqrt",
    "to_timestamp",
    "upper",
];

/// Besides, above a release, where values are public.
const ABOVE: &[&str] = &[
    "ceil",
    "concat",
    "exp",
    "log",
    "log10",
    "log2",
    "power",
    "pow",
    "signum",
    "sqrt",
    "substr",
    "substring",
    "trunc",
    "to_char",
];

/// Listed somewhere, so that a refusal can say where it may stand.
#[must_use]
pub(crate) fn is_listed(name: &str) -> bool {
    BELOW.contains(&name) || ABOVE.contains(&name)
}

/// May stand below a release.
#[must_use]
pub(crate) fn is_below(name: &str) -> bool {
    BELOW.contains(&name)
}

/// May stand above a release.
#[must_use]
pub(crate) fn is_above(name: &str) -> bool {
    is_listed(name)
}

/// The aggregates that a release computes.
pub(crate) const RELEASED: &[&str] = &[
    "avg",
    "count",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
    "var_pop",
];

/// Besides, below a release.
pub(crate) const INNER: &[&str] = &["max", "min"];

/// May be computed of public values, above a release that is marked.
#[must_use]
pub(crate) fn is_aggregate_above(name: &str) -> bool {
    RELEASED.contains(&name) || INNER.contains(&name) || name == "median"
}

/// May stand in a window over public values: those of below, and the other ones that rank and pick.
#[must_use]
pub(crate) fn is_window_above(name: &str) -> bool {
    const RANKS: [&str; 7] = [
        "cume_dist",
        "dense_rank",
        "first_value",
        "last_value",
        "nth_value",
        "ntile",
        "percent_rank",
    ];
    is_aggregate_above(name) || WINDOWS.contains(&name) || RANKS.contains(&name)
}

/// The window functions.
pub(crate) const WINDOWS: &[&str] = &[
    "avg",
    "count",
    "lag",
    "lead",
    "max",
    "min",
    "rank",
    "row_number",
    "sum",
];
