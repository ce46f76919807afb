//! Rewritten plans answer what unrewritten plans answer, in the same types.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::DistinctToGroups;
use crate::guard::TrackKey;

const STOCK: &str = "single_distinct_aggregation_to_group_by";

/// Rows with NULLs in keys and values, and groups of very different sizes.
const ROWS: &str = "CREATE TABLE t AS SELECT
    CASE WHEN v % 11 = 0 THEN NULL ELSE v % 7 END AS k,
    CASE WHEN v % 13 = 0 THEN NULL ELSE concat('n', CAST(v % 5 AS VARCHAR)) END AS name,
    CASE WHEN v % 3 = 0 THEN NULL ELSE v % 17 END AS a,
    CASE WHEN v % 4 = 0 THEN NULL ELSE concat('b', CAST(v % 9 AS VARCHAR)) END AS b,
    CAST(v AS DECIMAL(12,2)) / 8 AS x,
    CASE WHEN v % 2 = 0 THEN NULL ELSE CAST(v AS DOUBLE) / 4 END AS y
  FROM (SELECT value AS v FROM generate_series(1, 500))";

const QUESTIONS: &[&str] = &[
    "SELECT k, COUNT(DISTINCT a) FROM t GROUP BY k",
    "SELECT COUNT(DISTINCT a) FROM t",
    "SELECT COUNT(DISTINCT a), COUNT(*) FROM t WHERE x < 0",
    "SELECT k, COUNT(DISTINCT a) FROM t WHERE x < 0 GROUP BY k",
    "SELECT k, COUNT(DISTINCT a), COUNT(*), COUNT(y), SUM(x), MIN(b), MAX(x) FROM t GROUP BY k",
    "SELECT k, name, COUNT(DISTINCT a), COUNT(DISTINCT b) FROM t GROUP BY k, name",
    "SELECT k, COUNT(DISTINCT a), COUNT(DISTINCT b), COUNT(*), AVG(x) FROM t WHERE x < 0 GROUP BY k",
    "SELECT k, COUNT(DISTINCT a), AVG(x), STDDEV(y) FROM t GROUP BY k",
    "SELECT k + 1 AS k1, COUNT(DISTINCT a + 1), SUM(DISTINCT a), AVG(DISTINCT a) FROM t GROUP BY k + 1",
    "SELECT k, COUNT(DISTINCT a) FILTER (WHERE y > 10), COUNT(*) FILTER (WHERE x > 5), SUM(x) FROM t GROUP BY k",
    "SELECT k, COUNT(DISTINCT a) FILTER (WHERE y > 10), COUNT(DISTINCT a) FROM t GROUP BY k",
    "SELECT k, COUNT(DISTINCT CASE WHEN y > 10 THEN b END), COUNT(DISTINCT k), MIN(DISTINCT x) FROM t GROUP BY k",
    "SELECT k, COUNT(DISTINCT a) AS n, SUM(x) AS s FROM t GROUP BY k HAVING COUNT(DISTINCT a) >= 5 AND SUM(x) > 40.5",
    "SELECT k, SUM(x) AS s FROM t GROUP BY k HAVING COUNT(DISTINCT a) >= 5 AND COUNT(DISTINCT b) > 2 AND SUM(x) > 40.5",
    "SELECT n, COUNT(*) FROM (SELECT k, COUNT(DISTINCT a) AS n, COUNT(DISTINCT b) AS m FROM t GROUP BY k) GROUP BY n",
    "SELECT name FROM t GROUP BY name HAVING COUNT(DISTINCT k) > 3 AND COUNT(DISTINCT b) > 3 AND name <> 'n1'",
    "SELECT COUNT(DISTINCT name) FROM (SELECT DISTINCT name, a FROM t)",
    "SELECT k, BOOL_AND(y > 1), MAX(b), COUNT(DISTINCT a), SUM(y) FROM t GROUP BY k",
    "SELECT k FROM t WHERE a IN (SELECT COUNT(DISTINCT b) FROM t GROUP BY name) GROUP BY k",
];

fn context(rewritten: bool) -> SessionContext {
    let rules = Optimizer::new().rules.into_iter();
    let rules = rules.filter_map(|rule| match (rule.name() == STOCK, rewritten) {
        (true, true) => Some(Arc::new(DistinctToGroups) as Arc<dyn OptimizerRule + Send + Sync>),
        (true, false) => None,
        (false, _) => Some(rule),
    });
    let mut config = SessionConfig::new().with_target_partitions(3);
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    config.options_mut().optimizer.skip_failed_rules = false;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .with_optimizer_rules(rules.collect())
        .build();
    SessionContext::new_with_state(state)
}

