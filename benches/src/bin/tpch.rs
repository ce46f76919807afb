//! TPC-H: sealed tables through the whole pipeline against the same tables in clear, same engine.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::path::PathBuf;

use benches::{Row, Side, Table, World, in_turn, plaintext};
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Args {
    /// Scale factor.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Rounds besides the first.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where to keep every round.
    #[arg(long, default_value = "benches/results/tpch.json")]
    keep: PathBuf,
    /// A folder with the world, made there if it is missing; a temporary one unless given.
    #[arg(long)]
    world: Option<PathBuf>,
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let made = tempfile::tempdir().unwrap();
    let root = args.world.unwrap_or_else(|| made.path().join("world"));
    if !root.join("collaboration.toml").exists() {
        tests::tpch::write_world(&root, args.scale);
    }
    let questions: Vec<String> = tests::tpch::questions().map(str::to_owned).to_vec();
    let ours = World::start(&root, &made.path().join("made"), questions.clone()).await;
    let mut sides: Vec<Box<dyn Side>> =
        vec![Box::new(ours), plaintext(&root, questions.clone()).await];
    let names: Vec<&str> = sides.iter().map(|side| side.name()).collect();
    let title = format!("TPC-H scale {}, sealed against plaintext", args.scale);
    let mut table = Table::new(&title, &names);
    for index in 0..questions.len() {
        let seconds = in_turn(&mut sides, index, args.rounds).await;
        let name = format!("q{:02}", index.saturating_add(1));
        table.rows.push(Row { name, seconds });
    }
    table.print(&[(1, "geometric mean", 1.02)]);
    table.keep(&args.keep);
}
