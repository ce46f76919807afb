//! Sides of a union: whose rows stand beside whose.
//!
//! Rows of several owners that one inner group or window merges are one row, about people of each. What it sums up is a sum of
//! terms then, one a side: that a few of one bank's people add anything must not hide behind what the rows of another bank
//! add, which it may have made up. Owners who pool count together here too, and are one side.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use datafusion_common::Column;
use datafusion_expr::{Expr, ExprSchemable, lit};

use crate::arms::{From, Through, not_zero};
use crate::branch::when;
use crate::relation::{Arm, Rel};
use crate::release_plan::pool_classes;
use crate::traits::ArmId;
use crate::walk::Walker;

/// Branches of a union whose owners count together.
#[derive(Debug)]
pub(crate) struct Side {
    arm: ArmId,
    branches: BTreeSet<usize>,
}

impl Side {
    /// A branch's column that says whether its rows are of this side.
    pub(crate) fn says(&self, branch: usize) -> Expr {
        lit(self.branches.contains(&branch)).alias(self.column().name)
    }

    fn column(&self) -> Column {
        Column::new_unqualified(format!("__a{}", self.arm))
    }
}

/// The sides of a union; none where all branches are of one.
pub(crate) fn of(walker: &mut Walker<'_>, branches: &[Rel]) -> Vec<Side> {
    let classes = pool_classes(walker.policies);
    let class = |number: u8| classes.get(usize::from(number)).copied();
    let mut sides: BTreeMap<BTreeSet<Option<u8>>, BTreeSet<usize>> = BTreeMap::new();
    for (at, branch) in branches.iter().enumerate() {
        let numbers = branch
            .owners
            .iter()
            .map(|owner| walker.policies.number(owner));
        let side = numbers.map(|number| number.and_then(class)).collect();
        sides.entry(side).or_default().insert(at);
    }
    if sides.len() < 2 {
        return Vec::new();
    }
    let sides = sides.into_values();
    let side = |branches| {
        let arm = walker.fresh();
        walker.flag_arms.insert(arm);
        Side { arm, branches }
    };
    sides.map(side).collect()
}

/// The united rows with their sides.
pub(crate) fn note(rel: &mut Rel, sides: Vec<Side>) {
    for side in sides {
        rel.arms.insert(side.arm, Arm::Flag(side.column()));
        rel.sides.insert(side.arm);
    }
}

/// What each side adds to a sum or mean of rows that are merged.
pub(crate) fn terms(rel: &Rel, name: &str, argument: Option<&Expr>) -> Vec<Through> {
    let (Some(argument), "sum" | "avg") = (argument, name) else {
        return Vec::new();
    };
    let arms = rel.sides.iter().filter_map(|arm| rel.arms.get(arm));
    let flags = arms.filter_map(|arm| match arm {
        Arm::Flag(flag) => Some(flag),
        Arm::Tracks(_) | Arm::Each(_) | Arm::Amount(_) => None,
    });
    let kind = argument.get_type(rel.plan.schema().as_ref());
    let adds = not_zero(argument.clone(), &kind.unwrap_or(DataType::Null));
    let term = |flag: &Column| {
        let taken = Expr::Column(flag.clone()).and(adds.clone());
        Through {
            from: From::Amount(when(taken, argument.clone())),
            lenient: true,
            term: true,
        }
    };
    flags.map(term).collect()
}
