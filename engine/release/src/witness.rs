//! Witnesses: the respects in which somebody must stand behind a value.
//!
//! Statistics share them: `SUM(x)` and `AVG(x)` ask the same entities.

use crate::hash::{NumberMap, NumberSet};
use crate::need::{Need, SlotRules};
use crate::paired::Together;
use crate::part::{Kinds, NONE, index};
use crate::support::Entities;
use crate::tally::{Credit, Group, Tally};
use crate::track::Tracks;
use crate::vector::Vector;
use crate::{ReleaseError, Result};

/// In which respect entities are counted. Indices are those of the compiled plan, but for branches' columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Witness {
    /// All rows of the part.
    Rows,
    /// Rows in which an argument is not NULL.
    Present(usize),
    /// What an entity adds to a sum, net.
    Net(usize),
    /// What an entity adds to a sum of squares.
    Square(usize),
    /// The distinct values an entity has.
    Pairs(usize),
    /// The entities that each distinct value has.
    Values(usize),
    /// Rows that took an arm, by what they add.
    Flag(usize, Adding),
    /// Entities that took an arm, by slot, and what they add.
    Arm(Vec<usize>, Adding),
    /// The entities that each distinct value has in rows that add something.
    Each(usize, Adding),
}

/// What a row that took an arm adds to the statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adding {
    /// Itself.
    Row,
    /// Itself, where an argument is not NULL.
    Present(usize),
    /// An amount; 0 is nothing, and so are amounts that cancel out.
    Net(usize),
    /// Itself, where an amount is not 0.
    Some(usize),
}

impl Witness {
    /// Whether entities add amounts that are told.
    pub(crate) fn is_amount(&self) -> bool {
        match self {
            Self::Rows | Self::Present(_) | Self::Net(_) | Self::Square(_) => true,
            Self::Pairs(_) | Self::Values(_) | Self::Flag(..) | Self::Arm(..) | Self::Each(..) => {
                false
            }
        }
    }
}

/// A witness and whether somebody asks what each entity adds, beyond whether it adds.
#[derive(Debug, Clone)]
pub(crate) struct WitnessPlan {
    pub(crate) witness: Witness,
    pub(crate) weighed: bool,
    /// All entities are kept, with what they add: history or noise is owed.
    pub(crate) exact: bool,
    /// What several entities add together is kept: it is cut, for noise is owed.
    pub(crate) jointly: bool,
}

impl WitnessPlan {
    /// What is asked about who stands behind rows together.
    fn together(&self) -> Together {
        let exact = if self.jointly {
            Together::Amounts
        } else {
            Together::Whom
        };
        match &self.witness {
            Witness::Pairs(_) => Together::Nothing,
            Witness::Square(_) if !self.exact => Together::Nothing,
            _other if self.exact => exact,
            Witness::Net(_)
            | Witness::Square(_)
            | Witness::Flag(_, Adding::Net(_))
            | Witness::Arm(_, Adding::Net(_)) => Together::Net,
            Witness::Rows
            | Witness::Present(_)
            | Witness::Values(_)
            | Witness::Flag(..)
            | Witness::Arm(..)
            | Witness::Each(..) => Together::Enough,
        }
    }

