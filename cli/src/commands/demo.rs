//! `subrosa demo`: four banks, sealed ledgers, joint questions, refusals, a tampered file, receipts.

use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use clap::Args;
use sample_data::four_banks::{self, Options};
use serde_json::{Value, json};

use super::block_on;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::report::Reporter;
use crate::world::{Answered, Outcome, Session, World, start};
use crate::{progress, say};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the world is made, or is already.
    #[arg(long, value_name = "DIR", default_value = "subrosa-demo")]
    dir: PathBuf,
    /// Scale of the world: 1 is a million payments.
    #[arg(long, default_value_t = 0.05)]
    sf: f64,
    /// `json`: the same facts as one object.
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
    /// Leave a Flight SQL server up.
    #[arg(long)]
    serve: bool,
}

/// Joint questions, the column that counts what they find, and what they are about.
const FINDINGS: [(&str, &str, &str); 4] = [
    (
        "scatter_gather",
        "schemes",
        "money scattered over mules and gathered again",
    ),
    (
        "structuring",
        "entities",
        "people who pay cash in below the threshold at several banks",
    ),
    (
        "shared_device",
        "devices",
        "devices that operate accounts of several people",
    ),
    (
        "gateways",
        "exposed_receivers",
        "accounts fed by high-risk money through another bank",
    ),
];

const ANALYSTS: [(&str, &str); 4] = [
    ("bank_a", "alice@bank_a"),
    ("bank_b", "bob@bank_b"),
    ("bank_c", "carol@bank_c"),
    ("bank_d", "dan@bank_d"),
];

/// What the story prints, as it goes along or at its end.
struct Story {
    json: bool,
    facts: serde_json::Map<String, Value>,
}

impl Story {
    fn tell(&self, text: &str) {
        if !self.json {
            say::line(text);
        }
    }

    fn fact(&mut self, name: &str, value: Value) {
        self.facts.insert(name.to_owned(), value);
    }
}

/// Runs `demo`.
pub(crate) fn run(args: &DemoArgs, reporter: &Reporter) -> Result<Exit, Failures> {
    if args.serve {
        let message = "`demo --serve` comes with the server, which this version does not have";
        return Err(Failure::new(Exit::Yours, "unsupported", message).into());
    }
    let mut story = Story {
        json: args.format == "json",
        facts: serde_json::Map::new(),
    };
    make(args, &mut story)?;
    block_on(async {
        joint(args, reporter, &mut story).await?;
        tampered(args, &mut story).await?;
        Ok(())
    })?;
    let shown = args.dir.display();
    story.tell(&format!(
        "\nEverything lies in {shown}: ledgers in clear at each bank, sealed tables, contract, keys,\n\
         answers and ledger below {shown}/.subrosa. Go on with `subrosa lab {shown}`."
    ));
    if story.json {
        say::line(&Value::Object(story.facts).to_string());
    }
    Ok(Exit::Answered)
}

fn make(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    if args.dir.join("collaboration.toml").exists() {
        story.tell(&format!(
            "1. The world of four banks in {} is used again.",
            args.dir.display()
        ));
        return Ok(());
    }
    let bar = progress::spinner("payments");
    bar.set_message("generating");
    let options = Options {
        scale: args.sf,
        seed: 42,
        patterns: Some(60),
    };
    let made = four_banks::write_world(&args.dir, &options, &|done| bar.set_position(done));
    bar.finish_and_clear();
    let made = made.map_err(|error| Failure::usage(error.to_string()))?;
    story.tell(&format!(
        "1. Four banks, {} accounts, {} payments; {} laundering schemes are planted among them.",
        made.accounts, made.payments, made.patterns
    ));
    story.fact("payments", json!(made.payments));
    story.fact("planted", json!(made.patterns));
    Ok(())
}

async fn begin(dir: &Path) -> Result<World, Failures> {
    let bar = progress::spinner("rows");
    let started = start(dir, &bar).await;
    bar.finish_and_clear();
    started
}

