//! Rows that a question repeats or weighs.
//!
//! `VALUES ('LU', 1), ('KY', 1000000)` joined on a column, a CROSS JOIN whose condition keeps one copy of most rows and two
//! of some, and a UNION ALL that adds the rows of a few once more, are a CASE without saying so. Each row of the VALUES
//! and each branch of the UNION is therefore an arm that decides which rows there are: enough people take it, or nobody.
//! Literal rows carry their number along for that; where it was lost (grouped, united), they may not meet protected ones.

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::{
    Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Projection, Values, lit,
};
use policy::denial::Code;

use crate::branch::Branch;
use crate::condition::Condition;
use crate::refusals::Explain;
use crate::relation::Rel;
use crate::walk::Walker;

/// Combinations of literal rows that one join may bring along.
const MOST: usize = 256;

/// Literal rows with their numbers beside them.
pub(crate) fn numbered(walker: &mut Walker<'_>, node: &Values) -> DfResult<Rel> {
    let rows = node.values.iter().zip(0_i64..);
    let rows = rows.map(|(row, number)| row.iter().cloned().chain([lit(number)]).collect());
    let values = LogicalPlanBuilder::values(rows.collect())?.build()?;
    let name = format!("__v{}", walker.fresh());
    let mut exprs: Vec<Expr> = values
        .schema()
        .columns()
        .into_iter()
        .map(Expr::Column)
        .collect();
    let number = exprs.pop().map(|number| number.alias(name.clone()));
    exprs.extend(number);
    let mut rel = Rel::public(LogicalPlan::Values(node.clone()));
    rel.plan = LogicalPlan::Projection(Projection::try_new(exprs, values.into())?);
    for (at, col) in rel.cols.iter_mut().enumerate() {
        let mut column = node.values.iter().filter_map(|row| row.get(at));
        let first = column.next();
        col.traits.chosen = column.any(|value| Some(value) != first);
    }
    rel.repeats = node.values.len();
    rel.literal_ids = vec![(Column::new_unqualified(name), node.values.len())];
    Ok(rel)
}

/// What a join's sides say of literal rows, before they are put together.
pub(crate) struct Brought {
    /// Protected rows meet rows of the question's own that have no numbers.
    unnumbered: bool,
    /// Beside their key the literal rows bring something, or the key is no text.
    weighs: bool,
}

/// Looks at the sides of a join; `None` if no protected rows meet others.
pub(crate) fn brought(left: &Rel, right: &Rel, found: &Condition) -> Option<Brought> {
    let other = match (left.is_protected(), right.is_protected()) {
        (true, false) => right,
        (false, true) => left,
        (true, true) | (false, false) => return None,
    };
    let is_key = |column: &Column| found.equal.iter().any(|(l, r)| l == column || r == column);
    let is_text = |column: &Column| {
        let kind = Expr::Column(column.clone()).get_type(other.plan.schema().as_ref());
        kind.is_ok_and(|kind| kind.is_string())
    };
    let mut columns = other.cols.iter().map(|col| &col.column);
    Some(Brought {
        unnumbered: other.has_lost_numbers(),
        weighs: found.equal.is_empty() || columns.any(|c| !is_key(c) || !is_text(c)),
    })
}

/// The joined rows with the literal rows' arms.
pub(crate) fn by_literals(
    walker: &mut Walker<'_>,
    joined: Rel,
    brought: Option<Brought>,
) -> DfResult<Rel> {
    let Some(brought) = brought else {
        return Ok(joined);
    };
    let ids = joined.literal_ids.iter();
    let rows = ids.fold(1_usize, |rows, (_, count)| rows.saturating_mul(*count));
    if brought.unnumbered || rows > MOST {
        walker
            .refusals
            .add(
                Code::Join,
                "protected rows may meet the question's own rows only as plain VALUES",
            )
            .help("write the rows out in one VALUES of few rows, neither grouped nor united");
        return Ok(joined);
    }
    if !brought.weighs || rows < 2 {
        return Ok(joined);
    }
    let mut arms: Vec<Option<Expr>> = vec![None];
    for (id, count) in &joined.literal_ids {
        let numbers = (0_i64..).take(*count);
        let is = |number: i64| Expr::Column(id.clone()).eq(lit(number));
        arms = arms
            .into_iter()
            .flat_map(|arm| numbers.clone().map(move |n| (arm.clone(), n)))
            .map(|(arm, n)| Some(arm.map_or_else(|| is(n), |arm| arm.and(is(n)))))
            .collect();
    }
    let arms = arms
        .into_iter()
        .flatten()
        .map(|taken| Branch::strict(Expr::IsTrue(Box::new(taken)), false));
    walker.with_row_arms(joined, arms.collect())
}

/// The branches of a union, each an arm if rows of one of its owners stand in another branch too.
pub(crate) fn by_union(walker: &mut Walker<'_>, branches: Vec<Rel>) -> DfResult<Vec<Rel>> {
    let owners: Vec<_> = branches
        .iter()
        .map(|branch| branch.owners.clone())
        .collect();
    let shares = |at: usize| {
        let mut others = owners.iter().enumerate().filter(|(other, _)| *other != at);
        others.any(|(_, other)| owners.get(at).is_some_and(|own| !own.is_disjoint(other)))
    };
    let mut made = Vec::with_capacity(branches.len());
    for (at, branch) in branches.into_iter().enumerate() {
        let arm = Branch::strict(lit(true), false);
        let arms = if shares(at) { vec![arm] } else { Vec::new() };
        made.push(walker.with_row_arms(branch, arms)?);
    }
    Ok(made)
}
