//! `collaboration.toml`: the parties of a world, their tables and what they agreed on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use connectors::{Others, Outside};
use engine::TimeBuckets;
use policy::document::PolicySource;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::problem::Problem;

mod amount;
mod reader;

use reader::Reader;

/// The file's name in a world.
pub(crate) const FILE: &str = "collaboration.toml";

/// A table of a world: where its data and its policy are.
#[derive(Debug, Clone)]
pub(crate) struct WorldTable {
    /// A file or a folder of files.
    pub(crate) data: PathBuf,
    /// The policy file.
    pub(crate) policy: PathBuf,
    /// The policy file as written, for messages.
    pub(crate) policy_name: String,
    /// Types that override what a CSV file looks like.
    pub(crate) types: BTreeMap<String, String>,
}

/// A world as its file describes it.
#[derive(Debug, Clone)]
pub(crate) struct Collaboration {
    /// Its name.
    pub(crate) name: String,
    /// Parties in the order of the file, with their analysts.
    pub(crate) parties: Vec<(PartyId, Vec<String>)>,
    /// Every table.
    pub(crate) tables: BTreeMap<TableRef, WorldTable>,
    /// View name and text.
    pub(crate) views: Vec<(String, String)>,
    /// Purposes.
    pub(crate) purposes: BTreeSet<Purpose>,
    /// Memory limit of a query, in bytes.
    pub(crate) memory: Option<usize>,
    /// Time limit of a query.
    pub(crate) timeout: Option<Duration>,
    /// When answers leave.
    pub(crate) time_buckets: Option<TimeBuckets>,
    /// Where sealed tables go, if not into the world.
    pub(crate) store: Option<String>,
}

impl Collaboration {
    /// The principal that asks if none is named: the first analyst of the first party that has one.
    pub(crate) fn first_principal(&self) -> Option<Principal> {
        self.parties.iter().find_map(|(party, analysts)| {
            let name = analysts.first()?.clone();
            Some(Principal {
                name,
                party: party.clone(),
            })
        })
    }

    /// The tables of a party, as its derived columns may look values up in them.
    pub(crate) fn others(&self, party: &PartyId) -> Others {
        let own = self.tables.iter().filter(|(name, _)| name.party == *party);
        let outside = |(name, table): (&TableRef, &WorldTable)| {
            let outside = Outside {
                path: table.data.clone(),
                types: table.types.clone(),
            };
            (name.table.clone(), outside)
        };
        let tables: BTreeMap<_, _> = own.map(outside).collect();
        let names: Vec<&str> = tables.keys().map(TableName::as_str).collect();
        Others {
            help: format!("{party} has {} in {FILE}", names.join(", ")),
            tables,
        }
    }

    /// Reads a world's file.
    ///
    /// # Errors
    /// Everything that is wrong with it, at its place.
    pub(crate) fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        Self::reader(root)?.read()
    }

    /// Reads the file of a world whose policies are to be drafted, and need not be there.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_drafting(root: &Path) -> Result<Self, Vec<Problem>> {
        Self::reader(root)?.drafting().read()
    }

    fn reader(root: &Path) -> Result<Reader<'_>, Vec<Problem>> {
        let path = root.join(FILE);
        let shown = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                let source = PolicySource::new(&shown, "");
                let message = crate::failure::describe(&path, &error);
                let help =
                    "a world is a folder with a collaboration.toml; `subrosa init DIR` makes one";
                return Err(vec![Problem {
                    line: 0,
                    ..Problem::error(&source, &(0..0), message).with_help(help)
                }]);
            }
        };
        let source = PolicySource::new(FILE, &text);
        Ok(Reader::new(root, source))
    }
}
