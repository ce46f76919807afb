//! Rows that a question repeats or weighs.
//!
//! `VALUES ('LU', 1), ('KY', 1000000)` joined on a column, a CROSS JOIN whose condition keeps one copy of most rows and two
//! of some, and a UNION ALL that adds the rows of a few once more, are a CASE without saying so. Each row of the VALUES
//! and each branch of the UNION is therefore an arm that decides which rows there are: enough people take it, or nobody.

use std::collections::BTreeSet;

use datafusion_common::{Column, Result as DfResult, ScalarValue};
use datafusion_expr::{Expr, ExprSchemable, lit};
use policy::denial::Code;

use crate::branch::Branch;
use crate::constant::Quantity;
use crate::refusals::Explain;
use crate::relation::{Col, Rel};
use crate::walk::Walker;

/// The arms of a join of protected rows with literal ones; `count` is how many literal rows there are, `keys` what they are joined on.
pub(crate) fn by_literals(
    walker: &mut Walker<'_>,
    joined: Rel,
    (literal, count): (&[Col], usize),
    keys: &BTreeSet<&Column>,
) -> DfResult<Rel> {
    let beside = literal.iter().filter(|col| !keys.contains(&col.column));
    let weighs = |col: &Col| numbers(col).count() > 0;
    let Some(constants) = constants_of(literal, count, &joined) else {
        walker
            .refusals
            .add(
                Code::Join,
                "literal rows of this type may not be joined with protected ones",
            )
            .help("write numbers or texts in VALUES");
        return Ok(joined);
    };
    if constants.len() < 2 || (!keys.is_empty() && !beside.clone().any(weighs)) {
        return Ok(joined);
    }
    let arm = |taken| Branch { taken, zero: false };
    let branches = constants.into_iter().map(arm).collect();
    walker.with_row_arms(joined, branches)
}

/// By literal row, the condition that a joined row has its constants; where several literal sides were joined, by
/// constant. `None` if some constant cannot be said.
fn constants_of(literal: &[Col], count: usize, joined: &Rel) -> Option<Vec<Expr>> {
    let lengths = literal
        .iter()
        .map(|col| col.traits.known.as_ref().map(Vec::len));
    let lengths: Vec<usize> = lengths.collect::<Option<_>>()?;
    let rows = lengths.iter().copied().max().unwrap_or(0);
    let mut found: Vec<Expr> = Vec::new();
    let mut add = |condition: Expr| {
        if !found.contains(&condition) {
            found.push(condition);
        }
    };
    if lengths.iter().all(|length| *length == rows) && rows == count {
        for row in 0..rows {
            let conditions = literal.iter().map(|col| is_of_row(col, row, joined));
            let conditions: Vec<Expr> = conditions.collect::<Option<_>>()?;
            conditions
                .into_iter()
                .reduce(Expr::and)
                .into_iter()
                .for_each(&mut add);
        }
    } else {
        for (col, length) in literal.iter().zip(lengths) {
            for row in 0..length {
                add(is_of_row(col, row, joined)?);
            }
        }
    }
    Some(found)
}

fn numbers(col: &Col) -> impl Iterator<Item = &Quantity> {
    let known = col.traits.known.iter().flatten();
    known.filter(|quantity| matches!(quantity, Quantity::Number(_)))
}

/// Whether a row of the join has the constant that a literal row has in this column; `None` if that cannot be said.
fn is_of_row(col: &Col, row: usize, joined: &Rel) -> Option<Expr> {
    let value = Expr::Column(col.column.clone());
    let kind = value.get_type(joined.plan.schema().as_ref()).ok()?;
    let constant = match col.traits.known.as_ref()?.get(row)? {
        Quantity::Null => return Some(value.is_null()),
        Quantity::Number(number) => ScalarValue::Utf8(Some(number.to_string())),
        Quantity::Text(text) => ScalarValue::Utf8(Some(text.clone())),
        Quantity::Bool(truth) => ScalarValue::Boolean(Some(*truth)),
        Quantity::Moment(_) | Quantity::Span(_) | Quantity::Other => return None,
    };
    let constant = constant.cast_to(&kind).ok().filter(|c| !c.is_null())?;
    Some(Expr::IsTrue(Box::new(value.eq(lit(constant)))))
}

/// The branches of a union, each an arm if rows of one of its owners stand in another branch too.
pub(crate) fn by_union(walker: &mut Walker<'_>, branches: Vec<Rel>) -> DfResult<Vec<Rel>> {
    let owners: Vec<_> = branches
        .iter()
        .map(|branch| branch.owners.clone())
        .collect();
    let shares = |at: usize| {
        let others = owners.iter().enumerate().filter(|(other, _)| *other != at);
        others
            .into_iter()
            .any(|(_, other)| owners.get(at).is_some_and(|own| !own.is_disjoint(other)))
    };
    let mut made = Vec::with_capacity(branches.len());
    for (at, branch) in branches.into_iter().enumerate() {
        let arm = Branch {
            taken: lit(true),
            zero: false,
        };
        let arms = if shares(at) { vec![arm] } else { Vec::new() };
        made.push(walker.with_row_arms(branch, arms)?);
    }
    Ok(made)
}
