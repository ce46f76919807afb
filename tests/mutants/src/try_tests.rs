//! Trying mutants on tests: those that reach one, the likeliest and quickest first, until one fails.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use crate::Outcome;
use crate::found::{Fate, Found};
use crate::reach::Reach;
use crate::watched;

/// Beside six times what a test takes with no mutant.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the threads share: what they try next, and what has come of it.
struct Work<'a> {
    left: std::slice::Iter<'a, u32>,
    found: &'a mut Found,
    /// How many mutants a test has caught, by its place.
    caught: BTreeMap<usize, f64>,
}

/// Tries mutants until nothing is left to run, as many at a time as there are cores. Tests that take longer than
/// `longest` are not.
pub(crate) fn run(
    mutants: &[u32],
    tests: &[Reach],
    longest: Duration,
    found: &mut Found,
) -> Outcome<()> {
    let work = Mutex::new(Work {
        left: mutants.iter(),
        found,
        caught: BTreeMap::new(),
    });
    let cores = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let try_some = || -> Result<(), String> {
            while let Some(id) = next(&work, mutants.len()) {
                try_one(id, tests, longest, &work).map_err(|error| error.to_string())?;
            }
            Ok(())
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(try_some)).collect();
        for thread in threads {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

/// The next mutant; says how far it is now and then.
fn next(work: &Mutex<Work<'_>>, all: usize) -> Option<u32> {
    let mut work = work.lock().ok()?;
    let id = work.left.next().copied();
    let done = all - work.left.len();
    if id.is_some() && done.is_multiple_of(100) {
        println!("{done} of {all} tried on tests");
    }
    id
}

/// Tries one mutant on the tests that reach it, until one fails.
fn try_one(id: u32, tests: &[Reach], longest: Duration, work: &Mutex<Work<'_>>) -> Outcome<()> {
    const BROKEN: &str = "another thread panicked";
    let mut reaching: Vec<usize> = (0..tests.len())
        .filter(|at| tests[*at].takes <= longest && tests[*at].mutants.contains(&id))
        .collect();
    let caught = work.lock().map_err(|_| BROKEN)?.caught.clone();
    let worth = |at: &usize| {
        let takes = tests[*at].takes.as_secs_f64() + 0.03;
        takes / (caught.get(at).copied().unwrap_or_default() + 0.3)
    };
    reaching.sort_by(|a, b| worth(a).total_cmp(&worth(b)));
    for at in reaching {
        let fate = fate(id, &tests[at])?;
        if fate != Fate::Survived {
            let mut work = work.lock().map_err(|_| BROKEN)?;
            work.found.note(id, fate, &tests[at].test.title())?;
            *work.caught.entry(at).or_default() += 1.0;
            break;
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
