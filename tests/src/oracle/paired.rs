//! How many of those behind rows count: as many as can be paired with somebody of another need who stands behind a row with them.

use std::collections::{BTreeMap, BTreeSet};

use super::number::Number;
use super::relation::{Entity, Who};
use super::support::Need;

/// One of the places that a partner has for those who are paired with it; nobody's are without end.
type Seat = (Option<Entity>, usize);

/// By who adds something, with whom; with nobody where nobody of the other need is behind the row.
type Partners = BTreeMap<Entity, BTreeSet<Option<Entity>>>;

/// The most who can be paired, each with a partner that has a seat left.
pub(super) fn paired(need: &Need, other: &Need, rows: &[(&Who, Number)]) -> usize {
    let partners = partners(need, other, rows);
    let seats = need.k.div_ceil(other.k);
    let mut taken: BTreeMap<Seat, Entity> = BTreeMap::new();
    let mut count = 0;
    for (number, who) in partners.keys().enumerate() {
        let mut asked = BTreeSet::new();
        count += usize::from(seat(who, number, &partners, seats, &mut taken, &mut asked));
    }
    count
}

fn partners(need: &Need, other: &Need, rows: &[(&Who, Number)]) -> Partners {
    let mut sums: BTreeMap<(Entity, Option<Entity>), Number> = BTreeMap::new();
    for (who, amount) in rows {
        let theirs: BTreeSet<Entity> = other.members(who).collect();
        let mut theirs: Vec<Option<Entity>> = theirs.into_iter().map(Some).collect();
        if theirs.is_empty() {
            theirs.push(None);
        }
        for one in need.members(who).collect::<BTreeSet<Entity>>() {
            for partner in &theirs {
                let pair = (one.clone(), partner.clone());
                let sum = sums.entry(pair).or_insert(Number::from(0));
                *sum = sum.plus(*amount);
            }
        }
    }
    let mut partners = Partners::new();
    for ((one, partner), _) in sums.into_iter().filter(|(_, sum)| !sum.is_zero()) {
        partners.entry(one).or_default().insert(partner);
    }
    partners
}

/// Seats somebody, where whoever sits there may have to find another seat.
fn seat(
    who: &Entity,
    number: usize,
    partners: &Partners,
    seats: usize,
    taken: &mut BTreeMap<Seat, Entity>,
    asked: &mut BTreeSet<Seat>,
) -> bool {
    for partner in &partners[who] {
        let own = if partner.is_some() {
            0..seats
        } else {
            number..number + 1
        };
        for at in own {
            let place = (partner.clone(), at);
            if !asked.insert(place.clone()) {
                continue;
            }
            let sitting = taken.get(&place).cloned();
            let free =
                sitting.is_none_or(|sitting| seat(&sitting, number, partners, seats, taken, asked));
            if free {
                taken.insert(place, who.clone());
                return true;
            }
        }
    }
    false
}
