//! Running the program.

use std::path::Path;
use std::process::{Command, Output};

/// What a command printed and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Runs the program in a folder.
pub(crate) fn subrosa(dir: &Path, args: &[&str]) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    Ran {
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
        code: status.code().unwrap(),
    }
}

/// A folder with the world that `init` makes in `w`.
pub(crate) fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(subrosa(dir.path(), &["init", "w"]).code, 0);
    dir
}

pub(crate) const PATIENTS: &str =
    "SELECT diagnosis, COUNT(DISTINCT patient) AS patients FROM clinic_a.visits GROUP BY diagnosis";
