//! Joins: the two sides judged, then put together with the tracks of both.

use std::collections::BTreeSet;

use datafusion_common::{Column, NullEquality, Result as DfResult};
use datafusion_expr::{Expr, Join, JoinConstraint, JoinType, LogicalPlan};
use policy::denial::Code;

use crate::branch::{branches, of_condition};
use crate::condition::{Condition, condition};
use crate::conjunct::equate;
use crate::consent;
use crate::constant::Quantity;
use crate::link::link;
use crate::nobody;
use crate::predicate::Polarity;
use crate::refusals::{Explain, span_of};
use crate::relation::Rel;
use crate::repeated;
use crate::semi;
use crate::traits::{ArmId, SlotId};
use crate::walk::Walker;
use crate::weights;

/// A join, by its type.
pub(crate) fn walk(walker: &mut Walker<'_>, node: &Join, hints: &[Expr]) -> DfResult<Rel> {
    match node.join_type {
        JoinType::Inner => inner(walker, node, hints),
        JoinType::Left | JoinType::Right => outer(walker, node),
        JoinType::LeftSemi => semi::semi(walker, node, true),
        JoinType::RightSemi => semi::semi(walker, node, false),
        JoinType::LeftAnti => semi::anti(walker, node, true),
        JoinType::RightAnti => semi::anti(walker, node, false),
        JoinType::Full => {
            walker
                .refusals
                .add(Code::Outer, "full joins are not available");
            both_sides(walker, node)
        }
        JoinType::LeftMark | JoinType::RightMark => {
            walker.refusals.add(
                Code::Negation,
                "EXISTS and IN may not stand under OR or as values: the people who are absent would decide",
            );
            both_sides(walker, node)
        }
    }
}

/// Walks both sides of a join that was refused, so that more telling refusals are found.
fn both_sides(walker: &mut Walker<'_>, node: &Join) -> DfResult<Rel> {
    let left = walker.walk(&node.left, &[])?;
    let right = walker.walk(&node.right, &[])?;
    let mut rel = Rel::public(LogicalPlan::Join(node.clone()));
    rel.owners = left.owners.union(&right.owners).cloned().collect();
    rel.tables = left.tables.union(&right.tables).cloned().collect();
    for col in &mut rel.cols {
        let found = left.col(&col.column).or_else(|| right.col(&col.column));
        if let Some(found) = found {
            col.traits = found.traits.clone();
        }
    }
    Ok(rel)
}

fn inner(walker: &mut Walker<'_>, node: &Join, hints: &[Expr]) -> DfResult<Rel> {
    let left = walker.walk(&node.left, hints)?;
    let right = walker.walk(&node.right, hints)?;
    let found = condition(&left, &right, &node.on, node.filter.as_ref(), hints);
    link(walker, &left, &right, &found);
    let both_protected = left.is_protected() && right.is_protected();
    let brought = repeated::brought(&left, &right, &found);
    let weighing = weights::brought(&left, &right, &found);
    let left = nobody::keys_left_out(left, found.keys.iter().map(|pair| &pair.left))?;
    let right = nobody::keys_left_out(right, found.keys.iter().map(|pair| &pair.right))?;
    let null_equality = if both_protected {
        NullEquality::NullEqualsNothing
    } else {
        node.null_equality
    };
    let mut rel = joined(left, right, &found, |l, r| {
        Join::try_new(
            l.into(),
            r.into(),
            node.on.clone(),
            node.filter.clone(),
            JoinType::Inner,
            JoinConstraint::On,
            null_equality,
            false,
        )
    })?;
    let arms = judge_rest(walker, &rel, &found, both_protected, Polarity::Positive);
    rel.row_arms.extend(arms);
    rel.row_arms.extend(looked_up_arms(&rel, &found));
    let rel = weights::followed(walker, rel, weighing)?;
    repeated::by_literals(walker, rel, brought)
}

/// Judges the conditions that are no linking equalities. Returns the arms by which they decide which rows meet.
///
/// A join with a public table is judged by [`link`]; between protected sides an equality is a predicate, also where
/// one of the columns holds a literal.
pub(crate) fn judge_rest(
    walker: &mut Walker<'_>,
    rel: &Rel,
    found: &Condition,
    both_protected: bool,
    polarity: Polarity,
) -> BTreeSet<ArmId> {
    let mut arms = BTreeSet::new();
    for expr in &found.rest {
        arms.extend(walker.judge(rel).predicate(expr, polarity).arms);
        if rel.is_protected() && !branches(expr).is_empty() {
            walker
                .refusals
                .rule(Code::Join, "CASE is not available in a join's condition")
                .at(expr)
                .help("join on the key, and put the CASE into WHERE");
        }
    }
    if both_protected {
        for (l, r) in &found.equal {
            let equality = Expr::Column(l.clone()).eq(Expr::Column(r.clone()));
            arms.extend(walker.judge(rel).predicate(&equality, polarity).arms);
        }
    }
    arms
}

