//! Inner GROUP BY: rows merged below the release, their people kept as sets.

use std::collections::BTreeSet;

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::expr::AggregateFunction;
use datafusion_expr::{Aggregate, Expr, LogicalPlan};
use policy::denial::Code;

use crate::arms::{From, Made, gated};
use crate::branch::{Branch, measure_branches, of_condition};
use crate::clamp::in_its_stead;
use crate::comparison::refuse_undone;
use crate::computed::{arm_tracks, call, computed};
use crate::consent;
use crate::determined;
use crate::expression;
use crate::measure::{self, Judged, Place};
use crate::names;
use crate::nobody;
use crate::refusals::Explain;
use crate::relation::{Arm, Rel, Slot};
use crate::terms;
use crate::traits::{ArmId, Crowded, SlotId, Traits};
use crate::walk::{Walker, named};
use crate::weights;

/// What a grouping consists of once it is judged.
#[derive(Debug)]
pub(crate) struct Grouped {
    pub(crate) keys: Vec<Expr>,
    pub(crate) traits: Vec<Traits>,
    /// Keys that others determine: they part nothing.
    pub(crate) implied: Vec<bool>,
    /// Branches of each key: they decide which rows there are.
    pub(crate) key_branches: Vec<Vec<Branch>>,
    /// Output name, call, what was found out about it.
    pub(crate) aggregates: Vec<(String, AggregateFunction, Judged)>,
}

/// An inner GROUP BY or DISTINCT.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
    original: &LogicalPlan,
) -> DfResult<Rel> {
    grouped(walker, input, (keys, calls), original, false)
}

/// The same, where each aggregate owes support of those whose argument is not NULL.
pub(crate) fn with_presence(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
    original: &LogicalPlan,
) -> DfResult<Rel> {
    grouped(walker, input, (keys, calls), original, true)
}

fn grouped(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    (keys, calls): (&[Expr], &[Expr]),
    original: &LogicalPlan,
    presence: bool,
) -> DfResult<Rel> {
    let rel = walker.walk(input, &[])?;
    let keys = &each_once(keys);
    let implied: Vec<bool> = keys
        .iter()
        .map(|key| is_implied(input, keys, key))
        .collect();
    let traits: Vec<Traits> = keys
        .iter()
        .zip(&implied)
        .map(|(key, implied)| key_traits(walker, &rel, key, *implied))
        .collect();
    let names = original.schema().fields().iter().skip(keys.len());
    let mut aggregates = Vec::new();
    for (call, field) in calls.iter().zip(names) {
        if let Some(function) = aggregate_call(call) {
            let mut judged = measure::judge(&mut walker.judge(&rel), function, Place::Inner);
            if let (true, Some(argument)) = (presence, &judged.argument) {
                let taken = argument.clone().is_not_null();
                judged.branches.push(Branch::strict(taken, false));
            }
            weights::refuse_inside(walker, &judged.traits, call);
            aggregates.push((field.name().clone(), function.clone(), judged));
        } else {
            walker
                .refusals
                .add(Code::Agg, "not a plain aggregate")
                .at(call);
        }
    }
    check_crowd(walker, &rel, &traits);
    let rel = nobody::left_out(walker, rel, &traits)?;
    let grouped = Grouped {
        keys: keys.clone(),
        key_branches: keys
            .iter()
            .zip(&traits)
            .map(|(key, found)| key_branches(&rel, key, found))
            .collect(),
        traits,
        implied,
        aggregates,
    };
    build(walker, rel, grouped)
}

/// The branches of a key. A condition is a CASE of two arms: as a key it counts those for whom it holds, however few.
fn key_branches(rel: &Rel, key: &Expr, found: &Traits) -> Vec<Branch> {
    let own = measure_branches(key, &rel.facts());
    if !own.is_empty() || found.plain || !rel.is_condition(key) || !rel.is_protected() {
        return own;
    }
    of_condition(key).to_vec()
}

/// A key that is written twice parts nothing twice, and the schema has it once.
pub(crate) fn each_once(keys: &[Expr]) -> Vec<Expr> {
    let mut found: Vec<Expr> = Vec::with_capacity(keys.len());
    for key in keys {
        if !found.contains(key) {
            found.push(key.clone());
        }
    }
    found
}

/// The aggregate under aliases.
pub(crate) fn aggregate_call(expr: &Expr) -> Option<&AggregateFunction> {
    match expr {
        Expr::AggregateFunction(function) => Some(function),
        Expr::Alias(alias) => aggregate_call(&alias.expr),
        _other => None,
    }
}

/// A key that others determine, as the binder may have added it for that: it parts no group.
fn is_implied(input: &LogicalPlan, keys: &[Expr], key: &Expr) -> bool {
    let Some(target) = determined::column(input, key) else {
        return false;
    };
    let others = keys.iter().filter(|other| *other != key);
    let others = others.filter_map(|other| determined::column(input, other));
    determined::determine(input, &others.filter(|at| *at != target).collect(), target)
}

