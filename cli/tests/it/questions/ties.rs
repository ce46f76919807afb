//! Which of equal rows comes first is the same for every spelling of a question: who asks in many would learn from how often each comes first
//! what few of them hold.

use super::few::told;
use super::world::{World, Written};

const POLICY: &str = r#"policy = 1
table = "TABLE"
[disclosure]
min_contributors = 5
jitter = false
history = "off"
noise = "off"
[columns]
person = { unit = "person" }
amount = { measure = [0, 1000], filter = true }
day = { filter = true }
land = { dimension = true, filter = true }
"#;

/// Sixty persons with two payments of one day each.
fn world() -> World {
    let row = |person: usize, payment: usize| {
        format!("p{person},{},1,LU", person * 7 % 40 + payment * 300)
    };
    let table = |name, rows| Written {
        owner: "bank",
        name,
        policy: POLICY.replace("TABLE", name),
        csv: ("person,amount,day,land", rows),
        more: "",
    };
    let rows = (0..60).flat_map(|person| [row(person, 0), row(person, 1)]);
    let people = (0..60).map(|person| row(person, 0));
    let tables = [
        table("t", rows.collect()),
        table("people", people.collect()),
    ];
    World::written("rita@regulator", &tables)
}

#[test]
fn the_first_of_equals_is_the_same_however_it_is_asked_for() {
    let lag = |rows: &str, more: &str| {
        format!(
            "SELECT sum(l) AS v FROM (SELECT lag(x) OVER (PARTITION BY person ORDER BY day) AS l{more} FROM {rows})"
        )
    };
    let rows = |more: &str, end: &str| {
        format!("(SELECT t.person, t.amount AS x, t.day{more} FROM bank.t AS t{end})")
    };
    let last = rows("", "");
    let asked = [
        lag(&last, ""),
        lag(&rows(", t.land", ""), ", land"),
        lag(&rows(", 7 AS y", ""), ", y"),
        lag(&rows(", t.amount + 1 AS y", ""), ", y"),
        lag(&rows(", t.person AS y", ""), ", y"),
        lag(&rows("", " WHERE t.amount >= 0"), ""),
        lag(&rows("", " CROSS JOIN (VALUES (1)) AS v(n)"), ""),
        lag(&rows("", " WHERE t.person IN (SELECT person FROM bank.people)"), ""),
        lag(&rows("", " JOIN bank.people AS p ON p.person = t.person"), ""),
        lag("(SELECT t.person, t.amount AS x, t.day FROM bank.people AS p JOIN bank.t AS t ON p.person = t.person)", ""),
        lag("(SELECT person, x, day FROM (SELECT person, day, land, max(amount) AS x, amount FROM bank.t GROUP BY person, day, land, amount))", ""),
        format!("WITH w AS {last} {}", lag("w", "")),
        "SELECT sum(l) AS v FROM (SELECT max(amount) OVER (PARTITION BY person ORDER BY day ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS l FROM bank.t)".to_owned(),
    ];
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    let answers: Vec<String> = world().ask(&statements).iter().map(told).collect();
    assert!(answers[0].starts_with("[{\"v\":"), "{}", answers[0]);
    for (sql, answer) in asked.iter().zip(&answers) {
        assert_eq!(answer, &answers[0], "{sql}");
    }
}
