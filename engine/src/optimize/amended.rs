//! A rule of `DataFusion`'s of which only the rewriting is otherwise.

use datafusion::common::Result as DfResult;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// What is done in the place of a rule's rewriting, by means of the rule.
type Rewrite<R> = fn(&R, LogicalPlan, &dyn OptimizerConfig) -> DfResult<Transformed<LogicalPlan>>;

/// A rule with another rewriting: applied in the same order, to the same nodes.
#[derive(Debug)]
pub(crate) struct Amended<R> {
    pub(crate) name: &'static str,
    /// What its order is, and what the rewriting may use.
    pub(crate) rule: R,
    pub(crate) rewrite: Rewrite<R>,
}

impl<R: OptimizerRule> OptimizerRule for Amended<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        config: &dyn OptimizerConfig,
    ) -> DfResult<Transformed<LogicalPlan>> {
        (self.rewrite)(&self.rule, plan, config)
    }
}