fn key_traits(walker: &mut Walker<'_>, rel: &Rel, key: &Expr, implied: bool) -> Traits {
    if let Expr::GroupingSet(_) = key {
        walker
            .refusals
            .add(
                Code::GroupingSets,
                "write one GROUP BY for each grouping set",
            )
            .at(key);
        return Traits::default();
    }
    let found = expression::traits(&mut walker.judge(rel), key);
    if !found.groups_inside() && !implied && rel.is_protected() {
        walker
            .refusals
            .rule(
                Code::FilterGrain,
                "rows may be grouped by units, keys, and dimensions or filters at their grain",
            )
            .of(found.origin.as_ref())
            .at(key);
    }
    if !implied {
        refuse_undone(&mut walker.refusals, &found, key);
    }
    found
}

/// Each protected party must have a track among the keys: a row about a crowd is a release.
pub(crate) fn check_crowd(walker: &mut Walker<'_>, rel: &Rel, keys: &[Traits]) {
    if !names::frames_are_named(rel, keys) {
        let message =
            "this inner grouping gathers rows of several owners otherwise than a window below";
        let denial = walker.refusals.rule(Code::Crowd, message);
        denial.help("group by what parts the window, or let the outermost query aggregate");
    }
    for owner in &rel.owners {
        if names::of(walker.policies, rel, keys, owner).is_empty() {
            let denial = walker.refusals.rule(
                Code::Crowd,
                format!("this inner grouping makes rows about crowds of {owner}'s people; only the outermost aggregate may"),
            );
            denial.party = Some(owner.clone());
            denial.help(
                "group by a unit (a person, an account), or let the outermost query aggregate",
            );
        }
    }
}

/// Owners of a key that is grouped over rows of several of them must consent, as to a join.
fn key_consents(walker: &mut Walker<'_>, rel: &Rel, keys: &[Traits]) -> bool {
    let mut negation = true;
    for key in keys.iter().filter(|t| t.identifier && t.owners.len() > 1) {
        let owners: Vec<_> = key.owners.iter().collect();
        for (index, p) in owners.iter().enumerate() {
            for q in owners.iter().skip(index + 1) {
                if !consent::mutual(walker.policies, &rel.tables, p, q, &key.domains) {
                    walker
                        .refusals
                        .rule(Code::Join, format!("grouping by this key links rows of {p} and {q}, who have not both agreed to it"))
                        .of(key.origin.as_ref())
                        .help("both policies need the other party under `[joins.…] with`");
                }
            }
        }
        negation &= consent::negation(walker.policies, &rel.tables, &key.owners, &key.domains);
    }
    negation
}

/// The grouped relation with its tracks.
pub(crate) fn build(walker: &mut Walker<'_>, rel: Rel, grouped: Grouped) -> DfResult<Rel> {
    let keyed: BTreeSet<SlotId> = slots_of(&grouped.traits);
    let crowded = tells_who_is_where(walker, &rel, &grouped.traits);
    let mut exprs = Vec::new();
    let mut made = Made::default();
    let mut traits = grouped.traits;
    let mut row_arms = rel.row_arms.clone();
    for (key, branches) in grouped.key_branches.into_iter().enumerate() {
        for branch in branches {
            let from = From::Taken(branch.taken);
            let tracks = arm_tracks(walker, &rel, &from, None, &mut exprs);
            let arm = made.arm(walker, tracks, false);
            row_arms.insert(arm);
            if let Some(key) = traits.get_mut(key) {
                key.arms.insert(arm);
            }
        }
    }
    for (key, found) in grouped.keys.iter().zip(&mut traits) {
        for from in terms::arms(key, &rel) {
            let tracks = arm_tracks(walker, &rel, &from, None, &mut exprs);
            found.terms.insert(made.arm(walker, tracks, true));
        }
    }
    for (key, _) in traits.iter().zip(&grouped.implied).filter(|(_, i)| !**i) {
        row_arms.extend(key.arms.iter().copied());
    }
    for arm in arms_below(&rel, &traits) {
        if let Some(below) = rel.arms.get(&arm).cloned() {
            let tracks = arm_tracks(walker, &rel, &From::Below(below), None, &mut exprs);
            walker.flag_arms.remove(&arm);
            made.arms.insert(arm, Arm::Tracks(tracks));
        }
    }
    for arm in weights::of_keys(&traits) {
        if let Some(Arm::Each(row)) = rel.arms.get(&arm) {
            let name = format!("__e{}", walker.fresh());
            exprs.push(call(&walker.tools.least, Expr::Column(row.clone()), &name));
            made.arms
                .insert(arm, Arm::Each(Column::new_unqualified(name)));
        }
    }
    for aggregate in grouped.aggregates {
        let growth = aggregate.2.growth;
        let mut found = computed(walker, &rel, aggregate, &mut exprs, &mut made);
        if crowded {
            found.crowded = Some(Crowded { growth });
        }
        traits.push(found);
    }
    let slots = slot_tracks(walker, &rel, &keyed, &mut exprs);
    let clamped = clamped_keys(walker, &rel, &grouped.keys, &mut exprs);
    let ties = first_ties(walker, &rel, &mut exprs);
    // Visible aggregates first, hidden ones behind.
    exprs.sort_by_key(|e| matches!(e, Expr::Alias(a) if a.name.starts_with("__")));
    let width = grouped.keys.len();
    let plan = LogicalPlan::Aggregate(Aggregate::try_new(rel.plan.into(), grouped.keys, exprs)?);
    let plan = gated(plan, &made.gates)?;
    let mut cols = named(&plan, traits);
    for (col, clamped) in cols.iter_mut().zip(clamped) {
        col.clamped = clamped;
    }
    let lost = rel.owners.is_empty() && !rel.literal_ids.is_empty();
    let unnumbered = rel.unnumbered || lost;
    Ok(Rel {
        cols,
        plan,
        slots,
        arms: made.arms,
        zero_arms: rel.zero_arms,
        row_arms,
        sides: BTreeSet::new(),
        lenient_arms: made.lenient.union(&rel.lenient_arms).copied().collect(),
        owners: rel.owners,
        mixed: rel.mixed,
        tables: rel.tables,
        linked: rel.linked,
        unique: vec![(0..width).collect()],
        literal_rows: None,
        repeats: 1,
        literal_ids: Vec::new(),
        unnumbered,
        ties,
        facts: Vec::new(),
    })
}

