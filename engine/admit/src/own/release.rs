//! The rows of a list on their way out: each leaves whole if enough entities of the others stand behind it.
//!
//! Who counts are the others' own entities: the values of columns that their policies mark `own`. An account that a bank
//! merely paid is nobody of that bank's. They count together, over all parties and all places of the text where they
//! enter, each once, and in every unit space by itself: three accounts of one person are one person. The recipient is
//! owed nothing. As elsewhere, those are asked too who stand behind each value and each arm that it went through.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion_common::Result as DfResult;
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{Aggregate, Expr, Filter, LogicalPlan, Projection};
use policy::capability::Literal;
use policy::denial::Code;
use policy::ident::UnitSpace;
use release::{Adds, Branch, BranchSource, PartyRule, ReleaseSpec, TrackForm};

use crate::arms::takers;
use crate::group;
use crate::refusals::Explain;
use crate::relation::{Arm, Rel, Slot};
use crate::release_plan::{Columns, ReleasePlan, party_rules};
use crate::request::OwnList;
use crate::rows::{arms_of_row, key_columns, shown_by, told_as_they_are};
use crate::scan::literal;
use crate::traits::ArmId;
use crate::walk::Walker;

/// The tracks of one unit space, wherever they enter.
type Spaces<'r> = BTreeMap<&'r UnitSpace, Vec<&'r Slot>>;

/// One row an own entity; values of the key that are nobody have none.
pub(super) fn build(
    walker: &mut Walker<'_>,
    node: &Aggregate,
    original: &LogicalPlan,
    list: &OwnList,
    nobody: &[Literal],
) -> DfResult<ReleasePlan> {
    let (keys, calls) = (&node.group_expr, &node.aggr_expr);
    let rel = group::with_presence(walker, &node.input, keys, calls, original)?;
    let rel = somebodys(rel, nobody)?;
    refuse_uncounted(walker, &rel, list);
    let mut spaces = Spaces::new();
    for slot in rel.slots.iter().filter(|slot| !slot.confirms) {
        spaces.entry(&slot.space).or_default().push(slot);
    }
    let parties = rules(walker, &rel);
    let mut duties = crate::duties::owed(walker, &rel, &parties);
    duties.spaces = spaces.keys().map(ToString::to_string).collect();
    duties.cuts = vec![None];
    told_as_they_are(walker, &duties);
    let mut columns = Columns::default();
    let keys = key_columns(&rel, &mut columns);
    let owed = others(&rel, &parties).map(|party| (party, list.others));
    let owed: Vec<(u8, u32)> = owed.collect();
    let slot = |slots| slot(walker, slots, owed.clone(), &mut columns);
    let slots = spaces.values().map(slot).collect();
    let branches = branches(walker, &rel, &spaces, &mut columns);
    let plan = Projection::try_new(columns.exprs, rel.plan.into())?;
    Ok(ReleasePlan {
        input: LogicalPlan::Projection(plan),
        spec: ReleaseSpec {
            keys,
            statistics: vec![shown_by(branches)],
            slots,
            parties,
        },
        duties,
        private: None,
        owners: rel.owners,
    })
}

/// All tracks of a space as one, of which so many of these parties together are owed.
fn slot(
    walker: &Walker<'_>,
    slots: &Vec<&Slot>,
    owed: Vec<(u8, u32)>,
    columns: &mut Columns,
) -> release::Slot {
    let tracks = slots.iter().map(|slot| Expr::Column(slot.column.clone()));
    release::Slot {
        column: columns.add_hidden(together(walker, tracks)),
        form: TrackForm::Set,
        merged: true,
        same: Vec::new(),
        over: Vec::new(),
        displaces: false,
        k: owed,
    }
}

