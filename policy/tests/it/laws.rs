//! Strictest wins: the meet of obligations is a semilattice, and more tables never loosen it.

use std::collections::BTreeSet;

use policy::document::{Budget, MinContributors, Mode};
use policy::ident::UnitSpace;
use policy::number::Decimal;
use policy::obligation::Obligations;
use proptest::prelude::*;

fn units() -> impl Strategy<Value = MinContributors> {
    let unit = prop::sample::select(vec!["person", "acct", "card"]);
    (
        1..40_u32,
        prop::collection::btree_map(unit, 1..40_u32, 0..3),
    )
        .prop_map(|(default, by_unit)| {
            let named = by_unit
                .into_iter()
                .map(|(unit, k)| (UnitSpace::new(unit).unwrap(), k));
            MinContributors {
                default,
                by_unit: named.collect(),
            }
        })
}

fn budgets() -> impl Strategy<Value = BTreeSet<Budget>> {
    let per = prop::sample::select(vec!["day", "month"]);
    let budget = (0..50_u32, per).prop_map(|(count, per)| Budget {
        count,
        per: per.to_owned(),
    });
    prop::collection::btree_set(budget, 0..2)
}

fn obligations() -> impl Strategy<Value = Obligations> {
    let mode = prop::sample::select(vec![Mode::Statistical, Mode::Dp, Mode::Template]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (mode, units(), flags, 0..100_i64, 0..=100_u8, budgets()).prop_map(
        |(mode, min_contributors, (jitter, history, noise), variance, dominance, questions)| {
            let variance = Decimal::from(variance);
            Obligations {
                mode,
                min_contributors,
                jitter,
                history,
                noise,
                variance,
                dominance,
                questions,
            }
        },
    )
}

proptest! {
    #[test]
    fn idempotent(a in obligations()) {
        prop_assert_eq!(a.meet(&a), a);
    }

    #[test]
    fn commutative(a in obligations(), b in obligations()) {
        prop_assert_eq!(a.meet(&b), b.meet(&a));
    }

    #[test]
    fn associative(a in obligations(), b in obligations(), c in obligations()) {
        prop_assert_eq!(a.meet(&b).meet(&c), a.meet(&b.meet(&c)));
    }

    #[test]
    fn stricter_than_both(a in obligations(), b in obligations()) {
        let met = a.meet(&b);
        prop_assert!(met.is_as_strict_as(&a) && met.is_as_strict_as(&b));
    }

    #[test]
    fn monotone(a in obligations(), b in obligations(), c in obligations()) {
        let stricter = a.meet(&c);
        prop_assert!(stricter.meet(&b).is_as_strict_as(&a.meet(&b)));
    }

    #[test]
    fn nothing_is_neutral(a in obligations()) {
        let met = a.meet(&Obligations::none());
        prop_assert!(met.is_as_strict_as(&a) && a.is_as_strict_as(&met));
    }

    #[test]
    fn k_of_the_meet_is_the_larger_for_every_unit(a in units(), b in units(), unit in "[a-z]{1,6}") {
        for unit in [UnitSpace::new(unit).unwrap(), UnitSpace::new("person").unwrap()] {
            prop_assert_eq!(a.meet(&b).of(&unit), a.of(&unit).max(b.of(&unit)));
        }
    }
}
