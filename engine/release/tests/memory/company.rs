//! One person behind most entities of another unit: whether she is there must not show, for these are no crowd.

use policy::number::Decimal;
use release::{Adds, Branch, BranchSource, Duties, StatisticKind};

use crate::bank::{Bank, COUNT, Row, SUM, duties, with_history};

/// Forty ordinary people at eight shops, and sixteen shops that person 99 alone pays, if she is there.
fn shops(hers: bool) -> Vec<Row> {
    let crowd = (0..40).map(|person| ("g", person, 100));
    let own = [("g", 99, 100); 16].into_iter().filter(|_| hers);
    crowd.chain(own).collect()
}

/// Her rows are those from forty on.
fn bank(seed: u64) -> Bank {
    let mut bank = Bank::careful(seed);
    bank.slots = 2;
    bank.partner = Some(|at, person| if at < 40 { person % 8 } else { at });
    bank
}

#[test]
fn one_person_makes_no_crowd_of_another_unit() {
    for seed in 0..40 {
        for kind in [COUNT, SUM] {
            let told = [true, false].map(|hers| bank(seed).one(kind, &shops(hers)));
            assert_eq!(told, [None; 2], "{seed}");
        }
        // Of the people there are enough, shops or not.
        let mut people = Bank::careful(seed);
        assert!(people.one(COUNT, &shops(true)).is_some());
    }
}

/// What is withheld is remembered. Were it with all shops, it would say with the next question whether hers were among them.
#[test]
fn nor_does_what_is_remembered_of_them_say_that_she_is_there() {
    for seed in 0..40 {
        let told = [true, false].map(|hers| {
            let mut bank = bank(seed);
            assert_eq!(bank.one(COUNT, &shops(hers)), None);
            bank.slots = 1;
            let alone = (0..8).chain(40..56).map(|shop| 1_000_000 + shop);
            bank.count(alone)
        });
        assert!(told.iter().all(Option::is_some), "{seed} {told:?}");
    }
}

#[test]
fn an_exact_threshold_takes_them_for_one_too() {
    for exact in [duties(true, false, false), duties(false, true, false)] {
        let bank = |seed| Bank {
            duties: exact.clone(),
            ..bank(seed)
        };
        let told = [true, false].map(|hers| bank(1).one(COUNT, &shops(hers)));
        assert_eq!(told, [None; 2]);
    }
}

/// Where the other unit needs fewer, each of it stands for more: three shops of three for ten people.
#[test]
fn a_unit_of_which_few_are_enough_is_in_nobodys_way() {
    let crowd: Vec<Row> = (0..12).map(|person| ("g", person, 1)).collect();
    let told = |shops| {
        let mut bank = Bank::new(3, duties(true, false, false));
        bank.slots = 2;
        bank.partner = Some(|_, person| person % 3);
        bank.partner_k = shops;
        bank.one(COUNT, &crowd)
    };
    assert_eq!([1, 3, 4].map(told), [Some(12), Some(12), None]);
}

/// What was told is told again, in every mode, though hardly as many can be paired as there are.
#[test]
fn the_same_question_has_the_same_answer_where_few_are_paired() {
    for duties in with_history() {
        for seed in 0..40 {
            for shops in 10..24_u64 {
                let mut bank = Bank::new(seed, duties.clone());
                bank.slots = 2;
                bank.partner = Some(|at, person| if at % 2 == 0 { person } else { at % 64 });
                let rows: Vec<Row> = (0..2 * shops)
                    .map(|at| ("g", 100 + at % shops, 1))
                    .collect();
                let told = [(); 3].map(|()| bank.one(COUNT, &rows));
                assert!(
                    told.iter().all(|one| *one == told[0]),
                    "{seed} {shops} {told:?}"
                );
            }
        }
    }
}

/// Of eight shops that everybody pays and thirty that one person pays alone, the level was what she adds: of 100 000 told 10.
#[test]
fn a_level_is_not_of_shops_that_one_person_fills_up() {
    for seed in 0..10 {
        let mut bank = Bank::careful(seed);
        bank.slots = 2;
        bank.partner = Some(|at, person| if person < 200 { person % 12 } else { at });
        let crowd = (0..200).map(|person| ("g", person, 500));
        let rows: Vec<Row> = crowd.chain([("g", 999, 1); 30]).collect();
        if let Some(told) = bank.one(SUM, &rows) {
            assert!(told > 10_000, "{seed} {told}");
        }
    }
}

fn each_amount() -> Branch {
    Branch {
        source: BranchSource::Each(1),
        zero_ok: true,
        adds: Adds::Row,
    }
}

/// Those who have one amount are an arm: twelve people at eight or nine shops, and she at sixteen.
#[test]
fn one_person_makes_no_crowd_of_an_arm() {
    let told = |hers: bool, first: u64| {
        let mut bank = Bank::new(5, duties(true, false, false));
        bank.slots = 2;
        bank.arms = vec![each_amount()];
        bank.partner = Some(|at, person| match person {
            99 => 500 + at,
            100..112 => 100 + person % 8,
            200..212 => 200 + person % 9,
            other => other,
        });
        let crowd = (0..40).map(|person| ("g", person, 1));
        let taken = (first..first + 12).map(|person| ("g", person, 2));
        let own = [("g", 99, 2); 16].into_iter().filter(|_| hers);
        bank.one(COUNT, &crowd.chain(taken).chain(own).collect::<Vec<Row>>())
    };
    assert_eq!([false, true].map(|hers| told(hers, 100)), [None; 2]);
    let nine = [false, true].map(|hers| told(hers, 200));
    assert_eq!(nine, [None, Some(68)], "and she is the tenth");
}

/// Of forty people and twenty shops each has a value or two, and of her twelve shops each as many as there are.
#[test]
fn distinct_values_are_cut_at_a_level_that_is_not_hers() {
    let told = |hers: i64| {
        let silent = Duties {
            noise: Some(Decimal::from(0)),
            ..duties(false, false, false)
        };
        let mut bank = Bank::new(5, silent);
        bank.slots = 2;
        bank.partner = Some(|at, person| {
            if person == 99 {
                500 + at % 12
            } else {
                person / 2
            }
        });
        let crowd = (0..40_i64).map(|person| ("g", person.unsigned_abs(), person));
        let own = (0..12 * hers).map(|value| ("g", 99, 1_000 + value));
        let distinct = StatisticKind::CountDistinct { column: 1 };
        bank.one(distinct, &crowd.chain(own).collect::<Vec<Row>>())
    };
    assert_eq!([3, 500].map(told), [Some(41); 2]);
}
