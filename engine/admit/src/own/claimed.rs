//! Entities that another owner has too: they are not the recipient's, whatever its rows say.
//!
//! A mirror says that somebody paid the account under this reference, not whose account it is. Whoever knows or guesses
//! references of payments among others could list the others' customers; so whom another owner in the text marks as its
//! own entity is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion_common::{Column, NullEquality, Result as DfResult};
use datafusion_expr::{
    Expr, Filter, Join, JoinConstraint, JoinType, LogicalPlan, Projection, TableScan, Union,
};
use policy::ident::TableRef;

use super::Own;
use super::confirm::each_once;
use crate::walk::Walker;

const CLAIMED: &str = "__o";

/// The columns of the others' own entities in the unit space of the recipient's.
pub(super) fn columns<'s>(
    walker: &Walker<'_>,
    scans: &'s BTreeMap<TableRef, TableScan>,
    entity: &Own,
) -> Vec<(&'s TableScan, Column)> {
    let mut found = Vec::new();
    for (table, scan) in scans {
        let policy = walker.policies.tables.get(table);
        let Some(policy) = policy.filter(|_| table.party != walker.request.recipient) else {
            continue;
        };
        let is_own = |column: &Column| {
            let column = policy.column(&column.name);
            column.is_some_and(|column| {
                column.capabilities.own && column.capabilities.unit == entity.capabilities.unit
            })
        };
        let own = scan.projected_schema.columns().into_iter().filter(is_own);
        found.extend(own.map(|column| (scan, column)));
    }
    found
}

/// The others' own entities, each once; `None` if no table has any.
pub(super) fn entities(columns: &[(&TableScan, Column)]) -> DfResult<Option<LogicalPlan>> {
    let mut plans = Vec::new();
    for (scan, column) in columns {
        let entity = Expr::Column(column.clone()).alias(CLAIMED);
        let scan = LogicalPlan::TableScan(TableScan::clone(scan));
        let plan = Projection::try_new(vec![entity], scan.into())?;
        plans.push(Arc::new(LogicalPlan::Projection(plan)));
    }
    let all = match plans.as_slice() {
        [] => return Ok(None),
        [only] => LogicalPlan::clone(only),
        _several => LogicalPlan::Union(Union::try_new_with_loose_types(plans)?),
    };
    let columns = all.schema().columns();
    each_once(all, &columns).map(Some)
}

/// The rows whose entity is none of these.
pub(super) fn left_out(
    rows: LogicalPlan,
    entity: &Column,
    claimed: LogicalPlan,
) -> DfResult<LogicalPlan> {
    let other = Expr::Column(Column::new_unqualified(CLAIMED));
    let join = Join::try_new(
        rows.into(),
        claimed.into(),
        vec![(Expr::Column(entity.clone()), other.clone())],
        None,
        JoinType::Left,
        JoinConstraint::On,
        NullEquality::NullEqualsNothing,
        false,
    )?;
    let unclaimed = Filter::try_new(other.is_null(), LogicalPlan::Join(join).into())?;
    Ok(LogicalPlan::Filter(unclaimed))
}