async fn rows(context: &SessionContext, sql: &str) -> (Vec<String>, Vec<DataType>) {
    let frame = context.sql(sql).await.unwrap();
    let kinds = frame.schema().fields().iter();
    let kinds = kinds.map(|field| field.data_type().clone()).collect();
    let batches: Vec<RecordBatch> = frame.collect().await.unwrap();
    let shown = pretty_format_batches(&batches).unwrap().to_string();
    let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
    lines.sort();
    (lines, kinds)
}

async fn is_rewritten(context: &SessionContext, sql: &str) -> bool {
    let plan = context.sql(sql).await.unwrap();
    let plan = plan.into_optimized_plan().unwrap();
    plan.display_indent().to_string().contains("__distinct_0")
}

#[tokio::test]
async fn rewritten_plans_answer_the_same_in_the_same_types() {
    let (ours, stock) = (context(true), context(false));
    for context in [&ours, &stock] {
        context.sql(ROWS).await.unwrap().collect().await.unwrap();
    }
    for sql in QUESTIONS {
        assert!(is_rewritten(&ours, sql).await, "{sql}");
        assert_eq!(rows(&ours, sql).await, rows(&stock, sql).await, "{sql}");
    }
}

/// Twenty thousand groups of one or two people: two megabytes at most, which were counted as gigabytes.
#[tokio::test]
async fn people_of_many_groups_are_held_once() {
    let ours = context(true);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(500 << 20)))
        .with_disk_manager_builder(
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
        );
    let state = SessionStateBuilder::new_from_existing(ours.state())
        .with_runtime_env(runtime.build_arc().unwrap());
    let ours = SessionContext::new_with_state(state.build());
    let tracks = crate::guard::tools(&TrackKey::of(&[7; 16]), 10).tracks;
    ours.register_udaf(tracks.as_ref().clone());
    let sql = "SELECT COUNT(*), SUM(a), SUM(b), COUNT(people) FROM (
        SELECT v % 20000 AS k, COUNT(DISTINCT v % 3) AS a, COUNT(DISTINCT v % 7) AS b,
            subrosa_tracks(CAST(v % 30000 AS BIGINT UNSIGNED)) AS people
        FROM (SELECT value AS v FROM generate_series(1, 60000)) GROUP BY v % 20000)";
    assert!(is_rewritten(&ours, sql).await);
    let (lines, _) = rows(&ours, sql).await;
    assert!(
        lines.iter().any(|line| line.contains("| 20000 ")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn what_the_rule_does_not_know_stays() {
    let ours = context(true);
    ours.sql(ROWS).await.unwrap().collect().await.unwrap();
    for sql in [
        "SELECT k, COUNT(a) FROM t GROUP BY k",
        "SELECT k, name, COUNT(DISTINCT a) FROM t GROUP BY ROLLUP (k, name)",
        "SELECT COUNT(DISTINCT a), COUNT(DISTINCT b), COUNT(*) FROM t",
        "SELECT COUNT(DISTINCT a), AVG(x) FROM t",
    ] {
        assert!(!is_rewritten(&ours, sql).await, "{sql}");
    }
}

/// The rows, under all rules of the engine.
async fn ruled() -> SessionContext {
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_optimizer_rules(crate::execute::logical_rules())
        .build();
    let context = SessionContext::new_with_state(state);
    context.sql(ROWS).await.unwrap().collect().await.unwrap();
    context
}

/// The numbers that a question says.
async fn numbers(context: &SessionContext, sql: &str) -> Vec<i64> {
    let (lines, _) = rows(context, sql).await;
    let cells = lines.iter().map(|line| line.trim_matches(['|', ' ']));
    cells.filter_map(|cell| cell.parse().ok()).collect()
}

/// Two equalities that mean the same are no contradiction.
const TWICE: &[(&str, &str)] = &[
    (
        "SELECT count(*) FROM t WHERE k = 1 AND 1 = k",
        "SELECT count(*) FROM t WHERE k = 1",
    ),
    (
        "SELECT count(*) FROM (SELECT k AS x, 1 AS y FROM t) WHERE x = y AND x = 1",
        "SELECT count(*) FROM t WHERE k = 1",
    ),
    (
        "SELECT count(*) FROM (SELECT name, 'n1' AS y FROM t) WHERE y = name AND name = 'n1'",
        "SELECT count(*) FROM t WHERE name = 'n1'",
    ),
    (
        "SELECT count(*) FROM (SELECT name, 'n1' AS y FROM t) WHERE y = name AND name IN ('n1')",
        "SELECT count(*) FROM t WHERE name = 'n1'",
    ),
    (
        "SELECT count(*) FROM (SELECT k AS x, 2 AS y FROM t) WHERE x = y AND x = 1",
        "SELECT count(*) FROM t WHERE k = 99",
    ),
];

#[tokio::test]
async fn the_same_said_twice_is_no_contradiction() {
    let context = ruled().await;
    for (sql, otherwise) in TWICE {
        assert_eq!(
            numbers(&context, sql).await,
            numbers(&context, otherwise).await,
            "{sql}"
        );
    }
}
