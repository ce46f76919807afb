//! Rows that a question repeats or weighs are arms: enough people take each, or nobody.

use super::two_banks;

/// All count or weigh the four customers of bank B who pay nine thousand or more, among two hundred.
const MASKS: [&str; 13] = [
    // Through a grouping, which loses which row it was.
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (SELECT b, max(w) AS w FROM (VALUES (true, 1000), (false, 1)) x(b, w) GROUP BY b) v ON v.b = t.b",
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (SELECT true AS b, 1000 AS w UNION ALL SELECT false, 1) v ON v.b = t.b",
    // Two lists, of which only one pair is of few.
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1), (2)) v(a) CROSS JOIN (VALUES (1), (2)) u(b) WHERE v.a = 1 OR u.b = 1 OR amount >= 9000",
    // Numbers written as text.
    "SELECT sum(CAST(v.w AS DOUBLE)) AS n FROM (SELECT customer_id, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (VALUES (true, '1000'), (false, '1')) v(b, w) ON v.b = t.b",
    // A window counts the rows of few, and then they are dropped.
    "SELECT sum(s) AS n FROM (SELECT customer_id, w, sum(w) OVER (PARTITION BY customer_id) AS s FROM (SELECT customer_id, v.w FROM bank_b.transactions CROSS JOIN (VALUES (1), (1000)) v(w) WHERE v.w = 1 OR amount >= 9000)) WHERE w = 1",
    // A condition as key makes one more row of each of the few.
    "SELECT count(*) AS n FROM (SELECT DISTINCT customer_id, amount >= 9000 AS b FROM bank_b.transactions)",
    "SELECT count(*) AS n FROM (SELECT customer_id, amount >= 9000 AS b, count(*) AS m FROM bank_b.transactions GROUP BY 1, 2)",
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1), (2)) v(n) WHERE v.n = 1 OR amount >= 9000",
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES ('a'), ('b')) v(c) WHERE v.c = 'a' OR amount >= 9000",
    "SELECT count(*) AS n FROM (SELECT customer_id FROM bank_b.transactions UNION ALL SELECT customer_id FROM bank_b.transactions WHERE amount >= 9000)",
    "SELECT sum(w) AS n FROM (SELECT customer_id, 1 AS w FROM bank_b.transactions WHERE amount < 9000 UNION ALL SELECT customer_id, 1000000 AS w FROM bank_b.transactions WHERE amount >= 9000)",
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (VALUES (true, 1000), (false, 1)) v(b, w) ON v.b = t.b",
    "SELECT sum(t.amount * v.w) AS n FROM (SELECT customer_id, amount, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (SELECT column1 AS b, column2 * 2 AS w FROM (VALUES (true, 500), (false, 1))) v ON v.b = t.b",
];

/// The same for many.
const ANSWERED: [&str; 8] = [
    // One row weighs nothing, whatever it holds.
    "SELECT count(*) AS n FROM bank_b.transactions t CROSS JOIN (SELECT DATE '2025-01-05' AS since) p WHERE t.ts >= p.since",
    "SELECT v.month AS x, count(*) AS n FROM bank_b.transactions t JOIN (VALUES (TIMESTAMP '2025-01-01 00:00:00', 'January'), (TIMESTAMP '2025-02-01 00:00:00', 'February')) v(m, month) ON v.m = date_trunc('month', t.ts) GROUP BY 1",
    "SELECT sum(v.w) AS n FROM bank_b.transactions t JOIN (SELECT column1 AS c, column2 / 100.0 AS w FROM (VALUES ('LU', 50), ('DE', 25))) v ON v.c = t.country",
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1), (2)) v(n) WHERE v.n = 1 OR amount >= 5000",
    "SELECT count(*) AS n FROM (SELECT customer_id FROM bank_b.transactions UNION ALL SELECT customer_id FROM bank_b.transactions WHERE amount >= 5000)",
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 5000 AS b FROM bank_b.transactions) t JOIN (VALUES (true, 1000), (false, 1)) v(b, w) ON v.b = t.b",
    // A threshold a row: in each of them the other row's copies are nobody's.
    "SELECT v.x AS x, count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1000.00), (5000.00)) v(x) WHERE amount >= v.x GROUP BY 1",
    // Names for countries weigh nothing.
    "SELECT v.name AS x, count(*) AS n FROM bank_b.transactions t JOIN (VALUES ('LU', 'Luxembourg'), ('XX', 'nowhere')) v(c, name) ON v.c = t.country GROUP BY 1",
];

#[test]
fn a_few_may_not_be_counted_more_often_than_the_others() {
    let world = two_banks::world(10);
    for (sql, outcome) in MASKS.iter().zip(world.ask(&MASKS)) {
        if outcome.code().is_none() {
            let rows = outcome.table(&["n".to_owned()]).rows;
            assert!(rows.iter().all(|row| row["n"].is_none()), "{sql}: {rows:?}");
        }
    }
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        let rows = outcome.table(&["n".to_owned()]).rows;
        assert!(!rows.is_empty(), "{sql}");
        assert!(rows.iter().all(|row| row["n"].is_some()), "{sql}: {rows:?}");
    }
}
