//! Rows merged or seen together: what stands behind several of them.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate;
use super::number::Number;
use super::plan::{Aggregate, Function};
use super::relation::{Arm, Row, Who, nobody, unite};
use super::value::Value;

/// Several rows in one, without its values.
pub(super) fn merge(rows: &[Row], places: usize) -> Row {
    let mut one = Row {
        cells: Vec::new(),
        who: nobody(places),
        took: BTreeMap::new(),
        adds: BTreeMap::new(),
        base: BTreeSet::new(),
    };
    for row in rows {
        unite(&mut one.who, &row.who);
        one.base.extend(row.base.iter().copied());
        for (arm, who) in &row.took {
            unite(one.took.entry(*arm).or_insert_with(|| nobody(places)), who);
        }
    }
    one
}

/// A branch that an aggregate went through, and the number under which its result is known to have done so.
#[derive(Debug)]
pub(super) struct Through {
    pub(super) arm: Arm,
    pub(super) made: Arm,
    pub(super) kind: Kind,
}

/// Who has taken a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those by whom the value is another.
    Arm,
    /// The same of a term of a sum.
    Term,
    /// Whoever has something in it.
    Presence,
    /// Those who have something in it, if that is something in all.
    Net,
    /// Whoever stands between a row and the frame that it sees, or in it.
    Place,
}

impl Through {
    /// Who took it in rows that add something; nobody if it makes no difference to the value, whatever others that make
    /// none are left out.
    pub(super) fn takers(
        &self,
        all: &[Through],
        aggregate: &Aggregate,
        rows: &[&Row],
        places: usize,
    ) -> Option<Who> {
        let taken = |rows: &mut dyn Iterator<Item = &&Row>| {
            let mut who = nobody(places);
            for row in rows {
                if let Some(took) = row.took.get(&self.arm) {
                    unite(&mut who, took);
                }
            }
            who.iter().any(|place| !place.is_empty()).then_some(who)
        };
        match self.kind {
            Kind::Presence | Kind::Place => return taken(&mut rows.iter()),
            Kind::Net => {
                let amounts = rows
                    .iter()
                    .filter_map(|row| row.adds.get(&self.arm).copied());
                let net = amounts.reduce(Number::plus)?;
                return if net.is_zero() {
                    None
                } else {
                    taken(&mut rows.iter())
                };
            }
            Kind::Arm | Kind::Term => {}
        }
        if let Function::Shift(_) = aggregate.function {
            let handed = |row: &&&Row| !aggregate::argument(aggregate, row).is_null();
            return taken(&mut rows.iter().filter(handed));
        }
        let others: BTreeSet<Arm> = all
            .iter()
            .filter(|o| matches!(o.kind, Kind::Arm | Kind::Term | Kind::Net))
            .map(|o| o.arm)
            .filter(|a| *a != self.arm)
            // Leaving out what nobody took is leaving out nothing.
            .filter(|a| rows.iter().any(|row| row.took.contains_key(a)))
            .collect();
        let without = |arms: &[Arm]| {
            let kept = rows.iter().copied();
            let kept = kept.filter(|row| !arms.iter().any(|arm| row.took.contains_key(arm)));
            aggregate::value(aggregate, &kept.collect::<Vec<_>>())
        };
        let value = aggregate::value(aggregate, rows);
        let differs = |set: u32| {
            let mut out: Vec<Arm> = Vec::new();
            for (at, arm) in others.iter().enumerate() {
                if set >> at & 1 == 1 {
                    out.push(*arm);
                }
            }
            let before = without(&out);
            out.push(self.arm);
            before == value && without(&out) != value
        };
        if !(0..1_u32 << others.len()).any(differs) {
            return None;
        }
        let sums = aggregate.function == Function::Sum;
        let adds = |row: &&&Row| match aggregate::argument(aggregate, row) {
            Value::Null => false,
            Value::Number(number) => !(sums && number.is_zero()),
            _ => true,
        };
        taken(&mut rows.iter().filter(adds))
    }
}

/// The arms of an aggregate's result.
pub(super) fn arms_made(made: &[Through]) -> BTreeMap<Arm, bool> {
    let arms = made
        .iter()
        .filter(|through| matches!(through.kind, Kind::Arm | Kind::Place));
    arms.map(|through| (through.made, false)).collect()
}

/// The terms that it is made of.
pub(super) fn terms_made(made: &[Through]) -> BTreeSet<Arm> {
    let terms = made
        .iter()
        .filter(|through| !matches!(through.kind, Kind::Arm | Kind::Place));
    terms.map(|through| through.made).collect()
}
