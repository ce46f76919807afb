//! In which respects a statistic must be supported, and by whom.

use crate::memory::Fresh;
use crate::plan::Recipe;

/// Who must support a statistic.
pub(crate) struct Support {
    pub(super) respects: Vec<Respect>,
    /// Witnesses in which nobody may dominate.
    pub(super) balance: Vec<usize>,
}

/// A respect in which it must be supported.
pub(super) struct Respect {
    pub(super) witness: usize,
    /// Nobody at all is enough.
    nobody: bool,
}

impl Support {
    /// Those that a statistic's recipe names, and the rows.
    pub(crate) fn of(recipe: &Recipe) -> Self {
        let own = recipe.support.iter().map(|witness| (*witness, false));
        let branches = recipe.branches.iter().copied();
        Self {
            respects: std::iter::once((0, false))
                .chain(own)
                .chain(branches)
                .map(|(witness, nobody)| Respect { witness, nobody })
                .collect(),
            balance: recipe.balance.clone(),
        }
    }

    /// The rows alone.
    pub(crate) fn rows() -> Self {
        Self {
            respects: vec![Respect {
                witness: 0,
                nobody: false,
            }],
            balance: Vec::new(),
        }
    }
}

impl Respect {
    /// Whether nobody stands there, and need not.
    pub(super) fn is_nobodys(&self, set: &Fresh) -> bool {
        self.nobody && set.entries.is_empty()
    }
}
