//! Answers as the program prints them, compared with what they should be.

use serde_json::Value as Json;

use super::aggregate::Told;
use super::answer::Line;
use super::calendar;
use super::value::Value;

/// The rows of a JSON answer: an array of objects, read by position.
#[must_use]
pub fn rows(text: &str) -> Vec<Vec<Json>> {
    let rows: Vec<serde_json::Map<String, Json>> = serde_json::from_str(text).unwrap();
    rows.into_iter()
        .map(|row| row.into_iter().map(|(_, value)| value).collect())
        .collect()
}

/// The same rows, in whatever order.
#[must_use]
pub fn same(printed: &[Vec<Json>], expected: &[Line]) -> bool {
    let mut left: Vec<&Line> = expected.iter().collect();
    printed.len() == expected.len()
        && printed.iter().all(|row| {
            let found = left.iter().position(|line| alike(row, line));
            found.map(|at| left.swap_remove(at)).is_some()
        })
}

/// Rows that are among these by so many first values, and tell nothing else that is not told there, whatever it is.
#[must_use]
pub fn within(printed: &[Vec<Json>], expected: &[Line], keys: usize) -> bool {
    printed.iter().all(|row| {
        expected.iter().any(|line| {
            let (key, told) = row.split_at(keys);
            let (name, known) = line.split_at(keys);
            let named = key.iter().zip(name).all(|(key, name)| is(key, name));
            let mut pairs = told.iter().zip(known);
            named && pairs.all(|(told, known)| told.is_null() || !known.is_null())
        })
    })
}

fn alike(row: &[Json], line: &Line) -> bool {
    row.len() == line.len()
        && row
            .iter()
            .zip(line)
            .all(|(printed, told)| is(printed, told))
}

/// A printed value is this one: exactly, but for real numbers.
fn is(printed: &Json, told: &Told) -> bool {
    match told {
        Told::Value(Value::Null) => printed.is_null(),
        Told::Value(Value::Truth(truth)) => printed.as_bool() == Some(*truth),
        Told::Value(Value::Text(text)) => printed.as_str() == Some(text),
        Told::Value(Value::Moment(at)) => printed.as_str() == Some(&calendar::text(*at, 'T')),
        Told::Value(Value::Number(number)) => {
            let exact = printed
                .as_i64()
                .is_some_and(|whole| *number == whole.into());
            exact || real(printed).is_some_and(|real| near(real, number.real(), 1e-14))
        }
        Told::Real(expected) => real(printed).is_some_and(|real| near(real, *expected, 1e-9)),
    }
}

fn real(printed: &Json) -> Option<f64> {
    printed.as_f64().or_else(|| printed.as_str()?.parse().ok())
}

fn near(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() <= by * (1.0 + a.abs().max(b.abs()))
}

/// An expected answer in words, for a failure.
#[must_use]
pub fn show(lines: &[Line]) -> String {
    let value = |told: &Told| match told {
        Told::Value(value) => value.literal(),
        Told::Real(real) => real.to_string(),
    };
    let line = |line: &Line| line.iter().map(value).collect::<Vec<_>>().join(", ");
    let lines: Vec<String> = lines.iter().map(|one| format!("[{}]", line(one))).collect();
    lines.join(" ")
}
