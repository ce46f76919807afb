//! The rows of an approved question whose aggregates the release operator does not compute: medians, extremes.
//!
//! They are computed by the engine, group by group, with everybody behind a group as a set; then each group is a row that
//! leaves whole if enough people of every party stand behind it and behind each of its values: those whose argument is not
//! NULL, and those who took an arm that it went through. Else it does not leave at all. Such values cannot carry noise or be
//! remembered, so the owners must have approved exact ones without history.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use datafusion_common::Result as DfResult;
use datafusion_expr::{Expr, LogicalPlan, Projection};
use policy::denial::Code;
use release::{Branch, Duties, KeyColumn, ReleaseSpec, Statistic, StatisticKind};

use crate::functions;
use crate::group::{self, aggregate_call};
use crate::refusals::Explain;
use crate::relation::{Col, Rel};
use crate::release_branches::arm_of_row;
use crate::release_plan::{Columns, ReleasePlan, party_rules, spec_slots};
use crate::traits::ArmId;
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
    let rel = group::with_presence(walker, input, keys, calls, original)?;
    let mut columns = Columns::default();
    let parties = party_rules(walker, &rel);
    let mut duties = crate::duties::owed(walker, &rel, &parties);
    duties.cuts = vec![None];
    told_as_they_are(walker, &duties);
    let keys = key_columns(&rel, &mut columns);
    let slots = spec_slots(&rel.slots, &mut columns);
    let statistics = vec![shown(&rel, &mut columns)];
    let plan = LogicalPlan::Projection(Projection::try_new(columns.exprs, rel.plan.into())?);
    Ok(ReleasePlan {
        input: plan,
        spec: ReleaseSpec {
            keys,
            statistics,
            slots,
            parties,
        },
        duties,
        private: None,
        owners: rel.owners,
    })
}

/// All values of a row, as keys of a cell of its own.
pub(crate) fn key_columns(rel: &Rel, columns: &mut Columns) -> Vec<KeyColumn> {
    let key = |(index, column): (usize, &Col)| KeyColumn {
        column: columns.add(Expr::Column(column.column.clone()), &format!("__k{index}")),
        name: format!("c{index}"),
    };
    rel.cols.iter().enumerate().map(key).collect()
}

/// Refuses rows that leave as they are where an owner asks for more.
pub(crate) fn told_as_they_are(walker: &mut Walker<'_>, duties: &Duties) {
    if duties.noise.is_some() || duties.history {
        walker
            .refusals
            .add(
                Code::Mode,
                "these rows can neither carry noise nor be remembered, and an owner's policy asks for it",
            )
            .help("every owner of a table in it must approve it with `exact = true` and `history = \"off\"`");
    }
}

/// The arms of all values of a row, and whether nobody may have taken one.
pub(crate) fn arms_of_row(rel: &Rel) -> Vec<(ArmId, bool)> {
    let arms = rel
        .cols
        .iter()
        .flat_map(|col| col.traits.arms.iter().copied());
    let arms: BTreeSet<ArmId> = arms.chain(rel.row_arms.iter().copied()).collect();
    let strict = |arm: &ArmId| !rel.row_arms.contains(arm) && !rel.lenient_arms.contains(arm);
    arms.into_iter().map(|arm| (arm, !strict(&arm))).collect()
}

/// A statistic that is not shown, which is there if the row may be: it owes what every value of the row does.
fn shown(rel: &Rel, columns: &mut Columns) -> Statistic {
    let arms = arms_of_row(rel).into_iter();
    let branches = arms.filter_map(|(arm, zero_ok)| arm_of_row(rel, columns, arm, zero_ok));
    shown_by(branches.collect())
}

/// A statistic that is not shown, which owes these branches.
pub(crate) fn shown_by(branches: Vec<Branch>) -> Statistic {
    Statistic {
        name: "__shown".to_owned(),
        kind: StatisticKind::CountRows,
        branches,
        output: DataType::Int64,
    }
}
