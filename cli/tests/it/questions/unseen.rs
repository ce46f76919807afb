//! Comparisons that are not written as such: by the order of a window, the sign under a root, the digits or the size of a type.

use super::few::{told, world};

/// Each told how many of the few there are, or what is theirs.
const ATTACKS: [(&str, &str); 24] = [
    (
        "an order by what may not be compared",
        "SELECT sum(r) AS v FROM (SELECT rank() OVER (PARTITION BY person ORDER BY fee) r FROM bank.t)",
    ),
    (
        "the same beside a chosen number",
        "SELECT sum(r) AS v FROM (SELECT b, rank() OVER (PARTITION BY person ORDER BY a) r FROM (SELECT person, secret a, 1 b FROM bank.t UNION ALL SELECT person, n*700.0, 2 FROM bank.t WHERE n=1)) WHERE b=2",
    ),
    (
        "the same off the grid",
        "SELECT sum(r) AS v FROM (SELECT b, row_number() OVER (PARTITION BY person ORDER BY a) r FROM (SELECT person, amount a, 1 b FROM bank.t UNION ALL SELECT person, n*9300.0, 2 FROM bank.t WHERE n=1)) WHERE b=2",
    ),
    (
        "a root of one less a multiple",
        "SELECT count(x) AS v FROM (SELECT sqrt(1+secret*(-0.001286)) x FROM bank.t)",
    ),
    (
        "the same of a gridded column",
        "SELECT count(x) AS v FROM (SELECT sqrt(1+amount*(-0.000106)) x FROM bank.t)",
    ),
    (
        "the same of a logarithm",
        "SELECT sum(ln(1+secret*(-0.002))*0+1) AS v FROM bank.t",
    ),
    (
        "a root of less than nothing",
        "SELECT count(x) AS v FROM (SELECT sqrt(-fee) x FROM bank.t)",
    ),
    (
        "the same by division",
        "SELECT count(x) AS v FROM (SELECT sqrt(fee/(-2)) x FROM bank.t)",
    ),
    (
        "a root of a union's difference",
        "SELECT count(x) AS v FROM (SELECT sqrt(d) x FROM (SELECT person, sum(y) d FROM (SELECT person, n*500.0 y FROM bank.t WHERE n=1 UNION ALL SELECT person, -secret FROM bank.t) GROUP BY 1))",
    ),
    (
        "a union's difference as divisor",
        "SELECT count(x) AS v FROM (SELECT 1/d x FROM (SELECT person, sum(y) d FROM (SELECT person, n*977.77 y FROM bank.t WHERE n=1 UNION ALL SELECT person, -secret FROM bank.t) GROUP BY 1))",
    ),
    (
        "a union's difference on a grid",
        "SELECT count(*) AS v FROM (SELECT person, sum(y) d FROM (SELECT person, n*9999.0 y FROM bank.t WHERE n=1 UNION ALL SELECT person, -amount FROM bank.t) GROUP BY 1) WHERE d>=0",
    ),
    (
        "a mean that is too large for its type",
        "SELECT count(s) AS v FROM (SELECT person, avg(secret*500000000000000000000000000000) s FROM bank.t GROUP BY 1)",
    ),
    (
        "sums of sums that are too large",
        "SELECT count(a) AS v FROM (SELECT sum(b) OVER (PARTITION BY person) a FROM (SELECT person, sum(c) OVER (PARTITION BY person) b FROM (SELECT person, sum((n+1)*35184372088832000) OVER (PARTITION BY person) c FROM bank.t)))",
    ),
    (
        "a literal behind a maximum",
        "SELECT count(x) AS v FROM (SELECT s*m x FROM (SELECT person, max(secret) s, max(w) m FROM bank.t CROSS JOIN (VALUES (5000000000000000000000000000000000)) v(w) GROUP BY 1))",
    ),
    (
        "the same in a window",
        "SELECT sum(fee*m+1) AS v FROM (SELECT fee, max(w) OVER (PARTITION BY person) m FROM bank.t CROSS JOIN (VALUES (4000000000000000000)) v(w))",
    ),
    (
        "a cast that swallows",
        "SELECT sum(CAST(s+8000000000 AS FLOAT)) AS v FROM (SELECT person, max(secret) s FROM bank.t GROUP BY 1)",
    ),
    (
        "a cast in a predicate",
        "SELECT count(*) AS v FROM bank.t WHERE CAST(amount+137440345000 AS FLOAT) <= 137440348000",
    ),
    (
        "a root that is rounded to nothing",
        "SELECT sum(sqrt(secret)*0.00000003+1) AS v FROM bank.t",
    ),
    (
        "a cast of a small multiple",
        "SELECT sum(CAST(s*0.000001 AS DOUBLE)+1099511627776-1099511627776+1) AS v FROM (SELECT person, max(secret) s FROM bank.t GROUP BY 1)",
    ),
    (
        "a root of one and a small multiple",
        "SELECT sum(sqrt(1+secret*0.000000000000000001)*17000000000-17000000000+1) AS v FROM bank.t",
    ),
    (
        "a count among means",
        "SELECT sum(a) AS v FROM (SELECT person, avg(CASE WHEN n=1 THEN 1 ELSE fee END) a FROM bank.t GROUP BY 1)",
    ),
    (
        "a bound that a column carries",
        "SELECT count(*) AS v FROM bank.t a JOIN (SELECT person, n*9499.0 x FROM bank.t WHERE n=1) q ON a.person=q.person WHERE a.amount<q.x",
    ),
    (
        "a condition in a function",
        "SELECT count(*) AS v FROM (SELECT DISTINCT person, CAST(coalesce(country='KY') AS INT) b FROM bank.t)",
    ),
    (
        "a number as a condition",
        "SELECT count(*) AS v FROM (SELECT DISTINCT person, CAST(CAST(n-90 AS BOOLEAN) AS INT) b FROM bank.t)",
    ),
];

