//! NOT IN over a subquery that names the outer query's columns, and EXISTS over the rest of one.

use super::few;

#[test]
fn what_cannot_be_answered_is_refused_before_it_is_charged() {
    let asked = [
        "SELECT count(*) AS n FROM bank.t p WHERE p.country NOT IN (SELECT t.country FROM bank.t t WHERE t.person = p.person)",
        "SELECT count(*) AS n FROM bank.t p WHERE p.person NOT IN (SELECT t.person FROM bank.t t WHERE t.country = p.country)",
        "SELECT count(*) AS n FROM bank.t p WHERE EXISTS (SELECT 1 FROM bank.t t WHERE t.person = p.person OFFSET 5)",
        "SELECT count(*) AS n FROM bank.t p WHERE p.person NOT IN (SELECT t.person FROM bank.t t WHERE t.n >= 90)",
    ];
    let outcomes = few::world(7).ask(&asked);
    let codes: Vec<&str> = outcomes
        .iter()
        .map(|outcome| outcome.code().unwrap_or("answered"))
        .collect();
    assert_eq!(codes, ["E_SUBQUERY", "E_SUBQUERY", "E_LIMIT", "answered"]);
}
