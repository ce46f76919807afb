//! What stock `DataFusion` answers over the plaintext.

use std::path::Path;

use arrow::array::RecordBatch;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use super::TABLES;

/// A stock context with the tables of a folder in schema `tpch`.
pub async fn context(folder: &Path) -> SessionContext {
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    let context = SessionContext::new_with_config(config);
    let made = context.sql("CREATE SCHEMA tpch").await.unwrap();
    made.collect().await.unwrap();
    for (table, _) in TABLES {
        let path = folder.join(format!("{table}.parquet"));
        let path = path.to_str().unwrap();
        let name = format!("tpch.{table}");
        let options = ParquetReadOptions::default();
        context.register_parquet(name, path, options).await.unwrap();
    }
    context
}

/// The rows of each question.
pub async fn answers(folder: &Path, questions: &[&str]) -> Vec<Vec<RecordBatch>> {
    let context = context(folder).await;
    let mut all = Vec::new();
    for question in questions {
        let frame = context.sql(question).await.unwrap();
        all.push(frame.collect().await.unwrap());
    }
    all
}
