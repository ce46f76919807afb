//! `subrosa generate`: sample data of any size.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::{progress, say};

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Four banks with planted laundering schemes.
    Aml,
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// What to generate.
    #[arg(value_enum)]
    kind: Kind,
    /// Scale factor: 1 is a million payments.
    #[arg(long, default_value_t = 0.1)]
    sf: f64,
    /// Seed.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Schemes of each kind to plant; by default as many as the scale's golden world has.
    #[arg(long)]
    patterns: Option<u32>,
    /// Where to.
    #[arg(long, value_name = "DIR", default_value = "four-banks")]
    dir: PathBuf,
}

/// Runs `generate`.
pub(crate) fn run(args: &GenerateArgs) -> Result<Exit, Failures> {
    let Kind::Aml = args.kind;
    let bar = progress::spinner("payments");
    bar.set_message("generating");
    let options = sample_data::four_banks::Options {
        scale: args.sf,
        seed: args.seed,
        patterns: args.patterns,
    };
    let made =
        sample_data::four_banks::write_world(&args.dir, &options, &|done| bar.set_position(done));
    bar.finish_and_clear();
    made.map_err(|error| Failure::usage(error.to_string()))?;
    say::line(&format!("{} is a world of four banks", args.dir.display()));
    Ok(Exit::Answered)
}
