//! How well the best guess does that can be computed from the answers to an attack: a searcher that looks for it.
//!
//! Every attack is tried in many copies of its two worlds, each with secrets of its own. On one half of the copies the
//! searcher tries every number that was told, every sum and difference of them, and whether anything was told at all, and keeps
//! the one whose best threshold tells the worlds apart most often; how often it does on the other half is the accuracy.
#![expect(clippy::cast_precision_loss, reason = "small counts")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::Value;
use tests::attacks::{Disclosure, Entry, Plan, pairs};

use super::check;
use super::lab::{Lab, Reply};
use super::of_pair;

/// What is told where nothing is.
const NOTHING: f64 = -1.0;

/// So many copies of each world, unless `SUBROSA_GUESSES` says otherwise.
const COPIES: usize = 12;

/// With so few copies, a coin is luckier once in hundreds of runs.
const MOST: f64 = 0.95;

/// Numbers that were told, by step, row and column.
type Told = BTreeMap<String, f64>;

fn told(replies: &[Reply]) -> Told {
    let mut told = Told::new();
    for (step, reply) in replies.iter().enumerate() {
        let rows = reply.rows();
        told.insert(format!("{step} rows"), rows.len() as f64);
        for row in rows {
            let cells = row.as_object().unwrap();
            let is_key = |value: &Value| value.as_str().is_some_and(|t| t.parse::<f64>().is_err());
            let key: Vec<String> = cells
                .values()
                .filter(|v| is_key(v))
                .map(Value::to_string)
                .collect();
            for (name, value) in cells.iter().filter(|(_, v)| !is_key(v) && !v.is_null()) {
                told.insert(
                    format!("{step} {} {name}", key.join(" ")),
                    check::number(value),
                );
            }
        }
    }
    told
}

/// Every copy's value of what an attacker may compute, by name.
fn statistics(copies: &[Told]) -> BTreeMap<String, Vec<f64>> {
    let names: BTreeSet<&String> = copies.iter().flat_map(Told::keys).collect();
    let value = |copy: &Told, name: &String| copy.get(name).copied().unwrap_or(NOTHING);
    let mut found = BTreeMap::new();
    for name in &names {
        let column = copies.iter().map(|copy| value(copy, name)).collect();
        found.insert((*name).clone(), column);
    }
    let plain: Vec<&String> = names
        .iter()
        .copied()
        .filter(|n| !n.ends_with("rows"))
        .collect();
    let first: Vec<&String> = plain.iter().copied().take(5).collect();
    for signs in 0..3_usize.pow(u32::try_from(first.len()).unwrap()) {
        let sign = |at: usize| (signs / 3_usize.pow(u32::try_from(at).unwrap()) % 3) as f64 - 1.0;
        let sum = |copy: &Told| -> f64 {
            let terms = first.iter().enumerate();
            terms.map(|(at, name)| sign(at) * value(copy, name)).sum()
        };
        found.insert(format!("signs {signs}"), copies.iter().map(sum).collect());
    }
    for step in 0..9 {
        let of_step = |name: &&&String| name.starts_with(&format!("{step} "));
        let sum = |copy: &Told| {
            plain
                .iter()
                .filter(of_step)
                .map(|name| value(copy, name))
                .sum()
        };
        found.insert(format!("sum of {step}"), copies.iter().map(sum).collect());
    }
    found
}

/// Whether a number above the cut speaks for the second world.
#[derive(Debug, Clone, Copy)]
struct Guess {
    cut: f64,
    above: bool,
}

impl Guess {
    fn right(self, values: &[f64], world: usize) -> usize {
        let second = |value: &f64| (*value > self.cut) == self.above;
        let seconds = values.iter().filter(|value| second(value)).count();
        if world == 1 {
            seconds
        } else {
            values.len() - seconds
        }
    }
}

/// The guess that is right most often.
fn best(zero: &[f64], one: &[f64]) -> (usize, Guess) {
    let cuts = zero.iter().chain(one).copied();
    let guesses = cuts.flat_map(|cut| [true, false].map(|above| Guess { cut, above }));
    let scored = guesses.map(|guess| (guess.right(zero, 0) + guess.right(one, 1), guess));
    scored.max_by_key(|(right, _)| *right).unwrap()
}

/// How often the best statistic of one half is right on the other.
fn accuracy(worlds: &[Vec<Told>; 2]) -> (f64, String) {
    let all: Vec<Told> = worlds.iter().flatten().cloned().collect();
    let (copies, half) = (worlds[0].len(), worlds[0].len().div_ceil(2));
    let parts = |values: &[f64]| [values[..copies].to_vec(), values[copies..].to_vec()];
    let scored = statistics(&all).into_iter().map(|(name, values)| {
        let [zero, one] = parts(&values);
        let (right, guess) = best(&zero[..half], &one[..half]);
        (right, name, guess, [zero, one])
    });
    let (_, name, guess, [zero, one]) = scored.max_by_key(|(right, ..)| *right).unwrap();
    let (zero, one) = (&zero[copies - half..], &one[copies - half..]);
    let right = guess.right(zero, 0) + guess.right(one, 1);
    (right as f64 / (2 * half) as f64, name)
}

fn copies(entry: &Entry, pair: &str, disclosure: Disclosure, count: usize) -> [Vec<Told>; 2] {
    let one = |world: u8| {
        let lab = Lab::new(pair, world, disclosure);
        told(&lab.try_all(std::slice::from_ref(entry)).remove(0))
    };
    std::thread::scope(|scope| {
        let world = |world: u8| scope.spawn(move || (0..count).map(|_| one(world)).collect());
        [world(0), world(1)].map(|running| running.join().unwrap())
    })
}

#[test]
fn the_best_guess_is_hardly_better_than_a_coin() {
    let count = std::env::var("SUBROSA_GUESSES").ok();
    let count = count.map_or(COPIES, |count| count.parse().unwrap());
    let (mut tried, mut told_apart) = (0, 0);
    let mut out = std::io::stdout().lock();
    for pair in pairs() {
        for entry in of_pair(&pair).iter().filter(|e| e.plan() == Plan::Guessed) {
            let (alone, _) = accuracy(&copies(entry, &pair, Disclosure::Thresholds, 1));
            let (accuracy, name) = accuracy(&copies(entry, &pair, Disclosure::Default, count));
            let id = &entry.id;
            writeln!(
                out,
                "guess {id} {}: {accuracy:.2} (by {name}); thresholds alone {alone:.2}",
                entry.name
            )
            .unwrap();
            assert!(accuracy <= MOST, "{id}: {accuracy} by {name}");
            tried += 1;
            told_apart += usize::from(alone > 0.99);
        }
    }
    writeln!(out, "{tried} attacks, {count} copies of each world").unwrap();
    assert_eq!(tried, 10);
    assert!(
        told_apart >= 7,
        "the searcher finds what thresholds alone give away: {told_apart}"
    );
}