/// A group's place among others is that of its first row.
fn first_ties(walker: &mut Walker<'_>, rel: &Rel, exprs: &mut Vec<Expr>) -> Vec<Column> {
    let mut first = |tie: &Column| {
        let name = format!("__y{}", walker.fresh());
        let tie = Expr::Column(tie.clone());
        exprs.push(call(&walker.tools.least, tie, &name));
        Column::new_unqualified(name)
    };
    rel.ties.iter().map(&mut first).collect()
}

/// A computed key enters aggregates further up as the least of its clamped values: rows of one key may have several.
fn clamped_keys(
    walker: &mut Walker<'_>,
    rel: &Rel,
    keys: &[Expr],
    exprs: &mut Vec<Expr>,
) -> Vec<Option<Column>> {
    let mut beside = |key: &Expr| {
        let clamped = in_its_stead(key, rel)?;
        let name = format!("__c{}", walker.fresh());
        exprs.push(call(&walker.tools.least, clamped, &name));
        Some(Column::new_unqualified(name))
    };
    keys.iter().map(&mut beside).collect()
}

/// The tracks that keys name.
fn slots_of(keys: &[Traits]) -> BTreeSet<SlotId> {
    keys.iter().flat_map(|t| t.slots.iter().copied()).collect()
}

/// Whether groups under these keys hold rows of several owners that did not all consent to negation: a condition that more
/// rows could undo would pick those who are at one of them alone.
pub(crate) fn tells_who_is_where(walker: &mut Walker<'_>, rel: &Rel, keys: &[Traits]) -> bool {
    let consented = key_consents(walker, rel, keys);
    let mut names = keys.iter().filter(|key| key.identifier).peekable();
    let merged = names.clone().any(|key| key.owners.len() > 1);
    let mixed = rel.mixed
        && (names.peek().is_none()
            || names.any(|key| {
                !consent::negation(walker.policies, &rel.tables, &rel.owners, &key.domains)
            }));
    merged && !consented || mixed
}

/// Branches further down that rows or columns of the group went through.
fn arms_below(rel: &Rel, traits: &[Traits]) -> BTreeSet<ArmId> {
    let columns = traits.iter().flat_map(|t| t.arms.union(&t.terms).copied());
    columns
        .chain(rel.row_arms.iter().copied())
        .filter(|arm| rel.arms.contains_key(arm))
        .collect()
}

/// A track that is a key of one owner's rows stays one entity, the others become sets.
fn slot_tracks(
    walker: &mut Walker<'_>,
    rel: &Rel,
    keyed: &BTreeSet<SlotId>,
    exprs: &mut Vec<Expr>,
) -> Vec<Slot> {
    let mut slots = Vec::new();
    for slot in &rel.slots {
        let several = slot.parties.len() > 1;
        let is_key = slot.single && keyed.contains(&slot.id);
        let scalar = is_key && !several && !slot.set;
        let name = format!("__t{}", walker.fresh());
        let function = if scalar {
            &walker.tools.least
        } else {
            &walker.tools.tracks
        };
        exprs.push(call(function, Expr::Column(slot.column.clone()), &name));
        slots.push(Slot {
            column: Column::new_unqualified(name),
            set: !scalar,
            merged: slot.merged || several,
            single: is_key,
            ..slot.clone()
        });
    }
    slots
}
