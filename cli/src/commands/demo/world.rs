//! Chapter one: the world of four banks is made, or found again.

use std::path::Path;

use sample_data::four_banks::{Counts, Options, Record};
use serde_json::json;

use super::DemoArgs;
use super::story::{Story, number};
use crate::exit::Exit;
use crate::failure::{Failure, Failures};

/// A hundred thousand payments: large enough that a threshold of ten lets sixty schemes through, small enough that some group is withheld.
const SCALE: f64 = 0.1;
/// Schemes of each kind.
const SCHEMES: u32 = 60;
const SEED: u64 = 42;

/// Makes the world, unless the folder holds it already.
pub(super) fn make(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    let found = found(args)?;
    let reused = found.is_some();
    story
        .line("Subrosa: four banks ask one question of all their data, and nobody shows a row.")?;
    story.chapter("Four banks")?;
    let counts = match found {
        Some(counts) => counts,
        None => made(args)?,
    };
    if reused {
        story.say(&format!(
            "The world in {} is used again.",
            args.dir.display()
        ))?;
    }
    story.say(&format!(
        "{} accounts, {} payments in ninety days, all invented. {} money-laundering schemes of eighteen kinds are planted in them. \
         The generator wrote down which; no engine reads that, and we come back to it in chapter 5.",
        number(counts.accounts),
        number(counts.payments),
        number(counts.patterns)
    ))?;
    story.fact("dir", json!(args.dir));
    story.fact("reused", json!(reused));
    story.fact("accounts", json!(counts.accounts));
    story.fact("payments", json!(counts.payments));
    story.fact("planted", json!(counts.patterns));
    Ok(())
}

/// The world in the folder; `None` if it may be made there.
fn found(args: &DemoArgs) -> Result<Option<Counts>, Failures> {
    let dir = &args.dir;
    let Some(record) = Record::read(dir) else {
        return if is_free(dir)? {
            Ok(None)
        } else {
            let message = format!(
                "{} is not a world of this demo, and it is not empty",
                dir.display()
            );
            Err(in_the_way(message))
        };
    };
    let whole = dir.join("collaboration.toml").exists();
    let Some(counts) = record.made.filter(|_| whole) else {
        return Ok(None);
    };
    let scale = record.options.scale;
    let same = args.sf.is_none_or(|sf| sf.to_bits() == scale.to_bits())
        && args
            .schemes
            .is_none_or(|n| Some(n) == record.options.patterns);
    if same {
        Ok(Some(counts))
    } else {
        let message = format!(
            "{} holds a world of another size: scale {scale}",
            dir.display()
        );
        Err(in_the_way(message))
    }
}

fn in_the_way(message: String) -> Failures {
    let failure = Failure::usage(message);
    failure
        .with_help("choose another folder with `--dir`, or delete this one")
        .into()
}

fn is_free(dir: &Path) -> Result<bool, Failures> {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => {
            let failure = Failure::io(dir, &error);
            Err(failure
                .with_help("choose another folder with `--dir`")
                .into())
        }
    }
}

fn made(args: &DemoArgs) -> Result<Counts, Failures> {
    let options = Options {
        scale: args.sf.unwrap_or(SCALE),
        seed: SEED,
        patterns: Some(args.schemes.unwrap_or(SCHEMES)),
    };
    super::super::generate::banks(&args.dir, &options)?;
    let record = Record::read(&args.dir).and_then(|record| record.made);
    record.ok_or_else(|| {
        let message = format!("{}: the world's record is missing", args.dir.display());
        Failure::new(Exit::Operational, "io", message).into()
    })
}
