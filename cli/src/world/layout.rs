//! Where everything made for a world lies: below `.subrosa`, which can be deleted to start afresh.

use std::path::{Path, PathBuf};

use policy::ident::{PartyId, TableRef};

/// The folders of a world.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
    made: PathBuf,
}

impl Layout {
    pub(crate) fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            made: root.join(".subrosa"),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.made.join("store")
    }

    pub(crate) fn contract(&self) -> PathBuf {
        self.made.join("contract")
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.made.join("ledger")
    }

    pub(crate) fn answers(&self) -> PathBuf {
        self.made.join("answers")
    }

    pub(crate) fn party_keys(&self, party: &PartyId) -> PathBuf {
        self.made.join("keys").join(party.as_str())
    }

    pub(crate) fn engine_keys(&self) -> PathBuf {
        self.made.join("keys").join("engine.lab")
    }

    pub(crate) fn table_state(&self, table: &TableRef) -> PathBuf {
        let file = format!("{}.json", table.table);
        self.made
            .join("state")
            .join(table.party.as_str())
            .join(file)
    }

    pub(crate) fn witness_state(&self, party: &PartyId) -> PathBuf {
        self.made.join("state").join(party.as_str()).join("witness")
    }

    pub(crate) fn engine_state(&self) -> PathBuf {
        self.made.join("state").join("engine.sealed")
    }

    pub(crate) fn evidence(&self, party: &PartyId) -> PathBuf {
        self.made
            .join("state")
            .join(party.as_str())
            .join("evidence.json")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.made.join("keys")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.made.join("lock")
    }
}
