//! Who stands behind a row, and that rows of nobody leave nothing behind.

use arrow::array::ArrayRef;

use super::*;

/// A release of all rows as one group, of which two columns name the entities and terms say whose each names.
fn named(by: [u64; 2], a: &[Option<u64>], b: &[Option<u64>]) -> PrivateRelease {
    let rows = vec![one(0, 0, 100); a.len()];
    let batch = batch(&rows);
    let mut columns = batch.columns().to_vec();
    let tracks = |of: &[Option<u64>]| -> ArrayRef { Arc::new(UInt64Array::from(of.to_vec())) };
    (columns[1], columns[2]) = (tracks(a), tracks(b));
    let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    let terms = DpTerms {
        tracks: vec![(0, by[0]), (1, by[1])],
        ..terms(DpGroups::Whole, 1, 1)
    };
    let mut release = PrivateRelease::new(spec(false), terms, &batch.schema()).unwrap();
    release.update(&batch).unwrap();
    release
}

/// The numbers of entities that stand behind rows together.
fn behind(release: &PrivateRelease) -> Vec<usize> {
    let mut sizes: Vec<usize> = release.bearers.keys().map(|who| who.len()).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn a_column_names_entities_of_its_own_parties_alone() {
    let theirs = Some(track(1, 7));
    assert!(behind(&named([0b01, 0b10], &[theirs], &[None])).is_empty());
    assert_eq!(behind(&named([0b11, 0b10], &[theirs], &[None])), [1]);
}

#[test]
fn a_row_of_two_of_one_party_is_nobodys() {
    let (one, other) = (Some(track(0, 1)), Some(track(0, 2)));
    assert!(behind(&named([0b01, 0b01], &[one], &[other])).is_empty());
    assert_eq!(behind(&named([0b01, 0b01], &[one], &[one])), [1]);
}

#[test]
fn no_value_is_no_distinct_value() {
    let valued = |entity, value| Row {
        value,
        ..one(entity, 0, 100)
    };
    let rows = [valued(1, Some(5)), valued(2, None), valued(3, Some(5))];
    let release = release(&terms(DpGroups::Whole, 1, 1), &rows);
    let told: Vec<GroupSums> = before_noise(&release).into_values().collect();
    // Rows, amounts, distinct values.
    assert_eq!(told[0].values[..3], [3, 3, 1]);
}

#[test]
fn the_value_of_a_row_of_nobody_is_not_held() {
    let nobodys = |value| Row {
        bearer: (None, None),
        value: Some(value),
        ..one(1, 0, 100)
    };
    let terms = terms(DpGroups::Whole, 1, 1);
    let held = release(&terms, &[one(1, 0, 100)]).size();
    let beside = [one(1, 0, 100), nobodys(2), nobodys(3)];
    assert_eq!(release(&terms, &beside).size(), held);
}

#[test]
fn nothing_of_it_is_printed() {
    let release = release(&terms(DpGroups::Whole, 1, 1), &[one(1, 0, 100)]);
    assert_eq!(format!("{release:?}"), "PrivateRelease { .. }");
}
