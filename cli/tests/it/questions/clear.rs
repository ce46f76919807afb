//! The same SQL over the clear data, by plain `DataFusion`.

use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionContext};

use super::table::{Row, Table};

/// A world's tables and views, read as they lie there.
pub(crate) struct Clear {
    pub(crate) context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Clear {
    pub(crate) fn open(world: &Path) -> Self {
        let text = std::fs::read_to_string(world.join("collaboration.toml")).unwrap();
        let collaboration: toml::Table = text.parse().unwrap();
        let clear = Self {
            context: SessionContext::new(),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        for (party, about) in collaboration["parties"].as_table().unwrap() {
            clear.run(&format!("CREATE SCHEMA {party}"));
            let tables = about.get("tables").and_then(toml::Value::as_table);
            for (table, about) in tables.into_iter().flatten() {
                let path = world.join(about["data"].as_str().unwrap());
                let derived = derived(&world.join(about["policy"].as_str().unwrap()));
                let own = if derived.is_empty() { "" } else { "_own" };
                clear.register(&format!("{party}.{table}{own}"), path.to_str().unwrap());
                if !derived.is_empty() {
                    clear.run(&format!(
                        "CREATE VIEW {party}.{table} AS SELECT *{derived} FROM {party}.{table}{own}"
                    ));
                }
            }
        }
        for (view, file) in collaboration["views"].as_table().unwrap() {
            let schema = view.split_once('.').unwrap().0;
            clear.run(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
            let sql = std::fs::read_to_string(world.join(file.as_str().unwrap())).unwrap();
            clear.run(&format!("CREATE VIEW {view} AS {sql}"));
        }
        clear
    }

    fn register(&self, name: &str, path: &str) {
        let done = self.runtime.block_on(async {
            if Path::new(path).extension().is_some_and(|e| e == "csv") {
                let options = CsvReadOptions::new();
                self.context.register_csv(name, path, options).await
            } else {
                let options = ParquetReadOptions::default();
                self.context.register_parquet(name, path, options).await
            }
        });
        done.unwrap();
    }

    /// Runs one statement.
    pub(crate) fn run(&self, sql: &str) -> RecordBatch {
        let sql = sql.trim().trim_end_matches(';');
        self.runtime.block_on(async {
            let frame = self.context.sql(sql).await.unwrap();
            let schema = std::sync::Arc::new(frame.schema().as_arrow().clone());
            let batches = frame.collect().await.unwrap();
            let schema = batches.first().map_or(schema, RecordBatch::schema);
            concat_batches(&schema, &batches).unwrap()
        })
    }

    /// The answer to one statement.
    pub(crate) fn answer(&self, sql: &str) -> Table {
        table(&self.run(sql))
    }
}

/// What a policy derives, as further columns of a SELECT; a truth value that is summed is a number.
fn derived(policy: &Path) -> String {
    let policy: toml::Table = std::fs::read_to_string(policy).unwrap().parse().unwrap();
    let derive = policy.get("derive").and_then(toml::Value::as_table);
    let column = |(name, rule): (&String, &toml::Value)| {
        let sql = rule["sql"].as_str().unwrap();
        if rule.get("measure").is_some() {
            format!(", CAST({sql} AS BIGINT) AS {name}")
        } else {
            format!(", {sql} AS {name}")
        }
    };
    derive.into_iter().flatten().map(column).collect()
}

/// A batch as text.
pub(crate) fn table(batch: &RecordBatch) -> Table {
    let schema = batch.schema();
    let columns: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
    let options = FormatOptions::default();
    let cell = |column: usize, row: usize| {
        let array = batch.column(column);
        let text = || {
            ArrayFormatter::try_new(array, &options)
                .unwrap()
                .value(row)
                .to_string()
        };
        array.is_valid(row).then(text)
    };
    let row = |row: usize| -> Row {
        let cells = columns.iter().enumerate();
        cells
            .map(|(column, name)| (name.clone(), cell(column, row)))
            .collect()
    };
    Table {
        rows: (0..batch.num_rows()).map(row).collect(),
        columns,
    }
}
