//! What many people come to together, told by way of something else.

use crate::generate::shape::{consent, negation};
use crate::oracle::world::Column;

use super::{Mutator, Site};

/// A table of somebody else than who asks, of which a column fits.
fn table_with(site: &mut Site<'_>, fits: impl Fn(&Column) -> bool) -> Option<String> {
    let tables = 0..site.world.tables.len();
    let of = |table: &usize| &site.world.tables[*table];
    let fitting = tables
        .filter(|table| of(table).party != site.world.asker && of(table).columns.iter().any(&fits));
    let fitting: Vec<usize> = fitting.collect();
    let table = *fitting.get(site.random.below(fitting.len().max(1)))?;
    Some(site.world.full_name(table))
}

/// How many rows of two owners each person has, `(who, n)`: they let each other link, and one of them lets nobody ask for absence.
fn counted(site: &mut Site<'_>) -> Option<String> {
    let tables = &site.world.tables;
    let pairs = (0..tables.len()).flat_map(|one| (0..tables.len()).map(move |other| (one, other)));
    let fits = |(one, other): &(usize, usize)| {
        let both = [tables[*one].party, tables[*other].party].into();
        tables[*one].party != tables[*other].party
            && consent(site.world, &both, &both)
            && !negation(site.world, &both)
    };
    let pairs: Vec<(usize, usize)> = pairs.filter(fits).collect();
    let (one, other) = *pairs.get(site.random.below(pairs.len().max(1)))?;
    let [one, other] = [one, other].map(|table| site.world.full_name(table));
    Some(format!(
        "(SELECT u.who, count(*) AS n FROM (SELECT who FROM {one} UNION ALL SELECT who FROM {other}) AS u GROUP BY u.who) AS g"
    ))
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "a list kept by what people have",
        code: "E_CROWD",
        make: |site| {
            let asked = |column: &Column| column.name == "tag" && column.filter.is_some();
            let from = table_with(site, asked)?;
            Some(format!(
                "SELECT sum(v.n) AS s0 FROM (VALUES ('red', 1), ('blue', 1000)) AS v(k, n) WHERE v.k IN (SELECT t.tag FROM {from} AS t)"
            ))
        },
    },
    Mutator {
        name: "a list kept by whether there is anybody",
        code: "E_CROWD",
        make: |site| {
            let asked = |column: &Column| column.name == "tag" && column.filter.is_some();
            let from = table_with(site, asked)?;
            Some(format!(
                "SELECT sum(v.n) AS s0 FROM (VALUES ('red', 1), ('blue', 1000)) AS v(k, n) WHERE EXISTS (SELECT 1 FROM {from} AS t WHERE t.tag = v.k)"
            ))
        },
    },
    Mutator {
        name: "a count over owners as a name",
        code: "E_NEGATION",
        make: |site| {
            let from = counted(site)?;
            Some(format!(
                "SELECT g.n AS k0, count(*) AS s0 FROM {from} GROUP BY g.n"
            ))
        },
    },
    Mutator {
        name: "a count over owners as an order",
        code: "E_NEGATION",
        make: |site| {
            let from = counted(site)?;
            Some(format!(
                "SELECT sum(h.r) AS s0 FROM (SELECT g.who, count(*) OVER (PARTITION BY g.who ORDER BY g.n) AS r FROM {from}) AS h"
            ))
        },
    },
];