/// Branches that the columns went through by which rows meet: which rows there are is a matter of them.
pub(crate) fn looked_up_arms(rel: &Rel, found: &Condition) -> BTreeSet<ArmId> {
    let columns = found.equal.iter().flat_map(|(l, r)| [l, r]);
    let arms = columns.filter_map(|column| rel.col(column));
    let arms = arms.flat_map(|col| col.traits.arms.iter().copied());
    arms.filter(|arm| rel.arms.contains_key(arm)).collect()
}

/// Puts the two sides together.
pub(crate) fn joined(
    left: Rel,
    right: Rel,
    found: &Condition,
    build: impl FnOnce(LogicalPlan, LogicalPlan) -> DfResult<Join>,
) -> DfResult<Rel> {
    let unique = unique_after(&left, &right, found);
    let repeated = |rel: &Rel| (rel.repeats, rel.tables.is_empty());
    let repeats = repeats(&repeated(&left), &repeated(&right), found);
    let unnumbered = left.has_lost_numbers() || right.has_lost_numbers();
    let plan = LogicalPlan::Join(build(left.plan, right.plan)?);
    let mut rel = Rel {
        plan,
        cols: left.cols.into_iter().chain(right.cols).collect(),
        slots: left.slots.into_iter().chain(right.slots).collect(),
        arms: left.arms.into_iter().chain(right.arms).collect(),
        zero_arms: left.zero_arms.union(&right.zero_arms).copied().collect(),
        row_arms: left.row_arms.union(&right.row_arms).copied().collect(),
        sides: left.sides.union(&right.sides).copied().collect(),
        lenient_arms: left
            .lenient_arms
            .union(&right.lenient_arms)
            .copied()
            .collect(),
        owners: left.owners.union(&right.owners).cloned().collect(),
        mixed: left.mixed || right.mixed,
        tables: left.tables.union(&right.tables).cloned().collect(),
        linked: left.linked.union(&right.linked).cloned().collect(),
        unique,
        literal_rows: left
            .literal_rows
            .zip(right.literal_rows)
            .map(|(a, b)| a.saturating_mul(b)),
        repeats,
        literal_ids: left
            .literal_ids
            .into_iter()
            .chain(right.literal_ids)
            .collect(),
        unnumbered,
        ties: left.ties.into_iter().chain(right.ties).collect(),
        facts: Vec::new(),
    };
    for pair in &found.keys {
        rel.linked.extend(pair.domains.iter().cloned());
        if let (Some(a), Some(b)) = (rel.position(&pair.left), rel.position(&pair.right)) {
            equate(&mut rel, a, b);
        }
    }
    Ok(rel)
}

/// Rows of a list that are picked by an equality repeat nothing: they hold each key once.
fn repeats(left: &(usize, bool), right: &(usize, bool), found: &Condition) -> usize {
    let of = |(repeats, is_list): &(usize, bool)| {
        if *is_list && !found.equal.is_empty() {
            1
        } else {
            *repeats
        }
    };
    of(left).saturating_mul(of(right))
}

/// The keys of either side that still hold no value twice: the other side matches once.
fn unique_after(left: &Rel, right: &Rel, found: &Condition) -> Vec<BTreeSet<usize>> {
    let shift = left.cols.len();
    let shifted = |key: &BTreeSet<usize>| key.iter().map(|i| i.saturating_add(shift)).collect();
    let mut unique = Vec::new();
    if right.is_unique_on(&found.right_key(right)) {
        unique.extend(left.unique.iter().cloned());
    }
    if left.is_unique_on(&found.left_key(left)) {
        unique.extend(right.unique.iter().map(shifted));
    }
    unique
}

