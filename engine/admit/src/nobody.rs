//! Rows whose key is nobody.
//!
//! A unit may be NULL or one of its `absent` values (`CASH`), and then it names nobody. Under such a key the rows of many
//! people would be one group, and its row would be about a crowd; so rows that are about a party's people, but not by the
//! key, stand in no inner group and in no window.

use std::collections::BTreeSet;

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::{Expr, Filter, LogicalPlan};

use crate::relation::{Rel, Slot};
use crate::scan::literal;
use crate::traits::{SlotId, Traits};
use crate::walk::Walker;

/// The rows whose keys name somebody of every party whose people the row is about.
pub(crate) fn left_out(walker: &Walker<'_>, mut rel: Rel, keys: &[Traits]) -> DfResult<Rel> {
    let keyed: BTreeSet<SlotId> = keys.iter().flat_map(|t| t.slots.iter().copied()).collect();
    let conditions = rel.owners.iter().filter_map(|owner| {
        let number = walker.policies.number(owner)?;
        let of_owner = rel.slots.iter().filter(|s| s.parties.contains_key(&number));
        named(&of_owner.collect::<Vec<_>>(), &keyed)
    });
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
            .filter(|slot| traits.slots.contains(&slot.id))
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

/// Somebody by the key, or nobody at all; `None` where that is always so, or where no key names the owner's people.
fn named(slots: &[&Slot], keyed: &BTreeSet<SlotId>) -> Option<Expr> {
    let is_key = |slot: &&&Slot| slot.single && keyed.contains(&slot.id);
    let (by_key, others): (Vec<&&Slot>, Vec<&&Slot>) = slots.iter().partition(is_key);
    if others.is_empty() {
        return None;
    }
    let track = |slot: &&Slot| Expr::Column(slot.column.clone());
    let some = by_key.iter().map(|slot| track(slot).is_not_null());
    let none = others.iter().map(|slot| track(slot).is_null());
    let somebody = some.reduce(Expr::or)?;
    Some(
        none.reduce(Expr::and)
            .map_or(somebody.clone(), |nobody| somebody.or(nobody)),
    )
}