    /// The group for one need: as small as the questions about it permit.
    fn group(&self, need: &Need, limit: usize) -> Group {
        if self.exact {
            return match &self.witness {
                Witness::Pairs(_) => Group::Pairs(NumberSet::default()),
                Witness::Values(_) => Group::Values(NumberMap::default(), need.k),
                Witness::Each(..) => Group::Values(NumberMap::default(), usize::MAX),
                Witness::Rows
                | Witness::Present(_)
                | Witness::Net(_)
                | Witness::Square(_)
                | Witness::Flag(..)
                | Witness::Arm(..) => Group::Vector(Vector::new(usize::MAX)),
            };
        }
        let weighed = self.weighed && need.dominance > 0;
        match (&self.witness, weighed) {
            (Witness::Rows | Witness::Present(_) | Witness::Net(_) | Witness::Square(_), true) => {
                Group::Vector(Vector::new(usize::MAX))
            }
            (Witness::Net(_), false)
            | (Witness::Flag(_, Adding::Net(_)) | Witness::Arm(_, Adding::Net(_)), _) => {
                Group::Vector(Vector::new(limit))
            }
            (Witness::Values(_) | Witness::Each(..), _) => {
                Group::Values(NumberMap::default(), need.k)
            }
            (Witness::Pairs(_), true) => Group::Pairs(NumberSet::default()),
            (Witness::Pairs(_) | Witness::Square(_), false) => Group::Unasked,
            (Witness::Rows | Witness::Present(_), false)
            | (Witness::Flag(..) | Witness::Arm(..), _) => Group::Entities(Entities::new(need.k)),
        }
    }
}

/// The rows of a batch as witnesses see them.
pub(crate) struct Seen<'a> {
    pub(crate) slots: &'a [SlotRules],
    pub(crate) kinds: &'a Kinds,
    /// By row: its kind.
    pub(crate) kind: &'a [u32],
    /// By row: its part.
    pub(crate) part: &'a [u32],
}

/// One witness and what it saw, part by part.
#[derive(Debug)]
pub(crate) struct Evidence {
    plan: WitnessPlan,
    limit: usize,
    tallies: Vec<Tally>,
    entries: usize,
}

impl Evidence {
    /// A witness that has seen nothing; vectors are exact up to `limit` entities.
    pub(crate) fn new(plan: WitnessPlan, limit: usize) -> Self {
        Self {
            plan,
            limit,
            tallies: Vec::new(),
            entries: 0,
        }
    }

    /// What the witness looks at.
    pub(crate) fn witness(&self) -> &Witness {
        &self.plan.witness
    }

    /// Makes room for all parts.
    pub(crate) fn grow(&mut self, kinds: &Kinds, parts: &[(u32, u32)]) -> Result<()> {
        for (_, kind) in parts.iter().skip(self.tallies.len()) {
            let needs = &kinds.get(*kind).ok_or(ReleaseError::Mismatch)?.needs;
            let groups = needs.iter().map(|need| self.plan.group(need, self.limit));
            let tally = Tally::new(groups.collect(), needs, self.plan.together());
            self.tallies.push(tally);
        }
        Ok(())
    }

