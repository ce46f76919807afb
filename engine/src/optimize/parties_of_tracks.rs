//! Of which party a track is, where the plan says it.
//!
//! Rows of several owners meet in a union, and admission asks above it of which of them a track is. Pushed down into a branch,
//! that is known: the branch makes tracks of one party alone, and a track is somebody's where what it is made of is not NULL. Left as
//! it is, every row is hashed once more for each owner that is asked about, and every later rule has as many expressions to look through.

use std::ops::Not;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result as DfResult, ScalarValue};
use datafusion::logical_expr::expr::{Case, ScalarFunction};
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{BinaryExpr, Expr, Filter, LogicalPlan, Operator, lit};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use crate::guard::{OF_PARTY, TRACK};

/// The rule.
#[derive(Debug)]
pub(crate) struct PartiesOfTracks;

impl OptimizerRule for PartiesOfTracks {
    fn name(&self) -> &'static str {
        "parties_of_tracks"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> DfResult<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter) => filtered(filter),
            LogicalPlan::TableScan(mut scan) => {
                let left = left(scan.filters)?;
                scan.filters = left.data;
                let scan = LogicalPlan::TableScan(scan);
                Ok(if left.transformed {
                    Transformed::yes(scan)
                } else {
                    Transformed::no(scan)
                })
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

fn filtered(filter: Filter) -> DfResult<Transformed<LogicalPlan>> {
    let parts = split_conjunction_owned(filter.predicate.clone());
    let left = left(parts)?;
    if !left.transformed {
        return Ok(Transformed::no(LogicalPlan::Filter(filter)));
    }
    Ok(Transformed::yes(match conjunction(left.data) {
        Some(predicate) => LogicalPlan::Filter(Filter::try_new(predicate, filter.input)?),
        None => filter.input.as_ref().clone(),
    }))
}

/// Conditions that must all hold, with what is known of tracks in them, and without those that then always hold.
fn left(conditions: Vec<Expr>) -> DfResult<Transformed<Vec<Expr>>> {
    let (mut left, mut transformed) = (Vec::with_capacity(conditions.len()), false);
    for condition in conditions {
        if !condition.exists(|expr| Ok(known(expr).is_some()))? {
            left.push(condition);
            continue;
        }
        transformed = true;
        let condition = condition.transform_up(|expr| Ok(step(expr)))?.data;
        if truth(&condition) != Some(true) {
            left.push(condition);
        }
    }
    Ok(Transformed::new_transformed(left, transformed))
}

fn step(expr: Expr) -> Transformed<Expr> {
    if let Some(known) = known(&expr) {
        return Transformed::yes(known);
    }
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => connected(*left, op, *right),
        Expr::Not(inner) => match *inner {
            Expr::IsNotNull(value) => Transformed::yes(Expr::IsNull(value)),
            inner => match truth(&inner) {
                Some(truth) => Transformed::yes(lit(!truth)),
                None => Transformed::no(Expr::Not(Box::new(inner))),
            },
        },
        other => Transformed::no(other),
    }
}

/// AND and OR of which one side is known.
fn connected(left: Expr, op: Operator, right: Expr) -> Transformed<Expr> {
    let deciding = match op {
        Operator::Or => true,
        Operator::And => false,
        _another => return Transformed::no(as_it_is(left, op, right)),
    };
    match (truth(&left), truth(&right)) {
        (Some(known), _) | (_, Some(known)) if known == deciding => Transformed::yes(lit(deciding)),
        (Some(_), _) => Transformed::yes(right),
        (_, Some(_)) => Transformed::yes(left),
        (None, None) => Transformed::no(as_it_is(left, op, right)),
    }
}

fn as_it_is(left: Expr, op: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right)))
}

fn truth(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Literal(ScalarValue::Boolean(truth), _) => *truth,
        _unknown => None,
    }
}

/// What is known of whether a track that is made here is anybody's, or a party's.
fn known(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::IsNotNull(track) => Some(made(track)?.1),
        Expr::IsNull(track) => Some(made(track)?.1.not()),
        asked => {
            let [party, track] = arguments(asked, OF_PARTY)? else {
                return None;
            };
            let (of, somebody) = made(track)?;
            Some(if number(party)? == of {
                somebody
            } else {
                lit(false)
            })
        }
    }
}

