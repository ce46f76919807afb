//! Columns that hold the same value in every row, because rows met by them: what is a name in one is one in the others.

use std::collections::BTreeSet;

use super::expression::Expr;
use super::plan::Plan;
use super::sql::width;
use super::world::World;

/// The columns of a plan that are the same as one of them, itself included.
pub(super) fn alike(world: &World, plan: &Plan, at: usize) -> BTreeSet<usize> {
    match plan {
        Plan::Filter { input, .. } | Plan::Semi { input, .. } => alike(world, input, at),
        Plan::Window { input, .. } if at < width(world, input) => alike(world, input, at),
        Plan::Scan { .. } | Plan::List { .. } | Plan::Union { .. } | Plan::Window { .. } => {
            BTreeSet::from([at])
        }
        Plan::Project { input, columns } => through(world, input, columns, at),
        Plan::Group { input, keys, .. } => through(world, input, keys, at),
        Plan::Join {
            outer,
            left,
            right,
            on,
            ..
        } => {
            let width = width(world, left);
            let on = on.iter().filter(|_| !outer);
            let met: Vec<(usize, usize)> = on.map(|(l, r)| (*l, width + r)).collect();
            let mut all = BTreeSet::from([at]);
            loop {
                let mut more = all.clone();
                for at in &all {
                    more.extend(match at.checked_sub(width) {
                        None => alike(world, left, *at),
                        Some(at) => {
                            let theirs = alike(world, right, at).into_iter();
                            theirs.map(|at| width + at).collect()
                        }
                    });
                    let pairs = met.iter().filter(|(l, r)| l == at || r == at);
                    more.extend(pairs.flat_map(|(l, r)| [*l, *r]));
                }
                if more == all {
                    return all;
                }
                all = more;
            }
        }
    }
}

/// The same of columns that are made of others.
fn through(world: &World, input: &Plan, exprs: &[Expr], at: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([at]);
    if let Some(Expr::Column(from)) = exprs.get(at) {
        let below = alike(world, input, *from);
        let same = |expr: &Expr| matches!(expr, Expr::Column(from) if below.contains(from));
        all.extend((0..exprs.len()).filter(|at| same(&exprs[*at])));
    }
    all
}
