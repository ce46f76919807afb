//! Cross-bank questions: sealed, under policies, with tracks and release, against engines in clear.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::path::PathBuf;

use benches::{DuckDb, Owed, Row, Side, Table, World, in_turn, owe, plaintext, views};
use clap::Parser;
use sample_data::four_banks::{Options, QUESTIONS, write_world};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Args {
    /// Scale factor: 1 is a million payments.
    #[arg(long, default_value_t = 0.1)]
    scale: f64,
    /// Rounds besides the first.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Questions to ask, by name; all if none is named.
    #[arg(long)]
    only: Vec<String>,
    /// A Python with `DuckDB`, to measure that side too.
    #[arg(long)]
    python: Option<String>,
    /// Where to keep every round.
    #[arg(long, default_value = "benches/results/aml.json")]
    keep: PathBuf,
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let made = tempfile::tempdir().unwrap();
    let root = made.path().join("world");
    let options = Options {
        scale: args.scale,
        ..Options::default()
    };
    write_world(&root, &options, &|_| {}).unwrap();
    let asked: Vec<(&str, String)> = QUESTIONS
        .iter()
        .filter(|(name, _)| !name.starts_with("refused"))
        .filter(|(name, _)| args.only.is_empty() || args.only.iter().any(|only| only == name))
        .map(|(name, sql)| (*name, sql.trim().trim_end_matches(';').to_owned()))
        .collect();
    assert!(!asked.is_empty(), "no question is called {:?}", args.only);
    let texts: Vec<String> = asked.iter().map(|(_, sql)| sql.clone()).collect();
    let mut worlds = Vec::new();
    for (owed, name) in [
        (Owed::Support, "Subrosa"),
        (Owed::Defaults, "with history and noise"),
    ] {
        owe(&root, owed);
        let world = World::start(&root, &made.path().join(name), texts.clone()).await;
        worlds.push(world.called(name));
    }
    let plain = plaintext(&root, texts.clone()).await;
    let mut sides: Vec<Box<dyn Side>> = Vec::new();
    for world in worlds {
        sides.push(Box::new(world));
    }
    sides.insert(1, plain);
    if let Some(python) = &args.python {
        let file = made.path().join("questions.json");
        let text = serde_json::json!({ "views": views(&root), "questions": texts });
        std::fs::write(&file, text.to_string()).unwrap();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        match DuckDb::start(python, &root, &file, threads) {
            Some(peer) => sides.push(Box::new(peer)),
            None => println!("{python} has no DuckDB: `pip install duckdb`"),
        }
    }
    let names: Vec<&str> = sides.iter().map(|side| side.name()).collect();
    let title = format!("AML questions, scale {}", args.scale);
    let mut table = Table::new(&title, &names);
    for (index, (name, _)) in asked.iter().enumerate() {
        let seconds = in_turn(&mut sides, index, args.rounds).await;
        let name = (*name).to_owned();
        table.rows.push(Row { name, seconds });
    }
    table.print(&[(1, "geometric mean", 1.25), (3, "sum", 1.0)]);
    table.keep(&args.keep);
}
