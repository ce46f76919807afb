//! A panic anywhere below an answer is the one constant refusal.
#![expect(clippy::panic, reason = "panics are what is tested")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use admit::Admitted;
use datafusion::catalog::TableProvider;
use datafusion::common::DFSchema;
use datafusion::common::runtime::SpawnedTask;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{
    MemoryConsumer, MemoryPool, MemoryReservation, UnboundedMemoryPool,
};
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::stream;
use policy::ident::TableRef;
use release::{Release, Released};

use super::{contained, is_answering};
use crate::pipeline::{FAILED, Memory, Runner, Tables, answer};
use crate::refusal::Refusal;

const LONG: Duration = Duration::from_mins(10);

fn refused<T>(outcome: Result<T, Refusal>) {
    assert_eq!(outcome.err(), Some(Refusal::Failed(FAILED)));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_thread_that_answers() {
    let work = async {
        assert!(is_answering());
        tokio::task::yield_now().await;
        panic!("secret 4711")
    };
    refused::<()>(contained(LONG, work).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_blocking_thread_and_in_a_pool() {
    let work = async {
        let task =
            SpawnedTask::spawn_blocking(|| rayon::join(|| 1, || -> u8 { panic!("secret 4711") }));
        task.await.map_err(|_| Refusal::Failed(FAILED))
    };
    refused(contained(LONG, work).await);
}

struct NoTables;

impl Tables for NoTables {
    fn provider(&self, _table: &TableRef) -> Option<Arc<dyn TableProvider>> {
        None
    }
}

impl Memory for NoTables {
    async fn finish(&self, _release: Release) -> Result<Released, Refusal> {
        Err(Refusal::Failed(FAILED))
    }
}

/// Partitions of which the second panics: while it is planned, or once it is read.
struct Panics {
    at_once: bool,
}

impl Runner for Panics {
    async fn run(&self, plan: LogicalPlan) -> Result<Vec<SendableRecordBatchStream>, Refusal> {
        assert!(!self.at_once, "secret 4711");
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let panics = stream::once(async { panic!("secret 4711") });
        let quiet = RecordBatchStreamAdapter::new(Arc::clone(&schema), stream::empty());
        let panics = RecordBatchStreamAdapter::new(schema, panics);
        Ok(vec![Box::pin(quiet), Box::pin(panics)])
    }

    fn room(&self) -> MemoryReservation {
        let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        MemoryConsumer::new("release").register(&pool)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_partition_of_a_plan() {
    for at_once in [true, false] {
        let plan = LogicalPlan::EmptyRelation(EmptyRelation {
            produce_one_row: false,
            schema: Arc::new(DFSchema::empty()),
        });
        let tables = BTreeSet::new();
        let runner = Panics { at_once };
        let work = answer(
            Admitted::Plain { plan, tables },
            &NoTables,
            &runner,
            &NoTables,
        );
        refused(contained(LONG, work).await);
    }
}

#[tokio::test]
async fn a_question_that_takes_too_long_says_only_that() {
    let work = std::future::pending::<Result<(), Refusal>>();
    let outcome = contained(Duration::from_millis(1), work).await;
    let message = "the question took longer than the engine allows";
    assert_eq!(outcome, Err(Refusal::Failed(message)));
}
