//! The peer in the same process: stock `DataFusion` over the tables in clear.

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::Pin;

use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use crate::measure::Side;
use crate::world::read;

struct Plaintext {
    context: SessionContext,
    questions: Vec<String>,
}

impl Side for Plaintext {
    fn name(&self) -> &'static str {
        "DataFusion plaintext"
    }

    fn run<'a>(&'a mut self, question: usize) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(async move {
            let Some(sql) = self.questions.get(question) else {
                return false;
            };
            match self.context.sql(sql).await {
                Ok(frame) => frame.collect().await.is_ok(),
                Err(_) => false,
            }
        })
    }
}

/// Stock `DataFusion` over the same tables in clear, with the world's views.
pub async fn plaintext(root: &Path, questions: Vec<String>) -> Box<dyn Side> {
    let read = read(root);
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    let context = SessionContext::new_with_config(config);
    let mut schemas: BTreeSet<String> = read.parties.iter().map(|(p, _)| p.to_string()).collect();
    let of_views = read
        .views
        .iter()
        .filter_map(|(name, _)| name.split_once('.'));
    schemas.extend(of_views.map(|(schema, _)| schema.to_owned()));
    for schema in schemas {
        let made = context
            .sql(&format!("CREATE SCHEMA {schema}"))
            .await
            .unwrap();
        made.collect().await.unwrap();
    }
    for (name, (data, policy)) in &read.tables {
        let derived = derived(policy);
        let clear = if derived.is_empty() {
            name.to_string()
        } else {
            format!("{name}_clear")
        };
        let options = ParquetReadOptions::default();
        let path = data.to_str().unwrap();
        let registered = context.register_parquet(clear.as_str(), path, options);
        registered.await.unwrap();
        if !derived.is_empty() {
            let view = format!("CREATE VIEW {name} AS SELECT *{derived} FROM {clear}");
            let made = context.sql(&view).await.unwrap();
            made.collect().await.unwrap();
        }
    }
    for (name, sql) in &read.views {
        let made = context
            .sql(&format!("CREATE VIEW {name} AS {sql}"))
            .await
            .unwrap();
        made.collect().await.unwrap();
    }
    Box::new(Plaintext { context, questions })
}

/// What a policy derives by SQL, as further columns; sealed tables have them on disk.
fn derived(policy: &Path) -> String {
    let text = std::fs::read_to_string(policy).unwrap();
    let policy: toml::Value = toml::from_str(&text).unwrap();
    let columns = policy.get("derive").and_then(toml::Value::as_table);
    let columns = columns.into_iter().flatten().filter_map(|(name, column)| {
        let sql = column.get("sql")?.as_str()?;
        Some(format!(", {sql} AS {name}"))
    });
    columns.collect()
}
