//! Arms of inner aggregates and windows: by whom a value came to be another than it would have been.
//!
//! An arm that a few take must not be padded by others who take it and add nothing. So of a group's people only those
//! count who took the arm in rows that add something, and only where without those rows the group's value would be
//! another: a 0 under SUM, an amount below the group's MAX, or two amounts that cancel out, make no difference. The same
//! rows written twice hide neither: what counts is what an arm does once others that do nothing are left out.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use datafusion_common::{Column, Result as DfResult, ScalarValue};
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan, Operator, Projection, lit};

use policy::denial::Code;

use crate::branch::{binary, when};
use crate::measure::Judged;
use crate::refusals::Explain;
use crate::relation::{Arm, Rel, Slot};
use crate::sides;
use crate::traits::{ArmId, Traits};
use crate::walk::Walker;

/// An arm that a value went through.
#[derive(Debug, Clone)]
pub(crate) struct Through {
    /// Who took it, row by row.
    pub(crate) from: From,
    /// It decided which rows there are, so nobody may have taken it.
    pub(crate) lenient: bool,
    /// It is a term of a sum: it binds where amounts are aggregated.
    pub(crate) term: bool,
}

/// Where the rows say who took an arm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum From {
    /// A condition: the row's people took it.
    Taken(Expr),
    /// An amount, NULL where nothing is added by it.
    Amount(Expr),
    /// As found further down.
    Below(Arm),
    /// As found further down, in rows of which a condition holds.
    Within(Arm, Expr),
}

impl From {
    /// Whether anybody took it in a row.
    pub(crate) fn taken(&self) -> Expr {
        match self {
            Self::Taken(taken) => Expr::IsTrue(Box::new(taken.clone())),
            Self::Amount(amount) => amount.clone().is_not_null(),
            Self::Below(arm) => taken(arm),
            Self::Within(arm, condition) => taken(arm).and(condition.clone()),
        }
    }

    /// Those of a slot who took it in a row.
    pub(crate) fn takers(&self, slot: &Slot) -> Expr {
        match self {
            Self::Taken(taken) => when(taken.clone(), Expr::Column(slot.column.clone())),
            Self::Amount(_) => when(self.taken(), Expr::Column(slot.column.clone())),
            Self::Below(arm) => takers(arm, slot),
            Self::Within(arm, condition) => when(condition.clone(), takers(arm, slot)),
        }
    }
}

/// Whether anybody took an arm in a row.
fn taken(arm: &Arm) -> Expr {
    match arm {
        Arm::Flag(flag) => Expr::IsTrue(Box::new(Expr::Column(flag.clone()))),
        Arm::Each(row) | Arm::Amount(row) => Expr::Column(row.clone()).is_not_null(),
        Arm::Tracks(tracks) => {
            let somebody = tracks.values().cloned().map(Expr::Column);
            let somebody = somebody.map(Expr::is_not_null).reduce(Expr::or);
            somebody.unwrap_or_else(|| lit(true))
        }
    }
}

/// Those of a slot who took an arm; where nothing is said of the slot, all of it if anybody took it.
pub(crate) fn takers(arm: &Arm, slot: &Slot) -> Expr {
    let all = Expr::Column(slot.column.clone());
    match arm {
        Arm::Flag(flag) => when(Expr::Column(flag.clone()), all),
        Arm::Each(_) | Arm::Amount(_) => when(taken(arm), all),
        Arm::Tracks(tracks) => match tracks.get(&slot.id) {
            Some(column) => Expr::Column(column.clone()),
            None => when(taken(arm), all),
        },
    }
}

/// The arms that an aggregate's value goes through: its own, its argument's, and those of the rows.
pub(crate) fn through(rel: &Rel, judged: &Judged) -> Vec<Through> {
    let own = judged.branches.iter().map(|branch| Through {
        from: From::Taken(branch.taken.clone()),
        lenient: branch.lenient,
        term: false,
    });
    let below = below(rel, &judged.name, &judged.traits);
    // Terms bind amounts: whether a value is there at all is not a matter of what it adds.
    let terms = if judged.name == "count" {
        Vec::new()
    } else {
        terms(rel, &judged.terms, &judged.traits)
    };
    let sides = sides::terms(rel, &judged.name, judged.argument.as_ref());
    own.chain(below).chain(terms).chain(sides).collect()
}

