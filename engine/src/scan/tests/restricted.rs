//! Rows that a question may not use, tried with plans that would tell about them.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStore;
use object_store::memory::InMemory;

use super::{Sealed, SealedTable, rows as all_rows, sealed_of};
use crate::scan::{RESTRICTED, RestrictedScan, RestrictedTable};

/// True for one and three.
const ODD: &str = "odd";
/// True for three, and unknown for the others.
const THIRD: &str = "third";

async fn sealed() -> Sealed {
    let odd: BooleanArray = vec![true, false, true].into();
    let third: BooleanArray = vec![None, None, Some(true)].into();
    let mut columns = vec![];
    let rows = all_rows();
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        columns.push((field.name().clone(), Arc::clone(column), true));
    }
    for (name, truths) in [(ODD, odd), (THIRD, third)] {
        let truths: ArrayRef = Arc::new(truths);
        columns.push((name.to_owned(), truths, true));
    }
    sealed_of(&RecordBatch::try_from_iter_with_nullable(columns).unwrap()).await
}

async fn restricted(by: &[&str]) -> SessionContext {
    let sealed = sealed().await;
    let table: Arc<SealedTable> = sealed.table().await;
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    sealed.context(Arc::new(RestrictedTable::new(table, by)))
}

/// As an engine is not set up: every rule of the optimizer, every filter into the reader.
async fn tempted(by: &[&str]) -> SessionContext {
    let sealed = sealed().await;
    let table: Arc<SealedTable> = sealed.table().await;
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    let mut config = SessionConfig::new().with_target_partitions(4);
    let options = config.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.optimizer.repartition_file_min_size = 0;
    let context = SessionContext::new_with_config(config);
    let store: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&sealed.store);
    let url = url::Url::parse("sealed://store").unwrap();
    context.runtime_env().register_object_store(&url, store);
    let provider: Arc<dyn TableProvider> = Arc::new(RestrictedTable::new(table, by));
    context.register_table("t", provider).unwrap();
    context
}

async fn rows(context: &SessionContext, sql: &str) -> String {
    let batches: Vec<RecordBatch> = context.sql(sql).await.unwrap().collect().await.unwrap();
    let shown = pretty_format_batches(&batches).unwrap().to_string();
    let cells = shown.lines().filter(|line| !line.starts_with('+')).skip(1);
    let cells = cells.map(|line| line.trim_matches('|').replace(' ', ""));
    cells.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn rows_that_are_left_out_are_in_no_answer_and_no_expression() {
    for context in [restricted(&[ODD]).await, tempted(&[ODD]).await] {
        for (sql, expected) in [
            ("SELECT count(*) FROM t", "2"),
            (
                "SELECT max(number), min(number) FROM t WHERE number < 3",
                "1|1",
            ),
            ("SELECT name FROM t ORDER BY name DESC LIMIT 1", "three"),
            ("SELECT count(*) FROM (SELECT * FROM t LIMIT 2)", "2"),
            ("SELECT count(*) FROM t WHERE 1 / (number - 2) > -5", "2"),
            ("SELECT sum(6 / (number - 2)) FROM t", "0"),
            ("SELECT number FROM t WHERE name = 'two'", ""),
            (
                "SELECT count(*) FROM t a JOIN t b ON 1 / (a.number - 2) = b.number",
                "1",
            ),
            (
                "SELECT count(*) FROM t WHERE name > 'a' AND CAST(name AS BIGINT) IS NULL OR true",
                "2",
            ),
            (
                "SELECT count(*) FROM (SELECT * FROM t UNION ALL SELECT * FROM t) u WHERE u.number IN (SELECT v.number FROM t v)",
                "4",
            ),
        ] {
            assert_eq!(rows(&context, sql).await, expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn several_restrictions_hold_together_and_what_is_unknown_does_not() {
    let context = restricted(&[ODD, THIRD]).await;
    assert_eq!(rows(&context, "SELECT name FROM t").await, "three");
    let context = restricted(&[THIRD]).await;
    assert_eq!(rows(&context, "SELECT count(*) FROM t").await, "1");
}

#[tokio::test]
async fn nothing_comes_between_the_files_and_what_leaves_rows_out() {
    let context = tempted(&[ODD]).await;
    let sql = "SELECT name FROM t WHERE number > 1 AND name <> 'x' ORDER BY number LIMIT 1";
    let plan = context.sql(sql).await.unwrap();
    let plan = plan.create_physical_plan().await.unwrap();
    let mut scans = 0;
    plan.apply(|node: &Arc<dyn ExecutionPlan>| {
        if let Some(scan) = node.downcast_ref::<RestrictedScan>() {
            scans += 1;
            assert_eq!(scan.fetch(), None);
            assert_eq!(scan.input().fetch(), None);
            let shown = displayable(scan.input().as_ref()).one_line().to_string();
            assert!(!shown.contains("predicate"), "{shown}");
            assert!(!shown.contains("limit"), "{shown}");
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    assert_eq!(scans, 1);
    let shown = displayable(plan.as_ref()).indent(true).to_string();
    assert!(
        !shown.contains(ODD) && !shown.contains(RESTRICTED),
        "{shown}"
    );
    assert!(!format!("{plan:?}").contains(ODD));
    #[expect(deprecated, reason = "what an optimizer may still ask")]
    let told = plan.partition_statistics(None).unwrap();
    assert_eq!(told.num_rows, Precision::Absent);
}
