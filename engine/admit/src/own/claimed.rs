//! Entities that another owner has too: they are not the recipient's, whatever its rows say.
//!
//! A mirror says that somebody paid the account under this reference, not whose account it is. Whoever knows or guesses
//! references of payments among others could list the others' customers; so whom another owner in the text marks as its
//! own entity is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::{Column, NullEquality, Result as DfResult};
use datafusion_expr::{
    Expr, Filter, Join, JoinConstraint, JoinType, LogicalPlan, Projection, TableScan, Union,
};
use policy::ident::{TableRef, UnitSpace};

use super::Own;
use super::confirm::each_once;
use crate::request::OwnList;
use crate::walk::Walker;

const CLAIMED: &str = "__o";

/// The columns of the others' own entities that may be the recipient's: those in a unit space that it names alike, or that
/// holders of mirrors have its entities in, and all that hold values of the same type. What the recipient calls its
/// units is its own choice.
pub(super) fn columns<'s>(
    walker: &Walker<'_>,
    scans: &'s BTreeMap<TableRef, TableScan>,
    entity: &Own,
    list: &OwnList,
) -> Vec<(&'s TableScan, Column)> {
    let spaces = spaces(walker, scans, entity, list);
    let kind = kind_of(scans.get(&entity.table), &entity.column);
    let mut found = Vec::new();
    for (table, scan) in scans {
        let policy = walker.policies.tables.get(table);
        let Some(policy) = policy.filter(|_| table.party != walker.request.recipient) else {
            continue;
        };
        let is_own = |column: &Column| {
            let alike = kind_of(Some(scan), &column.name) == kind;
            let column = policy.column(&column.name).map(|c| &c.capabilities);
            column.is_some_and(|c| c.own && (alike || spaces.contains(&c.unit.as_ref())))
        };
        let own = scan.projected_schema.columns().into_iter().filter(is_own);
        found.extend(own.map(|column| (scan, column)));
    }
    found
}

/// What the recipient and those who hold mirrors call the space of its entities.
fn spaces<'w>(
    walker: &'w Walker<'_>,
    scans: &BTreeMap<TableRef, TableScan>,
    entity: &'w Own,
    list: &OwnList,
) -> Vec<Option<&'w UnitSpace>> {
    let mirror = list.confirm.get(&entity.column);
    let others = scans.keys().filter(|t| t.party != walker.request.recipient);
    let mirrors = others.filter_map(|table| walker.policies.tables.get(table)?.column(mirror?));
    let spaces = mirrors.map(|column| column.capabilities.unit.as_ref());
    spaces.chain([entity.capabilities.unit.as_ref()]).collect()
}

/// The type of a table's visible column.
pub(super) fn kind_of<'s>(scan: Option<&'s TableScan>, name: &str) -> Option<&'s DataType> {
    let fields = scan?.projected_schema.fields();
    let field = fields.iter().find(|field| field.name() == name)?;
    Some(field.data_type())
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
