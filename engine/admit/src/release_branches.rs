//! What a released statistic owes besides support: each arm that it went through, enough people, or nobody where nobody may be.

use std::collections::BTreeSet;

use datafusion_expr::Expr;
use release::{Branch, BranchSource};

use crate::arms::{From, takers};
use crate::measure::Judged;
use crate::relation::{Arm, Rel};
use crate::release_plan::{Columns, Keyed};
use crate::traits::ArmId;

/// The statistic's own branches, those further down that it went through, and those of the rows.
pub(crate) fn statistic_branches(
    rel: &Rel,
    judged: &Judged,
    keyed: &Keyed,
    columns: &mut Columns,
) -> Vec<Branch> {
    let is_zero = |arm: &ArmId| rel.zero_arms.contains(arm) && !judged.exposed.contains(arm);
    let neutral = |arm: &ArmId| judged.name == "sum" && is_zero(arm);
    let own = judged.traits.arms.iter().copied();
    let own = own.filter(|arm| !neutral(arm));
    let (rows, strict): (BTreeSet<ArmId>, BTreeSet<ArmId>) =
        own.partition(|arm| rel.lenient_arms.contains(arm));
    let lenient = keyed.arms.union(&rows).filter(|arm| !strict.contains(arm));
    let mut found: Vec<Branch> = Vec::new();
    for branch in &judged.branches {
        let owed = Owed {
            zero_ok: false,
            presence: branch.zero,
        };
        found.push(flag_branch(columns, branch.taken.clone(), owed));
    }
    let strict_arms = strict.iter().map(|arm| (arm, false));
    for (arm, zero_ok) in strict_arms.chain(lenient.map(|arm| (arm, true))) {
        let owed = Owed {
            zero_ok,
            presence: is_zero(arm),
        };
        found.extend(arm_branch(rel, columns, *arm, owed));
    }
    if judged.name != "count" {
        found.extend(terms(rel, judged, columns));
        let weights = judged.traits.weights.iter();
        let owed = Owed {
            zero_ok: true,
            presence: false,
        };
        found.extend(weights.filter_map(|arm| arm_branch(rel, columns, *arm, owed)));
    }
    for branch in &keyed.branches {
        let owed = Owed {
            zero_ok: true,
            presence: branch.zero,
        };
        found.push(flag_branch(columns, branch.taken.clone(), owed));
    }
    found
}

/// How an arm is asked for.
#[derive(Clone, Copy)]
struct Owed {
    /// Nobody at all may have taken it.
    zero_ok: bool,
    /// Whoever takes it counts.
    presence: bool,
}

/// The terms of the sums that are summed up.
fn terms<'a>(
    rel: &'a Rel,
    judged: &'a Judged,
    columns: &'a mut Columns,
) -> impl Iterator<Item = Branch> + 'a {
    let below = judged
        .traits
        .terms
        .iter()
        .filter_map(|arm| rel.arms.get(arm));
    let below = below.cloned().map(From::Below);
    let owed = Owed {
        zero_ok: true,
        presence: false,
    };
    let all = judged.terms.iter().cloned().chain(below);
    all.map(move |from| Branch {
        source: source(rel, columns, &from),
        zero_ok: owed.zero_ok,
        presence: owed.presence,
    })
}

fn source(rel: &Rel, columns: &mut Columns, from: &From) -> BranchSource {
    let (From::Below(arm) | From::Within(arm, _)) = from else {
        return BranchSource::Flag(columns.add_hidden(from.taken()));
    };
    match arm {
        Arm::Flag(_) => BranchSource::Flag(columns.add_hidden(from.taken())),
        Arm::Each(row) => BranchSource::Each(columns.add_hidden(Expr::Column(row.clone()))),
        Arm::Tracks(_) => {
            let slots = rel.slots.iter();
            let per_slot = slots.map(|slot| columns.add_hidden(from.takers(slot)));
            BranchSource::Tracks(per_slot.collect())
        }
    }
}

fn flag_branch(columns: &mut Columns, taken: Expr, owed: Owed) -> Branch {
    Branch {
        source: BranchSource::Flag(columns.add_hidden(taken)),
        zero_ok: owed.zero_ok,
        presence: owed.presence,
    }
}

fn arm_branch(rel: &Rel, columns: &mut Columns, arm: ArmId, owed: Owed) -> Option<Branch> {
    let source = match rel.arms.get(&arm)? {
        Arm::Flag(flag) => BranchSource::Flag(columns.add_hidden(Expr::Column(flag.clone()))),
        Arm::Each(row) => BranchSource::Each(columns.add_hidden(Expr::Column(row.clone()))),
        tracks @ Arm::Tracks(_) => {
            let slots = rel.slots.iter();
            let per_slot = slots.map(|slot| columns.add_hidden(takers(tracks, slot)));
            BranchSource::Tracks(per_slot.collect())
        }
    };
    Some(Branch {
        source,
        zero_ok: owed.zero_ok,
        presence: owed.presence,
    })
}

/// An arm of a row that leaves whole.
pub(crate) fn arm_of_row(
    rel: &Rel,
    columns: &mut Columns,
    arm: ArmId,
    zero_ok: bool,
) -> Option<Branch> {
    let owed = Owed {
        zero_ok,
        presence: true,
    };
    arm_branch(rel, columns, arm, owed)
}
