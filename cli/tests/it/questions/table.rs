//! Answers as text, to be compared cell by cell.

use std::collections::BTreeMap;

use serde_json::Value;

/// One row: column → cell; `None` is NULL.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// An answer with the order of its columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// The rows by their first columns.
    pub(crate) fn by_key(&self, keys: usize) -> BTreeMap<Vec<Option<String>>, &Row> {
        let key = |row: &Row| {
            self.columns[..keys]
                .iter()
                .map(|name| row[name].clone())
                .collect()
        };
        let found: BTreeMap<_, _> = self.rows.iter().map(|row| (key(row), row)).collect();
        assert_eq!(found.len(), self.rows.len(), "the key is no key");
        found
    }
}

/// The program's JSON answer, in the order of these columns.
pub(crate) fn from_json(line: &str, columns: &[String]) -> Table {
    let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(line).unwrap();
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    let rows = rows
        .into_iter()
        .map(|row| row.into_iter().map(|(k, v)| (k, text(v))).collect());
    Table {
        columns: columns.to_vec(),
        rows: rows.collect(),
    }
}

/// Equal as text or, up to the last digit of a float, as numbers.
pub(crate) fn same(a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return a == b;
    };
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => (x - y).abs() <= 1e-6 * x.abs().max(1.0),
        _text => a == b,
    }
}

/// Where two answers differ, in words; NULL on the right is let pass where `withheld` says so.
pub(crate) fn differences(
    expected: &Table,
    got: &Table,
    keys: usize,
    withheld: fn(&str) -> bool,
) -> Vec<String> {
    let (expected_rows, got_rows) = (expected.by_key(keys), got.by_key(keys));
    let mut found = Vec::new();
    for key in got_rows
        .keys()
        .filter(|key| !expected_rows.contains_key(*key))
    {
        found.push(format!("a row too many: {key:?}"));
    }
    for (key, row) in expected_rows {
        let Some(answered) = got_rows.get(&key) else {
            found.push(format!("no row {key:?}"));
            continue;
        };
        for name in &expected.columns {
            let (want, have) = (row[name].as_deref(), answered[name].as_deref());
            let null = have.is_none() && withheld(name);
            if !same(want, have) && !null {
                found.push(format!(
                    "{key:?} {name}: {want:?} expected, {have:?} answered"
                ));
            }
        }
    }
    found
}
