//! The translations as they stand in the files.

use serde::Deserialize;

use crate::questions::texts::data;

/// One case of the list, translated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) id: String,
    /// Where it is asked, and by whom.
    world: Option<String>,
    #[serde(rename = "as")]
    asker: Option<String>,
    /// In a world of its own, where nobody asked before.
    #[serde(default)]
    pub(super) alone: bool,
    /// What every answer in its batch says of what is withheld.
    pub(super) note: Option<String>,
    /// Why the verdict is another one here.
    pub(super) differs: Option<String>,
    /// What this version does not have.
    pub(super) later: Option<String>,
    /// What is answered here and should not be.
    pub(super) open: Option<String>,
    #[serde(default)]
    pub(super) ask: Vec<Ask>,
    #[serde(default)]
    pub(super) policy: Vec<Policy>,
}

/// A question and what becomes of it: rows, a number near this one, or a refusal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    pub(super) sql: String,
    /// A neighbour that is answered, so that the refusal has the reason that it should have; not counted.
    #[serde(default)]
    control: bool,
    pub(super) rows: Option<Vec<Vec<toml::Value>>>,
    pub(super) near: Option<f64>,
    pub(super) within: Option<f64>,
    pub(super) deny: Option<String>,
    /// Part of the refusal's sentence.
    pub(super) says: Option<String>,
}

/// A policy that must not be accepted, and part of what is said of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) text: String,
    pub(super) refused: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

impl Case {
    /// The world that it is asked in and the person who asks.
    pub(super) fn place(&self) -> (&str, &str) {
        let place = self.world.as_deref().zip(self.asker.as_deref());
        place.unwrap_or_else(|| panic!("{}: asked where, by whom?", self.id))
    }

    /// How it is counted.
    pub(super) fn kind(&self) -> &'static str {
        let mut asked = self.ask.iter().filter(|ask| !ask.control);
        let refused = asked.clone().any(|ask| ask.deny.is_some());
        let answered = asked.any(|ask| ask.deny.is_none());
        match (&self.open, &self.later, &self.differs) {
            (Some(_), _, _) => "open",
            (_, Some(_), _) => "later",
            (_, _, Some(_)) => "differs",
            _same if !self.policy.is_empty() => "policy",
            _same if refused && answered => "answered and denied",
            _same if refused => "denied",
            _same => "answered",
        }
    }
}

/// Every translation, file by file.
pub(super) fn all() -> Vec<Case> {
    let folder = std::fs::read_dir(data("conformance/cases")).unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        file.case
    };
    files.into_iter().flat_map(read).collect()
}

/// The ids of the list.
pub(super) fn ids() -> Vec<String> {
    let text = std::fs::read_to_string(data("conformance/ids.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}
