//! Executing admitted plans: pinned rules, bounded memory, nothing on disk, one constant error.
//!
//! As nothing can be spilled, operators take what they need of the memory that is left: in equal shares, which are for those who spill,
//! a question of many operators would fail while most of it is free.

mod rules;
mod ties;
mod unordered;
mod verify;

use std::sync::Arc;

use datafusion::common::{DataFusionError, Result as DfResult};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryConsumer, MemoryReservation};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{LogicalPlan, ScalarUDF};
use datafusion::optimizer::OptimizerRule;
use datafusion::physical_plan::execute_stream_partitioned;
use datafusion::physical_planner::PhysicalPlanner;

use object_store::ObjectStore;

use crate::guard::{self, TrackKey};
use crate::pipeline::{FAILED, Runner};
use crate::refusal::Refusal;
use crate::safe::{fold_arguments, listed, make_total};

/// The sentence for a question that needs more memory than it may have.
pub(crate) const MEMORY: &str = "the question needs more memory than the engine allows; \
    narrow it, or raise `memory` under [engine]";

/// The rewrites that every plan goes through, for those who measure what they are worth.
#[must_use]
pub fn logical_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    rules::logical()
}

/// Runs plans of one question.
#[derive(Debug)]
pub(crate) struct Execution {
    state: SessionState,
    tie: Arc<ScalarUDF>,
}

impl Execution {
    /// A state of its own for one question, with this much memory in bytes, over one store; the key is that of the engine.
    ///
    /// # Errors
    /// When the runtime cannot be built.
    pub(crate) fn new(
        memory: usize,
        url: &ObjectStoreUrl,
        store: &Arc<dyn ObjectStore>,
        key: &TrackKey,
    ) -> Result<Self, Refusal> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
            .with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
            )
            .build_arc()
            .map_err(|_| Refusal::Failed(FAILED))?;
        runtime.register_object_store(url.as_ref(), Arc::clone(store));
        let mut state = SessionStateBuilder::new()
            .with_config(config())
            .with_runtime_env(runtime)
            .with_default_features()
            .with_optimizer_rules(rules::logical())
            .with_physical_optimizer_rules(rules::physical())
            .build();
        // `now()` is the moment at which the question began to run, wherever it stands.
        state.mark_start_execution();
        let tie = guard::tie(key);
        Ok(Self { state, tie })
    }

    async fn start(&self, plan: LogicalPlan) -> DfResult<Vec<SendableRecordBatchStream>> {
        let options = self.state.config_options();
        let coerced = self
            .state
            .analyzer()
            .execute_and_check(plan, options, |_, _| {})?;
        let folded = fold_arguments(coerced)?;
        let coerced = self
            .state
            .analyzer()
            .execute_and_check(folded, options, |_, _| {})?;
        let total = make_total(coerced)?;
        listed(&total)?;
        let optimized = self.state.optimize(&total)?;
        listed(&optimized)?;
        let optimized = ties::broken(optimized, &self.tie)?;
        let optimized = unordered::windows(optimized)?;
        let physical = unordered::planner()
            .create_physical_plan(&optimized, &self.state)
            .await?;
        verify::physical(&physical)?;
        execute_stream_partitioned(physical, self.state.task_ctx())
    }
}

impl Runner for Execution {
    async fn run(&self, plan: LogicalPlan) -> Result<Vec<SendableRecordBatchStream>, Refusal> {
        self.start(plan).await.map_err(|error| failed(&error))
    }

    fn room(&self) -> MemoryReservation {
        let pool = &self.state.runtime_env().memory_pool;
        MemoryConsumer::new("release").register(pool)
    }
}

/// Why a question failed, as far as its asker may know: never from the data's text.
pub(crate) fn failed(error: &DataFusionError) -> Refusal {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Refusal::Failed(MEMORY),
        _other => Refusal::Failed(FAILED),
    }
}

fn config() -> datafusion::prelude::SessionConfig {
    let mut config = crate::plan::config();
    let options = config.options_mut();
    options.execution.collect_statistics = false;
    // `x IS TRUE` may be NULL in a physical schema and may not in a logical one.
    options.execution.skip_physical_aggregate_schema_check = true;
    options.execution.parquet.bloom_filter_on_read = false;
    options.execution.parquet.schema_force_view_types = true;
    options.explain.show_statistics = false;
    options.optimizer.skip_failed_rules = false;
    // A join that waits for what its other partitions know of their keys may wait for ever.
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    config
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[test]
    fn one_operator_of_many_may_take_whatever_is_left() {
        let url = ObjectStoreUrl::parse("sealed://store").unwrap();
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let key = TrackKey::of(&[7; 16]);
        let execution = Execution::new(1000, &url, &store, &key).unwrap();
        let pool = &execution.state.runtime_env().memory_pool;
        let operators = ["join", "groups", "groups", "groups"].map(|name| {
            let consumer = MemoryConsumer::new(name).with_can_spill(name == "groups");
            consumer.register(pool)
        });
        operators[1].try_grow(900).unwrap();
        operators[2].try_grow(100).unwrap();
        operators[3].try_grow(1).unwrap_err();
        operators[1].free();
        operators[0].try_grow(900).unwrap();
    }
}