impl Through {
    /// What is added by it, if it is a term of which that is known.
    pub(crate) fn amount(&self) -> Option<Expr> {
        match &self.from {
            From::Amount(amount) => Some(amount.clone()),
            From::Below(Arm::Amount(amount)) => Some(Expr::Column(amount.clone())),
            From::Taken(_)
            | From::Within(_, _)
            | From::Below(Arm::Flag(_) | Arm::Tracks(_) | Arm::Each(_)) => None,
        }
    }
}

/// An argument's own terms, and those that its columns are made of.
pub(crate) fn terms(rel: &Rel, own: &[From], argument: &Traits) -> Vec<Through> {
    let below = argument.terms.iter().filter_map(|arm| rel.arms.get(arm));
    let below = below.cloned().map(From::Below);
    let all = own.iter().cloned().chain(below);
    all.map(|from| Through {
        from,
        lenient: true,
        term: true,
    })
    .collect()
}

/// The arms of an argument, but those that add nothing to it, and those of the rows.
pub(crate) fn below(rel: &Rel, name: &str, argument: &Traits) -> Vec<Through> {
    let adds_nothing = |arm: &ArmId| name == "sum" && rel.is_zero_by(*arm, argument);
    let own = argument.arms.iter().copied();
    let own: BTreeSet<ArmId> = own.filter(|arm| !adds_nothing(arm)).collect();
    let through = |arm: &ArmId| {
        let strict = own.contains(arm) && !rel.lenient_arms.contains(arm);
        rel.arms.get(arm).cloned().map(|below| Through {
            from: From::Below(below),
            lenient: !strict,
            term: false,
        })
    };
    own.union(&rel.row_arms).filter_map(through).collect()
}

/// Whether a row adds something to an aggregate of this argument, in every respect in which it must be many who do; `None` if
/// every row does. A mean is moved by a 0 too, where nobody may have done that.
pub(crate) fn adds(
    name: &str,
    argument: Option<&Expr>,
    rel: &Rel,
    lenient: bool,
) -> Vec<Option<Expr>> {
    let Some(argument) = argument else {
        return vec![None];
    };
    let present = || Some(argument.clone().is_not_null());
    let other = || match argument.get_type(rel.plan.schema().as_ref()) {
        Ok(kind) => not_zero(argument.clone(), &kind),
        Err(_) => argument.clone().is_not_null(),
    };
    match name {
        "avg" if lenient => vec![present(), Some(other())],
        "sum" | "avg" => vec![Some(other())],
        _value => vec![present()],
    }
}

/// Whether a number is neither NULL nor 0.
pub(crate) fn not_zero(value: Expr, kind: &DataType) -> Expr {
    match ScalarValue::new_zero(kind) {
        Ok(zero) => {
            let differs = binary(value, Operator::NotEq, Expr::Literal(zero, None));
            Expr::IsTrue(Box::new(differs))
        }
        Err(_) => value.is_not_null(),
    }
}

/// The argument in the rows that took none of some arms.
pub(crate) fn without(taken: impl Iterator<Item = Expr>, argument: Option<&Expr>) -> Expr {
    let argument = argument.cloned().unwrap_or_else(|| lit(1_i64));
    let others = taken.map(|taken| Expr::IsNotTrue(Box::new(taken)));
    match others.reduce(Expr::and) {
        Some(others) => when(others, argument),
        None => argument,
    }
}

/// Refuses an aggregate through so many arms that nobody could tell which of them makes a difference.
pub(crate) fn refuse_many(walker: &mut Walker<'_>, name: &str) {
    let message = format!(
        "{name} over rows of more than {MOST} CASE arms, VALUES or UNION ALL branches is not available here"
    );
    walker
        .refusals
        .rule(Code::Agg, message)
        .help("take sums and counts, or fewer of them");
}

/// Whether an arm makes a difference. The columns that tell are not carried further.
#[derive(Debug)]
pub(crate) enum Difference {
    /// The value without the rows that took the arm, beside what it is compared with: the value, or the value without the
    /// rows of other arms that alone make no difference.
    Without {
        value: Column,
        pairs: Vec<(Option<Column>, Column)>,
    },
    /// What is added by a term, in all.
    Sum(Column, DataType),
}

/// People who count only where an arm makes a difference to a value.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Whether it does.
    pub(crate) by: Difference,
    /// Who took the arm, by slot.
    pub(crate) tracks: BTreeSet<Column>,
}

