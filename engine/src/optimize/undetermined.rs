//! Keys that `DataFusion` believes to be determined by others, and that are not.
//!
//! Of a grouping by `p, y` over rows in which `p` determines something, `DataFusion` 55.2 says that `p` determines every column of
//! what comes out (`aggregate_functional_dependencies`). Three of its rules believe it: they leave out `y` as a key further up, a
//! DISTINCT, or a join, and the answer is wrong. Such a dependency comes from the input of a grouping. So where an input says that
//! some of the keys determine something, and they do not determine all keys, these are handed on through a function that the
//! optimizer does not look into, and are columns like any others.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result as DfResult};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection, ScalarUDF};
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use super::same::Same;

/// The rule; it goes before every rule that reads dependencies.
#[derive(Debug, Default)]
pub(crate) struct UndeterminedKeys;

impl OptimizerRule for UndeterminedKeys {
    fn name(&self) -> &'static str {
        "undetermined_keys"
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> DfResult<Transformed<LogicalPlan>> {
        let mut found = false;
        plan.apply_with_subqueries(|node| {
            found |= matches!(node, LogicalPlan::Aggregate(node) if !believed(node).is_empty());
            Ok(TreeNodeRecursion::Continue)
        })?;
        if !found {
            return Ok(Transformed::no(plan));
        }
        // What is above keeps dependencies of its own in its schema.
        plan.transform_up_with_subqueries(|node| {
            Ok(Transformed::yes(kept(node.recompute_schema()?)?))
        })
    }
}

/// A grouping of which no key can be left out wrongly.
fn kept(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    let LogicalPlan::Aggregate(node) = &plan else {
        return Ok(plan);
    };
    let hidden = believed(node);
    if hidden.is_empty() {
        return Ok(plan);
    }
    let input = Arc::new(LogicalPlan::Projection(handed_on(&node.input, &hidden)?));
    let (keys, calls) = (node.group_expr.clone(), node.aggr_expr.clone());
    Aggregate::try_new(input, keys, calls).map(LogicalPlan::Aggregate)
}

/// Columns of the input that are said to determine something, are all among the keys, and do not determine every key.
fn believed(node: &Aggregate) -> BTreeSet<usize> {
    let column = |key: &Expr| admit::determined::column(&node.input, key);
    let keys: Vec<Option<usize>> = node.group_expr.iter().map(column).collect();
    let mut hidden = BTreeSet::new();
    for dependency in node.input.schema().functional_dependencies().iter() {
        let these: BTreeSet<usize> = dependency.source_indices.iter().copied().collect();
        let grouped = these.iter().all(|at| keys.contains(&Some(*at)));
        let determined = |key: &Option<usize>| {
            key.is_some_and(|key| admit::determined::determine(&node.input, &these, key))
        };
        if grouped && !keys.iter().all(determined) {
            hidden.extend(these);
        }
    }
    hidden
}

/// All columns of the input, some of them through the function.
fn handed_on(input: &Arc<LogicalPlan>, hidden: &BTreeSet<usize>) -> DfResult<Projection> {
    let same = Arc::new(ScalarUDF::from(Same::new()));
    let schema: &DFSchema = input.schema();
    let columns = schema.columns().into_iter().enumerate();
    let exprs = columns.map(|(at, column)| {
        let value = Expr::Column(column.clone());
        if hidden.contains(&at) {
            same.call(vec![value])
                .alias_qualified(column.relation, column.name)
        } else {
            value
        }
    });
    Projection::try_new(exprs.collect(), Arc::clone(input))
}
