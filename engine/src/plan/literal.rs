//! Literals that are not what they are taken for: `DATE '2026-02-30'`, `LIMIT -1`, or `date_part('yeer', day)`.
//!
//! Casts that fail give NULL while a question runs, whatever the data. A literal is no data: one that cannot be a date is
//! a slip of whoever wrote it, and an answer of no rows would not say so.

use std::str::FromStr;

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::compute::kernels::cast_utils::IntervalUnit;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result as DfResult, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Cast, Expr, LogicalPlan};

use crate::refusal::Refusal;

/// Refuses a plan with a literal that is no value of the type it is cast to.
pub(super) fn check(plan: &LogicalPlan) -> Result<(), Refusal> {
    let mut wrong = None;
    let walked: DfResult<_> = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Limit(limit) = node {
            let numbers = [&limit.skip, &limit.fetch].into_iter().flatten();
            let negative = numbers.into_iter().any(|number| is_negative(number));
            wrong = wrong
                .take()
                .or_else(|| negative.then(|| BELOW_ZERO.to_owned()));
        }
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                wrong = wrong.take().or_else(|| misfit(expr));
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
    match wrong {
        Some(message) => Err(Refusal::Invalid {
            message,
            span: None,
        }),
        None => Ok(()),
    }
}

const BELOW_ZERO: &str = "LIMIT and OFFSET count rows: they are not below zero";

fn is_negative(number: &Expr) -> bool {
    match number {
        Expr::Negative(_) => true,
        Expr::Cast(cast) => is_negative(&cast.expr),
        Expr::Literal(ScalarValue::Int64(Some(number)), _) => *number < 0,
        _counted => false,
    }
}

fn misfit(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Cast(cast) => zone(cast.field.data_type()).or_else(|| value(cast)),
        Expr::ScalarFunction(call) => part(call),
        _holds_none => None,
    }
}

/// A time zone that there is none of.
fn zone(kind: &DataType) -> Option<String> {
    let DataType::Timestamp(_, Some(name)) = kind else {
        return None;
    };
    let known = name.parse::<Tz>().is_ok();
    (!known)
        .then(|| format!("'{name}' is no time zone; zones are written 'Europe/Zurich' or '+01:00'"))
}

/// A part of a date or moment that there is none of.
fn part(call: &ScalarFunction) -> Option<String> {
    let ("date_part" | "date_trunc", Some(Expr::Literal(literal, _))) =
        (call.func.name(), call.args.first())
    else {
        return None;
    };
    let name = literal.try_as_str()??.to_lowercase();
    let known = IntervalUnit::from_str(&name).is_ok() || PARTS.contains(&name.as_str());
    (!known).then(|| {
        format!(
            "'{name}' is no part of a moment; parts are year, month, day, hour, … and {}",
            PARTS.join(", ")
        )
    })
}

/// Parts besides the units that intervals have.
const PARTS: [&str; 7] = [
    "quarter", "week", "isoyear", "dow", "isodow", "doy", "epoch",
];

fn value(cast: &Cast) -> Option<String> {
    let Expr::Literal(value, _) = cast.expr.as_ref() else {
        return None;
    };
    let text = match value {
        ScalarValue::Utf8(Some(text))
        | ScalarValue::LargeUtf8(Some(text))
        | ScalarValue::Utf8View(Some(text)) => text,
        _no_text => return None,
    };
    let kind = named(cast.field.data_type())?;
    let fits = value
        .cast_to(cast.field.data_type())
        .is_ok_and(|v| !v.is_null());
    (!fits).then(|| format!("'{text}' is no {kind}"))
}

/// What a type is called, with how it is written; `None` for types that texts are not read as.
fn named(kind: &DataType) -> Option<&'static str> {
    match kind {
        DataType::Date32 | DataType::Date64 => Some("date; dates are written '2026-01-31'"),
        DataType::Timestamp(_, _) => Some("moment; moments are written '2026-01-31 09:30:00'"),
        DataType::Boolean => Some("truth value; those are true and false"),
        other if other.is_numeric() => Some("number"),
        _other => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    async fn said(sql: &str) -> Option<String> {
        let context = SessionContext::new_with_config(crate::plan::config());
        let state = context.state();
        let plan = state.create_logical_plan(sql).await.unwrap();
        let plan = crate::plan::canonical::rules(plan, &state).unwrap();
        match check(&plan) {
            Ok(()) => None,
            Err(Refusal::Invalid { message, .. }) => Some(message),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn only_what_cannot_be_is_refused() {
        let from =
            "FROM (VALUES (1, DATE '2026-01-01', TIMESTAMP '2026-01-01 00:00:00')) t(n, d, m)";
        for good in [
            "d >= DATE '2026-02-28'",
            "d >= '2026-02-28'",
            "m >= '2026-02-28'",
            "n = '7'",
            "d >= TRY_CAST('soon' AS DATE)",
            "CAST(n AS VARCHAR) = 'x'",
        ] {
            assert_eq!(
                said(&format!("SELECT 1 {from} WHERE {good}")).await,
                None,
                "{good}"
            );
        }
        for (bad, what) in [
            ("d >= DATE '2026-02-30'", "'2026-02-30' is no date"),
            ("d >= '01.02.2026'", "'01.02.2026' is no date"),
            ("m >= 'yesterday'", "'yesterday' is no moment"),
            ("n = 'seven'", "'seven' is no number"),
        ] {
            let found = said(&format!("SELECT 1 {from} WHERE {bad}"))
                .await
                .unwrap_or_default();
            assert!(found.starts_with(what), "{bad}: {found}");
        }
    }
}
