//! The release again, slow and obvious: sets of everybody, nothing capped, nothing shared with the crate.

use std::collections::{BTreeMap, BTreeSet};

use release::{Adds, Branch, BranchSource, Statistic, StatisticKind};

use super::numbers::{number, present, spread, undominated, value};
use super::paired::Added;
use super::{Answer, Cell, MONEY, Row, Who, World};

/// The parties behind rows, slot by slot.
pub(super) type Part = Vec<BTreeSet<u8>>;
/// Parts of a cell with their rows.
pub(super) type Parts<'r> = BTreeMap<Part, Vec<&'r Row>>;
type Key = Vec<(bool, Option<String>, Option<i32>)>;

/// Who counts towards one need: a slot, the parties, and whether the parties' names matter.
pub(super) struct Owed {
    slot: usize,
    parties: BTreeSet<u8>,
    pooled: bool,
    pub(super) k: usize,
    percent: i128,
}

impl World {
    /// The answer as it should be.
    pub fn oracle(&self) -> Answer {
        let mut cells: BTreeMap<Key, Parts<'_>> = BTreeMap::new();
        for row in &self.rows {
            if let Some(part) = self.part(row) {
                cells
                    .entry(self.key(row))
                    .or_default()
                    .entry(part)
                    .or_default()
                    .push(row);
            }
        }
        let mut answer = Vec::new();
        for (key, parts) in cells {
            let alive = self.telling(&parts, |part, rows, _| self.supported(part, rows));
            let statistics: Vec<Cell> = self
                .spec
                .statistics
                .iter()
                .map(|asked| {
                    let may = |part: &Part, rows: &[&Row], nobody: bool| {
                        self.supported(part, rows) && self.allowed(asked, part, rows, nobody)
                    };
                    self.statistic(asked, &self.telling(&parts, may), &parts)
                })
                .collect();
            let told = statistics.iter().any(|value| *value != Cell::Null);
            if told || (statistics.is_empty() && !alive.is_empty()) {
                let text = |(_, text, number): (bool, Option<String>, Option<i32>)| {
                    text.or(number.map(|n| n.to_string()))
                };
                answer.push((key.into_iter().map(text).collect(), statistics));
            }
        }
        answer
    }

    /// The keys so that they sort with NULL last.
    fn key(&self, row: &Row) -> Key {
        let one = |column: usize| match column {
            super::KEY => (row.key.is_none(), row.key.clone(), None),
            _ => (row.band.is_none(), None, row.band),
        };
        self.spec.keys.iter().map(|key| one(key.column)).collect()
    }

    /// The parties behind a row; None if it is nobody's or a party's without a rule.
    fn part(&self, row: &Row) -> Option<Part> {
        let mut part = Part::new();
        for slot in 0..self.spec.slots.len() {
            let mut parties = BTreeSet::new();
            for (party, _) in self.members(slot, &row.tracks[slot]) {
                if !self.known(slot, *party) {
                    return None;
                }
                parties.insert(self.stands(slot, *party));
            }
            part.push(parties);
        }
        part.iter()
            .any(|parties| !parties.is_empty())
            .then_some(part)
    }

    fn known(&self, slot: usize, party: u8) -> bool {
        let rule = self.spec.parties.get(usize::from(party));
        rule.is_some_and(|rule| {
            rule.exempt
                || self.spec.slots[slot]
                    .k
                    .iter()
                    .any(|(other, _)| *other == party)
        })
    }

    fn stands(&self, slot: usize, party: u8) -> u8 {
        *self.together(slot, party).iter().next().unwrap()
    }

    /// The parties that count together with this one.
    fn together(&self, slot: usize, party: u8) -> BTreeSet<u8> {
        let pool = self.spec.parties[usize::from(party)].pool;
        let all = (0_u8..).zip(&self.spec.parties);
        let merged = self.spec.slots[slot].merged;
        all.filter(|(other, rule)| *other == party || (merged && rule.pool == pool))
            .map(|(other, _)| other)
            .collect()
    }

    pub(super) fn owed(&self, part: &Part) -> Vec<Owed> {
        let mut all = Vec::new();
        for (slot, stands) in part.iter().enumerate() {
            for party in stands {
                let parties = self.together(slot, *party);
                let asks = |(other, k): &(u8, u32)| {
                    let rule = &self.spec.parties[usize::from(*other)];
                    (parties.contains(other) && !rule.exempt)
                        .then_some((*k as usize, i128::from(rule.dominance)))
                };
                let asks: Vec<_> = self.spec.slots[slot].k.iter().filter_map(asks).collect();
                if let Some(k) = asks.iter().map(|(k, _)| *k).max() {
                    let percent = asks.iter().map(|(_, percent)| *percent).max().unwrap();
                    let pooled = self.spec.slots[slot].merged;
                    all.push(Owed {
                        slot,
                        parties,
                        pooled,
                        k: k.max(1),
                        percent,
                    });
                }
            }
        }
        all
    }

