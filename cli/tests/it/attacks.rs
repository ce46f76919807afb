//! Every attack of the catalogue, tried on both of its worlds: none can tell which it is in.

mod check;
mod guess;
mod lab;
mod private;
mod remembered;

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
    let later = tally.iter().filter(|(how, _)| how.starts_with("later"));
    let later: usize = later.map(|(_, ids)| ids.len()).sum();
    let counts = (tried, tally["denied"].len(), later);
    assert_eq!(counts, (88, 40, 5), "tried, refused, and what is to come");
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

/// A subquery over others' rows is refused whatever is unknown in it; elsewhere unknown is unknown.
#[test]
fn what_is_unknown_in_a_refused_subquery_changes_nothing() {
    let lab = Lab::new("AMT", 0, Disclosure::Thresholds);
    let within = |column: &str| {
        format!(
            "SELECT COUNT(*) AS n FROM bank_b.accounts \
             WHERE 0 < (SELECT amount FROM bank_a.transactions WHERE {column} = 1)"
        )
    };
    let asked = [
        within("tx_id"),
        within("tx_no"),
        "SELECT COUNT(nope) AS n FROM bank_b.accounts \
         WHERE 0 < (SELECT MAX(amount) FROM bank_a.transactions)"
            .to_owned(),
        "SELECT (SELECT MAX(nope) FROM mallory.ladder_j07_1) AS n".to_owned(),
    ];
    let replies = lab.ask(&asked);
    let codes: Vec<String> = replies.iter().map(Reply::code).collect();
    assert_eq!(
        codes,
        ["E_SUBQUERY", "E_SUBQUERY", "E_UNKNOWN", "E_UNKNOWN"]
    );
    assert_eq!(replies[0].refusal(), replies[1].refusal());
}
