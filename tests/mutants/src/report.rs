//! What came of it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::Outcome;
use crate::equal;
use crate::found::{Fate, Found};
use crate::mutant::Mutant;
use crate::overlay::Overlay;

/// Counts of one package.
#[derive(Debug, Default)]
struct Counts {
    all: usize,
    unviable: usize,
    equal: usize,
    caught: usize,
    timed_out: usize,
    survived: Vec<String>,
}

impl Counts {
    /// Hundredths of the viable that were noticed, of those that change anything.
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    fn score(&self) -> f64 {
        let noticed = self.caught + self.timed_out;
        100.0 * noticed as f64 / (noticed + self.survived.len()).max(1) as f64
    }
}

/// Prints the score of each package and what survived.
pub(crate) fn print(
    workspace: &Path,
    mutants: &[Mutant],
    overlay: &Overlay,
    found: &Found,
) -> Outcome<()> {
    let reasons = equal::reasons();
    let mut packages: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut used = 0;
    for mutant in mutants {
        let counts = packages.entry(&mutant.package).or_default();
        counts.all += 1;
        let source = std::fs::read_to_string(workspace.join(&mutant.file))?;
        let key = equal::key(mutant, &source);
        if overlay.is_made(mutant.id) {
            match found.fate(mutant.id) {
                Fate::Caught => counts.caught += 1,
                Fate::TimedOut => counts.timed_out += 1,
                Fate::Survived if reasons.contains_key(&key) => {
                    used += 1;
                    counts.equal += 1;
                }
                Fate::Survived => counts.survived.push(format!("{}\n    {key}", mutant.name)),
            }
        } else {
            counts.unviable += 1;
        }
    }
    for (package, counts) in &packages {
        println!("\n{package}: survived");
        for name in &counts.survived {
            println!("  {name}");
        }
    }
    for (package, counts) in &packages {
        println!(
            "{package}: {} mutants, {} do not compile, {} change nothing, {} caught, {} timed out, {} survived: {:.1} %",
            counts.all,
            counts.unviable,
            counts.equal,
            counts.caught,
            counts.timed_out,
            counts.survived.len(),
            counts.score(),
        );
    }
    println!(
        "{used} survivors are written down as changing nothing, of {} reasons",
        reasons.len()
    );
    Ok(())
}
