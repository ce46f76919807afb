//! What one entity can change, exactly; and that the noise is what it is said to be.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answers;
mod bearers;
mod noise;
mod sensitivity;
mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Decimal128Array, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::DataType;
use policy::number::Decimal;

use super::sums::GroupSums;
use super::{DpGroups, DpTerms, PrivateRelease};
use crate::{KeyColumn, PartyRule, ReleaseSpec, Slot, Statistic, StatisticKind, TrackForm};

/// A row: whose it is, its group, its amount in cents, a value to be told apart.
#[derive(Debug, Clone)]
struct Row {
    bearer: (Option<u64>, Option<u64>),
    group: u8,
    amount: Option<i128>,
    value: Option<i64>,
}

fn track(party: u64, entity: u64) -> u64 {
    party << 56 | entity.wrapping_mul(0x9e37_79b9) & 0xff_ffff
}

fn batch(rows: &[Row]) -> RecordBatch {
    let of = |party: u64, pick: fn(&Row) -> Option<u64>| -> UInt64Array {
        rows.iter()
            .map(|row| pick(row).map(|entity| track(party, entity)))
            .collect()
    };
    let groups: StringArray = rows
        .iter()
        .map(|row| Some(format!("g{}", row.group)))
        .collect();
    let amounts: Decimal128Array = rows.iter().map(|row| row.amount).collect();
    let amounts = amounts.with_precision_and_scale(38, 2).unwrap();
    let values: Int64Array = rows.iter().map(|row| row.value).collect();
    RecordBatch::try_from_iter([
        ("g", Arc::new(groups) as _),
        ("a", Arc::new(of(0, |row| row.bearer.0)) as _),
        ("b", Arc::new(of(1, |row| row.bearer.1)) as _),
        ("x", Arc::new(amounts) as _),
        ("v", Arc::new(values) as _),
    ])
    .unwrap()
}

fn statistic(kind: StatisticKind, output: DataType) -> Statistic {
    Statistic {
        name: format!("{kind:?}"),
        kind,
        branches: Vec::new(),
        output,
    }
}

fn spec(keyed: bool) -> ReleaseSpec {
    let decimal = DataType::Decimal128(38, 2);
    let slot = |column, party| Slot {
        column,
        form: TrackForm::Scalar,
        merged: false,
        same: Vec::new(),
        over: Vec::new(),
        displaces: false,
        k: vec![(party, 10)],
    };
    let party = |name: &str, pool| PartyRule {
        name: name.to_owned(),
        exempt: false,
        pool,
        dominance: 0,
    };
    let keys = vec![KeyColumn {
        column: 0,
        name: "c0".to_owned(),
    }];
    ReleaseSpec {
        keys: if keyed { keys } else { Vec::new() },
        statistics: vec![
            statistic(StatisticKind::CountRows, DataType::Int64),
            statistic(StatisticKind::Count { column: 3 }, DataType::Int64),
            statistic(StatisticKind::CountDistinct { column: 4 }, DataType::Int64),
            statistic(StatisticKind::Sum { column: 3 }, decimal.clone()),
            statistic(StatisticKind::Avg { column: 3 }, decimal),
            statistic(StatisticKind::VarPop { column: 3 }, DataType::Float64),
        ],
        slots: vec![slot(1, 0), slot(2, 1)],
        parties: vec![party("bank_a", 0), party("bank_b", 1)],
    }
}

fn terms(groups: DpGroups, max_groups: u32, max_rows: u32) -> DpTerms {
    let whole = Decimal::from;
    let count = (whole(0), whole(i64::from(max_rows)));
    DpTerms {
        together: vec![0b01, 0b10],
        sides: None,
        tracks: vec![(0, 0b01), (1, 0b10)],
        max_groups,
        max_rows,
        epsilon: 1_000_000,
        delta: 1e-6,
        groups,
        least: 0,
        bounds: vec![
            count,
            count,
            count,
            (whole(-50), whole(120)),
            (whole(-50), whole(120)),
            (whole(-50), whole(120)),
        ],
    }
}

fn release(terms: &DpTerms, rows: &[Row]) -> PrivateRelease {
    let keyed = terms.groups != DpGroups::Whole;
    let batch = batch(rows);
    let mut release = PrivateRelease::new(spec(keyed), terms.clone(), &batch.schema()).unwrap();
    release.update(&batch).unwrap();
    release
}

/// By the group's key what is told of it but for noise.
fn before_noise(release: &PrivateRelease) -> BTreeMap<Vec<u8>, GroupSums> {
    let mut sums = release.sums(&[7; 32]);
    let cells = release.cells.sorted().into_iter();
    cells
        .filter_map(|(key, cell)| Some((key.to_vec(), sums.remove(&cell)?)))
        .collect()
}

fn one(entity: u64, group: u8, amount: i128) -> Row {
    Row {
        bearer: (Some(entity), None),
        group,
        amount: Some(amount),
        value: Some(1),
    }
}
