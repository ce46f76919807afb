//! A relation under another name: its hidden columns have it too.

use datafusion_common::{Column, Result as DfResult, TableReference};
use datafusion_expr::{Expr, LogicalPlan, Projection, SubqueryAlias};

use crate::own;
use crate::relation::{Col, Rel};
use crate::walk::Walker;

/// The relation under its new name.
pub(crate) fn walk(walker: &mut Walker<'_>, node: &SubqueryAlias) -> DfResult<Rel> {
    let mut rel = walker.walk(&node.input, &[])?;
    rel.requalify_hidden(&node.alias);
    if node.alias == TableReference::bare(own::CONFIRMED) {
        rel.slots.iter_mut().for_each(|slot| slot.confirms = true);
    }
    let before = rel.cols.clone();
    let mut columns: Vec<Expr> = rel
        .cols
        .iter()
        .map(|c| Expr::Column(c.column.clone()))
        .collect();
    // Hidden columns stand behind the visible ones, wherever a join has put them.
    let hidden = rel.hidden().into_iter().filter_map(|e| match e {
        Expr::Column(column) => Some(Expr::Column(Column::new_unqualified(column.name.clone()))),
        _other => None,
    });
    let found: Vec<Expr> = hidden.map(|e| find_hidden(&rel.plan, e)).collect();
    columns.extend(found);
    let ordered = LogicalPlan::Projection(Projection::try_new(columns, rel.plan.clone().into())?);
    let plan = SubqueryAlias::try_new(ordered.into(), node.alias.clone())?;
    rel.plan = LogicalPlan::SubqueryAlias(plan);
    rel.facts = Vec::new();
    rel.cols = rel
        .plan
        .schema()
        .columns()
        .into_iter()
        .zip(before)
        .map(|(column, col)| Col { column, ..col })
        .collect();
    Ok(rel)
}

/// The hidden column as the plan qualifies it.
fn find_hidden(plan: &LogicalPlan, wanted: Expr) -> Expr {
    let Expr::Column(column) = &wanted else {
        return wanted;
    };
    let found = plan
        .schema()
        .columns()
        .into_iter()
        .find(|c| c.name == column.name);
    found.map_or(wanted, Expr::Column)
}
