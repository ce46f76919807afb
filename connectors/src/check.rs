//! The data against the policy's declarations: what is wrong, and in how many rows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use arrow::row::{RowConverter, SortField};
use policy::document::PolicyDocument;

use crate::types::shape_of;

/// What the data turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Rows that are sealed.
    pub rows: u64,
    /// Rows left out because they are about nobody: every unit of theirs is NULL.
    pub without_unit: u64,
    /// Declared keys that have no duplicates.
    pub unique: Vec<Vec<String>>,
    /// Declared keys with how many rows repeat an earlier one.
    pub duplicates: Vec<(Vec<String>, u64)>,
    /// Most rows that share one value, by unit and key column.
    pub most_rows: BTreeMap<String, u64>,
    /// Values outside their `measure` bounds, by column.
    pub clamped: BTreeMap<String, u64>,
}

impl Findings {
    /// What contradicts the policy, in words with counts of rows.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let duplicate = |(key, rows): &(Vec<String>, u64)| {
            let key = key.join(", ");
            format!("`{key}` is declared unique, but {rows} rows repeat an earlier value")
        };
        self.duplicates.iter().map(duplicate).collect()
    }

    /// What its owner should know, in words with counts of rows.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.without_unit > 0 {
            let rows = self.without_unit;
            remarks.push(format!(
                "{rows} rows are about nobody (no unit has a value) and are left out"
            ));
        }
        for (column, values) in self.clamped.iter().filter(|(_, values)| **values > 0) {
            remarks.push(format!(
                "`{column}`: {values} of {} values lie outside `measure` and will be clamped",
                self.rows
            ));
        }
        remarks
    }
}

/// One key whose repetitions are counted.
#[derive(Debug)]
struct Key {
    columns: Vec<usize>,
    names: Vec<String>,
    unique: bool,
    counts: HashMap<u128, u32>,
    seen: HashSet<u128>,
    repeated: u64,
}

/// Looks at batches as they are sealed. Checkers of several files merge.
#[derive(Debug)]
pub(crate) struct Checker {
    keys: Vec<Key>,
    measures: Vec<(usize, String, f64, f64, u64)>,
    rows: u64,
    without_unit: u64,
    hashers: Arc<(RandomState, RandomState)>,
}

