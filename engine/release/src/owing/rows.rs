//! The answer: cells in key order, parts in the order of the parties behind them.

use super::base::{Base, Kind};
use super::compose::compose;
use super::judge::{Judge, Told};
use super::respect::Support;
use super::{Owed, mismatch};
use crate::Result;
use crate::finish::{Rows, build};
use crate::memory::History;
use crate::output::Datum;
use crate::part::index;
use crate::release::Release;
use crate::released::Released;
use crate::secrets::Secrets;

use std::cmp::Reverse;

use arrow::datatypes::i256;

/// Makes the answer.
pub(crate) fn finish(
    release: &Release,
    owed: &Owed,
    history: &mut History,
    secrets: &Secrets,
) -> Result<Released> {
    let mut judge = Judge::new(release, owed, history, secrets);
    let mut parts = release.parts_of_cells()?;
    let mut rows = Rows {
        keys: Vec::new(),
        statistics: vec![Vec::new(); release.plan.recipes.len()],
    };
    for (key, cell) in release.cells.sorted() {
        let mut parts = parts
            .get_mut(index(cell))
            .map(std::mem::take)
            .unwrap_or_default();
        sort(release, &mut parts)?;
        let (there, values) = judge.cell(&parts)?;
        if there {
            rows.keys.push(key);
            rows.statistics
                .iter_mut()
                .zip(values)
                .for_each(|(column, value)| column.push(value));
        }
    }
    if owed.duties.history {
        let totals = std::mem::take(&mut judge.totals);
        totals.remember(judge.history, owed.duties.jitter, secrets)?;
    }
    build(release, &rows)
}

/// Parts come in an order that does not depend on that of the rows, and after those of more owners.
fn sort(release: &Release, parts: &mut [u32]) -> Result<()> {
    let mut known = Vec::new();
    for part in parts.iter() {
        let masks = &release.kind_of(*part)?.masks;
        known.push((Reverse(Release::owners(masks)), masks.clone(), *part));
    }
    known.sort_unstable();
    let sorted = known.into_iter().map(|(_, _, part)| part);
    parts
        .iter_mut()
        .zip(sorted)
        .for_each(|(part, sorted)| *part = sorted);
    Ok(())
}

/// A statistic of a cell.
struct Asked<'a> {
    number: usize,
    bases: &'a [Base],
    support: &'a Support,
}

/// What became of a cell's parts.
#[derive(Default)]
struct Judged {
    told: Vec<(u32, Vec<Told>)>,
    failed: Vec<u32>,
}

impl Judge<'_> {
    /// Whether a cell is a row of the answer, and its statistics.
    fn cell(&mut self, parts: &[u32]) -> Result<(bool, Vec<Option<Datum>>)> {
        let recipes = &self.release.plan.recipes;
        if recipes.is_empty() {
            return Ok((self.exists(parts)?, Vec::new()));
        }
        let mut values = Vec::new();
        for (number, recipe) in recipes.iter().enumerate() {
            let bases = self.owed.bases.get(number).ok_or_else(mismatch)?;
            let support = Support::of(recipe);
            let told = self.statistic(parts, number, bases, &support)?;
            values.push(told.and_then(|told| compose(recipe, &told)));
        }
        Ok((values.iter().any(Option::is_some), values))
    }

    fn may_be_idle(&self, number: usize, part: u32) -> bool {
        let recipe = self.release.plan.recipes.get(number);
        recipe.is_none_or(|recipe| self.release.may_be_idle(recipe, part))
    }

    /// Whether rows of a group may be known to exist: as if they were counted.
    fn exists(&mut self, parts: &[u32]) -> Result<bool> {
        let rows = Base {
            kind: Kind::Rows,
            witness: 0,
        };
        let told = self.statistic(parts, 0, &[rows], &Support::rows())?;
        Ok(told.is_some())
    }

    /// The base statistics over those parts of which all of them may be told, and that do not stand beside one of which they may not. Parts
    /// may hold each other back: what was told of one before another failed is forgotten, and judged once more.
    fn statistic(
        &mut self,
        parts: &[u32],
        number: usize,
        bases: &[Base],
        support: &Support,
    ) -> Result<Option<Vec<i256>>> {
        let mut failed = Vec::new();
        loop {
            let mark = self.history.mark();
            let asked = Asked {
                number,
                bases,
                support,
            };
            let judged = self.judged(parts, &asked, &failed)?;
            failed.extend(judged.failed);
            if !self.stands_beside(&judged.told, &failed)? {
                return self.summed(number, bases.len(), judged.told);
            }
            self.history.forget(mark);
        }
    }

    /// Every part but those beside one that has failed.
    fn judged(&mut self, parts: &[u32], asked: &Asked<'_>, failed: &[u32]) -> Result<Judged> {
        let mut judged = Judged::default();
        for part in parts {
            if self.release.is_beside(*part, failed)? {
                continue;
            }
            let mut told = Vec::new();
            for base in asked.bases {
                told.extend(self.outcome(*part, asked.number, *base, asked.support)?);
            }
            if told.len() == asked.bases.len() {
                judged.told.push((*part, told));
                continue;
            }
            let idle = self.may_be_idle(asked.number, *part) && self.idle(*part, asked.support)?;
            if !idle && !failed.contains(part) {
                judged.failed.push(*part);
            }
        }
        Ok(judged)
    }

    fn stands_beside(&self, told: &[(u32, Vec<Told>)], failed: &[u32]) -> Result<bool> {
        for (part, _) in told {
            if self.release.is_beside(*part, failed)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is told of all parts together; it is among the totals then.
    fn summed(
        &mut self,
        number: usize,
        bases: usize,
        parts: Vec<(u32, Vec<Told>)>,
    ) -> Result<Option<Vec<i256>>> {
        if parts.is_empty() {
            return Ok(None);
        }
        let mut sums = vec![i256::ZERO; bases];
        for (_, told) in parts {
            for (sum, told) in sums.iter_mut().zip(told) {
                *sum = sum.wrapping_add(told.value);
                self.total(number, &told)?;
            }
        }
        Ok(Some(sums))
    }
}
