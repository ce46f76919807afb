//! The clear data, all of which only the demo has, since it generated it: plain SQL over it, without any rule of ours.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionContext};

use crate::exit::Exit;
use crate::failure::Failure;

/// Clear tables of some banks: `payments`, `accounts`, `flagged`, and the truth.
pub(super) struct Clear(SessionContext);

impl Clear {
    /// The tables of one bank as it sees them, or of several with every payment once.
    pub(super) async fn of(dir: &Path, banks: &[&str]) -> Result<Self, Failure> {
        let context = SessionContext::new();
        for bank in banks {
            for table in ["transactions", "accounts", "flagged"] {
                let path = dir.join(bank).join(format!("{table}.parquet"));
                register(&context, &format!("{bank}_{table}"), &path).await?;
            }
        }
        for table in ["patterns", "pattern_accts"] {
            let path = dir.join("truth").join(format!("{table}.parquet"));
            register(&context, table, &path).await?;
        }
        // A payment between two of the banks is in both ledgers; among several, the receiver's copy is left out.
        let once = if banks.len() > 1 {
            " WHERE leg <> 'C'"
        } else {
            ""
        };
        let union = |select: &dyn Fn(&str) -> String| {
            let selects = banks.iter().map(|bank| select(bank));
            selects.collect::<Vec<_>>().join(" UNION ALL ")
        };
        let views = [
            (
                "payments",
                union(&|bank| format!("SELECT * FROM {bank}_transactions{once}")),
            ),
            (
                "accounts",
                union(&|bank| format!("SELECT * FROM {bank}_accounts")),
            ),
            (
                "flagged",
                union(&|bank| format!("SELECT '{bank}' AS src, * FROM {bank}_flagged")),
            ),
        ];
        let clear = Self(context);
        for (name, sql) in views {
            clear.rows(&format!("CREATE VIEW {name} AS {sql}")).await?;
        }
        Ok(clear)
    }

    /// The rows of a query.
    pub(super) async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>, Failure> {
        let frame = self.0.sql(sql).await.map_err(|error| failed(&error))?;
        frame.collect().await.map_err(|error| failed(&error))
    }

    /// The whole numbers in the first column of a query.
    pub(super) async fn wholes(&self, sql: &str) -> Result<Vec<i64>, Failure> {
        let rows = self.rows(sql).await?;
        let columns = rows.iter().filter_map(|batch| batch.columns().first());
        let numbers = columns.filter_map(|column| cast(column, &DataType::Int64).ok());
        Ok(numbers
            .flat_map(|column| {
                column
                    .as_primitive::<Int64Type>()
                    .iter()
                    .flatten()
                    .collect::<Vec<_>>()
            })
            .collect())
    }
}

/// A text column's and a count's values, row by row.
pub(super) fn counted(batches: &[RecordBatch]) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for batch in batches {
        let [name, count] = batch.columns() else {
            continue;
        };
        let (Ok(names), Ok(counts)) = (cast(name, &DataType::Utf8), cast(count, &DataType::Int64))
        else {
            continue;
        };
        let (names, counts) = (names.as_string::<i32>(), counts.as_primitive::<Int64Type>());
        let pairs = names.iter().zip(counts.iter());
        found.extend(pairs.filter_map(|(name, count)| Some((name?.to_owned(), count?))));
    }
    found
}

async fn register(context: &SessionContext, name: &str, path: &Path) -> Result<(), Failure> {
    let text = path.to_string_lossy();
    let registered = context.register_parquet(name, text.as_ref(), ParquetReadOptions::default());
    registered.await.map_err(|error| failed(&error))
}

fn failed(error: &DataFusionError) -> Failure {
    let message = format!("the clear data of the demo: {error}");
    Failure::new(Exit::Operational, "failed", message)
}
