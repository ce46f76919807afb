//! What is held of rows, in bytes.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array};

use super::*;
use crate::spec::TrackForm;
use crate::spec::{Adds, Branch, BranchSource, PartyRule, Slot, Statistic, StatisticKind};

/// A count of rows of two parties by one entity each, and by who took an arm if that is asked.
fn held(rows: &[u64], arms: Option<&[u64]>) -> Result<Release> {
    let tracks = |of: &[u64]| -> ArrayRef { Arc::new(UInt64Array::from(of.to_vec())) };
    let mut columns = vec![("who", tracks(rows), true)];
    columns.extend(arms.map(|arms| ("arm", tracks(arms), true)));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(ReleaseError::hide)?;
    let branch = Branch {
        source: BranchSource::Tracks(vec![1]),
        zero_ok: true,
        adds: Adds::Row,
    };
    let party = |name: &str| PartyRule {
        name: name.to_owned(),
        exempt: false,
        pool: 0,
        dominance: 0,
    };
    let spec = ReleaseSpec {
        keys: Vec::new(),
        statistics: vec![Statistic {
            name: "n".to_owned(),
            kind: StatisticKind::CountRows,
            branches: arms.map(|_| branch).into_iter().collect(),
            output: DataType::Int64,
        }],
        slots: vec![Slot {
            column: 0,
            form: TrackForm::Scalar,
            merged: false,
            same: Vec::new(),
            over: Vec::new(),
            displaces: false,
            k: vec![(0, 9), (1, 9)],
        }],
        parties: vec![party("bank_a"), party("bank_b")],
    };
    let mut release = Release::new(spec, &batch.schema())?;
    release.update(&batch)?;
    Ok(release)
}

#[test]
fn its_size_is_that_of_cells_parts_values_and_evidence() {
    let of_two_parties = held(&[1, 2, 1 << 56 | 3], None);
    let sizes = of_two_parties.map(|release| {
        let evidence: usize = release.evidence.iter().map(Evidence::size).sum();
        let others = release.cells.size() + release.values.size() + evidence;
        (release.size() - others, release.parts.list().len())
    });
    assert_eq!(sizes, Ok((2 * 24, 2)));
}

#[test]
fn who_took_an_arm_is_held_beside_who_stands_behind_the_row() {
    let size = |of: &[u64]| held(of, Some(of)).map(|release| release.size());
    let grown = size(&[1, 2, 3]).and_then(|more| Ok(more - size(&[1])?));
    assert_eq!(grown, Ok(2 * (32 + 32)));
    assert_eq!(size(&[1, 1]), size(&[1]));
}
