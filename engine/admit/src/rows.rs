//! The rows of an approved question whose aggregates the release operator does not compute: medians, extremes.
//!
//! They are computed by the engine, group by group, with everybody behind a group as a set; then each group is a row that
//! leaves whole if enough people of every party stand behind it, and not at all otherwise. No noise can be added to such
//! values, so the owners must have approved exact ones.

use datafusion_common::Result as DfResult;
use datafusion_expr::{Expr, LogicalPlan, Projection};
use policy::denial::Code;
use release::{KeyColumn, ReleaseSpec};

use crate::functions;
use crate::group::{self, aggregate_call};
use crate::refusals::Explain;
use crate::release_plan::{Columns, ReleasePlan, party_rules, spec_slot};
use crate::walk::Walker;

/// Whether the release operator computes all of these.
pub(crate) fn are_released(calls: &[Expr]) -> bool {
    calls.iter().filter_map(aggregate_call).all(|call| {
        let params = &call.params;
        let plain = params.order_by.is_empty()
            && params.null_treatment.is_none()
            && params.args.len() <= 1
            && !(params.distinct && call.func.name() != "count");
        plain && functions::RELEASED.contains(&call.func.name())
    })
}

/// One row a group, released by the support of its people.
pub(crate) fn build(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
    original: &LogicalPlan,
) -> DfResult<ReleasePlan> {
    let rel = group::walk(walker, input, keys, calls, original)?;
    let mut columns = Columns::default();
    let parties = party_rules(walker, &rel);
    let duties = crate::duties::owed(walker, &rel, &parties);
    if duties.noise.is_some() {
        walker
            .refusals
            .add(
                Code::Mode,
                "these aggregates are exact, and an owner's policy asks for noise",
            )
            .help("every owner of a table in it must approve it with `exact = true`");
    }
    let key = |(index, column): (usize, &crate::relation::Col)| KeyColumn {
        column: columns.add(Expr::Column(column.column.clone()), &format!("__k{index}")),
        name: format!("c{index}"),
    };
    let keys = rel.cols.iter().enumerate().map(key).collect();
    let slots = rel.slots.iter().map(|slot| spec_slot(slot, &mut columns));
    let slots = slots.collect();
    let plan = LogicalPlan::Projection(Projection::try_new(columns.exprs, rel.plan.into())?);
    Ok(ReleasePlan {
        input: plan,
        spec: ReleaseSpec {
            keys,
            statistics: Vec::new(),
            slots,
            parties,
        },
        duties,
        owners: rel.owners,
    })
}
