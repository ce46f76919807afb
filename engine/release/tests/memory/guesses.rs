//! How well the best guess does, with everything that is owed by default: printed.

use release::Stream;

use crate::bank::{Bank, Row, SUM};

/// A best guess at one bit from one number a world, over many seeds: the accuracy of the best threshold.
fn accuracy(worlds: [Vec<f64>; 2]) -> f64 {
    let [without, with] = worlds;
    let mut cuts: Vec<f64> = without.iter().chain(&with).copied().collect();
    cuts.sort_by(f64::total_cmp);
    let total = (without.len() + with.len()) as f64;
    let right = |cut: f64| {
        let below = without.iter().filter(|x| **x <= cut).count()
            + with.iter().filter(|x| **x > cut).count();
        let hits = below as f64 / total;
        hits.max(1.0 - hits)
    };
    cuts.into_iter().map(right).fold(0.5, f64::max)
}

const SEEDS: u64 = 400;

/// Whoever the attacker wants to know about; in a world with the bit, she is among the people.
const V: u64 = 999;

fn guess(name: &str, most: f64, attack: impl Fn(&mut Bank, bool) -> f64) {
    let world = |bit| {
        (0..SEEDS)
            .map(|seed| attack(&mut Bank::careful(seed * 2 + u64::from(bit)), bit))
            .collect::<Vec<f64>>()
    };
    let accuracy = accuracy([world(false), world(true)]);
    println!("guess {name}: accuracy {accuracy:.3} of at most {most:.2}");
    assert!(accuracy <= most, "{name}: {accuracy}");
}

fn value(told: Option<i64>) -> f64 {
    told.map_or(-1.0, |told| told as f64)
}

#[test]
fn guesses_are_no_better_than_promised() {
    let v = |bit: bool| bit.then_some(V);
    guess("difference", 0.60, |bank, bit| {
        let with = value(bank.count((0..60).chain(v(bit))));
        with - value(bank.count(0..60))
    });
    guess("union tracker", 0.60, |bank, bit| {
        let (x, b) = (
            value(bank.count((0..40).chain(v(bit)))),
            value(bank.count(40..90)),
        );
        x + b - value(bank.count(0..90))
    });
    guess("double tracker", 0.60, |bank, bit| {
        let one = value(bank.count((0..60).chain(v(bit))));
        let two = value(bank.count((60..140).chain(v(bit))));
        one + two - value(bank.count(0..60)) - value(bank.count(60..140))
    });
    // By the jitter's own distribution it is 0.60 of one question.
    guess("threshold", 0.65, |bank, bit| {
        value(bank.count((0..15).chain(v(bit))))
    });
    guess("one answer", 0.60, |bank, bit| {
        value(bank.count((0..60).chain(v(bit))))
    });
    // Nineteen were told; of nine of them nothing need be known but that they are there.
    guess("half of those who were told", 0.65, |bank, bit| {
        bank.count(0..19);
        value(bank.count((0..9).chain(bit.then_some(9))))
    });
    guess("averaging by scaled sums", 0.60, |bank, bit| {
        let rows = |by: i64| {
            (0..60)
                .chain(v(bit))
                .map(|e| ("g", e, by))
                .collect::<Vec<Row>>()
        };
        (1..20)
            .map(|by| value(bank.one(SUM, &rows(by))) / by as f64)
            .sum::<f64>()
            / 19.0
    });
}

/// Nine people have very much by the attacker's weights and forty hardly anything, each time otherwise: the cut is V's, and its grid
/// tells half a million from more than that.
fn weighed(bank: &mut Bank, times: u64, amount: i64) -> f64 {
    let told = (0..times).filter_map(|time| {
        let much = (0..9).map(|e| ("g", e, (1 << 40) + i64::try_from(time * 31 + e).unwrap()));
        let hardly =
            (100..140).map(|e| ("g", e, 1 + i64::try_from((e + time) % (7 + time)).unwrap()));
        let rows: Vec<Row> = much.chain(hardly).chain([("g", V, amount)]).collect();
        bank.one(SUM, &rows)
    });
    told.filter(|told| told % 1_000_000 == 0).count() as f64
}

#[test]
fn one_amount_is_hardly_guessed_by_weighing_all_others() {
    for (times, most) in [(1, 0.60), (20, 0.75)] {
        guess(
            &format!("an amount by weights, {times} times"),
            most,
            |bank, bit| weighed(bank, times, if bit { 600_000 } else { 500_000 }),
        );
    }
}

/// The same where a helper's table names each of them otherwise, and asks for two alone.
#[test]
fn a_helper_that_asks_for_few_does_not_make_the_cut() {
    guess(
        "an amount by weights and a helper's two",
        0.60,
        |bank, bit| {
            bank.slots = 2;
            bank.partner = Some(|_, person| person);
            bank.partner_k = 2;
            let hardly = (100..140).map(|e| ("g", e, 1 + i64::try_from(e % 7).unwrap()));
            let amount = if bit { 600_000 } else { 500_000 };
            let most = [("g", 1, 1 << 40), ("g", V, amount)];
            let rows: Vec<Row> = hardly.chain(most).collect();
            let told = bank.one(SUM, &rows).unwrap();
            f64::from(u8::from(told % 1_000_000 == 0))
        },
    );
}

/// How well trackers of far sets do that are asked again and again: printed, and not better than noise alone permits.
#[test]
fn repeated_trackers_are_measured() {
    for times in [1_u64, 3, 10] {
        let world = |bit: bool| {
            let seeds = 0..60_u64;
            let tracked = seeds.map(|seed| {
                let mut bank = Bank::careful(seed * 2 + u64::from(bit));
                let mut choose = Stream::new(&[u8::try_from(seed).unwrap(); 32], "sets");
                let mut sum = 0.0;
                for _ in 0..times {
                    let (mut a, mut b): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
                    for entity in 0..200 {
                        match choose.below(3) {
                            0 => a.push(entity),
                            1 => b.push(entity),
                            _ => {}
                        }
                    }
                    let x = value(bank.count(a.iter().copied().chain(bit.then_some(V))));
                    let both = value(bank.count(a.iter().chain(&b).copied()));
                    sum += x + value(bank.count(b.iter().copied())) - both;
                }
                sum / times as f64
            });
            tracked.collect::<Vec<f64>>()
        };
        let accuracy = accuracy([world(false), world(true)]);
        println!("guess union tracker, {times} times over other sets: accuracy {accuracy:.3}");
        assert!(accuracy <= 0.66, "{times}: {accuracy}");
    }
}
