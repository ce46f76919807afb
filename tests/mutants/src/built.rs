//! The tests of the copy: built once, listed, run one by one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;

/// A test.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) package: String,
    pub(crate) name: String,
    program: PathBuf,
    folder: PathBuf,
}

impl Test {
    /// The command that runs it alone.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--exact", &self.name])
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// How it is called in reports.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.package, self.name)
    }
}

/// Builds the tests of some packages, or of all, and lists them.
pub(crate) fn tests(root: &Path, packages: &BTreeSet<String>) -> Outcome<Vec<Test>> {
    let mut command = Command::new("cargo");
    command.args(["test", "--no-run", "--message-format=json"]);
    if packages.is_empty() {
        command.args(["--workspace", "--exclude", "mutants"]);
    }
    for package in packages {
        command.args(["-p", package]);
    }
    let output = command
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the copy does not build".into());
    }
    let mut all = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let message: Value = serde_json::from_str(line)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (Some(program), Some(manifest), Some(id)) = (
            text(&message["executable"]),
            text(&message["manifest_path"]),
            text(&message["package_id"]),
        ) else {
            continue;
        };
        if message["profile"]["test"] != true {
            continue;
        }
        let manifest = Path::new(&manifest);
        let folder = manifest.parent().unwrap_or(root);
        all.extend(listed(&id, Path::new(&program), folder)?);
    }
    Ok(all)
}

/// The tests of one program.
fn listed(id: &str, program: &Path, folder: &Path) -> Outcome<Vec<Test>> {
    let output = Command::new(program)
        .args(["--list", "--format", "terse"])
        .current_dir(folder)
        .output()?;
    // `path+file:///…/engine/admit#1.0.0`, or `…/cli#subrosa@1.0.0` where folder and package differ.
    let (path, version) = id.rsplit_once('#').unwrap_or((id, ""));
    let spelt = version.split_once('@').map(|(name, _)| name);
    let package = spelt.or_else(|| path.rsplit('/').next()).unwrap_or(path);
    let printed = String::from_utf8(output.stdout)?;
    let lines = printed.lines();
    let names = lines.filter_map(|line| line.strip_suffix(": test"));
    let test = |name: &str| Test {
        package: package.to_owned(),
        name: name.to_owned(),
        program: program.to_owned(),
        folder: folder.to_owned(),
    };
    Ok(names.map(test).collect())
}
