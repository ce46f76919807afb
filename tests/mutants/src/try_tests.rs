//! Trying mutants on tests: those that reach one, the likeliest and quickest first, until one fails.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::found::{Fate, Found};
use crate::reach::Reach;
use crate::watched;

/// Beside six times what a test takes with no mutant.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tries mutants until nothing is left to run. Tests that take longer than `longest` are not.
pub(crate) fn run(
    mutants: &[u32],
    tests: &[Reach],
    longest: Duration,
    found: &mut Found,
) -> Outcome<()> {
    let mut caught: BTreeMap<usize, f64> = BTreeMap::new();
    for (done, id) in mutants.iter().enumerate() {
        let mut reaching: Vec<usize> = (0..tests.len())
            .filter(|at| tests[*at].takes <= longest && tests[*at].mutants.contains(id))
            .collect();
        let worth = |at: &usize| {
            let takes = tests[*at].takes.as_secs_f64() + 0.03;
            takes / (caught.get(at).copied().unwrap_or_default() + 0.3)
        };
        reaching.sort_by(|a, b| worth(a).total_cmp(&worth(b)));
        for at in reaching {
            let fate = fate(*id, &tests[at])?;
            found.note(*id, fate, &tests[at].test.title())?;
            if fate != Fate::Survived {
                *caught.entry(at).or_default() += 1.0;
                break;
            }
        }
        if (done + 1) % 100 == 0 {
            println!("{} of {} tried on tests", done + 1, mutants.len());
        }
    }
    Ok(())
}

/// What becomes of a mutant in one test.
fn fate(id: u32, reach: &Reach) -> Outcome<Fate> {
    let mut command = reach.test.command();
    command
        .env("SUBROSA_MUTANT", id.to_string())
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .process_group(0);
    let mut child = command.spawn()?;
    let group = child.id();
    let ended = watched::wait(&mut child, PATIENCE + reach.takes * 6, || 0)?;
    Ok(match ended {
        Some(status) if status.success() => Fate::Survived,
        Some(_) => Fate::Caught,
        None => {
            // What the test has started is as stuck as it is.
            Command::new("kill")
                .args(["-9", "--", &format!("-{group}")])
                .status()?;
            Fate::TimedOut
        }
    })
}
