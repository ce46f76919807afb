//! Cases that other clean rooms document, put to this one in its own policies and its own dialect.
//!
//! Where another system says in its manual, its tests or its issues what it answers and what it refuses, ours has to
//! say the same, or somebody has to have said why not. The cases are `tests/data/conformance/cases`, by the ids
//! under which `ids.txt` lists them; each is asked of small worlds through the program itself.

mod case;
mod check;
mod page;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use case::{Ask, Case, ids};
use world::{Laid, Reply};

/// Cases by how they came out.
type Tally = BTreeMap<&'static str, Vec<String>>;

/// Questions of one person in one world, asked in one run of the program.
type Batches<'a> = BTreeMap<(&'a str, &'a str, &'a str), Vec<(&'a Case, &'a Ask)>>;

#[test]
fn every_case_has_exactly_one_translation() {
    let translated: Vec<String> = case::all().into_iter().map(|case| case.id).collect();
    let once: BTreeSet<String> = translated.iter().cloned().collect();
    assert_eq!(once.len(), translated.len(), "one is translated twice");
    assert_eq!(once, ids().into_iter().collect());
    assert_eq!(translated.len(), 140);
}

#[test]
fn every_case_is_decided_as_its_translation_says() {
    let cases = case::all();
    let mut wrong = asked(&batches(&cases));
    wrong.extend(cases.iter().flat_map(check::policies));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut tally = Tally::new();
    for case in &cases {
        tally.entry(case.kind()).or_default().push(case.id.clone());
    }
    let mut out = std::io::stdout().lock();
    for (kind, ids) in &tally {
        writeln!(out, "{:3} {kind}: {}", ids.len(), ids.join(" ")).unwrap();
    }
    writeln!(out, "{} cases", cases.len()).unwrap();
}

fn batches(cases: &[Case]) -> Batches<'_> {
    let mut batches = Batches::new();
    for case in cases {
        let alone = if case.alone { case.id.as_str() } else { "" };
        for ask in &case.ask {
            let (world, asker) = case.place();
            let batch = batches.entry((world, alone, asker)).or_default();
            batch.push((case, ask));
        }
    }
    batches
}

/// What was decided otherwise than the translations say.
fn asked(batches: &Batches<'_>) -> Vec<String> {
    let mut worlds: BTreeMap<(&str, &str), Laid> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((world, alone, asker), questions) in batches {
        let laid = worlds
            .entry((world, alone))
            .or_insert_with(|| Laid::new(world));
        let texts: Vec<&str> = questions.iter().map(|(_, ask)| ask.sql.as_str()).collect();
        let replies: Vec<Reply> = laid.ask(asker, &texts);
        for ((case, ask), reply) in questions.iter().zip(replies) {
            wrong.extend(check::reply(case, ask, &reply));
        }
    }
    wrong
}
