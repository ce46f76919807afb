//! The cut: how much one entity may add, and what is left of a value once nobody adds more.
//!
//! The cut is the owner's, else a [level](super::level) that about k exceed; never the largest addition, which is a person.
//! Where several parties or units stand behind a value, or several entities behind a row, each of them is
//! [cut](super::shares), and noise covers the largest cut. The k largest of one view may be one entity's of another (shops that
//! one person alone pays), so a level is taken of what the other views leave. What an entity's absence would change in how far
//! others are cut is not covered.

use arrow::datatypes::i256;

use super::adding::Adding;
use super::base::{Base, Kind};
use super::level::Among;
use super::mismatch;
use super::shares::Shares;
use super::traces::Company;
use crate::Result;
use crate::hash::{NumberMap, NumberSet};
use crate::memory::{Fresh, UNCUT};
use crate::release::Release;

/// The level of what the entities of a trace add.
pub(crate) type Level<'l> = &'l dyn Fn(&Fresh, &Adding<'_>, Among) -> Result<i128>;

/// A value with nobody adding more than the cut, and what noise must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) value: i256,
    pub(crate) cover: i128,
}

impl Release {
    /// Cuts a value; the traces learn their cuts, the owner's or a level. With it comes who stands with whom, of which levels are made.
    pub(crate) fn cut(
        &self,
        part: u32,
        base: Base,
        raw: i256,
        owner: Option<(u8, i128)>,
        traces: &mut [Fresh],
        level: Level<'_>,
    ) -> Result<(Cut, Option<Company>)> {
        let owner = owner.filter(|_| matches!(base.kind, Kind::Sum(_)));
        let needs = &self.kind_of(part)?.needs;
        let owners = needs.iter().map(|need| {
            let (party, cut) = owner?;
            let mask = need.parties.checked_shr(u32::from(party)).unwrap_or(0);
            (mask & 1 == 1).then_some(cut)
        });
        let owners: Vec<Option<i128>> = owners.collect();
        let company = self.company(part, base)?;
        let together = company.as_ref();
        let added = self.tally_of(part, base.witness)?.joint().and(together);
        let mut shares = added.map(|all| Shares::of(&all.places, traces.len()));
        let views = Views {
            owners: &owners,
            traces,
            company: together,
        };
        let cuts = views.cuts(shares.as_mut(), level)?;
        for (fresh, cut) in traces.iter_mut().zip(&cuts) {
            fresh.cut = *cut;
        }
        let value = match shares {
            Some(shares) => shares.sum(&cuts),
            None => self.least(part, base, raw, traces)?,
        };
        let cover = cuts.into_iter().max().unwrap_or(1);
        Ok((Cut { value, cover }, company))
    }

    /// What is left in the view that leaves least.
    fn least(&self, part: u32, base: Base, raw: i256, traces: &[Fresh]) -> Result<i256> {
        let mut least: Option<i256> = None;
        for (need, fresh) in traces.iter().enumerate() {
            let left = match base.kind {
                Kind::Distinct(argument) => self.kept(part, base, need, argument, fresh)?,
                Kind::Rows | Kind::Present(_) | Kind::Sum(_) | Kind::Squares(_) => {
                    raw.wrapping_sub(above(fresh))
                }
            };
            least = Some(least.map_or(left, |before| before.min(left)));
        }
        Ok(least.unwrap_or(raw))
    }

    /// How many distinct values there are if every entity keeps no more than its cut, the first in order.
    fn kept(
        &self,
        part: u32,
        base: Base,
        need: usize,
        argument: usize,
        fresh: &Fresh,
    ) -> Result<i256> {
        let pairs = self
            .tally_of(part, base.witness)?
            .pairs(need)
            .ok_or_else(mismatch)?;
        let over: NumberSet<u64> = fresh
            .entries
            .iter()
            .filter(|(_, amount)| *amount > fresh.cut)
            .map(|(entity, _)| *entity)
            .collect();
        let mut kept: NumberSet<u32> = pairs
            .iter()
            .filter(|(entity, _)| !over.contains(entity))
            .map(|(_, value)| *value)
            .collect();
        if !over.is_empty() {
            let mut room: NumberMap<u64, i128> =
                over.iter().map(|entity| (*entity, fresh.cut)).collect();
            let order = self.values.ordered(argument);
            for (_, value) in order {
                for (entity, room) in &mut room {
                    if *room > 0 && pairs.contains(&(*entity, value)) {
                        *room -= 1;
                        kept.insert(value);
                    }
                }
            }
        }
        Ok(i256::from_i128(
            i128::try_from(kept.len()).unwrap_or(i128::MAX),
        ))
    }
}

