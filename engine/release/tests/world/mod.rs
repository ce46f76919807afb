//! A small world: rows as a person would write them, and the same rows as Arrow batches.

pub mod beside;
pub mod generate;
pub mod numbers;
pub mod oracle;
mod paired;

use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Int32Array, Int64Array, ListBuilder,
    RecordBatch, StringArray, StringViewArray, UInt64Array, UInt64Builder,
};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, Schema};
use release::{Release, ReleaseSpec, TrackForm};

pub const KEY: usize = 0;
pub const BAND: usize = 1;
pub const X: usize = 2;
pub const MONEY: usize = 3;
pub const WORD: usize = 4;
pub const FLAG: usize = 5;
pub const FIRST_TRACK: usize = 6;

/// (party, entity).
pub type Who = (u8, u64);

#[derive(Debug, Clone)]
pub struct Row {
    pub key: Option<String>,
    pub band: Option<i32>,
    pub x: Option<i64>,
    pub money: Option<i128>,
    pub word: Option<String>,
    pub flag: Option<bool>,
    /// By slot; a scalar slot uses the first only.
    pub tracks: Vec<Vec<Who>>,
    pub arms: Vec<Vec<Who>>,
}

/// How the key column is stored.
#[derive(Debug, Clone, Copy)]
pub enum Strings {
    Plain,
    View,
    Dictionary,
}

#[derive(Debug, Clone)]
pub struct World {
    pub spec: ReleaseSpec,
    pub strings: Strings,
    pub rows: Vec<Row>,
}

/// A value of the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Integer(i128),
    Float(f64),
}

/// A row of the answer: its keys as text, and its statistics.
pub type Answer = Vec<(Vec<Option<String>>, Vec<Cell>)>;

impl World {
    /// The members of a row's track, as the column holds them.
    pub fn members<'a>(&self, slot: usize, who: &'a [Who]) -> &'a [Who] {
        match self.spec.slots[slot].form {
            TrackForm::Scalar => &who[..who.len().min(1)],
            TrackForm::Set => who,
        }
    }

    pub fn batch(&self, rows: &[Row]) -> RecordBatch {
        let key = rows.iter().map(|row| row.key.as_deref());
        let key: ArrayRef = match self.strings {
            Strings::Plain => Arc::new(key.collect::<StringArray>()),
            Strings::View => Arc::new(key.collect::<StringViewArray>()),
            Strings::Dictionary => Arc::new(key.collect::<DictionaryArray<Int32Type>>()),
        };
        let money: Decimal128Array = rows.iter().map(|row| row.money).collect();
        let mut columns: Vec<ArrayRef> = vec![
            key,
            Arc::new(rows.iter().map(|row| row.band).collect::<Int32Array>()),
            Arc::new(rows.iter().map(|row| row.x).collect::<Int64Array>()),
            Arc::new(money.with_precision_and_scale(20, 2).unwrap()),
            Arc::new(
                rows.iter()
                    .map(|row| row.word.as_deref())
                    .collect::<StringViewArray>(),
            ),
            Arc::new(rows.iter().map(|row| row.flag).collect::<BooleanArray>()),
        ];
        for slot in 0..self.spec.slots.len() {
            columns.push(self.tracks(slot, rows.iter().map(|row| row.tracks[slot].as_slice())));
        }
        for slot in 0..self.spec.slots.len() {
            columns.push(self.tracks(slot, rows.iter().map(|row| row.arms[slot].as_slice())));
        }
        let names = (0..columns.len()).map(|at| format!("c{at}"));
        RecordBatch::try_from_iter_with_nullable(
            names.zip(columns).map(|(name, array)| (name, array, true)),
        )
        .unwrap()
    }

    fn tracks<'a>(&self, slot: usize, rows: impl Iterator<Item = &'a [Who]>) -> ArrayRef {
        match self.spec.slots[slot].form {
            TrackForm::Scalar => Arc::new(
                rows.map(|who| who.first().map(|who| track(*who)))
                    .collect::<UInt64Array>(),
            ),
            TrackForm::Set => {
                let mut list = ListBuilder::new(UInt64Builder::new());
                for (row, who) in rows.enumerate() {
                    for who in who {
                        list.values().append_value(track(*who));
                    }
                    list.append(!who.is_empty() || row % 2 == 0);
                }
                Arc::new(list.finish())
            }
        }
    }

    pub fn schema(&self) -> Arc<Schema> {
        self.batch(&[]).schema()
    }

    pub fn new_release(&self) -> Release {
        Release::new(self.spec.clone(), &self.schema()).unwrap()
    }

    /// The answer over all rows in one batch.
    pub fn run(&self) -> RecordBatch {
        let mut release = self.new_release();
        release.update(&self.batch(&self.rows)).unwrap();
        release.finish().unwrap().into_batch()
    }
}

pub fn track((party, entity): Who) -> u64 {
    (u64::from(party) << 56) | entity
}

/// Reads an answer back.
pub fn read(batch: &RecordBatch, keys: usize) -> Answer {
    let row = |row: usize| {
        let key = batch.columns()[..keys]
            .iter()
            .map(|array| text(array, row))
            .collect();
        let statistics = batch.columns()[keys..]
            .iter()
            .map(|array| cell(array, row))
            .collect();
        (key, statistics)
    };
    (0..batch.num_rows()).map(row).collect()
}

fn text(array: &ArrayRef, row: usize) -> Option<String> {
    array.is_valid(row).then(|| match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        other => unreachable!("key of type {other}"),
    })
}

fn cell(array: &ArrayRef, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row).into()),
        DataType::Decimal128(..) => {
            Cell::Integer(array.as_primitive::<Decimal128Type>().value(row))
        }
        DataType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(row)),
        other => unreachable!("statistic of type {other}"),
    }
}

/// Equal up to rounding of floating point numbers.
pub fn alike(ours: &Answer, theirs: &Answer) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()));
    let same = |pair: (&Cell, &Cell)| match pair {
        (Cell::Float(a), Cell::Float(b)) => near(*a, *b),
        (a, b) => a == b,
    };
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|((key, ours), (other, theirs))| {
                key == other && ours.len() == theirs.len() && ours.iter().zip(theirs).all(same)
            })
}
