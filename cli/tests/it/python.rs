//! The Python environment of interoperability tests, which `.ci/python-env` makes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Its interpreter: at `$SUBROSA_PYTHON`, or where `.ci/python-env` puts it.
///
/// Where it is absent a test is skipped, out loud; on CI that is a failure.
pub(crate) fn interpreter() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = var("XDG_CACHE_HOME").map_or_else(
        || PathBuf::from(var("HOME").unwrap_or_default()).join(".cache"),
        PathBuf::from,
    );
    let python = var("SUBROSA_PYTHON")
        .map_or_else(|| cache.join("subrosa/python/bin/python"), PathBuf::from);
    if python.exists() {
        return Some(python);
    }
    assert!(
        var("CI").is_none_or(|ci| ci != "true"),
        "no Python at {}: run .ci/python-env first",
        python.display()
    );
    skipped(&python);
    None
}

/// Past the capture of passing tests' output, so that it is seen.
fn skipped(python: &Path) {
    let shown = python.display();
    let said = format!("\nskipped: no Python at {shown}; run .ci/python-env\n");
    std::io::stdout().write_all(said.as_bytes()).unwrap();
}

/// Runs a script beside the tests; its output if it succeeds.
pub(crate) fn run(python: &Path, script: &str, args: &[&str]) -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(script);
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(python)
        .arg(script)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if status.success() {
        Ok(text(stdout))
    } else {
        Err(text(stderr))
    }
}