/// The arms that the values of a row went through.
fn branches(
    walker: &Walker<'_>,
    rel: &Rel,
    spaces: &Spaces<'_>,
    columns: &mut Columns,
) -> Vec<Branch> {
    let arms = arms_of_row(rel).into_iter();
    let branches = arms.filter_map(|(arm, zero_ok)| {
        let source = source(walker, rel, spaces, arm, columns)?;
        Some(Branch {
            source,
            zero_ok,
            adds: Adds::Row,
        })
    });
    branches.collect()
}

/// Rows whose key is somebody: neither NULL nor a value that is nobody.
fn somebodys(mut rel: Rel, nobody: &[Literal]) -> DfResult<Rel> {
    if let Some(key) = rel.cols.first() {
        let key = Expr::Column(key.column.clone());
        let values: Vec<Expr> = nobody.iter().map(literal).collect();
        let mut somebody = key.clone().is_not_null();
        if !values.is_empty() {
            somebody = somebody.and(key.in_list(values, true));
        }
        rel.plan = LogicalPlan::Filter(Filter::try_new(somebody, rel.plan.into())?);
    }
    Ok(rel)
}

/// An owner none of whose entities could count would stand behind rows that nobody of its own answers for.
fn refuse_uncounted(walker: &mut Walker<'_>, rel: &Rel, list: &OwnList) {
    for owner in &rel.owners {
        let number = walker.policies.number(owner);
        let counted =
            |slot: &Slot| !slot.confirms && number.is_some_and(|n| slot.parties.contains_key(&n));
        if *owner == walker.request.recipient || rel.slots.iter().any(counted) {
            continue;
        }
        let message = format!("`{}`: no entity of {owner} would count", list.name);
        let help = "the policy of one of its tables in it must mark the column of its own entities `own = true`";
        walker.refusals.add(Code::Template, message).help(help);
    }
}

/// The others count together, the recipient is owed nothing.
fn rules(walker: &Walker<'_>, rel: &Rel) -> Vec<PartyRule> {
    let recipient = walker.request.recipient.as_str();
    let rule = |rule: PartyRule| PartyRule {
        exempt: rule.name == recipient,
        pool: u8::from(rule.name == recipient),
        ..rule
    };
    party_rules(walker, rel).into_iter().map(rule).collect()
}

/// The numbers of the owners behind the text but the recipient.
fn others<'p>(rel: &'p Rel, parties: &'p [PartyRule]) -> impl Iterator<Item = u8> + use<'p> {
    let owns = |rule: &PartyRule| rel.owners.iter().any(|owner| owner.as_str() == rule.name);
    let numbered = (0_u8..).zip(parties);
    let others = numbered.filter(move |(_, rule)| !rule.exempt && owns(rule));
    others.map(|(number, _)| number)
}

/// Tracks and sets of them as one set.
fn together(walker: &Walker<'_>, tracks: impl Iterator<Item = Expr>) -> Expr {
    Expr::ScalarFunction(ScalarFunction {
        func: Arc::clone(&walker.tools.together),
        args: tracks.collect(),
    })
}

/// Who took an arm, by unit space.
fn source(
    walker: &Walker<'_>,
    rel: &Rel,
    spaces: &Spaces<'_>,
    arm: ArmId,
    columns: &mut Columns,
) -> Option<BranchSource> {
    Some(match rel.arms.get(&arm)? {
        Arm::Flag(flag) => BranchSource::Flag(columns.add_hidden(Expr::Column(flag.clone()))),
        Arm::Each(row) => BranchSource::Each(columns.add_hidden(Expr::Column(row.clone()))),
        Arm::Amount(amount) => {
            let taken = Expr::Column(amount.clone()).is_not_null();
            BranchSource::Flag(columns.add_hidden(taken))
        }
        tracks @ Arm::Tracks(_) => {
            let of_space = |slots: &Vec<&Slot>| {
                let taken = slots.iter().map(|slot| takers(tracks, slot));
                columns.add_hidden(together(walker, taken))
            };
            BranchSource::Tracks(spaces.values().map(of_space).collect())
        }
    })
}
