//! Repetitions of keys, by a keyed 128-bit hash of each value: exact for all purposes, and small.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use siphasher::sip128::SipHasher13;

/// The key of the hash, drawn once a table: nobody can make up values that collide.
#[derive(Clone, Copy)]
pub(super) struct HashKey([u8; 16]);

impl HashKey {
    pub(super) fn draw() -> Self {
        let mut key = [0_u8; 16];
        let half = |state: RandomState| state.hash_one(0_u8).to_le_bytes();
        let (left, right) = key.split_at_mut(8);
        left.copy_from_slice(&half(RandomState::new()));
        right.copy_from_slice(&half(RandomState::new()));
        Self(key)
    }

    fn hash(self, bytes: &[u8]) -> u128 {
        SipHasher13::new_with_key(&self.0).hash(bytes).as_u128()
    }
}

impl std::fmt::Debug for HashKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HashKey").finish_non_exhaustive()
    }
}

/// Hash tables over what is a keyed hash already.
type Spread = BuildHasherDefault<Through>;

#[derive(Debug, Default)]
struct Through(u64);

impl Hasher for Through {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = u64::try_from(value >> 64).unwrap_or(0);
    }
}

/// One key whose repetitions are counted.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) columns: Vec<usize>,
    pub(super) names: Vec<String>,
    pub(super) unique: bool,
    pub(super) counted: bool,
    values: u64,
    counts: HashMap<u128, u32, Spread>,
}

impl Key {
    pub(super) fn new(columns: Vec<usize>, names: Vec<String>) -> Self {
        Self {
            columns,
            names,
            unique: false,
            counted: false,
            values: 0,
            counts: HashMap::default(),
        }
    }

    pub(super) fn fresh(&self) -> Self {
        Self {
            unique: self.unique,
            counted: self.counted,
            ..Self::new(self.columns.clone(), self.names.clone())
        }
    }

    pub(super) fn see(&mut self, batch: &RecordBatch, key: HashKey) -> Result<(), String> {
        for value in hashes(batch, &self.columns, key)?.into_iter().flatten() {
            self.values = self.values.saturating_add(1);
            let count = self.counts.entry(value).or_default();
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.values = self.values.saturating_add(other.values);
        for (value, more) in other.counts {
            let count = self.counts.entry(value).or_default();
            *count = count.saturating_add(more);
        }
    }

    /// Rows that repeat an earlier one.
    pub(super) fn repeated(&self) -> u64 {
        let different = u64::try_from(self.counts.len()).unwrap_or(u64::MAX);
        self.values.saturating_sub(different)
    }

    /// Most rows that share one value.
    pub(super) fn most(&self) -> u64 {
        u64::from(self.counts.values().max().copied().unwrap_or(0))
    }
}

/// A hash of each row's key; `None` where a part is NULL, which equals nothing.
fn hashes(
    batch: &RecordBatch,
    columns: &[usize],
    key: HashKey,
) -> Result<Vec<Option<u128>>, String> {
    let columns: Vec<&ArrayRef> = columns
        .iter()
        .filter_map(|at| batch.columns().get(*at))
        .collect();
    if let [column] = columns.as_slice()
        && *column.data_type() == DataType::Utf8
    {
        let texts = column.as_string::<i32>().iter();
        return Ok(texts
            .map(|text| text.map(|text| key.hash(text.as_bytes())))
            .collect());
    }
    let fields = columns
        .iter()
        .map(|column| SortField::new(column.data_type().clone()));
    let converter = RowConverter::new(fields.collect()).map_err(|error| error.to_string())?;
    let owned: Vec<ArrayRef> = columns.iter().map(|column| Arc::clone(column)).collect();
    let rows = converter
        .convert_columns(&owned)
        .map_err(|error| error.to_string())?;
    let whole = |at: usize| columns.iter().all(|column| column.is_valid(at));
    let each = rows.iter().enumerate();
    Ok(each
        .map(|(at, row)| whole(at).then(|| key.hash(row.as_ref())))
        .collect())
}
