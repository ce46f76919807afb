//! What is made of terms before any row is seen, and what is refused; what is held, and in which words it is promised.

use super::super::added::Added;
use super::super::base::Base;
use super::*;
use crate::ReleaseError;

fn bases(bounds: Vec<(Decimal, Decimal)>) -> crate::Result<Vec<Base>> {
    let terms = DpTerms {
        bounds,
        ..terms(DpGroups::Whole, 1, 2)
    };
    let release = PrivateRelease::new(spec(false), terms, &batch(&[]).schema());
    release.map(|release| release.bases.list)
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

/// The usual bounds, but for those of one statistic.
fn with(at: usize, low: &str, high: &str) -> Vec<(Decimal, Decimal)> {
    let mut bounds = terms(DpGroups::Whole, 1, 2).bounds;
    bounds[at] = (decimal(low), decimal(high));
    bounds
}

#[test]
fn what_statistics_share_is_counted_once() {
    let list = bases(terms(DpGroups::Whole, 1, 2).bounds).unwrap();
    let (most, measure, at) = (2, 0, 0);
    let value = 12_000;
    let expected = [
        Base::Rows { most },
        Base::Present { at, most },
        Base::Distinct { at, most },
        Base::Sum {
            measure,
            low: -5_000,
            high: value,
        },
        Base::Values { measure, most },
        Base::Total {
            measure,
            most,
            value,
        },
        Base::Squares {
            measure,
            most,
            value,
        },
    ];
    assert_eq!(list, expected);
    let sensitivities: Vec<u128> = list.iter().map(|base| base.sensitivity()).collect();
    assert_eq!(sensitivities, [2, 2, 2, 12_000, 2, 24_000, 288_000_000]);
}

/// Bounds in cents: digits beyond go away from 0, and 0 is between them.
#[test]
fn bounds_are_in_the_units_of_their_column_and_hold_zero() {
    let sum = |low: &str, high: &str| {
        let list = bases(with(3, low, high)).unwrap();
        let [Base::Sum { low, high, .. }] = list[3..4] else {
            unreachable!("{list:?}")
        };
        (low, high)
    };
    assert_eq!(sum("-50", "120"), (-5_000, 12_000));
    assert_eq!(sum("5", "7"), (0, 700));
    assert_eq!(sum("-7", "-5"), (-700, 0));
    assert_eq!(sum("-0.505", "1.2345"), (-51, 124));
    assert_eq!(sum("-0.5", "1.20"), (-50, 120));
    let mean = |low: &str, high: &str| {
        let mut bounds = with(4, low, high);
        bounds[5] = bounds[4];
        let list = bases(bounds).unwrap();
        list[5..]
            .iter()
            .map(|base| base.sensitivity())
            .collect::<Vec<_>>()
    };
    assert_eq!(mean("-7", "5"), [2 * 700, 2 * 700 * 700]);
    assert_eq!(mean("2", "5"), [2 * 500, 2 * 500 * 500]);
}

#[test]
fn bounds_that_are_none_are_refused() {
    let why = |bounds| match bases(bounds) {
        Err(ReleaseError::Spec(why)) => why,
        other => unreachable!("{other:?}"),
    };
    let no_number = "the bound of a count is no number";
    assert_eq!(why(with(0, "0", "1.5")), no_number);
    assert_eq!(why(with(0, "0", "-1")), no_number);
    let mut few = terms(DpGroups::Whole, 1, 2).bounds;
    few.pop();
    assert_eq!(why(few), "bounds that are not about these statistics");
    let digits = "9".repeat(37);
    assert_eq!(why(with(3, "0", &digits)), "a bound is too large");
    assert_eq!(
        why(with(5, "0", "100000000000000000")),
        "a bound is too large"
    );
}

/// Scales in which each of seven numbers has its share, in all groups of an entity.
#[test]
fn noise_covers_all_groups_of_an_entity_and_shares_what_is_spent() {
    let is = |(above, below): (u128, u128), terms: DpTerms, sensitivity| {
        let scale = release(&terms, &[]).scale(sensitivity).unwrap();
        scale.above() * below == above * scale.below()
    };
    let spent = |groups, max_groups, epsilon| DpTerms {
        epsilon,
        ..terms(groups, max_groups, 1)
    };
    assert!(is((1, 1), spent(DpGroups::Whole, 1, 7_000_000), 1));
    assert!(is((3, 1), spent(DpGroups::Whole, 1, 14_000_000), 6));
    assert!(is((7, 2), spent(DpGroups::Whole, 1, 14_000_000), 7));
    assert!(is((20, 1), spent(DpGroups::Listed, 5, 7_000_000), 4));
    assert!(is((20, 1), spent(DpGroups::Threshold, 5, 8_000_000), 4));
    let shares = |groups| release(&terms(groups, 1, 1), &[]).shares();
    let all = [DpGroups::Whole, DpGroups::Listed, DpGroups::Threshold];
    assert_eq!(all.map(shares), [7, 7, 8]);
    let little = DpTerms {
        epsilon: 6,
        ..terms(DpGroups::Whole, 1, 1)
    };
    let refused = PrivateRelease::new(spec(false), little.clone(), &batch(&[]).schema());
    assert!(refused.is_err(), "less than a millionth for each of seven");
    let enough = DpTerms {
        epsilon: 7,
        ..little
    };
    assert!(PrivateRelease::new(spec(false), enough, &batch(&[]).schema()).is_ok());
}

#[test]
fn what_is_promised_is_said_in_numbers() {
    let words = |terms: &DpTerms| release(terms, &[]).in_words();
    let whole = DpTerms {
        epsilon: 3_500_000,
        ..terms(DpGroups::Whole, 1, 2)
    };
    let expected = [
        "there is one group, which is always told",
        "epsilon 3.5 is shared evenly by 7 numbers a group",
        "a count of rows: one entity adds at most 2, Laplace noise of scale 4",
        "a count of values: one entity adds at most 2, Laplace noise of scale 4",
        "a count of distinct values: one entity adds at most 2, Laplace noise of scale 4",
        "a sum: one entity adds at most 120, Laplace noise of scale 240",
        "the number of values of a mean: one entity adds at most 2, Laplace noise of scale 4",
        "the sum of a mean: one entity adds at most 240, Laplace noise of scale 480",
        "a sum of squares: one entity adds at most 28800, Laplace noise of scale 57600",
    ];
    assert_eq!(words(&whole), expected);
    let listed = words(&terms(DpGroups::Listed, 3, 2));
    assert_eq!(
        listed[0],
        "the groups are those of a public list; one entity counts in at most 3 of them"
    );
    let least = DpTerms {
        least: 4_000,
        ..terms(DpGroups::Threshold, 3, 2)
    };
    assert_eq!(
        words(&least)[0],
        "a group is told if a noised number of entities is 4000 or more; one entity counts in at most 3 groups"
    );
    let mut alone = spec(false);
    alone.statistics.truncate(1);
    let terms = DpTerms {
        bounds: whole.bounds[..1].to_vec(),
        ..whole
    };
    let alone = PrivateRelease::new(alone, terms, &batch(&[]).schema()).unwrap();
    assert_eq!(
        alone.in_words()[1],
        "epsilon 3.5 is spent on one number a group"
    );
}

#[test]
fn between_two_sides_it_is_said_that_parts_are_kept() {
    let sides = DpTerms {
        together: vec![0b11],
        sides: Some((0b01, 0b10)),
        ..terms(DpGroups::Whole, 1, 2)
    };
    let mut spec = spec(false);
    spec.statistics.truncate(1);
    let terms = DpTerms {
        bounds: sides.bounds[..1].to_vec(),
        ..sides
    };
    let release = PrivateRelease::new(spec, terms, &batch(&[]).schema()).unwrap();
    assert!(release.in_words()[2].starts_with("one entity of either side may meet any number"));
}

/// Each bearer of a group has a place of its own, each of its distinct values a number, and each value its bytes once.
#[test]
fn what_is_held_is_counted() {
    let size = |rows: &[Row]| release(&terms(DpGroups::Threshold, 2, 2), rows).size();
    let valued = |entity, value| Row {
        value: Some(value),
        ..one(entity, 0, 100)
    };
    let first = size(&[valued(1, 1)]);
    assert_eq!(size(&[valued(1, 1), valued(1, 1)]), first, "nothing new");
    let plan = release(&terms(DpGroups::Threshold, 2, 2), &[]).plan;
    let added = Added::size(plan.present.len(), plan.measures.len(), plan.distinct.len()) + 16;
    let bearer = size(&[valued(1, 1), valued(2, 1)]) - first;
    assert_eq!(bearer, 64 + added + 8, "a bearer, its group, its value");
    let value = size(&[valued(1, 1), valued(1, 2)]) - first;
    assert_eq!(value, 8 + 48 + 9, "a value of nine bytes and its number");
    let group = size(&[
        valued(1, 1),
        Row {
            group: 1,
            ..valued(1, 1)
        },
    ]) - first;
    assert_eq!(
        group,
        added + 8 + (48 + 10),
        "a key of ten bytes, a group of the bearer, its value"
    );
    let sizes = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)];
    let [none, present, measure, distinct] = sizes.map(|(p, m, d)| Added::size(p, m, d));
    assert_eq!(present - none, 8);
    assert!(measure - none >= 56 && distinct - none >= 32 && none > 0);
}

