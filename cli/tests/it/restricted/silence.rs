//! Worlds that differ only in rows that the desk may not use look the same to it: answers, refusals and explanations.

use super::world::{Made, Row, World};
use crate::run::Ran;

const MANY: &[Row] = &[
    ("v1", "KY", "9500.00", "90"),
    ("v2", "KY", "9500.00", "90"),
    ("v3", "KY", "299000.00", "90"),
    ("v4", "KY", "9500.00", "90"),
    ("v5", "KY", "9500.00", "91"),
    ("v6", "LU", "9500.00", "90"),
    ("p10", "KY", "299000.00", "90"),
    ("p11", "LU", "299000.00", "90"),
    ("p12", "LU", "9500.00", "99999"),
];
const OTHERS: &[Row] = &[("p1", "DE", "1.00", "0"), ("v9", "FR", "77000.00", "2")];

const APPROVED: [(&str, &str, &str); 6] = [
    (
        "ends",
        "SELECT max(amount) AS most, min(amount) AS least, median(n) AS mid, count(*) AS n FROM bank.t",
        "exact = true\n",
    ),
    (
        "first",
        "SELECT sum(u.n) AS s, count(*) AS n FROM (SELECT n FROM bank.t ORDER BY amount DESC LIMIT 12) u",
        "",
    ),
    (
        "some",
        "SELECT count(*) AS n FROM (SELECT person FROM bank.t LIMIT 45) u",
        "",
    ),
    (
        "both",
        "SELECT count(*) AS n, count(a.n) AS a, count(b.n) AS b FROM other.t b LEFT JOIN bank.t a ON a.person = b.person AND 10 / (a.n - 90) < b.n",
        "",
    ),
    (
        "divided",
        "SELECT count(*) AS n, sum(10 / (n - 90)) AS s FROM bank.t \
         WHERE CASE WHEN n < 90 THEN true ELSE 10 / (n - 90) > 0 END AND (n < 90 OR CAST(country AS BIGINT) > 0)",
        "",
    ),
    (
        "ranked",
        "SELECT count(*) AS n FROM (SELECT rank() OVER (ORDER BY amount DESC) AS r FROM bank.t) u WHERE r <= 20",
        "",
    ),
];

const QUESTIONS: [&str; 29] = [
    "SELECT count(*) AS n FROM bank.t",
    "SELECT country, count(*) AS n, sum(amount) AS s FROM bank.t GROUP BY country ORDER BY n DESC LIMIT 2",
    "SELECT country, avg(amount) AS a, stddev(n) AS d FROM bank.t GROUP BY country HAVING count(*) > 19 ORDER BY country",
    "SELECT count(DISTINCT person) AS people FROM bank.t WHERE country = 'KY'",
    "SELECT count(*) AS n FROM bank.t WHERE n >= 2",
    // What fails, or is NULL, for them alone.
    "SELECT count(10 / (n - 90)) AS v FROM bank.t",
    "SELECT count(*) AS v FROM bank.t WHERE 10 / (n - 90) IS NOT NULL",
    "SELECT count(*) AS v FROM bank.t WHERE CASE WHEN n < 90 THEN true ELSE 10 / (n - 90) > 0 END",
    "SELECT sum(CASE WHEN country = 'KY' THEN 10 / (n - 90) ELSE 1 END) AS v FROM bank.t",
    "SELECT count(x) AS v FROM (SELECT CAST(n + 100 AS TINYINT) AS x FROM bank.t)",
    "SELECT sum(ln(1 + n)) AS v FROM bank.t",
    // Views, unions, joins, groups and windows.
    "SELECT src, count(*) AS n, sum(amount) AS s FROM consortium.all GROUP BY src ORDER BY src",
    "SELECT count(*) AS n FROM consortium.all WHERE src = 'bank'",
    "SELECT count(*) AS n FROM (SELECT n FROM bank.t UNION ALL SELECT n FROM bank.t WHERE n > 1)",
    "SELECT count(*) AS n, sum(a.n) AS s FROM bank.t a JOIN other.t b ON a.person = b.person",
    "SELECT count(*) AS n FROM other.t b WHERE EXISTS (SELECT 1 FROM bank.t a WHERE a.person = b.person)",
    "SELECT count(*) AS n FROM other.t b WHERE b.person NOT IN (SELECT a.person FROM bank.t a)",
    "SELECT count(*) AS n, count(a.n) AS m FROM other.t b LEFT JOIN bank.t a ON a.person = b.person",
    "SELECT count(*) AS n FROM (SELECT person, count(*) AS m, max(amount) AS x FROM bank.t GROUP BY person) u WHERE m >= 2",
    "SELECT sum(m) AS s FROM (SELECT count(*) OVER (PARTITION BY person) AS m FROM bank.t) u",
    "WITH RECURSIVE r AS (SELECT person, 0 AS d FROM bank.t UNION ALL SELECT b.person, r.d + 1 FROM r JOIN other.t b ON b.person = r.person WHERE r.d < 2) SELECT count(*) AS n FROM r",
    // What is refused is refused alike, and what is explained.
    "SELECT person FROM bank.t",
    "SELECT count(*) AS n FROM bank.t WHERE amount > 9400",
    "SELECT count(risk) AS n FROM bank.t",
    "SELECT count(\"subrosa:only:0\") AS n FROM bank.t",
    "EXPLAIN POLICY SELECT count(*) AS n FROM bank.t",
    "EXPLAIN POLICY SELECT person FROM bank.t",
    "DESCRIBE bank.t",
    "SHOW TABLES",
];

