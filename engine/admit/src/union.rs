//! UNION ALL: rows side by side, tracks aligned by place and space.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field};
use datafusion_common::{Column, DFSchema, Result as DfResult, TableReference};
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan, Projection, Union, lit};
use policy::denial::Code;

use crate::aligned::{
    Signature, aligned, aligned_traits, owner_numbers, rows_own, signatures_of, slot_in,
};
use crate::arms::takers;
use crate::branch::null;
use crate::clamp::clamped;
use crate::relation::{Arm, Rel, Slot};
use crate::repeated;
use crate::sides;
use crate::traits::{ArmId, Traits};
use crate::walk::{Walker, named};

/// The union of its branches.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    inputs: &[Arc<LogicalPlan>],
    schema: &DFSchema,
) -> DfResult<Rel> {
    let mut branches = Vec::new();
    for input in inputs {
        branches.push(walker.walk(input, &[])?);
    }
    let branches = repeated::by_union(walker, branches)?;
    let protected = branches.iter().filter(|b| b.is_protected()).count();
    if protected > 0 && protected < branches.len() {
        walker.refusals.add(
            Code::Join,
            "rows of public tables may not be mixed with protected ones",
        );
    }
    let signatures: Vec<Vec<Signature>> = branches.iter().map(signatures_of).collect();
    let slots = aligned(walker, &branches, &signatures);
    let owners = owner_numbers(walker, &branches);
    let arms = all_arms(&branches);
    let mut traits = aligned_traits(
        &branches,
        &signatures,
        (&slots, &owners),
        schema.fields().len(),
    );
    let clamped = clamped_beside(walker, &branches, &mut traits);
    let sides = sides::of(walker, &branches);
    let mut ties = ties_of(walker, &branches);
    let of_branch =
        (!ties.is_empty()).then(|| Column::new_unqualified(format!("__y{}", walker.fresh())));
    let mut plans = Vec::new();
    for ((branch, signed), at) in branches.iter().zip(&signatures).zip(0..) {
        let mut exprs = visible(branch, schema);
        exprs.extend(clamped_of(branch, &clamped));
        for (signature, slot) in &slots {
            exprs.push(track_of(
                walker,
                (branch, signed),
                &slots,
                (signature, slot),
            ));
        }
        exprs.extend(arms_of(walker, (branch, &branches), signed, &slots, &arms));
        exprs.extend(sides.iter().map(|side| side.says(at)));
        exprs.extend(ties.iter().enumerate().map(|(at, tie)| {
            let own = branch.ties.get(at).cloned().map(Expr::Column);
            let own = own.unwrap_or_else(|| null(&DataType::UInt64));
            own.alias(tie.name.clone())
        }));
        // A row that stands in several branches comes first in the same one for everybody.
        exprs.extend(of_branch.iter().map(|tie| {
            let number = u64::try_from(at).unwrap_or(u64::MAX);
            lit(number).alias(tie.name.clone())
        }));
        let plan = Projection::try_new(exprs, branch.plan.clone().into())?;
        plans.push(Arc::new(LogicalPlan::Projection(plan)));
    }
    let plan = LogicalPlan::Union(Union::try_new_with_loose_types(plans)?);
    let mut rel = put_together(&branches, plan, traits, slots, arms);
    for (col, clamped) in rel.cols.iter_mut().zip(clamped) {
        col.clamped = clamped;
    }
    sides::note(&mut rel, sides);
    ties.extend(of_branch);
    rel.ties = ties;
    rel.mixed |= is_mixed(&rel, &branches, &signatures);
    Ok(rel)
}

