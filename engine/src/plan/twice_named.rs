//! Two relations in one place under one name: `bank.t` beside a list that is called `t`.
//!
//! The planner takes `t.fee` for whichever of them comes first, or is nearer, and whoever reads the plan by its names may take
//! it for the other. What a column is decides what it may be used for, so there must be no doubt about it.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchemaRef, Result as DfResult, TableReference};
use datafusion::logical_expr::LogicalPlan;

use super::unknown;
use crate::refusal::Refusal;

/// Refuses a plan in which a column's full name may be either of two.
pub(super) fn check(plan: &LogicalPlan) -> Result<(), Refusal> {
    let mut found = None;
    look(plan, &[], &mut found).map_err(|error| unknown::refusal(&error))?;
    match found {
        Some(name) => Err(Refusal::invalid(format!(
            "two tables or subqueries that meet here are both called {name}; give one of them another name (AS)"
        ))),
        None => Ok(()),
    }
}

/// Looks through a plan that stands in a subquery within these scopes.
fn look(
    plan: &LogicalPlan,
    outer: &[&DFSchemaRef],
    found: &mut Option<String>,
) -> DfResult<TreeNodeRecursion> {
    plan.apply(|node| {
        let inputs = node.inputs();
        let inputs = inputs.iter().map(|input| input.schema());
        let mut scope: Vec<&DFSchemaRef> = outer.to_vec();
        match node {
            LogicalPlan::Join(_) => scope.extend(inputs),
            _one_scope => scope.push(node.schema()),
        }
        *found = found.take().or_else(|| twice(&scope));
        let mut within = outer.to_vec();
        within.extend(node.inputs().iter().map(|input| input.schema()));
        node.apply_subqueries(|subquery| look(subquery, &within, found))?;
        Ok(match &found {
            Some(_) => TreeNodeRecursion::Stop,
            None => TreeNodeRecursion::Continue,
        })
    })
}

/// The name of two relations that have a column of one name side by side.
fn twice(schemas: &[&DFSchemaRef]) -> Option<String> {
    let fields = schemas.iter().flat_map(|schema| schema.iter());
    let mut seen: Vec<(&TableReference, &str)> = Vec::new();
    for (qualifier, field) in fields {
        let Some(qualifier) = qualifier else { continue };
        let one_name = |(other, name): &(&TableReference, &str)| {
            name == field.name() && other != &qualifier && other.resolved_eq(qualifier)
        };
        if seen.iter().any(one_name) {
            return Some(qualifier.table().to_owned());
        }
        seen.push((qualifier, field.name()));
    }
    None
}
