//! Who stands behind a value, counted on the rows in clear by plain `DataFusion`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::array_value_to_string;
use datafusion::catalog::{MemTable, MemorySchemaProvider, SchemaProvider};
use datafusion::functions_aggregate::expr_fn::{count_distinct, sum};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, col};
use datafusion::prelude::SessionContext;

use super::AttackWorld;
use super::world::batch;

/// Columns that are units in the fixture's policies.
const UNITS: &[&str] = &["customer_id", "counterparty_account"];

/// The rows that exist, in clear.
#[expect(missing_debug_implementations, reason = "a session of DataFusion")]
pub struct Fixture {
    context: SessionContext,
}

/// The groups of a question with the fewest entities of any unit behind each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells(Vec<(BTreeMap<String, Option<String>>, i64)>);

impl Fixture {
    /// The tables of a world, row filter applied.
    #[must_use]
    pub fn new(world: &AttackWorld) -> Self {
        let context = SessionContext::new();
        let mut rows = world.rows.clone();
        rows.bank_a
            .accounts
            .retain(|row| row.risk.as_deref() != Some("vip"));
        for (party, bank) in [("bank_a", &rows.bank_a), ("bank_b", &rows.bank_b)] {
            let tables = ["accounts", "transactions"].map(|name| (name, batch(bank, name)));
            register(&context, party, tables);
        }
        let uploaded = world.registered.iter();
        let uploaded = uploaded.map(|(name, rows)| (name.as_str(), rows.clone()));
        register(&context, "mallory", uploaded);
        Self { context }
    }

    async fn plan(&self, sql: &str) -> LogicalPlan {
        self.context.state().create_logical_plan(sql).await.unwrap()
    }

    async fn run(&self, plan: LogicalPlan) -> Vec<RecordBatch> {
        let frame = self.context.execute_logical_plan(plan).await.unwrap();
        frame.collect().await.unwrap()
    }

    /// The groups of a question and how many people stand behind each.
    pub async fn cells(&self, sql: &str) -> Cells {
        let plan = self.plan(sql).await;
        let outermost = outermost(&plan);
        let units = units(&outermost.input);
        let counts: Vec<Expr> = units.iter().cloned().map(count_distinct).collect();
        let shown = outermost.keys.len();
        let plan = LogicalPlanBuilder::from(outermost.input)
            .aggregate(outermost.keys, counts)
            .unwrap();
        let mut cells = Vec::new();
        for batch in self.run(plan.build().unwrap()).await {
            for row in 0..batch.num_rows() {
                let text = |at: usize| array_value_to_string(batch.column(at), row).unwrap();
                let keys = (0..shown).map(|at| {
                    let value = batch.column(at).is_valid(row).then(|| normal(&text(at)));
                    (outermost.names[at].clone(), value)
                });
                let counts = (shown..batch.num_columns()).map(|at| count(&batch, at, row));
                cells.push((keys.collect(), counts.min().unwrap()));
            }
        }
        Cells(cells)
    }

    /// For every unit and every measure (and its square): what each entity adds to it.
    pub async fn contributions(&self, sql: &str) -> Vec<Vec<f64>> {
        let plan = self.plan(sql).await;
        let outermost = outermost(&plan);
        let mut all = Vec::new();
        for unit in units(&outermost.input) {
            let amount = cast_to_float(col("amount"));
            for measure in [amount.clone(), amount.clone() * amount] {
                let plan = LogicalPlanBuilder::from(outermost.input.clone())
                    .aggregate([unit.clone()], [sum(measure)])
                    .unwrap();
                let batches = self.run(plan.build().unwrap()).await;
                let each = batches.iter().flat_map(|batch| {
                    let sums = batch.column(1).as_primitive::<Float64Type>();
                    sums.iter().flatten().collect::<Vec<_>>()
                });
                all.push(each.collect());
            }
        }
        all
    }
}

impl Cells {
    /// The most entities behind any group.
    #[must_use]
    pub fn most(&self) -> Option<i64> {
        self.0.iter().map(|(_, count)| *count).max()
    }

    /// The fewest entities of a unit behind the row with these dimensions; `None` if there is no such group.
    #[must_use]
    pub fn behind(&self, row: &serde_json::Map<String, serde_json::Value>) -> Option<i64> {
        let is = |keys: &BTreeMap<String, Option<String>>| {
            keys.iter().all(|(name, value)| {
                let shown = row.get(name).and_then(|v| v.as_str()).map(normal);
                shown == *value
            })
        };
        let found = self.0.iter().find(|(keys, _)| is(keys));
        found.map(|(_, count)| *count)
    }
}

fn cast_to_float(expr: Expr) -> Expr {
    datafusion::logical_expr::cast(expr, DataType::Float64)
}

fn count(batch: &RecordBatch, at: usize, row: usize) -> i64 {
    let counts = cast(batch.column(at), &DataType::Int64).unwrap();
    counts.as_primitive::<Int64Type>().value(row)
}

/// Midnight is a date.
fn normal(text: &str) -> String {
    text.trim_end_matches("T00:00:00").to_owned()
}

fn register<'a>(
    context: &SessionContext,
    party: &str,
    tables: impl IntoIterator<Item = (&'a str, RecordBatch)>,
) {
    let schema = Arc::new(MemorySchemaProvider::new());
    for (name, rows) in tables {
        let table = MemTable::try_new(rows.schema(), vec![vec![rows]]).unwrap();
        schema
            .register_table(name.to_owned(), Arc::new(table))
            .unwrap();
    }
    let catalog = context.catalog("datafusion").unwrap();
    catalog.register_schema(party, schema).unwrap();
}

/// The outermost aggregate: its keys under the names that they are shown by.
struct Outermost {
    keys: Vec<Expr>,
    names: Vec<String>,
    input: LogicalPlan,
}

fn outermost(plan: &LogicalPlan) -> Outermost {
    match plan {
        LogicalPlan::Sort(sort) => outermost(&sort.input),
        LogicalPlan::Distinct(distinct) => match distinct.input().as_ref() {
            LogicalPlan::Projection(shown) => Outermost {
                keys: shown.expr.iter().map(|e| e.clone().unalias()).collect(),
                names: shown.expr.iter().map(shown_as).collect(),
                input: shown.input.as_ref().clone(),
            },
            other => panic!("DISTINCT of {other}"),
        },
        LogicalPlan::Projection(shown) => match shown.input.as_ref() {
            LogicalPlan::Aggregate(aggregate) => named(aggregate, &shown.expr),
            other => outermost(other),
        },
        LogicalPlan::Aggregate(aggregate) => named(aggregate, &[]),
        other => panic!("no aggregate above {other}"),
    }
}

fn named(aggregate: &Aggregate, shown: &[Expr]) -> Outermost {
    let name = |key: &Expr| {
        let whole = key.schema_name().to_string();
        let is = |e: &&Expr| e.column_refs().iter().any(|c| c.flat_name() == whole);
        shown_as(shown.iter().find(is).unwrap_or(key))
    };
    Outermost {
        names: aggregate.group_expr.iter().map(name).collect(),
        keys: aggregate.group_expr.clone(),
        input: aggregate.input.as_ref().clone(),
    }
}

/// The column's name in the answer.
fn shown_as(expr: &Expr) -> String {
    expr.qualified_name().1
}

fn units(input: &LogicalPlan) -> Vec<Expr> {
    let columns = input.schema().columns().into_iter();
    let units = columns.filter(|column| UNITS.contains(&column.name.as_str()));
    units.map(Expr::Column).collect()
}
