//! The optimizer's rules, pinned by name: an upgrade that adds one changes a test, not a meaning.

use std::sync::Arc;

use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;

use crate::optimize::{DistinctToGroups, UndeterminedKeys};

/// Replaced by our own: it breaks `HAVING COUNT(DISTINCT c) >= 5 AND SUM(x) > y` on decimals.
const REPLACED: &str = "single_distinct_aggregation_to_group_by";

/// Rules that believe what `DataFusion` says of which columns determine which.
const BELIEVING: &[&str] = &[
    "eliminate_join",
    "replace_distinct_aggregate",
    "optimize_projections",
];

/// Left out: it answers COUNT, MIN and MAX from file metadata.
const NOT_PHYSICAL: &[&str] = &["aggregate_statistics"];

/// Rewrites of logical plans.
pub(super) fn logical() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = Vec::new();
    for rule in Optimizer::new().rules {
        if BELIEVING.contains(&rule.name()) {
            rules.push(Arc::new(UndeterminedKeys));
        }
        rules.push(match rule.name() {
            REPLACED => Arc::new(DistinctToGroups),
            _as_it_is => rule,
        });
    }
    rules
}

/// Rewrites of physical plans.
pub(super) fn physical() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let rules = PhysicalOptimizer::new().rules;
    rules
        .into_iter()
        .filter(|rule| !NOT_PHYSICAL.contains(&rule.name()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_run_are_those_that_were_read() {
        let names: Vec<_> = logical()
            .iter()
            .map(|rule| rule.name().to_owned())
            .collect();
        insta::assert_snapshot!(names.join("\n"));
        let names: Vec<_> = physical()
            .iter()
            .map(|rule| rule.name().to_owned())
            .collect();
        insta::assert_snapshot!(names.join("\n"));
    }
}
