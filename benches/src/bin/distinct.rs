//! `COUNT(DISTINCT …)` of many groups: our two-level grouping against the stock forms, in clear.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use benches::{Row, Side, Table, in_turn};
use clap::Parser;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use sample_data::four_banks::{Options, write_world};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUESTIONS: [(&str, &str); 5] = [
    (
        "one, many groups",
        "SELECT COUNT(*) FROM (SELECT from_acct, COUNT(DISTINCT to_acct) AS n FROM t GROUP BY from_acct) WHERE n > 3",
    ),
    (
        "one with sums",
        "SELECT COUNT(*) FROM (SELECT from_acct, COUNT(DISTINCT to_acct) AS n, COUNT(*) AS c, SUM(amount_usd) AS s FROM t GROUP BY from_acct) WHERE n > 3 AND s > 1000.5",
    ),
    (
        "three",
        "SELECT COUNT(*) FROM (SELECT from_acct, COUNT(DISTINCT to_acct) AS n, COUNT(DISTINCT to_bank) AS b, COUNT(DISTINCT channel) AS c FROM t GROUP BY from_acct) WHERE n > b AND b > c",
    ),
    (
        "three with sums",
        "SELECT COUNT(*) FROM (SELECT to_acct, date_trunc('day', ts) AS d, COUNT(DISTINCT from_acct) AS n, COUNT(DISTINCT from_bank) AS b, COUNT(DISTINCT channel) AS c, SUM(amount_usd) AS s, AVG(amount_usd) AS a FROM t GROUP BY 1, 2) WHERE n > b AND s > a AND c > 0",
    ),
    (
        "two, one group",
        "SELECT COUNT(DISTINCT from_acct), COUNT(DISTINCT to_acct), SUM(amount_usd) FROM t",
    ),
];

#[derive(Parser)]
struct Args {
    /// Scale factor: 1 is a million payments.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Rounds besides the first.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where to keep every round.
    #[arg(long, default_value = "benches/results/distinct.json")]
    keep: PathBuf,
}

struct Rules {
    name: &'static str,
    context: SessionContext,
}

impl Side for Rules {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run<'a>(&'a mut self, question: usize) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(async move {
            let Some((_, sql)) = QUESTIONS.get(question) else {
                return false;
            };
            match self.context.sql(sql).await {
                Ok(frame) => frame.collect().await.is_ok(),
                Err(_) => false,
            }
        })
    }
}

type LogicalRules = Vec<Arc<dyn OptimizerRule + Send + Sync>>;

/// `DataFusion`'s rules, without that for a single distinct argument if so wanted.
fn stock(single: bool) -> LogicalRules {
    let rules = Optimizer::new().rules.into_iter();
    rules
        .filter(|rule| single || rule.name() != "single_distinct_aggregation_to_group_by")
        .collect()
}

/// `DataFusion` over the payments in clear under some rules.
async fn side(name: &'static str, rules: LogicalRules, files: &[PathBuf]) -> Box<dyn Side> {
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .with_optimizer_rules(rules)
        .build();
    let context = SessionContext::new_with_state(state);
    let mut all = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let options = ParquetReadOptions::default();
        let registered =
            context.register_parquet(format!("t{index}"), file.to_str().unwrap(), options);
        registered.await.unwrap();
        all.push(format!("SELECT * FROM t{index}"));
    }
    let view = format!("CREATE VIEW t AS {}", all.join(" UNION ALL "));
    let made = context.sql(&view).await.unwrap();
    made.collect().await.unwrap();
    Box::new(Rules { name, context })
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let made = tempfile::tempdir().unwrap();
    let options = Options {
        scale: args.scale,
        ..Options::default()
    };
    write_world(made.path(), &options, &|_| {}).unwrap();
    let files = ["bank_a", "bank_b", "bank_c", "bank_d"];
    let files = files.map(|bank| made.path().join(bank).join("transactions.parquet"));
    let mut sides = vec![
        side("two levels", engine::logical_rules(), &files).await,
        side("no rule", stock(false), &files).await,
        side("stock rule", stock(true), &files).await,
    ];
    let names: Vec<&str> = sides.iter().map(|side| side.name()).collect();
    let title = format!("COUNT(DISTINCT) of many groups, scale {}", args.scale);
    let mut table = Table::new(&title, &names);
    for (index, (name, _)) in QUESTIONS.iter().enumerate() {
        let seconds = in_turn(&mut sides, index, args.rounds).await;
        let name = (*name).to_owned();
        table.rows.push(Row { name, seconds });
    }
    table.print(&[(1, "geometric mean", 1.0), (2, "geometric mean", 1.0)]);
    table.keep(&args.keep);
}
