//! Keeps every key of a grouping.
//!
//! `DataFusion` drops keys that others determine, and is wrong about which these are: of `GROUP BY p, y` over rows in which `p`
//! determines something it says that `p` determines all columns, what is counted by both among them. A grouping further up
//! then loses a key and merges groups that differ. It drops keys by their columns' names, so a key under a name of its own
//! stays.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result as DfResult, get_required_group_by_exprs_indices};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// The rule.
#[derive(Debug, Default)]
pub(crate) struct KeepEveryKey;

impl OptimizerRule for KeepEveryKey {
    fn name(&self) -> &'static str {
        "keep_every_key"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> DfResult<Transformed<LogicalPlan>> {
        match &plan {
            LogicalPlan::Aggregate(node) if would_lose_a_key(node) => {
                renamed(node).map(Transformed::yes)
            }
            _other => Ok(Transformed::no(plan)),
        }
    }
}

fn would_lose_a_key(node: &Aggregate) -> bool {
    let names: Vec<String> = node
        .group_expr
        .iter()
        .map(|key| key.schema_name().to_string())
        .collect();
    let kept = get_required_group_by_exprs_indices(node.input.schema(), &names);
    kept.is_some_and(|kept| kept.len() < names.len())
}

/// The grouping by keys under names of their own, and above it the names that they had.
fn renamed(node: &Aggregate) -> DfResult<LogicalPlan> {
    let own = |index: usize| format!("__key_{index}");
    let keys = node.group_expr.iter().enumerate();
    let keys = keys
        .map(|(index, key)| key.clone().alias(own(index)))
        .collect();
    let below = Aggregate::try_new(Arc::clone(&node.input), keys, node.aggr_expr.clone())?;
    let below = LogicalPlan::Aggregate(below);
    let columns = below.schema().columns().into_iter().zip(node.schema.iter());
    let exprs = columns.map(|(column, (qualifier, field))| {
        let known = Column::new(qualifier.cloned(), field.name());
        let column = Expr::Column(column);
        if column == Expr::Column(known) {
            column
        } else {
            column.alias_qualified(qualifier.cloned(), field.name())
        }
    });
    let exprs = exprs.collect();
    Projection::try_new(exprs, Arc::new(below)).map(LogicalPlan::Projection)
}
