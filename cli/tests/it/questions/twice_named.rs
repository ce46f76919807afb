//! A list or subquery that has the name of a table beside it: what a column is may not be in doubt.

use super::few::{told, world};

const LISTED: &str = "bank.t CROSS JOIN (VALUES (1)) AS t(fee)";

/// The first of each two columns called `t.fee` was the table's, and was taken for the list's.
fn doubtful() -> Vec<String> {
    let people = "bank.t CROSS JOIN (VALUES ('x')) AS t(person)";
    vec![
        format!("SELECT sum(fee+1) AS v FROM (SELECT t.* FROM {LISTED})"),
        format!("SELECT fee>=3 b, count(*) AS v FROM (SELECT t.* FROM {LISTED}) GROUP BY 1"),
        format!("SELECT sum(t.fee+1) AS v FROM {LISTED}"),
        format!("SELECT count(*) AS v FROM (SELECT t.* FROM {people}) WHERE person <> 'p0'"),
        format!("SELECT person LIKE 'p1%' p, count(*) AS v FROM (SELECT t.* FROM {people}) GROUP BY 1"),
        "WITH t AS (SELECT 1 AS fee) SELECT sum(fee+1) AS v FROM (SELECT t.* FROM bank.t CROSS JOIN t)".to_owned(),
        "SELECT count(*) AS v FROM bank.t WHERE EXISTS (SELECT 1 FROM (VALUES ('p0', 1)) AS t(person, fee) WHERE t.person = bank.t.person)".to_owned(),
        "SELECT ts, count(*) AS v FROM (SELECT t.* FROM bank.t CROSS JOIN (VALUES (TIMESTAMP '2025-01-01 00:00:00')) AS t(ts)) GROUP BY 1".to_owned(),
    ]
}

#[test]
fn two_of_one_name_are_no_question() {
    let doubtful = doubtful();
    let statements: Vec<&str> = doubtful.iter().map(String::as_str).collect();
    for (sql, outcome) in statements.iter().zip(world(1).ask(&statements)) {
        let told = told(&outcome);
        assert!(!told.contains("\"v\""), "{sql}: {told}");
    }
}

#[test]
fn names_that_are_told_apart_are() {
    let clear = [
        "SELECT count(*) AS v FROM bank.t CROSS JOIN (VALUES (1)) AS u(fee)",
        "SELECT count(*) AS v FROM bank.t CROSS JOIN (VALUES (1)) AS t(x)",
        "WITH t AS (SELECT person FROM bank.t) SELECT count(*) AS v FROM t",
        "SELECT count(*) AS v FROM (SELECT person FROM bank.t UNION ALL SELECT person FROM bank.t AS t)",
        "SELECT count(*) AS v FROM bank.t WHERE person IN (SELECT person FROM bank.t)",
        "SELECT count(*) AS v FROM bank.t WHERE EXISTS (SELECT 1 FROM bank.t AS u WHERE u.person = bank.t.person)",
    ];
    for (sql, outcome) in clear.iter().zip(world(1).ask(&clear)) {
        let told = told(&outcome);
        assert!(told.contains("\"v\""), "{sql}: {told}");
    }
}