fn put_together(
    branches: &[Rel],
    plan: LogicalPlan,
    traits: Vec<Traits>,
    slots: BTreeMap<Signature, Slot>,
    arms: BTreeSet<ArmId>,
) -> Rel {
    let mut rel = Rel::public(plan);
    rel.cols = named(&rel.plan, traits);
    rel.arms = arms
        .into_iter()
        .map(|arm| {
            let kind = match branches.iter().find_map(|b| b.arms.get(&arm)) {
                Some(Arm::Flag(_)) => Arm::Flag(Column::new_unqualified(format!("__a{arm}"))),
                Some(Arm::Each(_)) => Arm::Each(Column::new_unqualified(format!("__e{arm}"))),
                Some(Arm::Amount(_)) => Arm::Amount(Column::new_unqualified(format!("__e{arm}"))),
                Some(Arm::Tracks(_)) | None => {
                    let name =
                        |slot: &Slot| Column::new_unqualified(format!("__u{arm}_{}", slot.id));
                    Arm::Tracks(slots.values().map(|s| (s.id, name(s))).collect())
                }
            };
            (arm, kind)
        })
        .collect();
    rel.slots = slots.into_values().collect();
    // One literal row has no number, two of them do not get any.
    let own = |branch: &Rel| !branch.is_protected() && branch.tables.is_empty();
    rel.unnumbered = branches
        .iter()
        .any(|branch| branch.unnumbered || own(branch));
    for branch in branches {
        rel.tables.extend(branch.tables.iter().cloned());
        rel.linked.extend(branch.linked.iter().cloned());
        let again = !rel.owners.is_disjoint(&branch.owners);
        rel.repeats = if again {
            rel.repeats.saturating_add(branch.repeats)
        } else {
            rel.repeats.max(branch.repeats)
        };
        rel.mixed |= branch.mixed;
        rel.owners.extend(branch.owners.iter().cloned());
        rel.zero_arms.extend(branch.zero_arms.iter().copied());
        rel.row_arms.extend(branch.row_arms.iter().copied());
        rel.lenient_arms.extend(branch.lenient_arms.iter().copied());
        rel.sides.extend(branch.sides.iter().copied());
    }
    rel
}

/// Whether rows of several owners have people of them at other places in one branch than in another.
fn is_mixed(rel: &Rel, branches: &[Rel], signatures: &[Vec<Signature>]) -> bool {
    let who = |(branch, signed): (&Rel, &Vec<Signature>)| -> BTreeSet<(Signature, u8)> {
        let slots = branch.slots.iter().zip(signed);
        let each = slots.flat_map(|(slot, signature)| {
            let parties = slot.parties.keys();
            parties.map(|party| (signature.clone(), *party))
        });
        each.collect()
    };
    let mut all = branches.iter().zip(signatures).map(who);
    let first = all.next();
    rel.owners.len() > 1 && all.any(|other| Some(other) != first)
}

/// Columns for what tells the rows of any branch apart.
fn ties_of(walker: &mut Walker<'_>, branches: &[Rel]) -> Vec<Column> {
    let most = branches.iter().map(|branch| branch.ties.len()).max();
    let mut name = |_| Column::new_unqualified(format!("__y{}", walker.fresh()));
    (0..most.unwrap_or(0)).map(&mut name).collect()
}

fn visible(branch: &Rel, schema: &DFSchema) -> Vec<Expr> {
    branch
        .cols
        .iter()
        .zip(schema.iter())
        .map(|(col, (qualifier, field))| renamed(&col.column, qualifier, field))
        .collect()
}

/// By position the column that enters aggregates instead, where the bounds of the branches are not one.
fn clamped_beside(
    walker: &mut Walker<'_>,
    branches: &[Rel],
    aligned: &mut [Traits],
) -> Vec<Option<Column>> {
    let position = |(at, traits): (usize, &mut Traits)| {
        let mut cols = branches.iter().filter_map(|branch| branch.cols.get(at));
        let apart = cols.any(|col| col.clamped.is_some() || traits.bounds != col.traits.bounds);
        apart.then(|| {
            traits.bounds = None;
            Column::new_unqualified(format!("__c{}", walker.fresh()))
        })
    };
    aligned.iter_mut().enumerate().map(position).collect()
}

fn clamped_of(branch: &Rel, names: &[Option<Column>]) -> Vec<Expr> {
    let each = branch.cols.iter().zip(names);
    each.filter_map(|(col, name)| {
        let value = clamped(&Expr::Column(col.column.clone()), branch);
        name.as_ref().map(|name| value.alias(name.name.clone()))
    })
    .collect()
}

