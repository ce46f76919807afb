//! What a released statistic owes besides support: each arm that it went through, enough people, or nobody where nobody may be.

use std::collections::BTreeSet;

use datafusion_expr::Expr;
use release::{Adds, Branch, BranchSource};

use crate::arms::{self, From, takers};
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
    let is_zero = |arm: &ArmId| rel.is_zero_by(*arm, &judged.traits);
    let neutral = |arm: &ArmId| judged.name == "sum" && is_zero(arm);
    let own = judged.traits.arms.iter().copied();
    let own = own.filter(|arm| !neutral(arm));
    let (rows, strict): (BTreeSet<ArmId>, BTreeSet<ArmId>) =
        own.partition(|arm| rel.lenient_arms.contains(arm));
    let lenient = keyed.arms.union(&rows).filter(|arm| !strict.contains(arm));
    let mut found: Vec<Branch> = Vec::new();
    for branch in &judged.branches {
        let owed = Owed {
            zero_ok: branch.lenient,
            adds: by_presence(branch.zero),
        };
        found.push(flag_branch(columns, branch.taken.clone(), owed));
    }
    let strict_arms = strict.iter().map(|arm| (arm, false));
    for (arm, zero_ok) in strict_arms.chain(lenient.map(|arm| (arm, true))) {
        let owed = Owed {
            zero_ok,
            adds: by_presence(is_zero(arm)),
        };
        found.extend(arm_branch(rel, columns, *arm, owed));
    }
    if judged.name != "count" {
        found.extend(terms(rel, judged, columns));
        let weights = judged.traits.weights.iter();
        let owed = Owed {
            zero_ok: true,
            adds: Adds::Something,
        };
        found.extend(weights.filter_map(|arm| arm_branch(rel, columns, *arm, owed)));
    }
    for branch in &keyed.branches {
        let owed = Owed {
            zero_ok: true,
            adds: by_presence(branch.zero),
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
    adds: Adds,
}

/// A literal 0 is there for whoever takes the arm.
fn by_presence(zero: bool) -> Adds {
    if zero {
        Adds::Presence
    } else {
        Adds::Something
    }
}

/// The terms of the sums that are summed up: whoever has one, since it may be what makes the whole nothing; and who adds
/// something by it in all.
fn terms(rel: &Rel, judged: &Judged, columns: &mut Columns) -> Vec<Branch> {
    let mut found = Vec::new();
    for term in arms::terms(rel, &judged.terms, &judged.traits) {
        let net = match term.amount() {
            Some(amount) => Adds::Amount(columns.add_hidden(amount)),
            None => Adds::Something,
        };
        let source = source(rel, columns, &term.from);
        found.extend([Adds::Row, net].map(|adds| Branch {
            source: source.clone(),
            zero_ok: true,
            adds,
        }));
    }
    found
}

fn source(rel: &Rel, columns: &mut Columns, from: &From) -> BranchSource {
    let (From::Below(arm) | From::Within(arm, _)) = from else {
        return BranchSource::Flag(columns.add_hidden(from.taken()));
    };
    match arm {
        Arm::Flag(_) | Arm::Amount(_) => BranchSource::Flag(columns.add_hidden(from.taken())),
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
        adds: owed.adds,
    }
}

fn arm_branch(rel: &Rel, columns: &mut Columns, arm: ArmId, owed: Owed) -> Option<Branch> {
    let source = match rel.arms.get(&arm)? {
        Arm::Flag(flag) => BranchSource::Flag(columns.add_hidden(Expr::Column(flag.clone()))),
        Arm::Each(row) => BranchSource::Each(columns.add_hidden(Expr::Column(row.clone()))),
        Arm::Amount(amount) => {
            let taken = Expr::Column(amount.clone()).is_not_null();
            BranchSource::Flag(columns.add_hidden(taken))
        }
        tracks @ Arm::Tracks(_) => {
            let slots = rel.slots.iter();
            let per_slot = slots.map(|slot| columns.add_hidden(takers(tracks, slot)));
            BranchSource::Tracks(per_slot.collect())
        }
    };
    Some(Branch {
        source,
        zero_ok: owed.zero_ok,
        adds: owed.adds,
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
        adds: Adds::Row,
    };
    arm_branch(rel, columns, arm, owed)
}
