//! Rows whose key is nobody.
//!
//! A unit may be NULL or one of its `absent` values (`CASH`), and then it names nobody. Under such a key the rows of many
//! people would be one group, and its row would be about a crowd; so rows that are about a party's people, but not by the
//! key, stand in no inner group and in no window.

use std::collections::BTreeSet;
use std::ops::Not;
use std::sync::Arc;

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{Expr, Filter, LogicalPlan, lit};

use crate::names::{self, Name};
use crate::relation::{Rel, Slot};
use crate::scan::literal;
use crate::traits::Traits;
use crate::walk::Walker;

/// The rows whose keys name somebody of every party whose people the row is about.
pub(crate) fn left_out(walker: &Walker<'_>, mut rel: Rel, keys: &[Traits]) -> DfResult<Rel> {
    let mut alike: Vec<(Vec<Name<'_>>, BTreeSet<u8>)> = Vec::new();
    for owner in &rel.owners {
        let Some(number) = walker.policies.number(owner) else {
            continue;
        };
        let names = names::of(walker.policies, &rel, keys, owner);
        match alike.iter_mut().find(|(known, _)| *known == names) {
            Some((_, owners)) => _ = owners.insert(number),
            None => alike.push((names, BTreeSet::from([number]))),
        }
    }
    let conditions = alike
        .iter()
        .filter_map(|(names, owners)| named(walker, owners, names, &rel.slots));
    if let Some(condition) = conditions.reduce(Expr::and) {
        rel.plan = LogicalPlan::Filter(Filter::try_new(condition, rel.plan.into())?);
    }
    Ok(rel)
}

/// The rows whose key columns are somebody: `CASH` equals `CASH`, but nobody meets nobody.
pub(crate) fn keys_left_out<'a>(
    mut rel: Rel,
    keys: impl Iterator<Item = &'a Column>,
) -> DfResult<Rel> {
    if let Some(condition) = somebody(&rel, keys) {
        rel.plan = LogicalPlan::Filter(Filter::try_new(condition, rel.plan.into())?);
    }
    Ok(rel)
}

/// Whether key columns are somebody; `None` where they always are. What is nobody to one owner may be a name to another, so
/// a row that a track names is somebody's.
pub(crate) fn somebody<'a>(rel: &Rel, keys: impl Iterator<Item = &'a Column>) -> Option<Expr> {
    let conditions = keys.filter_map(|key| {
        let traits = &rel.col(key)?.traits;
        let list: Vec<Expr> = traits.nobodies.iter().map(literal).collect();
        let named = rel
            .slots
            .iter()
            .filter(|slot| traits.slots.union(&traits.matched).any(|id| *id == slot.id))
            .map(|slot| Expr::Column(slot.column.clone()).is_not_null());
        let other = Expr::Column(key.clone()).in_list(list, true);
        (!traits.nobodies.is_empty()).then(|| named.fold(other, Expr::or))
    });
    conditions.reduce(Expr::and)
}

/// A join's condition besides its keys, and that the keys of a side which keeps its other rows are somebody.
pub(crate) fn and_somebody<'a>(
    filter: Option<&Expr>,
    rel: &Rel,
    keys: impl Iterator<Item = &'a Column>,
) -> Option<Expr> {
    match (filter.cloned(), somebody(rel, keys)) {
        (Some(filter), Some(somebody)) => Some(filter.and(somebody)),
        (filter, somebody) => filter.or(somebody),
    }
}

/// Somebody by a name that these owners accept, or nobody of their people at all; `None` where that is always so. Who is of their
/// people by such a name is somebody, so only the other tracks are left to ask.
fn named(
    walker: &Walker<'_>,
    owners: &BTreeSet<u8>,
    names: &[Name<'_>],
    slots: &[Slot],
) -> Option<Expr> {
    let is_name = |slot: &Slot| names.iter().any(|name| name.slot.id == slot.id);
    let others = slots.iter().filter(|slot| !is_name(slot));
    let none = others.filter_map(|slot| {
        let theirs: BTreeSet<u8> = slot.parties.keys().copied().collect();
        let theirs = &theirs & owners;
        (!theirs.is_empty()).then(|| somebody_of(walker, &theirs, slot).not())
    });
    let nobody = none.reduce(Expr::and)?;
    let some = names
        .iter()
        .map(|name| somebody_of(walker, &name.of, name.slot));
    Some(some.reduce(Expr::or)?.or(nobody))
}

/// Whether a track is somebody of one of these parties: where rows of several owners meet in it, it may be a name that another gave.
fn somebody_of(walker: &Walker<'_>, parties: &BTreeSet<u8>, slot: &Slot) -> Expr {
    let track = Expr::Column(slot.column.clone());
    if slot.parties.keys().all(|party| parties.contains(party)) {
        return track.is_not_null();
    }
    let of_party = |party: &u8| {
        Expr::ScalarFunction(ScalarFunction {
            func: Arc::clone(&walker.tools.of_party),
            args: vec![lit(*party), track.clone()],
        })
    };
    let any = parties.iter().map(of_party).reduce(Expr::or);
    any.unwrap_or_else(|| lit(false))
}
