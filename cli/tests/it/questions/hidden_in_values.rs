//! A list of the question's own holds constants: what it would read in a subquery nobody would have judged.

use super::few;
use super::world::{World, Written};

#[test]
fn a_list_reads_nothing() {
    let list = |value: &str| {
        format!(
            "SELECT count(*) AS n FROM bank.t a CROSS JOIN (VALUES ({value})) AS v(c) WHERE a.n > v.c"
        )
    };
    let asked = [
        list("(SELECT max(secret) FROM bank.t)"),
        list("(SELECT count(*) FROM bank.t WHERE person = 'p7')"),
        list("1 + (SELECT max(n) FROM bank.t)"),
        list("CASE WHEN EXISTS (SELECT 1 FROM bank.t WHERE secret > 777) THEN 1 ELSE 2 END"),
        list("CASE WHEN 3 IN (SELECT n FROM bank.t) THEN 1 ELSE 2 END"),
        list("random()"),
    ];
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    for (sql, outcome) in asked.iter().zip(few::world(6).ask(&statements)) {
        let code = outcome.code().unwrap_or("answered");
        assert!(code.starts_with("E_") || code == "invalid", "{code}: {sql}");
    }
}

/// An `absent` value with digits behind the point is nobody, and nobody else is.
#[test]
fn a_fraction_may_be_nobody() {
    let halves = Written {
        owner: "bank",
        name: "t",
        policy: "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 3\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n\
            [columns]\nhalf = { unit = \"half\", absent = [0.5, 3] }\n".to_owned(),
        csv: ("half", (0..20).map(|person| format!("{}.5", person % 10)).collect()),
        more: "types = { half = \"decimal(3,1)\" }",
    };
    let world = World::written("rita@regulator", &[halves]);
    let answers = world.ask(&["SELECT count(*) AS n, count(DISTINCT half) AS h FROM bank.t"]);
    assert_eq!(few::told(&answers[0]), "[{\"n\":18,\"h\":9}]");
}
