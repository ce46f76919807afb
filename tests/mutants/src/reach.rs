//! Which test reaches which mutant, and how long it takes: every test is run once with no mutant on.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::built::Test;

/// A test that passes, and what it reaches.
#[derive(Debug)]
pub(crate) struct Reach {
    pub(crate) test: Test,
    pub(crate) takes: Duration,
    pub(crate) mutants: BTreeSet<u32>,
}

/// Runs tests, each alone, or reads what an earlier run has seen of them.
pub(crate) fn reaches(folder: &Path, tests: &[Test]) -> Outcome<Vec<Reach>> {
    let kept = folder.join("reached");
    std::fs::create_dir_all(&kept)?;
    let mut all = Vec::new();
    for test in tests {
        let file = kept.join(test.title().replace(['/', ' '], "_"));
        if !file.exists() {
            std::fs::write(&file, once(folder, test)?)?;
        }
        let text = std::fs::read_to_string(&file)?;
        let mut lines = text.lines().map(str::parse);
        match lines.next() {
            Some(Ok(takes)) => all.push(Reach {
                test: test.clone(),
                takes: Duration::from_millis(takes),
                mutants: lines
                    .map(|id| Ok(u32::try_from(id?)?))
                    .collect::<Outcome<_>>()?,
            }),
            _ => println!("left out, since it fails with no mutant: {}", test.title()),
        }
    }
    Ok(all)
}

/// Runs a test: its milliseconds and the mutants that it reaches, a line each; nothing if it fails.
fn once(folder: &Path, test: &Test) -> Outcome<String> {
    let notes = folder.join("notes");
    std::fs::create_dir_all(&notes)?;
    let begin = Instant::now();
    let status = test
        .command()
        .env("SUBROSA_MUTANTS_SEEN", &notes)
        .status()?;
    let mut lines = vec![begin.elapsed().as_millis().to_string()];
    let mut ids = BTreeSet::new();
    for file in std::fs::read_dir(&notes)? {
        // A program that is ended in the middle of a line leaves half a number: other programs of the test say it too.
        let said = std::fs::read_to_string(file?.path())?;
        ids.extend(
            said.split_inclusive('\n')
                .filter_map(|id| id.strip_suffix('\n')?.parse::<u32>().ok()),
        );
    }
    std::fs::remove_dir_all(&notes)?;
    lines.extend(ids.iter().map(ToString::to_string));
    Ok(if status.success() {
        lines.join("\n")
    } else {
        String::new()
    })
}
