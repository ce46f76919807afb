//! Specs and batches of the cases.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, Int64Array, RecordBatch, UInt64Array};
use arrow::datatypes::DataType;
use release::{
    KeyColumn, PartyRule, Release, ReleaseSpec, Released, Slot, Statistic, StatisticKind, TrackForm,
};

/// A spec over a track in column 0, a key in column 1 (if any), an argument in column 2.
pub(crate) fn spec(k: u32, keyed: bool, statistics: Vec<Statistic>) -> ReleaseSpec {
    ReleaseSpec {
        keys: if keyed {
            vec![KeyColumn {
                column: 1,
                name: "key".into(),
            }]
        } else {
            vec![]
        },
        statistics,
        slots: vec![Slot {
            column: 0,
            form: TrackForm::Scalar,
            merged: false,
            same: Vec::new(),
            over: Vec::new(),
            displaces: false,
            k: vec![(0, k)],
        }],
        parties: vec![PartyRule {
            name: "bank_a".into(),
            exempt: false,
            pool: 0,
            dominance: 0,
        }],
    }
}

pub(crate) fn statistic(kind: StatisticKind, output: DataType) -> Statistic {
    Statistic {
        name: "value".into(),
        kind,
        branches: vec![],
        output,
    }
}

pub(crate) fn sum(output: DataType) -> Statistic {
    statistic(StatisticKind::Sum { column: 2 }, output)
}

/// A batch of one row an entity.
pub(crate) fn batch(key: ArrayRef, argument: ArrayRef) -> RecordBatch {
    let tracks: ArrayRef = Arc::new((0..key.len() as u64).map(Some).collect::<UInt64Array>());
    batch_of(tracks, key, argument)
}

pub(crate) fn batch_of(tracks: ArrayRef, key: ArrayRef, argument: ArrayRef) -> RecordBatch {
    let columns = [
        ("who", tracks, true),
        ("key", key, true),
        ("x", argument, true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

pub(crate) fn run(spec: ReleaseSpec, batch: &RecordBatch) -> Released {
    let mut release = Release::new(spec, &batch.schema()).unwrap();
    release.update(batch).unwrap();
    release.finish().unwrap()
}

pub(crate) fn same(rows: usize) -> ArrayRef {
    Arc::new(vec![Some(7); rows].into_iter().collect::<Int32Array>())
}

pub(crate) fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(values.iter().copied().map(Some).collect::<Int64Array>())
}
