//! Rows about two people at once, of whom one may meet any number of the other's.
//!
//! Neither can be cut without regard to the other, so the release keeps the most of their rows by which both are within their
//! bounds. That is one number a group, and which groups somebody counts in cannot be limited the same way: there may be no
//! more groups than that limit, by the words of the question.

use std::collections::BTreeMap;

use datafusion_expr::LogicalPlan;
use policy::denial::{Code, Denial};
use release::{Statistic, StatisticKind};

use super::shape::Shape;
use crate::refusals::Explain;
use crate::walk::Walker;

/// Where parties meet in a row as two people, the parties of the one and of the other, as bits.
pub(super) fn sides(shape: &Shape) -> Option<(u64, u64)> {
    let mut sides: BTreeMap<usize, u64> = BTreeMap::new();
    for party in shape.together.first()? {
        let bit = 1_u64.checked_shl(u32::from(*party)).unwrap_or(0);
        *sides.entry(shape.single(*party)?).or_default() |= bit;
    }
    let mut sides = sides.into_values();
    let both = (sides.next()?, sides.next()?);
    sides.next().is_none().then_some(both)
}

/// Two people at once are bounded by what can be kept of their rows, group by group, and there are few groups.
pub(super) fn check(
    walker: &mut Walker<'_>,
    (max_groups, keys): (u32, usize),
    listed: Option<&LogicalPlan>,
    statistics: &[Statistic],
) {
    let adds = statistics.iter().all(|statistic| {
        matches!(
            statistic.kind,
            StatisticKind::CountRows | StatisticKind::Count { .. } | StatisticKind::Sum { .. }
        )
    });
    let few = usize::try_from(max_groups).unwrap_or(usize::MAX);
    let few = listed
        .and_then(literal_rows)
        .is_some_and(|rows| rows <= few);
    let message = "one person of a party may meet any number of another's in these rows";
    let help = if !adds {
        "ask COUNT or SUM of them, or join on the units of both (person = person)"
    } else if keys > 0 && !few {
        "list no more groups than `max_groups` in VALUES and join with these, or join on the units of both (person = person)"
    } else {
        return;
    };
    let mut denial = Denial::new(Code::Mode, message);
    denial.help(help);
    walker.unproved.push(denial);
}

/// How many literal rows a plan has at most.
fn literal_rows(plan: &LogicalPlan) -> Option<usize> {
    match plan {
        LogicalPlan::Values(values) => Some(values.values.len()),
        LogicalPlan::EmptyRelation(_) => Some(1),
        LogicalPlan::Projection(node) => literal_rows(&node.input),
        LogicalPlan::SubqueryAlias(node) => literal_rows(&node.input),
        LogicalPlan::Filter(node) => literal_rows(&node.input),
        LogicalPlan::Aggregate(node) => literal_rows(&node.input),
        _not_literal => None,
    }
}