async fn joint(args: &DemoArgs, reporter: &Reporter, story: &mut Story) -> Result<(), Failures> {
    let world = begin(&args.dir).await?;
    story.tell(&format!(
        "2. {} tables are sealed (AES-256-GCM, every column under its own key); all parties signed the\n   \
         contract; the engine's evidence was checked before any key was released: UNATTESTED (simulated TEE).",
        world.status.len()
    ));
    story.fact("tables", json!(world.status.len()));
    story.fact("attested", json!(false));
    story.tell("3. What the four find together, beside what each finds alone:\n");
    let mut found = Vec::new();
    let mut receipts = 0_usize;
    for (name, column, about) in FINDINGS {
        let sql = question(name);
        let session = Session::new(&world, Some("alice@bank_a"), None, None)?;
        let together = answered(session.ask(&world, &sql).await?);
        let total = together.as_ref().map_or(0, |answer| sum(answer, column));
        receipts = receipts.saturating_add(usize::from(together.is_some()));
        let mut alone = Vec::new();
        for (bank, analyst) in ANALYSTS {
            let own = sql
                .replace("consortium.payments", &format!("{bank}.transactions"))
                .replace("consortium.accounts", &format!("{bank}.accounts"));
            let session = Session::new(&world, Some(analyst), None, None)?;
            let answer = answered(session.ask(&world, &own).await?);
            receipts = receipts.saturating_add(usize::from(answer.is_some()));
            alone.push(answer.map_or(0, |answer| sum(&answer, column)));
        }
        let each: Vec<String> = alone.iter().map(ToString::to_string).collect();
        story.tell(&format!(
            "   {total:>6} together, {} alone: {about}",
            each.join(" / ")
        ));
        found.push(json!({ "question": name, "together": total, "alone": alone }));
        if let Some(note) = together.and_then(|answer| answer.receipt.note) {
            story.fact("note", json!(note));
        }
    }
    story.fact("found", json!(found));
    let note = story
        .facts
        .get("note")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    story.tell(&format!("\n   Every joint answer: {note}."));
    refusals(&world, reporter, story).await?;
    story.tell(&format!("5. {receipts} answers came sealed, each with a signed receipt that was checked when opened."));
    story.fact("receipts", json!(receipts));
    Ok(())
}

async fn refusals(world: &World, reporter: &Reporter, story: &mut Story) -> Result<(), Failures> {
    story.tell("4. Two questions are refused, whoever asks:\n");
    let reporter = reporter.in_world(world.layout.root());
    let mut codes = Vec::new();
    for name in ["refused_names", "refused_amounts"] {
        let sql = question(name);
        let session = Session::new(world, Some("alice@bank_a"), None, None)?;
        match session.ask(world, &sql).await {
            Err(failure) if failure.exit == Exit::Denied => {
                codes.push(failure.code.clone());
                story.tell(&indented(&reporter.human(&failure.in_statement(1, &sql))));
                story.tell("");
            }
            Err(failure) => return Err(failure.into()),
            Ok(_) => return Err(Failure::tampered(format!("{name} was not refused")).into()),
        }
    }
    story.fact("refused", json!(codes));
    Ok(())
}

/// Changes one byte of a sealed file, asks, and puts it back.
async fn tampered(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    let world = begin(&args.dir).await?;
    let folder = world.layout.store().join("bank_d").join("accounts");
    let Some(file) = sealed_file(&folder) else {
        story.tell("6. The store is not a local folder: nothing was tampered with.");
        return Ok(());
    };
    let io = |error: std::io::Error| Failure::io(&file, &error);
    let good = std::fs::read(&file).map_err(io)?;
    let mut bad = good.clone();
    if let Some(byte) = bad.get_mut(good.len() / 2) {
        *byte ^= 1;
    }
    std::fs::write(&file, bad).map_err(io)?;
    let session = Session::new(&world, Some("alice@bank_a"), None, None)?;
    let sql = "SELECT holder_type, COUNT(DISTINCT acct) AS accounts FROM bank_d.accounts GROUP BY holder_type";
    let asked = session.ask(&world, sql).await;
    std::fs::write(&file, good).map_err(io)?;
    match asked {
        Err(failure) if failure.exit == Exit::Verification => {
            story.tell(&format!(
                "6. One bit of bank_d's sealed accounts is changed: {}.",
                failure.message
            ));
            story.fact("tampered", json!(failure.message));
            Ok(())
        }
        Err(failure) => Err(failure.into()),
        Ok(_) => Err(Failure::tampered("a changed file was read").into()),
    }
}

fn sealed_file(folder: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let newest = versions.map(|entry| entry.path()).max_by_key(|path| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.and_then(|name| name.trim_start_matches('v').parse::<u64>().ok())
    })?;
    let files = std::fs::read_dir(newest).ok()?.filter_map(Result::ok);
    let mut files: Vec<PathBuf> = files
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".parquet") && !name.ends_with(".hidden.parquet")
        })
        .collect();
    files.sort();
    files.into_iter().next()
}

fn question(name: &str) -> String {
    let found = four_banks::QUESTIONS
        .iter()
        .find(|(known, _)| *known == name);
    let text = found.map_or("", |(_, sql)| *sql);
    crate::statements::split(text)
        .into_iter()
        .next()
        .unwrap_or_default()
}

fn answered(outcome: Outcome) -> Option<Box<Answered>> {
    match outcome {
        Outcome::Answer(answer) => Some(answer),
        Outcome::Explanation(_) | Outcome::Tables(_) | Outcome::Columns(_) => None,
    }
}

/// The sum of a column of counts.
fn sum(answer: &Answered, column: &str) -> i64 {
    let columns = answer
        .batches
        .iter()
        .filter_map(|batch| batch.column_by_name(column));
    let counts = columns.filter_map(|column| cast(column, &DataType::Int64).ok());
    counts
        .map(|counts| {
            counts
                .as_primitive::<Int64Type>()
                .iter()
                .flatten()
                .sum::<i64>()
        })
        .sum()
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("   {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
