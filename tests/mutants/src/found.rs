//! What became of each mutant, kept in a file so that a run that was stopped goes on.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::mutant::Mutant;

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// A test failed.
    Caught,
    /// A test did not end.
    TimedOut,
    /// All tests that reach it passed.
    Survived,
}

/// The fates so far, and by what.
#[derive(Debug)]
pub(crate) struct Found {
    file: PathBuf,
    all: BTreeMap<u32, (Fate, String)>,
}

impl Found {
    /// Reads what an earlier run has found, if it was of the same mutants.
    pub(crate) fn open(folder: &Path, mutants: &[Mutant]) -> Outcome<Self> {
        let (file, list) = (folder.join("found.tsv"), folder.join("list"));
        let names: Vec<&str> = mutants.iter().map(|one| one.name.as_str()).collect();
        let names = names.join("\n");
        if std::fs::read_to_string(&list).unwrap_or_default() != names {
            std::fs::write(&file, "")?;
            let _ = std::fs::remove_dir_all(folder.join("reached"));
            std::fs::write(list, names)?;
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let read = |line: &str| {
            let mut parts = line.splitn(3, '\t');
            let id = parts.next()?.parse().ok()?;
            let fate = match parts.next()? {
                "caught" => Fate::Caught,
                "timed out" => Fate::TimedOut,
                _ => return None,
            };
            Some((id, (fate, parts.next()?.to_owned())))
        };
        let all = text.lines().filter_map(read).collect();
        Ok(Self { file, all })
    }

    /// Notes what became of one. That it survived is not kept: a test may be added.
    pub(crate) fn note(&mut self, id: u32, fate: Fate, by: &str) -> Outcome<()> {
        let word = match fate {
            Fate::Caught => "caught",
            Fate::TimedOut => "timed out",
            Fate::Survived => return Ok(()),
        };
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).append(true).open(&self.file)?;
        writeln!(file, "{id}\t{word}\t{by}")?;
        self.all.insert(id, (fate, by.to_owned()));
        Ok(())
    }

    /// What became of one.
    pub(crate) fn fate(&self, id: u32) -> Fate {
        self.all.get(&id).map_or(Fate::Survived, |(fate, _)| *fate)
    }
}