fn renamed(column: &Column, qualifier: Option<&TableReference>, field: &Arc<Field>) -> Expr {
    Expr::Column(column.clone()).alias_qualified(qualifier.cloned(), field.name())
}

fn set_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::UInt64, true)))
}

fn as_set(walker: &Walker<'_>, expr: Expr) -> Expr {
    let func = Arc::clone(&walker.tools.as_set);
    Expr::ScalarFunction(ScalarFunction {
        func,
        args: vec![expr],
    })
}

/// Those who took an arm, as a set: one LAG away it is one person.
fn set_of(walker: &Walker<'_>, branch: &Rel, takers: Expr) -> Expr {
    match takers.get_type(branch.plan.schema().as_ref()) {
        Ok(DataType::UInt64) => as_set(walker, takers),
        Ok(_) | Err(_) => takers,
    }
}

/// A branch's track of a signature. Where the branch has no such frame, who stands in it is all that the frame would hold.
fn track_of(
    walker: &Walker<'_>,
    (branch, signed): (&Rel, &[Signature]),
    slots: &BTreeMap<Signature, Slot>,
    (signature, slot): (&Signature, &Slot),
) -> Expr {
    let own = slot_in(branch, signed, signature);
    let own = own.or_else(|| {
        let mut own = rows_own(branch, signed, slots, slot).into_iter();
        own.find(|own| slot.set || !own.set)
    });
    let value = match own {
        Some(own) if own.set == slot.set => Expr::Column(own.column.clone()),
        Some(own) => as_set(walker, Expr::Column(own.column.clone())),
        None if slot.set => null(&set_type()),
        None => null(&DataType::UInt64),
    };
    value.alias(slot.column.name.clone())
}

fn all_arms(branches: &[Rel]) -> BTreeSet<ArmId> {
    branches
        .iter()
        .flat_map(|b| b.arms.keys().copied())
        .collect()
}

/// The branch's own arms under their common names, NULL for those of the others.
fn arms_of(
    walker: &Walker<'_>,
    (branch, branches): (&Rel, &[Rel]),
    signed: &[Signature],
    slots: &BTreeMap<Signature, Slot>,
    arms: &BTreeSet<ArmId>,
) -> Vec<Expr> {
    let mut exprs = Vec::new();
    for arm in arms {
        match branch.arms.get(arm) {
            Some(Arm::Flag(flag)) => {
                exprs.push(Expr::Column(flag.clone()).alias(format!("__a{arm}")));
            }
            Some(Arm::Each(row) | Arm::Amount(row)) => {
                exprs.push(Expr::Column(row.clone()).alias(format!("__e{arm}")));
            }
            Some(tracks @ Arm::Tracks(_)) => {
                for (signature, slot) in slots {
                    let own = slot_in(branch, signed, signature);
                    let value = own.map_or_else(
                        || null(&set_type()),
                        |own| set_of(walker, branch, takers(tracks, own)),
                    );
                    exprs.push(value.alias(format!("__u{arm}_{}", slot.id)));
                }
            }
            None => exprs.extend(absent_arm(walker, branches, slots, *arm)),
        }
    }
    exprs
}

fn absent_arm(
    walker: &Walker<'_>,
    branches: &[Rel],
    slots: &BTreeMap<Signature, Slot>,
    arm: ArmId,
) -> Vec<Expr> {
    if walker.flag_arms.contains(&arm) {
        return vec![null(&DataType::Boolean).alias(format!("__a{arm}"))];
    }
    let each = branches
        .iter()
        .find_map(|other| match other.arms.get(&arm) {
            Some(Arm::Each(row) | Arm::Amount(row)) => Expr::Column(row.clone())
                .get_type(other.plan.schema().as_ref())
                .ok(),
            Some(Arm::Flag(_) | Arm::Tracks(_)) | None => None,
        });
    if let Some(kind) = each {
        return vec![null(&kind).alias(format!("__e{arm}"))];
    }
    let names = slots.values().map(|slot| format!("__u{arm}_{}", slot.id));
    names.map(|name| null(&set_type()).alias(name)).collect()
}
