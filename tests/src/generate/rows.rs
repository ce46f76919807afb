//! Rows: few entities, heavy ties, NULLs, values at and beyond the bounds.

use crate::oracle::calendar::{DAY, day_of};
use crate::oracle::number::Number;
use crate::oracle::value::Value;
use crate::oracle::world::Table;

use super::random::Random;
use super::world::{GONE, NOBODY};

/// Rows of a table about at most twelve people.
pub fn rows(random: &mut Random, table: &Table) -> Vec<Vec<Value>> {
    let people = random.below(13);
    if table.unique.is_some() {
        let rows = (0..people).map(|person| row(random, table, &name(person)));
        return rows.collect();
    }
    let count = if people == 0 {
        0
    } else {
        random.below(3 * people + 2)
    };
    let each = |random: &mut Random| {
        let person = random.below(people);
        row(random, table, &name(person))
    };
    (0..count).map(|_| each(random)).collect()
}

/// The name of a person; every party knows the same people.
#[must_use]
pub fn name(person: usize) -> String {
    format!("p{person:02}")
}

fn row(random: &mut Random, table: &Table, who: &str) -> Vec<Value> {
    let mut row = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        row.push(match column.name {
            "who" if table.unique == Some(at) => Value::text(who),
            "who" => nobody_or(random, Value::text(who)),
            "peer" => {
                let peer = name(random.below(12));
                nobody_or(random, Value::Text(peer))
            }
            _ => value(random, column.name),
        });
    }
    row
}

fn nobody_or(random: &mut Random, someone: Value) -> Value {
    match random.below(20) {
        0 | 1 => Value::Null,
        2 | 3 => Value::text(NOBODY),
        _ => someone,
    }
}

/// A value for a column of this name.
pub fn value(random: &mut Random, column: &str) -> Value {
    if random.percent(12) && column != "secret" {
        return Value::Null;
    }
    match column {
        "tag" => Value::text(random.word(&["red", "red", "blue", "black", ""])),
        "big" => Value::Truth(random.percent(50)),
        "size" => Value::Number(Number::from(*random.pick(&[0, 1, 1, 2, 3, 5, 9, -4]))),
        "amount" => {
            let cents = *random.pick(&[
                0, 1, 1000, 1000, 2000, 2050, 4999, 5000, 10_000, 99_999_999, -1000, -99_999,
            ]);
            Value::Number(Number::new(cents, 2))
        }
        "day" => {
            let start = day_of(2025, 1, 28) * DAY;
            let days = i64::try_from(random.below(9)).unwrap();
            let hours = i64::try_from(random.below(3)).unwrap();
            Value::Moment(start + days * DAY + hours * 7 * 3_600_000_000)
        }
        "risk" => Value::text(random.word(&["low", "low", "high", GONE])),
        _ => Value::whole(random.below(1_000_000)),
    }
}
