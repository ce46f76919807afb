//! Numbers of a public table that weigh protected rows.
//!
//! Whoever made the table may have put a million beside one code and a one beside all others, and so may the question, by a
//! CASE over its columns. A row of a public table is therefore an arm wherever a number of it enters a sum: of every such
//! row, enough people add something by it, or nobody. As a group's name, in a predicate or counted, it owes nothing.

use std::collections::BTreeSet;

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::{Expr, LogicalPlan, Projection};
use policy::denial::Code;

use crate::condition::Condition;
use crate::refusals::Explain;
use crate::relation::{Arm, Rel};
use crate::traits::{ArmId, Traits};
use crate::walk::Walker;

/// The columns that a join brings from public tables, with the protected side's column that they were joined on.
pub(crate) struct Weighing {
    columns: Vec<Column>,
    key: Option<Column>,
}

/// Looks at the sides of a join; `None` if no protected rows meet public ones, or only a single one.
pub(crate) fn brought(left: &Rel, right: &Rel, found: &Condition) -> Option<Weighing> {
    let (other, is_left) = match (left.is_protected(), right.is_protected()) {
        (true, false) => (right, true),
        (false, true) => (left, false),
        (true, true) | (false, false) => return None,
    };
    let own = other.tables.is_empty();
    if own || other.literal_rows == Some(1) {
        return None;
    }
    let mut keys = found
        .equal
        .iter()
        .map(|(l, r)| if is_left { l } else { r }.clone());
    let key = keys.next().filter(|_| keys.next().is_none());
    let columns = other
        .cols
        .iter()
        .filter(|col| !is_constant(&col.traits))
        .map(|col| col.column.clone());
    Some(Weighing {
        columns: columns.collect(),
        key,
    })
}

/// Whether a column has one value in all rows.
fn is_constant(traits: &Traits) -> bool {
    traits.known.as_ref().is_some_and(|values| {
        let mut values = values.iter();
        values
            .next()
            .is_some_and(|first| values.all(|value| value == first))
    })
}

/// The joined rows with the public rows' arms behind their numbers.
pub(crate) fn followed(
    walker: &mut Walker<'_>,
    mut rel: Rel,
    weighing: Option<Weighing>,
) -> DfResult<Rel> {
    let Some(weighing) = weighing else {
        return Ok(rel);
    };
    let arm = weighing.key.as_ref().map(|_| walker.fresh());
    for col in &mut rel.cols {
        if weighing.columns.contains(&col.column) {
            match arm {
                Some(arm) => _ = col.traits.weights.insert(arm),
                None => col.traits.degree = None,
            }
        }
    }
    let (Some(arm), Some(key)) = (arm, weighing.key) else {
        return Ok(rel);
    };
    let name = format!("__e{arm}");
    let made = Expr::Column(key).alias(name.clone());
    let visible = rel.cols.iter().map(|c| Expr::Column(c.column.clone()));
    let exprs = visible.chain(rel.hidden()).chain([made]).collect();
    rel.plan = LogicalPlan::Projection(Projection::try_new(exprs, rel.plan.into())?);
    rel.arms
        .insert(arm, Arm::Each(Column::new_unqualified(name)));
    Ok(rel)
}

/// Refuses numbers of public tables below the release: what they add to a group cannot be told apart any more.
pub(crate) fn refuse_inside(walker: &mut Walker<'_>, found: &Traits, expr: &Expr) {
    if found.weights.is_empty() {
        return;
    }
    walker
        .refusals
        .rule(
            Code::MeasureExpr,
            "numbers of a public table may weigh protected rows only in the outermost aggregate",
        )
        .at(expr)
        .help("group first, and join the public table to the groups");
}

/// The arms of all columns of some keys that come from public tables.
pub(crate) fn of_keys(keys: &[Traits]) -> BTreeSet<ArmId> {
    let each = keys.iter().flat_map(|key| key.weights.iter().copied());
    each.collect()
}
