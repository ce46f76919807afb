//! What cargo-mutants would change, as it lists it.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Genre {
    /// A function's body becomes a value.
    FnValue,
    /// An operator between two operands becomes another.
    Binary,
    /// `!` or `-` is left out.
    Unary,
    /// An arm of a match is left out.
    Arm,
    /// The guard of an arm becomes a constant.
    Guard,
    /// A field of a struct takes the value of the struct's base.
    Field,
}

/// One change; its number is its place in the list, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    pub(crate) id: u32,
    pub(crate) package: String,
    pub(crate) file: String,
    /// `file:line:column: what`.
    pub(crate) name: String,
    pub(crate) genre: Genre,
    pub(crate) replacement: String,
    /// It is of a function that returns an iterator without a name.
    pub(crate) is_iterator: bool,
    /// Lines and columns from 1: what is replaced.
    start: (usize, usize),
    end: (usize, usize),
}

impl Mutant {
    /// The line, from 1.
    pub(crate) fn line(&self) -> usize {
        self.start.0
    }

    /// The bytes of a source that it replaces.
    pub(crate) fn bytes(&self, source: &str) -> Option<Range<usize>> {
        Some(offset(source, self.start)?..offset(source, self.end)?)
    }
}

/// The byte at a line and column, both from 1.
fn offset(source: &str, (line, column): (usize, usize)) -> Option<usize> {
    let mut lines = source.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line - 1).map(str::len).sum();
    let within = lines.next().unwrap_or_default();
    let ends = within.char_indices().map(|(at, _)| at);
    let column = ends.chain([within.len()]).nth(column - 1)?;
    Some(before + column)
}

/// All mutants of some packages of a workspace.
pub(crate) fn list(workspace: &Path, packages: &[&str]) -> Outcome<Vec<Mutant>> {
    let mut all = Vec::new();
    for package in packages {
        let output = Command::new("cargo")
            .args(["mutants", "--list", "--json", "-p", package])
            .current_dir(workspace)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let listed: Vec<Value> = serde_json::from_slice(&output.stdout)?;
        for one in listed {
            let id = u32::try_from(all.len() + 1)?;
            all.push(read(id, &one).ok_or_else(|| format!("not understood: {one}"))?);
        }
    }
    Ok(all)
}

fn read(id: u32, one: &Value) -> Option<Mutant> {
    let text = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let place = |end: &str| {
        let place = one.get("span")?.get(end)?;
        let number = |name: &str| usize::try_from(place.get(name)?.as_u64()?).ok();
        Some((number("line")?, number("column")?))
    };
    Some(Mutant {
        id,
        package: text("package")?,
        file: text("file")?,
        name: text("name")?,
        genre: match text("genre")?.as_str() {
            "FnValue" => Genre::FnValue,
            "BinaryOperator" => Genre::Binary,
            "UnaryOperator" => Genre::Unary,
            "MatchArm" => Genre::Arm,
            "MatchArmGuard" => Genre::Guard,
            "StructField" => Genre::Field,
            _ => return None,
        },
        replacement: text("replacement")?,
        is_iterator: one["function"]["return_type"]
            .as_str()
            .is_some_and(|named| named.starts_with("-> impl Iterator")),
        start: place("start")?,
        end: place("end")?,
    })
}
