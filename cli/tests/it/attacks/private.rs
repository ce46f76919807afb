//! Attacks on differential privacy: on its account, its noise and its memory.

use tests::attacks::{Disclosure, Entry, Plan, pairs};

use super::lab::{Lab, Reply};
use super::of_pair;
use crate::run::subrosa;

/// What an analyst sees of the account: a function of the questions, never of the data.
fn account(lab: &Lab) -> Vec<String> {
    let sql = "EXPLAIN POLICY SELECT count(*) AS other FROM bank_a.accounts";
    let args = [
        "lab",
        "w",
        "--as",
        "mallory@mallory",
        "--format",
        "json",
        "-c",
        sql,
    ];
    let ran = subrosa(lab.folder().parent().unwrap(), &args);
    let told: serde_json::Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let lines = told["thresholds"].as_array().unwrap().iter();
    let lines = lines.map(|line| line.as_str().unwrap().to_owned());
    lines.filter(|line| line.contains(" are left")).collect()
}

fn private(entry: &Entry, pair: &str) {
    let labs = [0, 1].map(|world| Lab::new(pair, world, Disclosure::Private));
    let replies = labs
        .each_ref()
        .map(|lab| lab.try_all(std::slice::from_ref(entry)).remove(0));
    for reply in replies.iter().flatten() {
        assert_eq!(
            reply.code(),
            "answered",
            "{} {}: {:?}",
            entry.id,
            reply.sql,
            reply.error
        );
        assert_eq!(reply.receipt["mode"], "dp", "{}", entry.id);
    }
    let [zero, one] = labs.each_ref().map(account);
    assert!(!zero.is_empty());
    assert_eq!(zero, one, "{}: the account tells", entry.id);
    for replies in &replies {
        other_words_other_noise(entry, replies);
    }
}

/// Nothing is answered from what the data is: two spellings of one set of people are two draws.
fn other_words_other_noise(entry: &Entry, replies: &[Reply]) {
    let [first, second] = replies else { return };
    let numbers = [first, second].map(|reply| reply.answer.clone().unwrap());
    assert_ne!(numbers[0], numbers[1], "{}", entry.id);
}

#[test]
fn what_is_private_tells_nothing_by_account_or_memory() {
    let mut tried = 0;
    for pair in pairs() {
        for entry in of_pair(&pair).iter().filter(|e| e.plan() == Plan::Private) {
            private(entry, &pair);
            tried += 1;
        }
    }
    assert_eq!(tried, 5);
}
