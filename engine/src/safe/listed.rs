//! The functions that may run at all. A function that nobody read is not called.
//!
//! Not here, whatever they compute: what makes long values of short ones (`repeat`, `lpad`,
//! `array_agg`), what is volatile (`random`), what reads files or types (`input_file_name`,
//! `arrow_cast`), lists and structures.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result as DfResult, plan_err};
use datafusion::logical_expr::expr::WindowFunctionDefinition;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// How a listed scalar function behaves on values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Has a value for everything.
    Total,
    /// Raises errors on some values.
    Fails,
    /// Makes texts longer than each of its arguments.
    Grows,
}

const TOTAL: &[&str] = &[
    "acos",
    "acosh",
    "ascii",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bit_length",
    "btrim",
    "cbrt",
    "character_length",
    "coalesce",
    "contains",
    "cos",
    "cosh",
    "cot",
    "current_date",
    "current_time",
    "date_part",
    "degrees",
    "ends_with",
    "exp",
    "find_in_set",
    "greatest",
    "initcap",
    "isnan",
    "iszero",
    "least",
    "left",
    "levenshtein",
    "lower",
    "ltrim",
    "md5",
    "nanvl",
    "now",
    "nullif",
    "nvl",
    "nvl2",
    "octet_length",
    "pi",
    "radians",
    "reverse",
    "right",
    "rtrim",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "signum",
    "sin",
    "sinh",
    "starts_with",
    "strpos",
    "tan",
    "tanh",
    "to_hex",
    "upper",
];

const FAILS: &[&str] = &[
    "abs",
    "ceil",
    "chr",
    "date_bin",
    "date_trunc",
    "factorial",
    "floor",
    "from_unixtime",
    "gcd",
    "lcm",
    "ln",
    "log",
    "log10",
    "log2",
    "make_date",
    "power",
    "regexp_count",
    "regexp_instr",
    "regexp_like",
    "round",
    "split_part",
    "sqrt",
    "substr",
    "substr_index",
    "to_char",
    "to_date",
    "to_timestamp",
    "to_timestamp_micros",
    "to_timestamp_millis",
    "to_timestamp_nanos",
    "to_timestamp_seconds",
    "to_unixtime",
    "trunc",
];

const GROWS: &[&str] = &["concat", "concat_ws", "translate"];

const AGGREGATES: &[&str] = &[
    "approx_distinct",
    "approx_median",
    "approx_percentile_cont",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "first_value",
    "last_value",
    "max",
    "median",
    "min",
    "percentile_cont",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
    "var_pop",
];

const WINDOWS: &[&str] = &[
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// How a scalar function behaves; none for one that is not listed.
pub(super) fn kind(name: &str) -> Option<Kind> {
    if TOTAL.contains(&name) {
        Some(Kind::Total)
    } else if FAILS.contains(&name) {
        Some(Kind::Fails)
    } else if GROWS.contains(&name) {
        Some(Kind::Grows)
    } else {
        None
    }
}

/// The first function that a plan calls, subqueries included, and that is not listed.
pub(crate) fn unlisted(plan: &LogicalPlan) -> Option<String> {
    let mut found = None;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Unnest(_) = node {
            found = Some("unnest".to_owned());
            return Ok(TreeNodeRecursion::Stop);
        }
        node.apply_expressions(|expr| {
            expr.apply(|part| {
                found = unlisted_in(part);
                Ok(stop_at(found.is_some()))
            })
        })
    });
    match walked {
        Ok(_) => found,
        Err(_) => Some("this".to_owned()),
    }
}

/// Fails for a plan that calls what is not listed: the second look, before anything runs.
pub(crate) fn verify(plan: &LogicalPlan) -> DfResult<()> {
    match unlisted(plan) {
        None => Ok(()),
        Some(name) => plan_err!("{name} is not a function that was read"),
    }
}

fn stop_at(found: bool) -> TreeNodeRecursion {
    if found {
        TreeNodeRecursion::Stop
    } else {
        TreeNodeRecursion::Continue
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("subrosa_")
}

fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&name) || is_ours(name)
}

fn unlisted_in(expr: &Expr) -> Option<String> {
    let name = match expr {
        Expr::ScalarFunction(call) if kind(call.name()).is_none() && !is_ours(call.name()) => {
            call.name().to_owned()
        }
        Expr::AggregateFunction(call) if !is_aggregate(call.func.name()) => {
            call.func.name().to_owned()
        }
        Expr::WindowFunction(call) => match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) if !is_aggregate(function.name()) => {
                function.name().to_owned()
            }
            WindowFunctionDefinition::WindowUDF(function)
                if !WINDOWS.contains(&function.name()) =>
            {
                function.name().to_owned()
            }
            WindowFunctionDefinition::AggregateUDF(_) | WindowFunctionDefinition::WindowUDF(_) => {
                return None;
            }
        },
        Expr::BinaryExpr(binary) if !super::operator::is_listed(binary.op) => binary.op.to_string(),
        Expr::HigherOrderFunction(_) | Expr::Lambda(_) | Expr::LambdaVariable(_) => {
            "a lambda".to_owned()
        }
        Expr::ScalarVariable(_, _) => "a variable".to_owned(),
        Expr::Unnest(_) => "unnest".to_owned(),
        Expr::SimilarTo(_) => "SIMILAR TO".to_owned(),
        _value => return None,
    };
    Some(name)
}

#[cfg(test)]
pub(super) fn scalar_names() -> impl Iterator<Item = &'static str> {
    TOTAL.iter().chain(FAILS).chain(GROWS).copied()
}

#[cfg(test)]
pub(super) fn aggregate_names() -> impl Iterator<Item = &'static str> {
    AGGREGATES.iter().copied()
}