/// So often the cuts are looked for anew at most, of what those of the other views leave.
const ROUNDS: usize = 128;

/// Cuts that stay the same for so many rounds are found, though shares may still move: at first each round takes some of what one entity
/// adds away from a level.
const STEADY: usize = 10;

/// The views of a value, and who stands with whom in them.
struct Views<'v> {
    owners: &'v [Option<i128>],
    traces: &'v [Fresh],
    company: Option<&'v Company>,
}

impl Views<'_> {
    /// The cut of each view: its owner's, or else a level of what is left in it by the others.
    fn cuts(&self, shares: Option<&mut Shares<'_>>, level: Level<'_>) -> Result<Vec<i128>> {
        match shares {
            Some(shares) => self.cuts_of_shares(shares, level),
            None => self.cuts_by_themselves(level),
        }
    }

    /// Where views have no rows that they share, or none is cut with another.
    fn cuts_by_themselves(&self, level: Level<'_>) -> Result<Vec<i128>> {
        let mut cuts = vec![UNCUT; self.traces.len()];
        for (fresh, view) in self.in_order() {
            let amounts = fresh.entries.iter();
            let all = || amounts.map(|(_, amount)| amount.unsigned_abs()).collect();
            let company = self.company;
            let amounts = company.map_or_else(all, |all| all.amounts(view, &fresh.entries));
            let adding = self.adding(view, amounts);
            let among = self.among(&adding);
            set(
                &mut cuts,
                view,
                owned(self.owners, view, || level(fresh, &adding, among))?,
            );
        }
        Ok(cuts)
    }

    fn cuts_of_shares(&self, shares: &mut Shares<'_>, level: Level<'_>) -> Result<Vec<i128>> {
        let views = self.in_order();
        let whole = |view| self.among(&self.adding(view, shares.left(view)));
        let among: Vec<Among> = (0..self.traces.len()).map(whole).collect();
        let mut cuts = vec![UNCUT; self.traces.len()];
        let mut steady = 0;
        for _ in 0..ROUNDS {
            let (before, mut moved) = (cuts.clone(), false);
            for (fresh, view) in &views {
                let among = among.get(*view).copied().ok_or_else(mismatch)?;
                let adding = || self.adding(*view, shares.left(*view));
                let cut = owned(self.owners, *view, || level(fresh, &adding(), among))?;
                moved |= shares.cut(*view, cut);
                set(&mut cuts, *view, cut);
            }
            steady = if cuts == before { steady + 1 } else { 0 };
            if !moved || steady == STEADY {
                break;
            }
        }
        Ok(cuts)
    }

    /// Views come in the order of whose they are, not in that of the question.
    fn in_order(&self) -> Vec<(&Fresh, usize)> {
        let mut views: Vec<(&Fresh, usize)> = self.traces.iter().zip(0..).collect();
        views.sort_by(|(one, _), (other, _)| one.whose.cmp(&other.whose));
        views
    }

    fn adding(&self, view: usize, amounts: Vec<u128>) -> Adding<'_> {
        let partners = self.company.and_then(|company| company.partners.get(view));
        Adding::of(amounts, partners, self.k())
    }

    /// Everybody of a view who adds something before anybody is cut.
    fn among(&self, adding: &Adding<'_>) -> Among {
        Among {
            people: adding.more_than(0),
            k: self.k(),
        }
    }

    /// The largest of all whose view the value is seen in: a small one, as a helper's table may have, leaves no room for noise.
    fn k(&self) -> u32 {
        self.traces.iter().map(|fresh| fresh.k).max().unwrap_or(1)
    }
}

fn owned(
    owners: &[Option<i128>],
    view: usize,
    level: impl FnOnce() -> Result<i128>,
) -> Result<i128> {
    let owner = owners.get(view).copied().flatten();
    owner.map_or_else(level, Ok)
}

fn set(cuts: &mut [i128], view: usize, cut: i128) {
    if let Some(place) = cuts.get_mut(view) {
        *place = cut;
    }
}

/// What stands above the cut in all.
fn above(fresh: &Fresh) -> i256 {
    let over = fresh.entries.iter().filter_map(|(_, amount)| {
        let over = amount
            .saturating_abs()
            .checked_sub(fresh.cut)
            .filter(|_| amount.saturating_abs() > fresh.cut)?;
        Some(i256::from_i128(amount.signum().saturating_mul(over)))
    });
    over.fold(i256::ZERO, i256::wrapping_add)
}