/// Every line of answers and of refusals; sealing tells the owner of counts, and nobody else.
fn told(ran: &Ran) -> Vec<String> {
    let refusals = ran.err.lines().filter(|line| line.starts_with('{'));
    let all = ran.out.lines().chain(refusals);
    all.map(str::to_owned).collect()
}

fn calls() -> Vec<String> {
    let name = |(name, ..): &(&str, &str, &str)| format!("SELECT * FROM approved('{name}')");
    APPROVED.iter().map(name).collect()
}

fn asked(world: &World, asker: &str, to: &str) -> Vec<String> {
    let calls = calls();
    let calls = calls.iter().map(String::as_str);
    let all: Vec<&str> = QUESTIONS.into_iter().chain(calls).collect();
    told(&world.ask(asker, to, &all))
}

fn made(vips: &[Row]) -> Made {
    Made {
        approved: APPROVED.to_vec(),
        ..Made::of(vips)
    }
}

#[test]
fn what_a_party_may_not_use_changes_nothing_for_it() {
    let [none, many, others] = [&[], MANY, OTHERS].map(|vips| made(vips).world());
    let alone = asked(&none, "dan@desk", "desk");
    let refusals = alone.iter().filter(|line| line.contains("E_")).count();
    assert_eq!(alone.len(), QUESTIONS.len() + APPROVED.len());
    assert!(refusals < 12, "{alone:#?}");
    for world in [&many, &others] {
        assert_eq!(asked(world, "dan@desk", "desk"), alone);
    }
    // Nor through another's name, or for another's eyes.
    for (asker, to) in [("rita@regulator", "desk"), ("dan@desk", "regulator")] {
        let ask = |world: &World| told(&world.ask(asker, to, &QUESTIONS[..8]));
        assert_eq!(ask(&many), ask(&none), "{asker} for {to}");
    }
    // Who is not restricted sees the difference in most of them.
    let [there, here] = [&many, &none].map(|world| asked(world, "rita@regulator", "regulator"));
    let differ = there.iter().zip(&here).filter(|(a, b)| a != b).count();
    assert!(differ > 15, "{differ}: {there:#?}");
}

/// Noise belongs to the people behind a value, and what was told before is told again.
#[test]
fn nor_do_noise_jitter_and_history_tell_of_them() {
    let defaults = |vips: &[Row]| Made {
        disclosure: Some("[disclosure]\nmin_contributors = 5\n"),
        ..Made::of(vips)
    };
    let world = defaults(&[]).world();
    let ask = |world: &World| told(&world.ask("dan@desk", "desk", &QUESTIONS));
    let alone = ask(&world);
    for vips in [MANY, OTHERS] {
        defaults(vips).write(&world);
        assert_eq!(ask(&world), alone);
    }
}
