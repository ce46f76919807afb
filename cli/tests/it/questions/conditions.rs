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
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    for (sql, outcome) in asked.iter().zip(few::world(2).ask(&statements)) {
        assert_eq!(few::told(&outcome), "[]", "{sql}");
    }
    for (sql, outcome) in asked.iter().zip(few::world(7).ask(&statements)) {
        assert_ne!(few::told(&outcome), "[]", "{sql}");
    }
}
