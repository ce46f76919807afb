//! Numbers of a public table weigh protected rows only where enough people stand behind each of its rows.

use super::two_banks;

/// Payments of everybody outside Luxembourg, and of the one customer inside who pays nine thousand or more.
const ONE_IN_LU: &str = "t.country <> 'LU' OR t.amount >= 9000";
const WEIGHTS: &str =
    "(SELECT country, CASE WHEN country = 'LU' THEN 1000000 ELSE 1 END AS w FROM atlas.limits)";

fn masks() -> Vec<String> {
    let joined = |what: &str, table: &str| {
        format!(
            "SELECT {what} AS n FROM bank_b.transactions t JOIN {table} l ON l.country = t.country WHERE {ONE_IN_LU}"
        )
    };
    let below = |columns: &str, group: &str| {
        format!(
            "SELECT sum(w) AS n FROM (SELECT {columns} FROM bank_b.transactions t JOIN {WEIGHTS} l ON l.country = t.country WHERE {ONE_IN_LU} {group})"
        )
    };
    vec![
        joined("sum(l.w)", WEIGHTS),
        joined("sum(l.least)", "atlas.limits"),
        joined("avg(l.least)", "atlas.limits"),
        joined("var(l.least)", "atlas.limits"),
        joined("sum(t.amount * l.w)", WEIGHTS),
        joined("sum(CASE WHEN t.amount >= 1000 THEN l.w END)", WEIGHTS),
        joined("sum(greatest(l.w, 1))", WEIGHTS),
        below("l.w + 1 AS w", ""),
        below("DISTINCT t.customer_id, l.w", ""),
        below("t.customer_id, l.w", "GROUP BY 1, 2"),
        format!(
            "SELECT sum(w) AS n FROM (SELECT l.w FROM bank_b.transactions t JOIN {WEIGHTS} l ON l.country = t.country WHERE {ONE_IN_LU} \
             UNION ALL SELECT amount FROM bank_a.transactions)"
        ),
    ]
}

/// Below the release the rows behind a sum are no longer told apart.
const INSIDE: [&str; 5] = [
    "SELECT sum(c) AS n FROM (SELECT t.customer_id, count(l.least) AS c FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country GROUP BY 1)",
    "SELECT sum(c) AS n FROM (SELECT t.customer_id, count(l.least) OVER (PARTITION BY t.customer_id) AS c FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country)",
    "SELECT sum(s) AS n FROM (SELECT t.customer_id, sum(l.least) AS s FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country GROUP BY 1)",
    "SELECT sum(s) AS n FROM (SELECT t.customer_id, max(l.least + 1) AS s FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country GROUP BY 1)",
    "SELECT sum(s) AS n FROM (SELECT lag(l.least) OVER (PARTITION BY t.customer_id ORDER BY t.ts) AS s FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country)",
];

const ANSWERED: [&str; 5] = [
    "SELECT sum(l.least) AS n FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country",
    "SELECT avg(t.amount * l.least) AS n FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country WHERE t.amount >= 2000",
    "SELECT sum(w) AS n FROM (SELECT t.customer_id, l.least AS w FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country GROUP BY 1, 2)",
    // In a predicate, as a group's name, or counted, a public value weighs nothing.
    "SELECT count(*) AS n FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country WHERE l.least > 10000 AND (t.country <> 'FR' OR t.amount >= 9000)",
    "SELECT l.least AS x, count(l.country) AS n FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country GROUP BY 1",
];

#[test]
fn a_public_row_of_one_persons_weighs_nothing() {
    let world = two_banks::world(10);
    let masks = masks();
    let asked: Vec<&str> = masks.iter().map(String::as_str).collect();
    for (sql, outcome) in masks.iter().zip(world.ask(&asked)) {
        assert_eq!(outcome.code(), None, "{sql}");
        let rows = outcome.table(&["n".to_owned()]).rows;
        if sql.contains("UNION") {
            // Another bank's part stays, and nothing is added to it.
            let alone = world.ask(&["SELECT sum(amount) AS n FROM bank_a.transactions"]);
            assert_eq!(rows, alone[0].table(&["n".to_owned()]).rows, "{sql}");
        } else {
            assert!(rows.iter().all(|row| row["n"].is_none()), "{sql}: {rows:?}");
        }
    }
    for (sql, outcome) in INSIDE.iter().zip(world.ask(&INSIDE)) {
        assert_eq!(outcome.code(), Some("E_MEASURE_EXPR"), "{sql}");
    }
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        assert_eq!(outcome.code(), None, "{sql}");
        let rows = outcome.table(&["n".to_owned()]).rows;
        assert!(!rows.is_empty(), "{sql}");
        assert!(rows.iter().all(|row| row["n"].is_some()), "{sql}: {rows:?}");
    }
}