    /// Credits rows to their entities.
    pub(crate) fn credit(
        &mut self,
        seen: &Seen<'_>,
        tracks: &[Tracks<'_>],
        rows: impl Iterator<Item = (usize, Credit)>,
    ) {
        for (row, credit) in rows {
            let part = seen.part.get(row).copied().unwrap_or(NONE);
            let Some(tally) = self
                .tallies
                .get_mut(index(part))
                .filter(|tally| tally.is_open())
            else {
                continue;
            };
            let Some(kind) = seen.kind.get(row).and_then(|kind| seen.kinds.get(*kind)) else {
                continue;
            };
            self.entries += tally.credit(&kind.needs, tracks, row, credit);
        }
    }

    /// Credits the entities of arm tracks with what their rows add, and looks whether they are of the parties behind
    /// the row.
    pub(crate) fn credit_arm(
        &mut self,
        seen: &Seen<'_>,
        arms: &[Tracks<'_>],
        added: impl Fn(usize) -> Option<Credit>,
    ) {
        for (row, part) in seen.part.iter().enumerate() {
            let Some(tally) = self.tallies.get_mut(index(*part)) else {
                continue;
            };
            let Some(kind) = seen.kind.get(row).and_then(|kind| seen.kinds.get(*kind)) else {
                continue;
            };
            tally.look_for_strays(seen.slots, kind, arms, row);
            if let Some(credit) = added(row) {
                self.entries += tally.credit(&kind.needs, arms, row, credit);
            }
        }
    }

    /// Adds what the same witness saw elsewhere; `parts` are our numbers of their parts.
    pub(crate) fn merge(&mut self, other: Self, parts: &[u32], values: &[Vec<u32>]) -> Result<()> {
        for (mut theirs, part) in other.tallies.into_iter().zip(parts) {
            if let Witness::Pairs(distinct)
            | Witness::Values(distinct)
            | Witness::Each(distinct, _) = self.plan.witness
            {
                theirs.renumber(values.get(distinct).ok_or(ReleaseError::Mismatch)?);
            }
            self.entries += self
                .tallies
                .get_mut(index(*part))
                .ok_or(ReleaseError::Mismatch)?
                .merge(theirs);
        }
        Ok(())
    }

    /// What was seen of a part.
    pub(crate) fn tally(&self, part: u32) -> Option<&Tally> {
        self.tallies.get(index(part))
    }

    /// Bytes held, estimated.
    pub(crate) fn size(&self) -> usize {
        self.entries * 32 + self.tallies.len() * (size_of::<Tally>() + size_of::<Group>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(witness: Witness, weighed: bool) -> WitnessPlan {
        WitnessPlan {
            witness,
            weighed,
            exact: false,
            jointly: false,
        }
    }

    /// What the group of a witness keeps.
    fn kept(witness: Witness, weighed: bool, dominance: u8) -> &'static str {
        let need = Need {
            slot: 0,
            parties: 1,
            k: 5,
            dominance,
        };
        match plan(witness, weighed).group(&need, 64) {
            Group::Entities(_) => "who",
            Group::Vector(_) => "what each adds",
            Group::Pairs(_) => "which values each has",
            Group::Values(..) => "who has each value",
            Group::Unasked => "nothing",
        }
    }

    #[test]
    fn what_each_adds_is_kept_where_somebody_asks_how_much() {
        for (weighed, dominance, expected) in [
            (true, 20, "what each adds"),
            (true, 0, "who"),
            (false, 20, "who"),
            (false, 0, "who"),
        ] {
            assert_eq!(kept(Witness::Rows, weighed, dominance), expected);
        }
        assert_eq!(kept(Witness::Pairs(0), true, 20), "which values each has");
        assert_eq!(kept(Witness::Pairs(0), false, 20), "nothing");
    }

    /// Where more than support is owed, who stands with whom is kept whole, squares too; where it is not, as far as somebody asks.
    #[test]
    fn who_stands_together_is_kept_as_far_as_it_is_asked() {
        let kept = |witness: Witness| {
            let of = |exact, jointly| {
                let plan = plan(witness.clone(), false);
                let plan = WitnessPlan {
                    exact,
                    jointly,
                    ..plan
                };
                plan.together()
            };
            [of(false, false), of(true, false), of(true, true)]
        };
        let (whom, amounts) = (Together::Whom, Together::Amounts);
        assert_eq!(kept(Witness::Rows), [Together::Enough, whom, amounts]);
        assert_eq!(kept(Witness::Net(0)), [Together::Net, whom, amounts]);
        assert_eq!(kept(Witness::Square(0)), [Together::Nothing, whom, amounts]);
        assert_eq!(kept(Witness::Pairs(0)), [Together::Nothing; 3]);
        let arm = |adding| kept(Witness::Flag(0, adding));
        assert_eq!(arm(Adding::Net(0)), [Together::Net, whom, amounts]);
        assert_eq!(arm(Adding::Row), [Together::Enough, whom, amounts]);
    }

    #[test]
    fn its_size_is_that_of_entries_and_parts() {
        let evidence = Evidence {
            plan: plan(Witness::Rows, false),
            limit: 64,
            tallies: [(); 2]
                .map(|()| Tally::new(Vec::new(), &[], Together::Nothing))
                .into(),
            entries: 5,
        };
        let part = size_of::<Tally>() + size_of::<Group>();
        assert_eq!(evidence.size(), 5 * 32 + 2 * part);
    }
}
