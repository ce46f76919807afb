//! The few rules that run before admission, so that spellings of one thing are one plan.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;
use datafusion::optimizer::decorrelate_predicate_subquery::DecorrelatePredicateSubquery;
use datafusion::optimizer::extract_equijoin_predicate::ExtractEquijoinPredicate;
use datafusion::optimizer::{Analyzer, Optimizer};

use super::distinct::distinct_as_groups;

/// Applies the canonical rules.
pub(super) fn rules(plan: LogicalPlan, state: &SessionState) -> Result<LogicalPlan> {
    let analyzer = Analyzer::with_rules(vec![Arc::new(TypeCoercion::new())]);
    let plan = analyzer.execute_and_check(plan, state.config_options(), |_, _| {})?;
    let optimizer = Optimizer::with_rules(vec![
        Arc::new(distinct_as_groups()),
        Arc::new(DecorrelatePredicateSubquery::new()),
        Arc::new(ExtractEquijoinPredicate::new()),
    ]);
    optimizer.optimize(plan, state, |_, _| {})
}
