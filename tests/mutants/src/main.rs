//! The mutation score of admission and release: every mutant a switch in one program.
//!
//! `cargo mutants` builds the program anew for each mutant: of admission, on which everything stands, for a day and
//! more. Here every mutant that it lists becomes a switch in a copy of the sources, which is built once; a mutant is
//! then a number in the environment. What a mutant is, and that it counts as caught where a test fails or does not
//! end, is as there; two things are not: a chain of `&&` is changed at one link, without what that does to the links'
//! precedence, and what compiles as it is but not as a switch (a constant, a few iterators) is counted as not compiling.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for developers"
)]

mod built;
mod equal;
mod found;
mod mutant;
mod overlay;
mod place;
mod reach;
mod render;
mod report;
mod switch;
mod try_statements;
mod try_tests;
mod watched;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use found::{Fate, Found};
use mutant::Mutant;
use overlay::Overlay;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const PACKAGES: [&str; 2] = ["admit", "release"];

/// The test that tries all mutants in one program: put into the copy by [`overlay`].
const DRIVER: &str = "mutants::every_mutant";

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("a folder for the copy")?);
    let by: BTreeSet<String> = arguments.collect();
    let workspace = Path::new(".");
    let (root, kept) = (folder.join("copy"), folder.join("kept"));
    std::fs::create_dir_all(&kept)?;
    let kept = std::fs::canonicalize(kept)?;
    let of = packages(&by);
    let mutants = mutant::list(workspace, &of)?;
    println!("{} mutants", mutants.len());
    let mut overlay = Overlay::new(workspace, &root, &mutants)?;
    overlay.settle(&mutants, &of)?;
    let tests = built::tests(&root, &by)?;
    let mut found = Found::open(&kept, &mutants)?;
    let open = |found: &Found, package: &str| {
        let made = |mutant: &&Mutant| {
            mutant.package == package
                && overlay.is_made(mutant.id)
                && found.fate(mutant.id) == Fate::Survived
        };
        let ids = mutants.iter().filter(made).map(|mutant| mutant.id);
        ids.collect::<Vec<u32>>()
    };
    let (driver, tests): (Vec<built::Test>, Vec<built::Test>) =
        tests.into_iter().partition(|test| test.name == DRIVER);
    if let Some(driver) = driver.first() {
        try_statements::run(&kept, driver, &open(&found, "admit"), &mut found)?;
        let left = open(&found, "admit").len();
        println!("{left} of admit are left by the statements");
    }
    let reaches = reach::reaches(&kept, &tests)?;
    let longest = std::env::var("SUBROSA_LONGEST").ok();
    let longest = longest.and_then(|seconds| seconds.parse().ok());
    let longest = longest.map_or(Duration::MAX, Duration::from_secs);
    for package in of.iter().rev() {
        try_tests::run(&open(&found, package), &reaches, longest, &mut found)?;
    }
    report::print(workspace, &mutants, &overlay, &found)
}

/// Whose mutants are tried: of the packages named, or of both.
fn packages(named: &BTreeSet<String>) -> Vec<&'static str> {
    let wanted = |package: &&str| named.contains(*package);
    let found: Vec<&str> = PACKAGES.into_iter().filter(wanted).collect();
    if found.is_empty() {
        PACKAGES.to_vec()
    } else {
        found
    }
}