/// However it came together, as much is held.
#[test]
fn halves_hold_together_what_the_whole_holds() {
    let terms = terms(DpGroups::Threshold, 2, 2);
    let rows: Vec<Row> = (0..60)
        .map(|at| Row {
            value: Some(at % 7),
            ..one(
                u64::try_from(at).unwrap() % 9,
                u8::try_from(at % 4).unwrap(),
                100,
            )
        })
        .collect();
    let whole = release(&terms, &rows).size();
    let (one, other) = rows.split_at(23);
    let mut merged = release(&terms, one);
    merged.merge(release(&terms, other)).unwrap();
    assert_eq!(merged.size(), whole);
}

#[test]
fn what_is_about_something_else_is_not_taken_in() {
    let good = terms(DpGroups::Threshold, 1, 1);
    let made = |spec: ReleaseSpec, terms: &DpTerms, schema| {
        PrivateRelease::new(spec, terms.clone(), &schema).unwrap()
    };
    let schema = batch(&[]).schema();
    let renamed = {
        let mut spec = spec(true);
        spec.statistics[0].name = "n".to_owned();
        spec
    };
    let others = [
        made(renamed, &good, schema.as_ref().clone()),
        made(
            spec(true),
            &terms(DpGroups::Threshold, 2, 1),
            schema.as_ref().clone(),
        ),
    ];
    for other in others {
        let merged = release(&good, &[]).merge(other);
        assert_eq!(merged.unwrap_err(), ReleaseError::Mismatch);
    }
    let fewer = batch(&[]).project(&[0, 1, 2, 3]).unwrap();
    let updated = release(&good, &[]).update(&fewer);
    assert_eq!(updated.unwrap_err(), ReleaseError::Batch);
    let keys = StringArray::from(vec!["g0"]);
    let keys = RecordBatch::try_from_iter([("g", Arc::new(keys) as _)]).unwrap();
    let listed = release(&good, &[]).list(&keys);
    assert_eq!(
        listed.unwrap_err(),
        ReleaseError::Mismatch,
        "no list is asked for"
    );
    let none = keys.project(&[]).unwrap();
    let listed = release(&terms(DpGroups::Listed, 1, 1), &[]).list(&none);
    assert_eq!(
        listed.unwrap_err(),
        ReleaseError::Mismatch,
        "a key is missing"
    );
}

