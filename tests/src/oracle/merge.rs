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
        let others = all
            .iter()
            .filter(|o| matches!(o.kind, Kind::Arm | Kind::Term | Kind::Net))
            .map(|o| o.arm)
            .filter(|a| *a != self.arm);
        let mut left_out = BTreeSet::from([BTreeSet::new()]);
        for arm in others {
            let own = taken_in(arm, rows);
            let more: Vec<BTreeSet<usize>> = left_out.iter().map(|out| out | &own).collect();
            left_out.extend(more);
        }
        let without = |out: &BTreeSet<usize>| {
            let kept = rows.iter().enumerate().filter(|(at, _)| !out.contains(at));
            let kept: Vec<&Row> = kept.map(|(_, row)| *row).collect();
            aggregate::value(aggregate, &kept)
        };
        let (value, own) = (aggregate::value(aggregate, rows), taken_in(self.arm, rows));
        let differs =
            |out: &BTreeSet<usize>| without(out) == value && without(&(out | &own)) != value;
        if !left_out.iter().any(differs) {
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

/// The rows, by number, in which an arm was taken.
fn taken_in(arm: Arm, rows: &[&Row]) -> BTreeSet<usize> {
    let each = rows.iter().enumerate();
    each.filter(|(_, row)| row.took.contains_key(&arm))
        .map(|(at, _)| at)
        .collect()
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