impl Checker {
    pub(crate) fn new(document: &PolicyDocument, schema: &SchemaRef) -> Self {
        let shapes: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| shape_of(field))
            .collect();
        let unique = document
            .declared_unique(&shapes)
            .into_iter()
            .map(|key| (key, true));
        let counted = schema.fields().iter().filter(|field| {
            let rule = document.rule_for(field.name());
            rule.is_some_and(|rule| rule.unit.is_some() || !rule.join.is_empty())
        });
        let counted = counted.map(|field| (vec![field.name().clone()], false));
        let keys = unique.chain(counted).filter_map(|(names, unique)| {
            let columns = names.iter().map(|name| schema.index_of(name).ok());
            Some(Key {
                columns: columns.collect::<Option<Vec<_>>>()?,
                names,
                unique,
                counts: HashMap::new(),
                seen: HashSet::new(),
                repeated: 0,
            })
        });
        Self {
            keys: keys.collect(),
            measures: measures(document, schema),
            rows: 0,
            without_unit: 0,
            hashers: Arc::new((RandomState::new(), RandomState::new())),
        }
    }

    /// A checker of the same columns for another file.
    pub(crate) fn fresh(&self) -> Self {
        let keys = self.keys.iter().map(|key| Key {
            columns: key.columns.clone(),
            names: key.names.clone(),
            unique: key.unique,
            counts: HashMap::new(),
            seen: HashSet::new(),
            repeated: 0,
        });
        let measures = self
            .measures
            .iter()
            .map(|(at, name, lo, hi, _)| (*at, name.clone(), *lo, *hi, 0));
        Self {
            keys: keys.collect(),
            measures: measures.collect(),
            rows: 0,
            without_unit: 0,
            hashers: Arc::clone(&self.hashers),
        }
    }

    pub(crate) fn see(&mut self, batch: &RecordBatch, without_unit: usize) -> Result<(), String> {
        self.rows = self.rows.saturating_add(batch.num_rows() as u64);
        self.without_unit = self.without_unit.saturating_add(without_unit as u64);
        for key in &mut self.keys {
            for value in values(batch, &key.columns, &self.hashers)?
                .into_iter()
                .flatten()
            {
                if key.unique {
                    key.repeated = key
                        .repeated
                        .saturating_add(u64::from(!key.seen.insert(value)));
                } else {
                    let count = key.counts.entry(value).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        for (at, _, low, high, outside) in &mut self.measures {
            let Some(column) = batch.columns().get(*at) else {
                continue;
            };
            let numbers = cast(column, &DataType::Float64).map_err(|error| error.to_string())?;
            let numbers = numbers.as_primitive::<Float64Type>();
            let beyond = numbers
                .iter()
                .flatten()
                .filter(|n| !(*low..=*high).contains(n))
                .count();
            *outside = outside.saturating_add(beyond as u64);
        }
        Ok(())
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.rows = self.rows.saturating_add(other.rows);
        self.without_unit = self.without_unit.saturating_add(other.without_unit);
        for (mine, theirs) in self.keys.iter_mut().zip(other.keys) {
            mine.repeated = mine.repeated.saturating_add(theirs.repeated);
            for value in theirs.seen {
                mine.repeated = mine
                    .repeated
                    .saturating_add(u64::from(!mine.seen.insert(value)));
            }
            for (value, more) in theirs.counts {
                let count = mine.counts.entry(value).or_default();
                *count = count.saturating_add(more);
            }
        }
        for (mine, theirs) in self.measures.iter_mut().zip(other.measures) {
            mine.4 = mine.4.saturating_add(theirs.4);
        }
    }

    pub(crate) fn findings(self) -> Findings {
        let mut found = Findings {
            rows: self.rows,
            without_unit: self.without_unit,
            ..Findings::default()
        };
        for key in self.keys {
            if !key.unique {
                let most = key.counts.values().max().copied().unwrap_or(0);
                found.most_rows.insert(key.names.join(","), u64::from(most));
            } else if key.repeated == 0 {
                found.unique.push(key.names);
            } else {
                found.duplicates.push((key.names, key.repeated));
            }
        }
        found.clamped = self
            .measures
            .into_iter()
            .map(|(_, name, _, _, outside)| (name, outside))
            .collect();
        found
    }
}

fn measures(document: &PolicyDocument, schema: &SchemaRef) -> Vec<(usize, String, f64, f64, u64)> {
    let mut found = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let bounds = document
            .rule_for(field.name())
            .and_then(|rule| rule.measure.as_ref());
        let Some(bounds) = bounds else { continue };
        let number = |text: String| text.parse::<f64>().ok();
        let low = number(bounds.value.low.to_string()).unwrap_or(f64::NEG_INFINITY);
        let high = number(bounds.value.high.to_string()).unwrap_or(f64::INFINITY);
        found.push((at, field.name().clone(), low, high, 0));
    }
    found
}

/// A 128-bit keyed hash of each row's key; `None` where a part is NULL, which equals nothing.
fn values(
    batch: &RecordBatch,
    columns: &[usize],
    hashers: &(RandomState, RandomState),
) -> Result<Vec<Option<u128>>, String> {
    let columns: Vec<ArrayRef> = columns
        .iter()
        .filter_map(|at| batch.columns().get(*at))
        .map(Arc::clone)
        .collect();
    let fields = columns
        .iter()
        .map(|column| SortField::new(column.data_type().clone()));
    let converter = RowConverter::new(fields.collect()).map_err(|error| error.to_string())?;
    let rows = converter
        .convert_columns(&columns)
        .map_err(|error| error.to_string())?;
    let hash = |state: &RandomState, bytes: &[u8]| {
        let mut hasher = state.build_hasher();
        bytes.hash(&mut hasher);
        u128::from(std::hash::Hasher::finish(&hasher))
    };
    let one = |(at, row): (usize, arrow::row::Row<'_>)| {
        let bytes = row.as_ref();
        let whole = columns.iter().all(|column| column.is_valid(at));
        whole.then(|| hash(&hashers.0, bytes) << 64 | hash(&hashers.1, bytes))
    };
    Ok(rows.iter().enumerate().map(one).collect())
}