/// The party of a track that is made here, and whether it is anybody's.
fn made(track: &Expr) -> Option<(u8, Expr)> {
    if let Expr::Case(Case {
        expr: None,
        when_then_expr,
        else_expr: None,
    }) = track
    {
        let [(when, then)] = when_then_expr.as_slice() else {
            return None;
        };
        let (party, somebody) = made(then)?;
        let named = Expr::IsTrue(when.clone());
        return Some((party, named.and(somebody)));
    }
    let [party, _space, value] = arguments(track, TRACK)? else {
        return None;
    };
    Some((number(party)?, value.clone().is_not_null()))
}

fn arguments<'e>(expr: &'e Expr, function: &str) -> Option<&'e [Expr]> {
    match expr {
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == function => {
            Some(args)
        }
        _other => None,
    }
}

fn number(expr: &Expr) -> Option<u8> {
    match expr {
        Expr::Literal(ScalarValue::UInt8(number), _) => *number,
        _other => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::optimizer::Optimizer;
    use datafusion::prelude::SessionContext;

    use super::*;
    use crate::guard::{TrackKey, tools};

    /// Two owners' rows, with a payee who is nobody as NULL and as a word.
    const BOTH: &str = "SELECT subrosa_track(arrow_cast(0, 'UInt8'), 'p', who) AS p,
            CASE WHEN payee NOT IN ('CASH') THEN subrosa_track(arrow_cast(0, 'UInt8'), 'a', payee) END AS a, n FROM t
        UNION ALL
        SELECT subrosa_track(arrow_cast(1, 'UInt8'), 'p', who) AS p,
            CASE WHEN payee NOT IN ('CASH') THEN subrosa_track(arrow_cast(1, 'UInt8'), 'a', payee) END AS a, n + 100 FROM t";

    async fn context(known: bool) -> SessionContext {
        let mut rules = Optimizer::new().rules;
        if known {
            let at = rules
                .iter()
                .position(|rule| rule.name() == "push_down_filter");
            rules.insert(at.unwrap() + 1, Arc::new(PartiesOfTracks));
        }
        let state = datafusion::execution::session_state::SessionStateBuilder::new()
            .with_default_features()
            .with_optimizer_rules(rules)
            .build();
        let context = SessionContext::new_with_state(state);
        let tools = tools(&TrackKey::of(&[7; 16]), 10);
        for function in [tools.track, tools.of_party] {
            context.register_udf(function.as_ref().clone());
        }
        let made = "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'x', 1), (NULL, 'y', 2), (2, 'CASH', 3), (NULL, 'CASH', 4), (3, NULL, 5), (NULL, NULL, 6)) AS v(who, payee, n)";
        context.sql(made).await.unwrap().collect().await.unwrap();
        context
    }

    async fn answered(known: bool, condition: &str) -> (String, String) {
        let context = context(known).await;
        let sql = format!("SELECT n FROM ({BOTH}) AS b WHERE {condition} ORDER BY n");
        let frame = context.sql(&sql).await.unwrap();
        let plan = frame.clone().into_optimized_plan().unwrap();
        let rows = pretty_format_batches(&frame.collect().await.unwrap()).unwrap();
        (rows.to_string(), plan.display_indent().to_string())
    }

    #[tokio::test]
    async fn the_same_rows_are_left_and_no_party_is_asked_for() {
        let of = |party: u8, track: &str| {
            format!("subrosa_of_party(arrow_cast({party}, 'UInt8'), {track})")
        };
        let named = |party: u8| format!("({} OR NOT {})", of(party, "p"), of(party, "a"));
        for condition in [
            format!("{} AND {}", named(0), named(1)),
            format!("{} AND {} AND n > 2", of(0, "a"), named(1)),
            format!("NOT {} AND NOT ({} AND n < 103)", of(0, "p"), of(1, "p")),
            format!("{} AND {}", named(5), of(1, "a")),
            of(6, "p"),
            "p IS NOT NULL OR a IS NULL".to_owned(),
            "a IS NOT NULL AND NOT p IS NULL".to_owned(),
        ] {
            let (asked, _) = answered(false, &condition).await;
            let (known, plan) = answered(true, &condition).await;
            assert_eq!(asked, known, "{condition}");
            let filter = plan.lines().find(|line| line.contains("Filter: "));
            let filter = filter.unwrap_or_default();
            assert!(!filter.contains("subrosa_"), "{condition}\n{plan}");
        }
    }

    /// A track that was made elsewhere is asked for its party.
    #[tokio::test]
    async fn what_is_not_known_is_asked() {
        let condition = "subrosa_of_party(arrow_cast(0, 'UInt8'), coalesce(p, a))";
        let (asked, _) = answered(false, condition).await;
        let (known, plan) = answered(true, condition).await;
        assert_eq!(asked, known);
        assert!(plan.contains(OF_PARTY), "{plan}");
    }
}
