//! The optimizer's rules, pinned by name: an upgrade that adds one changes a test, not a meaning.

use std::sync::Arc;

use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;

use crate::optimize::{
    DistinctToGroups, PartiesOfTracks, common_expressions, disjoint_lists, joins_stay, keys_stay,
    plain_equalities,
};

/// Replaced by our own: it breaks `HAVING COUNT(DISTINCT c) >= 5 AND SUM(x) > y` on decimals.
const REPLACED: &str = "single_distinct_aggregation_to_group_by";

/// Wrapped by our own: it takes equalities that are written differently for a contradiction.
const CONTRADICTING: &str = "push_down_filter";

/// Wrapped by our own: of lists without a common value it forgets that NULL is in none and not in none.
const UNKNOWING: &str = "simplify_expressions";

/// Wrapped by our own: it takes equal windows out to where none may stand.
const STRAYING: &str = "common_sub_expression_eliminate";

/// Wrapped by our own: it takes keys of groupings away that it believes to be determined.
const FORGETFUL: &str = "optimize_projections";

/// Wrapped by our own: it takes joins away of rows that it believes to be there once.
const DISJOINING: &str = "eliminate_join";

/// Left out: it answers COUNT, MIN and MAX from file metadata.
const NOT_PHYSICAL: &[&str] = &["aggregate_statistics"];

/// Rewrites of logical plans.
pub(super) fn logical() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let rules = Optimizer::new().rules;
    rules
        .into_iter()
        .flat_map(|rule| -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
            match rule.name() {
                REPLACED => vec![Arc::new(DistinctToGroups)],
                UNKNOWING => vec![Arc::new(disjoint_lists())],
                STRAYING => vec![Arc::new(common_expressions())],
                // Pushed down to where a track is made, a condition on its party is known; before it is taken out as common.
                CONTRADICTING => vec![Arc::new(plain_equalities()), Arc::new(PartiesOfTracks)],
                FORGETFUL => vec![Arc::new(keys_stay())],
                DISJOINING => vec![Arc::new(joins_stay())],
                _as_it_is => vec![rule],
            }
        })
        .collect()
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
