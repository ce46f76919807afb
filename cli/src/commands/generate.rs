//! `subrosa generate`: sample data, generated at any size or recorded.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use sample_data::four_banks::{self, Options, Summary};

use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::{progress, say};

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Four banks with planted laundering schemes, of any size.
    Aml,
    /// Four hospitals with recorded heart patients (CC BY 4.0).
    Hospitals,
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// What to write.
    #[arg(value_enum)]
    kind: Kind,
    /// Scale of `aml`: 1, a million payments; 0.1 unless given.
    #[arg(long)]
    sf: Option<f64>,
    /// Seed of `aml`; 42 unless given.
    #[arg(long)]
    seed: Option<u64>,
    /// Schemes of each kind that `aml` plants; 5 times the scale, at least 2, unless given.
    #[arg(long)]
    patterns: Option<u32>,
    /// Where to; `four-banks` or `hospitals` unless given.
    #[arg(long, value_name = "DIR", visible_alias = "out")]
    dir: Option<PathBuf>,
}

/// Runs `generate`.
pub(crate) fn run(args: &GenerateArgs) -> Result<Exit, Failures> {
    let default = match args.kind {
        Kind::Aml => "four-banks",
        Kind::Hospitals => "hospitals",
    };
    let dir = args.dir.as_deref().unwrap_or(Path::new(default));
    if dir.join("collaboration.toml").exists() {
        let failure = Failure::usage(format!("{} is a world already", dir.display()));
        return Err(failure
            .with_help("choose another folder with `--dir`")
            .into());
    }
    match args.kind {
        Kind::Aml => aml(args, dir)?,
        Kind::Hospitals => hospitals(args, dir)?,
    }
    Ok(Exit::Answered)
}

fn aml(args: &GenerateArgs, dir: &Path) -> Result<(), Failures> {
    let defaults = Options::default();
    let options = Options {
        scale: args.sf.unwrap_or(defaults.scale),
        seed: args.seed.unwrap_or(defaults.seed),
        patterns: args.patterns,
    };
    let made = banks(dir, &options)?;
    say::line(&format!(
        "{} is a world of four banks: {} accounts, {} payments, {} planted schemes",
        dir.display(),
        made.accounts,
        made.payments,
        made.patterns
    ));
    Ok(())
}

fn hospitals(args: &GenerateArgs, dir: &Path) -> Result<(), Failures> {
    if args.sf.is_some() || args.seed.is_some() || args.patterns.is_some() {
        let failure = Failure::usage("the hospitals' data is recorded, not generated");
        return Err(failure
            .with_help("leave out `--sf`, `--seed` and `--patterns`")
            .into());
    }
    sample_data::hospitals::write_world(dir).map_err(|error| failure_of(&error))?;
    say::line(&format!("{} is a world of four hospitals", dir.display()));
    Ok(())
}

/// Writes the world of four banks, with a bar on a terminal.
pub(super) fn banks(dir: &Path, options: &Options) -> Result<Summary, Failures> {
    let total = options.payments();
    let bar = progress::bar("payments", total);
    bar.set_message("generating");
    let made = four_banks::write_world(dir, options, &|done| bar.set_position(done.min(total)));
    bar.finish_and_clear();
    made.map_err(|error| failure_of(&error).into())
}

/// Whose fault it is: an option out of range is the caller's, a file that cannot be written is the machine's.
fn failure_of(error: &sample_data::Error) -> Failure {
    use sample_data::Error;
    let message = error.to_string();
    match error {
        Error::Option { .. } | Error::NoAccount { .. } => Failure::usage(message),
        Error::File { .. } | Error::Parquet { .. } => {
            Failure::new(Exit::Operational, "io", message)
                .with_help("choose another folder with `--dir`")
        }
        Error::Columns(_) => Failure::new(Exit::Operational, "io", message),
    }
}