    /// The entities of some rows that count, with what each adds.
    pub(super) fn credit<'a>(
        &self,
        owed: &Owed,
        rows: impl Iterator<Item = (&'a [Vec<Who>], i128)>,
    ) -> BTreeMap<Who, i128> {
        let mut sums = BTreeMap::new();
        for (tracks, amount) in rows {
            let members = self.members(owed.slot, &tracks[owed.slot]).iter();
            let counted = members.filter(|(party, _)| owed.parties.contains(party));
            // Named by two who count together, one is still one.
            let named =
                counted.map(|(party, entity)| (if owed.pooled { 0 } else { *party }, *entity));
            for who in named.collect::<BTreeSet<Who>>() {
                *sums.entry(who).or_insert(0) += amount;
            }
        }
        sums
    }

    pub(super) fn supported(&self, part: &Part, rows: &[&Row]) -> bool {
        self.enough(part, &adding(rows, &|_| 1), false)
    }

    fn allowed(&self, asked: &Statistic, part: &Part, rows: &[&Row], nobody: bool) -> bool {
        let mean = !matches!(
            asked.kind,
            StatisticKind::Sum { .. }
                | StatisticKind::CountRows
                | StatisticKind::Count { .. }
                | StatisticKind::CountDistinct { .. }
                | StatisticKind::CountDistinctSupported { .. }
        );
        let of_some = rows.iter().any(|row| number(asked.kind, row).is_some());
        let nobody = nobody && !(mean && of_some);
        let counted = adding(rows, &|row| i128::from(present(asked.kind, row)));
        let added = adding(rows, &|row| number(asked.kind, row).unwrap_or(0));
        let squared = adding(rows, &|row| number(asked.kind, row).unwrap_or(0).pow(2));
        let enough = |added: &Added<'_>| self.enough(part, added, nobody);
        let supported = match asked.kind {
            StatisticKind::CountRows
            | StatisticKind::Count { .. }
            | StatisticKind::CountDistinct { .. }
            | StatisticKind::CountDistinctSupported { .. } => enough(&counted),
            StatisticKind::Avg { .. } => enough(&counted) && enough(&added),
            _ => enough(&added),
        };
        let balanced = self.owed(part).iter().all(|owed| {
            let fair = |added: &Added<'_>| {
                let sums = self.credit(owed, added.iter().copied());
                owed.percent == 0 || undominated(&sums, owed.percent)
            };
            let valued = self.values(asked.kind, owed, rows);
            match asked.kind {
                StatisticKind::CountRows | StatisticKind::Count { .. } => fair(&counted),
                StatisticKind::CountDistinct { .. }
                | StatisticKind::CountDistinctSupported { .. } => {
                    owed.percent == 0 || undominated(&valued, owed.percent)
                }
                StatisticKind::Sum { .. } => fair(&added),
                StatisticKind::Avg { .. } => fair(&added) && fair(&counted),
                _ => fair(&added) && fair(&counted) && fair(&squared),
            }
        });
        supported
            && balanced
            && asked
                .branches
                .iter()
                .all(|branch| self.branch(asked.kind, branch, part, rows, nobody))
    }

    /// How many distinct values each entity has.
    fn values(&self, kind: StatisticKind, owed: &Owed, rows: &[&Row]) -> BTreeMap<Who, i128> {
        let all: BTreeSet<_> = rows.iter().filter_map(|row| value(kind, row)).collect();
        let mut numbers = BTreeMap::new();
        for one in all {
            let having = rows
                .iter()
                .filter(|row| value(kind, row).as_ref() == Some(&one));
            for (who, _) in self.credit(owed, having.map(|row| (&*row.tracks, 1))) {
                *numbers.entry(who).or_insert(0) += 1;
            }
        }
        numbers
    }

    /// Those who took the arm and add something by it, in every respect that matters to the statistic.
    fn branch(
        &self,
        kind: StatisticKind,
        branch: &Branch,
        part: &Part,
        rows: &[&Row],
        nobody: bool,
    ) -> bool {
        let took = |adds: &dyn Fn(&Row) -> i128| self.took(branch, part, rows, adds, nobody);
        let present = |row: &Row| i128::from(present(kind, row));
        let amount = |row: &Row| number(kind, row).unwrap_or(0);
        let some = |row: &Row| amount(row).pow(2).min(1);
        let other = |row: &Row| match branch.adds {
            Adds::Amount(column) => number(StatisticKind::Sum { column }, row).unwrap_or(0),
            Adds::Row | Adds::Something | Adds::Presence => 1,
        };
        if matches!(branch.adds, Adds::Amount(_) | Adds::Row) {
            return took(&other);
        }
        let all: Vec<&dyn Fn(&Row) -> i128> = match kind {
            StatisticKind::Sum { .. } => vec![&amount],
            StatisticKind::CountRows
            | StatisticKind::Count { .. }
            | StatisticKind::CountDistinct { .. }
            | StatisticKind::CountDistinctSupported { .. } => vec![&present],
            _moment if branch.adds == Adds::Presence => vec![&present],
            StatisticKind::Avg { .. } if branch.zero_ok => vec![&present, &amount],
            _moment if branch.zero_ok => vec![&present, &amount, &some],
            _moment => vec![&amount],
        };
        all.iter().all(|adds| took(adds))
    }

    fn took(
        &self,
        branch: &Branch,
        part: &Part,
        rows: &[&Row],
        adds: &dyn Fn(&Row) -> i128,
        nobody: bool,
    ) -> bool {
        let taken: Vec<(&[Vec<Who>], i128)> = match &branch.source {
            BranchSource::Each(_) => return self.each(part, rows, adds),
            BranchSource::Flag(_) => rows
                .iter()
                .filter(|row| row.flag == Some(true))
                .map(|row| (&*row.tracks, adds(row)))
                .collect(),
            BranchSource::Tracks(_) => {
                if rows.iter().any(|row| self.strays(row, part)) {
                    return false;
                }
                rows.iter().map(|row| (&*row.arms, adds(row))).collect()
            }
        };
        self.enough(part, &taken, nobody || branch.zero_ok)
    }

    /// Every word that is in rows that add something is in those of enough.
    fn each(&self, part: &Part, rows: &[&Row], adds: &dyn Fn(&Row) -> i128) -> bool {
        let who = rows.iter().filter(|row| adds(row) != 0);
        let words: BTreeSet<&String> = who.clone().filter_map(|row| row.word.as_ref()).collect();
        words.into_iter().all(|word| {
            let having = who.clone().filter(|row| row.word.as_ref() == Some(word));
            let having: Vec<&Row> = having.copied().collect();
            self.enough(part, &adding(&having, &|_| 1), true)
        })
    }

    fn strays(&self, row: &Row, part: &Part) -> bool {
        part.iter().enumerate().any(|(slot, behind)| {
            let mut members = self.members(slot, &row.arms[slot]).iter();
            members.any(|(party, _)| {
                !self.known(slot, *party) || !behind.contains(&self.stands(slot, *party))
            })
        })
    }

    fn statistic(
        &self,
        asked: &Statistic,
        told: &[(&Part, &Vec<&Row>)],
        parts: &Parts<'_>,
    ) -> Cell {
        let lists: Vec<_> = told.iter().map(|(_, rows)| *rows).collect();
        let rows: Vec<&Row> = lists.iter().flat_map(|rows| rows.iter().copied()).collect();
        let numbers: Vec<i128> = rows
            .iter()
            .filter_map(|row| number(asked.kind, row))
            .collect();
        let count = |counted: usize| {
            if lists.is_empty() {
                Cell::Null
            } else {
                Cell::Integer(counted as i128)
            }
        };
        match asked.kind {
            StatisticKind::CountRows => count(rows.len()),
            StatisticKind::Count { .. } => {
                count(rows.iter().filter(|row| present(asked.kind, row)).count())
            }
            StatisticKind::CountDistinct { .. } => count(
                rows.iter()
                    .filter_map(|row| value(asked.kind, row))
                    .collect::<BTreeSet<_>>()
                    .len(),
            ),
            StatisticKind::CountDistinctSupported { .. } => {
                match self.supported_values(asked.kind, told, parts) {
                    0 => Cell::Null,
                    some => count(some),
                }
            }
            _ if numbers.is_empty() => Cell::Null,
            StatisticKind::Sum { .. } => Cell::Integer(numbers.iter().sum()),
            StatisticKind::Avg { column: MONEY } => {
                Cell::Integer(numbers.iter().sum::<i128>() * 10_000 / numbers.len() as i128)
            }
            StatisticKind::Avg { .. } => {
                Cell::Float(numbers.iter().sum::<i128>() as f64 / numbers.len() as f64)
            }
            StatisticKind::VarPop { column } => {
                spread(&numbers, column, 0).map_or(Cell::Null, Cell::Float)
            }
            StatisticKind::VarSamp { column } => {
                spread(&numbers, column, 1).map_or(Cell::Null, Cell::Float)
            }
            StatisticKind::StddevPop { column } => {
                spread(&numbers, column, 0).map_or(Cell::Null, |v| Cell::Float(v.sqrt()))
            }
            StatisticKind::StddevSamp { column } => {
                spread(&numbers, column, 1).map_or(Cell::Null, |v| Cell::Float(v.sqrt()))
            }
        }
    }
}

/// Rows by who is behind them, and what they add.
fn adding<'r>(rows: &[&'r Row], amount: &dyn Fn(&Row) -> i128) -> Vec<(&'r [Vec<Who>], i128)> {
    rows.iter().map(|row| (&*row.tracks, amount(row))).collect()
}
