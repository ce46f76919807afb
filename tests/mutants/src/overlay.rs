//! A copy of the workspace in which every mutant is a switch.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;
use crate::mutant::{Genre, Mutant};
use crate::place::Places;
use crate::render::{Rendered, render};
use crate::switch::switches;

const RUNTIME: &str = include_str!("runtime.rs.txt");
const DRIVER: &str = include_str!("driver.rs.txt");

/// What is run millions of times; overflow is still a panic.
const FASTER: &str = "[profile.dev.package.admit]\nopt-level = 1\n\n[profile.dev.package.release]\nopt-level = 1\n\n[profile.dev.package.policy]\nopt-level = 1\n";

/// A copy and what is in it.
pub(crate) struct Overlay {
    root: PathBuf,
    sources: BTreeMap<String, String>,
    rendered: BTreeMap<String, Rendered>,
    /// Mutants that no switch makes: they would not compile.
    unmade: BTreeSet<u32>,
    /// Mutants whose switch does not compile.
    unviable: BTreeSet<u32>,
}

impl Overlay {
    /// Copies what git knows of a workspace, and rewrites the files that have mutants.
    pub(crate) fn new(workspace: &Path, root: &Path, mutants: &[Mutant]) -> Outcome<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "-co", "--exclude-standard"])
            .current_dir(workspace)
            .output()?;
        for name in String::from_utf8(listed.stdout)?.lines() {
            if let Ok(bytes) = std::fs::read(workspace.join(name)) {
                write(&root.join(name), &adapted(name, bytes))?;
            }
        }
        write(
            &root.join("engine/release/src/mutant.rs"),
            RUNTIME.as_bytes(),
        )?;
        write(&root.join("tests/it/mutants.rs"), DRIVER.as_bytes())?;
        let files: BTreeSet<&String> = mutants.iter().map(|mutant| &mutant.file).collect();
        let read = |name: &&String| {
            let text = std::fs::read_to_string(workspace.join(name))?;
            Ok(((*name).clone(), text))
        };
        let mut overlay = Self {
            root: root.to_owned(),
            sources: files.iter().map(read).collect::<std::io::Result<_>>()?,
            rendered: BTreeMap::new(),
            unmade: BTreeSet::new(),
            unviable: BTreeSet::new(),
        };
        overlay.rewrite(mutants)?;
        Ok(overlay)
    }

    /// Whether a mutant has a switch.
    pub(crate) fn is_made(&self, id: u32) -> bool {
        !self.unmade.contains(&id) && !self.unviable.contains(&id)
    }

    /// Writes all files anew, without the mutants that do not compile.
    fn rewrite(&mut self, mutants: &[Mutant]) -> Outcome<()> {
        for (name, source) in &self.sources {
            let places = Places::of(source).map_err(|error| format!("{name}: {error}"))?;
            let here = mutants.iter().filter(|mutant| mutant.file == *name);
            let here: Vec<&Mutant> = here
                .filter(|mutant| !self.unviable.contains(&mutant.id))
                .collect();
            let (switches, without) = switches(source, &places, &here);
            self.unmade.extend(without);
            let rendered = render(source, switches);
            let text = adapted(name, rendered.text.clone().into_bytes());
            write(&self.root.join(name), &text)?;
            self.rendered.insert(name.clone(), rendered);
        }
        Ok(())
    }

    /// Leaves out what does not compile until all else does.
    pub(crate) fn settle(&mut self, mutants: &[Mutant], packages: &[&str]) -> Outcome<()> {
        loop {
            let mut check = Command::new("cargo");
            check.args(["check", "--message-format=json", "--quiet"]);
            for package in packages {
                check.args(["-p", package]);
            }
            let output = check.current_dir(&self.root).output()?;
            if output.status.success() {
                return Ok(());
            }
            let before = self.unviable.len();
            let mut unexplained = Vec::new();
            for line in String::from_utf8(output.stdout)?.lines() {
                let message: Value = serde_json::from_str(line)?;
                let Some(error) = message.get("message").filter(|m| m["level"] == "error") else {
                    continue;
                };
                let blamed = self.blamed(error, mutants);
                if blamed.is_empty() {
                    unexplained.push(error["rendered"].as_str().unwrap_or_default().to_owned());
                }
                self.unviable.extend(blamed);
            }
            let found = self.unviable.len() - before;
            println!("{found} mutants do not compile");
            if found == 0 {
                return Err(unexplained.join("\n").into());
            }
            self.rewrite(mutants)?;
        }
    }

    /// The mutants that an error is about: by its own place, else by another that it names.
    fn blamed(&self, error: &Value, mutants: &[Mutant]) -> Vec<u32> {
        // A match without one of its arms leaves something open: the compiler points at what is matched.
        let incomplete = error["code"]["code"] == "E0004";
        let arms = mutants.iter().filter(|mutant| mutant.genre == Genre::Arm);
        let arms: Vec<u32> = arms.map(|mutant| mutant.id).collect();
        let spans = error["spans"].as_array().cloned().unwrap_or_default();
        let (first, rest): (Vec<Value>, Vec<Value>) = spans
            .into_iter()
            .partition(|span| span["is_primary"] == true);
        for span in first.iter().chain(&rest) {
            let number = |name: &str| usize::try_from(span[name].as_u64()?).ok();
            let (Some(start), Some(end)) = (number("byte_start"), number("byte_end")) else {
                continue;
            };
            let file = span["file_name"].as_str().unwrap_or_default();
            let bytes: Range<usize> = start..end;
            if let Some(rendered) = self.rendered.get(file) {
                if incomplete && let Some(arm) = rendered.next(&arms, start) {
                    return vec![arm];
                }
                let blamed = rendered.blamed(&bytes);
                if !blamed.is_empty() {
                    return blamed;
                }
            }
        }
        Vec::new()
    }
}

/// A file of the copy: the runtime is made known, and switches need not be pretty.
fn adapted(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    match name {
        "engine/release/src/lib.rs" => [bytes, b"\npub mod mutant;\n".to_vec()].concat(),
        "tests/it/main.rs" => [bytes, b"\nmod mutants;\n".to_vec()].concat(),
        "Cargo.toml" => {
            // Another version, so that what is built of the copy has other names than what is built here.
            let text = String::from_utf8_lossy(&bytes);
            let text = text.replacen("\nversion = \"", "\nversion = \"9", 1);
            let lints = text.find("[workspace.lints.rust]");
            let (before, lints) = text.split_at(lints.unwrap_or(text.len()));
            let after = lints.find("[profile").map_or("", |at| lints.split_at(at).1);
            // A switch that overflows a constant is a mutant that panics.
            let lints = "[workspace.lints.rust]\nwarnings = \"allow\"\narithmetic_overflow = \"allow\"\nunconditional_panic = \"allow\"";
            format!("{before}{lints}\n\n{FASTER}\n{after}").into_bytes()
        }
        _ => bytes,
    }
}

/// Writes a file if it is not there as it should be, so that nothing is built without need.
fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}
