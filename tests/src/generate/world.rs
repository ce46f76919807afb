//! Worlds: two or three parties, a table or two each, policies with small k.

use std::collections::BTreeSet;

use crate::oracle::value::Kind;
use crate::oracle::world::{Column, Grain, Owed, Table, World};

use super::random::Random;
use super::rows;

/// Text of a row that its owner filters away.
pub const GONE: &str = "vip";
/// The value of a unit column that is nobody.
pub const NOBODY: &str = "nobody";

/// A world.
#[must_use]
pub fn world(random: &mut Random) -> World {
    let mut apart = random.apart(2);
    let count = 2 + random.below(2);
    let parties: Vec<String> = ["alpha", "beta", "gamma"]
        .iter()
        .take(count)
        .map(|&name| name.into())
        .collect();
    let mut tables = Vec::new();
    for party in 0..count {
        tables.push(table(random, party, count, "events"));
        if random.percent(40) {
            tables.push(table(random, party, count, "people"));
        }
    }
    let asker = random.below(count);
    agree(random, &mut tables);
    trust(&mut apart, count, &mut tables);
    for table in tables.iter_mut().filter(|table| table.party != asker) {
        table.kept_away = random.percent(50);
    }
    World {
        parties,
        tables,
        asker,
        owed: Owed::Nothing,
    }
}

/// What a party decides once for all its tables.
fn agree(random: &mut Random, tables: &mut [Table]) {
    for party in 0..3 {
        let (k, negation, own) = (1 + random.below(4), random.percent(30), random.percent(50));
        let pool: BTreeSet<usize> = if random.percent(40) {
            others(party, 3)
        } else {
            BTreeSet::new()
        };
        for table in tables.iter_mut().filter(|table| table.party == party) {
            (table.k, table.negation, table.own) = (k, negation, own);
            table.pool.clone_from(&pool);
        }
    }
    let parties = tables.iter().map(|table| table.party).max().unwrap_or(0) + 1;
    for table in tables {
        table.pool.retain(|party| *party < parties);
    }
}

/// Whose names a party lets stand for many of its people.
fn trust(random: &mut Random, count: usize, tables: &mut [Table]) {
    for party in (0..count).filter(|_| random.percent(25)) {
        for table in tables.iter_mut().filter(|table| table.party == party) {
            table.crowds = others(party, count);
        }
    }
}

fn others(party: usize, count: usize) -> BTreeSet<usize> {
    (0..count).filter(|other| *other != party).collect()
}

fn table(random: &mut Random, party: usize, parties: usize, name: &str) -> Table {
    let people = name == "people";
    let mut columns = vec![Column {
        unit: Some("person"),
        join: Some("person"),
        ..Column::new("who", Kind::Text)
    }];
    if random.percent(40) {
        columns[0].absent.push(NOBODY.into());
    }
    if !people && random.percent(40) {
        let mut peer = Column {
            unit: Some("person"),
            join: Some("person"),
            ..Column::new("peer", Kind::Text)
        };
        if random.percent(50) {
            peer.absent.push(NOBODY.into());
        }
        if random.percent(30) {
            peer.unit = None;
        }
        columns.push(peer);
    }
    columns.extend(values(random));
    columns.push(Column {
        hidden: true,
        ..Column::new("risk", Kind::Text)
    });
    columns.push(Column {
        hidden: true,
        ..Column::new("secret", Kind::Whole)
    });
    let gone = random
        .percent(60)
        .then(|| (columns.len() - 2, GONE.to_owned()));
    let mut table = Table {
        party,
        name: name.to_owned(),
        columns,
        rows: Vec::new(),
        k: 2,
        unique: people.then_some(0),
        with: if random.percent(90) {
            others(party, parties)
        } else {
            BTreeSet::new()
        },
        many: BTreeSet::new(),
        crowds: BTreeSet::new(),
        negation: false,
        pool: BTreeSet::new(),
        own: false,
        gone,
        kept_away: false,
    };
    if random.percent(80) {
        table.many = table.with.clone();
    }
    table.rows = rows::rows(random, &table);
    table
}

/// Columns that are no identifiers.
fn values(random: &mut Random) -> Vec<Column> {
    let some = |yes: bool, grain: Grain| yes.then_some(grain);
    let mut tag = Column::new("tag", Kind::Text);
    (tag.dimension, tag.filter) = (Some(Grain::Any), some(random.percent(80), Grain::Any));
    let mut big = Column::new("big", Kind::Truth);
    (big.dimension, big.filter) = (some(random.percent(60), Grain::Any), Some(Grain::Any));
    let mut size = Column::new("size", Kind::Whole);
    size.filter = Some(Grain::Any);
    size.dimension = some(random.percent(40), Grain::Any);
    size.measure = random.percent(80).then_some((0, 5));
    let mut amount = Column::new("amount", Kind::Decimal(2));
    amount.filter = some(
        random.percent(70),
        if random.percent(50) {
            Grain::Step(10)
        } else {
            Grain::Any
        },
    );
    amount.measure = Some(*random.pick(&[(0, 100), (-50, 50), (0, 20)]));
    amount.compare = random.percent(50);
    let mut day = Column::new("day", Kind::Moment);
    day.filter = some(random.percent(80), Grain::Day);
    day.dimension = some(random.percent(60), Grain::Month);
    day.compare = random.percent(50);
    let mut all = vec![tag, big, size, amount, day];
    if random.percent(30) {
        all.remove(random.below(5));
    }
    all
}