impl Gate {
    /// With others left out that make no difference, this one does.
    fn differs(&self) -> Option<Expr> {
        let (value, pairs) = match &self.by {
            Difference::Sum(sum, kind) => {
                return Some(not_zero(Expr::Column(sum.clone()), kind));
            }
            Difference::Without { value, pairs } => (value, pairs),
        };
        let value = || Expr::Column(value.clone());
        let column = |column: &Column| Expr::Column(column.clone());
        let pairs = pairs.iter().map(|(before, after)| match before {
            None => binary(value(), Operator::IsDistinctFrom, column(after)),
            Some(before) => binary(
                binary(value(), Operator::IsNotDistinctFrom, column(before)),
                Operator::And,
                binary(value(), Operator::IsDistinctFrom, column(after)),
            ),
        });
        pairs.reduce(Expr::or)
    }
}

impl Difference {
    fn told_by(&self) -> Vec<&Column> {
        match self {
            Self::Without { pairs, .. } => pairs.iter().map(|(_, after)| after).collect(),
            Self::Sum(sum, _) => vec![sum],
        }
    }
}

/// The plan with its gates applied.
pub(crate) fn gated(plan: LogicalPlan, gates: &[Gate]) -> DfResult<LogicalPlan> {
    if gates.is_empty() {
        return Ok(plan);
    }
    let rests: BTreeSet<&Column> = gates.iter().flat_map(|gate| gate.by.told_by()).collect();
    let columns = plan.schema().columns().into_iter();
    let kept = columns.filter(|column| !rests.contains(column));
    let through = |column: Column| {
        let gate = gates.iter().find(|gate| gate.tracks.contains(&column));
        match gate.and_then(Gate::differs) {
            Some(differs) => when(differs, Expr::Column(column.clone())).alias(column.name),
            None => Expr::Column(column),
        }
    };
    let exprs = kept.map(through).collect();
    Projection::try_new(exprs, plan.into()).map(LogicalPlan::Projection)
}

/// So many arms of one aggregate that is no sum can be told apart.
const MOST: usize = 4;

/// Which sets of arms are left out to see by which of them a value came to be: one by one for sums and counts; for others,
/// where one arm may hide behind another of the same rows, all sets. `None` if these are too many.
pub(crate) fn left_out(name: &str, distinct: bool, arms: usize) -> Option<Vec<BTreeSet<usize>>> {
    let additive = matches!(name, "sum" | "count") && !distinct;
    if additive {
        return Some((0..arms).map(|arm| BTreeSet::from([arm])).collect());
    }
    if arms > MOST && name == "avg" {
        // Hardly any row leaves a mean as it is: each arm alone, and all of them.
        let alone = (0..arms).map(|arm| BTreeSet::from([arm]));
        return Some(alone.chain([(0..arms).collect()]).collect());
    }
    if arms > MOST {
        return None;
    }
    let sets = 1_usize.checked_shl(u32::try_from(arms).ok()?)?;
    let members = |set: usize| (0..arms).filter(move |arm| set >> arm & 1 == 1).collect();
    Some((1..sets).map(members).collect())
}

/// For one arm, the pairs of sets that differ in it alone.
pub(crate) fn pairs_of(
    arm: usize,
    sets: &[BTreeSet<usize>],
    columns: &[Column],
) -> Vec<(Option<Column>, Column)> {
    let find = |set: &BTreeSet<usize>| {
        let at = sets.iter().position(|other| other == set)?;
        columns.get(at).cloned()
    };
    let with = sets
        .iter()
        .zip(columns)
        .filter(|(set, _)| set.contains(&arm));
    with.map(|(set, column)| {
        let mut others = set.clone();
        others.remove(&arm);
        (find(&others), column.clone())
    })
    .collect()
}

/// Arms made in one node, with what computes them.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) arms: BTreeMap<ArmId, Arm>,
    pub(crate) lenient: BTreeSet<ArmId>,
    pub(crate) gates: Vec<Gate>,
}

impl Made {
    /// Notes an arm of these tracks; returns its number.
    pub(crate) fn arm(
        &mut self,
        walker: &mut Walker<'_>,
        tracks: BTreeMap<crate::traits::SlotId, Column>,
        lenient: bool,
    ) -> ArmId {
        let arm = walker.fresh();
        self.arms.insert(arm, Arm::Tracks(tracks));
        if lenient {
            self.lenient.insert(arm);
        }
        arm
    }
}