/// LEFT and RIGHT: the inner join and the anti join, each judged.
fn outer(walker: &mut Walker<'_>, node: &Join) -> DfResult<Rel> {
    let left = walker.walk(&node.left, &[])?;
    let right = walker.walk(&node.right, &[])?;
    let found = condition(&left, &right, &node.on, node.filter.as_ref(), &[]);
    let is_left = node.join_type == JoinType::Left;
    let (preserved, supplied) = if is_left {
        (&left, &right)
    } else {
        (&right, &left)
    };
    link(walker, &left, &right, &found);
    if supplied.is_protected() && !unmatched_allowed(walker, preserved, supplied, &found) {
        let at = found.stated.first().and_then(span_of);
        let denial = walker.refusals.rule(
            Code::Outer,
            "rows without a match would show who is absent at another party",
        );
        denial.span = at;
        denial.help("use an inner join, or ask both owners for `negation = true` on this key");
    }
    let kept = preserved_keys(&left, &right, is_left);
    let supplied_slots: BTreeSet<SlotId> = supplied.slots.iter().map(|slot| slot.id).collect();
    let left_keys = found.keys.iter().map(|pair| &pair.left);
    let right_keys = found.keys.iter().map(|pair| &pair.right);
    let filter = node.filter.as_ref();
    let (left, right, filter) = if is_left {
        let filter = nobody::and_somebody(filter, &left, left_keys);
        (left, nobody::keys_left_out(right, right_keys)?, filter)
    } else {
        let filter = nobody::and_somebody(filter, &right, right_keys);
        (nobody::keys_left_out(left, left_keys)?, right, filter)
    };
    let width = left.cols.len();
    let both_protected = left.is_protected() && right.is_protected();
    let brought = repeated::brought(&left, &right, &found);
    let weighing = weights::brought(&left, &right, &found);
    let numbers = if is_left { &right } else { &left }.literal_ids.first();
    let number = numbers.map(|(number, _)| number.clone());
    let mut rel = joined(left, right, &found, |l, r| {
        Join::try_new(
            l.into(),
            r.into(),
            node.on.clone(),
            filter,
            node.join_type,
            JoinConstraint::On,
            NullEquality::NullEqualsNothing,
            false,
        )
    })?;
    let arms = judge_rest(walker, &rel, &found, both_protected, Polarity::Both);
    rel.row_arms.extend(arms);
    rel.row_arms.extend(looked_up_arms(&rel, &found));
    rel.unique.retain(|key| kept.contains(key));
    // Where a row has no match, its columns name nobody: grouped by them, many people would be one row.
    // Those of the other side name nobody of this one there, whatever they equal elsewhere.
    for (at, col) in rel.cols.iter_mut().enumerate() {
        if (at >= width) == is_left {
            let named = std::mem::take(&mut col.traits.slots);
            col.traits.matched.extend(named);
            if let Some(known) = &mut col.traits.known {
                known.push(Quantity::Null);
            }
        } else {
            col.traits
                .slots
                .retain(|slot| !supplied_slots.contains(slot));
        }
    }
    let rel = weights::followed(walker, rel, weighing)?;
    let rel = repeated::by_literals(walker, rel, brought)?;
    unmatched(walker, rel, (&found, number), is_left, both_protected)
}

/// Rows without a match in a list or public table are an arm beside those with one.
fn unmatched(
    walker: &mut Walker<'_>,
    rel: Rel,
    (found, number): (&Condition, Option<Column>),
    is_left: bool,
    both_protected: bool,
) -> DfResult<Rel> {
    if both_protected || !rel.is_protected() {
        return Ok(rel);
    }
    let equal = found.equal.first();
    let key = equal.map(|(l, r)| if is_left { r } else { l }.clone());
    let Some(supplied) = number.or(key) else {
        let message = "an outer join with a list or public table needs an equality";
        walker.refusals.add(Code::Outer, message);
        return Ok(rel);
    };
    let matched = Expr::Column(supplied).is_not_null();
    walker.with_row_arms(rel, of_condition(&matched).to_vec())
}

/// Only keys of the preserved side survive unmatched rows.
fn preserved_keys(left: &Rel, right: &Rel, is_left: bool) -> Vec<BTreeSet<usize>> {
    if is_left {
        return left.unique.clone();
    }
    let shift = left.cols.len();
    let shifted = |key: &BTreeSet<usize>| key.iter().map(|i| i.saturating_add(shift)).collect();
    right.unique.iter().map(shifted).collect()
}

/// Negation: both owners consent, or there is one owner and the units are equated.
pub(crate) fn unmatched_allowed(
    walker: &Walker<'_>,
    preserved: &Rel,
    absent: &Rel,
    found: &Condition,
) -> bool {
    if !preserved.is_protected() {
        return false;
    }
    let owners: BTreeSet<_> = preserved.owners.union(&absent.owners).cloned().collect();
    if owners.len() == 1 && found.keys.iter().any(|pair| pair.same_unit) {
        return true;
    }
    let tables = preserved.tables.union(&absent.tables).cloned().collect();
    // Where all rows have the same in one key, the others alone say who is absent.
    !found.keys.is_empty()
        && found
            .keys
            .iter()
            .all(|pair| consent::negation(walker.policies, &tables, &owners, &pair.domains))
}
