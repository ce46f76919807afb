//! What a release takes, up to its limits, and what it says it holds.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, StringArray};
use arrow::datatypes::DataType;
use release::{MAX_PARTIES, Release, StatisticKind};

use crate::case::{batch, integers, same, spec, statistic};

fn cents() -> ArrayRef {
    let cents = Decimal128Array::from(vec![150]).with_precision_and_scale(10, 2);
    Arc::new(cents.unwrap())
}

#[test]
fn as_many_parties_fit_as_can_be_told_apart() {
    let batch = batch(same(1), integers(&[1]));
    let mut full = spec(1, true, vec![]);
    full.parties = vec![full.parties[0].clone(); MAX_PARTIES];
    assert!(Release::new(full, &batch.schema()).is_ok());
}

/// Counts are whole, sums keep the argument's digits, means have no fewer, deviations are real.
#[test]
fn a_statistic_is_answered_as_a_type_that_holds_it_exactly() {
    use DataType::{Decimal128, Float64, Int32, Int64, UInt64, Utf8};
    let column = 2;
    let count = [StatisticKind::CountRows, StatisticKind::Count { column }];
    let distinct = StatisticKind::CountDistinct { column };
    let (sum, avg) = (StatisticKind::Sum { column }, StatisticKind::Avg { column });
    let spread = [
        StatisticKind::VarPop { column },
        StatisticKind::VarSamp { column },
        StatisticKind::StddevPop { column },
        StatisticKind::StddevSamp { column },
    ];
    let fits = |kind: StatisticKind, argument: &ArrayRef, output: &DataType| {
        let batch = batch(same(1), Arc::clone(argument));
        let statistics = vec![statistic(kind, output.clone())];
        Release::new(spec(1, true, statistics), &batch.schema()).is_ok()
    };
    let (whole, cents) = (integers(&[1]), cents());
    let outputs = |kind: StatisticKind, argument: &ArrayRef| -> Vec<DataType> {
        let all = [
            Int32,
            Int64,
            UInt64,
            Float64,
            Utf8,
            Decimal128(38, 0),
            Decimal128(38, 2),
            Decimal128(38, 6),
        ];
        all.into_iter()
            .filter(|output| fits(kind, argument, output))
            .collect()
    };
    for kind in count.into_iter().chain([distinct]) {
        assert_eq!(outputs(kind, &whole), [Int64, UInt64], "{kind:?}");
    }
    assert_eq!(
        outputs(sum, &whole),
        [Int64, UInt64, Float64, Decimal128(38, 0)]
    );
    assert_eq!(outputs(sum, &cents), [Float64, Decimal128(38, 2)]);
    let tens = [Decimal128(38, 2), Decimal128(38, 6)];
    assert_eq!(outputs(avg, &cents), [[Float64].as_slice(), &tens].concat());
    for kind in spread {
        assert_eq!(outputs(kind, &cents), [Float64], "{kind:?}");
    }
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    for kind in [sum, avg].into_iter().chain(spread) {
        assert_eq!(outputs(kind, &texts), [], "{kind:?}");
    }
}

#[test]
fn long_keys_are_held_and_counted_once() {
    let key = |letter: &str| letter.repeat(1000);
    let keys =
        |letters: [&str; 3]| -> ArrayRef { Arc::new(StringArray::from(letters.map(key).to_vec())) };
    let batch = batch(keys(["a", "b", "a"]), integers(&[1, 2, 3]));
    let mut release = Release::new(spec(1, true, vec![]), &batch.schema()).unwrap();
    let empty = release.size();
    release.update(&batch).unwrap();
    let two = release.size() - empty;
    assert!((2000..4000).contains(&two), "{two} bytes for two keys");
    release.update(&batch).unwrap();
    assert!(release.size() - empty < two + 1000, "the same keys again");
}
