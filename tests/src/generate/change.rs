//! Worlds that differ in what must not matter.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::oracle::calendar::{DAY, day_of};
use crate::oracle::number::Number;
use crate::oracle::value::{Kind, Value};
use crate::oracle::world::{Table, World};

use super::random::Random;
use super::rows;

/// Hidden columns scrambled, and rows that their owner filters away changed, dropped and added.
#[must_use]
pub fn scrambled(world: &World, seed: u64) -> World {
    world.with_rows(|table| {
        let mut random = Random::new(seed, 101);
        let mut changed = Vec::new();
        for row in &table.rows {
            let filtered = |(at, text): &(usize, String)| row[*at] == Value::Text(text.clone());
            if !table.gone.as_ref().is_some_and(filtered) {
                let mut row = row.clone();
                scramble(&mut random, table, &mut row);
                changed.push(row);
            }
        }
        if let Some((at, text)) = &table.gone {
            for person in 0..random.below(6) {
                let value = |random: &mut Random, name| rows::value(random, name);
                let mut row: Vec<Value> = table
                    .columns
                    .iter()
                    .map(|column| value(&mut random, column.name))
                    .collect();
                row[0] = Value::Text(format!("x{person}"));
                row[*at] = Value::text(text);
                let place = random.below(changed.len() + 1);
                changed.insert(place, row);
            }
        }
        changed
    })
}

/// Rows that their owner filters away exist, but not for the asker; or the other way round.
#[must_use]
pub fn kept_away(world: &World) -> World {
    let mut world = world.clone();
    let asker = world.asker;
    for table in world.tables.iter_mut().filter(|table| table.party != asker) {
        table.kept_away = !table.kept_away;
    }
    world
}

fn scramble(random: &mut Random, table: &Table, row: &mut [Value]) {
    for (at, column) in table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.hidden)
    {
        let decides = table.gone.as_ref().is_some_and(|(gone, _)| *gone == at);
        row[at] = if decides {
            Value::text(random.word(&["low", "other"]))
        } else {
            rows::value(random, column.name)
        };
    }
}

/// These rows, each a table and a number, say something else wherever a rule permits any value.
#[must_use]
pub fn altered(world: &World, these: &BTreeSet<(usize, usize)>, seed: u64) -> World {
    let mut world = world.clone();
    let mut random = Random::new(seed, 104);
    for (number, row) in these {
        let table = &mut world.tables[*number];
        let free = (0..table.columns.len()).filter(|at| table.unique != Some(*at));
        for at in free.collect::<Vec<_>>() {
            if random.percent(50) {
                table.rows[*row][at] = match table.columns[at].name {
                    "who" | "peer" => Value::Text(rows::name(random.below(13))),
                    name => rows::value(&mut random, name),
                };
            }
        }
    }
    world
}

/// Everybody has another name.
#[must_use]
pub fn renamed(world: &World) -> World {
    let rename = |value: &Value| match value {
        Value::Text(id) if id.starts_with('p') => {
            Value::Text(format!("r{}", id.chars().rev().collect::<String>()))
        }
        other => other.clone(),
    };
    mapped(world, |table, at, value| {
        if table.columns[at].unit.is_some() || table.columns[at].join.is_some() {
            rename(value)
        } else {
            value.clone()
        }
    })
}

fn mapped(world: &World, change: impl Fn(&Table, usize, &Value) -> Value) -> World {
    world.with_rows(|table| {
        let cells = |row: &Vec<Value>| {
            row.iter()
                .enumerate()
                .map(|(at, value)| change(table, at, value))
                .collect()
        };
        table.rows.iter().map(cells).collect()
    })
}

/// Rows in another order.
#[must_use]
pub fn shuffled(world: &World, seed: u64) -> World {
    world.with_rows(|table| {
        let mut rows = table.rows.clone();
        Random::new(seed, 102).shuffle(&mut rows);
        rows
    })
}

/// A party's tables, all of them together, about fewer people than any of them asks for: a union of
/// two of them counts their people together.
#[must_use]
pub fn small(world: &World, party: usize) -> World {
    let own = world.tables.iter().filter(|table| table.party == party);
    let k = own.map(|table| table.k).min().unwrap_or(0);
    let known: RefCell<BTreeSet<String>> = RefCell::default();
    world.with_rows(|table| {
        let mut rows = table.rows.clone();
        rows.retain(|row| {
            let mut all = known.borrow().clone();
            all.extend((0..row.len()).filter_map(|at| table.entity(row, at)));
            let few = table.party == party && all.len() < k;
            if few {
                known.replace(all);
            }
            few || table.party != party
        });
        rows
    })
}

/// A text that occurs nowhere else.
pub const PLANTED: &str = "pl4nted-s3cret";

/// Values that break careless arithmetic, casts and messages, wherever a rule permits any value, moments
/// beyond nanoseconds among them.
#[must_use]
pub fn poisoned(world: &World, seed: u64) -> World {
    world.with_rows(|table| {
        let mut random = Random::new(seed, 103);
        let mut rows = table.rows.clone();
        for row in &mut rows {
            for (at, column) in table.columns.iter().enumerate() {
                if table.unique != Some(at) && column.name != "risk" && random.percent(30) {
                    row[at] = poison(&mut random, column.kind);
                }
            }
        }
        rows
    })
}

fn poison(random: &mut Random, kind: Kind) -> Value {
    match kind {
        Kind::Text => Value::text(random.word(&[
            PLANTED,
            "pl4nted-s3cret'; DROP TABLE x; --",
            "\u{0}pl4nted-s3cret\n\r\t\"\\",
            "",
            "NULL",
            "1e999",
            "\u{202e}\u{feff}pl4nted-s3cret",
        ])),
        Kind::Whole => Value::Number(Number::from(*random.pick(&[
            i64::MAX,
            i64::MIN,
            0,
            -1,
            7_070_707_070_707_070,
        ]))),
        Kind::Decimal(scale) => Value::Number(Number::new(
            *random.pick(&[999_999_999_999, -999_999_999_999, 70_707_070_707, 1, 0]),
            scale,
        )),
        Kind::Truth => Value::Null,
        Kind::Moment => {
            let year = *random.pick(&[1, 1677, 1678, 1900, 2100, 2261, 2262, 9999, 294_246]);
            Value::Moment(day_of(year, 12, 31) * DAY)
        }
    }
}

/// The smallest world of fewer rows for which something still holds, in at most so many tries.
pub fn shrunk(world: &World, tries: usize, holds: impl Fn(&World) -> bool) -> World {
    let mut small = world.clone();
    let mut left = tries;
    for table in 0..world.tables.len() {
        let mut chunk = small.tables[table].rows.len();
        while chunk > 0 && left > 0 {
            let mut at = 0;
            while at < small.tables[table].rows.len() && left > 0 {
                let mut smaller = small.clone();
                let rows = &mut smaller.tables[table].rows;
                rows.drain(at..(at + chunk).min(rows.len()));
                left -= 1;
                if holds(&smaller) {
                    small = smaller;
                } else {
                    at += chunk;
                }
            }
            chunk /= 2;
        }
    }
    small
}
