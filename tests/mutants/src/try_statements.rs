//! Trying mutants on the statements whose outcome is written down: one program for all, started again where one ended it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use crate::Outcome;
use crate::built::Test;
use crate::found::{Fate, Found};
use crate::watched;

const PATIENCE: Duration = Duration::from_secs(30);

/// Where the program stood when it ended.
#[derive(Debug, Default)]
struct Stand {
    /// The statement, from 1.
    statement: usize,
    place: String,
    tried: Option<u32>,
    ended: bool,
}

/// Tries mutants on all statements of the copy.
pub(crate) fn run(folder: &Path, driver: &Test, open: &[u32], found: &mut Found) -> Outcome<()> {
    let mut open: BTreeSet<u32> = open.iter().copied().collect();
    let mut stand = Stand::default();
    while !stand.ended {
        let said = folder.join("said");
        let left = folder.join("open");
        std::fs::write(&said, "")?;
        let ids: Vec<String> = open.iter().map(ToString::to_string).collect();
        std::fs::write(&left, ids.join("\n"))?;
        let mut child = driver
            .command()
            .env("SUBROSA_WORLDS", "data/admission")
            .env("SUBROSA_OPEN", &left)
            .env("SUBROSA_FOUND", &said)
            .env(
                "SUBROSA_SKIPPED",
                stand.statement.saturating_sub(1).to_string(),
            )
            .spawn()?;
        let length = || std::fs::metadata(&said).map_or(0, |file| file.len());
        let status = watched::wait(&mut child, PATIENCE, length)?;
        stand = read(&std::fs::read_to_string(&said)?, &mut open, found)?;
        if stand.ended {
            break;
        }
        let Some(id) = stand.tried else {
            return Err(format!("{} is not as it is written down", stand.place).into());
        };
        let fate = if status.is_none() {
            Fate::TimedOut
        } else {
            Fate::Caught
        };
        open.remove(&id);
        found.note(id, fate, &stand.place)?;
    }
    Ok(())
}

/// Reads what the program said.
fn read(said: &str, open: &mut BTreeSet<u32>, found: &mut Found) -> Outcome<Stand> {
    let mut stand = Stand::default();
    for line in said.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "end" => stand.ended = true,
            "try" => stand.tried = Some(rest.parse()?),
            "statement" => {
                let (number, place) = rest.split_once(' ').unwrap_or((rest, ""));
                stand.statement = number.parse()?;
                place.clone_into(&mut stand.place);
                stand.tried = None;
            }
            _ => {
                let id: u32 = rest.split(' ').next().unwrap_or_default().parse()?;
                let fate = if word == "timeout" {
                    Fate::TimedOut
                } else {
                    Fate::Caught
                };
                found.note(id, fate, &stand.place)?;
                open.remove(&id);
                stand.tried = None;
            }
        }
    }
    Ok(stand)
}
