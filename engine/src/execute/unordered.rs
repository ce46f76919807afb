//! What windows leave their rows ordered by is forgotten above them.
//!
//! For each value of a window `DataFusion` 55.2 notes two orders of the rows, up and down; and for an expression above, it looks at every
//! choice of one of the two for each value that the expression reads. Of a gate that reads forty such values there are 2⁴⁰: the
//! planner ends when memory does. Nothing above a window needs its order; what must be sorted there is sorted again. Nor is believed what
//! order the rows below have: where a window is ordered by what a filter made constant, below a join, no sort was put in, and the plan
//! was then found to be unsorted.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::common::{DFSchemaRef, Result as DfResult, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{
    Expr, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore,
};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};

/// Name of the operator.
pub(super) const NAME: &str = "UnorderedExec";

/// The plan with every window's order forgotten, and that of its rows.
pub(super) fn windows(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    let forgotten = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::Window(mut window) = node else {
            return Ok(Transformed::no(node));
        };
        window.input = Arc::new(unordered(Arc::unwrap_or_clone(window.input)));
        let window = LogicalPlan::Window(window);
        Ok(Transformed::yes(unordered(window)))
    })?;
    Ok(forgotten.data)
}

fn unordered(input: LogicalPlan) -> LogicalPlan {
    let node = Arc::new(Unordered { input });
    LogicalPlan::Extension(Extension { node })
}

/// `DataFusion`'s planner, which knows of this operator too.
pub(super) fn planner() -> DefaultPhysicalPlanner {
    DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(Planner)])
}

/// Rows as they come, in no order that anybody knows.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Unordered {
    input: LogicalPlan,
}

impl PartialOrd for Unordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.input.partial_cmp(&other.input)
    }
}

impl UserDefinedLogicalNodeCore for Unordered {
    fn name(&self) -> &'static str {
        "Unordered"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        self.input.schema()
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unordered")
    }

    fn with_exprs_and_inputs(
        &self,
        exprs: Vec<Expr>,
        mut inputs: Vec<LogicalPlan>,
    ) -> DfResult<Self> {
        let input = inputs.pop();
        let Some(input) = input.filter(|_| inputs.is_empty() && exprs.is_empty()) else {
            return internal_err!("rows in no order have one input and no expressions");
        };
        Ok(Self { input })
    }
}

/// Plans [`Unordered`], and nothing else.
struct Planner;

#[async_trait]
impl ExtensionPlanner for Planner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        _session: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> DfResult<Option<Arc<dyn ExecutionPlan>>> {
        match (node.as_any().is::<Unordered>(), physical_inputs) {
            (true, [input]) => Ok(Some(Arc::new(UnorderedExec::new(Arc::clone(input))))),
            (_, _) => Ok(None),
        }
    }
}

/// Hands rows on.
#[derive(Debug)]
struct UnorderedExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl UnorderedExec {
    fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(input.schema()),
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Self {
            input,
            properties: Arc::new(properties),
        }
    }
}

impl DisplayAs for UnorderedExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)
    }
}

impl ExecutionPlan for UnorderedExec {
    fn name(&self) -> &'static str {
        NAME
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        let input = children.pop();
        let Some(input) = input.filter(|_| children.is_empty()) else {
            return internal_err!("rows in no order have one input");
        };
        Ok(Arc::new(Self::new(input)))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> DfResult<TreeNodeRecursion>,
    ) -> DfResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> DfResult<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use datafusion::arrow::array::RecordBatch;
    use datafusion::prelude::SessionContext;

    use super::*;

    /// Twenty values of a window and what reads them all; more of them would end the test and all others.
    #[tokio::test]
    async fn above_a_window_no_order_is_known() {
        let context = SessionContext::new();
        let table = "CREATE TABLE t AS VALUES ('p', 1), ('p', 2), ('q', 3)";
        context.sql(table).await.unwrap();
        let value = |at: usize| format!("min(column2 + {at}) OVER (PARTITION BY column1) AS v{at}");
        let values: Vec<String> = (0..20).map(value).collect();
        let gate: Vec<String> = (1..20).map(|at| format!("v0 = v{at}")).collect();
        let sql = format!(
            "SELECT CASE WHEN {} THEN 1 END AS gate FROM (SELECT *, {} FROM t WHERE column1 = 'p')",
            gate.join(" OR "),
            values.join(", ")
        );
        let plan = context.sql(&sql).await.unwrap();
        let plan = windows(plan.into_optimized_plan().unwrap()).unwrap();
        let state = context.state();
        let physical = planner().create_physical_plan(&plan, &state).await.unwrap();
        let orders = physical.equivalence_properties().oeq_class();
        assert!(orders.is_empty(), "{orders}");
        let batches = datafusion::physical_plan::collect(physical, state.task_ctx()).await;
        let batches = batches.unwrap();
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(rows, 2);
    }
}
