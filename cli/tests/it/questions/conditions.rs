//! A condition decides which rows meet wherever it is written: whoever takes an arm of what it compares has taken it.

use super::few;

#[test]
fn a_joins_condition_has_the_arms_of_what_it_compares() {
    let people = "(SELECT person, max(n) AS n FROM bank.t GROUP BY person)";
    let counted =
        "(SELECT person, count(*) FILTER (WHERE country = 'KY') AS c FROM bank.t GROUP BY person)";
    let joined = |join: &str, end: &str| {
        format!(
            "SELECT count(*) AS v FROM {people} t {join} {counted} g ON t.person = g.person {end}"
        )
    };
    let asked = [
        joined("JOIN", "AND g.c >= 0"),
        joined("JOIN", "WHERE g.c >= 0"),
        joined("JOIN", "AND (g.c >= 1 OR t.n >= 2)"),
        joined("JOIN", "WHERE g.c >= 1 OR t.n >= 2"),
        joined("LEFT JOIN", "AND g.c >= 0"),
    ];
    few_are_withheld(&asked);
}

/// A payment to a country that few pay to is a 0.
const ZERO: &str = "SELECT person, n, CASE WHEN country = 'KY' THEN 0 ELSE n END AS c FROM bank.t";

#[test]
fn a_zero_that_decides_which_rows_there_are_is_taken() {
    let asked = [
        format!("SELECT sum(n) AS v FROM ({ZERO}) WHERE c >= 0"),
        format!(
            "SELECT sum(s) AS v FROM (SELECT person, sum(n) AS s FROM ({ZERO}) WHERE c >= 0 GROUP BY person)"
        ),
        format!(
            "SELECT sum(s) AS v FROM (SELECT sum(n) OVER (PARTITION BY person) AS s FROM ({ZERO}) WHERE c >= 0)"
        ),
    ];
    few_are_withheld(&asked);
}

#[test]
fn a_zero_that_something_is_added_to_is_taken() {
    let asked = [
        format!("SELECT sum(c + 1) AS v FROM ({ZERO})"),
        format!("SELECT sum(d) AS v FROM (SELECT c, c + 1 AS d FROM ({ZERO}))"),
        format!(
            "SELECT sum(s) AS v FROM (SELECT person, sum(c + 1) AS s FROM ({ZERO}) GROUP BY person)"
        ),
        format!(
            "SELECT sum(s) AS v FROM (SELECT sum(c + 1) OVER (PARTITION BY person) AS s FROM ({ZERO}))"
        ),
        format!(
            "SELECT sum(d) AS v FROM (SELECT person, c + 1 AS d FROM ({ZERO}) GROUP BY person, c + 1)"
        ),
    ];
    few_are_withheld(&asked);
}

/// The other column is nobody's concern who does not ask for it.
#[test]
fn a_zero_beside_what_was_made_of_it_is_still_nothing() {
    let asked = [
        format!("SELECT sum(c) AS v FROM (SELECT c, c + 1 AS d FROM ({ZERO}))"),
        format!(
            "SELECT sum(s) AS v FROM (SELECT person, sum(c) AS s FROM (SELECT person, c, c + 1 AS d FROM ({ZERO})) GROUP BY person)"
        ),
    ];
    for (sql, outcome) in asked.iter().zip(ask(2, &asked)) {
        assert_ne!(few::told(&outcome), "[]", "{sql}");
    }
}

fn ask(few: usize, asked: &[String]) -> Vec<few::Outcome> {
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    few::world(few).ask(&statements)
}

fn few_are_withheld(asked: &[String]) {
    for (sql, outcome) in asked.iter().zip(ask(2, asked)) {
        assert_eq!(few::told(&outcome), "[]", "{sql}");
    }
    for (sql, outcome) in asked.iter().zip(ask(7, asked)) {
        assert_ne!(few::told(&outcome), "[]", "{sql}");
    }
}
