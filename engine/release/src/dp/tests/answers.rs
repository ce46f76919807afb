//! What is told but for noise: with so much epsilon that there is none.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};
use zeroize::Zeroizing;

use super::*;

/// So much that noise is 0 but once in a universe.
const PLENTY: u64 = 10_u64.pow(18);

/// Everything that can be told of a group.
fn everything(keyed: bool) -> ReleaseSpec {
    let column = 3;
    let float = DataType::Float64;
    let mut spec = spec(keyed);
    spec.statistics[4].output = DataType::Decimal128(38, 6);
    spec.statistics.extend([
        statistic(StatisticKind::VarSamp { column }, float.clone()),
        statistic(StatisticKind::StddevPop { column }, float.clone()),
        statistic(StatisticKind::StddevSamp { column }, float.clone()),
        statistic(StatisticKind::Avg { column }, float.clone()),
        statistic(StatisticKind::Sum { column }, float),
    ]);
    spec
}

fn plenty(groups: DpGroups, max_groups: u32, max_rows: u32) -> DpTerms {
    let mut terms = terms(groups, max_groups, max_rows);
    let amounts = terms.bounds[3];
    terms.bounds.extend([amounts; 5]);
    DpTerms {
        epsilon: PLENTY,
        ..terms
    }
}

fn told(terms: &DpTerms, rows: &[Row]) -> RecordBatch {
    let batch = batch(rows);
    let spec = everything(terms.groups != DpGroups::Whole);
    let mut release = PrivateRelease::new(spec, terms.clone(), &batch.schema()).unwrap();
    release.update(&batch).unwrap();
    release
        .finish(&Zeroizing::new([5; 32]))
        .unwrap()
        .into_batch()
}

/// The values of the first row as text.
fn shown(batch: &RecordBatch) -> Vec<String> {
    let value = |array: &ArrayRef| match array.data_type() {
        _ if array.is_null(0) => "NULL".to_owned(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(0).to_string(),
        DataType::Decimal128(_, scale) => {
            let value = array.as_primitive::<Decimal128Type>().value(0);
            Decimal::new(value, u8::try_from(*scale).unwrap()).to_string()
        }
        DataType::Float64 => format!("{:.4}", array.as_primitive::<Float64Type>().value(0)),
        other => unreachable!("{other}"),
    };
    batch.columns().iter().map(value).collect()
}

#[test]
fn statistics_are_those_of_the_rows() {
    let nothing = Row {
        amount: None,
        ..one(4, 0, 0)
    };
    let mut rows = vec![
        one(1, 0, 1_000),
        one(2, 0, 2_000),
        one(3, 0, 4_500),
        nothing,
    ];
    rows[2].value = Some(2);
    let told = told(&plenty(DpGroups::Whole, 1, 3), &rows);
    let expected = [
        "4", "3", "2", "75", "25", "216.6667", "325.0000", "14.7196", "18.0278", "25.0000",
        "75.0000",
    ];
    assert_eq!(shown(&told), expected);
}

#[test]
fn a_mean_below_zero_is_below_zero() {
    let rows = [one(1, 0, -1_000), one(2, 0, -2_001)];
    let told = shown(&told(&plenty(DpGroups::Whole, 1, 1), &rows));
    assert_eq!(
        [&told[3], &told[4], &told[9]],
        ["-30.01", "-15.005", "-15.0050"]
    );
}

#[test]
fn there_is_no_mean_of_nobody_and_no_spread_of_one() {
    let of = |rows: &[Row]| shown(&told(&plenty(DpGroups::Whole, 1, 1), rows));
    let nobody = [
        "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "0.0000",
    ];
    assert_eq!(of(&[]), nobody);
    let alone = of(&[one(1, 0, 1_000)]);
    assert_eq!(
        [&alone[5], &alone[6], &alone[7], &alone[8]],
        ["0.0000", "NULL", "0.0000", "NULL"]
    );
}

/// By group, how many are counted there.
fn counts(batch: &RecordBatch) -> BTreeMap<String, i64> {
    let (keys, counts) = (batch.column(0).as_string::<i32>(), batch.column(1));
    let counts = counts.as_primitive::<Int64Type>();
    let row = |row| (keys.value(row).to_owned(), counts.value(row));
    (0..batch.num_rows()).map(row).collect()
}

#[test]
fn groups_are_told_from_the_threshold_on_and_from_what_their_owners_ask_for() {
    let rows = |sizes: [u64; 5]| -> Vec<Row> {
        let group = |(group, size): (u8, u64)| (0..size).map(move |e| one(e, group, 100));
        (0..).zip(sizes).flat_map(group).collect()
    };
    let rows = rows([1, 2, 3, 5, 6]);
    let told = |least| {
        let terms = DpTerms {
            least,
            ..plenty(DpGroups::Threshold, 5, 1)
        };
        counts(&told(&terms, &rows))
            .into_values()
            .collect::<Vec<i64>>()
    };
    assert_eq!(
        told(0),
        [3, 5, 6],
        "two more than one entity makes by itself"
    );
    assert_eq!(told(5), [5, 6]);
    assert_eq!(told(6), [6]);
    assert!(told(7).is_empty());
}

/// Who is in five groups counts in two, in others than somebody else, and with another key in others again.
#[test]
fn which_groups_of_an_entity_count_is_its_own_order() {
    let listed = |key: u8, entity: u64| {
        let rows: Vec<Row> = (0..5).map(|group| one(entity, group, 100)).collect();
        let mut release = release(&plenty_of_listed(), &rows);
        let keys = StringArray::from(vec!["g0", "g1", "g2", "g3", "g4"]);
        let keys = RecordBatch::try_from_iter([("g", Arc::new(keys) as _)]).unwrap();
        release.list(&keys).unwrap();
        let told = release.finish(&Zeroizing::new([key; 32])).unwrap();
        let counts = counts(&told.into_batch())
            .into_values()
            .collect::<Vec<i64>>();
        assert_eq!(counts.iter().sum::<i64>(), 2, "{counts:?}");
        counts
    };
    let differ = |all: Vec<Vec<i64>>| {
        let mut all = all;
        all.sort();
        all.dedup();
        all.len() > 5
    };
    assert_eq!(listed(1, 1), listed(1, 1));
    assert!(differ((0..40).map(|entity| listed(1, entity)).collect()));
    assert!(differ((0..40).map(|key| listed(key, 1)).collect()));
}

fn plenty_of_listed() -> DpTerms {
    DpTerms {
        epsilon: PLENTY,
        ..terms(DpGroups::Listed, 2, 1)
    }
}

/// Who has five values counts with two of them, in an order of its own: so of many, all are counted.
#[test]
fn which_values_of_an_entity_count_is_its_own_order() {
    let rows = |entities: u64| -> Vec<Row> {
        let all = (0..entities).flat_map(|entity| (0..5).map(move |value| (entity, value)));
        let row = |(entity, value)| Row {
            value: Some(value),
            ..one(entity, 0, 100)
        };
        all.map(row).collect()
    };
    let distinct = |entities| {
        let terms = plenty(DpGroups::Whole, 1, 2);
        shown(&told(&terms, &rows(entities)))[2].clone()
    };
    assert_eq!([distinct(1), distinct(40)], ["2", "5"]);
}
