//! Opening the state: everything is read, opened and chained, and must reach what the ledger has noted.

use std::path::Path;

use release::{Entry, History};
use seal::StateKey;

use super::budget::Budgets;
use super::files::{Files, Header, is_torn, pieces, sync_folder};
use super::keys::Keys;
use super::piece::Piece;
use super::private::Privacy;
use super::{State, StateSetup};
use crate::refusal::Refusal;

impl State {
    /// Opens the state of a folder. `noted` is how far the ledger says that it had come.
    ///
    /// More than was noted may be there: what a question remembered whose answer never left. A torn end behind what
    /// was noted is what a crash leaves, and is cut off.
    ///
    /// # Errors
    /// When a seed is missing, or the files are not what was written; the message says which and how it shows.
    pub(crate) fn open(
        folder: &Path,
        keys: Keys,
        noted: Option<&(String, u64)>,
    ) -> Result<Self, Refusal> {
        let mut state = Self {
            history: History::new(),
            secrets: keys.secrets(),
            budgets: Budgets::default(),
            privacy: Privacy::default(),
            files: Files::new(folder.to_owned(), keys),
        };
        let mut seen = noted.is_none();
        let mut torn = Vec::new();
        loop {
            let path = state.files.path(state.files.number());
            let bytes = match std::fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(tampered(&path, format!("cannot be read: {error}"))),
            };
            let whole = state.read(&path, &bytes, &mut |head| {
                seen |= noted.is_some_and(|noted| *noted == head);
            })?;
            if whole == 0 || whole < bytes.len() {
                torn.push((path, whole));
            }
            if whole == 0 {
                break;
            }
            state.files.next();
        }
        if !seen {
            return Err(tampered(
                folder,
                "is older than the ledger says, or not the state that it has noted",
            ));
        }
        for (path, whole) in torn {
            mend(&path, whole)?;
        }
        Ok(state)
    }

    /// Takes in a file; how many of its bytes are whole pieces.
    fn read(
        &mut self,
        path: &Path,
        bytes: &[u8],
        reached: &mut impl FnMut((String, u64)),
    ) -> Result<usize, Refusal> {
        let Some((pieces, whole)) = pieces(bytes).filter(|(pieces, _)| !pieces.is_empty()) else {
            return if is_torn(bytes) {
                Ok(0)
            } else {
                Err(tampered(path, "is not a file of the engine's state"))
            };
        };
        let boot = self.boot(path, pieces.first().copied().unwrap_or_default())?;
        reached(self.files.head());
        for piece in pieces.into_iter().skip(1) {
            let opened = boot.open(&self.files.place(), piece);
            let opened = opened
                .map_err(|_| tampered(path, "has been changed or is not where it belongs"))?;
            let clear = Piece::from_bytes(&opened)
                .ok_or_else(|| tampered(path, "holds something unknown"))?;
            self.take(path, clear, &boot)?;
            self.files.chain(piece);
            reached(self.files.head());
        }
        Ok(whole)
    }

    /// The key of a file from its header.
    fn boot(&mut self, path: &Path, header: &[u8]) -> Result<StateKey, Refusal> {
        let malformed = || tampered(path, "has a malformed header");
        let parsed: Header = serde_json::from_slice(header).map_err(|_| malformed())?;
        let wrapping = self.files.keys.wrapping(&parsed.parties);
        let wrapping = wrapping.map_err(|party| {
            tampered(path, format!("does not open without the seed of {party}"))
        })?;
        let key = wrapping.open(&self.files.place(), &parsed.wrapped);
        let key = key.map_err(|_| {
            tampered(
                path,
                "does not open with these seeds, or is not where it belongs",
            )
        })?;
        self.files.chain(header);
        StateKey::from_slice(&key).map_err(|_| malformed())
    }

    fn take(&mut self, path: &Path, piece: Piece, boot: &StateKey) -> Result<(), Refusal> {
        match piece {
            Piece::Outcomes(outcomes) => {
                let keys = &self.files.keys;
                let mut open = |parties: &[String], bytes: &[u8]| {
                    let opened = keys.vectors(boot, parties)?.open(b"vectors", bytes).ok()?;
                    Some(opened.to_vec())
                };
                for outcome in outcomes {
                    let entry = Entry::from_bytes(&outcome, &mut open);
                    self.history
                        .restore(entry.ok_or_else(|| {
                            tampered(path, "holds an outcome that does not open")
                        })?);
                }
            }
            Piece::Charges(charges) => {
                for charge in charges {
                    self.budgets.charge(charge);
                }
            }
            Piece::Spent(all) => {
                for spent in &all {
                    self.privacy.spend(spent);
                }
            }
            Piece::Told(told) => self.privacy.tell(told),
        }
        Ok(())
    }
}

impl StateSetup {
    /// The keys of the state with the parties' seeds.
    pub(crate) fn keys(
        self,
        parties: std::collections::BTreeMap<String, seal::Seed>,
    ) -> (std::path::PathBuf, Keys) {
        (
            self.folder,
            Keys::new(self.workload, self.environment, parties),
        )
    }
}

fn tampered(path: &Path, reason: impl Into<String>) -> Refusal {
    Refusal::Tampered(format!(
        "the engine's state at {}: {}",
        path.display(),
        reason.into()
    ))
}

/// Cuts off what a crash left of a piece; of a file without any, all.
fn mend(path: &Path, whole: usize) -> Result<(), Refusal> {
    let mended = if whole == 0 {
        std::fs::remove_file(path).and_then(|()| path.parent().map_or(Ok(()), sync_folder))
    } else {
        cut(path, whole)
    };
    mended.map_err(|error| tampered(path, format!("cannot be mended: {error}")))
}

fn cut(path: &Path, whole: usize) -> std::io::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.set_len(whole as u64)?;
    file.sync_all()
}
