//! Who is owed what: parts of a cell, and the least numbers of entities behind them.

use std::collections::{BTreeMap, BTreeSet};

use super::number::Number;
use super::paired::paired;
use super::relation::{Entity, Place, Row, Who};
use super::world::World;

/// The parties behind a row, place by place; those that pool are one.
pub type Part = Vec<BTreeSet<usize>>;

/// What parties are owed at one place.
#[derive(Debug)]
pub struct Need {
    place: usize,
    parties: BTreeSet<usize>,
    pooled: bool,
    pub(super) k: usize,
}

/// The rules of a world for one question.
#[derive(Debug)]
pub struct Rules<'a> {
    world: &'a World,
    exempt: BTreeSet<usize>,
}

impl<'a> Rules<'a> {
    /// The rules for a question over these tables.
    #[must_use]
    pub fn new(world: &'a World, tables: &[usize]) -> Self {
        let own = |party: usize| {
            let mut read = tables.iter().map(|table| &world.tables[*table]);
            read.all(|table| table.party != party || table.own)
        };
        let exempt = if own(world.asker) {
            BTreeSet::from([world.asker])
        } else {
            BTreeSet::new()
        };
        Self { world, exempt }
    }

    /// The parties that count together with this one.
    fn together(&self, place: &Place, party: usize) -> BTreeSet<usize> {
        if !place.merged {
            return BTreeSet::from([party]);
        }
        self.world
            .classes()
            .into_iter()
            .find(|class| class.contains(&party))
            .unwrap()
    }

    /// The part that a row belongs to; none if nobody is behind it.
    #[must_use]
    pub fn part(&self, places: &[Place], row: &Row) -> Option<Part> {
        let stand_in = |place: &Place, party: usize| *self.together(place, party).first().unwrap();
        let at = |(place, who): (&Place, &BTreeSet<Entity>)| {
            who.iter()
                .map(|(party, _)| stand_in(place, *party))
                .collect()
        };
        let part: Part = places.iter().zip(&row.who).map(at).collect();
        part.iter()
            .any(|parties| !parties.is_empty())
            .then_some(part)
    }

    /// What a part owes.
    #[must_use]
    pub fn needs(&self, places: &[Place], part: &Part) -> Vec<Need> {
        let mut needs = Vec::new();
        for (at, (place, parties)) in places.iter().zip(part).enumerate() {
            for party in parties {
                let together = self.together(place, *party);
                let asking = place
                    .k
                    .iter()
                    .filter(|(party, _)| together.contains(party) && !self.exempt.contains(party));
                if let Some(k) = asking.map(|(_, k)| *k).max() {
                    let pooled = together.len() > 1;
                    needs.push(Need {
                        place: at,
                        parties: together,
                        pooled,
                        k: k.max(1),
                    });
                }
            }
        }
        needs
    }
}

impl Need {
    /// The entities at the need's place, one of each if they are pooled.
    pub(super) fn members<'a>(&'a self, who: &'a Who) -> impl Iterator<Item = Entity> + 'a {
        let counted = who[self.place]
            .iter()
            .filter(|(party, _)| self.parties.contains(party));
        counted.map(|(party, id)| (if self.pooled { usize::MAX } else { *party }, id.clone()))
    }

    /// Enough of them add something other than 0, and can be paired with those who stand there with them for others of these needs.
    fn met(&self, needs: &[Self], rows: &[(&Who, Number)]) -> Met {
        let mut sums: BTreeMap<Entity, Number> = BTreeMap::new();
        for (who, amount) in rows {
            for entity in self.members(who) {
                let sum = sums.entry(entity).or_insert(Number::from(0));
                *sum = sum.plus(*amount);
            }
        }
        let count = sums.values().filter(|sum| !sum.is_zero()).count();
        let mut others = needs.iter().filter(|other| !std::ptr::eq(*other, self));
        match count {
            0 => Met::Nobody,
            few if few < self.k => Met::TooFew,
            _enough if others.all(|other| paired(self, other, rows) >= self.k) => Met::Enough,
            _enough => Met::TooFew,
        }
    }
}

/// By need, whether enough add something other than 0.
#[must_use]
pub fn met_by<'a>(needs: &[Need], rows: impl Iterator<Item = (&'a Who, Number)>) -> Vec<Met> {
    let rows: Vec<(&Who, Number)> = rows.collect();
    needs.iter().map(|need| need.met(needs, &rows)).collect()
}

/// By need, whether enough are in these rows.
#[must_use]
pub fn met<'a>(needs: &[Need], rows: impl Iterator<Item = &'a Who>) -> Vec<Met> {
    met_by(needs, rows.map(|who| (who, Number::from(1))))
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// None at all.
    Nobody,
    /// Fewer than k.
    TooFew,
    /// At least k.
    Enough,
}
