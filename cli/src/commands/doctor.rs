//! `subrosa doctor`: what about this machine or a world would get in the way, each with a remedy.

mod machine;
mod world;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::block_on;
use crate::args::ReportArgs;
use crate::exit::Exit;
use crate::say;

const EXAMPLES: &str = "\
Examples:
  subrosa doctor                           this machine
  subrosa doctor --world world             and a world: its files, keys, store
  subrosa doctor --world world --format json

Exit code: 0 if nothing is wrong (warnings are not), 1 yours to mend, 2 operational, 4 tampered with.";

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    /// A world to check as well; the folder here is, if it is one.
    #[arg(long, value_name = "DIR")]
    world: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    status: Status,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

impl Check {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            name: check,
            status: Status::Ok,
            found: found.into(),
            remedy: None,
            exit: Exit::Answered,
        }
    }

    fn warning(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            status: Status::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(check, found)
        }
    }

    fn error(
        check: &'static str,
        exit: Exit,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Error,
            remedy: Some(remedy.into()),
            exit,
            ..Self::ok(check, found)
        }
    }
}

/// Runs `doctor`.
pub(crate) fn run(args: &DoctorArgs) -> Exit {
    let mut checks = machine::checks();
    let here = std::path::Path::new(".");
    let world = match &args.world {
        Some(world) => Some(world.as_path()),
        None if here.join("collaboration.toml").exists() => Some(here),
        None => None,
    };
    if let Some(root) = world {
        let found = block_on(async { Ok(world::checks(root).await) });
        checks.extend(found.unwrap_or_default());
    }
    show(&checks, args.report.is_json());
    let worst = checks.iter().map(|check| check.exit).max();
    worst.unwrap_or(Exit::Answered)
}

fn show(checks: &[Check], json: bool) {
    if json {
        say::line(&serde_json::to_string(checks).unwrap_or_default());
        return;
    }
    let width = checks.iter().map(|check| check.name.len()).max();
    let width = width.unwrap_or(0);
    for check in checks {
        let word = match check.status {
            Status::Ok => "ok     ",
            Status::Warning => "warning",
            Status::Error => "error  ",
        };
        say::line(&format!("{word}  {:width$}  {}", check.name, check.found));
        if let Some(remedy) = &check.remedy {
            say::line(&format!("         {:width$}  → {remedy}", ""));
        }
    }
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let (errors, warnings) = (count(Status::Error), count(Status::Warning));
    say::line(&format!(
        "{}, {}",
        say::count(errors, "error", "errors"),
        say::count(warnings, "warning", "warnings")
    ));
}