#[test]
fn each_term_must_bound_something() {
    let schema = batch(&[]).schema();
    let good = terms(DpGroups::Threshold, 1, 1);
    let refused = |terms: DpTerms| PrivateRelease::new(spec(true), terms, &schema).is_err();
    for delta in [0.0, -0.1, 1.0, 1.5, f64::NAN] {
        assert!(
            refused(DpTerms {
                delta,
                ..good.clone()
            }),
            "{delta}"
        );
    }
    for delta in [1e-300, 0.999] {
        assert!(
            !refused(DpTerms {
                delta,
                ..good.clone()
            }),
            "{delta}"
        );
    }
    assert!(refused(DpTerms {
        together: vec![0],
        ..good.clone()
    }));
    assert!(refused(DpTerms {
        together: vec![0b01, 0],
        ..good.clone()
    }));
    let listed = |sides| DpTerms {
        together: vec![0b11],
        sides: Some(sides),
        bounds: good.bounds[..1].to_vec(),
        ..terms(DpGroups::Listed, 1, 1)
    };
    let counted = |terms: DpTerms| {
        let mut spec = spec(true);
        spec.statistics.truncate(1);
        PrivateRelease::new(spec, terms, &schema).is_ok()
    };
    assert!(counted(listed((0b01, 0b10))));
    assert!(!counted(listed((0b11, 0))) && !counted(listed((0, 0b11))));
    assert!(!counted(listed((0b01, 0b11))) && !counted(listed((0b01, 0b100))));
}

#[test]
fn terms_of_which_one_is_zero_bound_nothing() {
    let good = || terms(DpGroups::Whole, 1, 1);
    let why = |terms: DpTerms| {
        let release = PrivateRelease::new(spec(false), terms, &batch(&[]).schema());
        release.err().map(|error| error.to_string())
    };
    let nothing = Some(ReleaseError::Spec("terms that bound nothing".into()).to_string());
    let zeros = [
        DpTerms {
            epsilon: 0,
            ..good()
        },
        DpTerms {
            max_groups: 0,
            ..good()
        },
        DpTerms {
            max_rows: 0,
            ..good()
        },
    ];
    for terms in zeros {
        assert_eq!(why(terms), nothing);
    }
    assert_eq!(why(good()), None);
}
