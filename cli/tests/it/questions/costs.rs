//! What the defaults (jitter, history, noise) cost the questions of the sample worlds in accuracy.
//!
//! Measured, not asserted: the figures stand in `docs/src/questions.md`, with the command that prints them. Every question is asked ad
//! hoc, as if nobody had approved it, in several worlds with secrets of their own; beside it stands what thresholds alone would tell.

use std::collections::BTreeMap;
use std::path::Path;

use sample_data::four_banks::{self, Options};
use sample_data::hospitals;
use serde_json::{Map, Value};

use super::world::{Outcome, World, change_policies, thresholds_alone, unapproved};

/// Worlds with secrets of their own.
const WORLDS: usize = 5;

/// A question of a sample world, and the columns that name its groups.
struct Asked {
    name: &'static str,
    keys: &'static [&'static str],
}

const fn asked(name: &'static str, keys: &'static [&'static str]) -> Asked {
    Asked { name, keys }
}

const BANKS: [Asked; 9] = [
    asked("scatter_gather", &["mule_banks"]),
    asked("round_trips", &["trips"]),
    asked("structuring", &["banks"]),
    asked("shared_device", &["banks", "accounts_per_device"]),
    asked("gateways", &["second_bank"]),
    asked("fan_in", &["collector_bank", "fan_in"]),
    asked("pass_through", &[]),
    asked("bipartite", &[]),
    asked("flag_overlap", &["banks"]),
];

const HOSPITALS: [Asked; 6] = [
    asked("accuracy", &["threshold"]),
    asked("accuracy_by_hospital", &["hosp"]),
    asked("chest_pain", &["pain"]),
    asked("cholesterol", &["hosp"]),
    asked("prevalence", &["sex", "age_from"]),
    asked("women", &["hosp"]),
];

#[test]
#[ignore = "a measurement"]
fn what_the_defaults_cost_the_four_banks() {
    let scale = std::env::var("SUBROSA_SCALE").map_or(0.05, |scale| scale.parse().unwrap());
    let options = Options {
        scale,
        seed: 42,
        patterns: Some(60),
    };
    let make = |dir: &Path| {
        four_banks::write_world(dir, &options, &|_| ()).unwrap();
        let file = dir.join("collaboration.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let asker = "[parties.ref]\nanalysts = [\"rita\"]\n";
        std::fs::write(file, text.replace("[parties.ref]\n", asker)).unwrap();
    };
    measure(&make, "rita@ref", &BANKS);
}

#[test]
#[ignore = "a measurement"]
fn what_the_defaults_cost_the_hospitals() {
    let make = |dir: &Path| hospitals::write_world(dir).unwrap();
    measure(&make, "rita@registry", &HOSPITALS);
}

/// A world of this making, in which every policy is changed.
fn world(make: &dyn Fn(&Path), asker: &'static str, change: fn(&str) -> String) -> World {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    change_policies(dir.path(), change);
    World::new(dir, asker)
}

fn measure(make: &dyn Fn(&Path), asker: &'static str, questions: &[Asked]) {
    let alone = world(make, asker, thresholds_alone);
    let texts = questions.iter().map(|question| {
        let file = format!("questions/{}.sql", question.name);
        let text = std::fs::read_to_string(alone.path().join(file)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("--"));
        lines.collect::<Vec<_>>().join("\n")
    });
    let texts: Vec<String> = texts.collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let exact = alone.ask(&texts);
    let noisy: Vec<Vec<Outcome>> = (0..WORLDS)
        .map(|_| world(make, asker, unapproved).ask(&texts))
        .collect();
    for (at, question) in questions.iter().enumerate() {
        let told: Vec<&Outcome> = noisy.iter().map(|outcomes| &outcomes[at]).collect();
        print(question, &exact[at], &told);
    }
}

/// One line of the table.
#[expect(clippy::print_stdout, reason = "a table is what it is for")]
fn print(question: &Asked, exact: &Outcome, told: &[&Outcome]) {
    if let Some(code) = told.iter().find_map(|outcome| outcome.code()) {
        println!("| {} | refused, `{code}` | | | |", question.name);
        return;
    }
    let exact = values(exact, question.keys);
    let (mut all, mut off) = (0, Vec::new());
    for outcome in told {
        let told = values(outcome, question.keys);
        all += exact.len();
        let both = exact
            .iter()
            .filter_map(|(place, exact)| Some((exact, told.get(place)?)));
        off.extend(both.map(|(exact, told)| 100.0 * (told - exact).abs() / exact.abs().max(1e-9)));
    }
    off.sort_by(f64::total_cmp);
    let of = |share: usize| {
        let at = (off.len() * share / 100).min(off.len().saturating_sub(1));
        off.get(at)
            .map_or_else(|| "–".to_owned(), |off| format!("{off:.1} %"))
    };
    println!(
        "| {} | {} | {} % | {} | {} |",
        question.name,
        exact.len(),
        off.len() * 100 / all.max(1),
        of(50),
        of(90)
    );
}

/// By the names of a group and of a column, its numbers.
fn values(outcome: &Outcome, keys: &[&str]) -> BTreeMap<(String, String), f64> {
    let Outcome::Answered(line) = outcome else {
        panic!("refused: {outcome:?}");
    };
    let rows: Vec<Map<String, Value>> = serde_json::from_str(line).unwrap();
    let mut found = BTreeMap::new();
    for row in &rows {
        let group: Vec<String> = keys.iter().map(|key| row[*key].to_string()).collect();
        for (column, value) in row
            .iter()
            .filter(|(column, _)| !keys.contains(&column.as_str()))
        {
            if let Some(number) = number(value) {
                found.insert((group.join(" "), column.clone()), number);
            }
        }
    }
    found
}

/// A number, which JSON has as a text where it is long.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