#[test]
fn one_and_two_of_few_look_the_same() {
    let statements: Vec<&str> = ATTACKS.iter().map(|(_, sql)| *sql).collect();
    let [one, two] = [1, 2].map(|few| world(few).ask(&statements));
    let mut wrong = Vec::new();
    for (((how, sql), one), two) in ATTACKS.iter().zip(&one).zip(&two) {
        let (one, two) = (told(one), told(two));
        if one != two || one == "failed" {
            wrong.push(format!("{how}: {one} {two}\n{sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sound neighbours of theirs.
const ANSWERED: [&str; 12] = [
    "SELECT sum(coalesce(amount, 0) + coalesce(fee, 0)) AS v FROM bank.t",
    "SELECT avg(coalesce(n, 0)) AS v FROM bank.t",
    "SELECT sum(r) AS v FROM (SELECT rank() OVER (PARTITION BY person ORDER BY amount) r FROM bank.t)",
    "SELECT count(l) AS v FROM (SELECT lag(amount) OVER (PARTITION BY person ORDER BY ts) l FROM bank.t)",
    "SELECT sum(sqrt(1 + secret * 0.5)) AS v FROM bank.t",
    "SELECT count(x) AS v FROM (SELECT sqrt(d) x FROM (SELECT person, sum(secret) d FROM bank.t GROUP BY 1))",
    "SELECT sum(sqrt(secret) * 0.5) AS v FROM bank.t",
    "SELECT count(s) AS v FROM (SELECT person, avg(secret * 1000) s FROM bank.t GROUP BY 1)",
    "SELECT count(*) AS v FROM bank.t WHERE CAST(amount AS DOUBLE) >= 0",
    "SELECT sum(secret * w) AS v FROM bank.t CROSS JOIN (VALUES (3)) v(w)",
    "SELECT count(s) AS v FROM (SELECT person, sum(secret * 1000) s FROM bank.t GROUP BY 1)",
    "SELECT sum(a) AS v FROM (SELECT person, avg(amount) a FROM bank.t GROUP BY 1)",
];

#[test]
fn their_sound_neighbours_are_answered() {
    let world = world(0);
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        assert_eq!(outcome.code(), None, "{sql}");
        let rows = outcome.table(&["v".to_owned()]).rows;
        let told = rows.iter().all(|row| row["v"].is_some());
        assert!(told && !rows.is_empty(), "{sql}: {rows:?}");
    }
}
