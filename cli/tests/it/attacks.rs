//! Every attack of the catalogue, tried on both of its worlds: none can tell which it is in.

mod check;
mod lab;

use std::collections::BTreeMap;
use std::io::Write;

use tests::attacks::{Disclosure, Entry, Plan, catalogue, pairs};

use lab::{Lab, Reply};

/// Entries by what was asserted of them.
type Tally = BTreeMap<String, Vec<String>>;

fn of_pair(pair: &str) -> Vec<Entry> {
    let all = catalogue().into_iter();
    all.filter(|entry| entry.pair == pair).collect()
}

fn try_pair(pair: &str, tally: &mut Tally) {
    let entries = of_pair(pair);
    let labs = [0, 1].map(|world| Lab::new(pair, world, Disclosure::Thresholds));
    let replies = labs.each_ref().map(|lab| lab.try_all(&entries));
    for (index, entry) in entries.iter().enumerate() {
        let both = [&replies[0][index], &replies[1][index]];
        check::entry(entry, both, &labs);
        let how = match entry.plan() {
            Plan::Later(reason) => format!("later: {reason}"),
            plan => format!("{plan:?}").to_lowercase(),
        };
        tally.entry(how).or_default().push(entry.id.clone());
    }
    for lab in &labs {
        let before = &replies[usize::from(lab.world)];
        denied_without_data(lab, &entries, before);
    }
}

/// The same refusals when there is no sealed file left to read: admission sees no data.
fn denied_without_data(lab: &Lab, entries: &[Entry], before: &[Vec<Reply>]) {
    lab.poison();
    let denied = |entry: &&Entry| entry.plan() == Plan::Denied;
    let wanted: Vec<_> = entries.iter().filter(denied).cloned().collect();
    let again = lab.try_all(&wanted);
    let first = entries
        .iter()
        .zip(before)
        .filter(|(entry, _)| denied(entry));
    for ((entry, first), again) in first.zip(&again) {
        for (first, again) in first.iter().zip(again) {
            assert_eq!(first.refusal(), again.refusal(), "{}", entry.id);
        }
    }
    let control = lab.ask(&["SELECT COUNT(*) AS n FROM bank_a.accounts".to_owned()]);
    assert_eq!(control[0].code(), "tampered", "the files are gone");
}

#[test]
fn no_attack_tells_its_two_worlds_apart() {
    let mut tally = Tally::new();
    for pair in pairs() {
        try_pair(&pair, &mut tally);
    }
    let mut out = std::io::stdout().lock();
    for (how, ids) in &tally {
        writeln!(out, "{:3} {how}: {}", ids.len(), ids.join(" ")).unwrap();
    }
    let tried: usize = tally.values().map(Vec::len).sum();
    writeln!(out, "{tried} attacks").unwrap();
    assert_eq!(tried, catalogue().len());
    assert!(tally["denied"].len() >= 41, "the catalogue has shrunk");
}

#[test]
fn no_sum_that_is_shown_gives_its_largest_contributor_away() {
    const PERCENT: u8 = 10;
    for pair in pairs() {
        let mut entries = of_pair(&pair);
        entries.retain(|entry| entry.plan() == Plan::Undominated);
        for world in [0, 1].into_iter().filter(|_| !entries.is_empty()) {
            let lab = Lab::new(&pair, world, Disclosure::Dominance(PERCENT));
            for (entry, replies) in entries.iter().zip(lab.try_all(&entries)) {
                check::undominated(entry, &replies, &lab, PERCENT);
            }
        }
    }
}
