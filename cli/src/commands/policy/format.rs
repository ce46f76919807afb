//! `policy fmt`: one layout for every policy; a file is rewritten whole or not at all.

use std::path::{Path, PathBuf};

use super::text;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::report::Reporter;
use crate::say;
use crate::world::write_whole;

/// Runs `policy fmt`; a file that cannot be formatted does not stop the next.
pub(super) fn run(files: &[PathBuf], check: bool, reporter: &Reporter) -> Exit {
    let mut exit = Exit::Answered;
    for file in files {
        match one(file, check) {
            Ok(found) => exit = exit.max(found),
            Err(failures) => {
                for failure in failures {
                    exit = exit.max(failure.exit);
                    reporter.show(&failure);
                }
            }
        }
    }
    exit
}

fn one(file: &Path, check: bool) -> Result<Exit, Failures> {
    let before = text(file)?;
    let shown = file.display().to_string();
    let after = policy::format::format(&shown, &before).map_err(failure::all)?;
    if before == after {
        return Ok(Exit::Answered);
    }
    if check {
        say::line(&format!("{shown} would change"));
        return Ok(Exit::Yours);
    }
    let kept = std::fs::metadata(file).map(|data| data.permissions());
    let written = write_whole(file, after.as_bytes())
        .and(kept)
        .and_then(|kept| std::fs::set_permissions(file, kept));
    written.map_err(|error| Failure::io(file, &error))?;
    say::line(&format!("{shown} formatted"));
    Ok(Exit::Answered)
}
