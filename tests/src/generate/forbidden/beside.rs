//! Another protected table beside one of the question's.

use crate::generate::shape::{consent, many, negation};
use crate::oracle::world::Table;

use super::{Mutator, Site};

/// A table of somebody else for which something holds.
fn other(
    site: &mut Site<'_>,
    fits: impl Fn(&Site<'_>, usize, usize) -> bool,
    write: impl Fn(&str, &str) -> String,
) -> Option<String> {
    if !site.is_open() {
        return None;
    }
    let read = site.question.input.tables();
    let one = *site.random.pick(&read);
    let others = 0..site.world.tables.len();
    let others: Vec<usize> = others.filter(|other| fits(site, one, *other)).collect();
    let other = *others.get(site.random.below(others.len().max(1)))?;
    let name = site.world.full_name(other);
    let party = site.world.tables[one].party;
    let same = site.world.tables[one].name.clone();
    site.at_table(
        |table| table.party == party && table.name == same,
        &|_, text| write(text, &name),
    )
}

fn strangers(site: &Site<'_>, one: usize, other: usize) -> bool {
    site.world.tables[one].party != site.world.tables[other].party
}

fn both(site: &Site<'_>, one: usize, other: usize) -> [std::collections::BTreeSet<usize>; 2] {
    [one, other].map(|table| [site.world.tables[table].party].into())
}

/// They have not agreed that absence be asked.
fn no_negation(site: &Site<'_>, one: usize, other: usize) -> bool {
    let [one_party, other_party] = both(site, one, other);
    strangers(site, one, other)
        && !negation(
            site.world,
            &one_party.union(&other_party).copied().collect(),
        )
}

fn no_consent(site: &Site<'_>, one: usize, other: usize) -> bool {
    let [one, other] = [one, other].map(|table| &site.world.tables[table]);
    let linked = one.with.contains(&other.party) && other.with.contains(&one.party);
    one.party != other.party && !linked
}

fn has(table: &Table, name: &str, fits: impl Fn(&crate::oracle::world::Column) -> bool) -> bool {
    table
        .columns
        .iter()
        .any(|column| column.name == name && fits(column))
}

/// Two tables that may be joined as they are, whose amounts may not be compared.
fn compared(site: &mut Site<'_>) -> Option<String> {
    let tables = &site.world.tables;
    let pairs = (0..tables.len()).flat_map(|one| (0..tables.len()).map(move |other| (one, other)));
    let fits = |(one, other): &(usize, usize)| {
        let [one_party, other_party] = both(site, *one, *other);
        let asked =
            |table: &usize| has(&tables[*table], "amount", |column| column.filter.is_some());
        let agreed = |table: &usize| has(&tables[*table], "amount", |column| column.compare);
        strangers(site, *one, *other)
            && consent(site.world, &one_party, &other_party)
            && many(site.world, &one_party, &other_party)
            && many(site.world, &other_party, &one_party)
            && asked(one)
            && asked(other)
            && !(agreed(one) && agreed(other))
    };
    let pairs: Vec<(usize, usize)> = pairs.filter(fits).collect();
    let (one, other) = *pairs.get(site.random.below(pairs.len().max(1)))?;
    let [one, other] = [one, other].map(|table| site.world.full_name(table));
    Some(format!(
        "SELECT count(*) AS s0 FROM {one} AS a JOIN {other} AS b ON a.who = b.who AND a.amount > b.amount"
    ))
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "EXISTS under OR",
        code: "E_NEGATION",
        make: |site| {
            let (open, world) = (site.is_open(), site.world);
            site.at_table(|_| open, &|table, text| {
                let name = world.full_name(table);
                format!("{text} AS a WHERE a.who IS NULL OR EXISTS (SELECT 1 FROM {name} AS b WHERE b.who = a.who)")
            })
        },
    },
    Mutator {
        name: "absence that was not agreed to",
        code: "E_NEGATION",
        make: |site| {
            other(site, no_negation, |text, name| {
                format!(
                    "{text} AS a WHERE NOT EXISTS (SELECT 1 FROM {name} AS b WHERE b.who = a.who)"
                )
            })
        },
    },
    Mutator {
        name: "rows without a match that were not agreed to",
        code: "E_OUTER",
        make: |site| {
            other(site, no_negation, |text, name| {
                format!("SELECT m.* FROM ({text}) AS m LEFT JOIN {name} AS b ON b.who = m.c0")
            })
        },
    },
    Mutator {
        name: "a full join",
        code: "E_OUTER",
        make: |site| {
            other(
                site,
                |_, _, _| true,
                |text, name| {
                    format!("SELECT m.* FROM ({text}) AS m FULL JOIN {name} AS b ON b.who = m.c0")
                },
            )
        },
    },
    Mutator {
        name: "a join on an order",
        code: "E_JOIN",
        make: |site| {
            other(
                site,
                |_, _, _| true,
                |text, name| {
                    format!("SELECT m.* FROM ({text}) AS m JOIN {name} AS b ON b.who < m.c0")
                },
            )
        },
    },
    Mutator {
        name: "a join on a value",
        code: "E_JOIN",
        make: |site| {
            let tagged = |table: &Table| has(table, "tag", |column| column.filter.is_some());
            site.at_table(tagged, &|table, text| {
                let name = site.world.full_name(table);
                format!("SELECT m.* FROM ({text}) AS m JOIN {name} AS a ON a.who = m.c0 JOIN {name} AS b ON b.tag = a.tag")
            })
        },
    },
    Mutator {
        name: "a join that was not agreed to",
        code: "E_JOIN",
        make: |site| {
            other(site, no_consent, |text, name| {
                format!("SELECT m.* FROM ({text}) AS m JOIN {name} AS b ON b.who = m.c0")
            })
        },
    },
    Mutator {
        name: "amounts compared that were not agreed to",
        code: "E_COMPARE",
        make: compared,
    },
];
